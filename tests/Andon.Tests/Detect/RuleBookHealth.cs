using Andon.Detect;
using Andon.Detect.Correlate;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Stage;
using Andon.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.Detect;

/// <summary>What ails rules: each sign from its own figures, and the figures from events.</summary>
public sealed class RuleBookHealth : RuleBookRoom
{
    const long Day = 86_400_000;
    static readonly RuleFigures Well = new(true, true, 100 * Day, 50 * Day, 60 * Day, 40, 4, 100, 1_000, 100 * Day - 1, [], 5, 100, 0);

    public static TheoryData<string, object, HealthMark, bool> Ailments => new()
    {
        { "never fired", Well with { Hits = 0, Hits24h = 0 }, HealthMark.NeverFired, true },
        { "never fired, but young", Well with { Hits = 0, Hits24h = 0, InForceMs = 99 * Day }, HealthMark.NeverFired, false },
        { "noisy by number", Well with { Hits24h = 201, All24h = 100_000 }, HealthMark.Noisy, true },
        { "noisy by share", Well with { Hits24h = 60, All24h = 100 }, HealthMark.Noisy, true },
        { "no route", Well with { Routed = false }, HealthMark.NoRoute, true },
        { "no event ever", Well with { SourceEvents = 0, SourceLastMs = 0 }, HealthMark.MissingSource, true },
        { "no event yet", Well with { SourceEvents = 0, SourceLastMs = 0, WatchedSinceMs = 99 * Day }, HealthMark.MissingSource, false },
        { "source gone", Well with { SourceLastMs = 90 * Day }, HealthMark.MissingSource, true },
        { "field never seen", Well with { NeverSeen = ["CommandLine"] }, HealthMark.FieldNeverSeen, false },
        { "slow", Well with { Micros = 80 }, HealthMark.Slow, true },
        { "filtered", Well with { SuppressedWeek = 312 }, HealthMark.Suppressed, false },
    };

    [Theory, MemberData(nameof(Ailments))]
    public void Each_ailment_has_its_sign(string name, object figures, HealthMark mark, bool grave)
    {
        var sign = RuleHealth.Of((RuleFigures)figures).SingleOrDefault(s => s.Mark == mark);
        Assert.True(sign is not null && sign.Grave == grave, name);
    }

    [Xunit.Fact]
    public void A_rule_that_is_well_or_off_has_none()
    {
        Assert.Empty(RuleHealth.Of(Well));
        Assert.Empty(RuleHealth.Of(Well with { Enabled = false, Routed = false, Hits = 0 }));
        Assert.Empty(RuleHealth.Of(Well with { Micros = 80, CostSamples = 3 }));
    }

    const string Rule = "title: R\nid: r\nlogsource: { product: test }\ndetection: { s: { a: x }, t: { never: y }, condition: s or t }\n";
    const string Filter = "title: F\nid: f\nlogsource: { product: test }\nfilter: { rules: [r], n: { b: known }, condition: not n }\n";

    [Xunit.Fact]
    public void Events_fields_cost_and_filters_are_counted_while_it_matches()
    {
        var set = Events.Set(Rule, Filter);
        var book = Services.GetRequiredService<RuleBook>();
        var tally = new RouteTally();
        var step = new MatchStep(new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production), new Correlator(set), book);
        using var batch = Events.Batch([.. Enumerable.Range(0, 600).Select(i => i % 3 == 0 ? """{"a":"x","b":"known"}""" : """{"a":"x"}""")]);
        var hits = step.Run(batch, 1, Day).Sum(b => b.Hits.Count);
        Assert.Equal(400, hits);
        var suppressed = book.Counters.SuppressedOf("r").Single();
        Assert.Equal(("f", 200L, 200L), (suppressed.FilterId, suppressed.Total, suppressed.PerDay.Single().Count));

        // Enough batches for a judgement about fields.
        for (var now = Day; now < Day + 120_000; now += 1_000) tally.Batch(step.Matcher, batch, now, null);
        var route = tally.Routes.Single();
        Assert.Equal(("test", 600L), (route.Product, route.Events));
        Assert.Equal(["never"], tally.NeverSeen(set.CompiledOf(0), [route]));
        Assert.True(tally.CostOf("r") is { Micros: > 0, Samples: >= 100 });

        var again = new RouteTally();
        again.Load(tally.Save());
        Assert.Equal((600L, Day), (again.Routes.Single().Events, again.SinceMs));
        Assert.Equal(["never"], again.NeverSeen(set.CompiledOf(0), again.Routes));
    }

    [Xunit.Fact]
    public void A_judgement_about_fields_waits_for_enough_events()
    {
        var set = Events.Set(Rule);
        var tally = new RouteTally();
        var step = new MatchStep(new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production), new Correlator(set));
        using var batch = Events.Batch("""{"a":"x"}""");
        tally.Batch(step.Matcher, batch, Day, null);
        step.Run(batch, 1, Day);
        tally.Harvest(set, Day);
        Assert.Empty(tally.NeverSeen(set.CompiledOf(0), tally.Routes));
    }

    [Xunit.Fact]
    public async Task The_house_hears_once_for_each_kind_of_ailment()
    {
        await Import(Imported.Replace("product: linux, service: sshd", "product: plan9", StringComparison.Ordinal));
        Services.GetRequiredService<RuleKeeper>().Told();
        var finding = Findings.All.Single(f => f.Code == "DET055");
        Assert.Contains("Any login", finding.Message, StringComparison.Ordinal);
        var row = (await Get("/api/rules?q=any")).GetProperty("rules")[0];
        Assert.Contains("noRoute", row.GetProperty("health").EnumerateArray().Select(h => h.GetProperty("mark").GetString()));
    }
}
