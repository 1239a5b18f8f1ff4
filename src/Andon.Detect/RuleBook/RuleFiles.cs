using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Andon.Detect.Sigma.Parsing;
using Andon.Detect.Sigma.Pipelines;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>Reads rules from files, folders and zips, in a fixed order. What cannot be read is a finding.</summary>
static class RuleFiles
{
    public static List<SigmaFile> Load(string path, string label, Reading reading)
    {
        var files = new List<SigmaFile>();
        if (Directory.Exists(path))
            foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                One(file, Path.Combine(label, Path.GetRelativePath(path, file)).Replace('\\', '/'), reading, files);
        else if (File.Exists(path)) One(path, label, reading, files);
        else files.Add(Unread(label, "SIG120", "There is no such file or folder.", "Give a rule file, a folder or a zip."));
        return files;
    }

    public static List<SigmaFile> Zip(Stream stream, string label, Reading reading)
    {
        var files = new List<SigmaFile>();
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            if (zip.Entries.Count > Limits.ZipEntriesMax) return [Unread(label, "SIG121", $"The zip has more than {Limits.ZipEntriesMax} entries.", "Split it.")];
            long bytes = 0;
            foreach (var entry in zip.Entries.OrderBy(e => e.FullName, StringComparer.Ordinal))
            {
                if (!IsYaml(entry.FullName)) continue;
                var name = $"{label}/{entry.FullName}";
                if (entry.Length > Limits.RuleFileBytesMax || (bytes += entry.Length) > Limits.ZipBytesMax) { files.Add(Unread(name, "SIG001", "The file, or the zip with it, is too large.", "Split it.")); continue; }
                using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
                // The length an archive states may lie, so no more than it stated is read.
                var buffer = new char[(int)entry.Length + 1];
                Add(name, new string(buffer, 0, reader.ReadBlock(buffer)), reading, files);
            }
        }
        catch (InvalidDataException)
        {
            files.Add(Unread(label, "SIG122", "The file is not a readable zip.", "Pack it again."));
        }
        return files;
    }

    static void One(string file, string label, Reading reading, List<SigmaFile> files)
    {
        try
        {
            if (file.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                using var stream = File.OpenRead(file);
                files.AddRange(Zip(stream, label, reading));
            }
            else if (IsYaml(file))
            {
                if (new FileInfo(file).Length > Limits.RuleFileBytesMax) files.Add(Unread(label, "SIG001", "The file is too large.", "Split it."));
                else Add(label, File.ReadAllText(file), reading, files);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            files.Add(Unread(label, "SIG120", $"The file cannot be read: {e.Message}", "Check its permissions."));
        }
    }

    // A zip of a whole rule repository holds YAML that is not a rule (pipelines, test data): without a rule's keys it is left out there.
    static void Add(string label, string text, Reading reading, List<SigmaFile> files)
    {
        if (label.Contains(".zip/", StringComparison.Ordinal) && !LooksLikeSigma(text)) return;
        files.Add(SigmaReader.Read(label, text, reading));
    }

    static bool LooksLikeSigma(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
            if (line.StartsWith("detection:") || line.StartsWith("correlation:") || line.StartsWith("filter:") || line.StartsWith("logsource:")) return true;
        return false;
    }

    public static bool IsYaml(string name) => name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase);

    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    static SigmaFile Unread(string label, string code, string message, string hint) => new(label, [], [new(code, message, hint, label)], 1);
}
