using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>
/// Records of files: a line each for logs and JSON lines, a value each where JSON objects stand one after another or in an array, a record
/// each of Windows event logs; of folders, zips, .gz and .tar.gz the files in them. What cannot be read is a finding.
/// </summary>
/// <param name="eventLog">Records of an event log (EVTX) as JSON; null where none are read.</param>
sealed class HuntFiles(Action<Finding> found, Func<Stream, Action<Finding>, IEnumerable<ReadOnlyMemory<byte>>>? eventLog)
{
    /// <summary>What a packed file may always unpack to.</summary>
    public long EntryBytesSure { get; init; } = Limits.HuntEntryBytesSure;

    /// <summary>False: a record is valid only until the next one is asked for.</summary>
    public bool KeepsRecords { get; init; } = true;

    public IEnumerable<(string File, ReadOnlyMemory<byte> Record)> Read(string path)
    {
        if (Directory.Exists(path))
        {
            foreach (var inside in Inside(path))
                foreach (var record in Read(inside)) yield return record;
            yield break;
        }
        if (Open(path) is not { } stream) yield break;
        using (stream)
            foreach (var record in Opened(path, stream, stream.Length, depth: 0)) yield return record;
    }

    // Links to folders are not followed: they may lead in a circle, and what they name is given by its own name.
    string[] Inside(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Where(e => !Directory.Exists(e) || new DirectoryInfo(e).LinkTarget is null).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found(new("HUN008", $"The folder cannot be read: {e.Message}", "Check who may read it.", folder));
            return [];
        }
    }

    FileStream? Open(string path)
    {
        if (!File.Exists(path))
        {
            found(new("HUN001", "There is no such file or folder.", "Check the path.", path));
            return null;
        }
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found(new("HUN008", $"The file cannot be opened: {e.Message}", "Check who may read it.", path));
            return null;
        }
    }

    IEnumerable<(string, ReadOnlyMemory<byte>)> Opened(string name, Stream stream, long packed, int depth)
    {
        var archive = Ends(name, ".zip") || Ends(name, ".gz") || Ends(name, ".tgz");
        if (archive && depth == Limits.HuntArchiveDepthMax)
        {
            found(new("HUN009", $"Archives are nested more than {Limits.HuntArchiveDepthMax} deep; this one was not opened.", "Unpack it and give the files.", name));
            return [];
        }
        if (Ends(name, ".zip")) return Zip(name, stream, depth + 1);
        if (Ends(name, ".tar.gz") || Ends(name, ".tgz")) return Tar(name, stream, packed, depth + 1);
        if (Ends(name, ".gz")) return Gzip(name, stream, packed, depth + 1);
        return Plain(name, stream as CarefulStream ?? new CarefulStream(stream, long.MaxValue - 1, name, found));
    }

    static bool Ends(string name, string with) => name.EndsWith(with, StringComparison.OrdinalIgnoreCase);

    CarefulStream Unpacked(string name, Stream stream, long packed) =>
        new(stream, packed < 0 ? Limits.HuntEntryBytesMax : Math.Clamp(packed * Limits.HuntEntryRatioMax, EntryBytesSure, Limits.HuntEntryBytesMax), name, found);

    IEnumerable<(string, ReadOnlyMemory<byte>)> Gzip(string name, Stream stream, long packed, int depth)
    {
        using var inner = new GZipStream(stream, CompressionMode.Decompress);
        foreach (var record in Opened(name[..^3], Unpacked(name[..^3], inner, packed), packed: -1, depth)) yield return record;
    }

    IEnumerable<(string, ReadOnlyMemory<byte>)> Tar(string name, Stream stream, long packed, int depth)
    {
        using var inner = new GZipStream(stream, CompressionMode.Decompress);
        using var careful = Unpacked(name, inner, packed);
        using var tar = new TarReader(careful);
        while (Try(name, "The file is not a readable tar archive", () => tar.GetNextEntry()) is { } entry)
            if (entry.DataStream is { } data)
                foreach (var record in Opened($"{name}/{entry.Name}", Unpacked($"{name}/{entry.Name}", data, packed: -1), packed: -1, depth)) yield return record;
    }

    IEnumerable<(string, ReadOnlyMemory<byte>)> Zip(string name, Stream stream, int depth)
    {
        if (!stream.CanSeek) stream = InMemory(name, stream);
        using var zip = Try(name, "The file is not a readable zip", () => new ZipArchive(stream, ZipArchiveMode.Read));
        if (zip is null || Try(name, "The zip's list of files is broken", () => zip.Entries) is not { } entries) yield break;
        foreach (var entry in entries)
        {
            if (entry.FullName.EndsWith('/')) continue;
            var inside = $"{name}/{entry.FullName}";
            if (entry.IsEncrypted)
            {
                found(new("HUN010", "The file in the zip is locked with a password.", "Unpack it and give the file itself.", inside));
                continue;
            }
            using var data = Try(inside, "The file in the zip cannot be opened", entry.Open);
            if (data is null) continue;
            foreach (var record in Opened(inside, Unpacked(inside, data, entry.CompressedLength), entry.CompressedLength, depth)) yield return record;
        }
    }

    // The list of a zip stands at its end.
    MemoryStream InMemory(string name, Stream stream)
    {
        var all = new MemoryStream();
        using var careful = new CarefulStream(stream, Limits.HuntInnerZipBytesMax, name, found);
        careful.CopyTo(all);
        return all;
    }

    T? Try<T>(string name, string otherwise, Func<T?> make) where T : class
    {
        try
        {
            return make();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or FormatException or ArgumentException or OverflowException)
        {
            found(new("HUN002", $"{otherwise}: {e.Message}", "Pack it again.", name));
            return null;
        }
    }

    IEnumerable<(string, ReadOnlyMemory<byte>)> Plain(string name, CarefulStream stream)
    {
        var log = stream.Peek(8).SequenceEqual("ElfFile\0"u8);
        if (log || Ends(name, ".evtx"))
        {
            if (eventLog is null)
            {
                found(new("HUN003", "Event log files (EVTX) are not read here.", "Export the events as JSON lines.", name));
                yield break;
            }
            foreach (var record in eventLog(stream, f => found(f with { Place = f.Place.Length == 0 ? name : $"{name}: {f.Place}" }))) yield return (name, record);
            yield break;
        }
        var reader = new LineReader(stream, KeepsRecords);
        var first = reader.Next();
        while (first is { } blank && blank.Span.IndexOfAnyExcept(" \t\r"u8) < 0) first = reader.Next();
        if (first is not { } line) yield break;
        if (IsOpenJson(line.Span))
        {
            var text = reader.Rest(line, Limits.HuntJsonBytesMax);
            if (reader.Cut) found(new("HUN011", $"JSON that is not a value a line is read up to {Limits.HuntJsonBytesMax >> 20} MiB; the rest was not.", "Write it as JSON lines.", name));
            foreach (var value in Values(name, text)) yield return (name, value);
            yield break;
        }
        for (var next = first; next is { } record; next = reader.Next())
        {
            if (record.Span.IndexOfAnyExcept(" \t\r"u8) >= 0) yield return (name, record);
            if (reader.CutLines > 0 && reader.CutLines-- > 0) found(new("HUN004", $"A line longer than {Limits.HuntLineBytesMax >> 20} MiB was cut.", "Split it.", name, FindingLevel.Warning));
        }
    }

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
