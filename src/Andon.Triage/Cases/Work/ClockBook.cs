using System.Globalization;
using Andon.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Cases.Work;

/// <summary>What ends a clock.</summary>
public enum ClockUntil { Engaged, Contained, Closed }

/// <summary>A clock of a case: all that its lists name must fit.</summary>
internal sealed record ClockRule(
    string Id, string Name, ClockUntil Until, long WithinMs, bool Business, IReadOnlyList<string> Domains, IReadOnlyList<string> Classes, double PriorityMin)
{
    public bool Fits(CaseState c, string classification) =>
        c.Work.Peak >= PriorityMin && (Domains.Count == 0 || Domains.Fits(c.Domain)) && (Classes.Count == 0 || Classes.Fits(classification));
}

/// <summary>Working time, told by the hour of the week in one zone.</summary>
internal sealed record BusinessHours(IReadOnlySet<DayOfWeek> Days, TimeSpan From, TimeSpan To, TimeZoneInfo Zone)
{
    public static BusinessHours Standard { get; } =
        new(new HashSet<DayOfWeek> { DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday }, TimeSpan.FromHours(8), TimeSpan.FromHours(17), TimeZoneInfo.Utc);

    /// <summary>How much of that stretch was working time.</summary>
    public long Between(long fromMs, long toMs)
    {
        if (toMs <= fromMs) return 0;
        var sum = 0L;
        var day = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(fromMs), Zone).Date;
        for (var days = 0; days < Limits.ClockDaysMax; days++, day = day.AddDays(1))
        {
            if (Ms(day) >= toMs) break;
            if (Days.Contains(day.DayOfWeek)) sum += Math.Max(0, Math.Min(toMs, Ms(day + To)) - Math.Max(fromMs, Ms(day + From)));
        }
        return sum;
    }

    // An hour that the clocks skip in spring counts from the next one that exists.
    long Ms(DateTime local) =>
        new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(Zone.IsInvalidTime(local) ? local.AddHours(1) : local, DateTimeKind.Unspecified), Zone), TimeSpan.Zero).ToUnixTimeMilliseconds();
}

/// <summary>How long a case may take until someone engages, until it is contained, until it is closed: <c>content/triage/clocks.yml</c>.</summary>
internal sealed record ClockBook(IReadOnlyList<ClockRule> Rules, BusinessHours Hours, IReadOnlyList<Finding> Findings)
{
    public IReadOnlyList<LegalRule> Legal { get; init; } = [];

    public static ClockBook None { get; } = new([], BusinessHours.Standard, []);

    public static ClockBook Load(string contentPath)
    {
        var path = Path.Combine(contentPath, "triage", "clocks.yml");
        return File.Exists(path) ? Parse(File.ReadAllText(path), "content/triage/clocks.yml") : None;
    }

    public static ClockBook Parse(string yaml, string place)
    {
        var rules = new List<ClockRule>();
        var findings = new List<Finding>();
        List<LegalRule> legal = [];
        var hours = BusinessHours.Standard;
        void Wrong(string what, string hint, YamlNode at) => findings.Add(new("TRI553", what, hint, $"{place}:{at.Start.Line}"));
        try
        {
            if (YamlBook.Load(yaml) is not YamlMappingNode root)
                return None with { Findings = [new("TRI552", "The clocks are no mapping.", "Write clocks: and under it a list.", place)] };
            if (root.Map("businessHours") is { } told) hours = ReadHours(told, Wrong) ?? hours;
            foreach (var node in root.List("clocks"))
            {
                if (node is not YamlMappingNode entry || entry.Text("id") is not { Length: > 0 } id)
                {
                    Wrong("A clock has no id.", "Name it, for example engage-urgent.", node);
                    continue;
                }
                var priority = entry.Has("priorityMin") && double.TryParse(entry.Text("priorityMin"), NumberStyles.Float, CultureInfo.InvariantCulture, out var p) ? p : 0;
                if (!Enum.TryParse<ClockUntil>(entry.Text("until"), ignoreCase: true, out var until)) Wrong($"Clock {id} ends with nothing known.", "until is engaged, contained or closed.", entry);
                else if (YamlBook.Span(entry.Text("within")) is not { } within) Wrong($"Clock {id} has no time.", "within is a number and s, m, h or d.", entry);
                else if (rules.Exists(r => r.Id == id)) Wrong($"There are two clocks {id}.", "Give each its own id.", entry);
                else rules.Add(new(id, entry.Text("name") is { Length: > 0 } name ? name : id, until, within, entry.Text("hours") == "business", entry.Words("domains"), entry.Words("classes"), priority));
            }
            legal = LegalBook.Read(root, rules, place, findings);
        }
        catch (YamlException wrong)
        {
            findings.Add(new("TRI552", $"The clocks are no YAML: {wrong.Message}", "Mend the file; until then no clock runs.", $"{place}:{wrong.Start.Line}"));
        }
        return new(rules, hours, findings) { Legal = legal };
    }

    static BusinessHours? ReadHours(YamlMappingNode told, Action<string, string, YamlNode> wrong)
    {
        var days = new HashSet<DayOfWeek>();
        foreach (var word in told.Words("days"))
            if (Enum.GetValues<DayOfWeek>().Where(d => d.ToString().StartsWith(word, StringComparison.OrdinalIgnoreCase)).ToList() is [var day]) days.Add(day);
            else wrong($"{word} is no day of the week.", "Write mon, tue, wed, thu, fri, sat, sun.", told);
        if (!TimeSpan.TryParseExact(told.Text("from"), "hh\\:mm", CultureInfo.InvariantCulture, out var from) || !TimeSpan.TryParseExact(told.Text("to"), "hh\\:mm", CultureInfo.InvariantCulture, out var to) || to <= from || days.Count == 0)
        {
            wrong("The business hours have no days, or do not begin before they end.", "Write days, from: \"08:00\" and to: \"17:00\".", told);
            return null;
        }
        if (TimeZoneInfo.TryFindSystemTimeZoneById(told.Text("zone") is { Length: > 0 } zone ? zone : "UTC", out var found)) return new(days, from, to, found);
        wrong($"There is no time zone {told.Text("zone")}.", "Take a name like Europe/Vienna.", told);
        return null;
    }
}
