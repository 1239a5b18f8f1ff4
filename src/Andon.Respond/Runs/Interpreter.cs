using System.Collections.Immutable;
using Andon.Model;
using Andon.Respond.Conditions;
using Andon.Respond.Connectors;
using Andon.Respond.Playbooks;
using Andon.Respond.Variables;

namespace Andon.Respond.Runs;

/// <summary>What a run does next.</summary>
abstract record Move;

/// <summary>Write these facts; nothing outside is touched.</summary>
sealed record Write(IReadOnlyList<FactBody> Facts) : Move;

/// <summary>Write the intent, then call, then write the result.</summary>
sealed record Call(StepIntended Intent, Step Step, HttpCommand Command, HttpAsk Ask) : Move;

/// <summary>Ask the target whether an effect that was intended before a crash has happened.</summary>
sealed record AskTarget(Step Step, HttpCommand Command, StepRecord Pending) : Move;

/// <summary>Nothing until that time, or until a person acts.</summary>
sealed record Rest(long? UntilMs) : Move;

/// <summary>Decides from the state of a run what comes next. Pure: the same state and time give the same move.</summary>
static class Interpreter
{
    public static Move Next(RunState run, long nowMs)
    {
        if (run.Ended) return new Rest(UntilMs: null);
        if (run.At is null) return Finish(run);
        if (!run.Playbook.Steps.TryGetValue(run.At, out var step))
            return new Write([new RunEnded(run.RunId, StepOutcome.Failed, "This version of the program cannot read the playbook version that the run is pinned to.")]);
        if (run.Pending is { } pending) return Resume(run, step, pending, nowMs);
        if (run.Steps.Count >= Limits.StepsPerRunMax)
            return new Write([new RunEnded(run.RunId, StepOutcome.Failed, $"The run reached its limit of {Limits.StepsPerRunMax} steps.")]);
        var due = run.LastMs + step.DelayMs;
        if (step.DelayMs > 0 && nowMs < due) return new Rest(due);
        return Begin(run, step, run.Steps.Count(s => s.StepId == step.Id) + 1);
    }

    public static Move Begin(RunState run, Step step, int attempt)
    {
        Variable? Find(string name) => run.Find(step, name);
        StepIntended Intent(string effect, string rendered) => new(run.RunId, step.Id, step.Name, step.KindName, attempt, effect, rendered);
        switch (step.Kind)
        {
            case StepKind.Start:
                return new Write([Intent("pure", ""), Ended(run, step, attempt, StepOutcome.Succeeded, "", step.AfterSuccess)]);
            case StepKind.End:
                return new Write([Intent("pure", ""), Ended(run, step, attempt, StepOutcome.Succeeded, "", AfterEnd(run).Next)]);
            case StepKind.If:
                var condition = step.Condition ?? throw new InvalidOperationException("An if step without a condition passed the check.");
                var holds = ConditionRun.IsTrue(condition, Find);
                var seen = string.Join(", ", condition.Names().Distinct().Select(n => $"{n} = {(Find(n)?.Value is { } v ? $"'{Short(v)}'" : "unset")}"));
                return new Write([Intent("pure", condition.ToString()), Ended(run, step, attempt, StepOutcome.Succeeded, $"{(holds ? "true" : "false")} with {seen}", holds ? step.OnTrue : step.OnFalse ?? AfterIf(run, step))]);
        }
        try
        {
            switch (step.Command)
            {
                case ManualCommand manual:
                    var prompt = Template.Parse(manual.Text).Render(n => Find(n) is { Value: not null } known ? known : new(n, "string", "(unknown)", false, false, ""), Encode.Plain);
                    return new Write([Intent("pure", prompt), new StepAsked(run.RunId, step.Id, prompt)]);
                case HttpCommand http:
                    var ask = HttpRendering.Render(http, Find);
                    return new Call(Intent(http.Effect.ToString().ToLowerInvariant(), ask.Shown()), step, http, ask);
                default:
                    // The validator lets none through; a run of another version's playbook still must not succeed silently.
                    return Broken("The command is of a type that this version does not carry out.");
            }
        }
        catch (RenderRefused refused)
        {
            return Broken(refused.Message);
        }

        Write Broken(string why) => new([Intent("pure", ""), .. Fail(run, step, attempt, StepOutcome.Failed, $"Not carried out: {why}")]);
    }

