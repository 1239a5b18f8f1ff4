using Andon.Intake.Normalise;
using Andon.Model;
using Microsoft.Extensions.Hosting;

namespace Andon.Intake.Collect;

/// <summary>
/// Takes in one file, a record a line: once, or following it. The mark is saved after the lines are in the log, so a crash repeats the last
/// block at most. A rotated file is read to its end before the next one, however many were rotated between two looks, and kept open for a while,
/// for its writer may not have noticed; a truncated or replaced one is read from its beginning.
/// </summary>
sealed class FileReader(FileInput input, FileMarks marks, Listener listener, TimeProvider clock, IFindings findings) : BackgroundService
{
    // The host travels with each record: a replay elsewhere must make the same event of it.
    readonly Origin origin = new(Hints.FileListener, input.Path, Hints.Of(input.Format, input.Host ?? Environment.MachineName));
    readonly Origin oversizedOrigin = new(Hints.FileListener, input.Path, Hints.Of(input.Format, input.Host ?? Environment.MachineName, Hints.Oversized));
    string columnedBy = "";
    Origin? columned;
    readonly string path = Path.GetFullPath(input.Path);
    readonly byte[] buffer = new byte[Limits.FrameBytesMax + (256 << 10)];
    readonly List<RecordDraft> drafts = [];
    FollowedFile? file, past;
    long pastUntilMs, restSinceMs;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        listener.Address = input.Path;
        try
        {
            while (!await Look(stoppingToken)) await Task.Delay(TimeSpan.FromMilliseconds(Limits.TailPollMs), clock, stoppingToken);
        }
        finally
        {
            Close();
        }
    }

    internal void Close()
    {
        file?.Dispose();
        past?.Dispose();
        file = past = null;
    }

    /// <summary>True when there is nothing more to look for.</summary>
    internal async Task<bool> Look(CancellationToken stop)
    {
        try
        {
            if (file is null)
            {
                file = Open();
                if (file is null) return !input.Tail && Missing();
                if (marks.Of(input.Path) is null) Save(done: false); // One that is still empty may be rotated away while we are.
            }
            if (!file.IsSame())
            {
                findings.Raise("intake", new("INT031", $"{input.Path} became shorter, or was written anew, while it was followed.", "It was truncated in place; lines written between the last look and that are lost. Rotate by renaming.", input.Path, FindingLevel.Warning));
                file.Begin();
                Save(done: false);
            }
            await ReadOn(file, toTheEnd: false, stop);
            if (!input.Tail)
            {
                if (!(marks.Of(input.Path)?.Done ?? false)) await ReadOn(file, toTheEnd: true, stop);
                Save(done: true);
                listener.State = "read";
                return true;
            }
            await ReadLate(stop);
            while (await Leave(stop))
            {
                // Several files may have been rotated away since the last look.
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Raise("intake", new("INT301", $"{input.Path} cannot be read: {e.Message}", "Check the file's rights and its disk; it is tried again until it can.", input.Path, FindingLevel.Warning));
            drafts.Clear();
            file?.Dispose();
            file = null;
        }
        return false;
    }

    bool Missing()
    {
        listener.State = "not found";
        findings.Raise("intake", new("INT030", $"{input.Path} is not there.", "Give the path of a readable file.", input.Path));
        return true;
    }

    /// <summary>Opens the path; when it is another file than the mark's, the marked one is looked for beside it (it was rotated while we were away) and read first.</summary>
    FollowedFile? Open()
    {
        var now = FollowedFile.Open(path);
        if (marks.Of(input.Path) is not { } mark || now?.Resume(mark) == true) return now;
        if (RotatedFiles.Marked(path, mark) is { } old)
        {
            now?.Dispose();
            return old;
        }
        if (now is null) return null;
        findings.Raise("intake", new("INT032", $"{input.Path} is not the file it was; it is read from its beginning.", "If it was rotated away while Andon was off, take in the old file too.", input.Path, FindingLevel.Note));
        now.Begin();
        return now;
    }

    /// <summary>Goes on to the next file when the path is another one now; false when it is not, or this one may still get the rest of a line.</summary>
    async Task<bool> Leave(CancellationToken stop)
    {
        if (file is not { } old) return false;
        using (var now = FollowedFile.Open(path))
        {
            if (now is null || now.Inode == old.Inode) return false;
            await ReadOn(old, toTheEnd: false, stop); // What came between the last look and the rename.
            if (old.Length > old.Offset && !old.Cut && !Waited()) return false;
            await ReadOn(old, toTheEnd: true, stop);
            restSinceMs = 0;
            file = RotatedFiles.After(path, old, Packed);
        }
        file ??= FollowedFile.Open(path);
        if (past is not null)
        {
            await ReadOn(past, toTheEnd: true, stop);
            past.Dispose();
        }
        (past, pastUntilMs) = (old, clock.NowMs() + Limits.RotatedLateMs);
        if (file is null) return false; // Rotated again just now; the mark stays until the next one is there.
        Save(done: false);
        await ReadOn(file, toTheEnd: false, stop);
        return true;
    }

    // A rename between two writes of one line is not the end of that line.
    bool Waited()
    {
        if (restSinceMs == 0) restSinceMs = clock.NowMs();
        return clock.NowMs() - restSinceMs >= Limits.RotatedRestMs;
    }

    void Packed(string beside) =>
        findings.Raise("intake", new("INT302", $"{beside} was rotated and packed before it was read.", "Give it as an upload; its lines are not in the log.", input.Path, FindingLevel.Warning));

    /// <summary>A writer goes on in the file that was renamed until it is told to open the new one.</summary>
    async Task ReadLate(CancellationToken stop)
    {
        if (past is null) return;
        var over = clock.NowMs() >= pastUntilMs;
        await ReadOn(past, toTheEnd: over, stop);
        if (!over) return;
        past.Dispose();
        past = null;
    }

    /// <summary>Takes all whole lines from the offset on; to the end, also what stands behind the last line feed: the file grows no more.</summary>
    async Task ReadOn(FollowedFile from, bool toTheEnd, CancellationToken stop)
    {
        if (!from.Tells() && !toTheEnd) return;
        from.Rewind();
        var held = 0;
        while (true)
        {
            var read = await RandomAccess.ReadAsync(from.Handle, buffer.AsMemory(held), from.Offset + held, stop);
            held += read;
            var at = 0;
            while (LineEnd(from, at, held) is >= 0 and var length)
            {
                if (!from.Cut) Take(from, at, length);
                from.Cut = false;
                at += length + (from.Text?.Unit ?? 1);
            }
            var full = at == 0 && held == buffer.Length;
            if (full || (toTheEnd && read == 0 && held > at))
            {
                if (!from.Cut) Take(from, at, held - at);
                from.Cut = full;
                at = held;
            }
            if (at > 0)
            {
                await Flush(stop);
                from.Advance(buffer.AsSpan(0, at));
                if (from == file) Save(done: false);
                buffer.AsSpan(at, held - at).CopyTo(buffer);
                held -= at;
            }
            if (read == 0) return;
        }
    }

    int LineEnd(FollowedFile from, int at, int held) => from.Text?.LineEnd(buffer.AsSpan(at, held - at)) ?? buffer.AsSpan(at, held - at).IndexOf((byte)'\n');

    void Take(FollowedFile from, int at, int length)
    {
        var line = from.Text?.Line(buffer.AsMemory(at, length)) ?? buffer.AsMemory(at, length);
        if (line.Span is [.., (byte)'\r']) line = line[..^1];
        if (line.Length == 0) return;
        var oversized = line.Length > Limits.FrameBytesMax;
        if (oversized) listener.Oversized();
        var head = from.Head.Take(line.Span);
        drafts.Add(new(clock.NowMs(), oversized ? oversizedOrigin : head || from.Head.Hint is not { } columns ? origin : Columned(columns), oversized ? line[..Limits.FrameBytesMax] : line));
    }

    // A file has few heads: one after another is the usual.
    Origin Columned(string columns)
    {
        if (columnedBy == columns && columned is { } had) return had;
        columnedBy = columns;
        return columned = origin with { Hint = Hints.Of(input.Format, input.Host ?? Environment.MachineName, columns) };
    }

    async Task Flush(CancellationToken stop)
    {
        for (var from = 0; from < drafts.Count; from += Limits.AppendRecordsMax)
            await listener.AppendWhenRoom(drafts.GetRange(from, Math.Min(Limits.AppendRecordsMax, drafts.Count - from)), stop);
        drafts.Clear();
    }

    void Save(bool done)
    {
        try
        {
            if (file is not null) marks.Save(input.Path, file.Mark(done));
        }
        catch (IOException e)
        {
            findings.Raise("intake", new("INT303", $"How far {input.Path} was read cannot be saved: {e.Message}", "Free space on the disk of the data folder; a restart before that reads the last lines again.", input.Path, FindingLevel.Warning));
        }
    }
}
