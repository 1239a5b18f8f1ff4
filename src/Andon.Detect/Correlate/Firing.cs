using System.Globalization;
using Andon.Detect.Sigma.Ast;
using Andon.Model;

namespace Andon.Detect.Correlate;

/// <summary>A correlation came true.</summary>
/// <param name="Event">The event that made it true, or the last of a window that was decided at its end.</param>
/// <param name="TimeMs">Event time of the window's last event.</param>
/// <param name="Value">What was compared: a count, a sum, an average …</param>
/// <param name="Contributing">First and last event of the window and up to a limit in between.</param>
/// <param name="Carried">Fields whose value is the same in all its events.</param>
/// <param name="OrderProven">False when events of one time were taken as in order.</param>
sealed record Firing(
    CorrelationDocument Document, EventId Event, long TimeMs, IReadOnlyList<(string Field, string Value)> Group, double Value, long Events,
    long FirstMs, IReadOnlyList<EventId> Contributing, IReadOnlyList<Entity> Entities, string SourceId, IReadOnlyList<string> Values,
    IReadOnlyList<(string Field, string Value)> Carried, bool OrderProven)
{
    public Hit AsHit(RuleQueue queue = RuleQueue.Input, long nowMs = 0)
    {
        var header = Document.Header;
        var fields = new Dictionary<string, string>();
        foreach (var (field, value) in Group) fields[field] = value;
        foreach (var (field, value) in Carried) fields.TryAdd(field, value);
        fields["correlation.count"] = (Document.IsNumeric ? Events : (long)Value).ToString(CultureInfo.InvariantCulture);
        if (Document.IsNumeric) fields["correlation.value"] = Value.ToString("R", CultureInfo.InvariantCulture);
        fields["correlation.first"] = UnixMs.ToIso(FirstMs);
        fields["correlation.last"] = UnixMs.ToIso(TimeMs);
        if (Values.Count > 0) fields["correlation.values"] = string.Join(", ", Values.Take(20));
        if (!OrderProven) fields["correlation.order"] = "not proven: events of the same time";
        return new(Event, TimeMs, nowMs, header.RuleId, header.Title, header.Author, header.Level, queue, header.Tags, SourceId, Entities, fields, Contributing);
    }
}
