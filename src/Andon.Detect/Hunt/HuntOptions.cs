using System.Globalization;
using Andon.Detect.RuleBook;

namespace Andon.Detect.Hunt;

/// <summary>What <c>andon hunt</c> was asked.</summary>
/// <param name="Explain">Id, name or title of the rule to explain; otherwise all rules hunt.</param>
/// <param name="Limit">Events to explain; 0 = all.</param>
/// <param name="Threads">0 = as many as the machine has.</param>
/// <param name="Recover">Also what can be recovered from damaged event logs.</param>
sealed record HuntOptions(IReadOnlyList<string> Rules, IReadOnlyList<string> Files, bool Json, bool Progress, string? Explain, long Limit, int Threads, bool Recover)
{
    /// <summary>Folders of lists for placeholders.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];
    public IReadOnlyList<string> Pipelines { get; init; } = [];

    public const string Usage = """
        andon hunt --rules PATH... [--json] [--progress] [--threads N] [--recover] [--lists DIR] [--pipeline FILE] FILE...
        andon hunt --rules PATH... --explain RULE [--limit N] [--json] FILE...

        Rules over files, without a server. Rules and files may be folders and zips; files also .gz and .tar.gz, and in them text logs, JSON
        and Windows event logs (EVTX). Write '--' before the files where --rules has several paths: --rules a.yml b.yml -- logs.json
          --json        a hit a line, then a summary, as JSON objects
          --progress    events, speed and hits so far on stderr; without asking when stderr is a terminal
          --threads N   threads to match with (default: one for each processor)
          --recover     also what looks like a record behind damage in an event log
          --lists DIR   folder with NAME.txt, values a line, for placeholders (%NAME%) in rules; may be given several times
          --pipeline F  processing pipeline that rewrites the rules, or a folder of them; may be given several times
          --explain R   why the rule with that id, name or title matches each event, or why not; --limit N stops after N events
        Exit code: 0 done, 1 some rule or file was refused or could not be read to its end, 2 wrong call, 130 stopped by Ctrl-C.
        """;

    /// <summary>Null, with the reason, when it was asked wrongly.</summary>
    public static HuntOptions? Read(IReadOnlyList<string> args, out string wrong)
    {
        List<string> rules = [], files = [], lists = [], pipelines = [];
        bool json = false, progress = false, recover = false, toRules = false;
        string? explain = null;
        var limit = 0L;
        var threads = 0;
        wrong = "";
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                (toRules ? rules : files).Add(arg);
                continue;
            }
            toRules = arg == "--rules";
            switch (arg)
            {
                case "--rules" or "--": break;
                case "--json": json = true; break;
                case "--progress": progress = true; break;
                case "--recover": recover = true; break;
                case "--lists" when i + 1 < args.Count: lists.Add(args[++i]); break;
                case "--pipeline" when i + 1 < args.Count: pipelines.Add(args[++i]); break;
                case "--explain" when i + 1 < args.Count: explain = args[++i]; break;
                case "--limit" when i + 1 < args.Count && long.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit > 0: i++; break;
                case "--threads" when i + 1 < args.Count && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out threads) && threads is > 0 and <= Limits.HuntThreadsMax: i++; break;
                default:
                    wrong = arg is "--explain" or "--lists" or "--pipeline" or "--limit" or "--threads" ? $"{arg} needs a value{(arg == "--threads" ? $" from 1 to {Limits.HuntThreadsMax}" : "")}." : $"{arg} is no option.";
                    return null;
            }
        }
        // "--rules DIR FILE": without a mark between them the last path is the file to look into.
        if (files.Count == 0 && rules.Count > 1)
        {
            files.AddRange(rules.Skip(1).Where(r => !RuleFiles.IsYaml(r)));
            rules.RemoveAll(files.Contains);
        }
        if (rules.Count == 0) wrong = "No rules were given.";
        else if (files.Count == 0) wrong = "No files were given.";
        else if (limit > 0 && explain is null) wrong = "--limit goes with --explain.";
        return wrong.Length > 0 ? null : new(rules, files, json, progress, explain, limit, threads, recover) { Lists = lists, Pipelines = pipelines };
    }
}
