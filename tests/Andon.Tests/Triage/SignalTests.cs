using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Signals;

namespace Andon.Tests.Triage;

public class SignalTests
{
    [Fact]
    public void Half_an_hour_of_quiet_ends_a_signal()
    {
        var desk = new Desk();
        desk.Take(Desk.Hit(1, 0, "a", host: "web01"), Desk.Hit(2, 29, "a", host: "web01"), Desk.Hit(3, 58, "a", host: "web01"));
        Assert.Equal(1, desk.State.SignalCount);
        desk.Take(Desk.Hit(4, 89, "a", host: "web01"));
        Assert.Equal(2, desk.State.SignalCount);
        // The count of the first was written when it was over.
        Assert.Contains(desk.Facts, f => f.Body is SignalRepeated { Count: 3 });
    }

    [Fact]
    public void What_is_usual_goes_on_from_hour_to_hour_for_a_day_at_most_and_not_after_a_verdict()
    {
        var desk = new Desk();
        var n = 0UL;
        desk.Take(Desk.Hit(++n, -10 * 1440, "other", host: "pc2"));
        IReadOnlyList<Signal> Updates() => [.. desk.Facts.Select(f => f.Body).OfType<SignalOpened>().Where(f => f.RuleId == "rule-update").Select(f => desk.State.Signal(f.SignalId)!).OrderBy(s => s.Opened.FirstMs)];
        // Five days, each hour at some minute of it: more than half an hour apart nearly always.
        for (var hour = 0; hour < 120; hour++) desk.Take(Desk.Hit(++n, hour * 60 + hour * 7 % 50, "update", Level.Low, host: "pc1"));
        var days = Updates();
        // The first hours are news; later each day has one.
        Assert.InRange(days.Count(s => s.Opened.FirstMs >= Desk.Min(48 * 60)), 3, 4);
        Assert.Equal(120, days.Sum(s => s.Count));
        Assert.All(days, s => Assert.True(s.LastMs - s.Opened.FirstMs <= 24 * 3_600_000));
        // What facts say gives the same hours: surprise is the same for whoever only reads them.
        desk.Apply(desk.Core.CloseBursts(Desk.Min(125 * 60)));
        var reader = new TriageState();
        foreach (var fact in desk.Facts) reader.Apply(fact);
        foreach (var minute in new[] { 120 * 60, 126 * 60, 150 * 60 })
            Assert.Equal(desk.State.Surprise("rule-update", "host:pc1", Desk.Min(minute)), reader.Surprise("rule-update", "host:pc1", Desk.Min(minute)));

        // An hour by the clock without it ends it.
        desk.Take(Desk.Hit(++n, 122 * 60 + 5, "update", Level.Low, host: "pc1"));
        Assert.Equal(days.Count + 1, Updates().Count);
        // After the verdict it is told anew, an hour later as well as a day later.
        var home = desk.State.Surviving(Updates()[^1].CaseId!)!;
        desk.Say(new CaseClosed(home.Id, Verdict.FalsePositive, [], null, "", "the update again", 1));
        desk.Take(Desk.Hit(++n, 123 * 60 + 5, "update", Level.Low, host: "pc1"));
        Assert.Equal(days.Count + 2, Updates().Count);
        Assert.NotEqual(home.Id, Updates()[^1].CaseId);
    }

    [Fact]
    public void What_is_rare_does_not()
    {
        var desk = new Desk();
        desk.Take(Desk.Hit(1, 0, "odd", Level.High, host: "pc1"), Desk.Hit(2, 50, "odd", Level.High, host: "pc1"));
        Assert.Equal(2, desk.State.SignalCount);
    }

    [Fact]
    public void Late_events_fall_into_the_burst_of_their_time()
    {
        var desk = new Desk();
        desk.Take(Desk.Hit(1, 600, "a", host: "web01"));
        desk.Take(Enumerable.Range(2, 50).Select(n => Desk.Hit((ulong)n, n / 10.0, "a", host: "web01")));
        Assert.Equal(2, desk.State.SignalCount);
        Assert.Equal([1L, 50L], desk.Open.SelectMany(c => c.Signals).Select(s => s.Count).Order());
    }

    [Fact]
    public void Testing_and_input_rules_make_counters_and_nothing_else()
    {
        var desk = new Desk();
        desk.Take(Desk.Hit(1, 0, "a", host: "h", queue: RuleQueue.Testing), Desk.Hit(2, 0, "b", host: "h", queue: RuleQueue.Input));
        Assert.Empty(desk.Facts);
        Assert.Equal(1, desk.Core.TestingHits);
    }

