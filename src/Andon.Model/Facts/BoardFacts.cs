namespace Andon.Model;

/// <summary>How a card is treated. Derived by rule; a person may say otherwise, with a reason.</summary>
public enum ServiceClass { Standard, Expedite, FixedDate, Intangible }

/// <summary>Why "Next" gave this card and no other, kept with the pull.</summary>
/// <param name="Share">What decided: best, related, expedite, due, oldest, planned.</param>
/// <param name="Relation">Points for belonging to what the person worked on last.</param>
/// <param name="Oldest">It was the oldest standard card that this person could take.</param>
public sealed record PullWhy(string Share, double Priority, double Relation, ServiceClass Class, bool Oldest, bool Planned, string Text);

/// <summary>What a person may be given: domains and skills. No domains means any.</summary>
[Fact("board.person_skilled", Room.Triage)]
public sealed record PersonSkilled(string Person, IReadOnlyList<string> Domains, IReadOnlyList<string> Skills, string Why) : FactBody;

/// <summary>A limit of work in hand changed.</summary>
/// <param name="Of">A lane, <c>person</c> (cards of one person in one lane) or <c>expedite</c> (expedite cards in work).</param>
[Fact("board.limit_stated", Room.Triage)]
public sealed record BoardLimitStated(string Of, int Max, string Why) : FactBody;

/// <summary>How much of the pulls planned work should have, in percent.</summary>
[Fact("board.split_stated", Room.Triage)]
public sealed record BoardSplitStated(int PlannedPercent, string Why) : FactBody;

/// <summary>A person set a card's class of service or its date; no class means: by rule again.</summary>
[Fact("card.classed", Room.Triage)]
public sealed record CardClassed(string CaseId, ServiceClass? Class, long? DueMs, string Why) : FactBody;

/// <summary>A card went to another domain. What brought it stands here too, so that routing learns from facts alone.</summary>
/// <param name="Skill">What the work needs besides the domain; null asks for none.</param>
[Fact("card.routed", Room.Triage)]
public sealed record CardRouted(string CaseId, string From, string To, string? Skill, string Why, IReadOnlyList<string> RuleIds, IReadOnlyList<string> Datasets) : FactBody;

/// <summary>A card waits for someone outside: from now on the time is not Response's.</summary>
[Fact("card.waiting", Room.Triage)]
public sealed record CardWaited(string CaseId, string On, string Why) : FactBody;

[Fact("card.resumed", Room.Triage)]
public sealed record CardResumed(string CaseId, string Why) : FactBody;

/// <summary>A card sleeps until then, or until the next alert of its case.</summary>
[Fact("card.snoozed", Room.Triage)]
public sealed record CardSnoozed(string CaseId, long UntilMs, string Why) : FactBody;

[Fact("card.woken", Room.Triage)]
public sealed record CardWoken(string CaseId, string Why) : FactBody;

/// <summary>The card is work that people planned: tuning, validation or gap.</summary>
[Fact("card.planned", Room.Triage)]
public sealed record CardPlanned(string CaseId, string Work, string? Skill, long? DueMs) : FactBody;

/// <summary>How Andon itself sees that a change was made.</summary>
/// <param name="Kind"><c>none</c>: a person looks; <c>search</c>: this KQL finds nothing since it was done; <c>window</c>: this exposure window
/// is closed; <c>source</c>: no alarm names this source; <c>rule</c>: this rule is on and in production.</param>
/// <param name="QuietMinutes">How long a search must stay empty.</param>
public sealed record AcceptanceCheck(string Kind, string Subject, int QuietMinutes);

/// <summary>Response asks Operations for a change. What stands here is all that Operations sees of the case.</summary>
/// <param name="To">A person; null: whoever in Operations takes it.</param>
/// <param name="Where">The assets meant.</param>
[Fact("remediation.requested", Room.Triage)]
public sealed record RemediationRequested(
    string RequestId, string CaseId, string? To, string What, IReadOnlyList<string> Where, string Why, long DueMs, AcceptanceCheck Check) : FactBody;

[Fact("remediation.accepted", Room.Triage)]
public sealed record RemediationAccepted(string RequestId, string CaseId) : FactBody;

/// <summary>Operations did it and says how one sees that. Validation begins; nothing is closed.</summary>
[Fact("remediation.done", Room.Triage)]
public sealed record RemediationDone(string RequestId, string CaseId, string Evidence) : FactBody;

[Fact("remediation.refused", Room.Triage)]
public sealed record RemediationRefused(string RequestId, string CaseId, string Why) : FactBody;

/// <summary>Andon looked for itself. Passed verifies the request, otherwise it goes back to Operations.</summary>
[Fact("remediation.checked", Room.Triage)]
public sealed record RemediationChecked(string RequestId, string CaseId, bool Passed, string Result) : FactBody;

/// <summary>A person of Response looked, and it holds.</summary>
/// <param name="SamePerson">Who did it also verified it: there was nobody else.</param>
[Fact("remediation.verified", Room.Triage)]
public sealed record RemediationVerified(string RequestId, string CaseId, string Note, bool SamePerson) : FactBody;

/// <summary>A person of Response looked, and it does not hold: back to Operations.</summary>
[Fact("remediation.returned", Room.Triage)]
public sealed record RemediationReturned(string RequestId, string CaseId, string Why) : FactBody;

[Fact("remediation.withdrawn", Room.Triage)]
public sealed record RemediationWithdrawn(string RequestId, string CaseId, string Why) : FactBody;

/// <summary>Someone read the note that named them.</summary>
/// <param name="NoteSeq">Number of the note's fact.</param>
[Fact("mention.read", Room.Triage)]
public sealed record MentionRead(long NoteSeq, string Person) : FactBody;
