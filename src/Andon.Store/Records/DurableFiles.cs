using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Andon.Store.Records;

/// <summary>Files and folders whose bytes and names survive a power cut: what is to be kept is written here and nowhere else.</summary>
public static partial class DurableFiles
{
    /// <summary>
    /// Makes a folder, and those above it that are missing, with names that survive: what is flushed into a folder whose own name was
    /// not is gone with it.
    /// </summary>
    public static void MakeFolder(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetDirectoryName(folder) is not { } above) return;
        if (Directory.Exists(folder))
        {
            // Whoever made it may have died before its name was flushed. A folder above that is not ours to read is not ours to flush.
            try { FlushFolder(above); }
            catch (IOException) { }
            return;
        }
        if (!Directory.Exists(above)) MakeFolder(above);
        Directory.CreateDirectory(folder);
        FlushFolder(above);
    }

    /// <summary>
    /// fsync of a folder: a new or renamed file is only durable with its folder's entry. .NET opens no folder, hence three calls into libc.
    /// Windows keeps entries in its journal and needs none.
    /// </summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, OperatingSystem.IsLinux() ? CloseOnExec : 0);
        if (descriptor < 0) throw new IOException($"Cannot open the folder {folder} to flush it (errno {Marshal.GetLastPInvokeError()}).");
        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        // Some network file systems refuse fsync of a folder (EINVAL) because they need none.
        if (failed && error != InvalidArgument) throw new IOException($"Cannot flush the folder {folder} (errno {error}).");
    }

    /// <summary>
    /// fsync of a file: on return its bytes survive a power cut. .NET's own FlushToDisk passes over an fsync that failed (seen in 10.0.12: its native
    /// half answers 1, its managed half looks for less than 0), and what failed once may be gone although the next one succeeds.
    /// </summary>
    /// <exception cref="IOException">It failed; the errno is its HResult.</exception>
    public static void Flush(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }
        var error = Interrupted;
        while (error == Interrupted)
            if (FsyncFile(file) == 0) return;
            else error = Marshal.GetLastPInvokeError();
        if (error != InvalidArgument) throw new IOException($"A file cannot be flushed to the disk: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <summary>Replaces a small file so that after a crash the old or the new content stands, never a mixture. Makes its folder where there is none.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content) => Replace(path, content, onlyOwner: false);

    /// <summary>The same; a secret is for its owner alone from its first byte on.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content, bool onlyOwner)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
        if (!Directory.Exists(folder)) MakeFolder(folder);
        var temporary = path + ".tmp";
        if (onlyOwner) File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (onlyOwner && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
        {
            var handle = file.SafeFileHandle;
            RandomAccess.Write(handle, content, 0);
            Flush(handle);
        }
        File.Move(temporary, path, overwrite: true);
        FlushFolder(folder);
    }

    /// <summary>Flushes everything that was written to the volume of that folder: one call instead of one for each of thousands of files.</summary>
    public static void FlushVolume(string folder)
    {
        if (!OperatingSystem.IsLinux()) return; // Elsewhere whoever wrote the files flushed them one by one.
        var descriptor = Open(folder, CloseOnExec);
        if (descriptor < 0) throw new IOException($"Cannot open the folder {folder} to flush it (errno {Marshal.GetLastPInvokeError()}).");
        var failed = SyncVolume(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed) throw new IOException($"Cannot flush the volume of {folder} (errno {error}).");
    }

    const int CloseOnExec = 0x80000;
    const int InvalidArgument = 22, Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FsyncFile(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncVolume(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
