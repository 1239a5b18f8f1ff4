using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Andon.Intake.Collect;
using Andon.Intake.Collect.Evtx;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary><c>andon parse [--format NAME] [--json] FILE</c>: records of a file to ECS events, one JSON object a line.</summary>
public static class ParseCli
{
    const int BlockRecords = 1024;

    /// <summary>Runs the verb. Returns 0, or 2 when it was asked wrongly or a file cannot be read to its end. <c>--json</c> is how it always answers.</summary>
    public static int Run(string[] args, ContentFolder content, TimeProvider clock, Stream output, TextWriter errors)
    {
        string? format = null, path = null, parsers = null;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json") continue;
            if (args[i] == "--format" && i + 1 < args.Length) format = args[++i];
            else if (args[i] == "--parsers" && i + 1 < args.Length) parsers = args[++i];
            else if (args[i].StartsWith("--", StringComparison.Ordinal) || path is not null) return Usage(errors);
            else path = args[i];
        }
        if (path is null) return Usage(errors);
        var wrong = false;
        void Found(Finding finding)
        {
            errors.WriteLine(finding.ToString());
            wrong |= finding.Level == FindingLevel.Error;
        }
        var normaliser = new Normaliser(content, parsers);
        foreach (var finding in normaliser.Findings) Found(finding);
        if (format is not null && format is not ("json" or "syslog" or "nginx" or "apache" or "text") && !normaliser.Knows(format))
            Found(new("INT061", $"There is no parser {format}; it is taken for the name of a program.", $"Parsers are {string.Join(", ", normaliser.Parsers.Select(p => p.Name))}.", path, FindingLevel.Warning));
        ulong next = 1;
        using var buffered = new BufferedStream(output, 1 << 16);
        Guarded(path, Found, () =>
        {
            using var file = File.OpenRead(path);
            if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                var log = IsEventLog(file);
                file.Position = 0;
                Parse(normaliser, file, log, Origin(path, format), clock.NowMs(), ref next, buffered, Found);
                return;
            }
            using var zip = new ZipArchive(file, ZipArchiveMode.Read);
            foreach (var entry in zip.Entries)
            {
                if (entry.Length == 0) continue;
                var name = $"{path}!{entry.FullName}";
                // One bad file in a zip does not stop the others.
                Guarded(name, Found, () =>
                {
                    using var start = entry.Open();
                    var log = IsEventLog(start);
                    using var member = entry.Open();
                    Parse(normaliser, member, log, Origin(name, format), clock.NowMs(), ref next, buffered, Found);
                });
            }
        });
        return wrong ? 2 : 0;
    }

    static void Guarded(string path, Action<Finding> found, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            found(new Finding("INT060", e.Message, "Give a readable file: an event log, lines of text or JSON, or a zip of such files.", path));
        }
    }

    static bool IsEventLog(Stream file)
    {
        Span<byte> start = stackalloc byte[8];
        return EvtxFile.Begins(start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
    }

    static Origin Origin(string path, string? format) => new(Hints.FileListener, path, Hints.Of(format, host: null));

    static void Parse(Normaliser normaliser, Stream file, bool log, Origin origin, long nowMs, ref ulong next, Stream output, Action<Finding> found)
    {
        var records = new List<Record>();
        var bytes = 0;
        var all = log
            ? EvtxFile.Read(file, f => found(f with { Place = $"{origin.Peer}: {f.Place}" }), recover: false)
            : Records(file).Select(r => (ReadOnlyMemory<byte>)r);
        var head = new HeadLines();
        var headed = origin;
        var hinted = "";
        foreach (var raw in all)
        {
            if (!log && !head.Take(raw.Span) && head.Hint is { } columns && hinted != columns)
                (headed, hinted) = (origin with { Hint = origin.Hint.Length > 0 ? $"{origin.Hint};{columns}" : columns }, columns);
            records.Add(new(next++, nowMs, head.Hint is null ? origin : headed, raw));
            bytes += raw.Length;
            if (records.Count < BlockRecords && bytes < 8 << 20) continue;
            Write(normaliser, records, output);
            bytes = 0;
        }
        Write(normaliser, records, output);
    }

    static void Write(Normaliser normaliser, List<Record> records, Stream output)
    {
        if (records.Count == 0) return;
        using var batch = normaliser.Normalise(records);
        for (var i = 0; i < batch.Count; i++) EventJson.Write(batch[i], output);
        records.Clear();
    }

    /// <summary>A record a line; but a file that is one JSON object or array over many lines, or several objects one after another, gives a record an object.</summary>
    internal static IEnumerable<byte[]> Records(Stream file)
    {
        using var all = new MemoryStream();
        file.CopyTo(all);
        var bytes = all.GetBuffer().AsMemory(0, (int)all.Length);
        if (bytes.Span.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        var firstLine = bytes.Span.IndexOf((byte)'\n') is >= 0 and var end ? bytes[..end] : bytes;
        var trimmed = bytes.Span.TrimStart(" \t\r\n"u8);
        if (!trimmed.IsEmpty && trimmed[0] is (byte)'{' or (byte)'[' && !IsJson(firstLine.Span) && TryObjects(bytes, out var objects)) return objects;
        return Lines(bytes);
    }

    static IEnumerable<byte[]> Lines(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (line.Length > 0 && line.Span[^1] == '\r') line = line[..^1];
            if (line.Length > 0) yield return line.ToArray();
        }
    }

    internal static bool IsJson(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static bool TryObjects(ReadOnlyMemory<byte> bytes, out List<byte[]> objects)
    {
        objects = [];
        try
        {
            var reader = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = Limits.JsonReaderDepthMax });
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartArray && reader.CurrentDepth == 0 || reader.TokenType == JsonTokenType.EndArray) continue;
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                objects.Add(bytes[start..(int)reader.BytesConsumed].ToArray());
            }
            return objects.Count > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static int Usage(TextWriter errors)
    {
        errors.WriteLine("andon parse [--format json|syslog|nginx|apache|PARSER|PROGRAM] [--parsers FOLDER] [--json] FILE");
        return 2;
    }
}
