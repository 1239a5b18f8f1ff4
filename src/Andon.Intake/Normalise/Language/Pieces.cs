using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>A piece of a record that a step found, and where its text stands in the arena. Element and Item tell the array element that it came from.</summary>
readonly record struct Piece(int At, int Length, ValueKind Kind, int Element = 0, int Item = 0)
{
    public int Next { get; init; }
}

/// <summary>The names that one parser gives to pieces of a record. They get their numbers when the parser is compiled.</summary>
sealed class Keys
{
    readonly Dictionary<byte[], int> numbers = new(Utf8Names.Instance);
    readonly List<string> names = [];

    public int Count => names.Count;
    public string Name(int key) => names[key];

    public int Get(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        if (numbers.TryGetValue(utf8, out var key)) return key;
        names.Add(name);
        return numbers[utf8] = names.Count - 1;
    }

    /// <summary>-1 when the parser does not ask for it.</summary>
    public int Find(ReadOnlySpan<byte> name) => numbers.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var key) ? key : -1;
    public bool Has(string name) => numbers.ContainsKey(Encoding.UTF8.GetBytes(name));
}

/// <summary>The pieces of the record being parsed, by key. Used again for each record.</summary>
sealed class Pieces
{
    int[] first = new int[64], last = new int[64];
    Piece[] pieces = new Piece[256];
    int count;

    public void Begin(int keys)
    {
        if (first.Length < keys) (first, last) = (new int[keys * 2], new int[keys * 2]);
        first.AsSpan(0, keys).Clear();
        count = 0;
    }

    /// <summary>False when the record has more pieces than the limit.</summary>
    public bool Put(int key, Piece piece)
    {
        if (count == Limits.PiecesPerEventMax) return false;
        if (count == pieces.Length) Array.Resize(ref pieces, count * 2);
        pieces[count++] = piece;
        if (first[key] == 0) first[key] = count;
        else pieces[last[key] - 1] = pieces[last[key] - 1] with { Next = count };
        last[key] = count;
        return true;
    }

    /// <summary>Puts the piece in place of what stood under the key.</summary>
    public void Replace(int key, Piece piece)
    {
        first[key] = 0;
        Put(key, piece);
    }

    public int Count => count;

    /// <summary>Numbers of the pieces under a key, counted from 1 in the order in which all were put.</summary>
    public IEnumerable<int> Numbers(int key)
    {
        for (var at = first[key]; at != 0; at = pieces[at - 1].Next) yield return at;
    }

    public bool Has(int key) => first[key] != 0;

    public bool TryGet(int key, out Piece piece)
    {
        var at = first[key];
        piece = at == 0 ? default : pieces[at - 1];
        return at != 0;
    }

    public bool TryNext(scoped ref Piece piece)
    {
        if (piece.Next == 0) return false;
        piece = pieces[piece.Next - 1];
        return true;
    }
}

/// <summary>Compares names and values without regard to ASCII case, asked with spans.</summary>
sealed class FoldedNames : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly FoldedNames Instance = new();
    static readonly uint Seed = (uint)System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);

    public bool Equals(byte[]? x, byte[]? y) => Ascii.EqualsIgnoreCase(x, y) || x.AsSpan().SequenceEqual(y);
    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => Same(alternate, other);
    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = Seed;
        foreach (var b in alternate) hash = (hash ^ (b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20u : b)) * 16777619;
        return (int)(hash ^ hash >> 15);
    }

    /// <summary>Ascii.EqualsIgnoreCase says no to every byte above 127, even to equal ones.</summary>
    public static bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a.Length == b.Length && (a.SequenceEqual(b) || Fold(a, b));

    static bool Fold(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] == b[i]) continue;
            if ((a[i] | 0x20) != (b[i] | 0x20) || (a[i] | 0x20) is < 'a' or > 'z') return false;
        }
        return true;
    }
}
