namespace Andon.Model;

/// <summary>A user came to be, or changed. Passwords and tokens never stand in facts.</summary>
[Fact("user.stated", Room.Host)]
public sealed record UserStated(string Name, IReadOnlyList<string> Roles, bool Enabled) : FactBody;

/// <summary>An ingest token was made under that name, in place of an older one of the same name.</summary>
[Fact("token.stated", Room.Host)]
public sealed record TokenStated(string Name) : FactBody;

[Fact("user.signed_in", Room.Host)]
public sealed record UserSignedIn(string Name, string Address) : FactBody;

[Fact("user.refused", Room.Host)]
public sealed record UserRefused(string Name, string Address, string Why) : FactBody;

/// <summary>A part of the program itself found something that someone should mend: torn tail, engine restart, quarantined record, full disk.</summary>
[Fact("finding.raised", Room.Host)]
public sealed record FindingRaised(string Stage, Finding Finding) : FactBody;

/// <summary>The program began; version and data folder.</summary>
[Fact("house.started", Room.Host)]
public sealed record HouseStarted(string Version) : FactBody;
