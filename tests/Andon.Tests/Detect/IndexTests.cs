using System.Text;
using System.Text.RegularExpressions;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Indexing;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;

namespace Andon.Tests.Detect;

/// <summary>The index may only ever leave out rules that cannot match.</summary>
public class IndexTests
{
    const string Letters = "abAB c\\:é";

    [Fact]
    public void Tables_find_exactly_the_literals_that_are_there()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var entries = Enumerable.Range(0, random.Next(1, 60)).Select(_ => Text(random, 9)).Distinct().Select(t => new Entry(Fold.Bytes(t))).ToList();
            for (var i = 0; i < entries.Count; i++) entries[i].Rules.Add(i);
            var few = entries.Where(e => FewLiterals.Takes(e.Literal)).ToList();
            var (exact, prefix, suffix, inner, teddy) = (new ExactTable(entries), new EndTable(entries, suffix: false), new EndTable(entries, suffix: true), new SubstringTable(entries), new FewLiterals(few));
            for (var k = 0; k < 40; k++)
            {
                var text = Text(random, 60);
                var value = Fold.Bytes(text);
                var bits = new ulong[1];
                Equal(m => exact.Mark(value, m), e => value.AsSpan().SequenceEqual(e.Literal), entries, text);
                Equal(m => prefix.Mark(value, m), e => value.AsSpan().StartsWith(e.Literal), entries, text);
                Equal(m => suffix.Mark(value, m), e => value.AsSpan().EndsWith(e.Literal), entries, text);
                Equal(m => inner.Mark(value, m), e => value.AsSpan().IndexOf(e.Literal) >= 0, entries, text);
                var plain = Encoding.UTF8.GetBytes(text);
                if (Ascii.IsValid(plain)) Equal(m => teddy.Mark(plain, m), e => value.AsSpan().IndexOf(e.Literal) >= 0, few, text);
            }
        }
    }

    delegate void Marking(Span<ulong> into);

    static void Equal(Marking mark, Func<Entry, bool> holds, List<Entry> entries, string text)
    {
        var bits = new ulong[1];
        mark(bits);
        foreach (var entry in entries)
            Assert.True(holds(entry) == ((bits[0] >> entry.Rules[0] & 1) == 1), $"'{Encoding.UTF8.GetString(entry.Literal)}' in '{text}'");
    }

    static string Text(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(most)).Select(_ => Letters[random.Next(Letters.Length)]));

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("ab+cd", "ab")]
    [InlineData("ab*cde", "cde")]
    [InlineData("a(?:bcd|efg)h", "bcd,efg")]
    [InlineData("(?i)power\\.shell", "power.shell")]
    [InlineData("abc|d?", null)]
    [InlineData("[abc]+", null)]
    [InlineData("a{3}bcd", "bcd")]
    [InlineData("x{0,2}yz", "yz")]
    [InlineData(@"\bfoo\s+bar\d", "foo")]
    [InlineData("(abcd)?ef", "ef")]
    [InlineData("é+x\\u0041b", "xAb")]
    public void A_literal_is_only_claimed_where_it_is_needed(string regex, string? expected) =>
        Assert.Equal(expected, RegexLiterals.Of(regex) is { } found ? string.Join(',', found) : null);

    [Fact]
    public void What_a_regular_expression_matches_holds_one_of_its_literals()
    {
        var random = new Random(3);
        string[] atoms = ["a", "b", "ab", "B", "[ab]", "[^a]", ".", @"\w", @"\\", @"\.", "(a|b)", "(?:ab|c\\.)", "(ab)?", "a{2}", "b{0,1}", "(?i)", "^", "$", "é", @"\x61", "k"];
        string[] quantifiers = ["", "", "", "*", "+", "?", "{2,}", "*?"];
        int met = 0, claimed = 0;
        for (var round = 0; round < 4_000; round++)
        {
            var regex = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => atoms[random.Next(atoms.Length)] is var a && a is "^" or "$" or "(?i)" ? a : a + quantifiers[random.Next(quantifiers.Length)]));
            if (random.Next(4) == 0) regex += "|" + atoms[random.Next(atoms.Length)];
            Regex compiled;
            try { compiled = new(regex, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant); }
            catch (ArgumentException) { continue; }
            if (RegexLiterals.Of(regex) is not { } literals) continue;
            claimed++;
            for (var k = 0; k < 20; k++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => "abABck.\\é\u212A "[random.Next(11)]));
                if (!compiled.IsMatch(text)) continue;
                met++;
                Assert.True(literals.Any(l => Fold.Text(text).Contains(Fold.Text(l), StringComparison.Ordinal)), $"/{regex}/ matches '{text}' without {string.Join(" or ", literals)}");
            }
        }
        Assert.True(met > 1_000 && claimed > 500, $"{met} {claimed}");
    }

    /// <summary>Under ignore-case an ASCII letter of a pattern matches only what this room folds to the same letter.</summary>
    [Fact]
    public void The_fold_takes_in_all_that_ignore_case_does_for_ascii()
    {
        for (var letter = 'a'; letter <= 'z'; letter++)
        {
            var regex = new Regex(letter.ToString(), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
            for (var c = 0; c <= char.MaxValue; c++)
                if (!char.IsSurrogate((char)c) && regex.IsMatch(((char)c).ToString())) Assert.Equal(letter.ToString(), Fold.Text(((char)c).ToString()));
        }
    }

    [Fact]
    public void With_and_without_the_index_the_same_rules_match()
    {
        var random = new Random(29);
        var grow = new Grower(random);
        long matched = 0, pairs = 0, asked = 0;
        for (var round = 0; round < 60; round++)
        {
            var rules = Enumerable.Range(0, 80).Select(grow.Rule).ToArray();
            var set = Events.Set(rules);
            var (indexed, plain) = (new RuleMatcher(set), new RuleMatcher(set, indexed: false));
            using var batch = Events.Batch([.. Enumerable.Range(0, 40).Select(_ => grow.Event())]);
            for (var i = 0; i < batch.Count; i++)
            {
                var with = indexed.Match(batch, i).Select(r => r.Index).ToList();
                var without = plain.Match(batch, i).Select(r => r.Index).ToList();
                if (!with.SequenceEqual(without)) Assert.Fail($"{Encoding.UTF8.GetString(batch[i].Raw)}: {string.Join(",", with)} / {string.Join(",", without)}\n{string.Join("\n---\n", without.Except(with).Concat(with.Except(without)).Select(n => rules[n]))}");
                matched += with.Count;
                pairs += set.Rules.Count;
            }
            asked += indexed.Asked;
        }
        Assert.True(matched > pairs / 20 && asked < pairs, $"{matched} of {pairs} matched, {asked} asked");
    }

    /// <summary>Rules change, come and go; a set that takes over from the one before matches as one made anew.</summary>
    [Fact]
    public void A_set_that_takes_over_is_as_good_as_a_new_one()
    {
        var random = new Random(31);
        var grow = new Grower(random);
        var mappings = Mappings.Read(Events.TestRoutes, "");
        var files = Enumerable.Range(0, 60).Select(i => Events.Read(grow.Rule(i), $"{i}.yml")).ToList();
        var set = new RuleSet(files, mappings);
        var named = 60;
        long matched = 0;
        for (var round = 0; round < 120; round++)
        {
            switch (random.Next(8))
            {
                case 0: files.Insert(random.Next(files.Count), Events.Read(grow.Rule(named++), $"{named}.yml")); break;
                case 1: files.RemoveAt(random.Next(files.Count)); break;
                case 2: files.Add(Events.Read($"title: Fi{named++}\nlogsource: {{ product: test }}\nfilter: {{ rules: any, sel: {{ F|contains: '{(char)('a' + random.Next(3))}' }}, condition: not sel }}\n", $"f{named}.yml")); break;
                case 3: files.RemoveAll(f => f.File[0] == 'f'); break;
                default:
                    var at = random.Next(files.Count);
                    files[at] = Events.Read(grow.Rule(named++), files[at].File);
                    break;
            }
            set = new RuleSet(files, mappings, set);
            if (random.Next(3) == 0) set.Settle();
            var (kept, anew) = (new RuleMatcher(set), new RuleMatcher(new RuleSet(files, Mappings.Read(Events.TestRoutes, ""))));
            using var batch = Events.Batch([.. Enumerable.Range(0, 20).Select(_ => grow.Event())]);
            for (var i = 0; i < batch.Count; i++)
            {
                var with = kept.Match(batch, i).Select(r => (r.Index, r.RuleId)).ToList();
                Assert.Equal(anew.Match(batch, i).Select(r => (r.Index, r.RuleId)), with);
                matched += with.Count;
            }
        }
        Assert.True(matched > 2_000, $"{matched}");
    }

    /// <summary>Random rules over three fields and events that often meet them.</summary>
    sealed class Grower(Random random)
    {
        static readonly string[] Fields = ["F", "G", "H"];
        static readonly string[] Chains = ["", "|contains", "|startswith", "|endswith", "|contains|all", "|cased", "|re", "|re|i", "|windash|contains", "|neq", "|exists", "|gt"];

        public string Event() => "{" + string.Join(',', Fields.Where(_ => random.Next(5) > 0).Select(f => $"\"{f}\":{Value()}")) + "}";

        string Word() => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => "abAB-k*"[random.Next(7)]));
        string Value() => random.Next(8) switch { 0 => "null", 1 => random.Next(9).ToString(System.Globalization.CultureInfo.InvariantCulture), 2 => "[\"" + Text2() + "\",\"" + Text2() + "\"]", 3 => "\"\"", _ => "\"" + Text2() + "\"" };
        string Text2() => string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => "abABcK\u212A -/é"[random.Next(11)]));

        string Item()
        {
            var chain = Chains[random.Next(Chains.Length)];
            var key = Fields[random.Next(3)] + chain;
            string Safe() => chain.Contains("|re", StringComparison.Ordinal) ? Word().Replace("*", ".", StringComparison.Ordinal) : Word();
            return chain switch
            {
                "|exists" => $"{{ {key}: {(random.Next(2) == 0 ? "true" : "false")} }}",
                "|gt" => $"{{ {key}: {random.Next(9)} }}",
                "|contains|all" => $"{{ {key}: ['{Word()}', '{Word()}'] }}",
                "" when random.Next(6) == 0 => $"{{ {key}: null }}",
                "" when random.Next(8) == 0 => $"['{Word()}', '{Word()}']",
                _ => random.Next(2) == 0 ? $"{{ {key}: '{Safe()}' }}" : $"{{ {key}: ['{Safe()}', '{Safe()}', '{Safe()}'] }}",
            };
        }

        public string Rule(int i) => $"title: T{i}\nlevel: low\nlogsource: {{ product: test }}\ndetection:\n  a: {Item()}\n  b: {Item()}\n  c: {Item()}\n  condition: {Condition()}\n";

        string Condition() => random.Next(7) switch { 0 => "a", 1 => "a and b", 2 => "a and not b and c", 3 => "1 of them", 4 => "all of them", 5 => "a and (b or c)", _ => "not a and b" };
    }
}
