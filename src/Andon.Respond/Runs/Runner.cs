using Andon.Model;
using Andon.Respond.Playbooks;
using Andon.Respond.Variables;
using Andon.Store.Facts;

namespace Andon.Respond.Runs;

/// <summary>What people do with runs: start, answer, decide, cancel. Commands take turns, so what was checked is what is appended.</summary>
sealed class Runner(IFactLog facts, RunBook runs, CaseBook cases, Library library, TimeProvider clock) : IDisposable
{
    readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Raised inside a turn when a run was cancelled, so that its call can be broken off.</summary>
    public event Action<string>? Cancelled;

    public async Task<(RunState? Run, Finding? Refused)> Start(string caseId, string playbookId, IReadOnlyDictionary<string, string> variables, string actor, CancellationToken stop)
    {
        using var mine = await Turn(stop);
        if (cases.Find(caseId) is not { } about) return (null, new("RES104", "There is no such case.", "Look at the board.", caseId));
        if (library.Find(playbookId) is not { } playbook) return (null, new("RES105", "There is no such playbook.", "Look at the list of playbooks.", playbookId));
        if (about.Closed) return (null, new("RES106", "The case is closed.", "Reopen it first.", caseId));
        if (runs.OfCase(about.CaseId).Any(r => !r.Ended && r.Playbook.Id == playbookId))
            return (null, new("RES107", $"'{playbook.Name}' is already running for this case.", "Finish or cancel that run first.", playbookId));
        if (runs.Open().Count >= Limits.RunsOpenMax) return (null, new("RES108", $"{Limits.RunsOpenMax} runs are open.", "Finish or cancel some.", playbookId));
        if (playbook.RefuseStart(clock.NowMs()) is { } refused) return (null, refused);

        var given = about.Variables(playbook.RuleIds).Where(g => playbook.Variables.ContainsKey(g.Key)).ToDictionary(g => g.Key, g => g.Value);
        foreach (var (name, value) in variables)
        {
            if (!playbook.Variables.TryGetValue(name, out var variable) || !variable.External) return (null, new("RES109", $"'{name}' is no external variable of this playbook.", "Leave it out.", name));
            given[name] = value;
        }
        foreach (var (name, variable) in playbook.Variables)
        {
            if (given.TryGetValue(name, out var value))
            {
                if (VariableTypes.Refuse(variable.Type, value) is { } wrong) return (null, new("RES112", $"The value for '{name}' {wrong}.", "Give another, or change the variable's type.", name));
            }
            else if (variable is { External: true, Value: null } && !CaseSeen.Given.Contains(name))
            {
                return (null, new("RES113", $"The playbook needs a value for '{name}'.", variable.Description.Length > 0 ? variable.Description : "Give it when you start the run.", name));
            }
        }

        var runId = $"run-{Guid.CreateVersion7(clock.GetUtcNow()):N}";
        var drafts = new List<FactDraft>();
        if (!runs.IsLoaded(playbook)) drafts.Add(Loaded(playbook));
        drafts.Add(new(actor, $"case:{about.CaseId}", new RunStarted(runId, playbook.Id, playbook.Version, playbook.Hash, about.CaseId, given)));
        await facts.Append(drafts, stop);
        return (runs.Find(runId), null);
    }

    /// <summary>Takes the library's playbooks into the fact log, once a version and hash.</summary>
    public async Task Load(CancellationToken stop)
    {
        using var mine = await Turn(stop);
        var drafts = library.Ready.Select(l => l.Playbook).OfType<Playbook>().Where(p => !runs.IsLoaded(p)).Select(Loaded).ToList();
        if (drafts.Count > 0) await facts.Append(drafts, stop);
    }

    static FactDraft Loaded(Playbook p) =>
        new(Actors.Of(Room.Respond), "library", new PlaybookLoaded(p.Id, p.Version, p.Name, p.Hash, p.RuleIds, p.Document));

