using System.Globalization;
using System.Text.Json;
using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Routing;

namespace Andon.Triage.Replay;

/// <summary><c>andon triage replay</c>: foreign alerts through triage on a virtual clock.</summary>
public static class TriageReplayCli
{
    const string Usage = "andon triage replay --alerts FILE.csv [--assets DIR] [--json] [--assignments OUT.csv]";

    /// <summary>Runs it; 0 when all went well, 1 when the data was wrong, 2 when the call was.</summary>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        string? alerts = null, assets = null, assignments = null;
        var json = false;
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--alerts" when i + 1 < args.Count: alerts = args[++i]; break;
                case "--assets" when i + 1 < args.Count: assets = args[++i]; break;
                case "--assignments" when i + 1 < args.Count: assignments = args[++i]; break;
                case "--json": json = true; break;
                default: errors.WriteLine($"I do not know {args[i]}. {Usage}"); return 2;
            }
        }
        if (alerts is null) { errors.WriteLine(Usage); return 2; }
        if (!File.Exists(alerts)) { errors.WriteLine($"There is no file {alerts}."); return 2; }
        if (assets is not null && !Directory.Exists(assets)) { errors.WriteLine($"There is no folder {assets}."); return 2; }
        return Replay(alerts, assets, assignments, json, output, errors);
    }

    static int Replay(string alerts, string? assets, string? assignments, bool json, TextWriter output, TextWriter errors)
    {
        var findings = new List<Finding>();
        var run = new ReplayRun(DomainRules.None);
        if (assets is not null)
            foreach (var asset in AssetFolder.Read(assets, findings)) run.Apply(asset);
        if (json)
        {
            run.QueueChanged = (ms, queue) => output.WriteLine(QueueLine(ms, queue));
            run.Merged = (ms, merge) => output.WriteLine(JsonSerializer.Serialize(new { t = ms / 1000, merged = merge.CaseId, into = merge.IntoCaseId }));
        }

        using var placed = assignments is null ? null : new StreamWriter(assignments);
        placed?.WriteLine("row,t,signal,case");
        if (placed is not null)
            run.Placed = (hit, signal) => placed.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{hit.Event.Position},{hit.TimeMs / 1000},{signal.Id},{(signal.CaseId is { } id ? run.State.Surviving(id)?.Id : "")}"));

        long rows = 0;
        using (var text = new StreamReader(alerts))
            foreach (var hit in AitCsv.Read(text, findings, alerts))
            {
                run.Take(hit);
                rows++;
            }
        foreach (var finding in findings.Take(20)) errors.WriteLine(finding);
        if (findings.Count > 20) errors.WriteLine($"… and {findings.Count - 20} more findings.");
        if (!json) Summary(run, rows, output);
        return findings.Exists(f => f.Code is "TRI601" or "TRI602") ? 1 : 0;
    }

    static string QueueLine(long ms, IReadOnlyList<(CaseState Case, double Priority)> queue) => JsonSerializer.Serialize(new
    {
        t = ms / 1000,
        queue = queue.Select(q => new { @case = q.Case.Id, priority = Math.Round(q.Priority, 3) }),
    });

    static void Summary(ReplayRun run, long rows, TextWriter output)
    {
        var state = run.State;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rows} alerts, {state.SignalCount} signals, {state.OpenCases().Count()} cases, {run.Merges} merges, {run.Facts} facts. Levels are stand-ins: the file has none."));
        foreach (var (c, p) in run.Queue().Take(10))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{p,6:0.0}  {c.Id,-6} {c.Signals.Count,4} signals  {Titles.Of(c)}"));
    }
}
