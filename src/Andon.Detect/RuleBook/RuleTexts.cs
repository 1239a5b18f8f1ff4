using System.Security.Cryptography;
using System.Text;

namespace Andon.Detect.RuleBook;

/// <summary>The text of every version of every rule, each under the hash of its bytes, so that a text cannot be another one than its fact says.</summary>
sealed class RuleTexts(string folder)
{
    public static string VersionOf(string yaml) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml)));

    /// <summary>Keeps a text; it is there when the fact that names it is written.</summary>
    public void Keep(string version, string yaml)
    {
        var path = PathOf(version);
        if (File.Exists(path)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path + ".new", Encoding.UTF8.GetBytes(yaml));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The text of a version, or null when it is not there or is not what its name says.</summary>
    public string? Read(string version)
    {
        if (version.Length != 64 || !version.All(char.IsAsciiHexDigitLower) || !File.Exists(PathOf(version))) return null;
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(PathOf(version)));
        return VersionOf(text) == version ? text : null;
    }

    string PathOf(string version) => Path.Combine(folder, version[..2], $"{version}.yml");
}
