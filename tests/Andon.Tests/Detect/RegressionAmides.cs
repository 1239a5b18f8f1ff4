using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Intake.Normalise;
using Andon.Model;
using YamlDotNet.RepresentationModel;

namespace Andon.Tests.Detect;

/// <summary>
/// Events made to match older Sigma rules, with Winlogbeat's and ECS names: each is matched by the rule its folder is named after. The rules
/// come as search expressions with Sigma's values in them (<c>field: ("a*" OR "b") AND NOT …</c>), and are written back as Sigma first.
/// </summary>
public sealed class RegressionAmides(ITestOutputHelper output)
{
    /// <summary>Events that the rule of their folder does not match by the specification's text, each with why.</summary>
    static readonly Dictionary<string, string> Verdicts = new()
    {
        ["win_susp_powershell_empire_uac_bypass/Microsoft-Windows-Sysmon_1_Match_01.json"] = TwoBackslashes,
        ["win_susp_powershell_empire_uac_bypass/Microsoft-Windows-Sysmon_1_Match_02.json"] = TwoBackslashes,
        ["win_susp_powershell_empire_uac_bypass/Microsoft-Windows-Sysmon_1_Match_03.json"] = TwoBackslashes,
        ["win_vul_java_remote_debugging/Microsoft-Windows-Sysmon_1_Match_04.json"] = "The command line has address=127.0.0.1, which the rule takes out by 'NOT … *address=127.0.0.1*'.",
    };

    const string TwoBackslashes = @"The rule's HKCU:Software\\Microsoft means one backslash (escaping: two backslashes are one), the event was made with two.";

    [Fact]
    public void Each_event_is_matched_by_the_rule_of_its_folder()
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("windows/amides-sigma-matches.zip"));
        var rules = zip.Entries.Where(e => e.FullName.StartsWith("rules/", StringComparison.Ordinal) && e.Name.EndsWith(".yml", StringComparison.Ordinal)).SelectMany(Rules).ToList();
        var set = new RuleSet([.. rules.Select(r => Events.Read(r.Sigma, r.File))], Mappings.Load(Events.Content.Path));
        Assert.Equal([], set.Findings.Where(f => f.Level == FindingLevel.Error).Select(f => f.ToString()));
        var normaliser = new Normaliser(Events.Content);
        var matcher = new RuleMatcher(set);
        var (matched, broken, wrong) = (0, 0, new List<string>());
        foreach (var entry in zip.Entries.Where(e => e.FullName.StartsWith("events/", StringComparison.Ordinal) && e.Name.Contains("_Match_", StringComparison.Ordinal)))
        {
            var folder = entry.FullName[..entry.FullName.LastIndexOf('/')];
            if (Regex.IsMatch(Text(zip.GetEntry($"{folder}/properties.yml")!), @"^broken_rule:\s*yes", RegexOptions.Multiline | RegexOptions.NonBacktracking))
            {
                broken++;
                continue;
            }
            using var batch = normaliser.Normalise([new(1, 4_000_000_000_000, new("file", "x"), Encoding.UTF8.GetBytes(Text(entry)))]).Seal();
            var met = matcher.Match(batch, 0).Any(r => r.Document.Header.File == Path.GetFileName(folder) + ".yml");
            if (Verdicts.TryGetValue($"{Path.GetFileName(folder)}/{entry.Name}", out var why))
            {
                output.WriteLine($"{entry.FullName}: {why}");
                Assert.False(met, "A verdict without a difference.");
            }
            else if (met) matched++;
            else wrong.Add(entry.FullName);
        }
        output.WriteLine($"{matched} events matched by their rule, {wrong.Count} not, {Verdicts.Count} by verdict not, {broken} of rules marked as broken left out; {set.Rules.Count} rules");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(matched > 0);
    }

    static string Text(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd();
    }

    static IEnumerable<(string File, string Sigma)> Rules(ZipArchiveEntry entry)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Text(entry)));
        var number = 0;
        foreach (var document in yaml.Documents)
        {
            var filter = ((YamlScalarNode)((YamlMappingNode)document.RootNode).Children[new YamlScalarNode("filter")]).Value!;
            yield return (entry.Name, new Expression(filter).Sigma($"{entry.Name} {++number}"));
        }
    }

    /// <summary>A search expression, read from left to right: or, and, not, brackets, <c>field: value</c>.</summary>
    sealed class Expression
    {
        static readonly Regex Tokens = new(@"\s+|(?<text>""(?:\\""|[^""])*"")|(?<sign>[():])|(?<word>[^\s():""]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);
        readonly List<string> tokens;
        readonly List<string> searches = [];
        readonly string condition;
        int at;

        public Expression(string text)
        {
            tokens = [.. Tokens.Matches(text).Select(m => m.Value).Where(t => !string.IsNullOrWhiteSpace(t))];
            condition = Or(null);
            Assert.Equal(tokens.Count, at);
        }

        public string Sigma(string title)
        {
            var lines = new StringBuilder($"title: {title}\nlevel: high\nlogsource: {{ product: windows }}\ndetection:\n");
            for (var i = 0; i < searches.Count; i++) lines.Append(CultureInfo.InvariantCulture, $"  s{i}:\n    {searches[i]}\n");
            return lines.Append("  condition: ").Append(condition).Append('\n').ToString();
        }

        string? Next => at < tokens.Count ? tokens[at] : null;

        bool Take(string token)
        {
            if (Next != token) return false;
            at++;
            return true;
        }

        string Or(string? field) => Chain("OR", "or", () => And(field));
        string And(string? field) => Chain("AND", "and", () => Not(field));

        string Chain(string word, string sigma, Func<string> part)
        {
            var parts = new List<string> { part() };
            while (Take(word)) parts.Add(part());
            return parts.Count == 1 ? parts[0] : $"({string.Join($" {sigma} ", parts)})";
        }

        string Not(string? field)
        {
            if (Take("NOT")) return $"not {Not(field)}";
            if (Take("("))
            {
                var inner = Or(field);
                Assert.True(Take(")"), string.Join(' ', tokens));
                return inner;
            }
            var token = tokens[at++];
            if (field is null)
            {
                if (Take(":")) return Not(token);
                // A name alone: the field is there.
                searches.Add($"'{token}|exists': true");
                return string.Create(CultureInfo.InvariantCulture, $"s{searches.Count - 1}");
            }
            var value = token.StartsWith('"') ? token[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal) : token;
            searches.Add($"'{field}': '{value.Replace("'", "''", StringComparison.Ordinal)}'");
            return string.Create(CultureInfo.InvariantCulture, $"s{searches.Count - 1}");
        }
    }
}
