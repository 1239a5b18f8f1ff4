using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;
using Andon.Triage.Priority;
using Andon.Triage.Routing;
using Andon.Triage.Signals;

namespace Andon.Triage.Core;

/// <summary>
/// The pure step of triage: hits in, facts out. It takes its time from the caller and changes nothing but the state given, and that only
/// by the facts it returns (and by counts of alerts, which facts follow in growing steps).
/// </summary>
internal sealed class TriageCore(Func<TriageState> current, Linker linker, DomainRules domains)
{
    public TriageCore(TriageDesk desk, Linker linker, DomainRules domains) : this(() => desk.State, linker, domains) { }
    public TriageCore(TriageState state, Linker linker, DomainRules domains) : this(() => state, linker, domains) { }

    // A state that may be ahead of the log is replaced by a new one between steps.
    TriageState state = current();
    static readonly string Actor = Actors.Of(Room.Triage);
    readonly List<FactDraft> drafts = [];
    readonly Dictionary<string, Touched> touched = [];
    long nowMs;

    /// <summary>Hits of rules that are not in production, since the last step.</summary>
    public int TestingHits { get; private set; }
    /// <summary>New entities that fold on their rule alone because it has too many.</summary>
    public int Overflowed { get; private set; }
    /// <summary>Which host had an address when. Told beside the hits; what it said of a signal is in the signal's facts.</summary>
    public LeaseBook Leases { get; } = new();
    /// <summary>Who may do what looks like an attack.</summary>
    public AllowList Allowed { get; init; } = AllowList.None;
    /// <summary>Where one alert was placed, for tools that follow each of them.</summary>
    public Action<Hit, Signal>? Placed { get; set; }

    /// <summary>Takes one block in. <paramref name="position"/> is its place in the hit log.</summary>
    public IReadOnlyList<FactDraft> Step(IReadOnlyList<Hit> hits, ulong position, long now)
    {
        Begin(now);
        (TestingHits, Overflowed) = (0, 0);
        foreach (var hit in hits)
        {
            if (hit.Queue == RuleQueue.Production) Take(hit, position);
            else if (hit.Queue == RuleQueue.Testing) TestingHits++;
        }
        return End();
    }

    /// <summary>Writes the last count of bursts that are over although no later hit said so.</summary>
    public IReadOnlyList<FactDraft> CloseBursts(long now)
    {
        Begin(now);
        foreach (var signal in state.Unwritten.Where(s => now - s.SeenMs > Limits.SignalGapMs).OrderBy(s => s.Id, StringComparer.Ordinal).ToList())
            Put($"hit:{signal.LastHit}", signal.Write());
        return End();
    }

    /// <summary>Where reading must go on after a stop, so that counts not yet in facts are met again.</summary>
    public ulong Checkpoint(ulong next)
    {
        foreach (var signal in state.Unwritten) next = Math.Min(next, signal.UnwrittenFrom);
        return next;
    }

    /// <summary>A report by a person: a signal like any other, so that it groups and counts.</summary>
    public (IReadOnlyList<FactDraft> Drafts, string CaseId) Report(string title, string text, IReadOnlyList<Entity> entities, string actor, long now)
    {
        Begin(now);
        var number = state.NextNumber;
        var caseId = "c" + number.ToString(CultureInfo.InvariantCulture);
        var hit = new Hit(default, now, now, "manual", title, actor, Level.High, RuleQueue.Production, [], "manual", entities, new Dictionary<string, string>(), []);
        var opened = Open(hit, entities.Count > 0 ? MainEntity.Key(hit) : "case:" + caseId, $"manual/{caseId}");
        drafts.Clear();
        var (domain, routed) = domains.Of(hit, state.Board.Learned);
        PutAs(actor, "report", new CaseOpened(caseId, number, title, domain, Manual: true) { Routed = routed });
        PutAs(actor, "report", opened);
        PutAs(actor, "report", new SignalJoined(caseId, opened.SignalId, null));
        if (text.Length > 0) PutAs(actor, "report", new CaseNoted(caseId, text));
        Touch(caseId, opened, $"case:{caseId}", isNew: true);
        return (End(), caseId);
    }

