using System.IO.Compression;
using System.Text;
using Andon.Detect;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Tests.Detect.Oracle;

/// <summary>Rule files made to hurt (sigma.md T10): a finding that says what is wrong, and memory bounded by the size of the file.</summary>
public class HostileRules
{
    const string Head = "title: T\nlevel: low\nlogsource: { product: test }\n";

    static string Rule(string detection, string condition = "s") => $"{Head}detection:\n{detection}  condition: {condition}\n";

    static string Many(int count, Func<int, string> part) => string.Concat(Enumerable.Range(0, count).Select(part));

    public static TheoryData<string, string> Texts() => new()
    {
        { "larger than a file may be", "SIG001" },
        { "deep brackets", "SIG003" },
        { "deep blocks", "SIG003" },
        { "deep dashes", "SIG003" },
        { "laughs", "SIG003" },
        { "global document merged into thousands", "SIG003" },
        { "thousands of documents", "SIG001" },
        { "thousands of wrong documents", "SIG099" },
        { "double keys", "SIG099" },
        { "brackets in a condition", "SIG040" },
        { "nots in a condition", "SIG040" },
        { "a long condition", "SIG040" },
        { "conditions that take everything", "SIG040" },
        { "identifiers", "SIG029" },
        { "stars in a pattern", "SIG026" },
        { "modifiers", "SIG061" },
        { "look-around", "SIG066" },
        { "quotes that never end", "SIG002" },
        { "an open flow list", "SIG002" },
    };

