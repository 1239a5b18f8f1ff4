using Andon.Model;

namespace Andon.Triage.Grouping;

/// <summary>
/// Which host had an address when. What DHCP servers say is believed only as far as it ties alerts: a client names itself, and a log line
/// can be sent by anyone. So two sources that disagree about an address name nobody, nor does a name that many addresses have at once.
/// </summary>
internal sealed class LeaseBook
{
    /// <summary>So long after it was last heard of a lease is believed; most run for less.</summary>
    public const long LeaseMsMax = Limits.Day;
    const int AddressesMax = 200_000;
    /// <summary>Leases remembered of one address, of all sources.</summary>
    const int SpansMax = 16;
    /// <summary>A notebook has a cable, a radio and a dock; a name at more addresses at once is no one host's.</summary>
    const int AddressesOfHost = 4;

    readonly Dictionary<string, List<Span>> spans = [];
    readonly Dictionary<string, HashSet<string>> addresses = [];
    int sweptDay;

    public int Count => spans.Count;
    /// <summary>Leases that were not taken because too many addresses are known.</summary>
    public long LeftOut { get; private set; }

    public void Take(Lease lease)
    {
        Forget(lease.AtMs);
        if (!spans.TryGetValue(lease.Address, out var all))
        {
            if (lease.Ends) return;
            if (spans.Count >= AddressesMax)
            {
                LeftOut++;
                return;
            }
            spans[lease.Address] = all = new(1);
        }
        var current = all.FindLast(s => s.Source == lease.SourceId && s.FromMs <= lease.AtMs);
        if (lease.Ends)
        {
            if (current is not null && current.UntilMs > lease.AtMs) current.UntilMs = lease.AtMs;
            return;
        }
        if (current is not null && current.Host == lease.Host && lease.AtMs < current.UntilMs && lease.AtMs - current.SeenMs <= LeaseMsMax)
        {
            current.SeenMs = Math.Max(current.SeenMs, lease.AtMs);
            return;
        }
        if (current is not null && current.UntilMs > lease.AtMs) current.UntilMs = lease.AtMs;
        // A line that comes late: the next lease of that source began after it.
        var next = all.Find(s => s.Source == lease.SourceId && s.FromMs > lease.AtMs);
        var at = all.FindIndex(s => s.FromMs > lease.AtMs);
        all.Insert(at < 0 ? all.Count : at, new(lease.Host, lease.SourceId, lease.AtMs) { UntilMs = next?.FromMs ?? long.MaxValue });
        if (all.Count > SpansMax) all.RemoveAt(0);
        if (!addresses.TryGetValue(lease.Host, out var of)) addresses[lease.Host] = of = new(1);
        of.Add(lease.Address);
    }

    /// <summary>Null when nobody said, or when it is not clear.</summary>
    public LeasedHost? At(string address, long ms)
    {
        if (Clear(address, ms) is not { } found) return null;
        var count = 0;
        foreach (var other in addresses[found.Host])
            if (Clear(other, ms)?.Host == found.Host && ++count > AddressesOfHost) return null;
        return new(address, found.Host, found.Source);
    }

    Span? Clear(string address, long ms)
    {
        if (!spans.TryGetValue(address, out var all)) return null;
        Span? found = null;
        for (var i = all.Count - 1; i >= 0; i--)
        {
            var span = all[i];
            if (!span.Covers(ms)) continue;
            if (found is not null && found.Host != span.Host) return null;
            found ??= span;
        }
        return found;
    }

    // Once a day, by the time of the leases themselves: what is over for two days ties nothing that could still come.
    void Forget(long nowMs)
    {
        var day = EntityBook.DayOf(nowMs);
        if (day <= sweptDay) return;
        sweptDay = day;
        foreach (var (address, all) in spans)
        {
            all.RemoveAll(s => nowMs - s.SeenMs > 2 * LeaseMsMax);
            if (all.Count == 0) spans.Remove(address);
        }
        foreach (var (host, of) in addresses)
        {
            of.RemoveWhere(a => !spans.TryGetValue(a, out var all) || !all.Exists(s => s.Host == host));
            if (of.Count == 0) addresses.Remove(host);
        }
    }

    sealed class Span(string host, string source, long fromMs)
    {
        public string Host => host;
        public string Source => source;
        public long FromMs { get; } = fromMs;
        public long SeenMs { get; set; } = fromMs;
        public long UntilMs { get; set; } = long.MaxValue;
        public bool Covers(long ms) => ms >= FromMs && ms < UntilMs && ms - SeenMs <= LeaseMsMax;
    }
}

/// <summary>A leased host as a place that ties.</summary>
internal static class LeasedPlace
{
    public static Entity AsEntity(this LeasedHost leased) => new(EntityKind.Host, leased.Host);
}
