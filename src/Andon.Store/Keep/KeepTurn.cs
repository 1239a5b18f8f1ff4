using Andon.Store.Events;

namespace Andon.Store.Keep;

/// <summary>
/// Backup, check, retention, reading anew: one after the other, for each counts on what the others change, and none before the readers have
/// looked through what may be missing since before the start: they would feed again what was taken away, beside what was read anew.
/// </summary>
/// <param name="store">Null where no reader runs.</param>
sealed class KeepTurn(EventStore? store = null) : IDisposable
{
    readonly SemaphoreSlim turn = new(1, 1);
    volatile string holder = "";

    /// <summary>What runs now; empty when nothing does.</summary>
    public string Holder => holder;

    public async Task<IDisposable> Take(string what, CancellationToken stop)
    {
        if (store is not null) await Task.WhenAll(store.EventsReach.Settled, store.AlertsReach.Settled).WaitAsync(stop);
        await turn.WaitAsync(stop);
        holder = what;
        return new Held(this);
    }

    public void Dispose() => turn.Dispose();

    sealed class Held(KeepTurn owner) : IDisposable
    {
        int released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref released, 1) != 0) return;
            owner.holder = "";
            owner.turn.Release();
        }
    }
}
