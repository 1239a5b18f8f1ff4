using Andon.Tests.Triage.Generated;
using Andon.Triage.Priority;

namespace Andon.Tests.Triage;

/// <summary>Six intrusions in an estate of our own making. What must hold whatever the seed; `./bench triage generated` prints the figures.</summary>
public class GeneratedTests
{
    [Theory]
    [InlineData(101, 1)]
    [InlineData(102, 3)]
    [InlineData(103, 10)]
    public void Strangers_stay_apart_and_intrusions_together(int seed, int noise)
    {
        var hits = MadeEstate.Make(seed, noise);
        var score = GroupingScore.Of(hits);
        Assert.Equal(0, score.StopMerges);
        Assert.Equal(0, score.WithoutReason);
        // Far from the figures that the bench prints: a wall against collapse, not a tuned number.
        Assert.True(score.Precision > 0.9, $"precision {score.Precision:0.000}");
        Assert.True(score.Recall > 0.5, $"recall {score.Recall:0.000}");
        Assert.True(score.Strangers < 0.25, $"strangers {score.Strangers:0.000}");
        Assert.True(score.TopMinutes < 120, $"first on top after {score.TopMinutes:0} min");
        // Again from the start: the same partition, to the last signal.
        Assert.Equal(score.Partition, GroupingScore.Of(hits).Partition);
    }

    [Fact]
    public void Labels_are_for_scoring_only()
    {
        var hits = MadeEstate.Make(104, 1);
        var other = hits.Select(h => h with { Incident = h.Incident == 0 ? 0 : 1 }).ToList();
        Assert.Equal(GroupingScore.Of(hits).Partition, GroupingScore.Of(other).Partition);
    }

    [Fact]
    public void The_same_seed_makes_the_same_estate_and_another_one_another()
    {
        static IEnumerable<string> Told(int seed) => MadeEstate.Make(seed, 1).Select(h => $"{h.Hit.TimeMs} {h.Hit.RuleId} {h.Incident} {string.Join(' ', h.Hit.Entities.Select(e => e.Key))}");
        Assert.Equal(Told(7), Told(7));
        Assert.NotEqual(Told(7), Told(8));
        Assert.Equal(6, MadeEstate.Make(7, 1).Select(h => h.Incident).Where(i => i > 0).Distinct().Count());
    }

    [Fact]
    public void A_rule_that_comes_to_a_new_machine_every_hour_does_not_surprise_by_coming_to_one_more()
    {
        var desk = new Desk();
        var n = 0UL;
        for (var hour = -48; hour < 0; hour++)
        {
            desk.Take(Desk.Hit(++n, hour * 60, "agent update", host: $"pc{hour + 48}"));
            desk.Take(Desk.Hit(++n, hour * 60, "own habit", host: "pc1"));
        }
        double Surprise(string rule) => desk.State.Surprise("rule-" + rule, "host:pc99", Desk.Min(5));
        Assert.True(Surprise("agent update") < 0.1, $"{Surprise("agent update")}");
        Assert.True(Surprise("own habit") > 0.4, $"{Surprise("own habit")}");
        Assert.True(Surprise("never seen") > 0.9, $"{Surprise("never seen")}");
        // More newcomers never raise it.
        for (var i = 0; i < 48; i++) Assert.True(Formula.Surprise(0, i + 1, 48, 48) <= Formula.Surprise(0, i, 48, 48));
    }
}
