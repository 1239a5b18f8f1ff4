using Andon.Model;
using Andon.Triage.Board;
using Andon.Triage.Grouping;
using Andon.Triage.Priority;
using Andon.Triage.Signals;

namespace Andon.Triage.Cases;

/// <summary>A signal that a later one can be tied to.</summary>
internal readonly record struct Anchor(long AtMs, string SignalId);

/// <summary>An entity within one case.</summary>
internal sealed class CaseEntity(Entity entity, Anchor first)
{
    const int RareMax = 16;
    public Entity Entity { get; } = entity;
    public Anchor First { get; } = first;
    public List<Anchor> Rare { get; } = [];
    public int Count { get; set; }
    public int RareCount { get; set; }
    /// <summary>A sweep came by here; nothing else of the case need have.</summary>
    public bool Swept { get; set; }
    /// <summary>What the signals that brought it in were tied by; empty once one came by nothing else, or by so much that no one tie matters.</summary>
    public List<string>? Through { get; private set; } = [];
    const int ThroughMax = 4;

    /// <summary>A signal that touches it came into the case by that tie.</summary>
    public void CameBy(string? via, string key)
    {
        if (via == key || Through is null || (via is not null && Through.Contains(via))) return;
        if (via is null || Through.Count >= ThroughMax) Through = null;
        else Through.Add(via);
    }

    public void AddRare(Anchor anchor)
    {
        Rare.Add(anchor);
        if (Rare.Count > RareMax) Rare.RemoveAt(0);
    }
}

/// <summary>One move of the priority, as its fact says.</summary>
internal sealed record Move(long AtMs, double From, double To, string Reason, long FactSeq);

/// <summary>Something people or playbooks did, for the response lane of the timeline.</summary>
internal sealed record Deed(long AtMs, string Kind, string Actor, string Text, long FactSeq);

/// <summary>A case is what its facts say; nothing else may change one.</summary>
internal sealed partial class CaseState(string id, int number, string firstTitle, string domain, bool manual, long openedMs)
{
    public string Id { get; } = id;
    public int Number { get; } = number;
    public string FirstTitle { get; } = firstTitle;
    public string Domain { get; set; } = domain;
    public bool Manual { get; } = manual;
    public long OpenedMs { get; } = openedMs;
    public long OpenedSeq { get; set; }

    /// <summary>What the board knows of it.</summary>
    public CardState Card { get; } = new();
    public Lane Lane { get; set; } = Lane.New;
    public string? Owner { get; set; }
    public string? MergedInto { get; set; }
    public CaseClosed? Closed { get; set; }
    public long ClosedMs { get; set; }

    public List<Signal> Signals { get; } = [];
    public List<string> MergedIn { get; } = [];
    public Dictionary<string, CaseEntity> Entities { get; } = [];
    /// <summary>Hosts that had an address of it by lease. They tie, and nothing else: no line of a DHCP server names a host of the case.</summary>
    public Dictionary<string, CaseEntity> Leased { get; } = [];
    public IEnumerable<string> TieKeys => Leased.Count == 0 ? Entities.Keys : Entities.Keys.Concat(Leased.Keys.Where(k => !Entities.ContainsKey(k)));
    public bool Ties(string key) => Entities.ContainsKey(key) || Leased.ContainsKey(key);
    readonly int[] touches = new int[Enum.GetValues<EntityKind>().Length];
    readonly int[] rareTouches = new int[Enum.GetValues<EntityKind>().Length];
    public HashSet<string> Rules { get; } = [];
    readonly Dictionary<string, string?> placeOfRule = [];
    /// <summary>Addresses from outside and people that acted in its rare signals; what is usual there says nothing of whose story it is.</summary>
    public HashSet<string> Attackers { get; } = [];
    public HashSet<string> People { get; } = [];
    public Evidence Evidence { get; } = new();
    public Stage Stage { get; } = new();
    public Level Level { get; private set; }
    public long FirstMs { get; private set; } = long.MaxValue;
    public long LastMs { get; set; }

