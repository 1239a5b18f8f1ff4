using System.Runtime.InteropServices;

namespace Andon.Store.Records;

/// <summary>Names of files that survive a power cut.</summary>
internal static partial class DurableFiles
{
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

    /// <summary>Replaces a small file so that after a crash the old or the new content stands, never a mixture.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }
        File.Move(temporary, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path) ?? ".");
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
    const int InvalidArgument = 22;

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
