using System.Text.RegularExpressions;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using FsCheck;
using FsCheck.Fluent;

namespace Andon.Tests.Detect.Oracle;

/// <summary>What may be done to rules without changing an answer (sigma.md T7), and what routing may change (T4).</summary>
public class OracleLaws
{
    [Fact]
    public void Renaming_identifiers_changes_nothing() => Same(rules => rules.Select(r => r with
    {
        Searches = [.. r.Searches.Select(s => s with { Name = s.Name + "9" })],
        Conditions = [.. r.Conditions.Select(c => Regex.Replace(c, @"[\w-]+", w => r.Searches.Any(s => s.Name == w.Value) && !Follows(c, w.Index) ? w.Value + "9" : w.Value))],
    }));

    [Fact]
    public void Not_not_changes_nothing() => Same(rules => rules.Select(r => r with { Conditions = [.. r.Conditions.Select(c => $"not not ({c})")] }));

    [Fact]
    public void A_filter_that_is_always_true_changes_nothing() =>
        Same(rules => rules.Append(new("always", [new("never", [[new("zzNobody", ["x"])]])], ["not never"], "any")));

    [Fact]
    public void The_order_of_rules_changes_nothing() => Same(rules => rules.Reverse());

    [Fact]
    public void A_set_answers_as_its_rules_do_one_by_one() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(6).WithQuietOnSuccess(true), Prop.ForAll(Cases(12, 20), grown =>
    {
        var filters = grown.Rules.Where(r => r.IsFilter).ToList();
        var alone = grown.Rules.Where(r => !r.IsFilter).Select(r => Hits([r, .. filters], grown)).ToList();
        return Hits(grown.Rules, grown).Select((hits, i) => hits == string.Join(' ', alone.Select(a => a[i]).Where(a => a.Length > 0).Order(StringComparer.Ordinal))).All(same => same);
    }));

    /// <summary>With routing, a rule's answers are those without it on the events whose route gives its log source, and no others.</summary>
    [Fact]
    public void Routing_differs_only_by_log_source()
    {
        string[] sources = ["product: p1", "product: p2", "product: P1, service: s", "category: c", "service: s", "product: p2, category: c", "product: none"];
        const string Routes = """
            routes:
              - { gives: { product: p1 }, when: { F: [a, b, "1"] } }
              - { gives: { product: p1, service: s }, when: { F: a, G: '*' } }
              - { gives: { product: p2, category: c }, when: { N: 1 } }
            """;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(8).WithQuietOnSuccess(true), Prop.ForAll(Cases(20, 40), grown =>
        {
            string Of(int rule) => sources[int.Parse(grown.Rules[rule].Id[1..], System.Globalization.CultureInfo.InvariantCulture) % sources.Length];
            var rules = Enumerable.Range(0, grown.Rules.Count).Where(i => !grown.Rules[i].IsFilter).ToList();
            var routed = new RuleMatcher(new([.. rules.Select(i => Events.Read(grown.Rules[i].Yaml.Replace("product: test", Of(i), StringComparison.Ordinal)))], Mappings.Read(Routes, "")));
            var all = new RuleMatcher(Events.Set([.. rules.Select(i => grown.Rules[i].Yaml)]));
            using var batch = Events.Batch([.. grown.Events.Select(GrownCase.Json)]);
            for (var e = 0; e < batch.Count; e++)
            {
                var it = OracleEvent.Of(batch, e);
                string First(string name) => it.Find([name]) is [var value, ..] ? value.Text.ToLowerInvariant() : "absent";
                var given = new List<string>();
                if (First("F") is "a" or "b" or "1") given.AddRange([sources[0]]);
                if (First("F") == "a" && First("G") != "absent") given.AddRange([sources[0], sources[2], sources[4]]);
                if (First("N") == "1") given.AddRange([sources[1], sources[3], sources[5]]);
                var with = routed.Match(batch, e).Select(r => r.RuleId).Order(StringComparer.Ordinal).ToList();
                var without = all.Match(batch, e).Select(r => r.RuleId).Where(id => given.Contains(Of(rules.Find(i => grown.Rules[i].Id == id)))).Order(StringComparer.Ordinal).ToList();
                if (!with.SequenceEqual(without)) return false.Label($"{GrownCase.Json(grown.Events[e])}: routed [{string.Join(' ', with)}], expected [{string.Join(' ', without)}]");
            }
            return true.ToProperty();
        }));
    }

    static bool Follows(string condition, int at) => Regex.IsMatch(condition[..at], @"\bof\s+\z", RegexOptions.IgnoreCase) || condition.AsSpan(at).StartsWith("1 of") || (at > 0 && condition[at - 1] == '*');

    static Arbitrary<GrownCase> Cases(int rules, int events) => Arb.From(Gen.Choose(0, int.MaxValue).Select(seed => new OracleGrower(seed).Case(rules, events)), c => c.Smaller());

    static void Same(Func<IEnumerable<GrownRule>, IEnumerable<GrownRule>> change) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(8).WithQuietOnSuccess(true), Prop.ForAll(Cases(20, 30), grown =>
        {
            var (before, after) = (Hits(grown.Rules, grown), Hits([.. change(grown.Rules)], grown));
            return before.SequenceEqual(after).Label(string.Join('\n', before.Zip(after).Where(p => p.First != p.Second).Take(3).Select(p => $"before [{p.First}] after [{p.Second}]")));
        }));

    static List<string> Hits(IReadOnlyList<GrownRule> rules, GrownCase grown)
    {
        var set = Events.Set([.. rules.Select(r => r.Yaml)]);
        Assert.True(set.Refused == 0, string.Join('\n', set.Findings));
        var matcher = new RuleMatcher(set);
        using var batch = Events.Batch([.. grown.Events.Select(GrownCase.Json)]);
        return [.. Enumerable.Range(0, batch.Count).Select(i => string.Join(' ', matcher.Match(batch, i).Select(r => r.RuleId).Order(StringComparer.Ordinal)))];
    }
}
