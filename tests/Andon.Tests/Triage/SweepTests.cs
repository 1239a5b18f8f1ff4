using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;
using Andon.Triage.Priority;

namespace Andon.Tests.Triage;

/// <summary>A rule that hardly ever comes up and goes from host to host is one story: one place in the queue, worth what its strongest host is worth.</summary>
public class SweepTests
{
    ulong n;

    /// <summary>A house that has watched for two days: twenty hosts with a habit each hour, and now and then an oddity.</summary>
    Desk Watched()
    {
        var desk = new Desk();
        for (var hour = -48; hour < 0; hour++)
            for (var host = 0; host < 20; host++)
                if (host % 4 == (hour + 48) % 4) desk.Take(Desk.Hit(++n, hour * 60 + host, "habit", Level.Low, $"h{host}"));
        return desk;
    }

    static List<CaseState> CasesOf(Desk desk, string rule) => [.. desk.Open.Where(c => c.Rules.Contains("rule-" + rule))];

    [Fact]
    public void One_place_in_the_queue_however_many_hosts_and_no_more_weight_than_one_of_them()
    {
        var desk = Watched();
        desk.Take(Desk.Hit(++n, 10, "odd greeting", host: "h1"));
        var alone = desk.P(CasesOf(desk, "odd greeting").Single());
        foreach (var host in new[] { 2, 3, 4, 5, 6 }) desk.Take(Desk.Hit(++n, 10 + host * 0.01, "odd greeting", host: $"h{host}"));
        var sweep = CasesOf(desk, "odd greeting").Single();
        Assert.Equal(6, sweep.Signals.Count);
        Assert.Equal(alone, desk.P(sweep), 0.5);
        var reason = sweep.Signals[1].Join!;
        Assert.Equal("rule:rule-odd greeting", reason.Via);
        Assert.Contains("a rule that hardly ever comes up, was met on host h1 too", reason.Text, StringComparison.Ordinal);
        // An independent rule on one of its hosts soon after belongs to it and counts in full.
        desk.Take(Desk.Hit(++n, 14, "script answered", host: "h3"));
        Assert.Contains("rule-script answered", sweep.Rules);
        Assert.True(desk.P(sweep) > alone + 5);
    }

    [Fact]
    public void Who_names_a_person_a_session_or_an_address_is_tied_by_that_and_not_by_the_rule()
    {
        var desk = Watched();
        desk.Take(Desk.Hit(++n, 10, "macro ran", host: "h1", more: [new(EntityKind.User, "anna", EntityRole.Actor)]));
        desk.Take(Desk.Hit(++n, 11, "macro ran", host: "h2", more: [new(EntityKind.User, "ben", EntityRole.Actor)]));
        desk.Take(Desk.Hit(++n, 12, "macro ran", host: "h3", ip: "203.0.113.9"));
        Assert.Equal(3, CasesOf(desk, "macro ran").Count);
    }

    [Fact]
    public void A_house_that_just_began_knows_nothing_to_be_unusual_and_what_is_usual_makes_no_sweep()
    {
        var fresh = new Desk();
        foreach (var host in new[] { 1, 2, 3 }) fresh.Take(Desk.Hit(++n, host, "odd greeting", host: $"h{host}"));
        Assert.Equal(3, CasesOf(fresh, "odd greeting").Count);

        var desk = Watched();
        foreach (var host in new[] { 1, 2, 3 }) desk.Take(Desk.Hit(++n, 10 + host, "habit", Level.Critical, $"new{host}"));
        Assert.DoesNotContain(desk.Open.SelectMany(c => c.Signals), s => Sweeps.IsTie(s.Join));
    }

    [Fact]
    public void A_second_wave_hours_later_is_another_story()
    {
        var desk = Watched();
        foreach (var host in new[] { 1, 2, 3 }) desk.Take(Desk.Hit(++n, 10 + host, "odd greeting", host: $"h{host}"));
        foreach (var host in new[] { 11, 12, 13 }) desk.Take(Desk.Hit(++n, 310 + host, "odd greeting", host: $"h{host}"));
        Assert.Equal(2, CasesOf(desk, "odd greeting").Count);
    }

    [Fact]
    public void The_same_facts_make_the_same_cases_and_priorities()
    {
        var desk = Watched();
        foreach (var host in new[] { 1, 2, 3, 4 }) desk.Take(Desk.Hit(++n, 10 + host, "odd greeting", host: $"h{host}"));
        var again = new TriageState();
        foreach (var fact in desk.Facts) again.Apply(fact);
        foreach (var fact in desk.Facts) again.Apply(fact);
        foreach (var c in desk.Open) Assert.Equal(desk.P(c), again.Case(c.Id)!.Priority(desk.NowMs, again.Estate), 1e-9);
    }

    [Fact]
    public void More_entities_of_one_rule_never_lower_and_at_most_double_it_and_rules_add_up()
    {
        var random = new Random(9);
        for (var round = 0; round < 300; round++)
        {
            var terms = Enumerable.Range(0, random.Next(2, 30)).Select(i => (Entity: $"e{random.Next(12)}", Term: new Evidence.Term($"s{i}", 0.01 + random.NextDouble(), Desk.Start + random.Next(48 * 3_600_000)))).ToList();
            var at = Desk.Start + 49 * 3_600_000L;
            var (one, two, mixed) = (new Evidence(), new Evidence(), new Evidence());
            double last = 0;
            foreach (var (entity, term) in terms)
            {
                one.Put("r", entity, term);
                Assert.True(one.L(at) >= last - 1e-12);
                last = one.L(at);
            }
            var strongest = terms.Max(t => t.Term.Lambda * Formula.Decay(t.Term.AtMs, at));
            Assert.InRange(one.L(at), strongest - 1e-9, 2 * strongest + 1e-9);
            Assert.Equal(one.L(at), one.Terms.Sum(t => t.Lambda * Formula.Decay(t.AtMs, at)), 1e-9);
            // Another order, and another rule beside it: the sum of both.
            foreach (var (entity, term) in terms.AsEnumerable().Reverse()) mixed.Put("r", entity, term);
            Assert.Equal(one.L(at), mixed.L(at), 1e-9);
            two.Put("q", "e1", terms[0].Term);
            mixed.Put("q", "e1", terms[0].Term);
            Assert.Equal(one.L(at) + two.L(at), mixed.L(at), 1e-9);
        }
    }
}
