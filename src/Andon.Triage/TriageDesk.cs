using Andon.Model;
using Andon.Store.Facts;
using Andon.Triage.Cases;

namespace Andon.Triage;

/// <summary>
/// Where everything of this room meets: the folded state, the lock that guards it against readers, and the turn that commands and the
/// stage take, so that what was checked is what is appended.
/// </summary>
internal sealed class TriageDesk(IFactLog log, TimeProvider clock) : IFold, IDisposable
{
    readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Held while the state is read or changed; never across an await.</summary>
    public Lock Gate { get; } = new();
    public TriageState State { get; private set; } = new();
    public IFactLog Log => log;
    public long NowMs => clock.NowMs();
    /// <summary>Who may do Response's part; Host knows the accounts.</summary>
    public Func<IReadOnlyList<string>> Responders { get; init; } = () => [];
    /// <summary>Hits of rules in testing, for the board: by the hour, not durable.</summary>
    public TestingCounter Testing { get; } = new();
    /// <summary>Grows when the state was folded anew: counts that no fact had yet are gone from it, so the stage reads them again.</summary>
    public int Epoch { get; private set; }
    /// <summary>True while facts that the state already holds may not have reached the log.</summary>
    bool uncertain;

    public void Apply(Fact fact)
    {
        lock (Gate) State.Apply(fact);
    }

    public async ValueTask<Turn> TakeTurn(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            if (uncertain) await Rebuild(stop);
        }
        catch
        {
            turn.Release();
            throw;
        }
        return new(turn);
    }

    /// <summary>
    /// Appends what was decided while holding the turn. When the log refuses, the state may be ahead of it and is folded anew before the
    /// next turn.
    /// </summary>
    public async ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> marks, CancellationToken stop)
    {
        uncertain = true;
        var facts = await log.Append(drafts, marks, stop);
        uncertain = false;
        return facts;
    }

    public void Doubt() => uncertain = true;

    async ValueTask Rebuild(CancellationToken stop)
    {
        var fresh = new TriageState { LegalRules = State.LegalRules };
        while (true)
        {
            var facts = await log.Read(fresh.LastSeq, 1000, stop);
            foreach (var fact in facts) fresh.Apply(fact);
            if (facts.Count > 0) continue;
            lock (Gate)
            {
                // Another room's fact may have come in between: it is in the old state and soon readable.
                if (State.LastSeq > fresh.LastSeq) continue;
                State = fresh;
                Epoch++;
                break;
            }
        }
        uncertain = false;
    }

    public void Dispose() => turn.Dispose();

    internal readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}

/// <summary>Counts of the last 24 hours.</summary>
internal sealed class TestingCounter
{
    readonly Lock gate = new();
    readonly Spark hours = new();
    public long Total { get; private set; }

    public void Add(long nowMs)
    {
        lock (gate)
        {
            hours.Add(nowMs, 1);
            Total++;
        }
    }

    public long Last24h(long nowMs)
    {
        lock (gate)
        {
            hours.Add(nowMs, 0);
            return hours.Read(nowMs).Sum();
        }
    }
}
