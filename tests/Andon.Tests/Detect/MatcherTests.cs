using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Detect;

public class MatcherTests
{
    const string Rule = """
        title: T
        id: 11111111-1111-4111-8111-111111111111
        level: low
        logsource: { product: test }
        detection:
          sel:
            F|contains: [a, b]
            G: 1
          filter: { H: null }
          condition: sel and not filter
        """;

    [Fact]
    public void Why_and_why_not_are_told()
    {
        var matcher = new RuleMatcher(Events.Set(Rule));
        using var batch = Events.Batch("""{"F":"xa","G":1,"H":"h"}""", """{"F":"xa","G":2,"H":"h"}""", """{"F":"xa","G":1}""");
        var yes = Explainer.Explain(matcher, "11111111-1111-4111-8111-111111111111", batch, 0);
        Assert.True(yes.Matched && yes.Routed);
        Assert.Equal(["F|contains", "G"], yes.Searches[0].Items.Select(i => i.Item));
        Assert.Equal(["xa"], yes.Searches[0].Items[0].Values);

        var no = Explainer.Explain(matcher, "11111111-1111-4111-8111-111111111111", batch, 1);
        Assert.False(no.Matched);
        Assert.Equal(("G", false), (no.Searches[0].Items.Single().Item, no.Searches[0].Items.Single().Met));
        Assert.Equal(["2"], no.Searches[0].Items.Single().Values);

        var filtered = Explainer.Explain(matcher, "11111111-1111-4111-8111-111111111111", batch, 2);
        Assert.False(filtered.Matched);
        Assert.Equal([true, true], filtered.Searches.Select(s => s.Met));
    }

    [Fact]
    public void A_filter_takes_matches_back_and_is_counted()
    {
        var matcher = new RuleMatcher(Events.Set(Rule, "title: Fi\nlogsource: { product: test }\nfilter: { rules: [11111111-1111-4111-8111-111111111111], sel: { F: xa }, condition: not sel }\n"));
        using var batch = Events.Batch("""{"F":"xa","G":1,"H":"h"}""", """{"F":"xb","G":1,"H":"h"}""");
        Assert.Empty(matcher.Match(batch, 0));
        Assert.Single(matcher.Match(batch, 1));
        Assert.Equal(1, matcher.Filtered);
    }

    [Fact]
    public void Names_that_a_batch_met_before_the_rule_was_written_are_found()
    {
        using var batch = Events.Batch("""{"neverSeenBefore81723":"x"}""");
        Assert.Single(new RuleMatcher(Events.Set("title: T\nlevel: low\nlogsource: { product: test }\ndetection: { s: { neverSeenBefore81723: x }, condition: s }\n")).Match(batch, 0));
    }

    [Fact]
    public void Rules_run_only_where_their_log_source_is()
    {
        const string Routes = """
            routes:
              - { gives: { product: windows }, when: { channel: '*' } }
              - { gives: { product: windows, service: security }, when: { channel: Security } }
              - { gives: { product: windows, category: process_creation, service: security }, when: { channel: security, id: [4688, 1] }, fields: { Image: NewProcessName } }
            """;
        string Of(string source) => $"title: '{source}'\nname: '{source}'\nlevel: low\nlogsource: {source}\ndetection: {{ s: {{ Image: x }}, condition: s }}\n";
        var sources = new[] { "{ product: windows }", "{ product: Windows, service: security }", "{ category: process_creation }", "{ product: linux }", "{ category: process_creation, service: sysmon }" };
        var set = new RuleSet([.. sources.Select((s, i) => Events.Read(Of(s), $"{i}.yml"))], Mappings.Read(Routes, ""));
        Assert.Equal(["{ product: linux }", "{ category: process_creation, service: sysmon }"], set.Unrouted.Select(r => r.Header.Title));
        var matcher = new RuleMatcher(set);
        using var batch = Events.Batch("""{"channel":"System","Image":"x"}""", """{"channel":"SECURITY","Image":"x"}""", """{"channel":"Security","id":4688,"NewProcessName":"x"}""", """{"Image":"x"}""");
        Assert.Equal([1, 2, 3, 0], Enumerable.Range(0, 4).Select(i => matcher.Match(batch, i).Count));
        Assert.Contains(matcher.Match(batch, 2), r => r.Document.Header.Title == "{ category: process_creation }");
    }

