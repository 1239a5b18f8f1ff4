using Andon.Detect.Sigma.Ast;
using Andon.Model;

namespace Andon.Detect.Correlate;

sealed partial class CorrelationState
{
    Rows RowsOf(in Group group) => new(group.Count == 0 ? [] : memory.Longs.At(group.RowsAt, group.Count * stride), stride, group.Count);

    void Put(EventId id, long timeMs, int source, MatchedFields fields, List<Firing> fired)
    {
        var number = groups.Find(key.Written);
        if (number < 0)
        {
            if (!Document.AtOnce && windows.EndOf(timeMs) < OverMs) { Late(id, timeMs, OverMs); return; }
            while (groups.Count >= options.GroupsMax) EvictOne();
            number = groups.Add(key.Written);
            Note(ref groups[number]);
        }
        else
        {
            groups.Touch(number);
            ref var known = ref groups[number];
            var horizon = Document.AtOnce ? HorizonOf(known) : Math.Max(known.DecidedMs == long.MinValue ? long.MinValue : known.DecidedMs + 1, OverMs > long.MinValue && windows.EndOf(timeMs) < OverMs ? OverMs : long.MinValue);
            if (timeMs < horizon) { Late(id, timeMs, horizon); return; }
        }
        ref var group = ref groups[number];
        var newest = Math.Max(group.NewestMs, timeMs);
        group.NewestMs = newest;
        group.HeardMs = watermark.ClockMs;
        if (OncePerEvent && RowsOf(group) is var there && there.Place(timeMs, id.Value) - 1 is var same and >= 0 && there.Time(same) == timeMs && there.Event(same) == id.Value) return;
        if (!MakeRoom(ref group, id, timeMs)) return;
        var put = false;
        for (var i = 0; i < dataCount; i++) put |= Insert(ref group, timeMs, id.Value, data[i]);
        if (!put) return;
        group.Source = source < 0 ? group.Source : source;
        var entities = fields.Entities;
        for (var i = 0; i < entities.Count; i++) Note(ref group, entities[i]);
        var rows = RowsOf(group);
        if (Document.AtOnce) Test(number, rows, rows.Place(timeMs, id.Value) - 1, id, fired);
        else Wait(number, rows);
    }

    void Late(EventId id, long timeMs, long horizonMs) => Counters.BeLate(Document, id, timeMs, horizonMs - timeMs);

    // Room for the rows of one event.
    bool MakeRoom(ref Group group, EventId id, long timeMs)
    {
        var capacity = group.RowsAt < 0 ? 0 : memory.Longs.Length(group.RowsSize) / stride;
        if (group.Count + dataCount <= capacity) return true;
        if (Document.AtOnce && group.Count > 0)
        {
            var useless = windows.Useless(RowsOf(group), HorizonOf(group));
            if (useless > 0) Drop(ref group, 0, useless);
        }
        if (group.Count + dataCount > most)
        {
            // A window that waits for its end keeps its beginning; one that is tested at each event keeps what came last.
            if (!Document.AtOnce) { Counters.CutOff(Document, dataCount, id, timeMs); return false; }
            var cut = Math.Min(group.Count, Math.Max(dataCount, most / 8));
            if (Document.Kind != CorrelationKind.EventCount) Counters.CutOff(Document, cut, id, timeMs);
            Drop(ref group, 0, cut);
        }
        if (group.Count + dataCount > capacity || (group.Count + dataCount) * 4 < capacity)
        {
            var to = memory.Longs.Take((group.Count + dataCount) * stride, out var size);
            if (group.RowsAt >= 0)
            {
                memory.Longs.At(group.RowsAt, group.Count * stride).CopyTo(memory.Longs.At(to, group.Count * stride));
                memory.Longs.Return(group.RowsAt, group.RowsSize);
            }
            (group.RowsAt, group.RowsSize) = (to, size);
        }
        return true;
    }

    // One event counts once, also when two listed rules match it; a temporal needs to know both.
    bool OncePerEvent => Document.Kind == CorrelationKind.EventCount || Document.IsNumeric;

    bool Insert(ref Group group, long timeMs, ulong id, long datum)
    {
        var rows = RowsOf(group);
        var place = rows.Place(timeMs, id);
        for (var row = place - 1; row >= 0 && rows.Time(row) == timeMs && rows.Event(row) == id; row--)
            if (!OncePerEvent && rows.Value(row) == datum) return false;
        var all = memory.Longs.At(group.RowsAt, (group.Count + 1) * stride);
        all[(place * stride)..(group.Count * stride)].CopyTo(all[((place + 1) * stride)..]);
        var cells = all.Slice(place * stride, stride);
        cells[0] = timeMs;
        cells[1] = (long)id;
        if (stride > 2) cells[2] = datum;
        for (var i = 0; i < CarriedFields.Count; i++)
        {
            cells[3 + i] = carried[i];
            if (carried[i] >= 0) uses[carried[i]]++;
        }
        if (Document.Kind == CorrelationKind.ValueCount) uses[datum]++;
        group.Count++;
        return true;
    }

