using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>A parser that is tried: its cases, or some lines beside what is made of them now.</summary>
static class ParserTrial
{
    /// <summary>Findings of the cases that do not give what they say.</summary>
    public static IReadOnlyList<Finding> Check(Normaliser normaliser, Tables tables, string parser, IReadOnlyList<ParserCase> cases)
    {
        var findings = new List<Finding>();
        foreach (var one in cases)
        {
            var record = new Record(1, CaseReceivedMs, new(Hints.FileListener, "case", Hints.Of(parser, host: null)), Encoding.UTF8.GetBytes(one.Raw));
            using var batch = normaliser.Normalise([record], tables);
            var fields = Fields(batch[0]);
            foreach (var (field, expected) in one.Expected)
            {
                var ours = fields.GetValueOrDefault(field) ?? [];
                if (!ours.SequenceEqual(expected.Where(e => e.Length > 0), StringComparer.Ordinal))
                    findings.Add(new("PAR181", $"The case expects {field} = {string.Join(", ", expected)}; the parser gives {(ours.Count == 0 ? "nothing" : string.Join(", ", ours))}.", "Mend the parser or the case; until then the parser is not used.", one.Place));
            }
        }
        return findings;
    }

    // Cases are read as on one day, so that a missing year is always the same.
    const long CaseReceivedMs = 1_772_438_400_000; // 2026-03-02T08:00:00Z

    public static ParserPreview Run(Normaliser normaliser, Tables tried, string text, IReadOnlyList<string> lines, Origin origin, long nowMs)
    {
        var (parsed, findings) = Read(normaliser, tried, text);
        var told = parsed is null ? origin : new Origin(Hints.FileListener, origin.Peer, Hints.Of(parsed, host: null));
        var events = new List<ParserPreviewLine>();
        foreach (var line in lines.Take(Limits.PreviewLinesMax))
        {
            var raw = Encoding.UTF8.GetBytes(line);
            using var was = normaliser.Normalise([new(1, nowMs, origin, raw)]);
            var before = Fields(was[0]);
            if (parsed is null)
            {
                events.Add(new(line, before, before, []));
                continue;
            }
            using var now = normaliser.Normalise(new(1, nowMs, told, raw), tried, out var steps);
            var after = Fields(now[0]);
            events.Add(new(line, before, after, [.. before.Keys.Union(after.Keys).Where(k => !(before.GetValueOrDefault(k) ?? []).SequenceEqual(after.GetValueOrDefault(k) ?? [], StringComparer.Ordinal)).Order(StringComparer.Ordinal)]) { Steps = steps });
        }
        return new(parsed, findings, events);
    }

    /// <summary>The name that a text gives its parser, null when it has none, and all that is wrong with it and its cases.</summary>
    public static (string? Name, IReadOnlyList<Finding> Findings) Read(Normaliser normaliser, Tables tried, string text)
    {
        var findings = new List<Finding>(tried.Book.Findings.Where(f => f.Place.StartsWith("trial", StringComparison.Ordinal)));
        var reader = new ParserReader("trial.yml", "trial", 0, new Constants(), tried.Json, tried.Folder);
        var parsed = reader.ReadText(text);
        if (parsed is not null) findings.AddRange(Check(normaliser, tried, parsed.Name, reader.Cases));
        return (parsed?.Name, findings);
    }

    static Dictionary<string, IReadOnlyList<string>> Fields(EventView view)
    {
        var fields = new Dictionary<string, IReadOnlyList<string>>(EventJson.Fields(view), StringComparer.Ordinal) { ["@timestamp"] = [UnixMs.ToIso(view.TimeMs)] };
        return fields;
    }
}
