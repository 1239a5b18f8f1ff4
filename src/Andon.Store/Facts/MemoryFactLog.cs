using Andon.Model;

namespace Andon.Store.Facts;

/// <summary>A fact log for tests and replays. Same contract, no durability.</summary>
public sealed class MemoryFactLog(TimeProvider clock) : IFactLog
{
    readonly SemaphoreSlim turn = new(1, 1);
    readonly List<Fact> facts = [];
    readonly Dictionary<string, ulong> saved = [];
    readonly List<IFold> folds = [];
    TaskCompletionSource grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Last { get { lock (facts) return facts.Count; } }

    public async ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            var added = new List<Fact>(drafts.Count);
            TaskCompletionSource wake;
            lock (facts)
            {
                foreach (var draft in drafts)
                {
                    var fact = new Fact(facts.Count + 1, draft.AtMs ?? clock.NowMs(), draft.Actor, draft.Cause, draft.Body);
                    facts.Add(fact);
                    added.Add(fact);
                }
                foreach (var mark in checkpoints) saved[mark.Reader] = mark.Position;
                (wake, grown) = (grown, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            foreach (var fact in added)
                foreach (var fold in folds) fold.Apply(fact);
            wake.SetResult();
            return added;
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
        lock (facts) return ValueTask.FromResult<IReadOnlyList<Fact>>(facts.Skip((int)after).Take(max).ToList());
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

    public ulong Checkpoint(string reader) { lock (facts) return saved.GetValueOrDefault(reader); }

    public ValueTask DisposeAsync()
    {
        turn.Dispose();
        return ValueTask.CompletedTask;
    }
}
