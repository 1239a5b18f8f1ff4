using System.Text;
using Andon.Model;

namespace Andon.Tests.Detect.Oracle;

/// <summary>One value of an event: what it is called, its text, and what it was in the record.</summary>
sealed class OracleValue(string name, string text, ValueKind kind)
{
    int[]? scalars, folded;

    public string Name { get; } = name;
    public string Text { get; } = text;
    public ValueKind Kind { get; } = kind;
    public bool IsNull => Kind == ValueKind.Null;
    public int[] Scalars => scalars ??= OracleText.Scalars(Text);
    public int[] Folded => folded ??= OracleText.Folded(Scalars);
}

/// <summary>A plain list of values, and the raw record.</summary>
sealed class OracleEvent(IReadOnlyList<OracleValue> values, string raw)
{
    readonly Dictionary<string, List<OracleValue>> byName = Group(values);

    /// <summary>What the house writes onto an event is not the sender's, so keywords do not look at it.</summary>
    static readonly HashSet<string> House = ["log.source.id", "event.dataset", "event.module", "andon.parser", "andon.findings"];

    public IReadOnlyList<OracleValue> Values { get; } = values;

    /// <summary>SG21: every value, one by one, and the raw record.</summary>
    public IReadOnlyList<OracleValue> Searched { get; } = [.. values.Where(v => !v.IsNull && !House.Contains(v.Name)), new OracleValue("", raw, ValueKind.Text)];

    public static OracleEvent Of(EventBatch batch, int index)
    {
        var view = batch[index];
        var values = new List<OracleValue>();
        foreach (var cell in view.Cells)
            values.Add(new(Encoding.UTF8.GetString(batch.NameUtf8(cell.Name)), Encoding.UTF8.GetString(view.Value(cell)), cell.Kind));
        return new(values, Encoding.UTF8.GetString(view.Raw));
    }

    /// <summary>Values under the first of the names that the event has; members of an array are values of one name.</summary>
    public IReadOnlyList<OracleValue> Find(IEnumerable<string> names)
    {
        foreach (var name in names)
            if (byName.TryGetValue(name, out var found)) return found;
        return [];
    }

    // SG19: blanks in names do not count; leaves of a Windows event's UserData stand beside those of EventData.
    static Dictionary<string, List<OracleValue>> Group(IReadOnlyList<OracleValue> values)
    {
        var groups = new Dictionary<string, List<OracleValue>>();
        foreach (var value in values)
        {
            var userData = value.Name.StartsWith("winlog.user_data.", StringComparison.Ordinal) || value.Name.StartsWith("Event.UserData.", StringComparison.Ordinal);
            var other = (userData ? "winlog.event_data." + value.Name[(value.Name.LastIndexOf('.') + 1)..] : value.Name).Replace(" ", "", StringComparison.Ordinal);
            foreach (var name in new[] { value.Name, other }.Distinct())
                if (groups.TryGetValue(name, out var group)) group.Add(value);
                else groups[name] = [value];
        }
        return groups;
    }
}

/// <summary>Under which names an event may hold a field, in the order of the look-up (the contract of FieldTable).</summary>
delegate IEnumerable<string> FieldOrder(string field);
