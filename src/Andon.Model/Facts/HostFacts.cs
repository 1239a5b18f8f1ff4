namespace Andon.Model;

/// <summary>A user came to be, or changed. Passwords and tokens never stand in facts.</summary>
[Fact("user.stated", Room.Host)]
public sealed record UserStated(string Name, IReadOnlyList<string> Roles, bool Enabled) : FactBody;

/// <summary>An ingest token was made under that name, in place of an older one of the same name.</summary>
[Fact("token.stated", Room.Host)]
public sealed record TokenStated(string Name) : FactBody;

/// <summary>A token was taken back: who sends with it is refused from now on.</summary>
[Fact("token.removed", Room.Host)]
public sealed record TokenRemoved(string Name) : FactBody;

/// <summary>A password was set: by its owner, or by an administrator as a one-time password that only serves to choose one's own.</summary>
[Fact("user.password_set", Room.Host)]
public sealed record UserPasswordSet(string Name, bool OneTime) : FactBody;

/// <summary>Every session of a person was ended; their cookies are worth nothing any more.</summary>
[Fact("user.sessions_ended", Room.Host)]
public sealed record UserSessionsEnded(string Name, string Why) : FactBody;

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
