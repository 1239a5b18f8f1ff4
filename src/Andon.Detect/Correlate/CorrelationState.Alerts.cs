using System.Buffers.Binary;
using System.Text;
using Andon.Detect.Sigma.Ast;
using Andon.Model;

namespace Andon.Detect.Correlate;

sealed partial class CorrelationState
{
    Firing Fire(in Group group, int number, Rows rows, int first, int last, double value, EventId trigger)
    {
        var ids = new List<EventId>();
        for (var row = first; row <= last && ids.Count < Limits.CorrelationEvidenceMax; row++)
            if (ids.Count == 0 || ids[^1].Value != rows.Event(row)) ids.Add(new(rows.Event(row)));
        if (ids[^1].Value != rows.Event(last)) ids.Add(new(rows.Event(last)));
        var counted = new List<string>();
        if (Document.Kind == CorrelationKind.ValueCount)
            for (var row = first; row <= last && counted.Count < 20; row++)
                if (string.Join(", ", GroupNotes.Parts(values[(int)rows.Value(row)])) is var text && !counted.Contains(text)) counted.Add(text);
        var carriedValues = new List<(string, string)>();
        for (var i = 0; i < CarriedFields.Count; i++)
        {
            var id = rows.Carried(first, i);
            for (var row = first + 1; row <= last && id >= 0; row++)
                if (rows.Carried(row, i) != id) id = -1;
            if (id >= 0) carriedValues.Add((CarriedFields[i], Encoding.UTF8.GetString(values[id])));
        }
        var proven = Document.Kind != CorrelationKind.TemporalOrdered || measure.OrderIsProven(rows, first, last);
        return new(Document, trigger, rows.Time(last), ShownOf(group, number), value, last - first + 1, rows.Time(first), ids,
            GroupNotes.Entities(EntitiesOf(group)), watermark.NameOf(group.Source), counted, carriedValues, proven);
    }

    // Notes: the length of the shown values, those where they differ from the key, then entities.
    void Note(ref Group group)
    {
        if (shown.Length == 0) return;
        notes.Length = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(notes.Next(2), (ushort)shown.Length);
        shown.Written.CopyTo(notes.Next(shown.Length));
        Append(ref group, notes.Written);
    }

    void Note(ref Group group, Entity entity)
    {
        text.Length = 0;
        GroupNotes.Put(ref text, entity);
        if (GroupNotes.Has(EntitiesOf(group), text.Written, out var count) || count >= Limits.HitEntitiesMax) return;
        if (group.NotesLength == 0) Append(ref group, [0, 0]);
        Append(ref group, text.Written);
    }

    void Append(ref Group group, ReadOnlySpan<byte> more)
    {
        var length = group.NotesLength + more.Length;
        if (group.NotesAt < 0 || memory.Bytes.Length(group.NotesSize) < length)
        {
            var to = memory.Bytes.Take(length, out var size);
            if (group.NotesAt >= 0)
            {
                memory.Bytes.At(group.NotesAt, group.NotesLength).CopyTo(memory.Bytes.At(to, group.NotesLength));
                memory.Bytes.Return(group.NotesAt, group.NotesSize);
            }
            (group.NotesAt, group.NotesSize) = (to, size);
        }
        more.CopyTo(memory.Bytes.At(group.NotesAt, length)[group.NotesLength..]);
        group.NotesLength = length;
    }

    ReadOnlySpan<byte> NotesOf(in Group group) => group.NotesAt < 0 ? [] : memory.Bytes.At(group.NotesAt, group.NotesLength);

    ReadOnlySpan<byte> EntitiesOf(in Group group) => NotesOf(group) is { Length: >= 2 } all ? all[(2 + BinaryPrimitives.ReadUInt16LittleEndian(all))..] : [];

    List<(string, string)> ShownOf(in Group group, int number)
    {
        var all = NotesOf(group);
        var length = all.Length >= 2 ? BinaryPrimitives.ReadUInt16LittleEndian(all) : 0;
        var parts = GroupNotes.Parts(length > 0 ? all.Slice(2, length) : groups.Keys[number]);
        return [.. Document.GroupBy.Zip(parts)];
    }

    /// <summary>A firing that stands in the hit log: what it says is so, whatever little of its group was read again.</summary>
    public void Recall(Hit hit, long firstMs)
    {
        key.Length = 0;
        foreach (var name in Document.GroupBy)
        {
            if (!hit.Fields.TryGetValue(name, out var value)) return;
            Folded(Clean(Encoding.UTF8.GetBytes(value)));
        }
        if (groups.Find(key.Written) is not (var number and >= 0)) return;
        ref var group = ref groups[number];
        Remember(ref group, hit.TimeMs);
        if (Document.AtOnce || group.Count == 0) return;
        var rows = RowsOf(group);
        if (rows.Time(0) > hit.TimeMs || windows.End(rows) <= group.DecidedMs) return;
        // The log tells that this window was decided.
        var last = windows.Last(rows);
        if (rows.Time(0) != firstMs || rows.Time(last) != hit.TimeMs) return;
        group.DecidedMs = Math.Max(group.DecidedMs, windows.End(rows));
        group.DueMs = long.MaxValue;
        Drop(ref group, 0, last + 1);
        if (group.Count > 0) Wait(number, RowsOf(group));
    }

    /// <summary>The groups nearest to firing among those heard of last.</summary>
    public CorrelationLook Look(int show)
    {
        var nearest = new List<GroupLook>();
        var walked = 0;
        for (var id = groups.Freshest; id >= 0 && walked < Limits.CorrelationLookMax; id = groups[id].Older, walked++)
        {
            ref var group = ref groups[id];
            if (group.Count == 0) continue;
            var rows = RowsOf(group);
            var last = Document.AtOnce ? rows.Count - 1 : windows.Last(rows);
            var first = Document.AtOnce ? windows.First(rows, last) : 0;
            var holds = measure.Holds(rows, first, last, out var value);
            if (!holds && Document.Kind == CorrelationKind.TemporalOrdered) value = measure.Come(rows, first, last);
            var end = Document.Window == WindowKind.Session ? rows.Time(last) + Document.TimespanMs : windows.EndOf(rows.Time(first));
            var left = watermark.NewestMs == long.MinValue ? Document.TimespanMs : end - Math.Max(watermark.NewestMs, watermark.ClockMs);
            if (Document.AtOnce && left < 0) continue;
            nearest.Add(new(ShownOf(group, id).ConvertAll(g => new GroupValue(g.Item1, g.Item2)), value, holds, last - first + 1, rows.Time(first), rows.Time(last), end, Math.Max(0, left),
                group.FiredCount > 0 ? memory.Longs.At(group.FiredAt, group.FiredCount)[^1] : null));
        }
        return new(Document.Header.RuleId, Document.Header.Title, Document.Kind.ToString(), Document.Window.ToString(), Document.TimespanMs, Document.Threshold, Document.AtOnce,
            groups.Count, options.GroupsMax, watermark.Ms == long.MinValue ? null : watermark.Ms, measure.Wanted,
            Counters.Missing, Counters.Late, Counters.Evicted, Counters.Cut, Counters.Shortened, Counters.NotNumbers, [.. Counters.Samples],
            [.. nearest.OrderByDescending(g => g.Holds).ThenByDescending(g => measure.Wanted is null && Document.Bounds.Count > 0 ? -g.Value : g.Value).ThenByDescending(g => g.LastMs).Take(show)]);
    }
}
