using System.IO.Compression;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>
/// GELF datagrams: a whole message or one chunk of it, packed or not. Sets of chunks wait a few seconds in bounded room; a message that never becomes
/// whole is counted as lost and said, and the chunks of it that came are kept as they came. One reader's alone.
/// </summary>
sealed class GelfChunks(Listener listener, IFindings findings)
{
    const int HeadBytes = 12;

    sealed class Set(long sinceMs, int count)
    {
        public readonly long SinceMs = sinceMs;
        public readonly byte[]?[] Chunks = new byte[count][];
        public int Here, Bytes; // Chunks as they came, with their heads.
    }

    readonly Dictionary<(string Peer, ulong Id), Set> sets = [];
    readonly Queue<(string Peer, ulong Id, long SinceMs)> order = [];
    readonly Dictionary<string, int> perSender = [];
    readonly Queue<(string Peer, byte[] Datagram)> torn = [];
    int pendingBytes;

    /// <summary>The message that was taken last is only the beginning of it, up to the limit.</summary>
    public bool Cut { get; private set; }

    public int Waiting => sets.Count;

    /// <summary>A chunk of a message that never became whole, to be kept as it came.</summary>
    public bool TryTorn(out string peer, out byte[] datagram)
    {
        var any = torn.TryDequeue(out var next);
        (peer, datagram) = any ? next : ("", []);
        return any;
    }

    /// <summary>The message that this datagram is or completes; null when it waits for others or is one of those too many.</summary>
    public ReadOnlyMemory<byte>? Take(string peer, ReadOnlyMemory<byte> datagram, long nowMs)
    {
        Cut = false;
        Expire(nowMs);
        var span = datagram.Span;
        if (span.Length < 2 || span[0] != 0x1e || span[1] != 0x0f) return Unpack(datagram, peer);
        if (span.Length <= HeadBytes || span[11] is 0 or > Limits.GelfChunksMax || span[10] >= span[11])
        {
            listener.Refused();
            Found(peer, "A GELF chunk has a head that cannot be.");
            return datagram; // Bad bytes are data.
        }
        var key = (peer, BitConverter.ToUInt64(span.Slice(2, 8)));
        if (!sets.TryGetValue(key, out var set))
        {
            if (!Room(peer)) return datagram;
            sets[key] = set = new(nowMs, span[11]);
            order.Enqueue((peer, key.Item2, nowMs));
            perSender[peer] = perSender.GetValueOrDefault(peer) + 1;
        }
        var number = span[10];
        if (set.Chunks.Length != span[11] || (set.Chunks[number] is { } here && !span.SequenceEqual(here)))
        {
            listener.Refused();
            Found(peer, "Two GELF messages came in chunks under one id; those that contradict the first are kept as they came.");
            return datagram; // Bad bytes are data.
        }
        if (set.Chunks[number] is not null) return null; // Sent twice.
        set.Chunks[number] = span.ToArray();
        set.Here++;
        set.Bytes += span.Length;
        pendingBytes += span.Length;
        while (pendingBytes > Limits.GelfPendingBytesMax && order.Count > 0) DropOldest("more bytes of GELF chunks wait than there is room for");
        if (set.Here < set.Chunks.Length || !Remove(key)) return null;
        var whole = new byte[set.Bytes - HeadBytes * set.Here];
        var at = 0;
        foreach (var chunk in set.Chunks)
        {
            if (chunk is null) continue; // None is: they were counted.
            chunk.AsSpan(HeadBytes).CopyTo(whole.AsSpan(at));
            at += chunk.Length - HeadBytes;
        }
        return Unpack(whole, peer);
    }

    /// <summary>Sets that waited too long are lost.</summary>
    public void Expire(long nowMs)
    {
        while (order.TryPeek(out var oldest) && nowMs - oldest.SinceMs > Limits.GelfPendingMs) DropOldest("chunks of GELF messages did not come");
    }

    bool Room(string peer)
    {
        if (perSender.GetValueOrDefault(peer) >= Limits.GelfSetsPerSenderMax)
        {
            listener.Lose();
            Found(peer, $"More than {Limits.GelfSetsPerSenderMax} GELF messages of one sender wait for chunks; further chunks are kept as they came.");
            return false;
        }
        while (order.Count >= Limits.GelfSetsMax * 4) DropOldest("more GELF messages come than there is room for"); // Most of these are whole already.
        while (sets.Count >= Limits.GelfSetsMax && order.Count > 0) DropOldest("more GELF messages wait for chunks than there is room for");
        return true;
    }

    void DropOldest(string why)
    {
        var (peer, id, sinceMs) = order.Dequeue();
        if (!sets.TryGetValue((peer, id), out var set) || set.SinceMs != sinceMs) return; // Whole already.
        Remove((peer, id));
        listener.Lose();
        foreach (var chunk in set.Chunks)
            if (chunk is not null) torn.Enqueue((peer, chunk));
        findings.Raise("intake", new("INT274", $"A GELF message is lost: {why} ({set.Here} of {set.Chunks.Length} came, and are kept as they came).", "Send GELF over TCP where messages are long or the network loses datagrams.", peer, FindingLevel.Warning));
    }

    bool Remove((string Peer, ulong Id) key)
    {
        if (!sets.Remove(key, out var set)) return false;
        pendingBytes -= set.Bytes;
        var left = perSender[key.Peer] - 1;
        if (left == 0) perSender.Remove(key.Peer);
        else perSender[key.Peer] = left;
        return true;
    }

    ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> message, string peer)
    {
        var span = message.Span;
        var gzip = span.Length > 2 && span[0] == 0x1f && span[1] == 0x8b;
        var zlib = span.Length > 2 && (span[0] & 0x0f) == 8 && (span[0] * 256 + span[1]) % 31 == 0;
        if (!gzip && !zlib) return message;
        try
        {
            using var packed = new MemoryStream(message.ToArray());
            using Stream stream = gzip ? new GZipStream(packed, CompressionMode.Decompress) : new ZLibStream(packed, CompressionMode.Decompress);
            var room = new byte[Math.Min(Limits.FrameBytesMax, Math.Max(message.Length * 8, 4096))];
            var filled = 0;
            while (true)
            {
                var read = stream.Read(room.AsSpan(filled));
                if (read == 0) return room.AsMemory(0, filled);
                filled += read;
                if (filled < room.Length) continue;
                if (room.Length == Limits.FrameBytesMax)
                {
                    Cut = true;
                    listener.Oversized();
                    Found(peer, "A packed GELF message is longer than the limit; it is kept up to it.");
                    return room;
                }
                Array.Resize(ref room, Math.Min(room.Length * 2, Limits.FrameBytesMax));
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException) // Some damage is told as the one, some as the other.
        {
            listener.Refused();
            Found(peer, "A packed GELF message cannot be unpacked; it is kept as it came.");
            return message;
        }
    }

    void Found(string peer, string what) => findings.Raise("intake", new("INT034", what, "Send GELF over TCP where messages are long or the network loses datagrams.", peer, FindingLevel.Warning));
}
