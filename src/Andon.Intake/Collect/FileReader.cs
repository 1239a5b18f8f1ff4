using System.Buffers;
using Andon.Intake.Normalise;
using Andon.Model;
using Microsoft.Extensions.Hosting;

namespace Andon.Intake.Collect;

/// <summary>
/// Takes in one file, a record a line: once, or following it. The mark is saved after the lines are in the log, so a crash repeats the last
/// block at most. A rotated file is read to its end before the new one; a truncated or replaced one is read from its beginning.
/// </summary>
sealed class FileReader(FileInput input, FileMarks marks, Listener listener, TimeProvider clock, IFindings findings) : BackgroundService
{
    // The host travels with each record: a replay elsewhere must make the same event of it.
    readonly Origin origin = new(Hints.FileListener, input.Path, Hints.Of(input.Format, input.Host ?? Environment.MachineName));
    readonly Origin oversizedOrigin = new(Hints.FileListener, input.Path, Hints.Of(input.Format, input.Host ?? Environment.MachineName, Hints.Oversized));
    readonly byte[] buffer = new byte[Limits.FrameBytesMax + (256 << 10)];
    readonly List<RecordDraft> drafts = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        listener.Address = input.Path;
        FileStream? file = null;
        try
        {
            while (true)
            {
                file ??= Open(resume: true);
                if (file is not null)
                {
                    var offset = await ReadOn(file, stoppingToken);
                    if (!input.Tail)
                    {
                        if (!(marks.Of(input.Path)?.Done ?? false)) await Finish(file, offset, stoppingToken);
                        listener.State = "read";
                        return;
                    }
                    if (file.Length < offset)
                    {
                        findings.Raise("intake", new("INT031", $"{input.Path} became shorter while it was followed.", "It was truncated in place; lines written between the last look and that are lost. Rotate by renaming.", input.Path, FindingLevel.Warning));
                        marks.Save(input.Path, FileMarks.Take(file, 0, done: false));
                        continue;
                    }
                    if (Replaced(file))
                    {
                        offset = await ReadOn(file, stoppingToken); // What came between the last look and the rename.
                        await Finish(file, offset, stoppingToken);
                        await file.DisposeAsync();
                        file = Open(resume: false);
                        if (file is not null) marks.Save(input.Path, FileMarks.Take(file, 0, done: false));
                        continue;
                    }
                }
                else if (!input.Tail)
                {
                    listener.State = "not found";
                    findings.Raise("intake", new("INT030", $"{input.Path} is not there.", "Give the path of a readable file.", input.Path));
                    return;
                }
                await Task.Delay(TimeSpan.FromMilliseconds(Limits.TailPollMs), clock, stoppingToken);
            }
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
        }
    }

    /// <summary>Opens the path; when it is another file than the mark's, the marked one is looked for beside it (it was rotated while we were away) and read first.</summary>
    FileStream? Open(bool resume)
    {
        var now = TryOpen(input.Path);
        if (!resume || marks.Of(input.Path) is not { } mark || (now is not null && FileMarks.Fits(mark, now))) return now;
        var folder = Path.GetDirectoryName(Path.GetFullPath(input.Path)) ?? "/";
        if (mark.Inode != 0 && mark.FingerprintLength > 0 && Directory.Exists(folder))
        {
            foreach (var beside in Directory.EnumerateFiles(folder, Path.GetFileName(input.Path) + "*"))
            {
                if (TryOpen(beside) is not { } old) continue;
                if (FileMarks.Fits(mark, old))
                {
                    now?.Dispose();
                    return old;
                }
                old.Dispose();
            }
        }
        if (now is not null)
        {
            findings.Raise("intake", new("INT032", $"{input.Path} is not the file it was; it is read from its beginning.", "If it was rotated away while Andon was off, take in the old file too.", input.Path, FindingLevel.Note));
            marks.Save(input.Path, FileMarks.Take(now, 0, done: false));
        }
        return now;
    }

    static FileStream? TryOpen(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    bool Replaced(FileStream file)
    {
        using var now = TryOpen(input.Path);
        return now is not null && FileMarks.InodeOf(now) != FileMarks.InodeOf(file);
    }

    /// <summary>Takes all whole lines from the mark on; returns the offset behind the last of them.</summary>
    async Task<long> ReadOn(FileStream file, CancellationToken stop)
    {
        var offset = marks.Of(input.Path)?.Offset ?? 0;
        var held = 0;
        var cut = false; // Inside a line whose first part was taken already, at the limit.
        while (true)
        {
            file.Position = offset + held;
            var read = await file.ReadAsync(buffer.AsMemory(held), stop);
            if (read == 0) return offset;
            held += read;
            var at = 0;
            while (buffer.AsSpan(at, held - at).IndexOf((byte)'\n') is >= 0 and var length)
            {
                if (!cut) Take(at, length);
                cut = false;
                at += length + 1;
            }
            if (at == 0 && held == buffer.Length)
            {
                if (!cut) Take(0, held);
                cut = true;
                at = held;
            }
            await Flush(stop);
            buffer.AsSpan(at, held - at).CopyTo(buffer);
            held -= at;
            offset += at;
            if (at > 0 && !cut) marks.Save(input.Path, FileMarks.Take(file, offset, done: false));
        }
    }

    /// <summary>The file grows no more: what stands behind its last line feed is a line too.</summary>
    async Task Finish(FileStream file, long offset, CancellationToken stop)
    {
        var length = (int)Math.Min(file.Length - offset, Limits.FrameBytesMax);
        if (length > 0)
        {
            file.Position = offset;
            await file.ReadExactlyAsync(buffer.AsMemory(0, length), stop);
            Take(0, length);
            await Flush(stop);
        }
        marks.Save(input.Path, FileMarks.Take(file, offset + Math.Max(length, 0), done: true));
    }

    void Take(int at, int length)
    {
        if (length > 0 && buffer[at + length - 1] == '\r') length--;
        if (length == 0) return;
        var oversized = length > Limits.FrameBytesMax;
        if (oversized) listener.Oversized();
        drafts.Add(new(clock.NowMs(), oversized ? oversizedOrigin : origin, buffer.AsMemory(at, Math.Min(length, Limits.FrameBytesMax))));
    }

    async Task Flush(CancellationToken stop)
    {
        for (var from = 0; from < drafts.Count; from += Limits.AppendRecordsMax)
            await listener.AppendWhenRoom(drafts.GetRange(from, Math.Min(Limits.AppendRecordsMax, drafts.Count - from)), stop);
        drafts.Clear();
    }
}
