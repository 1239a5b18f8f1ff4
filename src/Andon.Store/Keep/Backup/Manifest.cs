using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Store.Keep.Backup;

/// <summary>One file of a backup: where it belongs in the data folder, and what its bytes are.</summary>
/// <param name="ModifiedMs">Of the source, to see without reading that a sealed file is the one already kept.</param>
sealed record KeptFile(string Path, long Bytes, string Sha256, long ModifiedMs);

/// <param name="Create">The engine's own statement that makes it.</param>
sealed record KeptTable(string Name, string Create, long Rows, int Parts);

/// <summary>Where each log stood. What is downstream was copied first, so that everything that it names is in what was copied after.</summary>
sealed record KeptPositions(long RecordsNext, long HitsNext, long Facts, long EventStore, long AlertsTable);

/// <summary>What a finished backup consists of. Written last; without it there is no backup.</summary>
sealed record Manifest(int Format, string Name, long TakenMs, string Database, KeptPositions Positions, IReadOnlyList<KeptTable> Tables, IReadOnlyList<KeptFile> Files)
{
    public const int FormatNow = 1;
    const string Suffix = ".json";

    public static string PathOf(string place, string name) => Path.Combine(place, name + Suffix);

    /// <summary>Writes it durably, its own hash in the first line; returns that hash.</summary>
    public string Write(string place)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(this, FactTypes.Json);
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        DurableFiles.Replace(PathOf(place, Name), [.. Encoding.ASCII.GetBytes(hash + "\n"), .. body]);
        return hash;
    }

    public static Manifest Read(string place, string name)
    {
        var bytes = File.ReadAllBytes(PathOf(place, name)).AsSpan();
        var line = bytes.IndexOf((byte)'\n');
        if (line < 0 || Encoding.ASCII.GetString(bytes[..line]) != Convert.ToHexStringLower(SHA256.HashData(bytes[(line + 1)..])))
            throw new BackupRefusedException(new("BAK004", $"The manifest of the backup {name} is not what was written.", "Take another backup."));
        var manifest = JsonSerializer.Deserialize<Manifest>(bytes[(line + 1)..], FactTypes.Json) ?? throw new BackupRefusedException(new("BAK004", $"The manifest of the backup {name} is empty.", "Choose another one, or take a new backup."));
        return manifest.Format == FormatNow ? manifest
            : throw new BackupRefusedException(new("BAK005", $"The backup {name} has format {manifest.Format}; this program reads format {FormatNow}.", "Use the program that made it or a newer one."));
    }

    /// <summary>Names of the finished backups, oldest first.</summary>
    public static IReadOnlyList<string> Names(string place) =>
        Directory.Exists(place) ? [.. Directory.GetFiles(place, "*" + Suffix).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)] : [];
}

/// <summary>A backup cannot be taken or restored, and why.</summary>
public sealed class BackupRefusedException(Finding finding) : IOException(finding.ToString())
{
    public Finding Finding { get; } = finding;
}
