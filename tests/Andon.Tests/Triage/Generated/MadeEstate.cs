using Andon.Model;

namespace Andon.Tests.Triage.Generated;

/// <summary>One hit and the incident it truly belongs to; 0 is none. The label is read by <see cref="GroupingScore"/> only.</summary>
/// <param name="Hit">What triage sees.</param>
/// <param name="Incident">What it never sees.</param>
internal sealed record Labelled(Hit Hit, int Incident)
{
    /// <summary>Part of the incident, but so loud that finding it is no merit.</summary>
    public bool Loud { get; init; }
    /// <summary>Lawful work that is one story all the same, such as a change rolled out; 0 is none.</summary>
    public int Lawful { get; init; }
}

/// <summary>
/// An estate of our own making with five days of alerts: eighty workstations whose addresses change every night and now and then by day,
/// servers, a jump host, controllers, a scanner, a backup account, people behind one NAT address. From a seed, so that each run tells the same.
/// </summary>
internal sealed class MadeEstate
{
    public const long StartMs = 1_772_409_600_000; // 2026-03-02 00:00 UTC
    public const int Days = 5, QuietDays = 3, Workstations = 80, Servers = 10;
    public const string Scanner = "10.0.0.5", Nat = "10.0.0.254", Controller = "dc01", Jump = "jump01", Files = "files01", Web = "web01", WebAddress = "10.0.1.11";
    const int Day = 1440;

    /// <summary>What all touch: a merge through one of these joins strangers.</summary>
    public static readonly string[] Stops =
        ["user:system", "user:svc-backup", "user:root", "ip:" + Scanner, "ip:" + Nat, "host:" + Controller, "host:dc02", "host:" + Jump, "host:proxy01"];

    readonly Random dice;
    readonly List<(double Minute, string Rule, Level Level, string[] Tags, int Incident, Entity[] Entities)> made = [];
    readonly int[][] leases;
    int number;

    MadeEstate(int seed, int noise)
    {
        dice = new(seed);
        // Four leases a day: most stay over the day, some change at any of them; the pool is shared, so an address wanders between hosts.
        leases = new int[Days * 4][];
        for (var i = 0; i < leases.Length; i++)
        {
            leases[i] = i % 4 == 0 ? Shuffled() : [.. leases[i - 1]];
            for (var swaps = 0; swaps < 6 && i % 4 != 0; swaps++)
            {
                var (a, b) = (dice.Next(Workstations), dice.Next(Workstations));
                (leases[i][a], leases[i][b]) = (leases[i][b], leases[i][a]);
            }
        }
        for (var day = 0; day < Days; day++) Ordinary(day * Day, noise);
    }

    /// <summary>Five days with all stories in it, in the order of time.</summary>
    public static IReadOnlyList<Labelled> Make(int seed, int noise)
    {
        var estate = new MadeEstate(seed, noise);
        new MadeAttacks(estate, seed).All();
        var n = 0UL;
        return [.. estate.made.OrderBy(m => m.Minute).Select(m => new Labelled(HitOf(++n, m.Minute, m.Rule, m.Level, m.Tags, m.Entities), m.Incident))];
    }

    /// <summary>What the DHCP server of that estate says: each lease when it begins and when it is renewed.</summary>
    public static IReadOnlyList<Lease> Leases(int seed, int noise)
    {
        var estate = new MadeEstate(seed, noise);
        return [.. from slot in Enumerable.Range(0, Days * 4) from pc in Enumerable.Range(0, Workstations)
            select new Lease(estate.AddressOf(pc, slot * 360), Pc(pc), StartMs + slot * 360 * 60_000L, "syslog:gw:dhcpd.log")];
    }

    public static Hit HitOf(ulong n, double minute, string rule, Level level, string[] tags, Entity[] entities)
    {
        var at = StartMs + (long)(minute * 60_000);
        var host = entities.FirstOrDefault(e => e.Kind == EntityKind.Host)?.Value ?? "network";
        return new(EventId.At(n, 0), at, at, "rule-" + rule, rule, "", level, RuleQueue.Production, tags, $"made:{host}", entities, new Dictionary<string, string>(), []);
    }

    public void Put(double minute, string rule, Level level, string tactic, int incident, params Entity[] entities) =>
        made.Add((minute, rule, level, tactic.Length == 0 ? [] : ["attack." + tactic], incident, entities));

    // Words for entities, as the matcher makes them ---------------------------------------------------------------

