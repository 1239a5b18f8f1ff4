using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;
using FsCheck;
using FsCheck.Fluent;

namespace Andon.Tests.Detect.Oracle;

/// <summary>The matcher answers as the reference evaluator does, on random rules in sets and random events (sigma.md T4, T7).</summary>
public class OracleProperties(ITestOutputHelper output)
{
    const int RulesPerSet = 50, EventsPerSet = 50;
    static readonly bool Nightly = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1";

    /// <summary>The order of look-up without routes that rename and without aliases.</summary>
    static IEnumerable<string> Order(string field) => [$"winlog.event_data.{field}", field];

    [Fact]
    public void Matcher_and_reference_agree_on_random_rules_and_events()
    {
        long pairs = 0, met = 0;
        Holds(RulesPerSet, EventsPerSet, sets: Nightly ? 420 : 16, grown =>
        {
            var wrong = Differences(grown, ref pairs, ref met);
            return (wrong.Count == 0, wrong);
        });
        output.WriteLine($"{pairs} pairs, {100.0 * met / pairs:0.0} % match");
        Assert.InRange(met, pairs / 10, pairs - pairs / 10);
    }

    /// <summary>Asks the property of so many random cases; a failing one is shrunk and shown with the seed that makes it again.</summary>
    static void Holds(int rules, int events, int sets, Func<GrownCase, (bool Ok, IReadOnlyList<string> Why)> holds)
    {
        var cases = Arb.From(Gen.Choose(0, int.MaxValue).Select(seed => new OracleGrower(seed).Case(rules, events)), c => c.Smaller());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(sets).WithQuietOnSuccess(true), Prop.ForAll(cases, c =>
        {
            var (ok, why) = holds(c);
            return ok.Label(string.Join("\n", why.Take(5)));
        }));
    }

    static List<string> Differences(GrownCase grown, ref long pairs, ref long met)
    {
        var wrong = new List<string>();
        var set = Events.Set([.. grown.Rules.Select(r => r.Yaml)]);
        if (set.Refused > 0) wrong.Add(string.Join("\n", set.Findings.Where(f => f.Level == FindingLevel.Error)));
        var rules = grown.Rules.Where(r => !r.IsFilter).Select(r => (r.Id, Rule: new OracleRule(r.Yaml))).ToList();
        var filters = grown.Rules.Where(r => r.IsFilter).Select(r => (r.FilterOf, Rule: new OracleRule(r.Yaml))).ToList();
        var matcher = new RuleMatcher(set);
        using var batch = Events.Batch([.. grown.Events.Select(GrownCase.Json)]);
        for (var i = 0; i < batch.Count; i++)
        {
            var e = OracleEvent.Of(batch, i);
            var found = matcher.Match(batch, i).Select(r => r.RuleId).ToHashSet();
            foreach (var (id, rule) in rules)
            {
                var expected = rule.Matches(e, Order) && filters.TrueForAll(f => !For(f.FilterOf!, id) || f.Rule.Matches(e, Order));
                pairs++;
                if (expected) met++;
                if (expected != found.Contains(id)) wrong.Add($"{id} on {GrownCase.Json(grown.Events[i])}: the reference says {expected}");
            }
        }
        return wrong;
    }

    static bool For(string list, string id) => list == "any" || list.Trim('[', ']').Split(", ").Contains(id);
}
