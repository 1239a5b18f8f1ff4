using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Signals;

namespace Andon.Triage.Grouping;

/// <summary>How often each entity was met in the last 14 days, and which cases it is in. Derived from facts alone.</summary>
internal sealed class EntityBook
{
    /// <summary>Entities remembered; beyond it new ones link nothing until old ones are forgotten.</summary>
    public const int EntitiesMax = 500_000;
    const int Days = 14;
    readonly Dictionary<string, EntityStat> all = [];
    readonly Ring[] touches = [.. Enum.GetValues<EntityKind>().Select(_ => new Ring())];
    readonly Ring[] rareTouches = [.. Enum.GetValues<EntityKind>().Select(_ => new Ring())];
    readonly int[] distinct = new int[Enum.GetValues<EntityKind>().Length];
    int sweptDay;

    public EntityStat? Find(string key) => all.GetValueOrDefault(key);

    /// <summary>Signals that touched any entity of that kind.</summary>
    public int Touches(EntityKind kind, int day) => touches[(int)kind].Sum(day);
    /// <summary>Those among them that were rare when they came.</summary>
    public int RareTouches(EntityKind kind, int day) => rareTouches[(int)kind].Sum(day);
    public int Distinct(EntityKind kind) => Math.Max(1, distinct[(int)kind]);
    public int Count => all.Count;
    /// <summary>Hosts known by their whole name, by its first label.</summary>
    readonly Dictionary<string, HashSet<string>> byLabel = [];

    /// <summary>The host that a DHCP client means by its name, as alerts call it: that name, or the one known host whose name begins with it. Null when several do.</summary>
    public string? HostNamed(string name)
    {
        if (all.ContainsKey(Keys.Of(EntityKind.Host, name))) return name;
        var label = LabelOf(name);
        if (!byLabel.TryGetValue(label, out var whole)) return all.ContainsKey(Keys.Of(EntityKind.Host, label)) ? label : name;
        return whole.Count == 1 ? whole.First() : null;
    }

    static string LabelOf(string host) => host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? host[..dot] : host;

    public static int DayOf(long ms) => (int)(ms / Limits.Day);

    /// <summary>A signal met an entity, beside that host and that acting person where it names one.</summary>
    public void Touch(string key, EntityKind kind, int day, string rule, bool rare, string? host, string? person)
    {
        if (day > sweptDay) Sweep(day);
        if (!all.TryGetValue(key, out var stat))
        {
            if (all.Count >= EntitiesMax) return;
            all[key] = stat = new(kind, kind == EntityKind.Ip && Salience.IsInternal(Keys.Value(key)));
            distinct[(int)kind]++;
            if (kind == EntityKind.Host && Keys.Value(key) is var name && LabelOf(name) is var label && label.Length < name.Length)
            {
                if (!byLabel.TryGetValue(label, out var whole)) byLabel[label] = whole = new(1);
                whole.Add(name);
            }
        }
        stat.Degree.Add(day);
        touches[(int)kind].Add(day);
        if (rare)
        {
            stat.RareDegree.Add(day);
            rareTouches[(int)kind].Add(day);
        }
        if (person is not null && kind == EntityKind.Host && stat.People.Count <= EntityStat.ManyPeople) stat.People.Add(person);
        if (stat.Rules.Count <= EntityStat.ManyRules) stat.Rules.Add(rule);
        if (host is not null && stat.Hosts.Count <= EntityStat.ManyHosts) stat.Hosts.Add(host);
    }

    public void InCase(string key, string caseId)
    {
        if (!all.TryGetValue(key, out var stat) || stat.Cases.Contains(caseId)) return;
        stat.Cases.Add(caseId);
        stat.EverCases++;
        if (stat.Cases.Count > Limits.CasesPerEntityMax) stat.Cases.RemoveAt(0);
    }

    /// <summary>In it again, or still: not one case more that it was ever seen in.</summary>
    public void BackInCase(string key, string caseId)
    {
        if (!all.TryGetValue(key, out var stat) || stat.Cases.Contains(caseId)) return;
        stat.Cases.Add(caseId);
        if (stat.Cases.Count > Limits.CasesPerEntityMax) stat.Cases.RemoveAt(0);
    }