    public static Entity On(string name) => new(EntityKind.Host, name);
    public static Entity User(string name) => new(EntityKind.User, name, EntityRole.Actor);
    public static Entity Account(string name) => new(EntityKind.User, name, EntityRole.Target);
    public static Entity From(string address) => new(EntityKind.Ip, address, EntityRole.Actor);
    public static Entity To(string address) => new(EntityKind.Ip, address, EntityRole.Target);
    public static Entity Domain(string name) => new(EntityKind.Domain, name, EntityRole.Target);
    public Entity Session(string host) => new(EntityKind.Session, $"0x{0x10000 + ++number * 37:x}@{host}");
    public Entity Process() => new(EntityKind.Process, $"{{{new Guid(dice.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, (byte)dice.Next(256))}}}", EntityRole.Tool);

    public static string Pc(int i) => $"ws{i:00}";
    public static string Person(int i) => $"person{i:00}";
    public static string Server(int i) => $"srv{i:00}";
    public string AddressOf(int pc, double minute) => $"10.1.0.{10 + leases[Math.Clamp((int)(minute / 360), 0, leases.Length - 1)][pc]}";

    int[] Shuffled()
    {
        var all = Enumerable.Range(0, Workstations).ToArray();
        dice.Shuffle(all);
        return all;
    }

    // The noise ---------------------------------------------------------------------------------------------------

    void Ordinary(int from, int noise)
    {
        // These grow: what every machine says of itself and what the controllers say of everyone.
        Times(40 * noise, from, t => { var h = AnyHost(); Put(t, $"service {dice.Next(15)}", Level.Low, "", 0, On(h), User("system"), new(EntityKind.Session, $"0x3e7@{h}"), Process()); });
        Times(10 * noise, from, t => Put(t, "encoded command", Level.Medium, "execution", 0, On(Pc(AnyPc())), User("system"), Process()));
        Times(60 * noise, from, t => { var p = AnyPc(); Put(t, $"logon {dice.Next(8)}", Level.Low, "", 0, On(dice.Next(3) == 0 ? "dc02" : Controller), User(Person(p)), From(AddressOf(p, t))); });
        Times(15 * noise, from, t => Put(t, $"directory change {dice.Next(5)}", Level.Medium, "persistence", 0, On(Controller), User("system")));
        Times(20 * noise, from, t => Put(t, $"backup {dice.Next(2)}", Level.Low, "", 0, On(AnyServer()), User("svc-backup")));
        Times(30 * noise, from + 120, t => Put(t, $"probe {dice.Next(4)}", Level.Medium, "discovery", 0, On(AnyHost()), From(Scanner)), 60);
        Times(40 * noise, from, t => { var p = AnyPc(); Put(t, $"office habit {dice.Next(10)}", dice.Next(4) == 0 ? Level.Medium : Level.Low, "", 0, On(Pc(p)), User(Person(p)), Process()); });
        // These do not.
        Times(30, from, t => Put(t, $"web scan {dice.Next(4)}", Level.Low, "reconnaissance", 0, On(dice.Next(2) == 0 ? Web : "web02"), From(Stranger())));
        Times(20, from, t => Put(t, $"odd download {dice.Next(5)}", Level.Low, "", 0, On("proxy01"), From(Nat), Domain($"site{dice.Next(300)}.example")));
        for (var i = 0; i < 8; i++) AdminRound(from + dice.Next(Day));
        Times(5, from, t => { var p = AnyPc(); Put(t, $"oddity {++number}", Level.Medium, "", 0, On(Pc(p)), User(Person(p))); });
        Times(3, from, t => Put(t, $"server oddity {++number}", Level.Medium, "", 0, On(AnyServer()), User($"admin{dice.Next(6)}")));
        Times(1, from, t => Put(t, $"jump oddity {++number}", Level.High, "", 0, On(Jump), User($"admin{dice.Next(6)}")));
    }

    /// <summary>Lawful work: over the jump host to two servers.</summary>
    void AdminRound(double at)
    {
        var admin = User($"admin{dice.Next(6)}");
        Put(at, $"jump logon {dice.Next(3)}", Level.Low, "", 0, On(Jump), admin, Session(Jump));
        for (var i = 0; i < 2; i++)
        {
            var (server, t) = (AnyServer(), at + 4 + dice.Next(40));
            Put(t, $"admin tool {dice.Next(6)}", Level.Medium, dice.Next(2) == 0 ? "execution" : "discovery", 0, On(server), admin, Session(server), From("10.0.1.9"));
        }
    }

    void Times(int count, int from, Action<double> put, int within = Day)
    {
        for (var i = 0; i < count; i++) put(from + dice.NextDouble() * within);
    }

    int AnyPc() => dice.Next(Workstations);
    string AnyServer() => dice.Next(8) == 0 ? Files : Server(dice.Next(Servers));
    string AnyHost() => dice.Next(6) == 0 ? AnyServer() : Pc(AnyPc());
    string Stranger() => $"192.0.2.{dice.Next(1, 255)}";
}
