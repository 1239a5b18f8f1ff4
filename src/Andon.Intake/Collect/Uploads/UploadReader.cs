using System.IO.Compression;
using System.Text;
using Andon.Intake.Collect.Evtx;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Intake.Collect.Uploads;

/// <summary>
/// The records of an uploaded file: an event log of Windows, lines of text or JSON, rows of CSV, or a packed file of those (gzip, zip, a zip in a zip). What it is
/// is told by its first bytes, rows by its name. Damage is a finding; names inside an archive are only said, never used as paths.
/// </summary>
/// <param name="spool">Makes a file that is gone when closed, for an archive inside an archive.</param>
sealed class UploadReader(Action<Finding> found, Func<Stream> spool)
{
    const int PeekBytes = 4096;
    readonly UnpackedBudget budget = new(Limits.UploadUnpackedBytesMax);
    int entries;

    /// <param name="file">The whole file; it can be read from any place.</param>
    public IEnumerable<UploadRecord> Read(Stream file, string name) => Guarded(Later(file, Said(name)), Said(name), outer: false);

    // Opening reads too, and is guarded with the rest.
    IEnumerable<UploadRecord> Later(Stream file, string name)
    {
        foreach (var record in Open(file, name, file.Length, depth: 0)) yield return record;
    }

    IEnumerable<UploadRecord> Open(Stream file, string name, long packedBytes, int depth)
    {
        var head = new byte[PeekBytes];
        head = head[..file.ReadAtLeast(head, PeekBytes, throwOnEndOfStream: false)];
        var whole = file.CanSeek ? file : new PeekedStream(head, file);
        if (file.CanSeek) file.Position = 0;
        if (head.Length == 0) return [];
        if (head.AsSpan().StartsWith("PK\x03\x04"u8) || head.AsSpan().StartsWith("PK\x05\x06"u8))
            return depth <= Limits.UploadNestingMax ? Zip(whole, name, depth) : Deeper(name);
        if (head.AsSpan().StartsWith<byte>([0x1F, 0x8B]))
            return depth <= Limits.UploadNestingMax ? Open(new UnpackedStream(new GZipStream(whole, CompressionMode.Decompress), packedBytes, budget), Inside(name), packedBytes, depth + 1) : Deeper(name);
        if (EvtxFile.Begins(head)) return EvtxFile.Read(whole, f => found(f with { Place = $"{name}: {f.Place}" }), recover: false).Select(r => new UploadRecord(r));
        if (head.AsSpan().StartsWith<byte>([0xFF, 0xFE])) whole = Encoding.CreateTranscodingStream(whole, Encoding.Unicode, new UTF8Encoding(false));
        if (name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) return UploadRows.Read(whole, Limits.FrameBytesMax);
        if (UploadParts.Begins(head)) return UploadParts.Read(whole, Limits.EventBytesMax);
        // One object or list over many lines; a line each is read as it comes.
        return Pretty(head) ? Objects(whole, name) : UploadLines.Headed(UploadLines.Read(whole, Limits.FrameBytesMax));
    }

    IEnumerable<UploadRecord> Zip(Stream file, string name, int depth)
    {
        var ours = !file.CanSeek;
        if (ours)
        {
            var copy = spool();
            file.CopyTo(copy);
            copy.Position = 0;
            file = copy;
        }
        entries += ZipDirectory.Count(file, Limits.UploadEntriesMax);
        if (entries > Limits.UploadEntriesMax) throw new UploadBombException($"It holds more than {Limits.UploadEntriesMax} files.");
        file.Position = 0;
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: !ours);
        foreach (var entry in zip.Entries)
        {
            if (entry.Length == 0) continue;
            var place = $"{name}!{Said(entry.FullName)}";
            if (entry.IsEncrypted)
            {
                found(new("INT204", "The file is encrypted.", "Unpack it, and give what is in it.", place, FindingLevel.Warning));
                continue;
            }
            // One bad file in a zip does not stop the others.
            foreach (var record in Guarded(Entry(entry, place, depth), place, outer: true)) yield return record;
        }
    }

    IEnumerable<UploadRecord> Entry(ZipArchiveEntry entry, string place, int depth)
    {
        using var member = new UnpackedStream(entry.Open(), entry.CompressedLength, budget);
        foreach (var record in Open(member, place, entry.CompressedLength, depth + 1)) yield return record;
    }

    IEnumerable<UploadRecord> Deeper(string name)
    {
        found(new("INT203", "An archive in an archive in an archive is not opened.", "Unpack the outer ones.", name, FindingLevel.Warning));
        return [];
    }

    static bool Pretty(byte[] head)
    {
        var start = head.AsSpan();
        if (start.StartsWith("\uFEFF"u8)) start = start[3..];
        start = start.TrimStart(" \t\r\n"u8);
        if (start.StartsWith("["u8)) return start[1..].TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
        return start.StartsWith("{"u8) && start.IndexOf((byte)'\n') is >= 0 and var end && !ParseCli.IsJson(start[..end]);
    }

    IEnumerable<UploadRecord> Objects(Stream file, string name)
    {
        using var all = new MemoryStream();
        var chunk = new byte[64 << 10];
        for (int read; (read = file.Read(chunk)) > 0;)
        {
            if (all.Length + read > Limits.UploadJsonBytesMax) throw new InvalidDataException($"JSON over many lines is read up to {Limits.UploadJsonBytesMax} bytes: write it as an object a line.");
            all.Write(chunk, 0, read);
        }
        all.Position = 0;
        foreach (var raw in ParseCli.Records(all))
        {
            if (raw.Length > Limits.EventBytesMax) found(new("INT205", $"A record is longer than {Limits.EventBytesMax} bytes; it was cut.", "Look at what wrote it.", name, FindingLevel.Warning));
            yield return raw.Length > Limits.EventBytesMax ? new(raw.AsMemory(0, Limits.EventBytesMax), Oversized: true) : new(raw);
        }
    }

    /// <summary>What is broken ends there, with a finding; what came before stands. What grows without end stops the whole upload.</summary>
    /// <param name="outer">It is part of an archive, which ends with it when it grows without end.</param>
    IEnumerable<UploadRecord> Guarded(IEnumerable<UploadRecord> records, string place, bool outer)
    {
        using var each = records.GetEnumerator();
        while (true)
        {
            try
            {
                if (!each.MoveNext()) yield break;
            }
            catch (UploadBombException e) when (outer)
            {
                throw new UploadBombException($"{place}: {e.Message}");
            }
            catch (UploadBombException e)
            {
                found(new("INT202", $"The upload was not read to its end: {e.Message}", "Give its files one by one.", place));
                yield break;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException)
            {
                found(new("INT201", $"The file cannot be read to its end: {e.Message}", "What came before was taken; copy or pack it again.", place, FindingLevel.Warning));
                yield break;
            }
            yield return each.Current;
        }
    }

    static string Inside(string name) => name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;

    /// <summary>A stranger's name, fit to be said.</summary>
    internal static string Said(string name)
    {
        var plain = new string([.. name.Take(Limits.UploadNameCharsMax).Select(c => char.IsControl(c) ? '?' : c)]);
        return plain.Length == 0 ? "upload" : plain;
    }
}
