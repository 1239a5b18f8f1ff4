using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>
/// Records of files: a line each for logs and JSON lines, a value each where JSON objects stand one after another or in an array;
/// of zips, .gz and .tar.gz the files in them.
/// </summary>
sealed class HuntFiles(Action<Finding> found)
{
    public IEnumerable<(string File, ReadOnlyMemory<byte> Record)> Read(string path)
    {
        if (Directory.Exists(path))
        {
            foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                foreach (var record in Read(file)) yield return record;
            yield break;
        }
        if (!File.Exists(path))
        {
            found(new("HUN001", "There is no such file or folder.", "Check the path.", path));
            yield break;
        }
        using var stream = File.OpenRead(path);
        foreach (var record in Opened(path, stream)) yield return record;
    }

    IEnumerable<(string, ReadOnlyMemory<byte>)> Opened(string name, Stream stream)
    {
        if (Ends(name, ".zip"))
        {
            ZipArchive? zip = null;
            try { zip = new(stream, ZipArchiveMode.Read); }
            catch (InvalidDataException) { found(new("HUN002", "The file is not a readable zip.", "Pack it again.", name)); }
            if (zip is null) yield break;
            using (zip)
                foreach (var entry in zip.Entries)
                {
                    if (entry.FullName.EndsWith('/')) continue;
                    using var inner = entry.Open();
                    foreach (var record in Opened($"{name}/{entry.FullName}", inner)) yield return record;
                }
        }
        else if (Ends(name, ".tar.gz") || Ends(name, ".tgz"))
        {
            using var tar = new TarReader(new GZipStream(stream, CompressionMode.Decompress));
            while (tar.GetNextEntry() is { } entry)
                if (entry.DataStream is { } inner)
                    foreach (var record in Opened($"{name}/{entry.Name}", inner)) yield return record;
        }
        else if (Ends(name, ".gz"))
        {
            using var inner = new GZipStream(stream, CompressionMode.Decompress);
            foreach (var record in Opened(name[..^3], inner)) yield return record;
        }
        else if (Ends(name, ".evtx")) found(new("HUN003", "Event log files (EVTX) are not read yet.", "Export the events as JSON lines.", name));
        else
        {
            var reader = new LineReader(stream);
            var first = reader.Next();
            while (first is { } blank && blank.Span.IndexOfAnyExcept(" \t\r"u8) < 0) first = reader.Next();
            if (first is not { } line) yield break;
            if (IsOpenJson(line.Span))
            {
                foreach (var value in Values(name, reader.Rest(line))) yield return (name, value);
                yield break;
            }
            for (var next = first; next is { } record; next = reader.Next())
            {
                if (record.Span.IndexOfAnyExcept(" \t\r"u8) >= 0) yield return (name, record);
                if (reader.CutLines > 0 && reader.CutLines-- > 0) found(new("HUN004", $"A line longer than {Limits.HuntLineBytesMax >> 20} MiB was cut.", "Split it.", name, FindingLevel.Warning));
            }
        }
    }

    static bool Ends(string name, string with) => name.EndsWith(with, StringComparison.OrdinalIgnoreCase);

    // A first line that begins a JSON value and does not end it: the file is not JSON lines.
    static bool IsOpenJson(ReadOnlySpan<byte> line)
    {
        line = line.TrimStart("\xEF\xBB\xBF \t"u8);
        if (line.IsEmpty || line[0] is not ((byte)'{' or (byte)'[')) return false;
        try
        {
            var reader = new Utf8JsonReader(line, isFinalBlock: false, default);
            reader.Read();
            return line[0] == '[' ? Array(line) : !reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // "[" alone, or "[{": an array of events; "[12/Mar/2024 …" is a log line.
    static bool Array(ReadOnlySpan<byte> line)
    {
        var inner = line[1..].TrimStart(" \t\r"u8);
        return inner.IsEmpty || inner[0] == '{';
    }

    List<ReadOnlyMemory<byte>> Values(string name, byte[] text)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        try
        {
            ReadOnlySpan<byte> span = text;
            var skip = text.Length - span.TrimStart("\xEF\xBB\xBF"u8).Length;
            var reader = new Utf8JsonReader(span[skip..], new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = 256, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray) continue;
                var start = (int)reader.TokenStartIndex + skip;
                reader.Skip();
                values.Add(text.AsMemory(start, (int)reader.BytesConsumed + skip - start));
            }
        }
        catch (JsonException e)
        {
            found(new("HUN005", $"The JSON ends or breaks at byte {e.BytePositionInLine} of line {e.LineNumber + 1}; what stands before it was read.", "Mend the file.", name, FindingLevel.Warning));
        }
        return values;
    }
}

/// <summary>Lines of a stream; the memory of a line stays valid. A line without end is cut at a limit.</summary>
sealed class LineReader(Stream stream)
{
    byte[] buffer = new byte[1 << 20];
    int start, end;
    bool done;

    public int CutLines { get; set; }

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

    public byte[] Rest(ReadOnlyMemory<byte> first)
    {
        using var all = new MemoryStream();
        all.Write(first.Span);
        all.WriteByte((byte)'\n');
        all.Write(buffer, start, end - start);
        stream.CopyTo(all);
        done = true;
        start = end = 0;
        return all.ToArray();
    }

    void Fill()
    {
        // A new buffer each time one is full, because lines handed out still point into the old one.
        if (end == buffer.Length)
        {
            var bigger = new byte[Math.Max(1 << 20, (end - start) * 2)];
            buffer.AsSpan(start, end - start).CopyTo(bigger);
            (buffer, end, start) = (bigger, end - start, 0);
        }
        var read = stream.Read(buffer, end, buffer.Length - end);
        if (read == 0) done = true;
        end += read;
    }
}
