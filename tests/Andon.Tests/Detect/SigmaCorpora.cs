using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;
using Andon.Tests.Detect.Oracle;

namespace Andon.Tests.Detect;

/// <summary>
/// The rule language, case by case: Cases/items.txt, items-documents.txt, conditions.txt, conditions-truth.txt, refusals.txt. What is
/// evaluated goes through the reference evaluator too.
/// </summary>
public class SigmaCorpora(ITestOutputHelper output)
{
    static string Rule(string selection) => $"title: T\nlevel: low\nlogsource: {{ product: test }}\ndetection:\n  selection:\n    {selection}\n  condition: selection\n";

    /// <summary>Modifiers with no use in SigmaHQ: these cases are all that guards them.</summary>
    static readonly string[] Unused =
        ["gt", "gte", "lt", "lte", "cased", "exists", "neq", "minute", "hour", "day", "week", "month", "year", "utf16", "utf16be", "utf16le", "ignorecase", "multiline", "dotall", "m", "s"];

    static IEnumerable<string> Order(string field) => [$"winlog.event_data.{field}", field];

    [Fact]
    public void Items_match_what_they_say()
    {
        var wrong = new List<string>();
        var checks = 0;
        SigmaFile? file = null;
        RuleMatcher? matcher = null;
        OracleRule? reference = null;
        var item = "";
        var perModifier = Unused.ToDictionary(m => m, _ => 0);
        foreach (var line in File.ReadAllLines(Path.Combine(Events.Here, "items.txt")))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.StartsWith("? ", StringComparison.Ordinal))
            {
                item = line[2..];
                file = Events.Read(Rule(item));
                matcher = file.Documents.Count == 1 ? new(Events.Set(Rule(item))) : null;
                reference = matcher is null ? null : new(Rule(item));
                continue;
            }
            checks++;
            var (expected, rest) = (line[..line.IndexOf(' ', StringComparison.Ordinal)], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            if (expected == "refused")
            {
                var codes = file!.Findings.Where(f => f.Level == FindingLevel.Error).Select(f => f.Code).ToList();
                if (!codes.Contains(rest) || file.Documents.Count > 0) wrong.Add($"{item}: expected {rest}, got [{string.Join(' ', codes)}]");
                continue;
            }
            if (matcher is null) { wrong.Add($"{item}: refused: {string.Join(" / ", file!.Findings)}"); continue; }
            using var batch = Events.Batch(rest);
            var matched = matcher.Match(batch, 0).Count == 1;
            if (matched != (expected == "yes")) wrong.Add($"{item} on {rest}: expected {expected}");
            if (reference!.Matches(OracleEvent.Of(batch, 0), Order) != (expected == "yes")) wrong.Add($"{item} on {rest}: expected {expected} of the reference too");
            foreach (var modifier in Unused)
                if (item.Split(':')[0].Split('|').Contains(modifier)) perModifier[modifier]++;
        }
        output.WriteLine($"{checks} cases; of modifiers that no public rule uses: {string.Join(", ", perModifier.Select(m => $"{m.Key} {m.Value}"))}");
        Assert.All(perModifier, m => Assert.True(m.Value >= 5, $"{m.Key} has {m.Value} cases."));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(checks >= 300, $"Only {checks} cases were read.");
    }

    [Fact]
    public void Conditions_print_canonically_and_print_is_a_fixed_point()
    {
        var identifiers = string.Concat(new[] { "a", "b", "c", "sel_1", "sel_2", "_x", "selection-1", "1_of_two", "android", "not_this" }.Select(i => $"  {i}: {{ F: x }}\n"));
        var wrong = new List<string>();
        foreach (var line in File.ReadAllLines(Path.Combine(Events.Here, "conditions.txt")))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var parts = line.Split('⇒');
            var (text, expected) = (parts[0].Trim(), parts[1].Trim());
            var got = Canonical(text);
            if (got != expected) wrong.Add($"{text} ⇒ {got}, expected {expected}");
            if (!expected.StartsWith("SIG", StringComparison.Ordinal) && Canonical(expected) != expected) wrong.Add($"{expected} does not print as itself");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        string Canonical(string condition)
        {
            var file = Events.Read($"title: T\nlevel: low\nlogsource: {{ product: test }}\ndetection:\n{identifiers}  condition: \"{condition}\"\n");
            return file.Documents.Count == 1 ? ((RuleDocument)file.Documents[0]).Detection.Conditions[0].ToString() ?? "" : string.Join(' ', file.Findings.Where(f => f.Level == FindingLevel.Error).Select(f => f.Code));
        }
    }

    [Fact]
    public void Conditions_hold_where_they_say()
    {
        string[] identifiers = ["a", "b", "c", "sel_1", "sel_2", "_x", "selection-1", "1_of_two", "android"];
        var yaml = string.Concat(identifiers.Select(i => $"  {i}: {{ {i}: 1 }}\n"));
        var (wrong, cases) = (new List<string>(), 0);
        foreach (var line in File.ReadAllLines(Path.Combine(Events.Here, "conditions-truth.txt")))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            cases++;
            var (condition, rest) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('⇒'));
            var text = $"title: T\nlevel: low\nlogsource: {{ product: test }}\ndetection:\n{yaml}  condition: \"{condition}\"\n";
            using var batch = Events.Batch($"{{{string.Join(",", rest[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(i => $"\"{i}\":1"))}}}");
            var expected = rest[1].Trim() == "yes";
            if (new RuleMatcher(Events.Set(text)).Match(batch, 0).Count == 1 != expected) wrong.Add(line);
            if (new OracleRule(text).Matches(OracleEvent.Of(batch, 0), Order) != expected) wrong.Add($"{line} (reference)");
        }
        output.WriteLine($"{cases} cases");
        Assert.True(wrong.Count == 0 && cases > 50, string.Join('\n', wrong));
    }

    [Fact]
    public void Documents_match_what_they_say()
    {
        var (wrong, cases) = (new List<string>(), 0);
        foreach (var block in File.ReadAllText(Path.Combine(Events.Here, "items-documents.txt")).Split("===\n"))
        {
            var lines = block.Split('\n').Where(l => !l.StartsWith('#')).ToLookup(l => l.StartsWith("yes {", StringComparison.Ordinal) || l.StartsWith("no {", StringComparison.Ordinal));
            var yaml = string.Join('\n', lines[false]);
            var matcher = new RuleMatcher(Events.Set(yaml));
            // Filters and collections are the set's business; a single rule is the reference's too.
            var reference = yaml.Contains("---", StringComparison.Ordinal) ? null : new OracleRule(yaml);
            foreach (var line in lines[true])
            {
                cases++;
                using var batch = Events.Batch(line[line.IndexOf('{', StringComparison.Ordinal)..]);
                var expected = line.StartsWith("yes", StringComparison.Ordinal);
                if (matcher.Match(batch, 0).Count > 0 != expected) wrong.Add($"{yaml}{line}");
                if (reference is not null && reference.Matches(OracleEvent.Of(batch, 0), Order) != expected) wrong.Add($"{yaml}{line} (reference)");
            }
        }
        output.WriteLine($"{cases} cases");
        Assert.True(wrong.Count == 0 && cases > 30, string.Join("\n---\n", wrong));
    }

    /// <summary>Every chain of one and two modifiers, and many of three: taken where the specification lets them stand together, else an error.</summary>
    [Fact]
    public void Chains_are_taken_or_refused_as_the_specification_says()
    {
        var chains = OracleChains.All.Select(a => new[] { a }).Concat(OracleChains.All.SelectMany(a => OracleChains.All.Select(b => new[] { a, b }))).ToList();
        var random = new Random(31);
        for (var i = 0; i < 3_000; i++) chains.Add([.. Enumerable.Range(0, 3).Select(_ => OracleChains.All[random.Next(OracleChains.All.Length)])]);
        var (wrong, legal) = (new List<string>(), 0);
        foreach (var chain in chains)
        {
            var file = Events.Read(Rule($"F|{string.Join('|', chain)}: {OracleChains.Value(chain)}"));
            var errors = file.Findings.Where(f => f.Level == FindingLevel.Error).Select(f => f.Code).Distinct().ToList();
            // Without lists every placeholder is an error of its own, which comes after the chain's.
            string[] expected = !OracleChains.Legal(chain) ? ["SIG061"] : chain.Contains("expand") ? ["SIG070"] : [];
            if (expected.Length == 0) legal++;
            if (!errors.SequenceEqual(expected)) wrong.Add($"{string.Join('|', chain)}: expected [{string.Join(' ', expected)}], got [{string.Join(' ', errors)}]");
        }
        output.WriteLine($"{chains.Count} chains, {legal} legal");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_refusal_and_warning_is_given_with_its_place()
    {
        var wrong = new List<string>();
        foreach (var block in File.ReadAllText(Path.Combine(Events.Here, "refusals.txt")).Split("===\n"))
        {
            var parts = block.Split("⇒ ");
            // The file's first lines are remarks; one of them holds the sign too.
            var yaml = string.Join('\n', string.Join("⇒ ", parts[..^1]).Split('\n').Where(l => !l.StartsWith('#')));
            var expected = parts[^1].Trim().Split(' ').Order(StringComparer.Ordinal).ToList();
            var file = Events.Read(yaml);
            var got = file.Findings.Where(f => f.Level > FindingLevel.Note).ToList();
            if (!got.Select(f => f.Code).Order(StringComparer.Ordinal).SequenceEqual(expected)) wrong.Add($"{yaml}got [{string.Join(' ', got)}], expected [{string.Join(' ', expected)}]");
            if (got.Exists(f => f.Level == FindingLevel.Error) && file.Documents.Count > 0) wrong.Add($"{yaml}was loaded in spite of its errors");
            if (got.Exists(f => !f.Place.StartsWith("test.yml:", StringComparison.Ordinal) || f.Hint.Length == 0)) wrong.Add($"{yaml}a finding has no place or no hint");
        }
        Assert.True(wrong.Count == 0, string.Join("\n---\n", wrong));
    }

    [Fact]
    public void Patterns_print_to_text_that_parses_to_the_same_pieces()
    {
        var random = new Random(7);
        const string Letters = "a\\*?b";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(9)).Select(_ => Letters[random.Next(Letters.Length)])]);
            var pattern = Pattern.Parse(text);
            Assert.Equal(pattern, Pattern.Parse(pattern.ToString()));
        }
    }

    // The glob matcher skips and searches; this one tries everything.
    [Fact]
    public void Globs_match_as_the_plainest_matcher_does()
    {
        var random = new Random(11);
        for (var i = 0; i < 50_000; i++)
        {
            var pattern = Pattern.Parse(Word(random, "ab*?ä", 7));
            if (pattern.Pieces.Count == 0) continue;
            var text = Word(random, "abä", 9);
            var expected = Plain(pattern.Pieces, 0, text, 0);
            Assert.True(expected == new Glob(pattern, cased: false).IsMatch(Fold.Bytes(text)), $"{pattern} on {text}: expected {expected}");
        }

        static string Word(Random random, string letters, int most) => new([.. Enumerable.Range(0, random.Next(most)).Select(_ => letters[random.Next(letters.Length)])]);

        static bool Plain(IReadOnlyList<Piece> pieces, int piece, string text, int at)
        {
            if (piece == pieces.Count) return at == text.Length;
            var it = pieces[piece];
            if (it.Kind == PieceKind.Any) return Enumerable.Range(at, text.Length - at + 1).Any(next => Plain(pieces, piece + 1, text, next));
            if (it.Kind == PieceKind.One) return at < text.Length && Plain(pieces, piece + 1, text, at + 1);
            return text.AsSpan(at).StartsWith(it.Text, StringComparison.Ordinal) && Plain(pieces, piece + 1, text, at + it.Text.Length);
        }
    }

    [Fact]
    public void One_bad_document_does_not_stop_the_others()
    {
        var file = Events.Read(Rule("F: a") + "---\ntitle: [broken\n---\n" + Rule("F: b") + "---\ntitle: no body\n");
        Assert.Equal(2, file.Documents.Count);
        Assert.Equal(2, file.Refused);
        Assert.Contains(file.Findings, f => f.Code == "SIG002" && f.Place.StartsWith("test.yml:1", StringComparison.Ordinal));
        Assert.Contains(file.Findings, f => f.Code == "SIG008");
    }

    [Fact]
    public void A_collection_with_a_global_document_is_read()
    {
        var file = Events.Read("action: global\ntitle: G\nlevel: high\nlogsource: { product: test }\ndetection: { condition: s }\n---\ndetection: { s: { F: a } }\n---\nlevel: low\ndetection: { s: { F: b } }\n");
        Assert.Equal([Level.High, Level.Low], file.Documents.Select(d => d.Header.Level));
    }

    [Fact]
    public void Aliases_expand_to_a_limit_and_depth_is_bounded()
    {
        var laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [*{(char)('a' + i - 1)},*{(char)('a' + i - 1)},*{(char)('a' + i - 1)},*{(char)('a' + i - 1)},*{(char)('a' + i - 1)},*{(char)('a' + i - 1)},*{(char)('a' + i - 1)},*{(char)('a' + i - 1)}]\n"));
        Assert.Contains(Events.Read(laughs).Findings, f => f.Code == "SIG003");
        Assert.Contains(Events.Read("a: " + new string('[', 200) + new string(']', 200)).Findings, f => f.Code == "SIG003");
        var nested = Events.Read(Rule("F: a").Replace("condition: selection", "condition: \"" + new string('(', 10_000) + "selection" + new string(')', 10_000) + "\"", StringComparison.Ordinal));
        Assert.Contains(nested.Findings, f => f.Code == "SIG040");
    }

    [Fact]
    public void Garbage_gives_findings_and_never_an_exception()
    {
        const string Odd = "{}[]:|*&!%@`'\"\\\n\t -#,?";
        var random = new Random(3);
        var seeds = new[] { Rule("F|contains|all: ['a*', \"b\\n\", 3]"), Rule("- kw"), "title: C\ncorrelation: { type: event_count, rules: [a], timespan: 5m, condition: { gte: 3 } }\n" };
        for (var i = 0; i < 3_000; i++)
        {
            var text = seeds[random.Next(seeds.Length)].ToCharArray();
            for (var k = random.Next(6); k >= 0; k--) text[random.Next(text.Length)] = (char)(random.Next(3) == 0 ? random.Next(0x3000) : Odd[random.Next(Odd.Length)]);
            var file = Events.Read(new string(text));
            Assert.True(file.Documents.Count > 0 || file.Findings.Count > 0, new string(text));
        }
    }
}
