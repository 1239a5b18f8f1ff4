using System.Globalization;
using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Signals;

namespace Andon.Triage.Grouping;

/// <summary>How strongly a signal belongs to a case.</summary>
/// <param name="Score">Link of triage.md §3, 0 to 1.</param>
/// <param name="Independent">Kinds of shared entities that would each suffice to join.</param>
/// <param name="HostOnly">Nothing but the host would suffice.</param>
/// <param name="Also">What else is shared and counted, strongest first.</param>
internal readonly record struct Link(CaseState Case, double Score, Entity Via, string With, long GapMs, int Independent, bool Causal, bool HostOnly, IReadOnlyList<Entity> Also)
{
    /// <summary>The rule, where it is the rule on its way from host to host that ties most.</summary>
    public string? Sweep { get; init; }
    /// <summary>What says that the host had the address, where that is what ties most.</summary>
    public LeasedHost? Lease { get; init; }
}

/// <summary>Finds the cases that a new signal may belong to: through the entities they share, by how rare and how recent the sharing is.</summary>
internal sealed class Linker(Salience salience)
{
    public const double JoinMin = 0.35;
    public const double MergeMin = 0.6;
    /// <summary>Places, people and leased addresses are there for everyone: sharing them soon after means more than later.</summary>
    const double HalfLifeMs = 2 * Limits.Hour;
    /// <summary>A process, a logon session, a message, a file or a stranger's address or domain is one story's own for as long as it lasts.</summary>
    const double OwnHalfLifeMs = 12 * Limits.Hour;
    const double CommonHalfLifeMs = 12 * Limits.Hour;
    /// <summary>A rare signal beside common ones only, or the other way round: context, so the tie must be closer.</summary>
    const double MixedFactor = 0.6;
    /// <summary>Attackers at different addresses, or different people on a shared machine: likely two stories.</summary>
    const double OtherStoryFactor = 0.45;
    /// <summary>Of two ties on one host, the older counts as a rival from here on: half an hour's decay.</summary>
    const double NearlyAsGood = 0.8;
    /// <summary>What a further kind of shared entity adds: half, because the host, the user and the session of one event seldom vary alone.</summary>
    const double FurtherKind = 0.5;
    /// <summary>A host known only by the lease of its address: a client's own word, passed on by a log line.</summary>
    const double LeaseTrust = 0.8;

    public Salience Salience => salience;

