using Andon.Model;
using static Andon.Tests.Triage.Generated.MadeEstate;

namespace Andon.Tests.Triage.Generated;

/// <summary>
/// A small estate that tells little: a dozen hosts, and alerts that name the host and nothing else, as plain log checkers do. Jobs that run
/// on all hosts at one hour, habits of single hosts, changes that are rolled out over many hosts within minutes and have never been seen
/// before, oddities; and one intrusion: a scan that some of the hosts notice, then quiet steps on one of them and on a second. The scan is
/// <see cref="Labelled.Loud"/>: to find it is no merit, to find the quiet steps is.
/// </summary>
internal sealed class MadeLines
{
    const int Day = 1440, Days = 5;
    readonly Random dice;
    readonly List<(double Minute, string Rule, Level Level, string Host, int Incident, bool Loud, int Lawful)> made = [];
    readonly int hosts;
    int number, lawful = 1;

    MadeLines(int seed)
    {
        dice = new(seed * 31 + 5);
        hosts = 9 + dice.Next(20);
    }

    public static IReadOnlyList<Labelled> Make(int seed, int noise)
    {
        var lines = new MadeLines(seed);
        for (var day = 0; day < Days; day++) lines.Ordinary(day * Day, noise);
        lines.Intrusion((3 + lines.dice.NextDouble() * 1.6) * Day);
        var n = 0UL;
        return [.. lines.made.OrderBy(m => m.Minute).Select(m => new Labelled(HitOf(++n, m.Minute, m.Rule, m.Level, [], [On(m.Host)]), m.Incident) { Loud = m.Loud, Lawful = m.Lawful })];
    }

    string Host() => $"h{dice.Next(hosts):00}";

    List<string> Some(int least, int most)
    {
        var all = Enumerable.Range(0, hosts).Select(i => $"h{i:00}").ToArray();
        dice.Shuffle(all);
        return [.. all.Take(Math.Min(hosts, least + dice.Next(most - least + 1)))];
    }

    // Plain checkers have few levels, and those say little.
    Level Any() => dice.Next(3) == 0 ? Level.Low : Level.Medium;

    void Put(double minute, string rule, Level level, string host, int incident = 0, bool loud = false, int lawful = 0) => made.Add((minute, rule, level, host, incident, loud, lawful));

    void Ordinary(int from, int noise)
    {
        for (var job = 0; job < 6; job++, lawful++)
            for (var h = 0; h < hosts; h++) Put(from + 385 + job * 90 + dice.Next(20), $"daily job {job}", job % 2 == 0 ? Level.Low : Level.Medium, $"h{h:00}", lawful: lawful);
        for (var i = 0; i < 60 * noise; i++) Put(from + dice.NextDouble() * Day, $"habit {dice.Next(12)}", Level.Low, $"h{Math.Min(dice.Next(hosts), dice.Next(hosts)):00}");
        for (var i = 0; i < 20 * noise; i++) Put(from + dice.NextDouble() * Day, $"signature {dice.Next(8)}", Level.Medium, Host());
        for (var i = 0; i < 4; i++) Put(from + dice.NextDouble() * Day, $"oddity {++number}", Any(), Host());
        for (var i = dice.Next(3); i > 0; i--) Rollout(from + 480 + dice.Next(540));
    }

    /// <summary>Lawful, never seen before, over many hosts: one thing to look at, not one for each host.</summary>
    void Rollout(double at)
    {
        var rules = Enumerable.Range(0, 1 + dice.Next(3)).Select(_ => (Rule: $"change {++number}", Level: Any())).ToList();
        foreach (var host in Some(4, 10))
        {
            at += dice.NextDouble() * 6;
            foreach (var (rule, level) in rules)
                if (dice.Next(5) > 0) Put(at + dice.NextDouble(), rule, level, host, lawful: lawful);
        }
        lawful++;
    }

    void Intrusion(double at)
    {
        var noticed = Some(3, 7);
        var rules = Enumerable.Range(0, 2 + dice.Next(3)).Select(_ => (Rule: $"scan {++number}", Level: Any())).ToList();
        foreach (var host in noticed)
        {
            at += dice.NextDouble() * 3;
            foreach (var (rule, level) in rules)
                if (dice.Next(4) > 0) Put(at + dice.NextDouble(), rule, level, host, 1, loud: true);
        }
        var (first, second) = (noticed[dice.Next(noticed.Count)], Host());
        at += 3 + dice.Next(30);
        foreach (var step in new[] { "odd request", "script answered", "new file in site" })
        {
            Put(at, $"{step}", Any(), first, 1);
            at += 1 + dice.Next(dice.Next(5) == 0 ? 60 : 12);
        }
        foreach (var (step, host) in new[] { ("account changed", first), ("rights raised", first), ("first logon of account", second), ("service stopped", second) })
        {
            Put(at, step, step == "rights raised" ? Level.High : Any(), host, 1);
            at += 2 + dice.Next(40);
        }
    }
}