    /// <summary>The case is closed, or part of another now.</summary>
    public void OutOfCase(string key, string caseId)
    {
        if (all.TryGetValue(key, out var stat)) stat.Cases.Remove(caseId);
    }

    /// <summary>
    /// Did it come into a case only by ties through what turned out to be everywhere? The first hosts of a scanner are together before
    /// anyone can know it for one; from then on they tie nothing more.
    /// </summary>
    public bool CameByStops(CaseEntity entity)
    {
        if (entity.Through is not { Count: > 0 } ties) return false;
        foreach (var via in ties)
            if (Find(via) is not { StopReason: not null }) return false;
        return true;
    }

    /// <summary>Entities that turned out to be everywhere.</summary>
    public IEnumerable<(string Key, string Why)> LearnedStops()
    {
        foreach (var (key, stat) in all)
            if (stat.StopReason is { } why) yield return (key, why);
    }

    void Sweep(int day)
    {
        sweptDay = day;
        foreach (var (key, stat) in all)
            if (stat.Degree.Sum(day) == 0 && stat.Cases.Count == 0 && all.Remove(key))
            {
                distinct[(int)stat.Kind]--;
                if (stat.Kind == EntityKind.Host && Keys.Value(key) is var name && byLabel.TryGetValue(LabelOf(name), out var whole) && whole.Remove(name) && whole.Count == 0) byLabel.Remove(LabelOf(name));
            }
    }

    /// <summary>Counts of the last 14 days, by day of processing: an event with a wild date cannot wipe it.</summary>
    internal sealed class Ring
    {
        readonly int[] counts = new int[Days];
        int last;

        public void Add(int day)
        {
            if (day - last >= Days) Array.Clear(counts);
            else for (var d = last + 1; d <= day; d++) counts[d % Days] = 0;
            last = Math.Max(last, day);
            if (last - day < Days) counts[day % Days]++;
        }

        public int Sum(int day)
        {
            var sum = 0;
            for (var d = Math.Max(0, Math.Max(last - Days + 1, day - Days + 1)); d <= last; d++) sum += counts[d % Days];
            return sum;
        }
    }
}

internal sealed class EntityStat(EntityKind kind, bool inside)
{
    public const int ManyHosts = 20;
    public const int ManyRules = 20;
    /// <summary>An inside address met on more hosts is a scanner, a proxy, NAT or a management server.</summary>
    public const int HostsOfAddress = 10;

    /// <summary>A machine on which more people act than this is shared: there another person is likely another story.</summary>
    public const int ManyPeople = 2;

    public EntityKind Kind { get; } = kind;
    /// <summary>An address of the house.</summary>
    public bool Inside { get; } = inside;
    public EntityBook.Ring Degree { get; } = new();
    public EntityBook.Ring RareDegree { get; } = new();
    public HashSet<string> People { get; } = new(0);
    public List<string> Cases { get; } = new(1);
    /// <summary>Cases it ever was in; a case that was closed and reopened counts twice.</summary>
    public int EverCases { get; set; }
    public HashSet<string> Hosts { get; } = new(1);
    public HashSet<string> Rules { get; } = new(1);

    /// <summary>
    /// Why it links nothing, or null. A user on more than five hosts but in at most two rules is a service account at work;
    /// the same user in many rules may be an attacker who moves, so that one keeps linking.
    /// </summary>
    public string? StopReason => Kind switch
    {
        EntityKind.Ip when Inside && Hosts.Count > HostsOfAddress => $"inside address on more than {HostsOfAddress} hosts",
        EntityKind.User or EntityKind.Principal when Hosts.Count > 5 && Rules.Count <= 2 => $"on {Hosts.Count} hosts in {Rules.Count} rules",
        EntityKind.User or EntityKind.Principal or EntityKind.Ip or EntityKind.Hash or EntityKind.Domain or EntityKind.Url when Hosts.Count > ManyHosts =>
            $"on more than {ManyHosts} hosts",
        _ => null,
    };
}
