using Andon.Model;

namespace Andon.Triage.Cases.Work;

internal sealed record TaskMove(long AtMs, string Actor, TaskStep From, TaskStep To, string Why, long FactSeq);
internal sealed record TaskLine(long AtMs, string Actor, string Text);

/// <summary>A task as its facts say.</summary>
internal sealed class CaseTask(TaskAdded added, string caseId, string actor, long atMs)
{
    public string Id => added.TaskId;
    public string CaseId => caseId;
    public string Title { get; set; } = added.Title;
    public string Group { get; set; } = added.Group;
    public string? Owner { get; set; } = added.Owner;
    public long? DueMs { get; set; } = added.DueMs;
    public int Order { get; set; } = added.Order;
    public string? Template => added.Template;
    public string Actor => actor;
    public long AtMs => atMs;
    public TaskStep Step { get; set; }
    public List<TaskMove> Moves { get; } = [];
    public List<TaskLine> Log { get; } = [];
    public bool Ended => Step is TaskStep.Done or TaskStep.Dropped;
}

internal sealed record Statement(ObservableStated Said, string Actor, long AtMs, long FactSeq);

internal sealed record Custody(long AtMs, string Actor, string How, string Text, long FactSeq);

internal sealed class Exhibit(EvidenceKept kept, string caseId, string actor, long atMs)
{
    public string Id => kept.EvidenceId;
    public string CaseId => caseId;
    public EvidenceKept Kept => kept;
    public string Actor => actor;
    public long AtMs => atMs;
    public string? Withdrawn { get; set; }
    /// <summary>The last time someone looked, the bytes were not those that were kept.</summary>
    public bool Broken { get; set; }
    public List<Custody> Chain { get; } = [];
}

internal sealed record StateSpan(string? State, Lane Lane, long FromMs, string Actor, string Why);

internal sealed class Missing(EvidenceMissing said, long atMs)
{
    public string Id => said.MissingId;
    public EvidenceMissing Said => said;
    public long AtMs => atMs;
    public string? Outcome { get; set; }
    public string Why { get; set; } = "";
    public long? EndedMs { get; set; }
}

/// <summary>
/// What people did on one case: its tasks, observables, evidence, marks and clocks. It stays with the case in which it was done; a case
/// that others became part of shows the union (<see cref="WorkUnion"/>), and taking them apart again restores each.
/// </summary>
internal sealed class CaseWork
{
    public Dictionary<string, CaseTask> Tasks { get; } = [];
    public Dictionary<string, Statement> Observables { get; } = [];
    public Dictionary<string, Exhibit> Evidence { get; } = [];
    public Dictionary<string, Missing> Missing { get; } = [];
    public Dictionary<string, LineFlagged> Lines { get; } = [];
    public CaseMarked? Mark { get; set; }
    public CaseReported? Report { get; set; }

    public Dictionary<string, LegalDuty> Duties { get; } = [];
    /// <summary>When the breach of a clock was told last.</summary>
    public Dictionary<string, long> LegalTold { get; } = [];

    public string? State { get; set; }
    public List<StateSpan> Spans { get; } = [];

    // Clocks.
    public HashSet<string> Breached { get; } = [];
    public List<Pause> Pauses { get; } = [];
    public long? EngagedMs { get; set; }
    public long? ContainedMs { get; set; }
    /// <summary>The highest priority that it ever had: a target does not soften because evidence ages.</summary>
    public double Peak { get; set; }

    public bool Paused => Pauses.Count > 0 && Pauses[^1].ToMs is null;

    readonly Dictionary<PauseBy, string> holds = [];

    public bool HeldBy(PauseBy by) => holds.ContainsKey(by);

    /// <summary>The clocks stand still from now on, until everything that holds them has let go.</summary>
    public void Wait(long atMs, string why, PauseBy by)
    {
        if (!holds.TryAdd(by, why)) return;
        if (!Paused) Pauses.Add(new(atMs, null, why, by));
    }

    public void Resume(long atMs, PauseBy by)
    {
        if (holds.Remove(by) && holds.Count == 0) Pauses[^1] = Pauses[^1] with { ToMs = atMs };
    }

    /// <summary>Closed: nothing else holds the clocks any more.</summary>
    public void Stop(long atMs)
    {
        if (Paused) Pauses[^1] = Pauses[^1] with { ToMs = atMs };
        holds.Clear();
        Wait(atMs, "closed", PauseBy.Closed);
    }
}

internal enum PauseBy { Person, State, Closed, Outside }

internal sealed record Pause(long FromMs, long? ToMs, string Why, PauseBy By);
