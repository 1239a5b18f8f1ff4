namespace Andon.Intake.Collect;

/// <summary>So many at once, and of one sender three quarters of them: who sends slowly over all that he may leaves room for the others.</summary>
sealed class FairRoom(int max) : IDisposable
{
    sealed class Share(int max) : IDisposable
    {
        public readonly SemaphoreSlim Room = new(max);
        public int Users;
        public void Dispose() => Room.Dispose();
    }

    readonly SemaphoreSlim room = new(max);
    readonly Lock gate = new();
    readonly Dictionary<string, Share> shares = new(StringComparer.Ordinal);

    /// <summary>False when there is no room after so long; true must be followed by <see cref="Leave"/>.</summary>
    public async Task<bool> Enter(string sender, int waitMs, CancellationToken stop)
    {
        Share? share;
        lock (gate)
        {
            if (!shares.TryGetValue(sender, out share)) shares[sender] = share = new(Math.Max(1, max * 3 / 4));
            share.Users++;
        }
        var (own, all) = (false, false);
        try
        {
            own = await share.Room.WaitAsync(waitMs, stop);
            return all = own && await room.WaitAsync(waitMs, stop);
        }
        finally
        {
            if (!all) Leave(sender, share, own);
        }
    }

    public void Leave(string sender)
    {
        room.Release();
        Share share;
        lock (gate) share = shares[sender];
        Leave(sender, share, own: true);
    }

    void Leave(string sender, Share share, bool own)
    {
        if (own) share.Room.Release();
        lock (gate)
        {
            if (--share.Users > 0) return;
            shares.Remove(sender);
        }
        share.Dispose();
    }

    public void Dispose() => room.Dispose();
}