    // The intent is on disk and no result is: the program stopped in between, or a person is being waited for.
    static Move Resume(RunState run, Step step, StepRecord pending, long nowMs)
    {
        if (pending.Outcome == StepOutcome.InDoubt) return new Rest(UntilMs: null);
        if (step.Command is not HttpCommand http)
        {
            if (step.Command is not ManualCommand) return Begin(run, step, pending.Attempt + 1);
            if (pending.Prompt is null) return new Write([new StepAsked(run.RunId, step.Id, pending.Rendered)]);
            var due = pending.StartedMs + (step.TimeoutMs ?? Limits.ManualTimeoutMs);
            return nowMs < due ? new Rest(due) : new Write(Fail(run, step, pending.Attempt, StepOutcome.TimedOut, "ACTION_TIMEOUT: nobody answered in time."));
        }
        switch (http.Effect)
        {
            case Effect.Once:
                return new Write([Doubt(run, step, pending.Attempt, "The program stopped between intent and result. Whether it happened, only the target knows.")]);
            case Effect.Probe:
                return new AskTarget(step, http, pending);
            default:
                return pending.Attempt < Limits.AttemptsMax
                    ? Begin(run, step, pending.Attempt + 1)
                    : new Write(Fail(run, step, pending.Attempt, StepOutcome.Failed, $"Begun {Limits.AttemptsMax} times without an end; given up."));
        }
    }

    static Move Finish(RunState run) => new Write(
        [run.Broken is { } broken
            ? new RunEnded(run.RunId, StepOutcome.Failed, $"The step '{NameOf(run, broken)}' failed; the exception way was taken.")
            : new RunEnded(run.RunId, StepOutcome.Succeeded, "All steps are done.")]);

    /// <summary>Facts for a step that did not succeed: where to go on, or the end of the run (CX10).</summary>
    public static IReadOnlyList<FactBody> Fail(RunState run, Step step, int attempt, StepOutcome outcome, string output)
    {
        var next = step.AfterFailure ?? (run.Broken is null ? run.Playbook.Exception : null);
        var ended = Ended(run, step, attempt, outcome, output, next);
        return next is not null ? [ended] : [ended, new RunEnded(run.RunId, StepOutcome.Failed, $"The step '{step.Name}' failed: {Short(output)}")];
    }

    /// <summary>Where control goes after an end step: back to the innermost open if step, or out of the run.</summary>
    public static (string? Next, ImmutableStack<string> Open) AfterEnd(RunState run)
    {
        var open = run.Open;
        while (!open.IsEmpty)
        {
            open = open.Pop(out var id);
            if (run.Playbook.Steps.TryGetValue(id, out var step) && step.AfterSuccess is { } next) return (next, open);
        }
        return (null, open);
    }

    // A condition that is false without on_false: the if step is over at once.
    static string? AfterIf(RunState run, Step step) => step.AfterSuccess ?? AfterEnd(run).Next;

    public static StepEnded Ended(RunState run, Step step, int attempt, StepOutcome outcome, string output, string? next, IReadOnlyDictionary<string, string>? variables = null) =>
        new(run.RunId, step.Id, attempt, outcome, Cut(output), variables ?? Nothing, next);

    public static StepEnded Doubt(RunState run, Step step, int attempt, string output) => Ended(run, step, attempt, StepOutcome.InDoubt, output, next: null);

    static readonly ImmutableDictionary<string, string> Nothing = ImmutableDictionary<string, string>.Empty;

    static string NameOf(RunState run, string id) => run.Playbook.Steps.TryGetValue(id, out var step) ? step.Name : id;

    static string Short(string text) => text.Length <= 200 ? text : text[..200] + "…";

    static string Cut(string text) => text.Length <= Limits.OutputCharsMax ? text : $"{text[..Limits.OutputCharsMax]}… (cut at {Limits.OutputCharsMax} of {text.Length} characters)";
}
