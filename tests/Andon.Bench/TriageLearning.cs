using System.Globalization;
using Andon.Tests.Triage.Generated;
using Andon.Triage.Cases;
using Andon.Triage.Replay;
using Andon.Triage.Routing;

namespace Andon.Bench;

/// <summary>
/// What verdicts teach: someone works from the first alert on, takes the first card every ten minutes or every hour, closes it, and leaves
/// lying what is under the floor. The same once without verdicts, with true ones, and with one in twenty wrong. The label gives the verdict
/// and nothing else.
/// </summary>
static class TriageLearning
{
    /// <summary>Points under which the house lets a card lie.</summary>
    const double Floor = 5;
    const long Minute = 60_000, Day = 24 * 60 * Minute;

    public static readonly string Head =
        $"{"",-36}{"false pulls, all time",-24}{"after day 2",-30}{"before the first true one",-26}{"attack never pulled: cases (alerts %)"}  | peers, before the first true one\n" +
        $"network          set   pulls/h    {"none  true 5%wrong",-24}{"none  true 5%wrong  fewer %",-30}{"none  true 5%wrong",-26}{"none  true 5%wrong",-26}  |   FIFO  sev-new  sev-old";

    sealed record Outcome(int False, int Late, int Before, int Missed, double MissedAlerts, bool Found);

    /// <summary>Sums over networks: late false pulls without and with verdicts.</summary>
    public sealed class Pool
    {
        public int None { get; set; }
        public int True { get; set; }
        public int Missed { get; set; }
        public int Networks { get; set; }
    }

    public static string Line(string network, string set, IReadOnlyList<Labelled> rows, int perHour, Pool pool)
    {
        var none = Run(rows, perHour, Analyst.Way.ClosesUndecided, 0);
        var right = Run(rows, perHour, Analyst.Way.GivesVerdicts, 0);
        var wrong = Run(rows, perHour, Analyst.Way.GivesVerdicts, 0.05);
        pool.None += none.Late;
        pool.True += right.Late;
        pool.Networks++;
        foreach (var outcome in new[] { right, wrong }) pool.Missed += outcome.Found ? 0 : 1;
        var fewer = none.Late == 0 ? "—" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * (none.Late - right.Late) / none.Late:0}");
        string Three(Func<Outcome, string> of) => $"{of(none),4} {of(right),5} {of(wrong),7}";
        return $"{network,-16} {set,-5} {perHour,4}     {Three(o => $"{o.False}"),-24}{Three(o => $"{o.Late}") + $"  {fewer,5}",-30}{Three(o => o.Found ? $"{o.Before}" : "never"),-26}{Three(o => string.Create(CultureInfo.InvariantCulture, $"{o.Missed}({o.MissedAlerts:0})")),-26}";
    }

    static Outcome Run(IReadOnlyList<Labelled> rows, int perHour, Analyst.Way way, double errs)
    {
        var run = new ReplayRun(DomainRules.None);
        var alerts = new Dictionary<string, int>();
        var current = rows[0];
        var firstMs = 0L;
        run.Placed = (hit, signal) =>
        {
            if (current.Incident == 0) return;
            alerts[signal.Id] = alerts.GetValueOrDefault(signal.Id) + 1;
            if (firstMs == 0) firstMs = hit.TimeMs;
        };
        bool IsTrue(CaseState c) => c.Signals.Exists(s => alerts.ContainsKey(s.Id));
        var analyst = new Analyst(run, 60 / perHour * Minute, IsTrue) { Works = way, Errs = errs, Floor = Floor };
        foreach (var row in rows)
        {
            current = row;
            run.Take(row.Hit);
            analyst.Tick(rows[0].Hit.TimeMs);
        }
        var start = rows[0].Hit.TimeMs;
        var before = analyst.Pulls.Where(p => p.AtMs >= firstMs).TakeWhile(p => !p.True).Count();
        var open = run.State.OpenCases().Where(IsTrue).ToList();
        var missed = open.Sum(c => c.Signals.Sum(s => alerts.GetValueOrDefault(s.Id)));
        return new(analyst.False, analyst.Pulls.Count(p => !p.True && p.AtMs >= start + 2 * Day), before, open.Count, 100.0 * missed / Math.Max(1, alerts.Values.Sum()), analyst.Pulls.Exists(p => p.True));
    }
}