    /// <summary>All links of at least <see cref="JoinMin"/>, best first; equal ones by age of the case.</summary>
    /// <param name="among">Looks among closed cases instead of open ones.</param>
    public List<Link> Find(Signal signal, TriageState state, ClosedBook? among = null)
    {
        var parts = new Dictionary<string, Sum?>();
        foreach (var entity in signal.Entities) Through(entity, Salience.LinkKey(entity, signal.Entities), null, signal, state, among, parts);
        foreach (var leased in signal.Leased) Through(leased.AsEntity(), Keys.Of(EntityKind.Host, leased.Host), leased, signal, state, among, parts);

        foreach (var (member, part) in among is null ? state.Sweeps.Of(signal, state.SurpriseAnywhere) : [])
        {
            if (member.CaseId is not { } id || state.Surviving(id) is not { Open: true } target || target.Signals.Count >= Limits.CaseSignalsMax || state.Bars(signal, target)) continue;
            if (!parts.TryGetValue(target.Id, out var sum) || sum is null) parts[target.Id] = sum = new(target);
            sum.AddSweep(member, part, Math.Abs(signal.Opened.FirstMs - member.Opened.FirstMs));
        }

        var links = new List<Link>(parts.Count);
        foreach (var sum in parts.Values)
        {
            if (sum is null || sum.Best < 0) continue;
            var strength = sum.Strength;
            if (!sum.Causal && OtherStory(signal, sum, state)) strength *= OtherStoryFactor;
            if (strength <= 0) continue;
            var progress = strength >= JoinMin - 0.1 && Progress(signal, sum.Case) ? 0.1 : 0;
            var score = Math.Min(1, strength + (sum.Causal ? 0.3 : 0) + progress);
            if (score >= JoinMin) links.Add(new(sum.Case, score, sum.Via, sum.With, sum.GapMs, sum.Kinds, sum.Causal, sum.HostOnly, sum.Also()) { Sweep = sum.Sweep, Lease = sum.Lease });
        }
        links.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Case.Number.CompareTo(b.Case.Number));
        return Ambiguous(links) ? [] : links;
    }

    /// <summary>All cases that one entity leads to. A case that the signal may not join has null for a sum.</summary>
    void Through(Entity entity, string key, LeasedHost? lease, Signal signal, TriageState state, ClosedBook? among, Dictionary<string, Sum?> parts)
    {
        var weight = salience.TypeWeight(entity);
        if (weight == 0 || state.Entities.Find(key) is not { StopReason: null } stat) return;
        foreach (var id in among?.Of(key) ?? stat.Cases)
        {
            if (state.Surviving(id) is not { } target) continue;
            if (!parts.TryGetValue(target.Id, out var sum)) parts[target.Id] = sum = May(signal, target, state, among) ? new(target) : null;
            if (sum is null) continue;
            if (target.Entities.TryGetValue(key, out var named)) Tie(sum, entity, weight, stat, named, lease, signal, state);
            if (target.Leased.Count > 0 && target.Leased.TryGetValue(key, out var leased)) Tie(sum, entity, weight, stat, leased, lease ?? LeaseOf(leased, signal, state), signal, state);
        }
    }

    static bool May(Signal signal, CaseState target, TriageState state, ClosedBook? among) =>
        (target.Lane == Lane.Closed) != (among is null) && target.Signals.Count < Limits.CaseSignalsMax
        && (signal.Rare || target.Usual < Limits.UsualSignalsMax) && !state.Bars(signal, target);

    void Tie(Sum sum, Entity entity, double weight, EntityStat stat, CaseEntity shared, LeasedHost? lease, Signal signal, TriageState state)
    {
        if (state.Entities.CameByStops(shared)) return;
        var target = sum.Case;
        var (time, anchor) = Time(signal, entity, shared, shared.Rare);
        if (shared.Swept) (time, anchor) = Swept(signal, entity, shared, sum, time, anchor, state);
        var with = state.Signal(anchor.SignalId);
        if (entity.Kind == EntityKind.Ip && with is not null && ChangedHands(entity.Value, signal, with)) return;
        var s = weight * (lease is null ? 1 : LeaseTrust) * Rarity(stat, shared, entity.Kind, signal, target, state);
        var part = s * time * Salience.RoleFactor(entity) * state.Partings.Trust(Keys.Of(entity), signal.Opened.RuleId, with?.Opened.RuleId);
        sum.Add(entity, part, anchor, Math.Abs(signal.Opened.FirstMs - anchor.AtMs), lease);
    }

    /// <summary>Another host had the address when the other signal came.</summary>
    static bool ChangedHands(string address, Signal signal, Signal with)
    {
        if (signal.Leased.Count == 0 || with.Leased.Count == 0) return false;
        return signal.Leased.Find(l => l.Address == address) is { } now && with.Leased.Find(l => l.Address == address) is { } then && now.Host != then.Host;
    }

    static LeasedHost? LeaseOf(CaseEntity leased, Signal signal, TriageState state) =>
        state.Signal(Nearest(leased.Rare.Count > 0 ? leased.Rare : [leased.First], signal.Opened.FirstMs).SignalId)?.Leased.Find(l => l.Host == leased.Entity.Value);

    /// <summary>
    /// Two intrusions by different strangers are under way on the host, and the host is all that ties: the signal could be either's. It
    /// opens a case of its own, related to both; a wrong join would pull all that follows from it into the wrong story.
    /// </summary>
    static bool Ambiguous(List<Link> links)
    {
        if (links.Count < 2 || !links[0].HostOnly || links[0].Case.Attackers.Count == 0) return false;
        for (var i = 1; i < links.Count && links[i].Score >= links[0].Score * NearlyAsGood; i++)
            if (links[i].HostOnly && links[i].Case.Attackers.Count > 0 && !links[i].Case.Attackers.Overlaps(links[0].Case.Attackers)) return true;
        return false;
    }

    /// <summary>
    /// How rare it is that an unrelated signal touches this entity: its share among the entities of its kind, counted without the
    /// signals of the case itself (an attack must not make its own host look ordinary) and measured against a fair share, so that a
    /// host among eleven counts as much as one among a thousand.
    /// </summary>
    static double Rarity(EntityStat stat, CaseEntity inCase, EntityKind kind, Signal signal, CaseState target, TriageState state)
    {
        var day = EntityBook.DayOf(signal.AtMs);
        var kinds = state.Entities.Distinct(kind);
        // Between two rare signals it matters how often rare ones meet there: a host may chatter all day and yet be quiet.
        var rare = signal.Rare && inCase.RareCount > 0;
        var others = Math.Max(0, rare ? stat.RareDegree.Sum(day) - inCase.RareCount - 1 : stat.Degree.Sum(day) - inCase.Count - 1);
        var all = Math.Max(others, (rare ? state.Entities.RareTouches(kind, day) - target.RareTouchesOf(kind) : state.Entities.Touches(kind, day) - target.TouchesOf(kind)) - 1);
        var share = (1.0 + others) / (kinds + all);
        return Math.Min(1, Math.Log(1 + 1 / share) / Math.Log(1 + kinds));
    }

    /// <summary>
    /// Where a sweep merely came by, any host on its way would tie as well: the chance that in so long no unrelated rare signal came to
    /// any of them, by how often such come there. Soon after it is near 1; on a noisy estate, or hours after a sweep over all of it, near 0.
    /// </summary>
    static double NoStray(Sum sum, EntityKind kind, Signal signal, Anchor anchor, TriageState state)
    {
        var hours = Math.Max(1, state.ObservedHours(signal.Opened.FirstMs));
        return Math.Exp(-(double)sum.Strays(kind, state, EntityBook.DayOf(signal.AtMs)) / hours * Math.Abs(signal.Opened.FirstMs - anchor.AtMs) / Limits.Hour);
    }

    /// <summary>
    /// On a host that a sweep passed, what the sweep left ties by <see cref="NoStray"/>. What came up here alone is the story of this host,
    /// whoever sent the sweep, and ties to it as anywhere else.
    /// </summary>
    static (double, Anchor) Swept(Signal signal, Entity entity, CaseEntity shared, Sum sum, double time, Anchor anchor, TriageState state)
    {
        time *= NoStray(sum, entity.Kind, signal, anchor, state);
        var own = shared.Rare.FindAll(a => state.Signal(a.SignalId) is { } member && !sum.Case.WentAround(member.Opened.RuleId));
        if (own.Count == 0) return (time, anchor);
        var (alone, with) = Time(signal, entity, shared, own);
        return alone > time ? (alone, with) : (time, anchor);
    }

    static (double, Anchor) Time(Signal signal, Entity entity, CaseEntity shared, List<Anchor> rare)
    {
        var rareThere = rare.Count > 0;
        var anchor = rareThere ? Nearest(rare, signal.Opened.FirstMs) : shared.First;
        var mixed = rareThere != signal.Rare;
        var halfLife = !rareThere && !signal.Rare ? CommonHalfLifeMs : Salience.IsOwn(entity) ? OwnHalfLifeMs : HalfLifeMs;
        var tau = Math.Pow(2, -Math.Abs(signal.Opened.FirstMs - anchor.AtMs) / halfLife);
        return (tau * (mixed ? MixedFactor : 1), anchor);
    }

    static Anchor Nearest(List<Anchor> anchors, long ms)
    {
        var best = anchors[^1];
        foreach (var a in anchors)
            if (Math.Abs(a.AtMs - ms) < Math.Abs(best.AtMs - ms)) best = a;
        return best;
    }

    /// <summary>Does the signal name another attacker, or on a machine that many share another person, than all rare signals of the case?</summary>
    static bool OtherStory(Signal signal, Sum sum, TriageState state)
    {
        if (Other(signal, IsAttacker, sum.Case.Attackers) is { } attacker) return attacker;
        if (!sum.HostOnly || state.Entities.Find(Keys.Of(sum.Via)) is not { } host || host.People.Count <= EntityStat.ManyPeople) return false;
        return Other(signal, IsPerson, sum.Case.People) == true;
    }

    /// <summary>Null when the signal or the case names none.</summary>
    static bool? Other(Signal signal, Func<Entity, bool> which, HashSet<string> known)
    {
        if (known.Count == 0) return null;
        var any = false;
        foreach (var e in signal.Entities)
        {
            if (!which(e)) continue;
            if (known.Contains(e.Value)) return false;
            any = true;
        }
        return any ? true : null;
    }

    /// <summary>An address from outside in the acting role.</summary>
    public static bool IsAttacker(Entity e) => e is { Kind: EntityKind.Ip, Role: EntityRole.Actor } && !Salience.IsInternal(e.Value);

    /// <summary>An account in the acting role that stands for someone.</summary>
    public static bool IsPerson(Entity e) => e is { Kind: EntityKind.User or EntityKind.Principal, Role: EntityRole.Actor } && Salience.Default.TypeWeight(e) > 0;

    static bool Progress(Signal signal, CaseState target)
    {
        foreach (var tactic in signal.Opened.Tactics)
            if (Attack.Rank(tactic) is >= 0 and var rank && target.Stage.AdvancesTo(rank, signal.Opened.FirstMs)) return true;
        return false;
    }

    /// <summary>The stored reason, for people.</summary>
    public static JoinReason Reason(Link link, TriageState state)
    {
        var with = state.Signal(link.With)?.Opened.Title ?? "its first signal";
        var also = link.Also.Count == 0 ? "" : ", also " + string.Join(" and ", link.Also.Select(Name));
        var same = link.Sweep is null ? $"same {Name(link.Via)} as “{with}”" : $"“{with}”, a rule that hardly ever comes up, was met on {Place(state.Signal(link.With))} too";
        if (link.Lease is { } lease) same += $" (it had {lease.Address}, says {lease.SourceId})";
        var text = string.Create(CultureInfo.InvariantCulture, $"joined because {same}, {Gap(link.GapMs)}{also}, link {link.Score:0.00}");
        return new(link.Sweep is null ? Keys.Of(link.Via) : Sweeps.ViaOf(link.Sweep), link.With, link.GapMs, link.Score, text);
    }

    static string Place(Signal? signal) => signal?.Opened.Entities.FirstOrDefault(e => e.Kind is EntityKind.Host or EntityKind.Container) is { } place ? Name(place) : "another host";

    public static string Name(Entity entity) => entity.Kind switch
    {
        EntityKind.Session => "logon session", EntityKind.Ip => "address", EntityKind.Hash => "file hash", var kind => kind.ToString().ToLowerInvariant(),
    } + " " + entity.Value;

    static string Gap(long ms) => ms switch
    {
        < Limits.Second => "at the same moment",
        < Limits.Minute => $"{ms / Limits.Second} s apart",
        < Limits.Hour => $"{ms / Limits.Minute} min apart",
        _ => $"{ms / Limits.Hour} h {ms % Limits.Hour / Limits.Minute} min apart",
    };

    sealed class Sum(CaseState target)
    {
        readonly Dictionary<EntityKind, (double Part, Entity Entity)> kinds = [];
        readonly Dictionary<EntityKind, int> strays = [];

        public CaseState Case => target;
        public double Best { get; private set; } = -1;
        public Entity Via { get; private set; } = new(EntityKind.Host, "");
        public string With { get; private set; } = "";
        public long GapMs { get; private set; }
        public bool Causal { get; private set; }
        /// <summary>The rule, when its sweep is the strongest tie.</summary>
        public string? Sweep { get; private set; }
        double sweep, byLease;
        /// <summary>The lease, when a host known only by it is the strongest tie. It joins, but is no second tie that a merge asks for.</summary>
        public LeasedHost? Lease { get; private set; }
        public int Kinds => kinds.Values.Count(k => k.Part >= JoinMin);
        public bool HostOnly => kinds.All(k => k.Key == EntityKind.Host || k.Value.Part < JoinMin);

        /// <summary>Noisy-or over kinds: the best in full, each further one by half.</summary>
        public double Strength
        {
            get
            {
                var apart = 1 - FurtherKind * sweep;
                // The lease says no more than the address does, so of the two only the stronger counts.
                var address = Math.Max(byLease, kinds.TryGetValue(EntityKind.Ip, out var ip) ? ip.Part : 0);
                apart *= 1 - FurtherKind * address;
                foreach (var (kind, (part, _)) in kinds)
                    if (kind != EntityKind.Ip) apart *= 1 - FurtherKind * part;
                return 1 - apart / (1 - FurtherKind * Best) * (1 - Best);
            }
        }

        /// <summary>Further kinds that moved the score by what the reason's two digits can show.</summary>
        public IReadOnlyList<Entity> Also() => kinds.Count == 1 && Sweep is null && Lease is null ? [] : [.. kinds.Where(k => (k.Key != Via.Kind || Sweep is not null || Lease is not null) && k.Value.Part >= 0.05)
            .OrderByDescending(k => k.Value.Part).ThenBy(k => k.Key).Select(k => k.Value.Entity)];

        public void Add(Entity entity, double part, Anchor anchor, long gapMs, LeasedHost? lease)
        {
            if (part > Best) (Best, Via, With, GapMs, Sweep, Lease) = (part, entity, anchor.SignalId, gapMs, null, lease);
            if (lease is not null)
            {
                byLease = Math.Max(byLease, part);
                return;
            }
            if (!kinds.TryGetValue(entity.Kind, out var known) || part > known.Part) kinds[entity.Kind] = (part, entity);
            if (part >= JoinMin) Causal |= Salience.IsCausal(entity.Kind);
        }

        /// <summary>Rare signals of others on the places that a sweep brought into the case; looked up once.</summary>
        public int Strays(EntityKind kind, TriageState state, int day)
        {
            if (strays.TryGetValue(kind, out var known)) return known;
            var sum = 0;
            foreach (var (key, swept) in target.Entities)
                if (swept.Swept && swept.Entity.Kind == kind && state.Entities.Find(key) is { } there) sum += Math.Max(0, there.RareDegree.Sum(day) - swept.RareCount);
            return strays[kind] = sum;
        }

        public void AddSweep(Signal member, double part, long gapMs)
        {
            sweep = Math.Max(sweep, part);
            if (part > Best) (Best, With, GapMs, Sweep, Lease) = (part, member.Id, gapMs, member.Opened.RuleId, null);
        }
    }
}