    static string Text(string name) => name switch
    {
        "larger than a file may be" => Rule("  s: { F: a }\n") + "# " + new string('x', Limits.RuleFileBytesMax),
        "deep brackets" => Head + "detection: " + new string('[', 10_000) + new string(']', 10_000),
        "deep blocks" => Head + Many(1_500, i => new string(' ', i) + "a:\n"),
        "deep dashes" => Head + "detection:\n  " + Many(10_000, _ => "- ") + "a\n",
        "laughs" => "a: &a [x,x,x,x,x,x,x,x,x]\n" + Many(12, i => $"k{i}: &k{i} [{string.Join(',', Enumerable.Repeat(i == 0 ? "*a" : $"*k{i - 1}", 9))}]\n"),
        "global document merged into thousands" => "action: global\n" + Rule($"  s:\n    F:\n{Many(20_000, i => $"      - v{i}\n")}") + Many(5_000, _ => "---\nlevel: high\n"),
        "thousands of documents" => Many(30_000, _ => "---\na: b\n"),
        "thousands of wrong documents" => Many(9_000, _ => "---\n[a\n"),
        "double keys" => Many(200_000, _ => "a: 1\n"),
        "brackets in a condition" => Rule("  s: { F: a }\n", new string('(', 10_000) + "s" + new string(')', 10_000)),
        "nots in a condition" => Rule("  s: { F: a }\n", Many(8_000, _ => "not ") + "s"),
        "a long condition" => Rule("  s: { F: a }\n", "s" + Many(10_000, _ => " or s")),
        "conditions that take everything" => Rule(Many(900, i => $"  s{i}: {{ F: a }}\n"), "1 of s*" + Many(2_500, _ => " or 1 of s*")),
        "identifiers" => Rule(Many(20_000, i => $"  s{i}: {{ F: a }}\n"), "1 of s*"),
        "stars in a pattern" => Rule($"  {new string('a', 900)}: {{ F: a }}\n", "1 of " + Many(1_000, _ => "*a") + "*b"),
        "modifiers" => Rule($"  s:\n    F{Many(450, _ => "|x")}: a\n"),
        "look-around" => Rule("  s:\n    F|re:\n" + Many(5_000, i => $"      - '(?=a{i})'\n")),
        "quotes that never end" => Rule("  s: { F: \"" + Many(300_000, _ => "a\n ")),
        _ => Head + "detection: [" + Many(150_000, _ => "a,"),
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_hostile_file_gives_its_finding_and_takes_bounded_memory(string name, string code)
    {
        var text = Text(name);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var file = Events.Read(text);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Contains(file.Findings, f => f.Code == code && f.Level == FindingLevel.Error && f.Hint.Length > 0);
        Assert.True(file.Findings.Count <= Limits.FindingsMax + 1);
        Assert.True(file.Refused > 0 || file.Documents.Count > 0);
        var most = (192L << 20) + 400L * text.Length;
        Assert.True(bytes < most, $"{bytes} bytes for a text of {text.Length}, more than {most}.");
    }

    [Fact]
    public void A_list_of_thousands_of_values_and_windash_with_many_flags_load_in_memory_of_their_own_size()
    {
        var text = Rule($"  s:\n    F|contains:\n{Many(4_432, i => $"      - 'value {i} here'\n")}  w:\n    G|windash|contains: '{Many(2_000, i => $" -f{i}")}'\n", "s or w");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var set = Events.Set(text);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Single(set.Rules);
        Assert.True(bytes < 200L * text.Length + (4 << 20), $"{bytes} bytes for {text.Length} characters");
        var matcher = new RuleMatcher(set);
        using var batch = Events.Batch("""{"F":"a VALUE 4431 here"}""", $$"""{"G":"x{{Many(2_000, i => $" {"-/–—―"[i % 5]}f{i}")}}"}""", """{"F":"value 4432 her","G":"-f0"}""");
        Assert.Equal([1, 1, 0], Enumerable.Range(0, 3).Select(i => matcher.Match(batch, i).Count));
    }

    [Fact]
    public void Correlations_in_a_circle_are_refused_with_the_path()
    {
        static string Of(string name, string rule) => $"title: {name}\nname: {name}\nlevel: low\ncorrelation: {{ type: event_count, rules: [{rule}], group-by: [u], timespan: 5m, condition: {{ gte: 2 }} }}\n";
        var set = new RuleSet([Events.Read($"{Of("a", "b")}---\n{Of("b", "c")}---\n{Of("c", "a")}---\n{Of("d", "d")}")], Mappings.Read("", ""));
        Assert.Empty(set.Correlations);
        Assert.Equal(4, set.Refused);
        Assert.Contains(set.Findings, f => f.Code == "SIG032" && f.Message.Contains('→', StringComparison.Ordinal));
    }

    [Fact]
    public void A_hostile_zip_gives_findings()
    {
        static MemoryStream Zip(Action<ZipArchive> fill)
        {
            var stream = new MemoryStream();
            using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true)) fill(zip);
            stream.Position = 0;
            return stream;
        }
        static void Put(ZipArchive zip, string name, string text, int times = 1)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name, CompressionLevel.Fastest).Open());
            for (var i = 0; i < times; i++) writer.Write(text);
        }

        using var bomb = Zip(zip =>
        {
            Put(zip, "a.yml", Rule("  s: { F: a }\n"));
            Put(zip, "bomb.yml", new string('\n', 1 << 16), 1_600);
        });
        var before = GC.GetAllocatedBytesForCurrentThread();
        var files = RuleFiles.Zip(bomb, "z.zip", PlaceholderLists.None);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 << 20);
        Assert.Single(files.SelectMany(f => f.Documents));
        Assert.Contains(files.SelectMany(f => f.Findings), f => f.Code == "SIG001");

        using var many = Zip(zip => { for (var i = 0; i <= Limits.ZipEntriesMax; i++) zip.CreateEntry($"{i}"); });
        Assert.Equal("SIG121", Assert.Single(RuleFiles.Zip(many, "z.zip", PlaceholderLists.None).SelectMany(f => f.Findings)).Code);

        var broken = Encoding.UTF8.GetBytes("PK\u0003\u0004 and nothing more");
        Assert.Equal("SIG122", Assert.Single(RuleFiles.Zip(new MemoryStream(broken), "z.zip", PlaceholderLists.None).SelectMany(f => f.Findings)).Code);
    }

    [Fact]
    public void Random_bytes_and_mutated_rules_give_findings_or_rules_and_never_an_exception()
    {
        var random = new Random(37);
        var rounds = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? 60_000 : 4_000;
        string[] regexes = ["(a+)+$", "[a-z]{2,}", "(?:x|y)*z", "\\d+(?i)q", "(((a)))", "a{0,1000}b"];
        for (var i = 0; i < rounds; i++)
        {
            string text;
            if (i % 3 == 0)
            {
                var bytes = new byte[random.Next(300)];
                random.NextBytes(bytes);
                text = Encoding.UTF8.GetString(bytes);
            }
            else if (i % 3 == 1) text = Mutated(random, new OracleGrower(random.Next()).Case(2, 1).Rules[0].Yaml);
            else text = Rule($"  s: {{ F|re: '{Mutated(random, regexes[random.Next(regexes.Length)]).Replace("'", "''", StringComparison.Ordinal)}' }}\n  t: {{ G: 1 }}\n", Mutated(random, "(s or not t) and 1 of s* or all of them"));
            var file = Events.Read(text);
            Assert.True(file.Documents.Count > 0 || file.Findings.Count > 0, text);
            // What was read compiles and runs.
            if (file.Documents.Count == 0) continue;
            var set = new RuleSet([file], Mappings.Read(Events.TestRoutes, ""));
            using var batch = Events.Batch("""{"F":"aaaa","G":1}""");
            new RuleMatcher(set).Match(batch, 0);
            foreach (var rule in set.Rules) Assert.All(rule.Detection.Conditions, c => Assert.NotEmpty(c.ToString() ?? ""));
        }

        static string Mutated(Random random, string text)
        {
            const string Odd = "()[]{}|*+?\\'\":#-%&!\0\t\n\r <>=~^$,.0123456789aßſ";
            var changed = new StringBuilder(text);
            for (var k = random.Next(5); k >= 0 && changed.Length > 0; k--)
            {
                var at = random.Next(changed.Length);
                switch (random.Next(3))
                {
                    case 0: changed[at] = Odd[random.Next(Odd.Length)]; break;
                    case 1: changed.Insert(at, Odd[random.Next(Odd.Length)]); break;
                    default: changed.Remove(at, Math.Min(1 + random.Next(3), changed.Length - at)); break;
                }
            }
            return changed.ToString();
        }
    }
}
