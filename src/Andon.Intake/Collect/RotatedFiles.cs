namespace Andon.Intake.Collect;

/// <summary>What rotation leaves beside a followed file: its name with a number or a date behind it.</summary>
static class RotatedFiles
{
    /// <summary>The file that a mark was taken of, under its new name; or a copy of it, where rotation copies.</summary>
    public static FollowedFile? Marked(string path, FileMark mark)
    {
        var copies = new List<string>();
        foreach (var beside in Beside(path))
        {
            if (TryOpen(beside) is not { } file) continue;
            if (mark.Inode != 0 && file.Inode == mark.Inode && file.Resume(mark)) return file;
            file.Dispose();
            copies.Add(beside);
        }
        foreach (var beside in copies)
        {
            if (TryOpen(beside) is not { } file) continue;
            if (file.Resume(mark, anyInode: true)) return file;
            file.Dispose();
        }
        return null;
    }

    /// <summary>The oldest file that was rotated away after this one and before it was looked at; null when the path itself comes next.</summary>
    /// <param name="packed">Told of each that was packed meanwhile and so cannot be followed.</param>
    public static FollowedFile? After(string path, FollowedFile last, Action<string> packed)
    {
        var own = Beside(path).FirstOrDefault(f => InodeOf(f) == last.Inode);
        var written = last.WrittenUtc;
        var newer = Beside(path).Where(f => HasNumber(f[path.Length..]) && (own is null ? File.GetLastWriteTimeUtc(f) > written : IsNewer(f[path.Length..], own[path.Length..]))).ToList();
        newer.Sort((a, b) => IsNewer(a[path.Length..], b[path.Length..]) ? 1 : IsNewer(b[path.Length..], a[path.Length..]) ? -1 : 0); // The oldest first.
        foreach (var beside in newer)
            if (IsPacked(beside)) packed(beside);
            else if (TryOpen(beside) is { } file) return file;
        return null;
    }

    // By name, for a writer may go on in a file that was rotated away: numbers grow with age, dates with time.
    static bool IsNewer(string behind, string than)
    {
        var (one, two) = (Number(behind), Number(than));
        return one >= 0 && two >= 0 ? one < two : one < 0 && two < 0 && string.CompareOrdinal(behind, than) > 0;
    }

    static int Number(string behind)
    {
        var digits = behind.AsSpan(1);
        if (digits.IndexOf('.') is >= 0 and var end) digits = digits[..end];
        return digits.Length <= 4 && int.TryParse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    static ulong InodeOf(string path)
    {
        using var file = TryOpen(path);
        return file?.Inode ?? 0;
    }

    static IEnumerable<string> Beside(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "/";
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Where(f => f.Length > path.Length && f.StartsWith(path, StringComparison.Ordinal))
            : [];
    }

    static bool HasNumber(string behind) => behind.Length > 1 && behind[0] is '.' or '-' or '_' && char.IsAsciiDigit(behind[1]) && (IsPacked(behind) || behind.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '_' or ':' or 'T'));

    static bool IsPacked(string path) => Path.GetExtension(path) is ".gz" or ".bz2" or ".xz" or ".zst" or ".zip";

    static FollowedFile? TryOpen(string path)
    {
        try
        {
            return FollowedFile.Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // Not ours to read, so not one that was followed.
        }
    }
}
