using System.Collections.Concurrent;
using Andon.Detect.Correlate;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>
/// Records of files through the matcher and the correlator. Chunks of records are matched on several threads; what they found is put
/// together in the order of the records, so that the answer does not depend on the number of threads.
/// </summary>
sealed class Hunter(RuleSet set, Normalising normalise, long nowMs, int threads = 1)
{
    readonly ActiveRules rules = new(set, _ => RuleDecision.None, _ => RuleQueue.Production);
    readonly Correlator correlator = new(set);
    readonly ConcurrentBag<HuntLane> lanes = [];
    readonly ConcurrentBag<HuntChunk> chunks = [];
    readonly FilePlaces places = new();
    readonly List<Firing> fired = [];

    /// <summary>Hits in the order of the records; <paramref name="events"/> and <paramref name="bytes"/> are told what was read, on the caller's thread.</summary>
    public IEnumerable<(string File, long Record, Hit Hit)> Run(IEnumerable<(string File, ReadOnlyMemory<byte> Record)> source, Action<long> events, Action<long> bytes)
    {
        var under = new Queue<Task<HuntFound>>();
        foreach (var chunk in Chunks(source))
        {
            under.Enqueue(threads > 1 ? Task.Run(() => Match(chunk)) : Task.FromResult(Match(chunk)));
            // One more than there are threads, so that none waits while this one puts results together.
            if (under.Count <= (threads > 1 ? threads + 1 : 0)) continue;
            foreach (var hit in Put(under.Dequeue().GetAwaiter().GetResult())) yield return hit;
        }
        while (under.TryDequeue(out var last))
            foreach (var hit in Put(last.GetAwaiter().GetResult())) yield return hit;
        // Nothing follows: windows that wait for their end are over.
        correlator.End(fired);
        foreach (var hit in Fired())
            if (Shown(hit)) yield return Placed(hit);

        IEnumerable<(string, long, Hit)> Put(HuntFound found)
        {
            events(found.Events);
            bytes(found.Bytes);
            foreach (var hit in Correlated(found))
                if (Shown(hit)) yield return Placed(hit);
        }
    }

    // What only feeds a correlation is not a result; informational rules never alert, but who hunts wants to see them.
    static bool Shown(Hit hit) => hit.Queue != RuleQueue.Input || hit.Level == Level.Informational;

    (string File, long Record, Hit Hit) Placed(Hit hit)
    {
        var (file, number) = places.Of(hit.Event.Position);
        return (file, number, hit);
    }

    IEnumerable<HuntChunk> Chunks(IEnumerable<(string File, ReadOnlyMemory<byte> Record)> source)
    {
        var chunk = Empty();
        ulong position = 1;
        Origin origin = new("file", "");
        foreach (var (file, raw) in source)
        {
            if (origin.Peer != file || position == 1) origin = places.Begin(file, position);
            if (!chunk.Takes(raw.Length))
            {
                yield return chunk;
                chunk = Empty();
            }
            chunk.Add(position++, nowMs, origin, raw.Span);
        }
        if (chunk.Records.Count > 0) yield return chunk;
    }

    HuntChunk Empty()
    {
        if (!chunks.TryTake(out var chunk)) return new();
        chunk.Clear();
        return chunk;
    }

    HuntFound Match(HuntChunk chunk)
    {
        if (!lanes.TryTake(out var lane)) lane = new(rules, normalise);
        try
        {
            return lane.Match(chunk.Records, nowMs, keepTimes: correlator.Any);
        }
        finally
        {
            lanes.Add(lane);
            chunks.Add(chunk);
        }
    }

    IEnumerable<Hit> Correlated(HuntFound found)
    {
        if (!correlator.Any)
        {
            foreach (var (_, hit) in found.Hits) yield return hit;
            yield break;
        }
        var next = 0;
        for (var i = 0; i < found.Times.Count; i++)
        {
            correlator.Advance(found.Times[i], fired);
            foreach (var hit in Fired()) yield return hit;
            for (; next < found.Hits.Count && found.Hits[next].Event == i; next++)
            {
                yield return found.Hits[next].Hit;
                correlator.Take(found.Hits[next].Hit, fired);
                foreach (var hit in Fired()) yield return hit;
            }
        }
    }

    List<Hit> Fired()
    {
        if (fired.Count == 0) return [];
        var hits = new List<Hit>();
        foreach (var firing in fired)
            if (rules.Of(firing.Document) is { Enabled: true } of) hits.Add(firing.AsHit(of.Queue, nowMs));
        fired.Clear();
        return hits;
    }
}

/// <summary>Records that one thread takes at a time, with bytes of their own; used again when it is done.</summary>
sealed class HuntChunk
{
    byte[] bytes = new byte[1 << 20];
    int used;

    public List<Record> Records { get; } = new(Limits.HuntChunkRecordsMax);

    /// <summary>Is there room for a record of that length? An empty chunk takes any.</summary>
    public bool Takes(int length) => Records.Count == 0 || (Records.Count < Limits.HuntChunkRecordsMax && used + length <= Limits.HuntChunkBytesMax);

    public void Add(ulong position, long receivedMs, Origin origin, ReadOnlySpan<byte> raw)
    {
        // Records that are in already go on pointing into the smaller array, which lives as long as they do.
        if (bytes.Length - used < raw.Length)
        {
            bytes = new byte[Math.Max(raw.Length, bytes.Length * 2)];
            used = 0;
        }
        raw.CopyTo(bytes.AsSpan(used));
        Records.Add(new(position, receivedMs, origin, bytes.AsMemory(used, raw.Length)));
        used += raw.Length;
    }

    public void Clear()
    {
        Records.Clear();
        used = 0;
        // One huge record must not be held for ever.
        if (bytes.Length > 2 * Limits.HuntChunkBytesMax) bytes = new byte[1 << 20];
    }
}

/// <summary>Which file, and which of its records, a position of the hunt is.</summary>
sealed class FilePlaces
{
    readonly List<ulong> firsts = [];
    readonly List<string> files = [];

    public Origin Begin(string file, ulong position)
    {
        lock (firsts)
        {
            firsts.Add(position);
            files.Add(file);
        }
        return new("file", file);
    }

    public (string File, long Record) Of(ulong position)
    {
        lock (firsts)
        {
            var at = firsts.BinarySearch(position);
            if (at < 0) at = ~at - 1;
            return (files[at], (long)(position - firsts[at]) + 1);
        }
    }
}
