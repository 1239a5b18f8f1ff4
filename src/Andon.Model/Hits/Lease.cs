namespace Andon.Model;

/// <summary>A DHCP server said which host has an address, or that it has it no longer.</summary>
/// <param name="Address">Canonical.</param>
/// <param name="Host">The name that the client gave itself: good enough to tie alerts by, never proof of who it is.</param>
/// <param name="AtMs">Time of that event.</param>
/// <param name="SourceId">Log source that says so.</param>
/// <param name="Ends">It was released or ran out.</param>
public sealed record Lease(string Address, string Host, long AtMs, string SourceId, bool Ends = false);

/// <summary>The host that had an address of a signal when it came, and the source that says so.</summary>
public sealed record LeasedHost(string Address, string Host, string SourceId);
