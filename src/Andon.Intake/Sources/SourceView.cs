using Andon.Intake.Sources.Silence;
using Andon.Model;

namespace Andon.Intake.Sources;

/// <summary>A source as the console shows it.</summary>
public sealed record SourceView(
    string SourceId, string Name, string Owner, string Unit, string Listener, string Host, string Dataset,
    long FirstMs, long LastMs, long Events, long Bytes, long ParseFailures, int[] PerMinute, IReadOnlyList<SourceFinding> Findings)
{
    /// <summary>What ails it now, by itself or with all of its host, relay, group or listener.</summary>
    public IReadOnlyList<SourceAilment> Ailments { get; init; } = [];
    /// <summary>People work on it; alarms wait.</summary>
    public bool Maintained { get; init; }
    /// <summary>Groups that hold it by their rules.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
    public string Relay { get; init; } = "";
    public SourceCard Card { get; init; } = SourceCard.Empty;
    public bool HasContract { get; init; }
    /// <summary>Numbers of its sender that never came.</summary>
    public long LostEvents { get; init; }
    /// <summary>Code of what is wrong with its name; empty when nothing is.</summary>
    public string Naming { get; init; } = "";

    internal static SourceView Of(Source s, long nowMs, Catalogue? catalogue = null, IReadOnlyDictionary<string, SourceAilment[]>? ill = null) => new(
        s.Id, s.Card.Name.Length > 0 ? s.Card.Name : s.Id, s.Card.Owner, s.Card.Unit, s.Listener, s.Host, s.Dataset,
        s.FirstMs, s.LastMs, s.Events, s.Bytes, s.ParseFailures, s.Hour(nowMs),
        [.. s.Findings.OrderByDescending(f => f.Value).Select(f => new SourceFinding(f.Key, f.Value))])
    {
        Ailments = catalogue is null ? [] : AilmentsOf(s, ill ?? AilmentsBySubject(catalogue)),
        Maintained = IsMaintained(s, nowMs),
        Groups = [.. GroupsOf(s)],
        Relay = s.Relay, Card = s.Card, HasContract = s.Contract is not null, LostEvents = s.LostEvents,
    };

    internal static bool IsMaintained(Source s, long nowMs) => s.Voice is { } voice && (voice.Maintained(nowMs) || voice.Within.Exists(w => w.Maintained(nowMs)));

    internal static IEnumerable<string> GroupsOf(Source s) => s.Voice?.Within.Where(w => w.Scope == SilenceScope.Group).Select(w => w.Name) ?? [];

    internal static IReadOnlyList<SourceAilment> AilmentsOf(Source s, IReadOnlyDictionary<string, SourceAilment[]> ill)
    {
        if (ill.Count == 0) return [];
        var own = ill.GetValueOrDefault(Voice.KeyOf(SilenceScope.Source, s.Id), []).AsEnumerable();
        foreach (var wider in s.Voice?.Within ?? []) own = own.Concat(ill.GetValueOrDefault(wider.Key, []));
        return [.. own.Distinct().Order()];
    }

    /// <summary>Open alarms by whom they are about: looked through once for a list of thousands.</summary>
    internal static IReadOnlyDictionary<string, SourceAilment[]> AilmentsBySubject(Catalogue catalogue) =>
        catalogue.Alarms.Open.GroupBy(a => a.Body.SubjectId, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Select(a => a.Body.Ailment).ToArray(), StringComparer.Ordinal);
}

/// <summary>How often a source's records had that finding.</summary>
public sealed record SourceFinding(string Code, long Count);

/// <summary>All sources.</summary>
public sealed record SourceList(IReadOnlyList<SourceView> Sources);

/// <summary>One record of a source and what was made of it.</summary>
public sealed record SourceSample(string EventId, long TimeMs, string Raw, IReadOnlyDictionary<string, IReadOnlyList<string>> Fields, IReadOnlyList<string> Findings);

/// <summary>A source with its last records.</summary>
public sealed record SourceDetail(
    string SourceId, string Name, string Owner, string Unit, string Listener, string Host, string Dataset,
    long FirstMs, long LastMs, long Events, long Bytes, long ParseFailures, int[] PerMinute, IReadOnlyList<SourceFinding> Findings, IReadOnlyList<SourceSample> Samples)
{
    public required SourceCard Card { get; init; }
    public SourceContract? Contract { get; init; }
    public required IReadOnlyList<string> Groups { get; init; }
    public required SourceHealthView Health { get; init; }
    public required IReadOnlyList<SourceAlarmView> Alarms { get; init; }
    /// <summary>What is wrong with its name, with a better one in the hint.</summary>
    public required IReadOnlyList<Finding> Naming { get; init; }
    /// <summary>What would be missed without it.</summary>
    public required SourceBlindness Blind { get; init; }
    /// <summary>What ails it now, by itself or with all of its host, relay, group or listener.</summary>
    public required IReadOnlyList<SourceAilment> Ailments { get; init; }
    public required bool Maintained { get; init; }
    public required string Relay { get; init; }
    public required long LostEvents { get; init; }
    /// <summary>Addresses that speak for its host at its listener, the busiest first; none where its name is its address.</summary>
    public required IReadOnlyList<SourceSpeaker> Speakers { get; init; }
    public required IReadOnlyList<SourceCertificate> Certificates { get; init; }
    /// <summary>Planned work on it or on what it is part of, newest first.</summary>
    public required IReadOnlyList<SourceMaintained> Maintenance { get; init; }
    /// <summary>The last cases that its signals joined, newest first.</summary>
    public required IReadOnlyList<string> Cases { get; init; }
    public required long Signals { get; init; }
    /// <summary>Holiday calendars that it keeps.</summary>
    public required IReadOnlyList<string> Calendars { get; init; }
}

