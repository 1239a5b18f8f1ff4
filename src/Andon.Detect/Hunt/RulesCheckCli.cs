using System.Globalization;
using System.Text.Json;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary><c>andon rules check PATH... [--json]</c>: everything that is wrong with rules, filters and correlations.</summary>
public static class RulesCheckCli
{
    sealed record FindingLine(string Code, string Level, string Place, string Message, string Hint);
    sealed record RuleLine(string Rule, string File, string Canonical);
    sealed record CodeLine(string Code, string Level, string Meaning, string Hint);
    sealed record Summary(int Rules, int Correlations, int Filters, int Refused, int Unrouted, int Errors, int Warnings, int Notes);
    sealed record SummaryLine(Summary Summary);

    const string Usage = """
        andon rules check PATH... [--json] [--notes] [--print] [--lists DIR] [--pipeline FILE]
        andon rules check --codes [--json]

        Everything that is wrong with rules, filters and correlations (files, folders, zips), and with the .cases beside them.
          --json           a finding a line, then a summary, as JSON objects
          --notes          notes too; errors and warnings are always listed
          --print          what each rule means after its modifiers and pipelines
          --lists DIR      folder with NAME.txt for placeholders (may be given several times)
          --pipeline FILE  processing pipeline, or a folder of them (may be given several times)
          --codes          every code that a finding of this room may have
        Exit code: 0 no errors, 1 errors, 2 wrong call.
        """;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs the verb; <paramref name="args"/> without the verb itself. 0 = no errors, 1 = errors, 2 = wrong call.</summary>
    /// <param name="normalise">Intake's normaliser, for the <c>.cases</c> beside the rules.</param>
    public static int Run(IReadOnlyList<string> args, ContentFolder content, Func<IReadOnlyList<Record>, EventBatch> normalise, TextWriter output, TextWriter errors)
    {
        List<string> paths = [], lists = [], pipelines = [];
        bool json = false, notes = false, print = false, codes = false;
        for (var i = 0; i < args.Count; i++)
            switch (args[i])
            {
                case "--json": json = true; break;
                case "--notes": notes = true; break;
                case "--print": print = true; break;
                case "--codes": codes = true; break;
                case "--lists" when i + 1 < args.Count: lists.Add(args[++i]); break;
                case "--pipeline" when i + 1 < args.Count: pipelines.Add(args[++i]); break;
                case var arg when arg.StartsWith("--", StringComparison.Ordinal): return WrongCall(arg is "--lists" or "--pipeline" ? $"{arg} needs a value." : $"{arg} is no option.");
                case var path: paths.Add(path); break;
            }
        if (codes)
        {
            foreach (var code in Codes.All) output.WriteLine(json ? Line(new CodeLine(code.Name, code.Level, code.Meaning, code.Hint)) : $"{code.Name}  {code.Level,-15}  {code.Meaning} {code.Hint}");
            return 0;
        }
        if (paths.Count == 0) return WrongCall("No rules were given.");

        var findings = new List<Finding>();
        var reading = HuntReading.Of(content, lists, pipelines, findings.Add);
        var set = new RuleSet([.. paths.SelectMany(p => RuleFiles.Load(p, p, reading))], Mappings.Load(content.Path));
        findings.AddRange(set.Findings.Concat(paths.SelectMany(p => RuleCases.Check(set, p, normalise))));
        if (print)
            foreach (var document in set.Rules.Concat<Sigma.Ast.SigmaDocument>(set.Correlations).Concat(set.Filters).OrderBy(d => d.Header.File, StringComparer.Ordinal).ThenBy(d => d.Header.Number))
                output.WriteLine(json ? Line(new RuleLine(document.Header.RuleId, document.Header.File, CanonicalText.Of(document))) : CanonicalText.Of(document));

        if (json)
            foreach (var finding in findings) output.WriteLine(Line(new FindingLine(finding.Code, Level(finding), finding.Place, finding.Message, finding.Hint)));
        else ByFile(findings, notes, output);
        var summary = new Summary(set.Rules.Count, set.Correlations.Count, set.Filters.Count, set.Refused, set.Unrouted.Count, Of(FindingLevel.Error), Of(FindingLevel.Warning), Of(FindingLevel.Note));
        output.WriteLine(json ? Line(new SummaryLine(summary))
            : $"{summary.Rules} rules, {summary.Correlations} correlations, {summary.Filters} filters; {summary.Refused} refused, {summary.Unrouted} without a route; {summary.Errors} errors, {summary.Warnings} warnings, {summary.Notes} notes{(notes || summary.Notes == 0 ? "" : " (--notes lists them)")}");
        return summary.Errors > 0 ? 1 : 0;

        int Of(FindingLevel level) => findings.Count(f => f.Level == level);

        int WrongCall(string wrong)
        {
            errors.WriteLine($"andon rules check: {wrong}");
            errors.WriteLine(Usage);
            return 2;
        }
    }

    static string Line(object line) => JsonSerializer.Serialize(line, line.GetType(), Json);

    static string Level(Finding finding) => finding.Level.ToString().ToLowerInvariant();

    // A file's findings together, in the order of its lines. Rules of one log source without a route are one thing to mend, so they are told once.
    static void ByFile(List<Finding> findings, bool notes, TextWriter output)
    {
        var unrouted = findings.Where(f => f.Code == "SIG110").ToList();
        foreach (var file in findings.Where(f => f.Code != "SIG110" && (notes || f.Level > FindingLevel.Note)).GroupBy(f => Split(f.Place).File).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            output.WriteLine(file.Key.Length > 0 ? file.Key : "(no file)");
            foreach (var finding in file.OrderBy(f => Split(f.Place).Line).ThenBy(f => Split(f.Place).Column))
            {
                var (_, line, column) = Split(finding.Place);
                output.WriteLine($"  {(line > 0 ? $"{line}:{column}" : ""),-8} {Level(finding),-7}  {finding.Code}  {finding.Message} {finding.Hint}");
            }
        }
        if (unrouted.Count == 0) return;
        output.WriteLine("Without a route: no route of content/mappings/logsources.yml gives these log sources, so their rules do not run");
        foreach (var source in unrouted.GroupBy(f => RouteOf(f.Message)).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
            output.WriteLine($"  {source.Count(),6}  {source.Key}");
    }

    static string RouteOf(string message) => message.Split(' ') is { Length: > 6 } words ? words[6] : message;

    static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    static (string File, int Line, int Column) Split(string place)
    {
        var parts = place.Split(':');
        return parts.Length >= 3 && Number(parts[^2], out var line) && Number(parts[^1], out var column) ? (string.Join(':', parts[..^2]), line, column)
            : parts.Length >= 2 && Number(parts[^1], out line) ? (string.Join(':', parts[..^1]), line, 0) : (place, 0, 0);
    }
}
