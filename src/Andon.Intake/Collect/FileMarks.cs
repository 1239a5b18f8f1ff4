using System.Security.Cryptography;
using System.Text.Json;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>Where a file was read to: which file (inode, hash of its beginning) and the offset behind the last whole line taken.</summary>
sealed record FileMark(ulong Inode, int FingerprintLength, string Fingerprint, long Offset, bool Done);

/// <summary>The marks of all files, saved atomically in the data folder.</summary>
sealed class FileMarks(string folder)
{
    readonly string path = Path.Combine(folder, "files.json");
    readonly Lock gate = new();
    Dictionary<string, FileMark> marks = [];

    /// <summary>Reads the saved marks; broken ones are a finding, and the files are read from their beginning: twice is better than never.</summary>
    public void Load(IFindings findings)
    {
        try
        {
            if (File.Exists(path)) marks = JsonSerializer.Deserialize<Dictionary<string, FileMark>>(File.ReadAllText(path)) ?? [];
        }
        catch (JsonException e)
        {
            findings.Raise("intake", new("INT033", $"The marks of followed files are broken: {e.Message}", "The files are read again from their beginning; look for records that came twice.", path, FindingLevel.Warning));
        }
    }

    public FileMark? Of(string file) { lock (gate) return marks.GetValueOrDefault(file); }

    public void Save(string file, FileMark mark)
    {
        lock (gate)
        {
            marks[file] = mark;
            Durable.Write(path, JsonSerializer.SerializeToUtf8Bytes(marks));
        }
    }

    public static FileMark Take(FileStream file, long offset, bool done)
    {
        var head = new byte[(int)Math.Min(Limits.FingerprintBytes, offset)];
        file.Position = 0;
        file.ReadExactly(head);
        return new(InodeOf(file), head.Length, Convert.ToHexString(SHA256.HashData(head)), offset, done);
    }

    /// <summary>Is this the file that the mark was taken of, and still at least as long?</summary>
    public static bool Fits(FileMark mark, FileStream file)
    {
        if (file.Length < mark.Offset || (mark.Inode != 0 && InodeOf(file) is not 0 and var inode && inode != mark.Inode)) return false;
        var head = new byte[mark.FingerprintLength];
        file.Position = 0;
        file.ReadExactly(head);
        return Convert.ToHexString(SHA256.HashData(head)) == mark.Fingerprint;
    }

    /// <summary>The kernel says it in /proc; 0 where it does not (then the fingerprint alone decides).</summary>
    public static ulong InodeOf(FileStream file)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/self/fdinfo/{file.SafeFileHandle.DangerousGetHandle()}"))
                if (line.StartsWith("ino:", StringComparison.Ordinal) && ulong.TryParse(line.AsSpan(4).Trim(), System.Globalization.CultureInfo.InvariantCulture, out var inode)) return inode;
        }
        catch (IOException)
        {
            // No /proc here.
        }
        return 0;
    }
}

/// <summary>A file is either the old one or the new one, also after a power cut.</summary>
static class Durable
{
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? ".");
        var next = path + ".new";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
    }
}
