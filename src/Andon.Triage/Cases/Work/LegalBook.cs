using System.Globalization;
using Andon.Model;
using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Cases.Work;

/// <summary>A time that a law gives: from awareness, or from when another clock of the same duty was done.</summary>
/// <param name="Months">Months of the calendar; zero when the time is <paramref name="WithinMs"/>.</param>
internal sealed record LegalRule(string Id, string Name, string Duty, long WithinMs, int Months, string? After, string Source)
{
    public long Due(long startMs) =>
        Months > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(startMs).AddMonths(Months).ToUnixTimeMilliseconds() : startMs + WithinMs;
}

/// <summary>Reads the part <c>legal:</c> of <c>content/triage/clocks.yml</c>.</summary>
internal static class LegalBook
{
    public static List<LegalRule> Read(YamlMappingNode root, IReadOnlyList<ClockRule> others, string place, List<Finding> findings)
    {
        var rules = new List<LegalRule>();
        void Wrong(string code, string what, string hint, YamlNode at) => findings.Add(new(code, what, hint, $"{place}:{at.Start.Line}"));
        foreach (var node in root.List("legal"))
        {
            if (node is not YamlMappingNode entry || entry.Text("id") is not { Length: > 0 } id)
            {
                Wrong("TRI625", "A legal clock has no id.", "Name it, for example gdpr-33.", node);
                continue;
            }
            var (duty, after, source) = (entry.Text("when"), entry.Text("after"), entry.Text("source"));
            if (Time(entry.Text("within")) is not var (ms, months)) Wrong("TRI626", $"Legal clock {id} has no time.", "within is a number and h or d, or months, as in 72h or 1month.", entry);
            else if (duty.Length == 0 || source.Length == 0) Wrong("TRI627", $"Legal clock {id} does not say which duty it belongs to, or from which law it is.", "Write when: and source:.", entry);
            else if (rules.Exists(r => r.Id == id) || others.Any(r => r.Id == id)) Wrong("TRI625", $"There are two clocks {id}.", "Give each its own id.", entry);
            // Only one above: so they never run in a circle.
            else if (after.Length > 0 && !rules.Exists(r => r.Id == after && r.Duty == duty))
                Wrong("TRI628", $"Legal clock {id} begins after {after}, and {duty} has no such clock above it.", "Name a clock of the same duty that stands before it.", entry);
            else rules.Add(new(id, entry.Text("name") is { Length: > 0 } name ? name : id, duty, ms, months, after.Length > 0 ? after : null, source));
        }
        return rules;
    }

    static (long Ms, int Months)? Time(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        if (text[digits..] is "month" or "months") return int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is > 0 and <= 120 ? (0, n) : null;
        return YamlBook.Span(text) is { } ms ? (ms, 0) : null;
    }
}