/// <summary>An address that speaks for a host.</summary>
/// <param name="Known">It always did, people said that it may, or it took the place of another.</param>
public sealed record SourceSpeaker(string Peer, long FirstMs, long LastMs, long Events, bool Known);

/// <summary>How a source does, in figures.</summary>
/// <param name="DelaySeconds">95 of 100 events usually arrive within that; null when too few tell their time.</param>
/// <param name="ExpectedLastHour">Events that the last whole hour of the week used to bring; 0 when not known yet.</param>
/// <param name="Shapes">Shapes of events known from it.</param>
public sealed record SourceHealthView(
    double? DelaySeconds, double ParseFailureShare, double RepeatShare, long LastHour, double ExpectedLastHour, int Shapes, IReadOnlyList<SourceCounterView> Counters, long LogsCleared);

/// <summary>A counter of the sender.</summary>
/// <param name="Proof">False where its sender leaves events out on purpose: then gaps are lawful.</param>
public sealed record SourceCounterView(string Counter, long Missing, long Restarts, bool Proof)
{
    /// <summary>Numbers that never came, as they were told last.</summary>
    public IReadOnlyList<NumberRange> Ranges { get; init; } = [];
}

/// <summary>A certificate that was shown on its way.</summary>
public sealed record SourceCertificate(string SubjectId, string Name, long EndsMs);

/// <summary>An alarm about a source, open or past.</summary>
public sealed record SourceAlarmView(SourceAlarmed Alarm, long AtMs, long FactSeq, SourceRecovered? Recovered)
{
    /// <summary>What people said it was; null while nobody said.</summary>
    public AlarmJudgement? Judged { get; init; }
}

/// <summary>Open alarms and the last that ended.</summary>
public sealed record SourceAlarmList(IReadOnlyList<SourceAlarmView> Open, IReadOnlyList<SourceAlarmView> Past, double FalseAlarmsPerMonth);

/// <summary>When a source speaks, and how long a silence must be to be told.</summary>
/// <param name="PerHour">Arrivals (within ten seconds they are one) due in each hour of the week, Monday 00:00 first.</param>
/// <param name="ToldMs">When its silence is told if nothing comes from now on; null when not within 40 days.</param>
/// <param name="Like">The group, relay or listener whose habits stand in while it is young.</param>
public sealed record SourceProfile(
    string SourceId, string Zone, IReadOnlyList<double> PerHour, SilenceLimits Limits, long Arrivals, long SinceMs, long? ToldMs, bool NotBegun, string? Like, double FalseAlarmsPerMonth, SilenceYoung? Young);

/// <summary>How a source is judged in its first fortnight.</summary>
/// <param name="Minutes">The pause that is told; null while too little is known.</param>
/// <param name="ByHour">Only hours of the day in which it speaks count, each as surely as it does.</param>
public sealed record SilenceYoung(double? Minutes, bool ByHour);

/// <summary>Pauses that come by themselves at most so often as the budget says, in arrivals due; null where too little is known.</summary>
public sealed record SilenceLimits(double? AtWork, double? AtEnd, double? BeforeBegin);

/// <summary>Give a source a name and an owner.</summary>
public sealed record SourceOwnerAsk(string SourceId, string Name, string Owner, string Unit);

/// <summary>Say what a source is.</summary>
public sealed record SourceCardAsk(string SourceId, SourceCard Card, string Why);

/// <summary>Agree what a source must, may and must never send; null ends the contract.</summary>
public sealed record SourceContractAsk(string SourceId, SourceContract? Contract, string Why);

/// <summary>Make, change or (null) end a group.</summary>
public sealed record SourceGroupAsk(string GroupId, SourceGroup? Group, string Why);

/// <param name="Members">Sources that its rule holds now; none where they were not asked for (<c>members=false</c>).</param>
public sealed record SourceGroupView(string GroupId, SourceGroup Group, IReadOnlyList<string> Members)
{
    /// <summary>How many sources its rule holds now.</summary>
    public int Sources { get; init; } = Members.Count;
}

public sealed record SourceGroupList(IReadOnlyList<SourceGroupView> Groups);

/// <summary>People will work on a source, host, relay, group or listener.</summary>
public sealed record SourceMaintenanceAsk(string SubjectId, long FromMs, long ToMs, string Why);

public sealed record SourceMaintenanceList(IReadOnlyList<SourceMaintained> Windows);

/// <summary>Say what an alarm was.</summary>
public sealed record SourceJudgeAsk(string AlarmId, bool Normal, string Why);
