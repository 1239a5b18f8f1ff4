using Andon.Model;
using Andon.Store.Records;
using Microsoft.Data.Sqlite;

namespace Andon.Store.Facts;

/// <summary>
/// The fact log of one machine: one SQLite file, one writing thread, readers beside it (WAL). Appends that come while one commits
/// are committed together by the next. Facts become visible when they are durable and folded, in that order.
/// </summary>
public sealed class SqliteFactLog : IFactLog
{
    const string Stage = "facts";
    const int ReplayFacts = 1024;

    readonly IFindings findings;
    readonly TimeProvider clock;
    readonly FolderLock folderLock;
    readonly FactTables tables;
    readonly GroupCommit<Pending> commits;
    readonly Lock gate = new();
    readonly Lock folding = new();
    readonly FactFolds folds = new(); // Guarded by folding.

    // Guarded by the gate.
    readonly Dictionary<string, ulong> saved;
    long last;
    byte[] lastHash;
    TaskCompletionSource? grown;
    bool closed;

    sealed record Draft(long AtMs, FactDraft Fact, string Type, string Body, IReadOnlyList<string> Subjects);

    sealed record Pending(IReadOnlyList<Draft> Drafts, IReadOnlyList<Checkpoint> Checkpoints)
    {
        public readonly TaskCompletionSource<IReadOnlyList<Fact>> Done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public readonly List<Fact> Facts = new(Drafts.Count);
    }

    /// <summary>Opens the log in a folder, made when it is missing, and takes it for this process.</summary>
    /// <exception cref="FolderInUseException">Another process has it.</exception>
    public static SqliteFactLog Open(string folder, IFindings findings, TimeProvider clock)
    {
        DurableFiles.MakeFolder(folder);
        var taken = FolderLock.Take(folder, "facts.lock");
        try
        {
            return new(folder, findings, clock, taken);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    SqliteFactLog(string folder, IFindings findings, TimeProvider clock, FolderLock taken)
    {
        (this.findings, this.clock, folderLock) = (findings, clock, taken);
        tables = FactTables.Open(Path.Combine(folder, "facts.db"));
        DurableFiles.FlushFolder(folder);
        (last, lastHash) = tables.End();
        saved = tables.Checkpoints();
        commits = new("andon-facts", Commit);
    }

    public long Last { get { lock (gate) return last; } }

    /// <inheritdoc/>
    /// <exception cref="FactLogFullException">The disk is full; nothing was stored.</exception>
    /// <exception cref="FoldFailedException">Everything was stored; a fold is wrong.</exception>
    public async ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        if (drafts.Count == 0 && checkpoints.Count == 0) return [];
        var made = new List<Draft>(drafts.Count);
        foreach (var draft in drafts)
        {
            var body = FactTypes.Write(draft.Body);
            made.Add(new(draft.AtMs ?? clock.NowMs(), draft, FactTypes.NameOf(draft.Body), body, Subjects.Of(body)));
        }
        var pending = new Pending(made, checkpoints);
        commits.Post(pending);
        return await pending.Done.Task;
    }

    public async ValueTask Attach(IFold fold, CancellationToken stop)
    {
        // Most of it beside the running log; then the rest, and from there on live, while no fact can be folded.
        var at = 0L;
        while (true)
        {
            var facts = await Read(at, ReplayFacts, stop);
            foreach (var fact in facts) fold.Apply(fact);
            if (facts.Count > 0) at = facts[^1].Seq;
            if (facts.Count < ReplayFacts) break;
        }
        lock (folding)
        {
            foreach (var row in tables.Read(at, Last, int.MaxValue)) fold.Apply(ToFact(row));
            folds.Add(fold);
        }
    }

    public ValueTask<IReadOnlyList<Fact>> Read(long after, int max, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return new(tables.Read(after, Last, max).Select(ToFact).ToList());
    }

    public ValueTask<Fact?> Find(long seq, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return new(seq < 1 || seq > Last ? null : tables.Read(seq - 1, seq, 1).Select(ToFact).FirstOrDefault());
    }

    public ValueTask<IReadOnlyList<Fact>> ReadSubject(string subject, int max, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return new(tables.ReadSubject(subject, Last, max).Select(ToFact).ToList());
    }

    public async ValueTask WaitAfter(long seq, CancellationToken stop)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(closed, this);
                if (last > seq) return;
                wait = (grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            await wait.WaitAsync(stop);
        }
    }

    public ulong Checkpoint(string reader) { lock (gate) return saved.GetValueOrDefault(reader); }

