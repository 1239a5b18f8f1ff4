using System.Globalization;
using System.Text.Json;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>Hits as people read them: a row each in columns, and at the end the rules with their hits, most first.</summary>
sealed class HuntReport(TextWriter output, bool json)
{
    const int TitleChars = 60, HostChars = 24;

    sealed record HitLine(string RuleId, string Title, string Level, string File, long Record, string Time, IReadOnlyDictionary<string, string> Fields);
    sealed record SummaryLine(HuntSummary Summary);

    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Dictionary<string, (Level Level, string Title, long Hits)> rules = [];

    public long Hits { get; private set; }

    public void Add(string file, long record, Hit hit)
    {
        Hits++;
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new HitLine(hit.RuleId, hit.Title, Word(hit.Level), file, record, UnixMs.ToIso(hit.TimeMs), hit.Fields), Json));
            return;
        }
        if (Hits == 1) Row("time", "level", "title", "host", "file:record");
        var host = hit.Entities.FirstOrDefault(e => e.Kind == EntityKind.Host)?.Value ?? "-";
        Row(UnixMs.ToIso(hit.TimeMs), Word(hit.Level), hit.Title, host, string.Create(CultureInfo.InvariantCulture, $"{file}:{record}"));
        rules[hit.RuleId] = (hit.Level, hit.Title, rules.GetValueOrDefault(hit.RuleId).Hits + 1);
    }

    public void End(HuntSummary summary, double reading, int unrouted, bool stopped)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new SummaryLine(summary), Json));
            return;
        }
        if (rules.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"{"hits",9}  {"level",-13}  title");
            foreach (var (level, title, hits) in rules.Values.OrderByDescending(r => r.Hits).ThenByDescending(r => r.Level).ThenBy(r => r.Title, StringComparer.Ordinal))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hits,9}  {Word(level),-13}  {Line(title)}"));
            output.WriteLine();
        }
        if (stopped) output.WriteLine("Stopped before the end.");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{summary.Hits} hits in {summary.Events} events ({summary.Bytes} bytes) by {summary.RulesLoaded} rules ({summary.RulesRefused} refused, {unrouted} without a route); {summary.CpuSeconds} s CPU, {summary.Seconds} s"));
        if (reading > 0) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{summary.Events / reading:0} events and {summary.Bytes / reading / 1e6:0.0} MB a second of CPU, once the rules were read"));
    }

    void Row(string time, string level, string title, string host, string place) =>
        output.WriteLine($"{time,-24}  {level,-13}  {Cut(Line(title), TitleChars),-TitleChars}  {Cut(Line(host), HostChars),-HostChars}  {Line(place)}");

    public static string Word(Level level) => level.ToString().ToLowerInvariant();

    static string Cut(string text, int chars) => text.Length <= chars ? text : text[..(chars - 1)] + "…";

    /// <summary>What a log or a rule says, without signs that a terminal would obey.</summary>
    public static string Line(string text) => text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && text.AsSpan().IndexOfAnyInRange('\x7f', '\x9f') < 0
        ? text
        : string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}

sealed record HuntSummary(long Events, long Bytes, double Seconds, double CpuSeconds, int RulesLoaded, int RulesRefused, long Hits);
