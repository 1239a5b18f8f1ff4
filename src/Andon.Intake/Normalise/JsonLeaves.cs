using System.Text.Json;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>One value of a JSON text: its path and its bytes (in the arena).</summary>
struct Leaf
{
    public PathNode Node;
    public int At, Length;
    public ValueKind Kind;
    public bool InArray;
    /// <summary>The innermost list element that holds it, numbered through the record from 1, and its place in its list from 0.</summary>
    public int Element, Item;
    /// <summary>The bytes are still as JSON escapes them.</summary>
    public bool Escaped;
    public LeafUse Use;
    public FieldId Field;
    /// <summary>The field whose meaning it has: mostly its own.</summary>
    public FieldId Meant;
}

/// <summary>Numbers the elements of lists while an object is read, so that what stands together in one element can be told.</summary>
sealed class ElementCount
{
    readonly int[] element = new int[Limits.JsonDepthMax + 2], item = new int[Limits.JsonDepthMax + 2], next = new int[Limits.JsonDepthMax + 2];
    readonly bool[] list = new bool[Limits.JsonDepthMax + 2];
    int depth, elements;

    public void Clear()
    {
        depth = elements = element[0] = item[0] = 0;
        list[0] = false;
    }

    /// <summary>An object or a list begins.</summary>
    public void Open(int at, bool isList)
    {
        var (inside, place) = Value();
        depth = at;
        (element[depth], item[depth], list[depth], next[depth]) = (inside, place, isList, 0);
    }

    public void Close() => depth--;

    /// <summary>The element and place of a value that stands here.</summary>
    public (int Element, int Item) Value() => list[depth] ? (++elements, next[depth]++) : (element[depth], item[depth]);
}