    [Fact]
    public void A_second_delivery_of_a_block_changes_nothing()
    {
        var hits = Noise(new Random(11), 400);
        var once = new Desk();
        once.Take(hits);
        var twice = new Desk();
        twice.Take(hits);
        Assert.Empty(twice.Take(hits));
        Assert.Equal(once.Picture(), twice.Picture());
    }

    [Fact]
    public void Blocks_may_be_cut_anywhere()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var hits = Noise(random, 300);
            var now = hits.Max(h => h.TimeMs);
            var whole = new Desk();
            whole.Take(hits, now);
            var cut = new Desk();
            for (var at = 0; at < hits.Count;)
            {
                var n = random.Next(1, 40);
                cut.Take(hits.Skip(at).Take(n), now);
                at += n;
            }
            Assert.Equal(whole.Picture(), cut.Picture());
        }
    }

    [Fact]
    public void Folding_the_facts_alone_gives_the_state_that_the_stage_had()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var desk = new Desk();
            foreach (var block in Noise(new Random(seed), 300).Chunk(17)) desk.Take(block);
            desk.Apply(desk.Core.CloseBursts(desk.NowMs + 60 * 60_000));
            var folded = new Desk(new TriageState());
            foreach (var fact in desk.Facts) folded.State.Apply(fact);
            folded.Take([], desk.NowMs);
            Assert.Equal(desk.Picture(), folded.Picture());
        }
    }

    [Fact]
    public void Stopping_after_any_append_and_going_on_gives_the_same_cases_and_priorities()
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var blocks = Noise(new Random(seed), 240).Chunk(9).ToList();
            string End(int stopAfter)
            {
                var (facts, mark) = (new List<Fact>(), 1UL);
                var desk = new Desk();
                for (var at = 1UL; at <= (ulong)blocks.Count; at++)
                {
                    var hits = blocks[(int)at - 1];
                    var drafts = desk.Core.Step(hits, at, hits.Max(h => h.TimeMs));
                    facts.AddRange(desk.Apply(drafts));
                    mark = desk.Core.Checkpoint(at + 1);
                    if ((int)at != stopAfter) continue;
                    // The process ends here. What is left are the facts and the checkpoint.
                    desk = new(Folded(facts));
                    at = mark - 1;
                    stopAfter = -1;
                }
                desk.Take([], blocks[^1].Max(h => h.TimeMs));
                return desk.Picture();
            }
            var whole = End(-1);
            for (var stop = 1; stop <= blocks.Count; stop++) Assert.Equal(whole, End(stop));
        }
    }

    [Fact]
    public void A_rule_that_meets_ever_new_entities_folds_on_itself_in_the_end()
    {
        var desk = new Desk();
        desk.Take(Enumerable.Range(1, Andon.Triage.Limits.KeysPerRuleMax + 500).Select(n => Desk.Hit((ulong)n, n / 1000.0, "spoofed", host: $"h{n}")));
        Assert.Equal(Andon.Triage.Limits.KeysPerRuleMax + 1, desk.State.SignalCount);
        Assert.Equal(500, desk.Core.Overflowed);
    }

    [Theory]
    [InlineData(new[] { 1, 3, 5, 5 }, 0, 10, 4)]
    [InlineData(new[] { 5, 6, 2, 2, 4, 4, 3, 3 }, 0, 10, 5)]
    [InlineData(new[] { 8, 9, 0, 1, 1, 8 }, 1, 9, 8)]
    [InlineData(new[] { 4, 4, 4, 4 }, 5, 10, 0)]
    public void Active_hours_are_a_union(int[] runs, int from, int before, int expected)
    {
        var hours = new ActiveHours();
        for (var i = 0; i < runs.Length; i += 2) hours.Add(runs[i], runs[i + 1]);
        Assert.Equal(expected, hours.Count(from, before));
    }

    static TriageState Folded(IEnumerable<Fact> facts)
    {
        var state = new TriageState();
        foreach (var fact in facts) state.Apply(fact);
        return state;
    }

    /// <summary>Some days of ordinary alerts on a few hosts, in order of arrival; event times jump a little.</summary>
    internal static List<Hit> Noise(Random random, int count) =>
        [.. Enumerable.Range(1, count).Select(n => Desk.Hit((ulong)n, n * 4 - random.Next(0, 20), $"r{random.Next(9)}", (Level)random.Next(5), $"host{random.Next(4)}",
            random.Next(3) == 0 ? $"user{random.Next(5)}" : null, random.Next(3) == 0 ? $"198.51.100.{random.Next(9)}" : null))];
}
