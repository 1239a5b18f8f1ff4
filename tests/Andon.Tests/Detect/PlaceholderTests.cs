using System.Collections.Immutable;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Tests.Detect;

public sealed class PlaceholderTests(ITestOutputHelper output) : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("andon-lists-").FullName;
    public void Dispose() => Directory.Delete(folder, recursive: true);

    static PlaceholderLists Lists()
    {
        var lists = new PlaceholderLists();
        lists.Replace(new Dictionary<string, ImmutableArray<ListMember>>
        {
            ["Admins"] = [new("root", false), new("adm*", false), new(@"CORP\svc", false)],
            ["Nets"] = [new("10.0.0.0/8", false), new("fe80::/10", false)],
            ["Ends"] = [new("x", false), new("y", false)],
            ["Flags"] = [new("-enc", false)],
            ["Names.of-2"] = [new("Ünï", false)],
            ["Empty"] = [],
        });
        lists.State("Hosts", "a1", ["web*1", "10.1.2.3"]);
        return lists;
    }

    static string Rule(string item) => $"title: T\nlevel: low\nlogsource: {{ product: test }}\ndetection:\n  s:\n    {item}\n  condition: s\n";
    static RuleSet Set(PlaceholderLists lists, string item) => new([SigmaReader.Read("t.yml", Rule(item), lists)], Mappings.Read(Events.TestRoutes, ""));

    [Theory]
    [InlineData("F|expand: '%Admins%'", """{"F":"ROOT"}""", """{"F":"roots"}""")]
    [InlineData("F|expand: '%Admins%'", """{"F":"admin-3"}""", """{"F":"xadm"}""")]
    [InlineData("F|expand: '%admins%'", """{"F":"corp\\SVC"}""", """{"F":"svc"}""")]
    [InlineData("F|contains|expand: '%Admins%'", """{"F":"the root user"}""", """{"F":"rot"}""")]
    [InlineData("F|expand|contains: 'u=%Admins%;'", """{"F":"u=root;x"}""", """{"F":"u=root"}""")]
    [InlineData("F|startswith|expand: 'by %Admins%'", """{"F":"by ROOT today"}""", """{"F":"so by root"}""")]
    [InlineData("F|endswith|expand: '%Admins%!'", """{"F":"hey root!"}""", """{"F":"root!?"}""")]
    [InlineData("F|expand|cased: '%Admins%'", """{"F":"root"}""", """{"F":"Root"}""")]
    [InlineData("F|expand: '%Admins%@%Ends%'", """{"F":"root@y"}""", """{"F":"root@z"}""")]
    [InlineData("F|expand: ['%Ends%', plain]", """{"F":"plain"}""", """{"F":"%Ends%"}""")]
    [InlineData("F|expand|all|contains: ['%Ends%', '%Admins%']", """{"F":"y root"}""", """{"F":"x y"}""")]
    [InlineData("F|expand|neq: '%Ends%'", """{"F":"z"}""", """{"F":"Y"}""")]
    [InlineData("F|re|expand: '^%Admins%[0-9]$'", """{"F":"adm7"}""", """{"F":"Root5x"}""")]
    [InlineData("F|re|expand|i: '^%Admins%$'", """{"F":"corp\\svc"}""", """{"F":"corpXsvc"}""")]
    [InlineData("F|cidr|expand: '%Nets%'", """{"F":"10.9.9.9"}""", """{"F":"11.0.0.1"}""")]
    [InlineData("F|cidr|expand: '%Hosts%'", """{"F":"10.1.2.3"}""", """{"F":"web*1"}""")]
    [InlineData("F|windash|expand|contains: ' %Flags% '", """{"F":"x /enc y"}""", """{"F":"x enc y"}""")]
    [InlineData("F|expand|base64offset|contains: '%Ends%mdx'", """{"F":"eG1keA=="}""", """{"F":"xmdx"}""")]
    [InlineData("'|expand': '%Ends%yz'", """{"G":"1 XYZ 2"}""", """{"G":"1 zyz 2"}""")]
    [InlineData("F|expand: '%Names.of-2%'", """{"F":"üNÏ"}""", """{"F":"uni"}""")]
    [InlineData(@"F|expand: '\%Ends%'", """{"F":"%Ends%"}""", """{"F":"x"}""")]
    [InlineData(@"F|expand: '\%plain%Ends%'", """{"F":"%plainx"}""", """{"F":"plainx"}""")]
    [InlineData("F|expand: '100% of %Ends%'", """{"F":"100% of x"}""", """{"F":"100% of %Ends%"}""")]
    [InlineData("F: '%Ends%'", """{"F":"%ends%"}""", """{"F":"x"}""")]
    // Names of assets are what they are; only files have wildcards.
    [InlineData("F|expand: '%Hosts%'", """{"F":"WEB*1"}""", """{"F":"webb1"}""")]
    [InlineData("F|re|expand: '^%Hosts%$'", """{"F":"web*1"}""", """{"F":"webb1"}""")]
    // A text before a wildcard of the list never becomes its escape.
    [InlineData(@"F|expand: 'C:\\%Admins%'", """{"F":"C:\\admin"}""", """{"F":"C:adm*"}""")]
    public void A_placeholder_is_any_member_of_its_list(string item, string yes, string no)
    {
        var set = Set(Lists(), item);
        Assert.DoesNotContain(set.Findings, f => f.Level == FindingLevel.Error);
        using var batch = Events.Batch(yes, no);
        var matcher = new RuleMatcher(set);
        Assert.Equal((1, 0), (matcher.Match(batch, 0).Count, matcher.Match(batch, 1).Count));
    }

    [Theory]
    [InlineData("F|expand: '%Nobody%'", "SIG070")]
    [InlineData("F|expand: '%Empty%'", "SIG071")]
    [InlineData("F|cidr|expand: '%Admins%'", "SIG073")]
    [InlineData("F|base64|contains|expand: '%Admins%'", "SIG073")]
    [InlineData("F|re|expand: '(%Ends%'", "SIG067")]
    [InlineData("F|re|expand: '(?=%Ends%)'", "SIG066")]
    public void What_a_list_cannot_do_is_told(string item, string code)
    {
        var set = Set(Lists(), item);
        var finding = Assert.Single(set.Findings, f => f.Code == code);
        Assert.Equal(finding.Level == FindingLevel.Error ? 0 : 1, set.Rules.Count);
        using var batch = Events.Batch("""{"F":"x"}""", """{"F":""}""");
        var matcher = new RuleMatcher(set);
        Assert.Equal((0, 0), (matcher.Match(batch, 0).Count, matcher.Match(batch, 1).Count));
    }

    [Fact]
    public void A_change_of_a_list_takes_effect_on_the_next_event_without_compiling()
    {
        var lists = Lists();
        var matcher = new RuleMatcher(Set(lists, "F|expand: '%Hosts%'"));
        using var batch = Events.Batch("""{"F":"db7"}""");
        Assert.Empty(matcher.Match(batch, 0));
        lists.State("Hosts", "a2", ["DB7"]);
        Assert.Single(matcher.Match(batch, 0));
        lists.State("Hosts", "a2", []);
        Assert.Empty(matcher.Match(batch, 0));
        // Without a change nothing is made anew.
        for (var i = 0; i < 100; i++) matcher.Match(batch, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) matcher.Match(batch, 0);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 50_000);
    }

    [Fact]
    public void Roles_of_the_inventory_make_the_standard_lists()
    {
        var (lists, findings) = (new PlaceholderLists(), new List<Finding>());
        var fold = new AssetLists(lists, AssetLists.Load(Events.Content.Path, findings.Add));
        Assert.Empty(findings);
        Assert.Null(lists.Find("DomainControllers"));
        fold.State(Asset("1", "dc01.corp.example", "domain-controller"));
        fold.State(Asset("2", "ws7", "workstation", "till"));
        Assert.Equal(["10.0.0.1", "dc01", "dc01.corp.example"], Members("DomainControllers"));
        Assert.Equal(["dc01$"], Members("dc_machine_accounts"));
        Assert.Equal(Members("DomainControllers"), Members("Servers"));
        Assert.Equal(["10.0.0.1", "ws7"], Members("till"));
        fold.State(Asset("1", "dc01.corp.example", "server"));
        Assert.Equal([], Members("DomainControllers"));
        Assert.Equal(["10.0.0.1", "dc01", "dc01.corp.example"], Members("Servers"));

        static AssetStated Asset(string id, string name, params string[] roles) => new(id, name, ["10.0.0.1"], "lan", 1, "", "", false, false) { Roles = roles };
        IEnumerable<string> Members(string list) => lists.Find(list)!.Now.Members.Select(m => m.Text).Order(StringComparer.Ordinal);
    }

    /// <summary>A refused rule loads by itself when its list appears, as a file or from the inventory; a new value needs no reading at all.</summary>
    [Fact]
    public void A_rule_waits_for_its_list()
    {
        var (content, data) = (Directory.CreateDirectory(Path.Combine(folder, "content")).FullName, Directory.CreateDirectory(Path.Combine(folder, "data")).FullName);
        Directory.CreateDirectory(Path.Combine(content, "rules"));
        Directory.CreateDirectory(Path.Combine(content, "mappings"));
        File.WriteAllText(Path.Combine(content, "mappings", "lists.yml"), "Servers: { roles: server }\n");
        File.WriteAllText(Path.Combine(content, "rules", "a.yml"), Rule("F|expand: '%Admins%'"));
        File.WriteAllText(Path.Combine(content, "rules", "b.yml"), Rule("F|expand: '%Servers%'").Replace("title: T", "title: U", StringComparison.Ordinal));
        var desk = new ReadingDesk(content, data);
        var shelf = new RuleShelf([(Path.Combine(content, "rules"), "rules")], desk);
        int Loaded() => shelf.Read(_ => []).Sum(f => f.Documents.Count);
        Assert.Equal(0, Loaded());
        Assert.False(shelf.Changed);

        Directory.CreateDirectory(Path.Combine(data, "lists"));
        File.WriteAllText(Path.Combine(data, "lists", "Admins.txt"), "# who may\nroot\n\n  adm*  \n");
        Assert.True(shelf.Changed);
        Assert.Equal(1, Loaded());
        desk.State(new("1", "web01", [], "lan", 1, "", "", false, false) { Roles = ["server"] });
        Assert.True(shelf.Changed);
        Assert.Equal(2, Loaded());
        Assert.False(shelf.Changed);

        var matcher = new RuleMatcher(new(shelf.Read(_ => []), Mappings.Read(Events.TestRoutes, "")));
        using var batch = Events.Batch("""{"F":"eve"}""");
        Assert.Empty(matcher.Match(batch, 0));
        File.WriteAllText(Path.Combine(data, "lists", "Admins.txt"), "root\neve\n");
        Assert.False(shelf.Changed);
        Assert.Single(matcher.Match(batch, 0));

        // A pipeline that comes changes what rules mean: they are read again.
        Directory.CreateDirectory(Path.Combine(data, "pipelines"));
        File.WriteAllText(Path.Combine(data, "pipelines", "p.yml"), "transformations: [{ type: field_name_mapping, mapping: { F: G } }]\n");
        Assert.True(shelf.Changed);
        Assert.All(shelf.Read(_ => []).SelectMany(f => f.Documents).OfType<RuleDocument>(), r => Assert.StartsWith("G ~ ", r.Detection.Searches[0].Search.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Lists_that_cannot_be_read_are_told()
    {
        File.WriteAllLines(Path.Combine(folder, "Big.txt"), Enumerable.Range(0, 100_001).Select(i => $"v{i}"));
        File.WriteAllText(Path.Combine(folder, "Same.txt"), "a\na\n# a\nb\n");
        var findings = new List<Finding>();
        var lists = ListFiles.Read([folder, Path.Combine(folder, "none")], findings.Add);
        Assert.Equal("SIG074", Assert.Single(findings).Code);
        Assert.Equal((100_000, 2), (lists["Big"].Length, lists["same"].Length));
    }

    /// <summary>With a list for each name that public rules ask for, all of them load.</summary>
    [Fact]
    public void Every_public_rule_loads_with_lists()
    {
        using var zip = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        using var again = File.OpenRead(zip.Name);
        var without = RuleFiles.Zip(zip, "s.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("s.zip/rules", StringComparison.Ordinal)).ToList();
        var names = without.SelectMany(f => f.Findings).Where(f => f.Code == "SIG070").Select(f => f.Message.Split('%')[1]).Distinct().ToList();
        var lists = new PlaceholderLists();
        lists.Replace(names.ToDictionary(n => n, n => ImmutableArray.Create(new ListMember("one", false), new ListMember("two*", false))));
        var with = RuleFiles.Zip(again, "s.zip", lists).Where(f => f.File.StartsWith("s.zip/rules", StringComparison.Ordinal)).ToList();
        output.WriteLine($"{without.Sum(f => f.Documents.Count)} rules without lists, {with.Sum(f => f.Documents.Count)} with {names.Count} lists");
        Assert.Equal((25, 0), (without.Sum(f => f.Refused), with.Sum(f => f.Refused)));
        Assert.Equal(3780, with.Sum(f => f.Documents.Count));
    }
}

/// <summary>Filters that do nothing, or perhaps not what was meant.</summary>
public sealed class FilterLintTests
{
    const string Rules = "title: A\nid: 11111111-1111-4111-8111-111111111111\nlevel: low\nlogsource: { product: test }\ndetection: { s: { F: a }, condition: s }\n---\ntitle: B\nname: b\nlevel: low\nlogsource: { product: nowhere }\ndetection: { s: { F: a }, condition: s }\n---\n";

    [Theory]
    [InlineData("logsource: { product: test }\nfilter: { rules: any, s: { G: x }, condition: not s }", "")]
    [InlineData("logsource: { product: test }\nfilter: { rules: [11111111-1111-4111-8111-111111111111], s: { G: x }, condition: s }", "SIG093")]
    [InlineData("logsource: { product: test }\nfilter: { rules: [gone], s: { G: x }, condition: not s }", "SIG033")]
    [InlineData("logsource: { product: nowhere }\nfilter: { rules: [b], s: { G: x }, condition: not s }", "SIG034")]
    [InlineData("logsource: { product: other }\nfilter: { rules: [b], s: { G: x }, condition: not s }", "SIG034")]
    [InlineData("logsource: { product: other }\nfilter: { rules: any, s: { G: x }, condition: not s }", "SIG034")]
    public void A_filter_without_effect_is_told(string filter, string code)
    {
        var set = Events.Set(Rules + "title: F\n" + filter + "\n");
        Assert.Equal(code, string.Join(' ', set.Findings.Where(f => f.Level > FindingLevel.Note && f.Code != "SIG110").Select(f => f.Code)));
        Assert.Single(set.Filters);
    }

    /// <summary>A filter's names are its own: its patterns never see the rule's identifiers, and the reverse.</summary>
    [Fact]
    public void Names_of_filters_and_rules_never_meet()
    {
        var set = Events.Set("title: A\nlevel: low\nlogsource: { product: test }\ndetection: { sel_1: { F: a }, sel_2: { F: b }, condition: 1 of sel_* }\n---\ntitle: F\nlogsource: { product: test }\nfilter: { rules: any, sel_9: { G: x }, sel_1: { G: y }, condition: not 1 of them }\n");
        var matcher = new RuleMatcher(set);
        using var batch = Events.Batch("""{"F":"a"}""", """{"F":"b","G":"x"}""", """{"G":"z"}""", """{"F":"b","G":"z"}""");
        Assert.Equal([1, 0, 0, 1], Enumerable.Range(0, 4).Select(i => matcher.Match(batch, i).Count));
    }

    [Theory]
    [InlineData("F|neq: a", true)]
    [InlineData("F|neq: a, F|exists: true", false)]
    [InlineData("F|neq: a, G|exists: true", true)]
    public void Neq_without_exists_is_noted(string items, bool noted) =>
        Assert.Equal(noted, Events.Read($"title: A\nlevel: low\nlogsource: {{ product: test }}\ndetection: {{ s: {{ {items} }}, condition: s }}\n").Findings.Any(f => f.Code == "SIG056"));
}