    /// <summary>
    /// Work that no alert brought: a source that went blind. It is a card of its own and is tied to nothing, for a silent machine is no
    /// evidence against whoever is met on it later.
    /// </summary>
    public IReadOnlyList<FactDraft> Work(SourceAlarmed alarm, string cause, long now)
    {
        Begin(now);
        if (state.Signal(WorkId(alarm)) is not null) return [];
        var number = state.NextNumber;
        var caseId = "c" + number.ToString(CultureInfo.InvariantCulture);
        var rule = "source." + char.ToLowerInvariant(alarm.Ailment.ToString()[0]) + alarm.Ailment.ToString()[1..];
        var hit = new Hit(default, alarm.SinceMs, now, rule, alarm.Title, Actor, alarm.Level, RuleQueue.Production, [], alarm.SourceIds.Count == 1 ? alarm.SourceIds[0] : "", [], new Dictionary<string, string>(), []);
        var opened = Open(hit, alarm.SubjectId, alarm.AlarmId) with { SignalId = WorkId(alarm) };
        drafts.Clear();
        Put(cause, new CaseOpened(caseId, number, alarm.Title, SourcesDomain, Manual: true));
        Put(cause, opened);
        Put(cause, new SignalJoined(caseId, opened.SignalId, null));
        Put(cause, new CaseNoted(caseId, Told(alarm)));
        Touch(caseId, opened, cause, isNew: true);
        return End();
    }

    /// <summary>What was wrong is well again: a card that nobody holds ends by itself, one that somebody works on is told.</summary>
    public IReadOnlyList<FactDraft> Done(SourceRecovered recovered, string cause, long now)
    {
        Begin(now);
        if (state.Signal(WorkId(recovered.AlarmId, recovered.SubjectId)) is not { CaseId: { } id } || state.Surviving(id) is not { Open: true } card) return [];
        if (card.Owner is null && card.Signals.Count == 1 && card.Card.Legal is null) Put(cause, new CaseClosed(id, Verdict.Undecided, [], null, "internal.monitoring", $"It is well again by itself. {recovered.Evidence}", 0));
        else Put(cause, new CaseNoted(id, $"It is well again. {recovered.Evidence}"));
        return [.. drafts];
    }

    const string SourcesDomain = "sources";

    static string WorkId(SourceAlarmed alarm) => WorkId(alarm.AlarmId, alarm.SubjectId);

    static string WorkId(string alarm, string subject) => IdOf(alarm + "|" + subject);

    static string Told(SourceAlarmed alarm)
    {
        var blind = alarm.Blind;
        var text = new StringBuilder(alarm.Evidence);
        if (blind.Rules > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {blind.Rules} rules look at it, {blind.Wholly} of them at nothing else");
            if (blind.Techniques.Count > 0) text.Append(CultureInfo.InvariantCulture, $" (ATT&CK {string.Join(", ", blind.Techniques.Take(12))}{(blind.Techniques.Count > 12 ? " …" : "")})");
            text.Append('.');
            if (blind.StandIns.Count > 0) text.Append(CultureInfo.InvariantCulture, $" {blind.StandIns[0].SourceId} could stand in for {blind.StandIns[0].Rules} of them.");
        }
        if (alarm.Hosts.Count > 1) text.Append(CultureInfo.InvariantCulture, $" Hosts: {string.Join(", ", alarm.Hosts.Take(20))}{(alarm.Hosts.Count > 20 ? " …" : "")}.");
        return text.ToString();
    }

    void Begin(long now)
    {
        (nowMs, state) = (now, current());
        drafts.Clear();
        touched.Clear();
    }

