using System.IO.Compression;
using System.Text.Json;
using Andon.Detect.Hunt;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Collect.Evtx;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>
/// SigmaHQ's regression cases, with all active rules loaded and routed: each case's rule matches as often as the case says, in the event log
/// and in the JSON of the same events, and every other rule as often in the one as in the other.
/// </summary>
public sealed class RegressionCases(ITestOutputHelper output)
{
    /// <summary>Cases where the stated number is not the number of events that match, each with why the specification gives the larger one.</summary>
    static readonly Dictionary<string, (int Count, string Why)> Verdicts = new()
    {
        ["0b9ad457-2554-44c1-82c2-d56a99c42377"] = (3, @"contains '\AppData\Roaming\AnyDesk\user.conf' is met by user.conf.new, user.conf~RF2d9c20d.TMP and user.conf.new again: three events, and contains has the wildcard on both sides (modifiers, contains)."),
        ["8fbf3271-1ef6-4e94-8210-03c2317947f6"] = (3, @"endswith '\procdump64.exe', '\procdump64a.exe' and '\procdump.exe' are each met by one event; a list is OR (lists, endswith). The three ':Zone.Identifier' streams end otherwise."),
        ["45e112d0-7759-4c2a-aa36-9f8fb79d3393"] = (3, @"three values (https, http, *) are set below ZoneMap\Domains with DWORD (0x00000002), which the filter does not name; each is an event of its own (condition: selection and not filter)."),
    };

    [Fact]
    public void Every_case_matches_as_often_as_it_says_in_log_and_json()
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("sigma/sigma-regression.zip"));
        using var index = JsonDocument.Parse(File.ReadAllText(SharedData.Require("sigma/sigma-regression-index.json")));
        using var rules = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        var set = new RuleSet([.. RuleFiles.Zip(rules, "sigma.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("sigma.zip/rules", StringComparison.Ordinal))], Mappings.Load(Events.Content.Path));
        var normaliser = new Normaliser(Events.Content);
        var matcher = new RuleMatcher(set);
        var (right, right2, wrong) = (0, 0, new List<string>());
        var titles = set.Rules.ToDictionary(r => r.Header.RuleId, r => r.Header.Title);
        var golden = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var @case in index.RootElement.EnumerateArray())
        {
            var path = @case.GetProperty("test").GetProperty("path").GetString()!;
            var rule = @case.GetProperty("rules")[0].GetProperty("id").GetString()!;
            int? stated = @case.GetProperty("test").TryGetProperty("match_count", out var n) ? n.GetInt32() : null;
            if (Verdicts.TryGetValue(rule, out var verdict))
            {
                output.WriteLine($"{verdict.Count} and not {stated}: {verdict.Why}");
                Assert.True(verdict.Count > stated, "A verdict without a difference.");
                stated = verdict.Count;
            }
            var log = Hits(path);
            var json = Hits(Path.ChangeExtension(path, ".json"));
            if (Right(log)) right++;
            else wrong.Add($"{path}: {log.GetValueOrDefault(rule)} of {stated?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "1 or more"} in the log");
            if (Right(json)) right2++;
            else wrong.Add($"{path}: {json.GetValueOrDefault(rule)} of {stated?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "1 or more"} in JSON");
            foreach (var id in log.Keys.Union(json.Keys))
                if (log.GetValueOrDefault(id) != json.GetValueOrDefault(id)) wrong.Add($"{path}: {titles[id]}: {log.GetValueOrDefault(id)} in the log, {json.GetValueOrDefault(id)} in JSON");

            foreach (var (id, count) in log) golden.Add($"{Path.GetFileNameWithoutExtension(path)} {count} {id} {titles[id]}");

            bool Right(Dictionary<string, int> hits) => stated is { } exactly ? hits.GetValueOrDefault(rule) == exactly : hits.GetValueOrDefault(rule) > 0;
        }
        output.WriteLine($"{index.RootElement.GetArrayLength()} cases: {right} right from event logs, {right2} from JSON, {wrong.Count} differences");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Frozen(golden);

        Dictionary<string, int> Hits(string path)
        {
            using var file = zip.GetEntry(path)!.Open();
            var all = path.EndsWith(".evtx", StringComparison.Ordinal) ? EvtxFile.Read(file, f => wrong.Add($"{path}: {f}"), recover: false) : ParseCli.Records(file).Select(r => (ReadOnlyMemory<byte>)r);
            using var batch = normaliser.Normalise([.. all.Select((r, i) => new Andon.Model.Record((ulong)i + 1, 4_000_000_000_000, new("file", "x"), r))]).Seal();
            var hits = new Dictionary<string, int>();
            for (var i = 0; i < batch.Count; i++)
                foreach (var hit in matcher.Match(batch, i)) hits[hit.RuleId] = hits.GetValueOrDefault(hit.RuleId) + 1;
            return hits;
        }
    }

    // Which rules fire on which case, the case's own and its neighbours': a rule that begins or ceases to fire is looked at before this is
    // rewritten (UPDATE=1).
    static void Frozen(SortedSet<string> now)
    {
        var path = Path.Combine(Events.Here, "regression-hits.txt");
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") File.WriteAllLines(path, now);
        var was = File.ReadAllLines(path);
        Assert.True(now.SetEquals(was), string.Join('\n', now.Except(was).Select(l => $"new: {l}").Concat(was.Except(now).Select(l => $"gone: {l}"))));
    }
}
