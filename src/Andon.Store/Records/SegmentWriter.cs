using Andon.Model;

namespace Andon.Store.Records;

/// <summary>The appending end of the newest segment. Used by the commit thread only.</summary>
internal sealed class SegmentWriter : IDisposable
{
    const int BufferBytes = 1 << 20;

    readonly SegmentFile file;
    readonly Dictionary<Origin, int> origins = [];
    readonly List<Origin> fresh = [];
    readonly byte[] buffer = new byte[BufferBytes];
    int originNext;
    int used;
    long written;
    Origin? lastOrigin;
    int lastOriginNumber;
    bool dirty;

    public SegmentWriter(Segment segment, SegmentFile file)
    {
        (Segment, this.file, written) = (segment, file, segment.Length);
        var known = segment.Origins;
        originNext = known.Count;
        for (var i = 0; i < known.Count; i++)
            if (known[i] is { } origin) origins[origin] = i;
    }

    public Segment Segment { get; }

    public bool IsEmpty => written == SegmentHeader.Bytes;

    /// <summary>No more may be written here: an fsync failed, and the kernel may have forgotten which pages it still owed.</summary>
    public bool Spent { get; private set; }

    public bool HasRoom(long bytes, RecordLogOptions options) =>
        !Spent && (IsEmpty || (written + bytes <= options.SegmentBytesMax && origins.Count < options.OriginsPerSegmentMax));

    /// <summary>Creates the file with its header; durable, name and all, on return.</summary>
    public static SegmentWriter Create(string folder, SegmentHeader header, Func<string, SegmentFile> open)
    {
        var path = Path.Combine(folder, Segment.NameOf(header.First));
        var file = open(path);
        try
        {
            Span<byte> head = stackalloc byte[SegmentHeader.Bytes];
            header.Write(head);
            file.Cut(0);
            file.Write(head, 0);
            file.Flush();
            DurableFiles.FlushFolder(folder);
            return new(new Segment(path, header, SegmentHeader.Bytes), file);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public void Write(IReadOnlyList<RecordDraft> drafts, ulong first)
    {
        var number = (uint)(first - Segment.First);
        for (var i = 0; i < drafts.Count; i++, number++)
        {
            var draft = drafts[i];
            var origin = OriginNumber(draft.Origin, number);
            Put(Frame.Of(FrameKind.Record, origin, number, draft.ReceivedMs, draft.Raw.Span, Segment.Salt), draft.Raw.Span);
        }
    }

    /// <summary>Makes everything written durable. What it returns is the new acknowledged length.</summary>
    public long Flush()
    {
        Drain();
        try
        {
            file.Flush();
        }
        catch
        {
            Spent = true;
            throw;
        }
        fresh.Clear();
        dirty = false;
        return written;
    }

    /// <summary>
    /// Takes back what was written since the last flush. What is left behind a failed append must go: shorter frames written over it
    /// could let its rest look alive after a crash.
    /// </summary>
    public void CutBack()
    {
        used = 0;
        written = Segment.Length;
        foreach (var origin in fresh) origins.Remove(origin);
        originNext -= fresh.Count;
        fresh.Clear();
        lastOrigin = null;
        if (!dirty) return;
        file.Cut(written);
        dirty = false;
    }

    /// <summary>True while bytes of a failed append may still stand behind the acknowledged end.</summary>
    public bool NeedsCut => dirty;

    public void Dispose() => file.Dispose();

    int OriginNumber(Origin origin, uint number)
    {
        if (ReferenceEquals(origin, lastOrigin)) return lastOriginNumber;
        if (!origins.TryGetValue(origin, out var known))
        {
            if (originNext >= Frame.OriginsMax) throw new InvalidOperationException($"One append names more than {Frame.OriginsMax} origins.");
            var payload = Segment.Encode(origin);
            known = originNext++;
            origins[origin] = known;
            fresh.Add(origin);
            Put(Frame.Of(FrameKind.Origin, known, number, 0, payload, Segment.Salt), payload);
        }
        (lastOrigin, lastOriginNumber) = (origin, known);
        return known;
    }

    void Put(in Frame frame, ReadOnlySpan<byte> payload)
    {
        if (buffer.Length - used < Frame.HeadBytes) Drain();
        frame.Write(buffer.AsSpan(used), Segment.Salt);
        used += Frame.HeadBytes;
        while (payload.Length > 0)
        {
            if (used == buffer.Length) Drain();
            var part = Math.Min(payload.Length, buffer.Length - used);
            payload[..part].CopyTo(buffer.AsSpan(used));
            used += part;
            payload = payload[part..];
        }
    }

    void Drain()
    {
        if (used == 0) return;
        dirty = true;
        file.Write(buffer.AsSpan(0, used), written);
        written += used;
        used = 0;
    }
}
