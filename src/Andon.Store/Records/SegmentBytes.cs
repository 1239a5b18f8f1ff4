using Microsoft.Win32.SafeHandles;

namespace Andon.Store.Records;

/// <summary>The bytes of a segment as they were written, whether its file is plain or packed. Offsets are the same in both.</summary>
internal abstract class SegmentBytes : IDisposable
{
    public const string PlainSuffix = ".log", PackedSuffix = ".logz";

    /// <summary>Reads what is there at that offset, up to the span's length; 0 at the end.</summary>
    public abstract int Read(Span<byte> to, long at);

    public static SegmentBytes Open(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            return path.EndsWith(PackedSuffix, StringComparison.Ordinal) ? new PackedBytes(handle) : new PlainBytes(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    sealed class PlainBytes(SafeFileHandle handle) : SegmentBytes
    {
        public override int Read(Span<byte> to, long at) => RandomAccess.Read(handle, to, at);
        protected override void Dispose(bool disposing) => handle.Dispose();
    }
}
