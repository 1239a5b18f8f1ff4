using System.Buffers;
using System.Security.Cryptography;

namespace Andon.Intake.Collect.Uploads;

/// <summary>Where uploads wait while they are read. Their files have names of ours and are gone when closed; what a killed program left is gone at the next start.</summary>
sealed class UploadSpool
{
    readonly string folder;

    public UploadSpool(string dataFolder)
    {
        folder = Path.Combine(dataFolder, "uploads");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    public FileStream Open()
    {
        Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(Path.Combine(folder, Guid.NewGuid().ToString("N")), options);
    }

    /// <summary>Takes all that comes; returns its SHA-256. The file stands at its beginning.</summary>
    /// <exception cref="UploadDiskException">There is no room for it.</exception>
    public static async Task<string> Fill(FileStream file, Stream from, CancellationToken stop)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = ArrayPool<byte>.Shared.Rent(128 << 10);
        try
        {
            for (int read; (read = await from.ReadAsync(chunk, stop)) > 0;)
            {
                sum.AppendData(chunk, 0, read);
                try
                {
                    await file.WriteAsync(chunk.AsMemory(0, read), stop);
                }
                catch (IOException e)
                {
                    throw new UploadDiskException(e.Message);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
        file.Position = 0;
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }
}

/// <summary>The disk has no room for the upload.</summary>
sealed class UploadDiskException(string message) : Exception(message);
