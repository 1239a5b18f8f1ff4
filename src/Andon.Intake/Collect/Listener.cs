using Andon.Model;
using Andon.Store.Records;

namespace Andon.Intake.Collect;

/// <summary>What every listener counts, and the one way its records go into the log.</summary>
sealed class Listener(string name, IRecordLog log, TimeProvider clock)
{
    long received, bytes, refused, oversized;
    int connections;

    public string Name => name;
    public string Address { get; set; } = "";
    public string State { get; set; } = "";
    public Func<long> Lost { get; set; } = () => 0;

    public void Refused(long count = 1) => Interlocked.Add(ref refused, count);
    public void Oversized() => Interlocked.Increment(ref oversized);
    public int Connected() => Interlocked.Increment(ref connections);
    public void Disconnected() => Interlocked.Decrement(ref connections);

    public ListenerState Snapshot() => new(name, Address, Volatile.Read(ref received), Volatile.Read(ref bytes), Volatile.Read(ref refused), Lost(), Volatile.Read(ref oversized), Volatile.Read(ref connections), State);

    /// <summary>Appends now or throws <see cref="RecordLogFullException"/>: for senders that can be told to wait.</summary>
    public async ValueTask<ulong> Append(IReadOnlyList<RecordDraft> drafts, CancellationToken stop)
    {
        var first = await log.Append(drafts, stop);
        var size = 0L;
        foreach (var draft in drafts) size += draft.Raw.Length;
        Interlocked.Add(ref received, drafts.Count);
        Interlocked.Add(ref bytes, size);
        return first;
    }

    /// <summary>Appends, waiting while the log is full: for senders that feel the wait (a TCP window closes, a file is read later).</summary>
    public async ValueTask AppendWhenRoom(IReadOnlyList<RecordDraft> drafts, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                // What was read from a sender is kept also when the house stops meanwhile; only the waiting ends.
                await Append(drafts, CancellationToken.None);
                if (State.Length > 0) State = "";
                return;
            }
            catch (RecordLogFullException full)
            {
                State = full.Message;
                await Task.Delay(TimeSpan.FromMilliseconds(Limits.RetryMs), clock, stop);
            }
        }
    }
}

/// <summary>The listeners of this house, for <c>/api/house</c>.</summary>
sealed class Listeners
{
    readonly Lock gate = new();
    readonly List<Listener> all = [];

    public Listener Add(Listener listener)
    {
        lock (gate) all.Add(listener);
        return listener;
    }

    public IReadOnlyList<ListenerState> Snapshot() { lock (gate) return [.. all.Select(l => l.Snapshot())]; }
}