    public List<Move> History { get; } = [];
    public List<Deed> Deeds { get; } = [];
    public List<(long AtMs, string Actor, string Text)> Notes { get; } = [];
    public Dictionary<string, (string PlaybookId, string State)> Runs { get; } = [];
    public Spark Spark { get; } = new();
    /// <summary>What people did on it.</summary>
    public Work.CaseWork Work { get; } = new();

    /// <summary>The last priority in the log: L, K, I, X at that time. Its decay tells "from" of the next move.</summary>
    public PriorityWhy? Stored { get; set; }
    public long StoredMs { get; set; }

    double impact = 1, exposure = 1;
    int estateSeen = -1;

    public bool Open => Lane != Lane.Closed && MergedInto is null;
    /// <summary>Did that rule come up on more than one entity of the case? Then it went by, and says little about each.</summary>
    public bool WentAround(string rule) => placeOfRule.TryGetValue(rule, out var place) && place is null;
    public int TouchesOf(EntityKind kind) => touches[(int)kind];
    public int RareTouchesOf(EntityKind kind) => rareTouches[(int)kind];
    /// <summary>Nothing in it was rare: a host's usual chatter, gathered on one card.</summary>
    public bool Background => Usual == Signals.Count;
    /// <summary>Signals in it that were not rare.</summary>
    public int Usual { get; private set; }

    public void Add(Signal signal, double rho)
    {
        Hold(signal, rho);
        Heard(signal.LastMs, signal.AtMs, signal.Count);
    }

    /// <summary>All but the alerts per hour, which stay with the case that the signal lives in.</summary>
    public void Hold(Signal signal, double rho)
    {
        Signals.Add(signal);
        if (signal.Authorised is not null) authorised++;
        Rules.Add(signal.Opened.RuleId);
        if (!placeOfRule.TryAdd(signal.Opened.RuleId, signal.Opened.Entity) && placeOfRule[signal.Opened.RuleId] != signal.Opened.Entity) placeOfRule[signal.Opened.RuleId] = null;
        if (!signal.Rare) Usual++;
        if (signal.Opened.Level > Level) Level = signal.Opened.Level;
        FirstMs = Math.Min(FirstMs, signal.Opened.FirstMs);
        LastMs = Math.Max(LastMs, Math.Min(signal.LastMs, signal.SeenMs + Limits.Day));
        Stage.Add(signal.Opened.Tactics, signal.Opened.FirstMs);
        foreach (var entity in signal.Entities) AddEntity(signal, entity);
        foreach (var leased in signal.Leased) AddLeased(signal, leased);
        Weigh(signal, rho);
        estateSeen = -1;
    }

    /// <summary>Alerts of that time, known at that other time. An event from the far future is shown as of a day ahead at most.</summary>
    public void Heard(long ms, long knownMs, long alerts)
    {
        ms = Math.Min(ms, knownMs + Limits.Day);
        LastMs = Math.Max(LastMs, ms);
        if (alerts > 0) Spark.Add(ms, alerts);
    }

    public void AddEntity(Signal signal, Entity entity) => Add(signal, entity, Entities);

    public void AddLeased(Signal signal, LeasedHost leased) => Add(signal, leased.AsEntity(), Leased);

    void Add(Signal signal, Entity entity, Dictionary<string, CaseEntity> into)
    {
        var key = Salience.LinkKey(entity, signal.Entities);
        var anchor = new Anchor(signal.Opened.FirstMs, signal.Id);
        if (!into.TryGetValue(key, out var known)) into[key] = known = new(entity, anchor);
        known.Count++;
        known.CameBy(signal.Join?.Via, key);
        touches[(int)entity.Kind]++;
        if (signal.Rare)
        {
            known.AddRare(anchor);
            rareTouches[(int)entity.Kind]++;
            known.RareCount++;
            known.Swept |= Sweeps.IsTie(signal.Join);
            if (Linker.IsAttacker(entity)) Attackers.Add(entity.Value);
            else if (Linker.IsPerson(entity)) People.Add(entity.Value);
        }
        estateSeen = -1;
    }

