using System.Runtime.InteropServices;

namespace Andon.Bench.Searching;

/// <summary>Throws files out of the page cache, so that the next read is the disk's.</summary>
static partial class Cold
{
    const int DontNeed = 4;

    public static void Drop(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            try
            {
                using var file = File.OpenHandle(path);
                _ = Advise((int)file.DangerousGetHandle(), 0, 0, DontNeed);
            }
            catch (IOException) { } // A part that was merged away meanwhile.
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int file, long offset, long length, int advice);
}
