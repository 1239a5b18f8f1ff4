using Andon.Model;
using Andon.Triage.Cases.Work;

namespace Andon.Triage.Cases;

/// <summary>The work of people, folded. These facts are only ever appended, never decided on ahead of the log, so each is met once.</summary>
internal sealed partial class TriageState
{
    /// <summary>Cases that were marked red at some time; few, so that what hides them is cheap where there are none.</summary>
    public HashSet<string> EverRed { get; } = [];
    /// <summary>Where each observable was met.</summary>
    public ObservableIndex Observables { get; } = new();

    void Work(Fact fact)
    {
        if (fact.Body is PriorityShifted { } shift && Find(shift.CaseId) is { } moved) moved.Work.Peak = Math.Max(moved.Work.Peak, shift.To);
        if (fact.Seq == 0) return;
        switch (fact.Body)
        {
            case CardPulled f when Find(f.CaseId) is { } c: c.Work.EngagedMs ??= fact.AtMs; break;
            case CardMoved f when Find(f.CaseId) is { } c: Moved(c, f, fact); break;
            case CaseClosed f when Find(f.CaseId) is { } c: c.Work.Stop(fact.AtMs); break;
            case CaseReopened f when Find(f.CaseId) is { } c: c.Work.Resume(fact.AtMs, PauseBy.Closed); break;
            case CaseWorkFact f when Find(f.CaseId) is { } c: Work(c, f, fact); break;
            default: break;
        }
    }

    static void Moved(CaseState c, CardMoved f, Fact fact)
    {
        if (f.To is > Lane.Contain and not Lane.Closed) c.Work.ContainedMs ??= fact.AtMs;
        // A state belongs to its lane; whoever moves the card on has ended it.
        if (c.Work.State is null) return;
        c.Work.Resume(fact.AtMs, PauseBy.State);
        c.Work.State = null;
        c.Work.Spans.Add(new(null, f.To, fact.AtMs, fact.Actor, f.Why));
    }

    void Work(CaseState c, CaseWorkFact body, Fact fact)
    {
        var work = c.Work;
        switch (body)
        {
            case TaskAdded f:
                work.Tasks[f.TaskId] = new(f, c.Id, fact.Actor, fact.AtMs);
                Did(c, fact, "task", $"task added: {f.Title}");
                break;
            case TaskChanged f when work.Tasks.GetValueOrDefault(f.TaskId) is { } task:
                (task.Title, task.Group, task.Owner, task.DueMs, task.Order) = (f.Title, f.Group, f.Owner, f.DueMs, f.Order);
                break;
            case TaskMoved f when work.Tasks.GetValueOrDefault(f.TaskId) is { } task:
                task.Step = f.To;
                task.Moves.Add(new(fact.AtMs, fact.Actor, f.From, f.To, f.Why, fact.Seq));
                Did(c, fact, "task", $"task {Word(f.To)}: {task.Title}{(f.Why.Length > 0 ? $" ({f.Why})" : "")}");
                break;
            case TaskLogged f when work.Tasks.GetValueOrDefault(f.TaskId) is { } task: task.Log.Add(new(fact.AtMs, fact.Actor, f.Text)); break;
            case ObservableStated f:
                work.Observables[ObservableIndex.Key(f.Type, f.Value)] = new(f, fact.Actor, fact.AtMs, fact.Seq);
                Did(c, fact, "observable", $"observable {f.Type} {f.Value}{(f.Ioc ? ", an indicator" : "")}{(f.Sighted ? ", sighted" : "")}");
                break;
            case EvidenceKept f:
                var kept = work.Evidence[f.EvidenceId] = new(f, c.Id, fact.Actor, fact.AtMs);
                kept.Chain.Add(new(fact.AtMs, fact.Actor, "kept", f.Origin, fact.Seq));
                Did(c, fact, "evidence", $"evidence kept: {f.Name}");
                break;
            case EvidenceRead f when work.Evidence.GetValueOrDefault(f.EvidenceId) is { } read:
                read.Broken = !f.Intact;
                read.Chain.Add(new(fact.AtMs, fact.Actor, f.How, f.Intact ? "" : "the bytes are not those that were kept", fact.Seq));
                if (!f.Intact) Did(c, fact, "evidence", $"evidence changed on disk: {read.Kept.Name}");
                break;
            case EvidenceWithdrawn f when work.Evidence.GetValueOrDefault(f.EvidenceId) is { } gone:
                gone.Withdrawn = f.Why;
                gone.Chain.Add(new(fact.AtMs, fact.Actor, "withdrawn", f.Why, fact.Seq));
                Did(c, fact, "evidence", $"evidence withdrawn: {gone.Kept.Name}: {f.Why}");
                break;
            case CaseMarked f:
                work.Mark = f;
                if (f.Tlp == Tlp.Red) EverRed.Add(c.Id);
                Did(c, fact, "marked", $"TLP {f.Tlp}, PAP {f.Pap}{(f.Classification.Length > 0 ? $", {f.Classification}" : "")}");
                break;
            case CaseStateSet f:
                work.State = f.To;
                work.Spans.Add(new(f.To, c.Lane, fact.AtMs, fact.Actor, f.Why));
                if (f.Pauses) work.Wait(fact.AtMs, f.Why.Length > 0 ? f.Why : f.To ?? "", PauseBy.State);
                else work.Resume(fact.AtMs, PauseBy.State);
                Did(c, fact, "state", $"{f.From ?? c.Lane.ToString()} → {f.To ?? c.Lane.ToString()}{(f.Why.Length > 0 ? $": {f.Why}" : "")}");
                break;
            case ClocksPaused f:
                work.Wait(fact.AtMs, f.Why, PauseBy.Person);
                Did(c, fact, "clock", $"clocks paused: {f.Why}");
                break;
            case ClocksResumed f:
                work.Resume(fact.AtMs, PauseBy.Person);
                Did(c, fact, "clock", $"clocks run again{(f.Why.Length > 0 ? $": {f.Why}" : "")}");
                break;
            case ClockBreached f:
                work.Breached.Add(f.Clock);
                Did(c, fact, "clock", $"{f.Name} ran out");
                break;
            case CaseReported f: work.Report = f; break;
            case EvidenceMissing f:
                work.Missing[f.MissingId] = new(f, fact.AtMs);
                Did(c, fact, "missing", $"no event of {f.Entity} at that time");
                break;
            case MissingSettled f when work.Missing.GetValueOrDefault(f.MissingId) is { } missing:
                (missing.Outcome, missing.Why, missing.EndedMs) = (f.Outcome, f.Why, fact.AtMs);
                Did(c, fact, "missing", $"missing evidence of {missing.Said.Entity} settled, {f.Outcome}: {f.Why}");
                break;
            case LineFlagged f: work.Lines[f.Line] = f; break;
            default: break;
        }
    }

    static string Word(TaskStep step) => step switch { TaskStep.Open => "opened again", TaskStep.Doing => "begun", TaskStep.Done => "done", _ => "dropped" };
}
