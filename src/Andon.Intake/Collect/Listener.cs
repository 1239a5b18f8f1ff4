using System.Net;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Intake.Collect;

/// <summary>What every listener counts, and the one way its records go into the log.</summary>
sealed class Listener(string name, IRecordLog log, TimeProvider clock, ListenerSettings? settings = null)
{
    readonly ListenerSettings settings = settings ?? ListenerSettings.Open;
    readonly Pace? pace = settings is { RecordsPerSecond: > 0 and var rate } ? new Pace(rate, clock) : null;
    long received, bytes, refused, lost, oversized, repeated, claimed;
    int connections;

    public string Name => name;
    public string Address { get; set; } = "";
    public string State { get; set; } = "";
    public Func<long> Lost { get; set; } = () => 0;

    public void Refused(long count = 1) => Interlocked.Add(ref refused, count);
    /// <summary>Records that came and can be neither kept nor asked for again.</summary>
    public void Lose(long count = 1) => Interlocked.Add(ref lost, count);
    /// <summary>Records that a sender sent again although they are kept.</summary>
    public void Repeated(long count) => Interlocked.Add(ref repeated, count);
    public void Oversized() => Interlocked.Increment(ref oversized);
    /// <summary>Somebody who is no proxy of ours said for whom he speaks.</summary>
    public void Claimed() => Interlocked.Increment(ref claimed);
    public int Connected() => Interlocked.Increment(ref connections);
    public void Disconnected() => Interlocked.Decrement(ref connections);

    public ListenerState Snapshot() => new(name, Address, Volatile.Read(ref received), Volatile.Read(ref bytes), Volatile.Read(ref refused),
        Volatile.Read(ref lost) + Lost(), Volatile.Read(ref oversized), Volatile.Read(ref repeated), Volatile.Read(ref connections), State, settings.Certificate is not null) { Claimed = Volatile.Read(ref claimed) };

    /// <summary>May this address send here? Nobody named means everybody.</summary>
    public bool Allows(IPAddress? address) => settings.Networks.Count == 0 || Holds(settings.Networks, address);

    /// <summary>Does its word about the sender count?</summary>
    public bool Trusts(IPAddress? address) => settings.Proxies.Count > 0 && Holds(settings.Proxies, address);

    static bool Holds(IReadOnlyList<IPNetwork> networks, IPAddress? address)
    {
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in networks)
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)) return true;
        return false;
    }

    /// <summary>False when so many records are too many now: for senders that can be told to come back, or be counted as lost.</summary>
    public bool TryTake(int records) => pace is null || pace.TryTake(records);

    /// <summary>Waits until so many records may pass: for senders that feel the wait.</summary>
    public ValueTask Paced(int records, CancellationToken stop) => pace is null ? default : pace.Wait(records, stop);

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

    /// <summary>Appends all or nothing; null when there is no room. A sender that goes away does not stop it half way.</summary>
    public async ValueTask<ulong?> TryAppend(IReadOnlyList<RecordDraft> drafts)
    {
        try
        {
            var first = await Append(drafts, CancellationToken.None);
            if (State.Length > 0) State = "";
            return first;
        }
        catch (RecordLogFullException full)
        {
            State = full.Message;
            Refused(drafts.Count);
            return null;
        }
    }

    /// <summary>Keeps all or nothing of what one request brought, within the rate; null when kept, else why the sender is to come again.</summary>
    public async ValueTask<string?> TryKeep(IReadOnlyList<RecordDraft> drafts) =>
        drafts.Count == 0 ? null
        : !TryTake(drafts.Count) ? "more records a second than this listener is set to take"
        : await TryAppend(drafts) is null ? "the record log is full" : null;

    /// <summary>Appends, waiting while the log is full: for senders that feel the wait (a TCP window closes, a file is read later).</summary>
    public async ValueTask<ulong> AppendWhenRoom(IReadOnlyList<RecordDraft> drafts, CancellationToken stop)
    {
        await Paced(drafts.Count, stop);
        while (true)
        {
            try
            {
                // What was read from a sender is kept also when the house stops meanwhile; only the waiting ends.
                var first = await Append(drafts, CancellationToken.None);
                if (State.Length > 0) State = "";
                return first;
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
