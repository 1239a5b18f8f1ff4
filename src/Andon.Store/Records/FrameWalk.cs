using System.Buffers;

namespace Andon.Store.Records;

/// <summary>
/// Walks the frames of one segment from an offset to an end, in pooled buffers, stepping over damage. Given a page, the buffers
/// that hold its records go over to it.
/// </summary>
internal sealed class FrameWalk : IDisposable
{
    const int SearchBytes = 256 << 10;
    const int BufferBytes = 1 << 20;

    readonly Segment segment;
    readonly SegmentBytes bytes;
    readonly long end;
    readonly uint endNumber;
    readonly RecordPage? page;
    readonly Action<Segment, Hole>? damaged;
    byte[] buffer = [];
    long start;
    int filled;
    bool kept;

    /// <param name="endNumber">Number that the first record after the end has: tells how many a hole at the end hid.</param>
    public FrameWalk(Segment segment, SegmentBytes bytes, long from, uint number, long end, uint endNumber, RecordPage? page, Action<Segment, Hole>? damaged)
    {
        (this.segment, this.bytes, this.end, this.endNumber, this.page, this.damaged) = (segment, bytes, end, endNumber, page, damaged);
        (At, Number, start) = (from, number, from);
    }

    /// <summary>Offset of the next frame.</summary>
    public long At { get; private set; }

    /// <summary>Number that the next record should have.</summary>
    public uint Number { get; private set; }

    /// <summary>The last step over damage, if any.</summary>
    public Hole? LastHole { get; private set; }

    /// <summary>How much to read at first; little for a single record, more for a page.</summary>
    public int FirstBytes { get; init; } = BufferBytes;

    /// <summary>The next sound frame. Its payload lies in this walk's buffer until the next call, or in the page when <see cref="Keep"/> is called.</summary>
    public bool Next(out Frame frame, out ReadOnlyMemory<byte> payload)
    {
        while (At < end)
        {
            if (!segment.TryHole(At, out var hole))
            {
                if (TryFrame(out frame, out payload))
                {
                    segment.Passed(frame, At, payload.Span);
                    At += frame.TotalBytes;
                    Number = frame.Number + (frame.Kind == FrameKind.Record ? 1u : 0);
                    return true;
                }
                hole = FindHole();
                if (segment.Passed(hole)) damaged?.Invoke(segment, hole);
            }
            // A hole known from an earlier, shorter end may have grown over by now: go on behind it in any case.
            LastHole = hole;
            At = Math.Min(hole.Resume, end);
            Number = hole.FirstLost + hole.Lost;
        }
        frame = default;
        payload = default;
        return false;
    }

    /// <summary>The buffer that holds the last payload belongs to the page from now on.</summary>
    public void Keep() => kept = true;

    public void Dispose() => Release();

    bool TryFrame(out Frame frame, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        frame = default;
        if (end - At < Frame.HeadBytes) return false;
        Have(Frame.HeadBytes);
        if (!Frame.TryRead(buffer.AsSpan((int)(At - start), Frame.HeadBytes), segment.Salt, out frame)) return false;
        if (frame.Number < Number || At + frame.TotalBytes > end) return false;
        Have((int)frame.TotalBytes);
        payload = buffer.AsMemory((int)(At - start) + Frame.HeadBytes, frame.Length);
        return frame.Holds(payload.Span, segment.Salt);
    }

    /// <summary>Makes so many bytes from <see cref="At"/> on stand in the buffer.</summary>
    void Have(int count)
    {
        if (At >= start && At + count <= start + filled) return;
        var size = (int)Math.Min(end - At, Math.Max(count, buffer.Length == 0 ? FirstBytes : BufferBytes));
        if (kept || buffer.Length < size)
        {
            Release();
            buffer = ArrayPool<byte>.Shared.Rent(size);
        }
        start = At;
        filled = Fill(buffer.AsSpan(0, size), At);
        if (filled < count) throw new EndOfStreamException($"{segment.Path} is shorter than it was: {count} bytes at {At} were acknowledged and {filled} are there.");
    }

    int Fill(Span<byte> to, long from)
    {
        var done = 0;
        while (done < to.Length)
        {
            var read = bytes.Read(to[done..], from + done);
            if (read == 0) break;
            done += read;
        }
        return done;
    }

    void Release()
    {
        if (buffer.Length > 0)
        {
            if (kept && page is not null) page.Own(buffer);
            else ArrayPool<byte>.Shared.Return(buffer);
        }
        buffer = [];
        kept = false;
        filled = 0;
    }

    /// <summary>Searches for the next sound frame after a damaged one, or the end.</summary>
    Hole FindHole()
    {
        var search = ArrayPool<byte>.Shared.Rent(SearchBytes);
        try
        {
            for (var from = At + 1; from < end;)
            {
                var read = Fill(search.AsSpan(0, (int)Math.Min(search.Length, end - from)), from);
                var found = search.AsSpan(0, read);
                for (var i = 0; i + Frame.HeadBytes <= found.Length; i++)
                {
                    var next = found[i..].IndexOf(Frame.Marker);
                    if (next < 0) break;
                    i += next;
                    if (Frame.TryRead(found[i..], segment.Salt, out var frame) && frame.Number >= Number && IsWhole(frame, from + i))
                        return new(At, from + i, Number, frame.Number - Number);
                }
                if (from + read >= end) break;
                from += Math.Max(1, read - Frame.HeadBytes + 1); // A head may lie across two reads.
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(search);
        }
        return new(At, end, Number, endNumber > Number ? endNumber - Number : 0);
    }

    bool IsWhole(in Frame frame, long at)
    {
        if (at + frame.TotalBytes > end) return false;
        var payload = ArrayPool<byte>.Shared.Rent(frame.Length);
        try
        {
            return Fill(payload.AsSpan(0, frame.Length), at + Frame.HeadBytes) == frame.Length && frame.Holds(payload.AsSpan(0, frame.Length), segment.Salt);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(payload);
        }
    }
}