    IReadOnlyList<FactDraft> End()
    {
        foreach (var (id, change) in touched)
        {
            if (state.Case(id) is not { Open: true } c) continue;
            var shift = PriorityShift.Of(c, state, nowMs, change.IsNew);
            var reason = Reasons.Of(c, shift, change.Signals, change.Merged, state);
            drafts.Add(new(Actor, change.Cause, shift with { Reason = reason }) { AtMs = nowMs });
        }
        return [.. drafts];
    }

    void Take(Hit hit, ulong position)
    {
        var entity = MainEntity.Key(hit);
        var key = state.Key(hit.RuleId, entity);
        if (key is null && (state.KeysOf(hit.RuleId) >= Limits.KeysPerRuleMax || state.KeyCount >= Limits.KeysMax))
        {
            entity = "many:" + hit.RuleId;
            key = state.Key(hit.RuleId, entity);
            Overflowed++;
        }

        if (key is not null && hit.Event.Value <= key.LastEvent)
        {
            if (Placed is not null && key.Covering(hit.TimeMs, InOpenCase) is { } known) Placed(hit, known);
            return; // Counted before.
        }

        if (key?.Covering(hit.TimeMs, InOpenCase) is { } burst)
        {
            Repeat(burst, key, hit, position);
            Placed?.Invoke(hit, burst);
            return;
        }

        foreach (var over in key?.Bursts ?? [])
            if (over.Unwritten) Put($"hit:{over.LastHit}", over.Write());
        var opened = Open(hit, entity, hit.Key);
        Put($"hit:{hit.Key}", opened);
        if (state.Signal(opened.SignalId) is not { } signal) return;
        if (Allowed.Of(hit) is { } entry) Put($"hit:{hit.Key}", new SignalAuthorised(signal.Id, entry.Name, entry.Why));
        Place(signal, hit);
        Placed?.Invoke(hit, signal);
    }

    bool InOpenCase(Signal signal) => signal.CaseId is { } id && state.Surviving(id) is { Open: true };

    void Repeat(Signal burst, SignalKey key, Hit hit, ulong position)
    {
        if (!burst.Unwritten)
        {
            burst.UnwrittenFrom = position;
            state.Unwritten.Add(burst);
        }
        burst.Count++;
        burst.SeenMs = nowMs;
        burst.LastHit = hit.Key;
        key.LastEvent = hit.Event.Value;
        state.Counted(burst, 1, hit.TimeMs);
        state.Active(burst, key, burst.LastMs);
        foreach (var entity in hit.Entities)
        {
            if (burst.Entities.Count + (burst.Fresh?.Count ?? 0) >= Limits.SignalEntitiesMax) break;
            if (burst.Entities.Contains(entity) || burst.Fresh?.Contains(entity) == true) continue;
            (burst.Fresh ??= []).Add(entity);
            if (burst.Rare && LeasedTo(entity, hit) is { } leased) (burst.FreshLeased ??= []).Add(leased);
        }
        if (burst.StepReached) Put($"hit:{hit.Key}", burst.Write());
        // Another one acts: told at once, so that nobody hides behind the scanner.
        if (burst.Authorised is null || Allowed.Of(hit) is not null) return;
        var stranger = hit.Entities.FirstOrDefault(e => e.Role == EntityRole.Actor && !Allowed.Knows(e))?.Value ?? "someone";
        Put($"hit:{hit.Key}", new SignalAuthorised(burst.Id, null, $"{stranger} acts too and is not on the allow-list"));
        if (burst.CaseId is { } id && state.Surviving(id) is { } c) Touch(c.Id, burst.Opened, $"hit:{hit.Key}", isNew: false);
    }

