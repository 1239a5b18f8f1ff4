using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>
/// What a stranger packed, read with care: no further than a limit, and where it breaks it ends. Both make a finding; nothing throws.
/// </summary>
sealed class CarefulStream(Stream inner, long bytesMax, string name, Action<Finding> found) : Stream
{
    byte[] head = [];
    int headAt;
    long taken;
    bool ended;

    /// <summary>The first bytes, which are read all the same later.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        var bytes = new byte[count];
        var length = 0;
        while (length < count && Read(bytes.AsSpan(length)) is > 0 and var read) length += read;
        (head, headAt) = (bytes[..length], 0);
        return head;
    }

    public override int Read(Span<byte> to)
    {
        if (headAt < head.Length && to.Length > 0)
        {
            var kept = Math.Min(to.Length, head.Length - headAt);
            head.AsSpan(headAt, kept).CopyTo(to);
            headAt += kept;
            return kept;
        }
        if (ended || to.IsEmpty) return 0;
        try
        {
            var left = bytesMax - taken;
            // One byte more than is allowed tells an end from a cut.
            var read = inner.Read(left < to.Length ? to[..(int)(left + 1)] : to);
            ended = read == 0;
            if (read <= left)
            {
                taken += read;
                return read;
            }
            found(new("HUN006", $"The file unpacks to more than {bytesMax} bytes; the rest was not read.", "If it is not a trap, unpack it and give the file itself.", name));
            ended = true;
            return (int)left;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException or ObjectDisposedException)
        {
            ended = true;
            found(new("HUN007", $"The file cannot be read to its end: {e.Message}", "What was read before stands; copy or pack the file again.", name));
            return 0;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
