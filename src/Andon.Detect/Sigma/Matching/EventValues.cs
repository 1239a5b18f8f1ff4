using System.Text;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.Sigma.Matching;

/// <summary>
/// One event laid out for matching: which cells each field slot has, their folded bytes and their characters, all made when first
/// asked for and kept until the next event. One object serves a thread for ever; nothing is allocated per event once its buffers fit.
/// </summary>
sealed class EventValues
{
    /// <summary>Stands between values where keywords look at all of them at once; no UTF-8 text has this byte.</summary>
    const byte Between = 0xFF;

    EventBatch? batch;
    int index;
    int stamp;

    FieldTable table = FieldTable.Empty;
    int[] denseOfLocal = [];
    int localsKnown;

    // Per dense field: first and last cell of this event.
    int[] fieldStamp = [], firstCell = [], lastCell = [];
    // Per cell: next cell of the same field; place of the folded bytes and of the characters.
    int[] nextCell = new int[256], foldStamp = new int[256], foldStart = new int[256], foldLength = new int[256];
    int[] charStamp = new int[256], charStart = new int[256], charLength = new int[256];
    int[] slotStamp = [], slotCell = [];
    int[] memo = [];

    byte[] folded = new byte[64 << 10];
    int foldedUsed;
    char[] chars = new char[4 << 10];
    int charsUsed;
    byte[] all = new byte[64 << 10], allFolded = [];
    int allUsed, allStamp, allFoldedUsed, allFoldedStamp;

    public int CellCount { get; private set; }
    /// <summary>Are all values of <see cref="Unfolded"/> ASCII? (Not the bytes between them.)</summary>
    public bool AllAscii { get; private set; }
    public EventView View => new(batch ?? throw new InvalidOperationException("No event is loaded."), index);
    /// <summary>The raw record as one more value, for keywords.</summary>
    public int RawCell => CellCount;

    public void Load(EventBatch events, int at, FieldTable fields)
    {
        if (!ReferenceEquals(fields, table) || fieldStamp.Length < fields.FieldCount || slotStamp.Length < fields.SlotCount)
        {
            table = fields;
            fieldStamp = new int[fields.FieldCount];
            firstCell = new int[fields.FieldCount];
            lastCell = new int[fields.FieldCount];
            slotStamp = new int[fields.SlotCount];
            slotCell = new int[fields.SlotCount];
            stamp = 0;
            batch = null;
            Array.Clear(foldStamp);
            Array.Clear(charStamp);
            Array.Clear(memo);
            allStamp = allFoldedStamp = 0;
        }
        if (!ReferenceEquals(events, batch))
        {
            batch = events;
            fields.Follow();
            localsKnown = 0;
        }
        index = at;
        if (++stamp == int.MaxValue / 2) Restart();
        foldedUsed = charsUsed = 0;

        var cells = events[at].Cells;
        CellCount = cells.Length;
        if (nextCell.Length <= cells.Length) GrowCells(cells.Length + 1);
        for (var i = 0; i < cells.Length; i++)
        {
            var id = cells[i].Name.Value;
            var field = id >= 0 ? fields.DenseOf(id) : DenseOfLocal(events, id);
            // The table may grow for a newer rule set meanwhile; this one does not read what is new.
            if ((uint)field >= (uint)fieldStamp.Length) continue;
            nextCell[i] = -1;
            if (fieldStamp[field] == stamp) nextCell[lastCell[field]] = i;
            else
            {
                fieldStamp[field] = stamp;
                firstCell[field] = i;
            }
            lastCell[field] = i;
        }
    }

    /// <summary>Makes room for the answers of so many predicates.</summary>
    public void Room(int predicates)
    {
        if (memo.Length < predicates) Array.Resize(ref memo, predicates + 256);
    }

    /// <summary>First cell of the first name of that slot which the event has, or -1.</summary>
    public int First(FieldSlot slot)
    {
        if (slotStamp[slot.Number] == stamp) return slotCell[slot.Number];
        var found = -1;
        foreach (var field in slot.Fields)
            if ((uint)field < (uint)fieldStamp.Length && fieldStamp[field] == stamp)
            {
                found = firstCell[field];
                break;
            }
        slotStamp[slot.Number] = stamp;
        slotCell[slot.Number] = found;
        return found;
    }

    /// <summary>Next member of the same field, or -1.</summary>
    public int Next(int cell) => nextCell[cell];

    public ValueKind Kind(int cell) => cell == CellCount ? ValueKind.Text : View.Cells[cell].Kind;

    public ReadOnlySpan<byte> Value(int cell)
    {
        var view = View;
        return cell == CellCount ? view.Raw : view.Value(view.Cells[cell]);
    }

    public ReadOnlySpan<byte> Value(int cell, bool cased) => cased ? Value(cell) : Folded(cell);

    public ReadOnlySpan<byte> Folded(int cell)
    {
        if (foldStamp[cell] != stamp)
        {
            var value = Value(cell);
            var room = Fold.Room(value.Length);
            if (folded.Length - foldedUsed < room) Array.Resize(ref folded, Math.Max(folded.Length * 2, foldedUsed + room));
            foldStart[cell] = foldedUsed;
            foldLength[cell] = Fold.Into(value, folded.AsSpan(foldedUsed));
            foldedUsed += foldLength[cell];
            foldStamp[cell] = stamp;
        }
        return folded.AsSpan(foldStart[cell], foldLength[cell]);
    }

