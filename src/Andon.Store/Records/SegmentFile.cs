using Microsoft.Win32.SafeHandles;

namespace Andon.Store.Records;

/// <summary>The writing end of a segment's file. Virtual so that tests can put a full or failing disk in its place.</summary>
internal class SegmentFile(string path) : IDisposable
{
    readonly SafeFileHandle handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    public virtual void Write(ReadOnlySpan<byte> bytes, long at) => RandomAccess.Write(handle, bytes, at);

    /// <summary>fsync: on return the bytes survive a power cut.</summary>
    public virtual void Flush() => DurableFiles.Flush(handle);

    public virtual void Cut(long length)
    {
        RandomAccess.SetLength(handle, length);
        DurableFiles.Flush(handle);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) handle.Dispose();
    }

    /// <summary>True when the disk, or the quota, is full: ENOSPC, EDQUOT, or their Windows cousins.</summary>
    public static bool IsDiskFull(Exception e) =>
        e is IOException && (e.HResult is 28 or 122 || (uint)e.HResult is 0x80070070 or 0x80070027);
}
