using System.IO.Compression;
using System.Text.RegularExpressions;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Intake.Collect.Evtx;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>Logs of attacks, in folders by what was done: the alerts fit the folder in most of those files that alert at all.</summary>
public sealed class RegressionCoverage(ITestOutputHelper output)
{
    [Theory]
    [InlineData("windows/evtx-attack-samples.zip")]
    [InlineData("windows/evtx-to-mitre-attack.zip")]
    public void Alerts_fit_the_tactic_of_the_folder(string zipName)
    {
        using var zip = ZipFile.OpenRead(SharedData.Require(zipName));
        using var rules = File.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        var set = new RuleSet([.. RuleFiles.Zip(rules, "sigma.zip", PlaceholderLists.None).Where(f => f.File.StartsWith("sigma.zip/rules", StringComparison.Ordinal))], Mappings.Load(Events.Content.Path));
        var normaliser = new Normaliser(Events.Content);
        var matcher = new RuleMatcher(set);
        var tactics = new SortedDictionary<string, (int Files, int Alerted, int Fit)>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".evtx", StringComparison.OrdinalIgnoreCase)))
        {
            if (Tactic(entry.FullName.Split('/')[0]) is not { } tactic) continue;
            using var file = entry.Open();
            using var batch = normaliser.Normalise([.. EvtxFile.Read(file, _ => { }, recover: false).Select((r, i) => new Andon.Model.Record((ulong)i + 1, 4_000_000_000_000, new("file", entry.Name), r))]).Seal();
            var (alerted, fit) = (false, false);
            for (var i = 0; i < batch.Count && !fit; i++)
                foreach (var rule in matcher.Match(batch, i))
                {
                    if (rule.Document.Header.Level == Level.Informational) continue;
                    alerted = true;
                    fit |= rule.Document.Header.Tags.Any(t => t == $"attack.{tactic}" || tactic == "defense-evasion" && (t is "attack.stealth" or "attack.defense-impairment"));
                }
            var (files, with, fitting) = tactics.GetValueOrDefault(tactic);
            tactics[tactic] = (files + 1, with + (alerted ? 1 : 0), fitting + (fit ? 1 : 0));
        }
        foreach (var (tactic, (files, alerted, fit)) in tactics) output.WriteLine($"{tactic}: {files} files, {alerted} with an alert, {fit} of the folder's tactic");
        var (all, any, same) = (tactics.Values.Sum(t => t.Files), tactics.Values.Sum(t => t.Alerted), tactics.Values.Sum(t => t.Fit));
        output.WriteLine($"all: {all} files, {any} with an alert, {same} of the folder's tactic");
        Assert.True(any * 2 > all, $"{any} of {all} logs of attacks have an alert.");
        Assert.True(same * 2 > any, $"Of {any} logs with alerts only {same} have one of the folder's tactic.");
    }

    // The rules follow a newer ATT&CK, which has stealth and defense impairment where the folders have defense evasion.
    // "Credential Access", "TA0006-Credential Access", "AutomatedTestingTools" (none).
    static string? Tactic(string folder)
    {
        var name = Regex.Replace(folder, @"^TA\d+-", "", RegexOptions.NonBacktracking).ToLowerInvariant().Replace(' ', '-').Replace('_', '-');
        return name is "reconnaissance" or "resource-development" or "initial-access" or "execution" or "persistence" or "privilege-escalation" or "defense-evasion"
            or "credential-access" or "discovery" or "lateral-movement" or "collection" or "command-and-control" or "exfiltration" or "impact" ? name : null;
    }
}
