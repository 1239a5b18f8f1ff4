using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>Records of many senders, through the real normaliser to the real routes.</summary>
public sealed class RouteTests(ITestOutputHelper output)
{
    static LogSource Source(string text) => text.Split('/') is [var product, var category, var service] ? new(Part(product), Part(category), Part(service)) : throw new FormatException(text);
    static string? Part(string text) => text == "*" ? null : text;

    static IReadOnlyList<Route> Routes(RuleMatcher matcher, Normaliser normaliser, string json)
    {
        using var batch = normaliser.Normalise([new(1, 0, new("http", "test"), Encoding.UTF8.GetBytes(json))], FieldSelection.Everything);
        return matcher.Route(batch, 0).Routes;
    }

    [Fact]
    public void Records_have_the_log_sources_that_their_cases_name()
    {
        var (matcher, normaliser) = (new RuleMatcher(new([], Mappings.Load(Events.Content.Path))), new Normaliser(Events.Content));
        var (wrong, cases) = (new List<string>(), 0);
        foreach (var line in File.ReadLines(Path.Combine(Events.Here, "routes.txt")).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var parts = line.Split(" ⇐ ");
            var routes = Routes(matcher, normaliser, parts[1]);
            cases++;
            foreach (var asked in parts[0].Split(' '))
                if (routes.Any(r => r.Holds(Source(asked.TrimStart('-')))) == asked.StartsWith('-')) wrong.Add($"{asked} ⇐ {parts[1]}\n  it has {string.Join(", ", routes.Select(r => r.Gives))}");
        }
        output.WriteLine($"{cases} records");
        Assert.True(wrong.Count == 0 && cases > 30, string.Join('\n', wrong));
    }

    /// <summary>Each published rule with a route that names its log source's fields: how many of all there are.</summary>
    [Fact]
    public void Few_public_rules_are_without_a_route()
    {
        using var zip = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        var mappings = Mappings.Load(Events.Content.Path);
        var rules = RuleFiles.Zip(zip, "s.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("s.zip/rules", StringComparison.Ordinal)).SelectMany(f => f.Documents).OfType<RuleDocument>().ToList();
        var without = rules.Where(r => !mappings.Routes.Any(x => x.Holds(r.Source))).ToList();
        output.WriteLine($"{without.Count} of {rules.Count}: {string.Join(", ", without.GroupBy(r => r.Source.ToString()).OrderByDescending(g => g.Count()).Select(g => $"{g.Key} {g.Count()}"))}");
        Assert.True(without.Count < rules.Count * 0.02);
    }

    /// <summary>Events of cloud senders reach the rules that are for them. A sender's set holds records of other kinds too, so it is a share.</summary>
    [Theory]
    [InlineData("AWS.CloudTrail", "aws/*/cloudtrail", 0.9)]
    [InlineData("Azure.MonitorActivity", "azure/*/activitylogs", 0.8)]
    [InlineData("GCP.AuditLog", "gcp/*/gcp.audit", 0.7)]
    [InlineData("GitHub.Audit", "github/*/audit", 0.7)]
    [InlineData("Okta.SystemLog", "okta/*/okta", 0.3)]
    [InlineData("Amazon.EKS.Audit", "kubernetes/*/audit", 0.2)]
    [InlineData("Microsoft365.Audit.AzureActiveDirectory", "m365/*/audit", 0.9)]
    public void Events_of_cloud_senders_are_routed(string sender, string source, double share)
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("cloud/panther-cloud-saas-events.zip"));
        var (matcher, normaliser) = (new RuleMatcher(new([], Mappings.Load(Events.Content.Path))), new Normaliser(Events.Content));
        using var reader = new StreamReader(zip.GetEntry($"{sender}.jsonl")!.Open());
        var (all, routed) = (0, 0);
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            all++;
            if (Routes(matcher, normaliser, json.RootElement.GetProperty("log").GetRawText()).Any(r => r.Holds(Source(source)))) routed++;
        }
        output.WriteLine($"{sender}: {routed} of {all}");
        Assert.True(routed >= all * share, $"{routed} of {all}");
    }

    [Fact]
    public void Every_zeek_log_that_rules_ask_for_is_routed()
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("network/apt29-day1-zeek.zip"));
        var (matcher, normaliser) = (new RuleMatcher(new([], Mappings.Load(Events.Content.Path))), new Normaliser(Events.Content));
        using var reader = new StreamReader(zip.GetEntry("combined_zeek.log")!.Open());
        var (seen, routed) = (new Dictionary<string, int>(), new Dictionary<string, int>());
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var stream = json.RootElement.GetProperty("@stream").GetString()!;
            seen[stream] = seen.GetValueOrDefault(stream) + 1;
            if (Routes(matcher, normaliser, line).Any(r => r.Holds(new("zeek", null, stream)))) routed[stream] = routed.GetValueOrDefault(stream) + 1;
        }
        output.WriteLine(string.Join(", ", seen.Select(s => $"{s.Key} {routed.GetValueOrDefault(s.Key)}/{s.Value}")));
        foreach (var stream in new[] { "dns", "http", "conn", "dce_rpc", "kerberos", "smb_files", "x509" }) Assert.Equal(seen[stream], routed.GetValueOrDefault(stream));
    }
}
