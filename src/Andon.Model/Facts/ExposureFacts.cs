namespace Andon.Model;

/// <summary>An asset as the inventory states it.</summary>
/// <param name="Criticality">0.5, 1, 1.5 or 2: the I of the priority formula.</param>
/// <param name="Zone">Network zone, for example <c>internet</c>, <c>dmz</c>, <c>lan</c>.</param>
/// <param name="Reachable">Reachable from an untrusted network, as the inventory says; computed reach comes later.</param>
[Fact("asset.stated", Room.Exposure)]
public sealed record AssetStated(
    string AssetId, string Name, IReadOnlyList<string> Addresses, string Zone, double Criticality, string Owner, string Unit, bool Reachable, bool CrownJewel) : FactBody
{
    /// <summary>What it is, in lower case: server, workstation, domain-controller, jump-server … Lists that rules name are made of these.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];
}

/// <summary>A scanner found a vulnerability on an asset.</summary>
[Fact("vulnerability.found", Room.Exposure)]
public sealed record VulnerabilityFound(string AssetId, string Cve, string Package, string Version, string? FixedIn, string Severity, string Scanner) : FactBody;

/// <summary>A later scan no longer finds it.</summary>
[Fact("vulnerability.gone", Room.Exposure)]
public sealed record VulnerabilityGone(string AssetId, string Cve, string Package, string Scanner) : FactBody;

/// <summary>A CVE is known to be exploited (CISA KEV).</summary>
[Fact("threat.known", Room.Exposure)]
public sealed record ThreatKnown(string Cve, string Name, string Added, bool Ransomware) : FactBody;

/// <summary>A vulnerability became exposed to a threat: present, reachable, threatened, all three.</summary>
/// <param name="Kev">The CVE is in the KEV list: X is 2, otherwise 1.5.</param>
[Fact("window.opened", Room.Exposure)]
public sealed record WindowOpened(string WindowId, string AssetId, string Cve, string Package, bool Kev, string Why) : FactBody;

[Fact("window.closed", Room.Exposure)]
public sealed record WindowClosed(string WindowId, string Why) : FactBody;
