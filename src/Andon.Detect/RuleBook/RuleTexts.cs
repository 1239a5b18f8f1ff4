using System.Security.Cryptography;
using System.Text;
using Andon.Store.Records;

namespace Andon.Detect.RuleBook;

/// <summary>The text of every version of every rule, each under the hash of its bytes, so that a text cannot be another one than its fact says.</summary>
sealed class RuleTexts(string folder)
{
    public static string VersionOf(string yaml) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml)));

    /// <summary>Keeps a text; it is there when the fact that names it is written.</summary>
    /// <param name="ours">It came with the program, which brings it again; anybody else's is flushed by <see cref="Flush"/>.</param>
    public void Keep(string version, string yaml, bool ours)
    {
        var path = PathOf(version);
        if (Read(version) is not null) return; // Whole, not just there: a power cut may have left a name.
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path + ".new", Encoding.UTF8.GetBytes(yaml));
        File.Move(path + ".new", path, overwrite: true);
        unflushed |= !ours;
    }

    /// <summary>The text of a version, or null when it is not there or is not what its name says.</summary>
    public string? Read(string version)
    {
        if (version.Length != 64 || !version.All(char.IsAsciiHexDigitLower) || !File.Exists(PathOf(version))) return null;
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(PathOf(version)));
        return VersionOf(text) == version ? text : null;
    }

    /// <summary>Makes what was kept durable, at once for all: an import may bring thousands.</summary>
    public void Flush()
    {
        if (!unflushed) return;
        DurableFiles.FlushVolume(folder);
        unflushed = false;
    }

    bool unflushed;

    string PathOf(string version) => Path.Combine(folder, version[..2], $"{version}.yml");
}
