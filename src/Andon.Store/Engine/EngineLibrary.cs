using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Andon.Model;

namespace Andon.Store.Engine;

/// <summary>Where the engine's library is, and whether it is the one file this version was tested with.</summary>
static partial class EngineLibrary
{
    public const string Package = "@chdb/lib-linux-x64-gnu";
    public const string PackageVersion = "26.7.3-stable.1";
    public const string VersionPrefix = "26.7.3";
    public const string Sha256 = "36ad4e999882821ef13cf2d0f52c93f48e6ee1b4498b35a201c23ce4b8d15bf5";
    public const string Variable = "ANDON_ENGINE_LIBRARY";
    const string Below = "engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so";

    public static bool PlatformHasOne => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && !File.Exists("/lib/ld-musl-x86_64.so.1");

    public static Finding NoPlatform() => new(
        "ENG001", $"There is no event engine for {RuntimeInformation.OSDescription} on {RuntimeInformation.ProcessArchitecture}; it exists for Linux on x86-64 with glibc.",
        "Set the event store's server address (setting eventStore.serverUrl), for example http://clickhouse.example:8123.", "eventStore.serverUrl");

    /// <summary>The library's path: the one told, else the environment's, else engine/ beside the program or above it.</summary>
    public static string? Find(string? told)
    {
        if (!string.IsNullOrEmpty(told)) return told;
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable) return variable;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Path.Combine(at.FullName, Below) is var path && File.Exists(path)) return path;
        return null;
    }

    /// <summary>Null when the file may be loaded. Its hash is taken once; a small file remembers the verdict for exactly this file.</summary>
    public static Finding? Check(string? path, string verdictFile)
    {
        if (!PlatformHasOne) return NoPlatform();
        if (path is null || !File.Exists(path))
            return new("ENG002", path is null ? "The event engine's library is not installed." : $"The event engine's library {path} does not exist.",
                $"Run npm ci in the folder engine, or name the file in {Variable}.", path ?? Below);

        var identity = IdentityOf(path);
        if (identity is not null && ReadVerdict(verdictFile) == identity) return null;

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (hash != Sha256)
            return new("ENG003", $"The event engine's library has SHA-256 {hash}, expected {Sha256}; it was not loaded.",
                $"Install {Package} {PackageVersion} again (npm ci in the folder engine).", path);
        if (identity is not null) File.WriteAllText(verdictFile, identity);
        return null;
    }

    static string? ReadVerdict(string file)
    {
        try { return File.Exists(file) ? File.ReadAllText(file) : null; }
        catch (IOException) { return null; }
    }

    /// <summary>Hash expected, path, size, inode and times: a changed file is checked anew.</summary>
    static unsafe string? IdentityOf(string path)
    {
        const int AtCurrentFolder = -100;
        const uint BasicStats = 0x7ff;
        var stat = stackalloc ulong[32];
        return Statx(AtCurrentFolder, path, 0, BasicStats, stat) != 0
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{Sha256} {path} ino={stat[4]} size={stat[5]} ctime={stat[12]}.{(uint)stat[13]} mtime={stat[14]}.{(uint)stat[15]}");
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, ulong* stat);
}
