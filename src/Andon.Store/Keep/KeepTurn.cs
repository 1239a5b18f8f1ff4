namespace Andon.Store.Keep;

/// <summary>Backup, retention, reading anew: one after the other, for each counts on what the others change.</summary>
sealed class KeepTurn : IDisposable
{
    readonly SemaphoreSlim turn = new(1, 1);
    volatile string holder = "";

    /// <summary>What runs now; empty when nothing does.</summary>
    public string Holder => holder;

    public async Task<IDisposable> Take(string what, CancellationToken stop)
    {
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
