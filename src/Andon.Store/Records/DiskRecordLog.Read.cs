using Andon.Model;

namespace Andon.Store.Records;

public sealed partial class DiskRecordLog
{
    const int SmallReadRecords = 16;

    /// <inheritdoc/>
    /// <remarks>
    /// The list is a <see cref="RecordPage"/>: dispose it when its records are no longer used and reading allocates next to nothing. A page ends
    /// where its segment ends. Damaged records are missing from it, and reported once.
    /// </remarks>
    public ValueTask<IReadOnlyList<Record>> Read(ulong from, int recordsMax, int bytesMax, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        while (true)
        {
            Segment[] list;
            ulong end;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(closed, this);
                (list, end) = (segments, next);
            }
            try
            {
                return new(ReadFrom(list, from, end, recordsMax, bytesMax));
            }
            catch (FileNotFoundException) when (WasRetained(list))
            {
                // Retention took the segment between the look and the read: what is left begins later.
            }
        }
    }

    RecordPage ReadFrom(Segment[] list, ulong from, ulong end, int recordsMax, int bytesMax)
    {
        var page = new RecordPage();
        if (recordsMax <= 0 || from >= end || list.Length == 0) return page;
        from = Math.Max(from, list[0].First);
        for (var i = Find(list, from); i < list.Length; i++)
        {
            ReadSegment(list[i], from, i + 1 < list.Length ? list[i + 1].First : end, recordsMax, bytesMax, page);
            if (page.Count > 0) return page;
        }
        lock (gate)
        {
            // Nothing readable from there to the end: whoever waits there waits for what comes after.
            hollow = hollow.To == end ? (Math.Min(hollow.From, from), end) : (from, end);
        }
        return page;
    }

    void ReadSegment(Segment segment, ulong from, ulong end, int recordsMax, int bytesMax, RecordPage page)
    {
        var wanted = from <= segment.First ? 0 : (uint)(from - segment.First);
        var length = segment.Length;
        var (offset, number) = segment.Seek(wanted);
        if (offset >= length) return;
        using var bytes = OpenOrReport(segment, length, end);
        if (bytes is null) return;
        using var walk = new FrameWalk(segment, bytes, offset, number, length, (uint)(end - segment.First), page, Report)
        {
            FirstBytes = recordsMax <= SmallReadRecords ? 64 << 10 : (int)Math.Clamp((long)recordsMax * 512, 64 << 10, 1 << 20),
        };
        var found = 0L;
        var lastNumber = -1;
        Origin lastOrigin = Segment.LostOrigin;
        while (page.Count < recordsMax && (found < bytesMax || page.Count == 0) && walk.Next(out var frame, out var payload))
        {
            // Behind a flush that failed stands what was written again, and acknowledged, in the next segment; a power cut may bring it back here.
            if (segment.First + frame.Number >= end) break;
            if (frame.Kind != FrameKind.Record || frame.Number < wanted) continue;
            if (frame.Origin != lastNumber) (lastNumber, lastOrigin) = (frame.Origin, segment.Origin(frame.Origin));
            page.Add(new(segment.First + frame.Number, frame.ReceivedMs, lastOrigin, payload));
            walk.Keep();
            found += payload.Length;
        }
    }

    /// <summary>A packed segment whose head or index was damaged while the log is open hides all its records: reported once, then stepped over.</summary>
    SegmentBytes? OpenOrReport(Segment segment, long length, ulong end)
    {
        try
        {
            return segment.OpenRead();
        }
        catch (InvalidDataException)
        {
            var hole = new Hole(SegmentHeader.Bytes, length, 0, (uint)(end - segment.First));
            if (segment.Passed(hole)) Report(segment, hole);
            return null;
        }
    }

    static int Find(Segment[] list, ulong position)
    {
        var low = 0;
        var high = list.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (list[middle].First <= position) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    bool WasRetained(Segment[] list)
    {
        lock (gate) return segments.Length == 0 || list.Length == 0 || segments[0].First > list[0].First;
    }

    void Report(Segment segment, Hole hole) =>
        findings.Raise(Stage, new("REC002",
            hole.Lost == 0
                ? $"{hole.Resume - hole.At} damaged bytes in {segment.Name}; no record is lost, the origin of some may be."
                : $"{hole.Resume - hole.At} damaged bytes in {segment.Name} hide {hole.Lost} records, {segment.First + hole.FirstLost} to {segment.First + hole.FirstLost + hole.Lost - 1}.",
            "The records before and after are kept. Check the disk; the bytes stay in the segment until retention deletes it.",
            $"{segment.Name}:{hole.At}"));
}