    /// <summary>Reads the whole log and computes its chain again; the first fact that does not hold, or null when all do.</summary>
    public FactFault? Verify()
    {
        long end;
        byte[] endHash;
        lock (gate) (end, endHash) = (last, lastHash);
        var previous = FactChain.Genesis();
        var seq = 0L;
        foreach (var (row, subject, hash) in tables.ReadChain(end))
        {
            if (row.Seq != seq + 1) return new(seq + 1, $"Fact {seq + 1} is missing; the next one is {row.Seq}.");
            seq = row.Seq;
            previous = FactChain.Next(previous, row);
            if (!previous.AsSpan().SequenceEqual(hash)) return new(seq, $"Fact {seq} is not what was written, or its hash is not.");
            if (!string.Equals(subject, FactTables.SubjectOf(row.Body), StringComparison.Ordinal)) return new(seq, $"The subject of fact {seq} is not the one in its body.");
        }
        if (seq != end) return new(seq + 1, $"Fact {seq + 1} is missing; the log went on to {end}.");
        return previous.AsSpan().SequenceEqual(endHash) ? null : new(seq, $"Fact {seq} is not the one that this program wrote: facts were written anew behind its back.");
    }

    /// <summary>Copies the log as it stands at one moment into a new file, beside running appends. Returns the number of its last fact.</summary>
    internal long CopyTo(string path) => tables.CopyTo(path);

    /// <summary>Finishes what was accepted, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (closed) return;
            closed = true;
        }
        await commits.Stop();
        Wake();
        tables.Dispose();
        folderLock.Dispose();
    }

    void Commit(List<Pending> group)
    {
        var seq = last;
        var hash = lastHash;
        try
        {
            tables.Begin();
            foreach (var pending in group)
            {
                foreach (var draft in pending.Drafts)
                {
                    var row = new FactRow(++seq, draft.AtMs, draft.Fact.Actor, draft.Fact.Cause, draft.Type, draft.Body);
                    hash = FactChain.Next(hash, row);
                    tables.Insert(row, hash, draft.Subjects);
                    pending.Facts.Add(new(seq, draft.AtMs, draft.Fact.Actor, draft.Fact.Cause, draft.Fact.Body));
                }
                foreach (var mark in pending.Checkpoints) tables.Save(mark);
            }
            tables.Commit();
        }
        catch (Exception e)
        {
            Fail(group, e);
            return;
        }
        Publish(group, seq, hash);
    }

    void Publish(List<Pending> group, long seq, byte[] hash)
    {
        var failures = new FoldFailedException?[group.Count];
        lock (folding)
        {
            for (var i = 0; i < group.Count; i++) failures[i] = folds.Apply(group[i].Facts);
            lock (gate)
            {
                (last, lastHash) = (seq, hash);
                foreach (var pending in group)
                    foreach (var mark in pending.Checkpoints) saved[mark.Reader] = mark.Position;
            }
        }
        Wake();
        for (var i = 0; i < group.Count; i++)
        {
            if (failures[i] is not { } failure)
            {
                group[i].Done.SetResult(group[i].Facts);
                continue;
            }
            findings.Raise(Stage, new("FCT002", failure.Message, "The state that this fold holds is not to be trusted until the program was started again.", "fact"));
            group[i].Done.SetException(failure);
        }
    }

    void Fail(List<Pending> group, Exception e)
    {
        tables.Rollback();
        var answer = e switch
        {
            SqliteException { SqliteErrorCode: 13 } => new FactLogFullException($"The disk that holds the facts is full: {e.Message}", e),
            // A disk that fails is waited for like a full one: whoever asked is told, and the house goes on.
            SqliteException { SqliteErrorCode: 10 } => new FactLogFullException($"The disk that holds the facts fails: {e.Message}", e),
            _ => e,
        };
        findings.Raise(Stage, new("FCT001", $"Facts could not be stored: {e.Message}", "Nothing of them was stored; whoever asked was told. Look at the disk of the data folder.", "facts.db"));
        foreach (var pending in group) pending.Done.SetException(answer);
    }

    Fact ToFact(FactRow row)
    {
        FactBody body;
        try
        {
            body = FactTypes.Read(row.Type, row.Body);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or NotSupportedException)
        {
            findings.Raise(Stage, new("FCT003", $"Fact {row.Seq} of type {row.Type} is not readable by this version: {e.Message}", "It is kept and shown as it is; nothing is derived from it.", $"fact:{row.Seq}", FindingLevel.Warning));
            body = new UnknownFact(row.Type, row.Body);
        }
        return new(row.Seq, row.AtMs, row.Actor, row.Cause, body);
    }

    void Wake()
    {
        TaskCompletionSource? wake;
        lock (gate) (wake, grown) = (grown, null);
        wake?.SetResult();
    }
}
