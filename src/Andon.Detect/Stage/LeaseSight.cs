using Andon.Model;

namespace Andon.Detect.Stage;

/// <summary>
/// Sees in passing which host a DHCP server gave an address, so that Triage can tell whose address it was. Only what a parser of a DHCP
/// server read counts: the parser's name is the house's own word, which no sender can put into a record. News only, and again now and then.
/// </summary>
sealed class LeaseSight
{
    static readonly FieldId Action = Ecs.EventAction;
    readonly Dictionary<string, (string Host, string Source, long AtMs)> told = [];
    List<Lease>? news;

    /// <summary>Leases left out because one batch told too many.</summary>
    public long Overflow { get; private set; }

    public void See(EventView view)
    {
        if (!view.TryGet(Ecs.AndonParser, out var parser) || !(parser.StartsWith("dhcpd@"u8) || parser.StartsWith("dnsmasq@"u8) || parser.StartsWith("windows-dhcp@"u8) || parser.StartsWith("kea@"u8))) return;
        if (!view.TryGet(Action, out var action) || !action.StartsWith("DHCP"u8)) return;
        var ends = action.SequenceEqual("DHCPRELEASE"u8) || action.SequenceEqual("DHCPEXPIRE"u8);
        if (!ends && !action.SequenceEqual("DHCPACK"u8)) return;
        if (view.Text(Ecs.SourceIp) is not { } ip || Entities.Normal(EntityKind.Ip, ip) is not { } address) return;
        var host = view.Text(Ecs.SourceDomain) is { } name ? Entities.Normal(EntityKind.Host, name) ?? "" : "";
        if (host.Length == 0 && !ends) return; // A client without a name names no host.
        var (at, source) = (HitMaker.TimeOf(view.Head), view.Text(Ecs.LogSourceId) ?? "");
        if (!ends && told.TryGetValue(address, out var last) && last.Host == host && last.Source == source && at >= last.AtMs && at - last.AtMs < Limits.LeaseAgainMs) return;
        if (news?.Count >= Limits.LeasesPerBlockMax)
        {
            Overflow++;
            return;
        }
        if (ends) told.Remove(address);
        else
        {
            if (told.Count >= Limits.LeasesMax) told.Clear(); // What is known is told once more, that is all.
            told[address] = (host, source, at);
        }
        (news ??= []).Add(new(address, host, at, source, ends));
    }

    /// <summary>The news since the last call; null when there is none.</summary>
    public IReadOnlyList<Lease>? Take()
    {
        var taken = news;
        news = null;
        return taken;
    }
}
