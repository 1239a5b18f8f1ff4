using System.Globalization;
using System.Text.Json;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>Event by event why one rule matches or not: the log source it goes by, each identifier, its items, and what the event holds.</summary>
sealed class HuntExplain(RuleSet set, RuleDocument rule, Func<IReadOnlyList<Record>, EventBatch> normalise, long nowMs, TextWriter output, bool json)
{
    sealed record Line(string File, long Record, string Time, bool Routed, bool Matched, IReadOnlyList<string> Routes, IReadOnlyList<Search> Searches, IReadOnlyList<string> Conditions, IReadOnlyList<string> FilteredBy);
    sealed record Search(string Name, bool Met, IReadOnlyList<ItemOutcome> Items);
    sealed record Summary(string RuleId, string Title, long Events, long Routed, long Matched);
    sealed record SummaryLine(Summary Summary);

    readonly RuleMatcher matcher = new(set);
    long events, routed, matched;

    public long Matched => matched;

    /// <summary>Rules with that id, name or title.</summary>
    public static List<RuleDocument> Find(RuleSet set, string asked) => [.. set.Rules.Where(r =>
        string.Equals(r.Header.Id, asked, StringComparison.OrdinalIgnoreCase) || string.Equals(r.Header.Name, asked, StringComparison.OrdinalIgnoreCase) || string.Equals(r.Header.Title, asked, StringComparison.OrdinalIgnoreCase))];

    public void Run(IEnumerable<(string File, ReadOnlyMemory<byte> Record)> source, long limit, HuntProgress progress)
    {
        string last = "";
        long number = 0, bytes = 0;
        foreach (var (file, raw) in source)
        {
            (last, number) = file == last ? (last, number + 1) : (file, 1);
            using var batch = normalise([new((ulong)events + 1, nowMs, new("file", file), raw)]).Seal();
            bytes += raw.Length;
            events++;
            One(file, number, batch);
            progress.Update(events, bytes, matched);
            if (events == limit) break;
        }
        progress.Hide();
        if (json) output.WriteLine(JsonSerializer.Serialize(new SummaryLine(new(rule.Header.RuleId, rule.Header.Title, events, routed, matched)), HuntReport.Json));
        else output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rule.Header.Title} [{rule.Header.RuleId}]: {matched} of {events} events match; {events - routed} are of another log source than {rule.Source}"));
    }

    void One(string file, long number, EventBatch batch)
    {
        var why = Explainer.Explain(matcher, rule.Header.RuleId, batch, 0);
        var routes = matcher.Route(batch, 0).Routes.Select(r => r.Gives.ToString() ?? "").Distinct().ToList();
        if (why.Routed) routed++;
        if (why.Matched) matched++;
        var time = UnixMs.ToIso(batch[0].TimeMs);
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new Line(file, number, time, why.Routed, why.Matched, routes, [.. why.Searches.Select(s => new Search(s.Name, s.Met, s.Items))], why.Conditions, why.FilteredBy), HuntReport.Json));
            return;
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{HuntReport.Line(file)}:{number}  {time}  {(why.Matched ? "match" : why.Routed ? "no match" : "not looked at: another log source")}"));
        output.WriteLine($"  log source: the rule asks for {rule.Source}, the event is {(routes.Count == 0 ? "of none that is known" : string.Join(", ", routes))}");
        if (!why.Routed) return;
        foreach (var condition in why.Conditions) output.WriteLine($"  condition: {HuntReport.Line(condition)}");
        foreach (var search in why.Searches)
        {
            output.WriteLine($"  {search.Name}: {(search.Met ? "met" : "not met")}");
            foreach (var item in search.Items)
                output.WriteLine($"    {(item.Met ? "+" : "-")} {HuntReport.Line(item.Asked)}   event has {(item.Values.Count == 0 ? "nothing there" : string.Join(" | ", item.Values.Select(v => $"'{HuntReport.Line(v)}'")))}");
        }
        foreach (var filter in why.FilteredBy) output.WriteLine($"  taken back by filter: {HuntReport.Line(filter)}");
    }
}
