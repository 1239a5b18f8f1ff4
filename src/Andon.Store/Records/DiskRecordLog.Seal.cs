using Andon.Model;

namespace Andon.Store.Records;

/// <summary>
/// A full segment never changes again. One thread beside the appends seals each with a hash that covers the one before, and packs
/// those that every reader passed.
/// </summary>
public sealed partial class DiskRecordLog
{
    readonly Lock sealing = new();
    readonly SegmentChain chain;
    readonly GroupCommit<bool> settling;
    int pins;

    /// <summary>The seals of all full segments, also of those that retention deleted, oldest first.</summary>
    public IReadOnlyList<SealedSegment> Seals => chain.Seals;

    /// <summary>While this is held, retention deletes nothing and nothing is packed: someone copies the log.</summary>
    internal IDisposable Pin()
    {
        lock (gate) pins++;
        return new Pinned(this);
    }

    sealed class Pinned(DiskRecordLog log) : IDisposable
    {
        int released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref released, 1) == 0) lock (log.gate) log.pins--;
        }
    }

    /// <summary>
    /// The segments as they are now, each with its acknowledged length, and the position after the last record in them; the last one is still
    /// written to. Whoever holds a pin finds each under the name it has here.
    /// </summary>
    internal (IReadOnlyList<(Segment Segment, long Length)> Segments, ulong Next) Snapshot()
    {
        lock (gate) return ([.. segments.Select(s => (s, s.Length))], next);
    }

    internal string Folder => folder;

    /// <summary>How old a segment may become that every reader passed; retention's terms may change it while the program runs.</summary>
    internal TimeSpan KeepAge { get; set; } = TimeSpan.MaxValue;

    /// <summary>Wakes the settling thread when there is something for it.</summary>
    void Settle()
    {
        lock (gate)
        {
            if (closed || segments.Length < 2 || (chain.Has(segments[^2].First) && (!options.Pack || segments[^2].IsPacked))) return;
        }
        try { settling.Post(true); }
        catch (ObjectDisposedException) { } // It is being closed; the next start goes on here.
    }

    void SealAndPack(List<bool> asked)
    {
        Segment[] full = [];
        try
        {
            lock (gate) full = segments.Length < 2 ? [] : segments[..^1];
            foreach (var segment in full)
            {
                if (IsClosed()) return;
                SealUpTo(segment);
            }
            if (!options.Pack) return;
            var passed = checkpoints.Lowest(options.Readers);
            foreach (var segment in full)
            {
                if (IsClosed() || IsPinned()) return;
                if (!segment.IsPacked && chain.Of(segment.First) is { } seal && seal.Next <= passed) Pack(segment, seal);
            }
        }
        catch (FileNotFoundException) when (WasRetained(full))
        {
            // Retention took a segment in between; what is left is settled with the next one.
        }
        catch (Exception e) // Whatever it is: this thread serves the log for as long as it is open.
        {
            findings.Raise(Stage, new("REC010", $"A full segment could not be sealed or packed: {e.Message}", "It is tried again with the next segment; nothing is lost meanwhile. Look at the disk.", folder, FindingLevel.Warning));
        }
    }

    bool IsClosed() { lock (gate) return closed; }

    bool IsPinned() { lock (gate) return pins > 0; }

    /// <summary>Seals every full segment up to and with that one, oldest first.</summary>
    void SealUpTo(Segment last)
    {
        lock (sealing)
        {
            Segment[] list;
            lock (gate) list = segments;
            for (var i = 0; i + 1 < list.Length && list[i].First <= last.First; i++)
            {
                if (chain.Has(list[i].First)) continue;
                var length = list[i].Length;
                using var bytes = list[i].OpenRead();
                if (SegmentChain.ContentHash(bytes, length) is { } hash) chain.Add(list[i].First, list[i + 1].First, length, hash);
            }
        }
    }

    void Pack(Segment segment, SealedSegment seal)
    {
        var plain = segment.Path;
        var packed = Path.ChangeExtension(plain, SegmentBytes.PackedSuffix);
        var temporary = packed + ".tmp";
        using (var from = segment.OpenRead())
            if (!PackedBytes.Write(temporary, from, segment.Header, seal.Bytes, () => !IsClosed()))
            {
                File.Delete(temporary);
                return;
            }
        // Only what unpacks to exactly the sealed bytes may take the plain file's place; a damaged one stays as it is.
        string? hash;
        using (var again = new PackedBytes(File.OpenHandle(temporary))) hash = SegmentChain.ContentHash(again, seal.Bytes);
        lock (gate)
        {
            if (pins > 0 || hash != seal.ContentHash || !segments.Contains(segment))
            {
                File.Delete(temporary);
                return;
            }
            File.Move(temporary, packed);
            var diskBytes = new FileInfo(packed).Length;
            bytes -= segment.DiskBytes - diskBytes;
            segment.BecomePacked(packed, diskBytes);
        }
        DurableFiles.FlushFolder(folder);
        File.Delete(plain);
    }
}