    public async Task<(RunState? Run, Finding? Refused)> Answer(
        string runId, string stepId, bool succeeded, string text, IReadOnlyDictionary<string, string> variables, string actor, CancellationToken stop)
    {
        using var mine = await Turn(stop);
        if (runs.Find(runId) is not { } run) return (null, null);
        if (run.Status != RunStatus.Waiting || run.At != stepId || run.Pending is not { } pending || !run.Playbook.Steps.TryGetValue(stepId, out var step))
            return (null, new("RES120", "That step is not waiting for an answer.", "Look at the run again.", stepId));
        foreach (var (name, value) in variables)
        {
            if (!step.Out.Contains(name) || run.Find(step, name) is not { } variable) return (null, new("RES121", $"The step does not give '{name}'.", step.Out.Count == 0 ? "It gives no variables." : $"It gives {string.Join(", ", step.Out)}.", name));
            if (VariableTypes.Refuse(variable.Type, value) is { } wrong) return (null, new("RES112", $"The value for '{name}' {wrong}.", "Correct it.", name));
        }
        if (text.Length > Limits.OutputCharsMax) return (null, new("RES122", $"The text is longer than {Limits.OutputCharsMax} characters.", "Put long evidence into the case."));
        IReadOnlyList<FactBody> bodies = succeeded
            ? [Interpreter.Ended(run, step, pending.Attempt, StepOutcome.Succeeded, text, step.AfterSuccess, variables)]
            : Interpreter.Fail(run, step, pending.Attempt, StepOutcome.Failed, text);
        return (await Append(run, bodies, actor, stop), null);
    }

    public async Task<(RunState? Run, Finding? Refused)> Decide(string runId, string stepId, string choice, string actor, CancellationToken stop)
    {
        using var mine = await Turn(stop);
        if (runs.Find(runId) is not { } run) return (null, null);
        if (run.Status != RunStatus.InDoubt || run.At != stepId || run.Pending is not { } pending || !run.Playbook.Steps.TryGetValue(stepId, out var step))
            return (null, new("RES123", "That step is not in doubt.", "Look at the run again.", stepId));
        FactBody? ended = choice switch
        {
            "happened" => Interpreter.Ended(run, step, pending.Attempt, StepOutcome.Succeeded, "A person says that it happened.", step.AfterSuccess),
            "again" => Interpreter.Ended(run, step, pending.Attempt, StepOutcome.Skipped, "A person says that it did not happen: it runs again.", step.Id),
            "skip" => Interpreter.Ended(run, step, pending.Attempt, StepOutcome.Skipped, "A person chose to go on without it.", step.AfterSuccess),
            _ => null,
        };
        return ended is null ? (null, new("RES124", $"'{choice}' is no choice.", "happened, again or skip.")) : (await Append(run, [ended], actor, stop), null);
    }

    public async Task<(RunState? Run, Finding? Refused)> Cancel(string runId, string actor, CancellationToken stop)
    {
        using var mine = await Turn(stop);
        if (runs.Find(runId) is not { } run) return (null, null);
        if (run.Ended) return (null, new("RES125", "The run has ended.", "There is nothing left to cancel.", runId));
        var bodies = new List<FactBody>();
        if (run.Pending is { } pending && run.Playbook.Steps.TryGetValue(pending.StepId, out var step))
            bodies.Add(Interpreter.Ended(run, step, pending.Attempt, StepOutcome.Cancelled,
                step.Command is HttpCommand { Effect: not Effect.Pure } ? "Cancelled while the call was under way: it may have happened." : "Cancelled.", next: null));
        bodies.Add(new RunEnded(run.RunId, StepOutcome.Cancelled, $"Cancelled by {actor}."));
        var after = await Append(run, bodies, actor, stop);
        Cancelled?.Invoke(runId);
        return (after, null);
    }

    /// <summary>Appends what the driver decided, unless the run has moved on meanwhile. Null when it has.</summary>
    public async Task<RunState?> Advance(RunState seen, IReadOnlyList<FactBody> bodies, CancellationToken stop)
    {
        using var mine = await Turn(stop);
        if (runs.Find(seen.RunId) is not { Ended: false } now || now.Steps.Count != seen.Steps.Count || now.Status != seen.Status || now.At != seen.At) return null;
        return await Append(now, bodies, Actors.Of(Room.Respond), stop);
    }

    async Task<RunState?> Append(RunState run, IReadOnlyList<FactBody> bodies, string actor, CancellationToken stop)
    {
        await facts.Append(bodies.Select(b => new FactDraft(actor, $"run:{run.RunId}", b)).ToList(), stop);
        return runs.Find(run.RunId);
    }

    async ValueTask<Release> Turn(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        return new(turn);
    }

    readonly record struct Release(SemaphoreSlim Held) : IDisposable
    {
        public void Dispose() => Held.Release();
    }

    public void Dispose() => turn.Dispose();
}
