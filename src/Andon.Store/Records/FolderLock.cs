namespace Andon.Store.Records;

/// <summary>One process owns a data folder. The lock is the operating system's, so it ends with the process however that ends.</summary>
internal sealed class FolderLock : IDisposable
{
    readonly FileStream held;

    FolderLock(FileStream held) => this.held = held;

    public static FolderLock Take(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && !SegmentFile.IsDiskFull(e))
        {
            throw new FolderInUseException($"The folder {folder} is in use by another running Andon (lock file {path}). Stop that one, or give this one another --data folder.", e);
        }
    }

    public void Dispose() => held.Dispose();
}

/// <summary>Another process owns the data folder.</summary>
public sealed class FolderInUseException(string message, Exception inner) : IOException(message, inner);