    void Drop(ref Group group, int first, int count)
    {
        var rows = RowsOf(group);
        if (Document.Kind == CorrelationKind.ValueCount || CarriedFields.Count > 0)
            for (var row = first; row < first + count; row++)
            {
                if (Document.Kind == CorrelationKind.ValueCount) Release((int)rows.Value(row));
                for (var i = 0; i < CarriedFields.Count; i++) Release(rows.Carried(row, i));
            }
        var all = memory.Longs.At(group.RowsAt, group.Count * stride);
        all[((first + count) * stride)..].CopyTo(all[(first * stride)..]);
        group.Count -= count;
    }

    // Tests every window that the rows of that event are in: those that end with it, and with later rows that it reaches.
    void Test(int number, Rows rows, int own, EventId id, List<Firing> fired)
    {
        ref var group = ref groups[number];
        var timeMs = rows.Time(own);
        (int First, int Last, double Value)? found = null;
        measure.Steps = 0;
        for (var row = own; row < rows.Count && (row == own || windows.Reaches(rows, timeMs, row)); row++)
        {
            if (row + 1 < rows.Count && rows.Event(row + 1) == rows.Event(row)) continue;
            var first = windows.First(rows, row);
            var holds = measure.Holds(rows, first, row, out var value);
            var newest = row == rows.Count - 1;
            if (holds && found is null && Again(group, rows, rows.Time(row), newest)) found = (first, row, value);
            if (newest) group.Above = holds;
            if (measure.Steps <= Limits.CorrelationStepsMax) continue;
            Counters.CutOff(Document, 1, id, timeMs);
            break;
        }
        if (found is not { } window) return;
        fired.Add(Fire(group, number, rows, window.First, window.Last, window.Value, id));
        Remember(ref group, rows.Time(window.Last));
        if (Document.Refire != Refire.Reset) return;
        Drop(ref group, 0, window.Last + 1);
        group.Above = false;
    }

    // Once on the rising edge; anew when it was not true in between, or after a timespan; another stretch of time fires for itself.
    bool Again(in Group group, Rows rows, long timeMs, bool newest)
    {
        if (Document.Refire != Refire.Timespan || group.FiredCount == 0) return true;
        var firings = memory.Longs.At(group.FiredAt, group.FiredCount);
        if (newest && !group.Above && Document.Window == WindowKind.Sliding && timeMs > firings[^1]) return true;
        foreach (var before in firings)
            if (windows.Same(rows, before, timeMs)) return false;
        return true;
    }

    void Remember(ref Group group, long timeMs)
    {
        if (group.FiredCount > 0)
        {
            // Firings in the order of their times; those too old to meet an event again make way.
            var known = memory.Longs.At(group.FiredAt, group.FiredCount);
            if (known[^1] == timeMs) return;
            var gone = 0;
            var horizon = HorizonOf(group);
            while (gone < group.FiredCount - 1 && (windows.EndOf(known[gone]) < horizon || group.FiredCount - gone >= Limits.CorrelationFiredMax)) gone++;
            known[gone..].CopyTo(known);
            group.FiredCount -= (byte)gone;
        }
        if (group.FiredAt < 0 || group.FiredCount + 1 > memory.Longs.Length(group.FiredSize))
        {
            var to = memory.Longs.Take(group.FiredCount + 1, out var size);
            if (group.FiredAt >= 0)
            {
                memory.Longs.At(group.FiredAt, group.FiredCount).CopyTo(memory.Longs.At(to, group.FiredCount));
                memory.Longs.Return(group.FiredAt, group.FiredSize);
            }
            (group.FiredAt, group.FiredSize) = (to, size);
        }
        var all = memory.Longs.At(group.FiredAt, group.FiredCount + 1);
        var place = (int)group.FiredCount;
        while (place > 0 && all[place - 1] > timeMs) { all[place] = all[place - 1]; place--; }
        all[place] = timeMs;
        group.FiredCount++;
    }

    void Wait(int number, Rows rows)
    {
        ref var group = ref groups[number];
        var due = windows.End(rows);
        var first = rows.Event(0);
        // A late event may be the first of a window that ends no earlier: windows that end together are decided in the order of those.
        if (due > group.DueMs || (due == group.DueMs && first == group.DueEvent)) return;
        (group.DueMs, group.DueEvent) = (due, first);
        dues.Enqueue(number, (due, first));
    }

    /// <summary>Earliest end of a window that waits for its end, as the watermark must pass it.</summary>
    public long NextCloseMs => dues.TryPeek(out _, out var due) ? due.DueMs + ExtraMs : long.MaxValue;

    /// <summary>Decides the window that ends first; the next event after it opens a new one.</summary>
    public void Close(List<Firing> fired)
    {
        if (!dues.TryDequeue(out var number, out var due)) return;
        if (!groups.Keys.Has(number)) return;
        ref var group = ref groups[number];
        if (!group.Live || group.DueMs != due.DueMs || group.DueEvent != due.Event || group.Count == 0) return;
        group.DueMs = long.MaxValue;
        var rows = RowsOf(group);
        var end = windows.End(rows);
        // A session may have grown since.
        if (end > due.DueMs) { Wait(number, rows); return; }
        var last = windows.Last(rows);
        if (measure.Holds(rows, 0, last, out var value))
        {
            fired.Add(Fire(group, number, rows, 0, last, value, new(rows.Event(last))));
            Remember(ref group, rows.Time(last));
        }
        group.DecidedMs = end;
        Drop(ref group, 0, last + 1);
        if (group.Count > 0) Wait(number, RowsOf(group));
    }
}
