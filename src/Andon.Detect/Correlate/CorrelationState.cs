using System.Text.Unicode;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.Correlate;

/// <summary>Runs of bytes and numbers for all correlations together.</summary>
sealed class CorrelationMemory
{
    public SlabPool<long> Longs { get; } = new(unit: 2);
    public SlabPool<byte> Bytes { get; } = new(unit: 8);
    public long Taken => Longs.Bytes + Bytes.Bytes;
}

/// <summary>Where one listed rule has a correlation's fields: places in the rule's list of fields.</summary>
sealed record RuleInput(int Rule, int[] GroupBy, int[] Values, int[] Carried);

/// <summary>One correlation's groups and counters.</summary>
sealed partial class CorrelationState
{
    const int TuplesMax = Limits.CorrelationMembersMax;
    readonly CorrelationMemory memory;
    readonly GroupTable groups;
    // Values that are counted or carried, each with the number of rows that hold it.
    readonly KeyTable values;
    int[] uses;
    readonly PriorityQueue<int, (long DueMs, ulong Event)> dues;
    readonly Watermark watermark;
    readonly CorrelatorOptions options;
    readonly WindowValue measure;
    readonly Windows windows;
    readonly int stride, most;

    Scratch key = new(), shown = new(), text = new(), notes = new();
    readonly int[] members = new int[Limits.CorrelationGroupFieldsMax], at = new int[Limits.CorrelationGroupFieldsMax];
    readonly int[] carried;
    readonly long[] data = new long[TuplesMax];
    int dataCount;

    public CorrelationState(CorrelationDocument document, IReadOnlyList<string> carriedFields, long extraMs, CorrelationMemory memory, Watermark watermark, CorrelatorOptions options, CorrelationState? before)
    {
        (Document, CarriedFields, ExtraMs, this.memory, this.watermark, this.options) = (document, carriedFields, extraMs, memory, watermark, options);
        carried = new int[carriedFields.Count];
        measure = new(document);
        windows = new(document.Window, document.TimespanMs);
        stride = (document.Kind == CorrelationKind.EventCount && carriedFields.Count == 0 ? 2 : 3) + carriedFields.Count;
        // A count needs no more events than twice its threshold; what is left out can only be more of what is already enough.
        var threshold = 2 * document.Bounds.Select(b => (long)b.Value).DefaultIfEmpty(0).Max() + 2;
        most = document.Kind switch
        {
            CorrelationKind.EventCount => (int)Math.Max(256, threshold),
            CorrelationKind.ValueCount => (int)Math.Max(Limits.CorrelationEntriesMax, threshold),
            _ => Limits.CorrelationEntriesMax,
        };
        most = Math.Min(most, SlabPool<long>.ChunkLength / stride - TuplesMax);
        groups = before?.groups ?? new(memory.Longs, memory.Bytes);
        values = before?.values ?? new(memory.Bytes);
        uses = before?.uses ?? [];
        dues = before?.dues ?? new();
        Counters = before?.Counters ?? new();
    }

    public CorrelationDocument Document { get; }
    public IReadOnlyList<string> CarriedFields { get; }
    /// <summary>How much later than events its inputs come, because one of them waits for a window's end.</summary>
    public long ExtraMs { get; }
    public CorrelationCounters Counters { get; }
    public int Groups => groups.Count;
    public long TableBytes => groups.Bytes + values.Bytes;

