using System.Collections.Immutable;
using Andon.Model;
using Andon.Respond.Playbooks;
using Andon.Respond.Variables;

namespace Andon.Respond.Runs;

enum RunStatus { Running, Waiting, InDoubt, Succeeded, Failed, Cancelled }

/// <summary>One beginning of a step, as its facts tell it.</summary>
sealed record StepRecord(string StepId, string Name, string Kind, int Attempt, string Effect, string Rendered, long StartedMs)
{
    public string? Prompt { get; init; }
    public StepOutcome? Outcome { get; init; }
    public string Output { get; init; } = "";
    public string? Next { get; init; }
    public long? EndedMs { get; init; }
}

/// <summary>A run is what its facts say. Nothing else may change one.</summary>
sealed record RunState(string RunId, string CaseId, Playbook Playbook, RunStatus Status, long StartedMs)
{
    /// <summary>The step to do now; null once the run has ended.</summary>
    public string? At { get; init; }
    public ImmutableDictionary<string, string> Variables { get; init; } = ImmutableDictionary<string, string>.Empty;
    public ImmutableList<StepRecord> Steps { get; init; } = [];
    /// <summary>If steps whose branch is being walked; the innermost last.</summary>
    public ImmutableStack<string> Open { get; init; } = [];
    /// <summary>The step that failed with nowhere to go, so that the exception way was taken.</summary>
    public string? Broken { get; init; }
    public long? EndedMs { get; init; }
    public string Reason { get; init; } = "";
    public long LastMs { get; init; }

    public bool Ended => EndedMs is not null;

    /// <summary>The beginning that has no end yet (or is in doubt).</summary>
    public StepRecord? Pending => Steps is [.., var last] && last.StepId == At && last.Outcome is null or StepOutcome.InDoubt ? last : null;

    /// <summary>
    /// The same for every attempt at one effect, also after a crash or when a person lets a doubtful one run again;
    /// another when the run comes to the same step again.
    /// </summary>
    public string IdempotencyKey(string stepId) =>
        $"{RunId}.{stepId[(stepId.IndexOf("--", StringComparison.Ordinal) + 2)..]}.{Steps.Count(s => s.StepId == stepId && s.Outcome is not (null or StepOutcome.InDoubt) && s.Next != stepId)}";

    public RunState Apply(Fact fact)
    {
        if (Ended) return this;
        switch (fact.Body)
        {
            case StepIntended f:
                return this with
                {
                    Steps = Steps.Add(new(f.StepId, f.Name, f.Kind, f.Attempt, f.Effect, f.Rendered, fact.AtMs)), At = f.StepId, Status = RunStatus.Running, LastMs = fact.AtMs,
                };
            case StepAsked f when Pending is { } asked:
                return this with { Steps = Last(asked with { Prompt = f.Prompt }), Status = RunStatus.Waiting, LastMs = fact.AtMs };
            case StepEnded f when Pending is { } ended:
                return End(f, ended, fact.AtMs);
            case RunEnded f:
                return this with
                {
                    At = null, EndedMs = fact.AtMs, LastMs = fact.AtMs, Reason = f.Reason,
                    Status = f.Outcome switch { StepOutcome.Succeeded => RunStatus.Succeeded, StepOutcome.Cancelled => RunStatus.Cancelled, _ => RunStatus.Failed },
                };
            default:
                return this;
        }
    }

    RunState End(StepEnded f, StepRecord ended, long atMs)
    {
        var steps = Last(ended with { Outcome = f.Outcome, Output = f.Output, Next = f.Next, EndedMs = atMs });
        if (f.Outcome == StepOutcome.InDoubt) return this with { Steps = steps, Status = RunStatus.InDoubt, LastMs = atMs };

        var open = Open;
        var broken = Broken;
        if (Playbook.Steps.TryGetValue(f.StepId, out var step))
        {
            if (step.Kind == StepKind.If)
                open = f.Next is not null && (f.Next == step.OnTrue || f.Next == step.OnFalse) ? open.Push(step.Id)
                    : step.AfterSuccess is null ? Interpreter.AfterEnd(this).Open : open;
            if (step.Kind == StepKind.End) open = Interpreter.AfterEnd(this).Open;
            if (f.Outcome is StepOutcome.Failed or StepOutcome.TimedOut && step.AfterFailure is null && f.Next is not null) (broken, open) = (step.Id, []);
        }
        return this with
        {
            Steps = steps, At = f.Next, Open = open, Broken = broken, Status = RunStatus.Running, LastMs = atMs,
            Variables = Variables.SetItems(f.Variables),
        };
    }

    ImmutableList<StepRecord> Last(StepRecord record) => Steps.SetItem(Steps.Count - 1, record);

    /// <summary>A variable as that step sees it: its own first, then the playbook's with what the run wrote.</summary>
    public Variable? Find(Step? step, string name)
    {
        if (step is not null && step.Variables.TryGetValue(name, out var own)) return own;
        if (!Playbook.Variables.TryGetValue(name, out var variable)) return null;
        return Variables.TryGetValue(name, out var value) ? variable with { Value = value } : variable;
    }
}