    SignalOpened Open(Hit hit, string entity, string firstHit)
    {
        var (tactics, techniques) = Attack.Read(hit.Tags);
        var b = Formula.Base(hit.Level);
        var rho = state.Reliability.Of(hit.RuleId, entity);
        var u = state.Surprise(hit.RuleId, entity, hit.TimeMs);
        var entities = hit.Entities.Count <= Limits.SignalEntitiesMax ? hit.Entities : [.. hit.Entities.Take(Limits.SignalEntitiesMax)];
        return new(IdOf(firstHit + "|" + entity), hit.RuleId, hit.Title, hit.Level, entity, entities, tactics, techniques, firstHit, hit.SourceId,
            hit.TimeMs, b, rho, u, Formula.Lambda(Formula.Weight(b, rho, u)))
        {
            Leased = Leases.Count == 0 || !Signal.IsRare(b, u) ? null : entities.Select(e => LeasedTo(e, hit)).OfType<LeasedHost>().ToList() is { Count: > 0 } leased ? leased : null,
        };
    }

    // Only of rare signals: what is usual is met with every address of the house, and would tie everyone's hosts to everyone's chatter.
    // The inventory's word about an address goes before that of any log line; a host that the alert names itself needs no lease.
    LeasedHost? LeasedTo(Entity entity, Hit hit)
    {
        if (entity.Kind != EntityKind.Ip || !Salience.IsInternal(entity.Value) || state.Estate.Find(entity) is not null) return null;
        if (Leases.At(entity.Value, hit.TimeMs) is not { } leased || state.Entities.HostNamed(leased.Host) is not { } host) return null;
        return hit.Entities.Any(e => e.Kind == EntityKind.Host && e.Value == host) ? null : leased with { Host = host };
    }

    void Place(Signal signal, Hit hit)
    {
        var cause = $"hit:{hit.Key}";
        var links = linker.Find(signal, state);
        if (links.Count == 0)
        {
            var number = state.NextNumber;
            var id = "c" + number.ToString(CultureInfo.InvariantCulture);
            var (domain, routed) = domains.Of(hit, state.Board.Learned);
            Put(cause, new CaseOpened(id, number, Titles.First(signal), domain, Manual: false) { Routed = routed });
            Put(cause, new SignalJoined(id, signal.Id, null));
            if (Recurrence.Of(id, signal, state, linker) is { } recurred) Put(cause, recurred);
            Touch(id, signal.Opened, cause, isNew: true);
            return;
        }

        var best = links[0];
        Put(cause, new SignalJoined(best.Case.Id, signal.Id, Linker.Reason(best, state)));
        Touch(best.Case.Id, signal.Opened, cause, isNew: false);
        foreach (var other in links.Skip(1))
        {
            if (MergeGuard.Refuse(best.Case, other.Case, best) is not null || MergeGuard.Refuse(best.Case, other.Case, other) is not null) continue;
            if (state.PartedBy(best.Case, other.Case) is not null || best.Case.Authorised != other.Case.Authorised) continue;
            var (into, from) = MergeGuard.Order(best.Case, other.Case);
            Put(cause, new CaseMerged(from.Id, into.Id, Linker.Reason(other, state)));
            var change = touched.GetValueOrDefault(from.Id);
            touched.Remove(from.Id);
            Touch(into.Id, null, cause, change?.IsNew == true && touched.GetValueOrDefault(into.Id)?.IsNew == true);
            touched[into.Id].Merged++;
            if (change is not null) touched[into.Id].Signals.AddRange(change.Signals);
            break; // One merge a signal; the next signal may bring the next.
        }
    }

    void Touch(string caseId, SignalOpened? signal, string cause, bool isNew)
    {
        if (!touched.TryGetValue(caseId, out var change)) touched[caseId] = change = new(cause, isNew);
        if (signal is not null) change.Signals.Add(signal);
    }

    void Put(string cause, FactBody body) => PutAs(Actor, cause, body);

    void PutAs(string actor, string cause, FactBody body)
    {
        drafts.Add(new(actor, cause, body) { AtMs = nowMs });
        state.Apply(new(0, nowMs, actor, cause, body));
    }

    // The same hit always makes the same signal, however often it is replayed.
    static string IdOf(string what) => "s" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 8));

    sealed class Touched(string cause, bool isNew)
    {
        public string Cause => cause;
        public bool IsNew => isNew;
        public List<SignalOpened> Signals { get; } = [];
        public int Merged { get; set; }
    }
}
