using System.Buffers;
using System.Security.Cryptography;
using Andon.Store.Records;

namespace Andon.Triage.Cases.Work;

/// <summary>
/// The bytes of evidence, under the data folder and by their hash: nothing there is ever served by name, overwritten or deleted. What was
/// kept twice lies there once.
/// </summary>
internal sealed class EvidenceStore(string? dataFolder)
{
    public bool Ready => dataFolder is not null;
    string Root => Path.Combine(dataFolder ?? throw new InvalidOperationException("There is no data folder."), "evidence");

    string PathOf(string sha256) => Path.Combine(Root, sha256[..2], sha256);

    /// <summary>Keeps what the stream gives, hashing as it comes; null when it is longer than the limit, of which nothing stays then.</summary>
    public async Task<(string Sha256, long Bytes)?> Keep(Stream from, long bytesMax, CancellationToken stop)
    {
        var coming = Path.Combine(Directory.CreateDirectory(Path.Combine(Root, "coming")).FullName, Guid.NewGuid().ToString("N"));
        var buffer = ArrayPool<byte>.Shared.Rent(128 << 10);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var bytes = 0L;
            await using (var file = new FileStream(coming, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                for (int read; (read = await from.ReadAsync(buffer, stop)) > 0;)
                {
                    if ((bytes += read) > bytesMax) return null;
                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), stop);
                }
                await file.FlushAsync(stop);
                DurableFiles.Flush(file.SafeFileHandle);
            }
            var sha = Convert.ToHexStringLower(hash.GetHashAndReset());
            var place = PathOf(sha);
            var folder = Path.GetDirectoryName(place)!;
            DurableFiles.MakeFolder(folder);
            if (!File.Exists(place) || !await Same(place, sha, stop)) File.Move(coming, place, overwrite: true);
            DurableFiles.FlushFolder(folder);
            return (sha, bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            File.Delete(coming);
        }
    }

    /// <summary>A file for what only passes through: gone when it is closed.</summary>
    public FileStream Passing() => new(Path.Combine(Directory.CreateDirectory(Path.Combine(Root, "coming")).FullName, Guid.NewGuid().ToString("N")),
        FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 128 << 10, FileOptions.Asynchronous | FileOptions.DeleteOnClose);

    static async Task<bool> Same(string place, string sha, CancellationToken stop)
    {
        await using var file = File.OpenRead(place);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, stop)) == sha;
    }

    /// <summary>The bytes, opened once and hashed from the same handle; null when they are gone or not those that were kept.</summary>
    public async Task<FileStream?> Open(string sha256, CancellationToken stop)
    {
        FileStream file;
        try
        {
            file = new(PathOf(sha256), FileMode.Open, FileAccess.Read, FileShare.Read, 128 << 10, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (IOException)
        {
            return null;
        }
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, stop)) == sha256)
        {
            file.Position = 0;
            return file;
        }
        await file.DisposeAsync();
        return null;
    }
}
