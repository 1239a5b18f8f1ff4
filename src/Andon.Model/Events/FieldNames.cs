using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Andon.Model;

/// <summary>A field name's number in <see cref="FieldNames"/>. Negative numbers are names that only one batch knows.</summary>
public readonly record struct FieldId(int Value)
{
    public override string ToString() => Value >= 0 ? FieldNames.Text(this) : $"batch name {~Value}";
}

/// <summary>
/// Every field name that authors use: the catalogue, parsers, rules, queries. It grows only by what authors write
/// (<see cref="Intern"/>); a name that stands merely in a log line stays in its batch, so that whoever writes the
/// log line cannot grow it.
/// </summary>
public static class FieldNames
{
    public const int Max = 1 << 17;

    static readonly Lock Gate = new();
    static volatile Table current = new(new(Utf8Names.Instance), []);

    sealed record Table(Dictionary<byte[], int> Ids, byte[][] Names);

    public static int Count => current.Names.Length;

    public static FieldId Intern(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        if (TryFind(utf8, out var id)) return id;
        lock (Gate)
        {
            if (TryFind(utf8, out id)) return id;
            var now = current;
            if (now.Names.Length >= Max) throw new InvalidOperationException($"More than {Max} field names in rules, parsers and catalogue.");
            // Copied, so that readers need no lock; authors add names rarely.
            var ids = new Dictionary<byte[], int>(now.Ids, Utf8Names.Instance) { [utf8] = now.Names.Length };
            current = new(ids, [.. now.Names, utf8]);
            return new(now.Names.Length);
        }
    }

    public static bool TryFind(ReadOnlySpan<byte> name, out FieldId id)
    {
        var found = current.Ids.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var value);
        id = new(value);
        return found;
    }

    public static ReadOnlySpan<byte> Utf8(FieldId id) => current.Names[id.Value];

    public static string Text(FieldId id) => Encoding.UTF8.GetString(current.Names[id.Value]);

    /// <summary>Interns many names at once; use it for catalogues and rule sets, since each <see cref="Intern"/> copies the table.</summary>
    public static FieldId[] InternAll(IReadOnlyList<string> names)
    {
        var result = new FieldId[names.Count];
        var known = 0;
        while (known < result.Length && TryFind(Encoding.UTF8.GetBytes(names[known]), out result[known])) known++;
        if (known == result.Length) return result;
        lock (Gate)
        {
            var now = current;
            var ids = new Dictionary<byte[], int>(now.Ids, Utf8Names.Instance);
            var all = new List<byte[]>(now.Names);
            for (var i = 0; i < result.Length; i++)
            {
                var utf8 = Encoding.UTF8.GetBytes(names[i]);
                if (!ids.TryGetValue(utf8, out var id))
                {
                    if (all.Count >= Max) throw new InvalidOperationException($"More than {Max} field names in rules, parsers and catalogue.");
                    ids[utf8] = id = all.Count;
                    all.Add(utf8);
                }
                result[i] = new(id);
            }
            current = new(ids, [.. all]);
            return result;
        }
    }
}

/// <summary>Compares UTF-8 names byte for byte, so that a dictionary can be asked with a span.</summary>
public sealed class Utf8Names : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8Names Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);
    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);
    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // Seeded per process: names come from log lines, and their writer must not choose the bucket.
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }
}