    /// <summary>The value as UTF-16 for regular expressions; invalid bytes become U+FFFD.</summary>
    public ReadOnlySpan<char> Chars(int cell)
    {
        if (charStamp[cell] != stamp)
        {
            var value = Value(cell);
            if (value.Length > Limits.RegexCharsMax) value = value[..Limits.RegexCharsMax];
            if (chars.Length - charsUsed < value.Length) Array.Resize(ref chars, Math.Max(chars.Length * 2, charsUsed + value.Length));
            charStart[cell] = charsUsed;
            charLength[cell] = Encoding.UTF8.GetChars(value, chars.AsSpan(charsUsed));
            charsUsed += charLength[cell];
            charStamp[cell] = stamp;
        }
        return chars.AsSpan(charStart[cell], charLength[cell]);
    }

    /// <summary>
    /// The raw record and every value that does not stand in it as it is (because it was escaped there), with a byte between them that
    /// no text has. Whatever is in a value is then in this.
    /// </summary>
    public ReadOnlySpan<byte> Unfolded()
    {
        if (allStamp == stamp) return all.AsSpan(0, allUsed);
        allUsed = 0;
        AllAscii = true;
        var view = View;
        var cells = view.Cells;
        for (var cell = 0; cell < cells.Length; cell++)
            if (Searched(cell) && !view.InRaw(cells[cell])) Append(view.Value(cells[cell]));
        Append(view.Raw);
        allStamp = stamp;
        return all.AsSpan(0, allUsed);
    }

    /// <summary><see cref="Unfolded"/>, folded.</summary>
    public ReadOnlySpan<byte> Everything()
    {
        if (allFoldedStamp == stamp) return allFolded.AsSpan(0, allFoldedUsed);
        var text = Unfolded();
        if (allFolded.Length < Fold.Room(text.Length)) allFolded = new byte[Fold.Room(text.Length) * 2];
        allFoldedUsed = Fold.Into(text, allFolded);
        allFoldedStamp = stamp;
        return allFolded.AsSpan(0, allFoldedUsed);
    }

    void Append(ReadOnlySpan<byte> value)
    {
        if (all.Length - allUsed <= value.Length) Array.Resize(ref all, Math.Max(all.Length * 2, allUsed + value.Length + 1));
        AllAscii &= Ascii.IsValid(value);
        value.CopyTo(all.AsSpan(allUsed));
        allUsed += value.Length;
        all[allUsed++] = Between;
    }

    /// <summary>
    /// Do keywords look at this cell? Not at nulls, and not at words that the house wrote onto the event: its names for what the record
    /// says in other words (<c>event.outcome: failure</c>) must not meet a rule that looks for the record's words.
    /// </summary>
    public bool Searched(int cell)
    {
        if (cell == CellCount) return true;
        var view = View;
        ref readonly var it = ref view.Cells[cell];
        if (it.Kind == ValueKind.Null) return false;
        if (view.InRaw(it)) return true;
        return view.Head.OwnCells > 0 ? cell < view.Head.OwnCells : !House.Contains(it.Name.Value);
    }

    static readonly HashSet<int> House = [.. new[]
    {
        Ecs.LogSourceId, Ecs.EventDataset, Ecs.EventModule, Ecs.AndonParser, Ecs.AndonFindings, Ecs.EventKind, Ecs.EventCategory, Ecs.EventType, Ecs.EventAction, Ecs.EventOutcome,
    }.Select(f => f.Value)];

    /// <summary>Answer kept for a numbered predicate: 1 yes, 0 no, -1 not asked yet.</summary>
    public int Remembered(int predicate) => memo[predicate] >> 1 == stamp ? memo[predicate] & 1 : -1;

    public void Remember(int predicate, bool answer) => memo[predicate] = stamp << 1 | (answer ? 1 : 0);

    int DenseOfLocal(EventBatch events, int id)
    {
        var local = ~id;
        if (local >= localsKnown)
        {
            if (denseOfLocal.Length <= local) Array.Resize(ref denseOfLocal, Math.Max(local + 1, denseOfLocal.Length * 2));
            for (; localsKnown <= local; localsKnown++)
                denseOfLocal[localsKnown] = FieldNames.TryFind(events.NameUtf8(new(~localsKnown)), out var known) ? table.DenseOf(known.Value) : table.DenseOfOther(events.NameUtf8(new(~localsKnown)));
        }
        return denseOfLocal[local];
    }

    void GrowCells(int count)
    {
        var size = Math.Max(count + 1, nextCell.Length * 2);
        Array.Resize(ref nextCell, size);
        Array.Resize(ref foldStamp, size);
        Array.Resize(ref foldStart, size);
        Array.Resize(ref foldLength, size);
        Array.Resize(ref charStamp, size);
        Array.Resize(ref charStart, size);
        Array.Resize(ref charLength, size);
    }

    void Restart()
    {
        stamp = 1;
        Array.Clear(fieldStamp);
        Array.Clear(slotStamp);
        Array.Clear(foldStamp);
        Array.Clear(charStamp);
        Array.Clear(memo);
        allStamp = allFoldedStamp = 0;
    }
}
