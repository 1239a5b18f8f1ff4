using System.Globalization;
using System.Text;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.Correlate;

/// <summary>An event that a rule matched, as the matcher sees it: nothing of it is kept beyond the call, nothing is allocated.</summary>
/// <param name="Rule">Number of the rule in its set.</param>
/// <param name="TimeMs">Event time; arrival where the sender's clock is ahead.</param>
/// <param name="DetectedMs">When it was matched: what the hit says too.</param>
/// <param name="Fields">Values of the fields that <see cref="Correlator.FieldsOf"/> names for that rule.</param>
readonly ref struct MatchedEvent(int Rule, EventId Event, long TimeMs, long DetectedMs, ReadOnlySpan<byte> Source, MatchedFields Fields)
{
    public readonly int Rule = Rule;
    public readonly EventId Event = Event;
    public readonly long TimeMs = TimeMs, DetectedMs = DetectedMs;
    public readonly ReadOnlySpan<byte> Source = Source;
    public readonly MatchedFields Fields = Fields;
}

/// <summary>Values that correlations need of a matched event. Fields go by their place in the list of the rule's fields.</summary>
abstract class MatchedFields
{
    /// <summary>How many values the field has; 0 when it is absent or null.</summary>
    public abstract int Members(int field);
    public abstract ReadOnlySpan<byte> Value(int field, int member);
    public abstract IReadOnlyList<Entity> Entities { get; }
}

/// <summary>The event that is loaded in the matcher.</summary>
sealed class EventFields(EventValues values) : MatchedFields
{
    static readonly Entity[] None = [];
    CompiledRule? rule;
    IReadOnlyList<Entity> entitiesOfHit = None;

    /// <summary>Looks at that rule's fields from now on.</summary>
    /// <param name="entities">Those of the hit, when one was made.</param>
    public EventFields Of(CompiledRule matched, IReadOnlyList<Entity>? entities = null)
    {
        rule = matched;
        entitiesOfHit = entities ?? None;
        return this;
    }

    public override IReadOnlyList<Entity> Entities => entitiesOfHit;

    public override int Members(int field)
    {
        var number = 0;
        for (var cell = values.First(rule!.Grouped[field]); cell >= 0 && values.Kind(cell) != ValueKind.Null; cell = values.Next(cell)) number++;
        return number;
    }

    public override ReadOnlySpan<byte> Value(int field, int member)
    {
        var cell = values.First(rule!.Grouped[field]);
        while (member-- > 0) cell = values.Next(cell);
        return values.Value(cell);
    }
}

/// <summary>The fields of a hit: those of the hit log, and firings that feed an outer correlation.</summary>
sealed class HitFields : MatchedFields
{
    readonly Dictionary<string, string[]> memberNames = [];
    byte[] bytes = new byte[1024];
    int used;
    readonly List<(int First, int Count)> fields = [];
    readonly List<(int At, int Length)> values = [];
    Hit? hit;

    public override IReadOnlyList<Entity> Entities => hit!.Entities;

    public HitFields Of(Hit of, IReadOnlyList<string> names)
    {
        hit = of;
        used = 0;
        fields.Clear();
        values.Clear();
        foreach (var name in names)
        {
            var first = values.Count;
            for (var member = 0; member < Limits.CorrelationMembersMax && hit.Fields.TryGetValue(NameOf(name, member), out var text); member++)
            {
                var room = Encoding.UTF8.GetMaxByteCount(text.Length);
                if (bytes.Length - used < room) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, used + room));
                var length = Encoding.UTF8.GetBytes(text, bytes.AsSpan(used));
                values.Add((used, length));
                used += length;
            }
            fields.Add((first, values.Count - first));
        }
        return this;
    }

    public override int Members(int field) => fields[field].Count;

    public override ReadOnlySpan<byte> Value(int field, int member)
    {
        var (at, length) = values[fields[field].First + member];
        return bytes.AsSpan(at, length);
    }

    string NameOf(string field, int member)
    {
        if (member == 0) return field;
        if (!memberNames.TryGetValue(field, out var names))
            memberNames[field] = names = [.. Enumerable.Range(0, Limits.CorrelationMembersMax).Select(i => string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]"))];
        return names[member];
    }
}