    /// <summary>While this is the same, gathered state survives a reload.</summary>
    public static string SignatureOf(CorrelationDocument d, IReadOnlyList<string> carriedFields) =>
        $"{d.Header.RuleId}\n{d.Kind}\n{d.Window}\n{string.Join('\n', d.Rules)}\n\n{string.Join('\n', d.GroupBy)}\n\n{d.TimespanMs}\n{string.Join('\n', d.ValueFields)}\n{d.AtOnce}\n{string.Join('\n', carriedFields)}\n"
        + string.Join('\n', d.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => a.Key + ":" + string.Join(',', a.Value.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Key + "=" + v.Value))));

    public string Signature => SignatureOf(Document, CarriedFields);

    // Windows that end before this are over, for this correlation.
    long OverMs => watermark.Ms > long.MinValue + ExtraMs ? watermark.Ms - ExtraMs : long.MinValue;

    // An event at or after this can still be judged in full: everything it may share a window with is kept.
    long HorizonOf(in Group group) => group.NewestMs == long.MinValue ? long.MinValue : Math.Min(group.NewestMs - options.LatenessMs - ExtraMs, OverMs);

    /// <summary>Takes a match in; every group it belongs to is tested.</summary>
    public void Take(EventId id, long timeMs, int source, MatchedFields fields, RuleInput input, List<Firing> fired)
    {
        Forget();
        var combinations = 1;
        for (var i = 0; i < input.GroupBy.Length; i++)
        {
            members[i] = Members(fields, input.GroupBy[i], id, timeMs);
            if (members[i] == 0) { Counters.Miss(Document, id, timeMs, Document.GroupBy[i]); return; }
            combinations *= members[i];
            if (combinations > TuplesMax) { Counters.Shorten(Document, id, timeMs, "too many groups"); combinations = TuplesMax; }
        }
        if (!Read(id, timeMs, fields, input)) return;
        for (var i = 0; i < input.Carried.Length; i++)
            carried[i] = input.Carried[i] >= 0 && fields.Members(input.Carried[i]) > 0 ? Hold(Clean(fields.Value(input.Carried[i], 0))) : -1;
        Array.Clear(at, 0, input.GroupBy.Length);
        for (var i = 0; i < combinations; i++)
        {
            key.Length = shown.Length = 0;
            var same = true;
            for (var part = 0; part < input.GroupBy.Length; part++)
            {
                var value = Clean(fields.Value(input.GroupBy[part], at[part]));
                var before = key.Length;
                Folded(value);
                GroupNotes.Put(ref shown, value);
                same = same && key.Written[before..].SequenceEqual(shown.Written[before..]);
            }
            if (same) shown.Length = 0;
            Put(id, timeMs, source, fields, fired);
            for (var part = input.GroupBy.Length - 1; part >= 0 && ++at[part] == members[part]; part--) at[part] = 0;
        }
        for (var i = 0; i < input.Carried.Length; i++) Release(carried[i]);
        if (Document.Kind == CorrelationKind.ValueCount)
            for (var i = 0; i < dataCount; i++) Release((int)data[i]);
    }

    // What rows hold besides time and event: values, numbers, or which rule it was. False when there is nothing to count.
    bool Read(EventId id, long timeMs, MatchedFields fields, RuleInput input)
    {
        dataCount = 0;
        if (Document.Kind == CorrelationKind.ValueCount)
        {
            Span<int> counts = stackalloc int[input.Values.Length], places = stackalloc int[input.Values.Length];
            var tuples = 1;
            for (var i = 0; i < counts.Length; i++)
            {
                counts[i] = Members(fields, input.Values[i], id, timeMs);
                if (counts[i] == 0) { Counters.Miss(Document, id, timeMs, Document.ValueFields[i]); return false; }
                tuples *= counts[i];
                if (tuples > TuplesMax) { Counters.Shorten(Document, id, timeMs, "too many values"); tuples = TuplesMax; }
            }
            for (var tuple = 0; tuple < tuples; tuple++)
            {
                key.Length = 0;
                for (var i = 0; i < counts.Length; i++) Folded(Clean(fields.Value(input.Values[i], places[i])));
                data[dataCount++] = Hold(key.Written);
                for (var i = counts.Length - 1; i >= 0 && ++places[i] == counts[i]; i--) places[i] = 0;
            }
        }
        else if (Document.IsNumeric)
        {
            var count = Members(fields, input.Values[0], id, timeMs);
            if (count == 0) { Counters.Miss(Document, id, timeMs, Document.ValueFields[0]); return false; }
            for (var i = 0; i < count; i++)
            {
                var value = fields.Value(input.Values[0], i).Trim((byte)' ');
                if (Number.TryParse(value, out var number)) data[dataCount++] = BitConverter.DoubleToInt64Bits(number.IsWhole ? number.Whole : number.Real);
                else Counters.NoNumber(Document, id, timeMs, System.Text.Encoding.UTF8.GetString(value.Length > 64 ? value[..64] : value));
            }
            return dataCount > 0;
        }
        else data[dataCount++] = input.Rule;
        return true;
    }

    int Members(MatchedFields fields, int field, EventId id, long timeMs)
    {
        var count = fields.Members(field);
        if (count <= TuplesMax) return count;
        Counters.Shorten(Document, id, timeMs, $"an array of {count}");
        return TuplesMax;
    }

    void Folded(ReadOnlySpan<byte> value)
    {
        var start = key.Length;
        var room = key.Room(Fold.Room(value.Length) + 2);
        var length = Fold.Into(value, room[2..]);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)length);
        key.Length = start + 2 + length;
    }

    // The bytes a hit would keep of that value, so that a recall from the hit log finds the same group.
    ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> value)
    {
        if (!Utf8.IsValid(value)) value = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(value));
        if (value.Length <= Limits.CorrelationValueBytesMax) return value;
        var cut = Limits.CorrelationValueBytesMax;
        while ((value[cut] & 0xC0) == 0x80) cut--;
        return value[..cut];
    }

    int Hold(ReadOnlySpan<byte> value)
    {
        var id = values.Add(value, out var added);
        if (id >= uses.Length) Array.Resize(ref uses, Math.Max(id + 1, Math.Max(64, uses.Length * 2)));
        uses[id] = added ? 1 : uses[id] + 1;
        return id;
    }

    void Release(int value)
    {
        if (value >= 0 && --uses[value] == 0) values.Remove(value);
    }

    // Groups that nothing can join any more, long ago: a few each time, so that memory follows what is alive.
    void Forget()
    {
        for (var i = 0; i < 2 && groups.Stalest is var id and >= 0; i++)
        {
            ref var group = ref groups[id];
            if (group.NewestMs != long.MinValue && (OverMs == long.MinValue || (!Document.AtOnce && group.Count > 0) || windows.EndOf(group.NewestMs) + Limits.CorrelationForgetMs >= OverMs
                || watermark.ClockMs - group.HeardMs <= Document.TimespanMs + Limits.CorrelationForgetMs)) return; // old events may come among new ones
            Remove(id);
        }
    }

    /// <summary>Gives up the group that was not heard of for longest.</summary>
    public void EvictOne()
    {
        if (groups.Stalest is not (var id and >= 0)) return;
        ref var group = ref groups[id];
        if (group.Count > 0 && (!Document.AtOnce || windows.EndOf(group.NewestMs) >= OverMs)) Counters.Evict(Document);
        Remove(id);
    }

    public void Clear()
    {
        while (groups.Stalest >= 0) Remove(groups.Stalest);
        dues.Clear();
    }

    void Remove(int id)
    {
        ref var group = ref groups[id];
        if (group.Count > 0) Drop(ref group, 0, group.Count);
        groups.Remove(id);
    }
}
