namespace Andon.Model;

/// <summary>A source sent its first record. Its key is transport, host and program or dataset.</summary>
[Fact("source.discovered", Room.Intake)]
public sealed record SourceDiscovered(string SourceId, string Listener, string Host, string Dataset) : FactBody;

/// <summary>A person gave a source a name and an owner.</summary>
[Fact("source.owned", Room.Intake)]
public sealed record SourceOwned(string SourceId, string Name, string Owner, string Unit) : FactBody;

/// <summary>What people say about a source changed.</summary>
[Fact("source.described", Room.Intake)]
public sealed record SourceDescribed(string SourceId, SourceCard Before, SourceCard After, string Why) : FactBody;

/// <summary>What a source must, may and must never send was agreed anew.</summary>
/// <param name="After">Null: there is no contract any more.</param>
[Fact("source.contracted", Room.Intake)]
public sealed record SourceContracted(string SourceId, SourceContract? Before, SourceContract? After, string Why) : FactBody;

/// <summary>A group of sources was made or changed; its members follow from its rule.</summary>
/// <param name="After">Null: it is gone.</param>
[Fact("source.grouped", Room.Intake)]
public sealed record SourceGrouped(string GroupId, SourceGroup? Before, SourceGroup? After, string Why) : FactBody;

/// <summary>People will work on something that speaks, or ended that: its silence is not told meanwhile.</summary>
/// <param name="SubjectId">For example <c>source:ID</c>, <c>host:web01</c>, <c>relay:10.0.0.1</c>, <c>group:web</c>.</param>
/// <param name="ToMs">Not after <paramref name="FromMs"/>: the maintenance is called off.</param>
[Fact("source.maintained", Room.Intake)]
public sealed record SourceMaintained(string SubjectId, long FromMs, long ToMs, string Why) : FactBody;

/// <summary>Something that speaks is not well, with what shows it.</summary>
/// <param name="SubjectId">The source, or the host, relay, group or listener all of whose sources are meant.</param>
/// <param name="SourceIds">The sources meant, at most 256 of them.</param>
/// <param name="Sources">How many they are.</param>
[Fact("source.alarmed", Room.Intake)]
public sealed record SourceAlarmed(
    string AlarmId, string SubjectId, SourceAilment Ailment, long SinceMs, string Title, string Evidence, Level Level,
    IReadOnlyList<string> SourceIds, int Sources, IReadOnlyList<string> Hosts, SourceBlindness Blind) : FactBody;

/// <summary>It is well again.</summary>
[Fact("source.recovered", Room.Intake)]
public sealed record SourceRecovered(string AlarmId, string SubjectId, SourceAilment Ailment, long SinceMs, long UntilMs, string Evidence) : FactBody;

/// <summary>Someone says what an alarm about a source was. What was normal is learned as the source's own way.</summary>
[Fact("source.alarm_judged", Room.Intake)]
public sealed record SourceAlarmJudged(string AlarmId, string SubjectId, bool Normal, string Why) : FactBody;

/// <summary>Numbers that the sender counts are missing: events were lost on the way, unless the sender filters.</summary>
/// <param name="Counter">What counts: <c>syslog sequenceId</c>, <c>auditd serial</c>, <c>EventRecordID Security</c>.</param>
/// <param name="Missing">How many, also where not all ranges are listed.</param>
/// <param name="Proof">False where the catalogue says that the sender filters: then gaps are lawful.</param>
[Fact("source.lost", Room.Intake)]
public sealed record SourceLost(string SourceId, string Counter, IReadOnlyList<NumberRange> Ranges, long Missing, long FromMs, long ToMs, bool Proof) : FactBody;

/// <summary>A filter for a sender was made from the ledger and tried on stored samples.</summary>
/// <param name="Snippets">By the sender's program.</param>
/// <param name="Dropped">Of the events tried, those of the kind; no other.</param>
[Fact("source.filter_proposed", Room.Intake)]
public sealed record SourceFilterProposed(string SourceId, string EventKind, IReadOnlyDictionary<string, string> Snippets, int Tried, int Dropped, string Why) : FactBody;

/// <summary>Numbers from one to another, both missing.</summary>
public sealed record NumberRange(long From, long To);

/// <summary>What ails a source.</summary>
public enum SourceAilment
{
    Silent, Late, VolumeLow, VolumeHigh, ParseFailures, FormatChanged, ClockSkew, Duplicates, SequenceGap, CertificateEnding, MustMissing, NeverArrived, UnknownSender, ForeignPeer,
}

/// <summary>What nobody sees while a source is not well.</summary>
/// <param name="RuleIds">Rules in force that read it; at most 64 of them.</param>
/// <param name="Rules">How many they are.</param>
/// <param name="Wholly">Of those, rules that read no other source that speaks.</param>
/// <param name="StandIns">Sources that speak and that most of these rules read too, the best first.</param>
public sealed record SourceBlindness(IReadOnlyList<string> RuleIds, int Rules, int Wholly, IReadOnlyList<string> Techniques, IReadOnlyList<SourceStandIn> StandIns)
{
    public static readonly SourceBlindness None = new([], 0, 0, [], []);
}

/// <param name="Rules">How many of the rules that go blind read it.</param>
public sealed record SourceStandIn(string SourceId, int Rules);

/// <summary>What people say about a source.</summary>
/// <param name="Criticality">0.5, 1, 1.5 or 2, as for assets; 0 is not said.</param>
/// <param name="EventsPerDay">As its owner expects; 0 is not said.</param>
/// <param name="Zone">Time zone of its people and of times without one, for example <c>Europe/Berlin</c>.</param>
/// <param name="Filtered">What its sender leaves out on purpose; empty: nothing.</param>
public sealed record SourceCard(
    string Name, string Owner, string Unit, double Criticality, string DataClass, string AssetId, double EventsPerDay, string Format, string Parser, string Zone, string Retention,
    IReadOnlyList<string> Tags, string Filtered, bool Confirmed)
{
    public static readonly SourceCard Empty = new("", "", "", 0, "", "", 0, "", "", "", "", [], "", false);
}

/// <summary>What a source must, may and must never send. Fields by name; event kinds by <c>event.code</c> or <c>event.action</c>.</summary>
/// <param name="WithinHours">A MUST is missing when it did not come for so long.</param>
public sealed record SourceContract(
    IReadOnlyList<string> MustFields, IReadOnlyList<string> MustEvents, IReadOnlyList<string> MayEvents, IReadOnlyList<string> NeverFields, IReadOnlyList<string> NeverEvents, int WithinHours)
{
    /// <summary>Networks that its host's records come from, whoever of them brings them; none named leaves it to what is usual.</summary>
    public IReadOnlyList<string>? SendsFrom { get; init; }
}

/// <summary>Sources that belong together, by what they are: every condition given must hold; <c>*</c> stands for anything.</summary>
public sealed record SourceGroup(string Name, string Listener, string Host, string Dataset, string Unit, string Tag);
