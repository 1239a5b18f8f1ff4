namespace Andon.Detect.Hunt;

/// <summary>Lines of a stream. A line without end is cut at a limit.</summary>
/// <param name="kept">False: a line is valid only until the next one is asked for, and one buffer serves for all.</param>
sealed class LineReader(Stream stream, bool kept = true)
{
    byte[] buffer = new byte[64 << 10];
    int start, end;
    bool done;

    public int CutLines { get; set; }
    public bool Cut { get; private set; }

    public ReadOnlyMemory<byte>? Next()
    {
        var searched = 0;
        while (true)
        {
            var at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                ReadOnlyMemory<byte> line = buffer.AsMemory(start, searched + at);
                start += searched + at + 1;
                return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
            }
            searched = end - start;
            if (done && searched == 0) return null;
            if (done || searched >= Limits.HuntLineBytesMax)
            {
                if (!done) CutLines++;
                ReadOnlyMemory<byte> rest = buffer.AsMemory(start, searched);
                start = end;
                return rest;
            }
            Fill();
        }
    }

    /// <summary>The line and all that follows it, up to a limit; then <see cref="Cut"/> is set.</summary>
    public byte[] Rest(ReadOnlyMemory<byte> first, int bytesMax)
    {
        using var all = new MemoryStream();
        all.Write(first.Span);
        all.WriteByte((byte)'\n');
        all.Write(buffer, start, end - start);
        var part = new byte[1 << 20];
        while (!(Cut = all.Length > bytesMax) && stream.Read(part) is > 0 and var read) all.Write(part, 0, read);
        done = true;
        start = end = 0;
        return all.ToArray();
    }

    void Fill()
    {
        // A new buffer each time one is full, where lines handed out still point into the old one.
        if (end == buffer.Length)
        {
            var into = kept || start < buffer.Length / 2 ? new byte[Math.Max(1 << 20, (end - start) * 2)] : buffer;
            buffer.AsSpan(start, end - start).CopyTo(into);
            (buffer, end, start) = (into, end - start, 0);
        }
        var read = stream.Read(buffer, end, buffer.Length - end);
        if (read == 0) done = true;
        end += read;
    }
}
