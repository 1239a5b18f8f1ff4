using System.Text.Json;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary><c>andon rules check PATH... [--json]</c>: everything that is wrong with rules, filters and correlations.</summary>
public static class RulesCheckCli
{
    sealed record FindingLine(string Code, string Level, string Place, string Message, string Hint);
    sealed record Summary(int Rules, int Correlations, int Filters, int Refused, int Unrouted, int Errors, int Warnings, int Notes);
    sealed record SummaryLine(Summary Summary);

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs the verb; <paramref name="args"/> without the verb itself. 0 = no errors, 1 = errors, 2 = wrong call.</summary>
    /// <param name="normalise">Intake's normaliser, for the <c>.cases</c> beside the rules.</param>
    public static int Run(IReadOnlyList<string> args, ContentFolder content, Func<IReadOnlyList<Record>, EventBatch> normalise, TextWriter output, TextWriter errors)
    {
        var json = args.Contains("--json");
        var paths = args.Where(a => a != "--json").ToList();
        if (paths.Count == 0 || paths.Exists(p => p.StartsWith("--", StringComparison.Ordinal)))
        {
            errors.WriteLine("andon rules check PATH... [--json]");
            return 2;
        }
        var set = new RuleSet([.. paths.SelectMany(p => RuleFiles.Load(p, p, PlaceholderLists.None))], Mappings.Load(content.Path));
        var findings = set.Findings.Concat(paths.SelectMany(p => RuleCases.Check(set, p, normalise))).ToList();
        foreach (var finding in findings)
            output.WriteLine(json ? JsonSerializer.Serialize(new FindingLine(finding.Code, finding.Level.ToString().ToLowerInvariant(), finding.Place, finding.Message, finding.Hint), Json)
                : $"{finding.Level.ToString().ToLowerInvariant(),-7}  {finding}");
        var summary = new Summary(set.Rules.Count, set.Correlations.Count, set.Filters.Count, set.Refused, set.Unrouted.Count, Of(FindingLevel.Error), Of(FindingLevel.Warning), Of(FindingLevel.Note));
        output.WriteLine(json ? JsonSerializer.Serialize(new SummaryLine(summary), Json)
            : $"{summary.Rules} rules, {summary.Correlations} correlations, {summary.Filters} filters; {summary.Refused} refused, {summary.Unrouted} without a route; {summary.Errors} errors, {summary.Warnings} warnings, {summary.Notes} notes");
        return summary.Errors > 0 ? 1 : 0;

        int Of(FindingLevel level) => findings.Count(f => f.Level == level);
    }
}
