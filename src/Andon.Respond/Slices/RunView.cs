using Andon.Respond.Playbooks;
using Andon.Respond.Runs;

namespace Andon.Respond.Slices;

/// <summary>A run as the console shows it.</summary>
public sealed record RunView(
    string RunId, string CaseId, string PlaybookId, string Name, string Version, string State, long StartedMs, long? EndedMs, string Reason,
    IReadOnlyList<RunStepView> Steps, IReadOnlyList<RunVariableView> Variables)
{
    internal static RunView Of(RunState run) => new(
        run.RunId, run.CaseId, run.Playbook.Id, run.Playbook.Name, run.Playbook.Version, StateOf(run.Status), run.StartedMs, run.EndedMs, run.Reason,
        [.. run.Steps.Select(s => RunStepView.Of(run, s))],
        [.. run.Playbook.Variables.Values.OrderBy(v => v.Name, StringComparer.Ordinal).Select(v => new RunVariableView(v.Name, v.Type, run.Find(null, v.Name)?.Value, v.Description))]);

    internal static string StateOf(RunStatus status) => status == RunStatus.InDoubt ? "inDoubt" : status.ToString().ToLowerInvariant();
}

/// <param name="Outputs">Variables that an answer to this step may give.</param>
public sealed record RunStepView(
    string StepId, string Name, string Kind, string State, int Attempt, string Effect, string Rendered, string Output, string? Prompt,
    long StartedMs, long? EndedMs, string? Next, IReadOnlyList<string> Outputs)
{
    internal static RunStepView Of(RunState run, StepRecord step) => new(
        step.StepId, step.Name, step.Kind,
        step.Outcome is { } outcome ? char.ToLowerInvariant(outcome.ToString()[0]) + outcome.ToString()[1..] : step.Prompt is not null && !run.Ended ? "waiting" : "running",
        step.Attempt, step.Effect, step.Rendered, step.Output, step.Prompt, step.StartedMs, step.EndedMs, step.Next,
        run.Playbook.Steps.TryGetValue(step.StepId, out var made) ? made.Out : []);
}

public sealed record RunVariableView(string Name, string Type, string? Value, string Description);

/// <summary>All runs of a case, newest last.</summary>
public sealed record RunsView(IReadOnlyList<RunView> Runs);

/// <summary>A playbook in the list.</summary>
public sealed record PlaybookView(
    string PlaybookId, string Version, string Name, string Description, IReadOnlyList<string> RuleIds, string Domain, int Runs, long? LastRunMs,
    IReadOnlyList<Andon.Model.Finding> Findings)
{
    internal static PlaybookView Of(PlaybookLoad load, Playbook playbook, RunBook runs)
    {
        var (count, last) = runs.Runs(playbook.Id);
        return new(playbook.Id, playbook.Version, playbook.Name, playbook.Description, playbook.RuleIds, playbook.Domain, count, last, load.Findings);
    }
}
