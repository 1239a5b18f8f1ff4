using System.Text;
using System.Text.Json;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>One value of a JSON text: its dotted path (in the leaves' buffer) and its bytes (in the arena).</summary>
struct Leaf
{
    public int PathStart, PathLength, At, Length;
    public ValueKind Kind;
    public bool InArray;
    public FieldId Field;
    public KnownPath? Known;
}

/// <summary>
/// Flattens a JSON object to leaves. Values are not copied, they are pointed at; only what holds escapes is written anew.
/// Used again for each record.
/// </summary>
sealed class JsonLeaves
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = Limits.JsonReaderDepthMax };

    Leaf[] leaves = new Leaf[256];
    byte[] paths = new byte[8192];
    int pathsUsed;
    readonly byte[] path = new byte[Limits.PathBytesMax];
    readonly int[] outer = new int[Limits.JsonDepthMax + 1];
    readonly bool[] array = new bool[Limits.JsonDepthMax + 1];

    public int Count { get; private set; }
    public ref Leaf this[int index] => ref leaves[index];
    public ReadOnlySpan<byte> Path(in Leaf leaf) => paths.AsSpan(leaf.PathStart, leaf.PathLength);

    /// <summary>Does an earlier leaf have the same path?</summary>
    public bool Repeats(in Leaf leaf)
    {
        for (var i = 0; i < Count && leaves[i].PathStart < leaf.PathStart; i++)
            if (Path(leaves[i]).SequenceEqual(Path(leaf))) return true;
        return false;
    }

    /// <summary>Reads the object that begins the text. False when nothing of it is JSON; a break later on leaves what was read, with a finding.</summary>
    public bool Read(Text text, EventDraft draft)
    {
        Count = 0;
        pathsUsed = 0;
        var reader = new Utf8JsonReader(text.Span, Options);
        var depth = 0; // Of open objects and arrays.
        var length = 0; // Of the path of the object or value we stand in.
        var nameBudget = Limits.PathBytesPerRawByte * text.Length + Limits.PathBytesMax;
        outer[0] = 0;
        array[0] = false;
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
                        if (!Keep(text.At + from, (int)reader.BytesConsumed - from, ValueKind.Text, length, array[depth], ref nameBudget)) goto full;
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        depth++;
                        outer[depth] = length;
                        array[depth] = array[depth - 1] || reader.TokenType == JsonTokenType.StartArray;
                        continue;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        length = outer[depth];
                        depth--;
                        continue;
                }
                var (at, size, kind) = Value(ref reader, text, draft);
                // Elements of an array stand under the array's own path.
                if (!Keep(at, size, kind, length, array[depth], ref nameBudget)) goto full;
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

    static (int At, int Length, ValueKind Kind) Value(ref Utf8JsonReader reader, Text text, EventDraft draft)
    {
        var span = reader.ValueSpan;
        var at = text.At + (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.String when reader.ValueIsEscaped:
                var room = draft.Batch.Reserve(span.Length);
                var length = Unescape(span, room, out var broken);
                if (broken) draft.Flawed(Flaw.JsonSurrogate);
                return (draft.Batch.Commit(length), length, ValueKind.Text);
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
            var length = Unescape(name, plain, out var broken);
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

    bool Keep(int at, int length, ValueKind kind, int pathLength, bool inArray, ref int nameBudget)
    {
        nameBudget -= pathLength;
        if (Count >= Limits.LeavesPerEventMax || nameBudget < 0) return false;
        if (Count == leaves.Length) Array.Resize(ref leaves, Count * 2);
        if (pathsUsed + pathLength > paths.Length) Array.Resize(ref paths, Math.Max(paths.Length * 2, pathsUsed + pathLength));
        path.AsSpan(0, pathLength).CopyTo(paths.AsSpan(pathsUsed));
        leaves[Count++] = new Leaf { PathStart = pathsUsed, PathLength = pathLength, At = at, Length = length, Kind = kind, InArray = inArray };
        pathsUsed += pathLength;
        return true;
    }

    /// <summary>Writes a JSON string's text. The result is never longer than the source; half a surrogate pair becomes U+FFFD.</summary>
    internal static int Unescape(ReadOnlySpan<byte> from, Span<byte> to, out bool broken)
    {
        broken = false;
        var n = 0;
        while (true)
        {
            var slash = from.IndexOf((byte)'\\');
            var plain = slash < 0 ? from.Length : slash;
            from[..plain].CopyTo(to[n..]);
            n += plain;
            if (slash < 0) return n;
            var c = from[slash + 1];
            from = from[(slash + 2)..];
            if (c != 'u')
            {
                to[n++] = c switch { (byte)'n' => (byte)'\n', (byte)'r' => (byte)'\r', (byte)'t' => (byte)'\t', (byte)'b' => (byte)'\b', (byte)'f' => (byte)'\f', _ => c };
                continue;
            }
            int code = Hex4(from);
            from = from[4..];
            if (char.IsHighSurrogate((char)code) && from.Length >= 6 && from[0] == '\\' && from[1] == 'u' && char.IsLowSurrogate((char)Hex4(from[2..])))
            {
                code = char.ConvertToUtf32((char)code, (char)Hex4(from[2..]));
                from = from[6..];
            }
            if (!Rune.TryCreate(code, out var rune))
            {
                broken = true;
                rune = Rune.ReplacementChar;
            }
            n += rune.EncodeToUtf8(to[n..]);
        }
    }

    static int Hex4(ReadOnlySpan<byte> s)
    {
        var value = 0;
        for (var i = 0; i < 4; i++) value = value << 4 | (s[i] <= '9' ? s[i] - '0' : (s[i] | 0x20) - 'a' + 10);
        return value;
    }
}
