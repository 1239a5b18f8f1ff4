using System.Text;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Store.Events;

/// <summary>How much of a source was stored since this program started.</summary>
/// <param name="Kept">Events of sampled kinds that were stored.</param>
/// <param name="LeftOut">Events that were not.</param>
public readonly record struct SamplingCount(long Kept, long LeftOut);

/// <summary>
/// Which events get a row in the event table, as facts say: of the kinds named, one key in N with all of its events. The answer hangs on the
/// event and on the record's number alone, so a record that is read again is decided as before; keys of 1 in 4 are among those of 1 in 2.
/// </summary>
public sealed class Sampling : IFold
{
    /// <summary>The field that a kept row carries: it stands for so many.</summary>
    public const string RateField = "event.sampling.rate";

    sealed record Version(long Seq, ulong From, long SetMs, int OneIn, HashSet<string> Kinds, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> KindTexts, FieldId[] Key);

    sealed class Terms
    {
        public Version[] Versions = [];
        public long Kept, LeftOut;
    }

    static readonly FieldId Action = Ecs.EventAction, Code = Ecs.EventCode;

    readonly Lock gate = new();
    // Swapped as a whole: whoever encodes takes it once.
    volatile Dictionary<byte[], Terms> bySource = new(Bytes.Instance);

    public void Apply(Fact fact)
    {
        if (fact.Body is not SourceSampled f) return;
        lock (gate)
        {
            var next = new Dictionary<byte[], Terms>(bySource, Bytes.Instance);
            var id = Encoding.UTF8.GetBytes(f.SourceId);
            var old = next.GetValueOrDefault(id) ?? new();
            if (Array.Exists(old.Versions, v => v.Seq == fact.Seq)) return;
            var kinds = new HashSet<string>(f.After?.Kinds ?? [], StringComparer.Ordinal);
            var version = new Version(fact.Seq, (ulong)f.FromRecord, fact.AtMs, f.After?.OneIn ?? 1, kinds, kinds.GetAlternateLookup<ReadOnlySpan<char>>(), FieldNames.InternAll([.. f.After?.Key ?? []]));
            next[id] = new() { Versions = [.. old.Versions.Append(version).OrderBy(v => v.From).ThenBy(v => v.Seq)], Kept = old.Kept, LeftOut = old.LeftOut };
            bySource = next;
        }
    }

    /// <summary>Was anything ever sampled?</summary>
    public bool Any => bySource.Count > 0;

    /// <summary>Sources of which some records that arrived in that time were sampled.</summary>
    public IReadOnlyList<string> Within(long? fromMs, long? toMs) =>
        [.. bySource.Where(s => Reaches(s.Value.Versions, fromMs ?? long.MinValue, toMs ?? long.MaxValue)).Select(s => Encoding.UTF8.GetString(s.Key)).Order(StringComparer.Ordinal)];

    static bool Reaches(Version[] versions, long fromMs, long toMs)
    {
        for (var i = 0; i < versions.Length; i++)
            if (versions[i].OneIn > 1 && versions[i].SetMs < toMs && (i + 1 == versions.Length || versions[i + 1].SetMs > fromMs)) return true;
        return false;
    }

    /// <summary>What was kept and left out of a source.</summary>
    public SamplingCount CountOf(string sourceId) =>
        bySource.TryGetValue(Encoding.UTF8.GetBytes(sourceId), out var terms) ? new(Interlocked.Read(ref terms.Kept), Interlocked.Read(ref terms.LeftOut)) : default;

    /// <summary>1: the event is stored as it is. N: it is stored and stands for N. 0: it gets no row.</summary>
    internal int RateOf(EventView view, bool count = true)
    {
        var all = bySource;
        if (all.Count == 0 || !view.TryGet(Ecs.LogSourceId, out var source) || !all.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(source, out var terms)) return 1;
        Version? now = null;
        foreach (var version in terms.Versions)
            if (version.From <= view.Id.Position) now = version;
        if (now is null || now.OneIn <= 1 || !IsKind(view, now) || KeyOf(view, now.Key) is not { } key) return 1;
        var kept = key % (ulong)now.OneIn == 0;
        if (count) Interlocked.Increment(ref kept ? ref terms.Kept : ref terms.LeftOut);
        return kept ? now.OneIn : 0;
    }

    static bool IsKind(EventView view, Version version)
    {
        Span<char> text = stackalloc char[128];
        var kind = view.TryGet(Code, out var code) && code.Length > 0 ? code : view.TryGet(Action, out var action) ? action : default;
        return kind.Length is > 0 and <= 100 && Encoding.UTF8.TryGetChars(kind, text, out var n) && version.KindTexts.Contains(text[..n]);
    }

    // FNV-1a over the values, then spread, for its low bits are poor. An event without any of the fields has no key: it is kept.
    static ulong? KeyOf(EventView view, FieldId[] fields)
    {
        var hash = 14695981039346656037UL;
        var some = false;
        foreach (var field in fields)
        {
            if (view.TryGet(field, out var value) && value.Length > 0)
            {
                some = true;
                foreach (var b in value) hash = (hash ^ b) * 1099511628211UL;
            }
            hash = (hash ^ 0xFF) * 1099511628211UL; // "a","bc" is another key than "ab","c".
        }
        if (!some) return null;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }

    sealed class Bytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Bytes Instance = new();
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);
        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());
        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
