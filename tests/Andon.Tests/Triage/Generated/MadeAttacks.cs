using Andon.Model;
using static Andon.Tests.Triage.Generated.MadeEstate;

namespace Andon.Tests.Triage.Generated;

/// <summary>
/// Six intrusions in the last two days of a <see cref="MadeEstate"/>: two that run at the same time over the same controller and file
/// server, two strangers on one web server at once, a stolen password from outside, and one with long pauses. Each step names only what
/// real sources would name: an endpoint its process, a network sensor an address, a plain log line often just the host.
/// </summary>
internal sealed class MadeAttacks(MadeEstate estate, int seed)
{
    const int Day = 1440;
    readonly Random dice = new(seed * 7919 + 1);
    int incident;

    public void All()
    {
        var first = QuietDays * Day;
        var pcs = Enumerable.Range(0, Workstations).ToArray();
        var servers = Enumerable.Range(0, Servers).ToArray();
        dice.Shuffle(pcs);
        dice.Shuffle(servers);
        var morning = first + 480 + dice.Next(120);
        Mail(morning, pcs[0], servers[0], pace: 10, address: "203.0.113.10");
        Site(morning + 30 + dice.Next(60), "203.0.113.20", servers[1], "sysupdate");
        Site(morning + 40 + dice.Next(60), "198.51.100.77", servers[2], "helpdesk2");
        var second = first + Day + 420 + dice.Next(180);
        Mail(second, pcs[1], servers[3], pace: 10, address: "203.0.113.30");
        Mail(second + dice.Next(40), pcs[2], servers[4], pace: 14, address: "203.0.113.40");
        Password(second + 120 + dice.Next(200), pcs[3], servers[5]);
    }

    /// <summary>Minutes to the next step: often a few, seldom an hour or two.</summary>
    double Next(double pace) => dice.Next(12) == 0 ? 45 + dice.Next(60) : pace * (0.2 + 1.6 * dice.NextDouble());

    void Mail(double t, int pc, int server, double pace, string address)
    {
        var id = ++incident;
        var (ws, srv, me) = (On(Pc(pc)), On(Server(server)), User(Person(pc)));
        var (session, shell, evil) = (estate.Session(Pc(pc)), estate.Process(), Domain($"cdn{seed}-{id}.example"));
        void Step(string rule, Level level, string tactic, params Entity[] about)
        {
            estate.Put(t, rule, level, tactic, id, about);
            for (var again = dice.Next(3); again > 0; again--) estate.Put(t + again * 0.3, rule, level, tactic, id, about);
            t += Next(pace);
        }
        string Here() => estate.AddressOf(pc, t);

        Step("link in mail clicked", Level.Medium, "initial-access", me, new(EntityKind.Message, $"m{seed}-{id}@mail"), evil);
        Step("office program starts shell", Level.High, "execution", ws, me, session, shell);
        Step("encoded command", Level.Medium, "execution", ws, me, session, shell);
        Step("name never asked before", Level.Low, "command-and-control", ws, estate.Process(), evil);
        Step("beacon", Level.Medium, "command-and-control", From(Here()), To(address), evil);
        Entity[] byWhom = dice.Next(3) == 0 ? [ws, User("system")] : [ws, me, session, estate.Process()];
        Step("run key set", Level.Medium, "persistence", byWhom);
        Step("credentials read from memory", Level.High, "credential-access", ws, User("system"), estate.Process());
        Step("domain listed", Level.Low, "discovery", ws, me, session);
        // The one who moves is the same person, or an administrator whose secret lay in memory.
        var other = dice.Next(2) == 0 ? me : User($"admin{dice.Next(6)}");
        var there = estate.Session(Server(server));
        Step("logon from a workstation", Level.Medium, "lateral-movement", srv, other, From(Here()), there);
        Step("remote service installed", Level.High, "lateral-movement", srv, User("system"));
        Step("rare program as service", Level.Medium, "execution", srv, User("system"), estate.Process(), evil);
        Step("tool run by remote session", Level.Medium, "discovery", srv, other, there);
        if (dice.Next(2) == 0)
        {
            Step("directory copied", Level.High, "credential-access", On(Controller), other, From($"10.0.2.{server}"));
            Step("logon over jump host", Level.Medium, "lateral-movement", On(Jump), other, estate.Session(Jump));
        }
        Step("many files read", Level.Medium, "collection", On(Files), other, From($"10.0.2.{server}"));
        Step("archive with password", Level.Medium, "collection", srv, other, there, estate.Process());
        Entity[] whence = dice.Next(2) == 0 ? [srv, evil] : [On("proxy01"), From(Nat), evil];
        Step("much sent out", Level.High, "exfiltration", whence);
    }

    void Site(double t, string address, int server, string account)
    {
        var id = ++incident;
        var (web, srv, stranger) = (On(Web), On(Server(server)), From(address));
        void Step(string rule, Level level, string tactic, params Entity[] about)
        {
            estate.Put(t, rule, level, tactic, id, about);
            t += Next(6);
        }
        var way = account[0] == 's' ? "a" : "b"; // Two strangers seldom use the same hole.
        Step($"web scan {dice.Next(4)}", Level.Low, "reconnaissance", web, stranger);
        Step($"known hole tried {way}", Level.Medium, "initial-access", web, stranger);
        Step($"web shell answered {way}", Level.High, "execution", web, stranger);
        Step($"shell by web server {way}", Level.High, "execution", web, stranger, User("www-data"));
        if (way == "a")
        {
            Step("account made", Level.Medium, "persistence", web, Account(account));
            Step("scheduled jobs replaced", Level.Medium, "persistence", web);
            Step("sudo by new account", Level.Medium, "privilege-escalation", web, User(account));
        }
        else
        {
            Step("logon of unused account", Level.Medium, "persistence", web, User(account), stranger);
            Step("secrets file read", Level.Medium, "credential-access", web, User(account));
        }
        Step("logon from web server", Level.Medium, "lateral-movement", srv, User(account), From(WebAddress));
        Step("database dumped", Level.High, "collection", srv, User(account));
        Step("log emptied", Level.Medium, "defense-evasion", srv);
        Step("much sent out", Level.High, "exfiltration", srv, To(address));
    }

    void Password(double t, int pc, int server)
    {
        var id = ++incident;
        var me = User(Person(pc));
        var outside = From("203.0.113.50");
        void Step(string rule, Level level, string tactic, params Entity[] about)
        {
            estate.Put(t, rule, level, tactic, id, about);
            t += Next(25); // This one takes its time.
        }
        Step("many passwords tried", Level.Medium, "credential-access", On("vpn01"), outside);
        Step("logon from new country", Level.Medium, "initial-access", On("vpn01"), me, outside);
        Step("desktop from outside", Level.Medium, "lateral-movement", On(Server(server)), me, From(Nat));
        Step("domain listed", Level.Low, "discovery", On(Server(server)), me);
        Step("share listed", Level.Low, "discovery", On(Files), me, From($"10.0.2.{server}"));
        Step("many files read", Level.Medium, "collection", On(Files), me, From($"10.0.2.{server}"));
        Step("mail rule forwards out", Level.High, "exfiltration", me, outside);
    }
}
