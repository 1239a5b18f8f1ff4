namespace Andon.Store.Records;

/// <summary>The limits of one record log, each with its name. Reaching one is told to the sender or raised as a finding, never passed over.</summary>
public sealed record RecordLogOptions
{
    /// <summary>A segment that reached this size is sealed and a new one begins; one append is never split, so a segment may exceed it by that.</summary>
    public long SegmentBytesMax { get; init; } = 128L << 20;

    /// <summary>Largest record. A bigger one is refused with <see cref="RecordTooLargeException"/>.</summary>
    public int RecordBytesMax { get; init; } = 16 << 20;

    /// <summary>Hard limit of all segments together: beyond it appends are refused until retention made room. Never drops the oldest unasked.</summary>
    public long LogBytesMax { get; init; } = 64L << 30;

    /// <summary>Above this size, segments that every reader passed are deleted, oldest first.</summary>
    public long KeepBytesMax { get; init; } = 16L << 30;

    /// <summary>Older segments that every reader passed are deleted.</summary>
    public TimeSpan KeepAgeMax { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Free space that the disk keeps for others; appends are refused before it is touched.</summary>
    public long FreeBytesMin { get; init; } = 512L << 20;

    /// <summary>A new segment begins before its table of origins grows beyond this: whoever can forge sender addresses must not fill memory.</summary>
    public int OriginsPerSegmentMax { get; init; } = 4096;

    /// <summary>Bytes that may wait for the disk; beyond it the disk is too slow and senders are told to wait.</summary>
    public long PendingBytesMax { get; init; } = 64L << 20;

    /// <summary>Readers that retention waits for even when they never saved a checkpoint. Readers that saved one are waited for anyway.</summary>
    public IReadOnlyList<string> Readers { get; init; } = [];

    /// <summary>Full segments that every reader passed are packed (about a tenth to a quarter of their size), so that more days fit.</summary>
    public bool Pack { get; init; }

    /// <summary>How segment files are opened; tests put a disk there that fails.</summary>
    internal Func<string, SegmentFile> OpenFile { get; init; } = path => new SegmentFile(path);

    /// <summary>Free bytes of the disk that holds a folder.</summary>
    internal Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;
}

/// <summary>A record is larger than <see cref="RecordLogOptions.RecordBytesMax"/>. Nothing of its batch was taken.</summary>
public sealed class RecordTooLargeException(string message) : IOException(message);
