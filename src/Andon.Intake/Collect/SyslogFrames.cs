namespace Andon.Intake.Collect;

/// <summary>
/// Cuts a TCP stream into syslog messages (RFC 6587), deciding for each message: digits 1–9… and a blank mean octet counting, anything else
/// ends at LF or NUL. A message beyond the limit is given up to it, then the stream goes on at the next one.
/// </summary>
struct SyslogFrames(bool octetCounting, int max)
{
    long skipBytes;
    bool skipToDelimiter;
    int scanned;

    /// <summary>The next frame in <paramref name="data"/> from <paramref name="at"/> on; false when it is not all here yet (then keep from <paramref name="at"/>).</summary>
    public bool Next(ReadOnlySpan<byte> data, ref int at, out int start, out int length, out bool oversized)
    {
        oversized = false;
        start = length = 0;
        while (true)
        {
            if (skipBytes > 0)
            {
                var skipped = (int)Math.Min(skipBytes, data.Length - at);
                at += skipped;
                skipBytes -= skipped;
                if (skipBytes > 0) return false;
            }
            if (skipToDelimiter)
            {
                var end = data[at..].IndexOfAny((byte)'\n', (byte)0);
                at = end < 0 ? data.Length : at + end + 1;
                if (end < 0) return false;
                skipToDelimiter = false;
            }
            while (at < data.Length && data[at] is (byte)'\n' or 0) at++; // Empty messages are no records.
            if (at == data.Length) return false;

            var count = octetCounting ? Count(data[at..], out var header) : Counting.No(out header);
            if (count == Counting.Unknown) return false;
            if (count >= 0)
            {
                var kept = (int)Math.Min(count, max);
                if (data.Length - at < header + kept) return false;
                (start, length) = (at + header, kept);
                at += header + kept;
                oversized = count > max;
                skipBytes = count - kept;
                return true;
            }

            var from = Math.Min(at + scanned, data.Length);
            var delimiter = data[from..].IndexOfAny((byte)'\n', (byte)0);
            if (delimiter < 0)
            {
                scanned = data.Length - at;
                if (scanned <= max) return false;
                (start, length) = (at, max);
                at += max;
                scanned = 0;
                oversized = skipToDelimiter = true;
                return true;
            }
            (start, length) = (at, from + delimiter - at);
            at = from + delimiter + 1;
            scanned = 0;
            if (length > max)
            {
                length = max;
                oversized = true;
            }
            if (length == 1 && data[start] == '\r') continue;
            return true;
        }
    }

    static class Counting
    {
        public const long Unknown = -2;

        public static long No(out int header)
        {
            header = 0;
            return -1;
        }
    }

    /// <summary>The count, -1 when the message is not octet-counted, <see cref="Counting.Unknown"/> while that cannot be told.</summary>
    static long Count(ReadOnlySpan<byte> data, out int header)
    {
        header = 0;
        if (data[0] is < (byte)'1' or > (byte)'9') return -1;
        long count = 0;
        var i = 0;
        for (; i < data.Length && data[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            if (i == Limits.FrameDigitsMax) return -1;
            count = count * 10 + (data[i] - '0');
        }
        if (i == data.Length) return Counting.Unknown;
        if (data[i] != ' ') return -1;
        header = i + 1;
        return count;
    }
}
