using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Andon.Intake.Collect;

/// <summary>
/// An open file and how far it was taken. It remembers its own beginning and the last bytes that were taken, so that a file which was cut to nothing
/// and filled anew is told from one that grew, whatever its length.
/// </summary>
sealed class FollowedFile : IDisposable
{
    readonly byte[] head = new byte[Limits.FingerprintBytes], before = new byte[Limits.FingerprintBytes];
    int headLength, beforeLength;

    FollowedFile(SafeFileHandle handle)
    {
        Handle = handle;
        Inode = InodeOf(handle);
    }

    public SafeFileHandle Handle { get; }
    public ulong Inode { get; }
    public long Offset { get; private set; }
    /// <summary>The offset lies inside a line that was longer than the limit.</summary>
    public bool Cut { get; set; }
    public FileText? Text { get; private set; }
    /// <summary>What the head of the file says of the lines that are being taken.</summary>
    public HeadLines Head { get; } = new();
    HeadState? headState;
    public long Length => RandomAccess.GetLength(Handle);
    public DateTime WrittenUtc => File.GetLastWriteTimeUtc(Handle);

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static FollowedFile? Open(string path)
    {
        try
        {
            return new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Goes on where the mark stands, when this is the file that it was taken of.</summary>
    /// <param name="anyInode">A copy of it will do: rotation by copying leaves the lines in another file.</param>
    public bool Resume(FileMark mark, bool anyInode = false)
    {
        if (Length < mark.Offset) return false;
        if (anyInode ? mark.FingerprintLength == 0 : mark.Inode != 0 && Inode != 0 && Inode != mark.Inode) return false;
        headLength = Read(head.AsSpan(0, Math.Min(mark.FingerprintLength, head.Length)), 0);
        beforeLength = Read(before.AsSpan(0, (int)Math.Min(mark.Offset, before.Length)), mark.Offset - Math.Min(mark.Offset, before.Length));
        if (headLength != mark.FingerprintLength || Hash(head.AsSpan(0, headLength)) != mark.Fingerprint) return false;
        if (mark.Before.Length > 0 && Hash(before.AsSpan(0, beforeLength)) != mark.Before) return false;
        (Offset, Cut, headState) = (mark.Offset, mark.Cut, mark.Head);
        return true;
    }

    /// <summary>Lines are taken from the offset on, for the first time or again.</summary>
    public void Rewind()
    {
        if (Offset == 0 || (Offset == 2 && Text?.Unit == 2)) Head.Clear();
        else Head.Resume(headState);
    }

    /// <summary>Is it still the file that was read so far, or longer? One that was cut off, or written anew, is not.</summary>
    public bool IsSame() => Length >= Offset && Stands(head.AsSpan(0, headLength), 0) && Stands(before.AsSpan(0, beforeLength), Offset - beforeLength);

    public void Begin()
    {
        (Offset, headLength, beforeLength, Cut, Text, headState) = (0, 0, 0, false, null, null);
    }

    /// <summary>Looks how its text is written; false while it is too short to tell.</summary>
    public bool Tells()
    {
        if (Text is not null) return true;
        Span<byte> start = stackalloc byte[2];
        if (Read(start, 0) < 2) return false;
        Text = FileText.Of(start);
        if (Offset == 0 && Text.Unit == 2) Advance(start); // Its mark is no part of the first line.
        return true;
    }

    /// <summary>These bytes were taken.</summary>
    public void Advance(ReadOnlySpan<byte> taken)
    {
        var first = taken[..Math.Min(taken.Length, head.Length - headLength)];
        first.CopyTo(head.AsSpan(headLength));
        headLength += first.Length;
        var last = taken.Length > before.Length ? taken[^before.Length..] : taken;
        var keep = Math.Min(beforeLength, before.Length - last.Length);
        before.AsSpan(beforeLength - keep, keep).CopyTo(before);
        last.CopyTo(before.AsSpan(keep));
        beforeLength = keep + last.Length;
        Offset += taken.Length;
        headState = Head.State;
    }

    public FileMark Mark(bool done) => new(Inode, headLength, Hash(head.AsSpan(0, headLength)), Offset, done, Cut, Hash(before.AsSpan(0, beforeLength))) { Head = headState };

    bool Stands(ReadOnlySpan<byte> bytes, long at)
    {
        Span<byte> now = stackalloc byte[Limits.FingerprintBytes];
        return Read(now[..bytes.Length], at) == bytes.Length && now[..bytes.Length].SequenceEqual(bytes);
    }

    int Read(Span<byte> into, long at)
    {
        var read = 0;
        while (read < into.Length && RandomAccess.Read(Handle, into[read..], at + read) is > 0 and var more) read += more;
        return read;
    }

    static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    // The kernel says it in /proc; 0 where it does not (then the fingerprint alone decides).
    static ulong InodeOf(SafeFileHandle handle)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/self/fdinfo/{handle.DangerousGetHandle()}"))
                if (line.StartsWith("ino:", StringComparison.Ordinal) && ulong.TryParse(line.AsSpan(4).Trim(), System.Globalization.CultureInfo.InvariantCulture, out var inode)) return inode;
        }
        catch (IOException)
        {
            // No /proc here.
        }
        return 0;
    }

    public void Dispose() => Handle.Dispose();
}