    [Fact]
    public void An_event_without_a_hit_allocates_nothing()
    {
        var rules = new[]
        {
            Rule, "title: K\nlevel: low\nlogsource: { product: test }\ndetection: { k: [nowhere, 'a*nowhere'], condition: k }\n",
            "title: R\nlevel: low\nlogsource: { product: test }\ndetection: { s: { F|re: 'z[0-9]+z', G|cidr: 10.0.0.0/8, H|gt: 5 }, condition: 1 of s* }\n",
            "title: L\nlevel: low\nlogsource: { product: test }\ndetection: { s: { F: [q1, q2, q3, q4, q5], G|fieldref: H, F|windash|contains: ' -q ' }, condition: not s and s }\n",
        };
        var matcher = new RuleMatcher(Events.Set(rules));
        using var batch = Events.Batch([.. Enumerable.Range(0, 500).Select(i => $$"""{"F":"value ÄÖ {{i}}","G":"192.168.0.{{i % 250}}","H":"none","x":["one","two","Ünï"]}""")]);
        for (var round = 0; round < 3; round++)
            for (var i = 0; i < batch.Count; i++) Assert.Empty(matcher.Match(batch, i));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < batch.Count; i++) matcher.Match(batch, i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Order_of_asking_does_not_change_answers()
    {
        // Whole tree against a reading of the condition with booleans only.
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var condition = Grow(random, 4);
            var set = Events.Set($"title: T\nlevel: low\nlogsource: {{ product: test }}\ndetection:\n  a: {{ A|re: '^1$' }}\n  b: {{ B: 1 }}\n  c: {{ C|contains: 1 }}\n  condition: {condition}\n");
            var matcher = new RuleMatcher(set);
            for (var bits = 0; bits < 8; bits++)
            {
                using var batch = Events.Batch($$"""{"A":{{bits & 1}},"B":{{bits >> 1 & 1}},"C":{{bits >> 2}}}""");
                Assert.True(Holds(set.Rules[0].Detection.Conditions[0], bits) == (matcher.Match(batch, 0).Count == 1), $"{condition} for {bits}");
            }
        }

        static string Grow(Random random, int depth) => (depth == 0 ? 3 : random.Next(6)) switch
        {
            0 => $"({Grow(random, depth - 1)} or {Grow(random, depth - 1)})",
            1 => $"{Grow(random, depth - 1)} and {Grow(random, depth - 1)}",
            2 => $"not {Grow(random, depth - 1)}",
            _ => "abc"[random.Next(3)].ToString(),
        };

        static bool Holds(Condition condition, int bits) => condition switch
        {
            OrCondition or => or.Parts.Any(p => Holds(p, bits)),
            AndCondition and => and.Parts.All(p => Holds(p, bits)),
            NotCondition not => !Holds(not.Inner, bits),
            NameCondition name => (bits >> (name.Name[0] - 'a') & 1) == 1,
            _ => throw new InvalidOperationException(),
        };
    }

    [Fact]
    public void Hostile_values_do_not_disturb()
    {
        var matcher = new RuleMatcher(Events.Set("title: T\nlevel: low\nlogsource: { product: test }\ndetection: { s: { F|contains: 'a?b*c' }, r: { F|re: '(a+)+$' }, k: [needle], condition: s or r or k }\n"));
        var batch = new EventBatch();
        byte[][] odd = [[0xFF, 0xFE, 0x00], [0xED, 0xA0, 0x80], new byte[1 << 20], [.. Enumerable.Repeat((byte)'a', 1 << 20), (byte)'!'], [0xC3]];
        for (var i = 0; i < odd.Length; i++)
        {
            batch.Begin(new Andon.Model.Record((ulong)i + 1, 0, new("t", "t"), odd[i]));
            batch.Add(FieldNames.Intern("F"), odd[i]);
        }
        batch.Seal();
        for (var i = 0; i < odd.Length; i++) Assert.Empty(matcher.Match(batch, i));
        batch.Dispose();
    }

    /// <summary>The shipped routes know what the real normaliser makes of Windows, sshd and web lines.</summary>
    [Theory]
    [InlineData("""{"EventID":4625,"Channel":"Security","Hostname":"H"}""", "windows", null, "security")]
    [InlineData("""{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"H","Image":"x"}""", "windows", "process_creation", "sysmon")]
    [InlineData("""{"EventID":4688,"Channel":"security","Hostname":"H","NewProcessName":"x"}""", "windows", "process_creation", null)]
    [InlineData("""{"EventID":13,"Channel":"Microsoft-Windows-Sysmon/Operational"}""", "windows", "registry_set", null)]
    [InlineData("""{"EventID":13,"Channel":"Microsoft-Windows-Sysmon/Operational"}""", "windows", "registry_event", null)]
    [InlineData("""{"EventID":12,"EventType":"CreateKey","Channel":"Microsoft-Windows-Sysmon/Operational"}""", "windows", "registry_add", null)]
    [InlineData("""{"winlog":{"channel":"Microsoft-Windows-PowerShell/Operational","event_id":4104,"event_data":{"ScriptBlockText":"x"}}}""", "windows", "ps_script", null)]
    [InlineData("<38>Mar  2 08:00:01 web01 sshd[812]: Failed password for root from 203.0.113.7 port 40022 ssh2", "linux", null, "sshd")]
    [InlineData("<38>Mar  2 08:00:01 web01 sshd[812]: Failed password for root from 203.0.113.7 port 40022 ssh2", "linux", null, "auth")]
    [InlineData("<86>Mar  2 08:00:01 web01 sudo:   anna : TTY=pts/0 ; PWD=/home/anna ; USER=root ; COMMAND=/bin/ls", "linux", null, "sudo")]
    [InlineData("""203.0.113.9 - - [02/Mar/2026:08:00:01 +0000] "GET /a?b=c HTTP/1.1" 200 12 "-" "curl/8" """, null, "webserver", null)]
    public void Real_lines_are_routed(string line, string? product, string? category, string? service)
    {
        var source = string.Join(", ", new[] { ("product", product), ("category", category), ("service", service) }.Where(p => p.Item2 is not null).Select(p => $"{p.Item1}: {p.Item2}"));
        var set = new RuleSet([Events.Read($"title: T\nlevel: low\nlogsource: {{ {source} }}\ndetection: {{ s: {{ nothing: null }}, condition: s }}\n")], Mappings.Load(Events.Content.Path));
        using var batch = new Normaliser(Events.Content).Normalise([new(1, 1_772_438_401_000, new("syslog-udp", "10.0.0.1"), System.Text.Encoding.UTF8.GetBytes(line))]).Seal();
        Assert.Single(new RuleMatcher(set).Match(batch, 0));
    }
}