/// <summary>
/// Flattens a JSON object to leaves. Values are not copied, they are pointed at; only what holds escapes is written anew.
/// Used again for each record.
/// </summary>
sealed class JsonLeaves
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.JsonReaderDepthMax };

    readonly JsonScan scan;
    Leaf[] leaves = new Leaf[256];
    // Paths of this record that are not learned.
    readonly List<PathNode> passing = [];
    int passed;
    byte[] paths = new byte[8192];
    int pathsUsed;
    readonly byte[] path = new byte[Limits.PathBytesMax];
    readonly int[] outer = new int[Limits.JsonDepthMax + 1];
    readonly bool[] array = new bool[Limits.JsonDepthMax + 1];
    readonly ElementCount elements = new();

    public JsonLeaves() => scan = new(this);

    public readonly LearnedPaths Learned = new();
    public int Count { get; private set; }
    public ref Leaf this[int index] => ref leaves[index];
    public ReadOnlySpan<byte> Path(PathNode node) => node.Learned ? node.Path : paths.AsSpan(node.PathStart, node.PathLength);

    /// <summary>Does an earlier leaf have the same path?</summary>
    public bool Repeats(int index)
    {
        var node = leaves[index].Node;
        for (var i = 0; i < index; i++)
            if (ReferenceEquals(leaves[i].Node, node) || Path(leaves[i].Node).SequenceEqual(Path(node))) return true;
        return false;
    }

    /// <summary>
    /// Reads the object that begins the text. False when nothing of it is JSON; a break later on leaves what was read, with a finding.
    /// Leaves that the draft has no use for may be left out.
    /// </summary>
    public bool Read(Text text, JsonFormat format, EventDraft draft)
    {
        if (!TryScan(text, format, draft, skip: !draft.Projection.Whole)) return ReadAny(text, format, draft);
        if (!draft.Projection.Whole) return true;
        for (var i = 0; i < Count; i++) Plain(ref leaves[i], draft);
        return true;
    }

    /// <summary>The quick way, for ordinary text. What it left out counts against the limits too, so near them nothing is left out.</summary>
    internal bool TryScan(Text text, JsonFormat format, EventDraft draft, bool skip)
    {
        Clear();
        if (!scan.TryRead(text, format, draft, skip)) return false;
        if (!skip || draft.DataCells + scan.Seen <= Limits.LeavesPerEventMax) return true;
        Clear();
        return scan.TryRead(text, format, draft, skip: false);
    }

    /// <summary>The way for any text.</summary>
    internal bool ReadAny(Text text, JsonFormat format, EventDraft draft)
    {
        Clear();
        var reader = new Utf8JsonReader(text.Span, Options);
        var depth = 0; // Of open objects and arrays.
        var length = 0; // Of the path of the object or value we stand in.
        var nameBudget = Limits.PathBytesPerRawByte * text.Length + Limits.PathBytesMax;
        outer[0] = 0;
        array[0] = false;
        elements.Clear();
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        length = Name(ref reader, outer[depth], draft);
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray when depth == Limits.JsonDepthMax:
                        var from = (int)reader.TokenStartIndex;
                        draft.Flawed(Flaw.JsonDeep);
                        reader.Skip();
                        if (!Keep(text.At + from, (int)reader.BytesConsumed - from, ValueKind.Text, length, array[depth], format, ref nameBudget)) goto full;
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        depth++;
                        outer[depth] = length;
                        array[depth] = array[depth - 1] || reader.TokenType == JsonTokenType.StartArray;
                        elements.Open(depth, reader.TokenType == JsonTokenType.StartArray);
                        continue;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        length = outer[depth];
                        depth--;
                        elements.Close();
                        continue;
                }
                var (at, size, kind) = Value(ref reader, text, draft);
                // Elements of an array stand under the array's own path.
                if (!Keep(at, size, kind, length, array[depth], format, ref nameBudget)) goto full;
            }
        }
        catch (JsonException)
        {
            if (Count == 0) return false;
            draft.Flawed(Flaw.JsonBroken);
        }
        return true;
    full:
        draft.Flawed(Flaw.JsonLeaves);
        return true;
    }

    /// <summary>Writes the leaf's text where JSON's escapes stand in it.</summary>
    public static void Plain(ref Leaf leaf, EventDraft draft)
    {
        if (!leaf.Escaped) return;
        var room = draft.Batch.Reserve(leaf.Length + JsonText.Slack);
        leaf.Length = JsonText.Unescape(draft.Batch.Slice(leaf.At, leaf.Length), room, out var broken);
        leaf.At = draft.Batch.Commit(leaf.Length);
        leaf.Escaped = false;
        if (broken) draft.Flawed(Flaw.JsonSurrogate);
    }

    /// <summary>The node of a name that was not learned: it is learned now, or passes with the record. Null when the path is too long for that.</summary>
    public PathNode? Meet(PathNode parent, Text text, int at, int length, JsonFormat format, EventDraft draft)
    {
        var before = Path(parent);
        var dot = before.IsEmpty ? 0 : 1;
        if (before.Length + dot + length > Limits.PathBytesMax) return null;
        before.CopyTo(path);
        if (dot > 0) path[before.Length] = (byte)'.';
        text.Span.Slice(at, length).CopyTo(path.AsSpan(before.Length + dot));
        var whole = path.AsSpan(0, before.Length + dot + length);
        if (parent.Learned && Learned.Learn(parent, text.Span, at, length, whole) is { } node)
        {
            format.Judge(node, draft);
            return node;
        }
        return passed <= 2 * Limits.LeavesPerEventMax ? Passing(whole, format) : null;
    }

    PathNode Passing(ReadOnlySpan<byte> path, JsonFormat format)
    {
        if (passed == passing.Count) passing.Add(new());
        var node = passing[passed++];
        if (pathsUsed + path.Length > paths.Length) Array.Resize(ref paths, Math.Max(paths.Length * 2, pathsUsed + path.Length));
        path.CopyTo(paths.AsSpan(pathsUsed));
        (node.PathStart, node.PathLength) = (pathsUsed, path.Length);
        pathsUsed += path.Length;
        node.Forget();
        node.Known = format.Known(path);
        return node;
    }

    public void Add(in Leaf leaf)
    {
        if (Count == leaves.Length) Array.Resize(ref leaves, Count * 2);
        leaves[Count++] = leaf;
    }

    void Clear()
    {
        Count = 0;
        passed = 0;
        pathsUsed = 0;
    }

    static (int At, int Length, ValueKind Kind) Value(ref Utf8JsonReader reader, Text text, EventDraft draft)
    {
        var span = reader.ValueSpan;
        var at = text.At + (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.String when reader.ValueIsEscaped:
                var room = draft.Batch.Reserve(span.Length + JsonText.Slack);
                var length = JsonText.Unescape(span, room, out var broken);
                var put = draft.Batch.Commit(length); // Before the flaw, whose text would go to the same place.
                if (broken) draft.Flawed(Flaw.JsonSurrogate);
                return (put, length, ValueKind.Text);
            case JsonTokenType.String: return (at + 1, span.Length, ValueKind.Text);
            case JsonTokenType.Number: return (at, span.Length, ValueKind.Number);
            case JsonTokenType.True: return (at, 4, ValueKind.True);
            case JsonTokenType.False: return (at, 5, ValueKind.False);
            default: return (at, 0, ValueKind.Null);
        }
    }

    int Name(ref Utf8JsonReader reader, int prefix, EventDraft draft)
    {
        var name = reader.ValueSpan;
        var at = prefix;
        if (prefix > 0 && at < path.Length) path[at++] = (byte)'.';
        var room = path.AsSpan(at);
        if (reader.ValueIsEscaped)
        {
            Span<byte> plain = name.Length <= 1024 ? stackalloc byte[name.Length] : new byte[name.Length];
            var length = JsonText.Unescape(name, plain, out var broken);
            if (broken) draft.Flawed(Flaw.JsonSurrogate);
            return at + CopyName(plain[..length], room, draft);
        }
        return at + CopyName(name, room, draft);
    }

    static int CopyName(ReadOnlySpan<byte> name, Span<byte> room, EventDraft draft)
    {
        if (name.Length > room.Length)
        {
            draft.Flawed(Flaw.PathLong);
            var cut = room.Length;
            while (cut > 0 && (name[cut] & 0xC0) == 0x80) cut--; // Not inside a character.
            name = name[..cut];
        }
        name.CopyTo(room);
        return name.Length;
    }

    bool Keep(int at, int length, ValueKind kind, int pathLength, bool inArray, JsonFormat format, ref int nameBudget)
    {
        nameBudget -= pathLength;
        if (Count >= Limits.LeavesPerEventMax || nameBudget < 0) return false;
        var (element, item) = elements.Value();
        Add(new() { Node = Passing(path.AsSpan(0, pathLength), format), At = at, Length = length, Kind = kind, InArray = inArray, Element = element, Item = item });
        return true;
    }
}
