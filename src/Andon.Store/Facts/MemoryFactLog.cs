using Andon.Model;

namespace Andon.Store.Facts;

/// <summary>A fact log for tests and replays. Same contract, no durability.</summary>
public sealed class MemoryFactLog(TimeProvider clock) : IFactLog
{
    readonly SemaphoreSlim turn = new(1, 1);
    readonly List<Fact> facts = [];
    readonly Dictionary<string, List<Fact>> bySubject = [];
    readonly Dictionary<string, ulong> saved = [];
    readonly FactFolds folds = new();
    TaskCompletionSource grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Last { get { lock (facts) return facts.Count; } }

    public async ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            var subjects = drafts.Select(draft => Subjects.Of(FactTypes.Write(draft.Body))).ToList();
            var added = new List<Fact>(drafts.Count);
            TaskCompletionSource wake;
            lock (facts)
            {
                for (var i = 0; i < drafts.Count; i++)
                {
                    var draft = drafts[i];
                    var fact = new Fact(facts.Count + 1, draft.AtMs ?? clock.NowMs(), draft.Actor, draft.Cause, draft.Body);
                    facts.Add(fact);
                    added.Add(fact);
                    foreach (var subject in subjects[i])
                    {
                        if (!bySubject.TryGetValue(subject, out var about)) bySubject[subject] = about = [];
                        about.Add(fact);
                    }
                }
                foreach (var mark in checkpoints) saved[mark.Reader] = mark.Position;
                (wake, grown) = (grown, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            var failed = folds.Apply(added);
            wake.SetResult();
            return failed is null ? added : throw failed;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask Attach(IFold fold, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            foreach (var fact in facts) fold.Apply(fact);
            folds.Add(fold);
        }
        finally
        {
            turn.Release();
        }
    }

    public ValueTask<IReadOnlyList<Fact>> Read(long after, int max, CancellationToken stop)
    {
        lock (facts)
        {
            var from = (int)Math.Clamp(after, 0, facts.Count);
            return ValueTask.FromResult<IReadOnlyList<Fact>>(facts.GetRange(from, Math.Min(max, facts.Count - from)));
        }
    }

    public async ValueTask WaitAfter(long seq, CancellationToken stop)
    {
        while (true)
        {
            Task wait;
            lock (facts)
            {
                if (facts.Count > seq) return;
                wait = grown.Task;
            }
            await wait.WaitAsync(stop);
        }
    }

    public ValueTask<Fact?> Find(long seq, CancellationToken stop)
    {
        lock (facts) return ValueTask.FromResult(seq >= 1 && seq <= facts.Count ? facts[(int)seq - 1] : null);
    }

    public ValueTask<IReadOnlyList<Fact>> ReadSubject(string subject, int max, CancellationToken stop)
    {
        lock (facts)
        {
            if (!bySubject.TryGetValue(subject, out var about)) return ValueTask.FromResult<IReadOnlyList<Fact>>([]);
            var count = Math.Min(max, about.Count);
            return ValueTask.FromResult<IReadOnlyList<Fact>>(about.GetRange(about.Count - count, count));
        }
    }

    public ulong Checkpoint(string reader) { lock (facts) return saved.GetValueOrDefault(reader); }

    public ValueTask DisposeAsync()
    {
        turn.Dispose();
        return ValueTask.CompletedTask;
    }
}
