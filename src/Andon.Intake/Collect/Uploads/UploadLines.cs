using System.Buffers;

namespace Andon.Intake.Collect.Uploads;

/// <summary>One record of an uploaded file.</summary>
/// <param name="Oversized">It was longer than a record may be, and is kept up to that.</param>
/// <param name="Columns">What the head of its file says of its columns, as hint; null where it had none.</param>
readonly record struct UploadRecord(ReadOnlyMemory<byte> Raw, bool Oversized = false, string? Columns = null);

/// <summary>Lines of a file of any length in flat memory: a line beyond the limit is given up to it and passed over to its end.</summary>
static class UploadLines
{
    public static IEnumerable<UploadRecord> Read(Stream file, int lineBytesMax)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(lineBytesMax + (64 << 10));
        try
        {
            int at = 0, filled = 0;
            var cut = false; // Inside a line whose beginning was given already.
            for (var first = true; ; first = false)
            {
                var read = file.Read(buffer, filled, buffer.Length - filled);
                filled += read;
                if (first && buffer.AsSpan(0, filled).StartsWith("\uFEFF"u8)) at = 3;
                while (buffer.AsSpan(at, filled - at).IndexOf((byte)'\n') is >= 0 and var length)
                {
                    if (!cut && Line(buffer, at, length, lineBytesMax) is { Raw.Length: > 0 } line) yield return line;
                    cut = false;
                    at += length + 1;
                }
                if (filled - at >= lineBytesMax)
                {
                    if (!cut) yield return Line(buffer, at, filled - at, lineBytesMax) with { Oversized = true };
                    cut = true;
                    at = filled;
                }
                if (read == 0)
                {
                    if (!cut && Line(buffer, at, filled - at, lineBytesMax) is { Raw.Length: > 0 } last) yield return last;
                    yield break;
                }
                buffer.AsSpan(at, filled - at).CopyTo(buffer);
                (at, filled) = (0, filled - at);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The same lines, each with what the last head before it says of its columns.</summary>
    public static IEnumerable<UploadRecord> Headed(IEnumerable<UploadRecord> lines)
    {
        var head = new HeadLines();
        foreach (var line in lines) yield return head.Take(line.Raw.Span) || head.Hint is null ? line : line with { Columns = head.Hint };
    }

    // Copied: a record outlives the buffer.
    static UploadRecord Line(byte[] buffer, int at, int length, int max)
    {
        if (length > 0 && buffer[at + length - 1] == '\r') length--;
        return new(buffer.AsSpan(at, Math.Min(length, max)).ToArray(), length > max);
    }
}
