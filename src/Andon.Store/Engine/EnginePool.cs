using System.Threading.Channels;

namespace Andon.Store.Engine;

/// <summary>Connections of one kind, taken in turn, with a bounded line in front of them.</summary>
sealed class EnginePool
{
    readonly Channel<ChdbConnection> free = Channel.CreateUnbounded<ChdbConnection>();
    readonly IReadOnlyList<ChdbConnection> all;
    readonly string kind;
    readonly int waitingMax;
    int waiting;

    public EnginePool(string kind, int count, int waitingMax, params string[] arguments)
    {
        this.kind = kind;
        this.waitingMax = waitingMax;
        all = [.. Enumerable.Range(1, count).Select(i => new ChdbConnection($"andon-{kind}-{i}", arguments))];
        foreach (var connection in all) free.Writer.TryWrite(connection);
    }

    public IReadOnlyList<ChdbConnection> All => all;

    public async ValueTask<Lease> Take(CancellationToken stop)
    {
        if (free.Reader.TryRead(out var at)) return new(this, at);
        if (Interlocked.Increment(ref waiting) > waitingMax)
        {
            Interlocked.Decrement(ref waiting);
            throw new ChdbException($"Code: 202. DB::Exception: {waitingMax} requests wait for a connection of the kind {kind}. (TOO_MANY_SIMULTANEOUS_QUERIES)");
        }
        try { return new(this, await free.Reader.ReadAsync(stop)); }
        finally { Interlocked.Decrement(ref waiting); }
    }

    internal readonly struct Lease(EnginePool pool, ChdbConnection connection) : IDisposable
    {
        public ChdbConnection Connection => connection;
        public void Dispose() => pool.free.Writer.TryWrite(connection);
    }
}