    void Weigh(Signal signal, double rho)
    {
        var o = signal.Opened;
        var lambda = Formula.Lambda(Formula.Weight(o.Base, rho, o.Surprise));
        Evidence.Put(o.RuleId, signal.CountsAs, new(o.SignalId, lambda, signal.AtMs));
    }

    /// <summary>A verdict changed what the rules are worth: all evidence anew.</summary>
    public void Reweigh(Reliability reliability)
    {
        Evidence.Clear();
        foreach (var signal in Signals) Weigh(signal, reliability.Of(signal.Opened.RuleId, signal.Opened.Entity));
    }

    public (double Impact, double Exposure) Weights(Estate estate)
    {
        if (estateSeen != estate.Version)
        {
            (impact, exposure) = estate.Weigh(Signals.Select(s => (IReadOnlyList<Entity>)s.Entities));
            estateSeen = estate.Version;
        }
        return (impact, exposure);
    }

    public double LnOdds(long nowMs, Estate estate)
    {
        var (i, x) = Weights(estate);
        return Formula.LnOdds(Evidence.L(nowMs), Stage.K, i, x);
    }

    public double Priority(long nowMs, Estate estate) => Open ? Capped(Formula.Points(LnOdds(nowMs, estate))) : 0;

    /// <summary>What the last stored move has decayed to.</summary>
    public double StoredPriority(long nowMs) => Stored is null ? 0
        : Capped(Formula.Points(Formula.LnOdds(Stored.L * Math.Min(1, Formula.Decay(StoredMs, nowMs)), Stored.K, Stored.I, Stored.X)));
}

/// <summary>Alerts per hour of the last 24 hours.</summary>
internal sealed class Spark
{
    readonly long[] counts = new long[24];
    long lastHour = long.MinValue;

    public void Add(long ms, long count)
    {
        var hour = ms / Limits.Hour;
        if (lastHour == long.MinValue) lastHour = hour;
        if (hour - lastHour >= 24) Array.Clear(counts);
        else for (var h = lastHour + 1; h <= hour; h++) counts[Slot(h)] = 0;
        lastHour = Math.Max(lastHour, hour);
        if (lastHour - hour < 24 && count > 0) counts[Slot(hour)] += count;
    }

    public void Clear()
    {
        Array.Clear(counts);
        lastHour = long.MinValue;
    }

    public static IReadOnlyList<long> Sum(IReadOnlyList<Spark> all, long nowMs)
    {
        var last = all.Max(s => s.lastHour);
        var sum = new long[24];
        if (last == long.MinValue) return sum;
        var end = nowMs / Limits.Hour - last is >= 0 and < 24 ? nowMs / Limits.Hour : last;
        foreach (var one in all)
            for (var i = 0; i < 24; i++) sum[i] += one.At(end - 23 + i);
        return sum;
    }

    long At(long hour) => hour <= lastHour && lastHour - hour < 24 ? counts[Slot(hour)] : 0;

    /// <summary>Oldest first. Ends now, or with the last alert where that is older than a day.</summary>
    public IReadOnlyList<long> Read(long nowMs)
    {
        var result = new long[24];
        if (lastHour == long.MinValue) return result;
        var end = nowMs / Limits.Hour - lastHour is >= 0 and < 24 ? nowMs / Limits.Hour : lastHour;
        for (var i = 0; i < 24; i++)
            if (end - 23 + i is var hour && hour <= lastHour && lastHour - hour < 24) result[i] = counts[Slot(hour)];
        return result;
    }

    static int Slot(long hour) => (int)(((hour % 24) + 24) % 24);
}
