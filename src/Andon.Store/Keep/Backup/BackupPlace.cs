using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Store.Keep.Backup;

/// <summary>
/// A folder of backups: <c>objects/</c> holds each file once, named by the SHA-256 of its bytes; each backup is a manifest. What did
/// not change since the last backup is not copied again. A backup under way is <c>NAME.unfinished</c> until its manifest stands.
/// </summary>
sealed class BackupPlace
{
    const string Objects = "objects", Mark = "andon-backups", UnfinishedSuffix = ".unfinished";
    const int BufferBytes = 1 << 20;

    readonly string folder;
    readonly Dictionary<string, KeptFile> before;
    readonly HashSet<string> vouched;
    readonly Dictionary<string, KeptFile> files = new(StringComparer.Ordinal);

    public string Name { get; }
    public long BytesCopied { get; private set; }

    BackupPlace(string folder, string name, IEnumerable<KeptFile> before)
    {
        (this.folder, Name, this.before) = (folder, name, before.DistinctBy(f => f.Path).ToDictionary(f => f.Path, StringComparer.Ordinal));
        vouched = [.. this.before.Values.Select(f => f.Sha256)];
    }

    public IReadOnlyList<KeptFile> Files => [.. files.Values];

    /// <summary>Begins a backup: in an empty or new folder, or in one that holds backups already.</summary>
    public static BackupPlace Begin(string folder, TimeProvider clock)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() && !File.Exists(Path.Combine(folder, Mark)))
            throw new BackupRefusedException(new("BAK001", $"{folder} is not empty and holds no backups.", "Name a new folder, or one with backups."));
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(folder, Mark), "Backups of Andon. Restore one with: andon restore FOLDER --data NEW-FOLDER\n");
        Directory.CreateDirectory(Path.Combine(folder, Objects));
        // Names go up, also when two begin within a second or the clock was set back.
        var name = DateTimeOffset.FromUnixTimeMilliseconds(clock.NowMs()).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        for (var n = 2; File.Exists(Manifest.PathOf(folder, name)) || File.Exists(Path.Combine(folder, name + UnfinishedSuffix)); n++)
            name = $"{name.Split('.')[0]}.{n.ToString("D3", CultureInfo.InvariantCulture)}";
        var last = Manifest.Names(folder) is [.., var newest] ? Manifest.Read(folder, newest).Files : [];
        DurableFiles.Replace(Path.Combine(folder, name + UnfinishedSuffix), []);
        return new(folder, name, last);
    }

    /// <summary>Takes a file in. One that never changes (a sealed segment, a part of a table) is not read when the last backup has it.</summary>
    public void Add(string path, string source, bool unchanging, long? length = null)
    {
        using var handle = File.OpenHandle(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = length ?? RandomAccess.GetLength(handle);
        var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(handle)).ToUnixTimeMilliseconds();
        if (unchanging && before.TryGetValue(path, out var kept) && kept.Bytes == bytes && kept.ModifiedMs == modified && File.Exists(ObjectPath(folder, kept.Sha256)))
        {
            files[path] = kept;
            return;
        }
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var temporary = Path.Combine(folder, Objects, $"{Name}.tmp");
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using (var to = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
            {
                for (long at = 0; at < bytes;)
                {
                    var read = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(BufferBytes, bytes - at)), at);
                    if (read == 0) throw new BackupRefusedException(new("BAK006", $"{source} became shorter while it was copied.", "Choose another one, or take a new backup."));
                    sha.AppendData(buffer.AsSpan(0, read));
                    RandomAccess.Write(to, buffer.AsSpan(0, read), at);
                    at += read;
                }
                if (!OperatingSystem.IsLinux()) DurableFiles.Flush(to);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        Take(path, temporary, Convert.ToHexStringLower(sha.GetHashAndReset()), bytes, modified);
    }

    /// <summary>Takes bytes in that were read at a certain moment.</summary>
    public void Add(string path, byte[] content)
    {
        var temporary = Path.Combine(folder, Objects, $"{Name}.tmp");
        File.WriteAllBytes(temporary, content);
        Take(path, temporary, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length, 0);
    }

    void Take(string path, string temporary, string hash, long bytes, long modified)
    {
        var target = ObjectPath(folder, hash);
        // One from an unfinished backup may not have reached the disk whole, though it has its length: only a finished one vouches for it.
        if (vouched.Contains(hash) && File.Exists(target) && new FileInfo(target).Length == bytes) File.Delete(temporary);
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(temporary, target, overwrite: true);
            vouched.Add(hash); // By this run, which flushes it before it is finished.
            BytesCopied += bytes;
        }
        files[path] = new(path, bytes, hash, modified);
    }

    /// <summary>Makes everything durable, then writes the manifest; returns its hash.</summary>
    public string Finish(Manifest manifest)
    {
        DurableFiles.FlushVolume(folder);
        var hash = manifest.Write(folder);
        foreach (var left in Directory.GetFiles(folder, "*" + UnfinishedSuffix)) File.Delete(left);
        return hash;
    }

    /// <summary>The manifest to restore: of that name, or the newest. Refuses by name what was never finished.</summary>
    public static Manifest Choose(string folder, string? name)
    {
        var finished = Manifest.Names(folder);
        // The manifest decides: a mark that a power cut brought back beside it says nothing.
        var unfinished = Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + UnfinishedSuffix).Select(f => Path.GetFileNameWithoutExtension(f)).Except(finished, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() : [];
        if (name is null && unfinished is [.., var cut] && (finished.Count == 0 || string.CompareOrdinal(cut, finished[^1]) > 0))
            throw new BackupRefusedException(new("BAK003", $"The backup {cut} in {folder} was never finished and cannot be restored.", $"{(finished.Count == 0 ? "Take a new one." : $"Take a new one, or restore an older one with --backup {finished[^1]}.")}"));
        if (name is not null && unfinished.Contains(name)) throw new BackupRefusedException(new("BAK003", $"The backup {name} in {folder} was never finished and cannot be restored.", "Choose another one, or take a new backup."));
        if (finished.Count == 0) throw new BackupRefusedException(new("BAK002", $"{folder} holds no backup.", "Choose another one, or take a new backup."));
        if (name is not null && !finished.Contains(name)) throw new BackupRefusedException(new("BAK002", $"{folder} holds no backup {name}.", $"It holds: {string.Join(", ", finished)}."));
        return Manifest.Read(folder, name ?? finished[^1]);
    }

    /// <summary>Puts a kept file where it belongs; its bytes are checked on the way.</summary>
    public static void PutBack(string folder, KeptFile file, string target)
    {
        var source = ObjectPath(folder, file.Sha256);
        if (!File.Exists(source)) throw new BackupRefusedException(new("BAK007", $"The backup lacks the bytes of {file.Path}.", "Restore another one."));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var from = File.OpenHandle(source);
        using var to = File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long at = 0;
            for (int read; (read = RandomAccess.Read(from, buffer, at)) > 0; at += read)
            {
                sha.AppendData(buffer.AsSpan(0, read));
                RandomAccess.Write(to, buffer.AsSpan(0, read), at);
            }
            if (at != file.Bytes || Convert.ToHexStringLower(sha.GetHashAndReset()) != file.Sha256)
                throw new BackupRefusedException(new("BAK007", $"The kept bytes of {file.Path} are not what was backed up.", "Restore another backup."));
            if (!OperatingSystem.IsLinux()) DurableFiles.Flush(to);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static string ObjectPath(string folder, string hash) => Path.Combine(folder, Objects, hash[..2], hash);
}
