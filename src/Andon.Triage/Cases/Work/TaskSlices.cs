using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases.Work;

public sealed record TaskMoveView(long AtMs, string Actor, TaskStep From, TaskStep To, string Why, long FactSeq);

public sealed record TaskLineView(long AtMs, string Actor, string Text);

public sealed record TaskView(
    string TaskId, string Title, string Group, string? Owner, long? DueMs, bool Overdue, int Order, string? Template, TaskStep Step, string Actor, long AtMs,
    IReadOnlyList<TaskMoveView> Moves, IReadOnlyList<TaskLineView> Log);

/// <param name="Templates">Those that speak of this case and were not used on it yet.</param>
public sealed record TasksView(IReadOnlyList<TaskView> Tasks, int Done, int Total, IReadOnlyList<CaseTemplate> Templates, IReadOnlyList<CaseTemplate> Others, IReadOnlyList<Finding> Findings);

/// <summary>Tasks of a case: shown, added many at a time, moved many at a time (one fact each), changed, logged on.</summary>
static class TaskSlices
{
    public sealed record TaskAsk(string? Title, string? Group, string? Owner, long? DueMs, int? Order);
    public sealed record TasksAsk(string? Template, IReadOnlyList<TaskAsk>? Tasks);
    public sealed record TaskMoveAsk(IReadOnlyList<string>? TaskIds, TaskStep To, string? Why);
    public sealed record TaskChangeAsk(string? Title, string? Group, string? Owner, long? DueMs, int? Order);
    public sealed record TaskLogAsk(string? Text);

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapGet("/{id}/tasks", Show).WithName("ShowTasks").RequireAuthorization(Policies.Read);
        cases.MapPost("/{id}/tasks", Add).WithName("AddTasks").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/tasks/state", Move).WithName("MoveTasks").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/tasks/{taskId}", Change).WithName("ChangeTask").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/tasks/{taskId}/log", Log).WithName("LogTask").RequireAuthorization(Policies.Response);
    }

    static Results<Ok<TasksView>, NotFound> Show(string id, TriageDesk desk, TemplateBook templates)
    {
        var book = templates.Read();
        return WorkTurn.Show(id, desk, c => View(c, desk, book));
    }

    internal static TasksView View(CaseState c, TriageDesk desk, TemplatesView book)
    {
        var tasks = desk.State.Tasks(c).ToList();
        var used = tasks.Select(t => t.Template).OfType<string>().ToHashSet();
        var unused = book.Templates.Where(t => t.Tasks.Count > 0 && !used.Contains(t.Id)).ToLookup(t => TemplateBook.Fits(t, c));
        var now = desk.NowMs;
        return new([.. tasks.Select(t => new TaskView(t.Id, t.Title, t.Group, t.Owner, t.DueMs, !t.Ended && t.DueMs < now, t.Order, t.Template, t.Step, t.Actor, t.AtMs,
            [.. t.Moves.Select(m => new TaskMoveView(m.AtMs, m.Actor, m.From, m.To, m.Why, m.FactSeq))], [.. t.Log.Select(l => new TaskLineView(l.AtMs, l.Actor, l.Text))]))],
            tasks.Count(t => t.Ended), tasks.Count, [.. unused[true]], [.. unused[false]], book.Findings);
    }

    static Task<Results<Ok<TasksView>, NotFound, BadRequest<TriageFindings>>> Add(
        string id, TasksAsk ask, ClaimsPrincipal user, TriageDesk desk, TemplateBook templates, CancellationToken stop)
    {
        var book = templates.Read();
        return WorkTurn.Take(id, "task", user, desk, c => Decide(c, desk.State, ask, book, desk.NowMs), c => View(c, desk, book), stop);
    }

    internal static Decision Decide(CaseState c, TriageState state, TasksAsk ask, TemplatesView book, long nowMs)
    {
        var findings = new List<Finding>();
        var wanted = (ask.Tasks ?? []).Select(t => (Task: t, Template: (string?)null)).ToList();
        if (!string.IsNullOrWhiteSpace(ask.Template))
        {
            if (book.Templates.FirstOrDefault(t => t.Id == ask.Template) is { } template)
                wanted.AddRange(template.Tasks.Select(t => (new TaskAsk(t.Title, t.Group, null, t.DueMs is { } due ? nowMs + due : null, null), (string?)template.Id)));
            else findings.Add(new("TRI507", $"There is no template {ask.Template}.", "Choose one of the list.", "/template"));
        }
        if (wanted.Count == 0 && findings.Count == 0) findings.Add(new("TRI514", "There is no task to add.", "Give titles, or a template that has tasks.", "/tasks"));
        var have = state.Tasks(c).ToList();
        if (have.Count + wanted.Count > Limits.TasksMax) findings.Add(new("TRI511", $"A case has at most {Limits.TasksMax} tasks.", "Put small ones together.", "/tasks"));
        findings.AddRange(wanted.SelectMany((w, i) => Check(w.Task, $"/tasks/{i}")));
        if (findings.Count > 0) return findings;
        var order = have.Count == 0 ? 0 : have.Max(t => t.Order);
        return Decision.Of([.. wanted.Select((w, i) => new TaskAdded(c.Id, $"{c.Id}-t{c.Work.Tasks.Count + i + 1}", w.Task.Title!.Trim(), (w.Task.Group ?? "").Trim(),
            Name(w.Task.Owner), w.Task.DueMs, w.Task.Order ?? order + i + 1, w.Template))]);
    }

    static IEnumerable<Finding> Check(TaskAsk task, string place)
    {
        if (string.IsNullOrWhiteSpace(task.Title)) yield return new("TRI510", "A task has no title.", "Say what to do.", place + "/title");
        if (task.Title?.Length > Limits.NameMax || task.Group?.Length > Limits.NameMax || task.Owner?.Length > Limits.NameMax)
            yield return new("TRI510", "A title, group or owner is too long.", $"Say it in {Limits.NameMax} characters; the rest belongs into the task's log.", place);
        if (task.DueMs is < 0 or > 4_102_444_800_000) yield return new("TRI515", "The due time is out of time.", "Give Unix milliseconds of this century.", place + "/dueMs");
    }

    static Task<Results<Ok<TasksView>, NotFound, BadRequest<TriageFindings>>> Move(
        string id, TaskMoveAsk ask, ClaimsPrincipal user, TriageDesk desk, TemplateBook templates, CancellationToken stop)
    {
        var book = templates.Read();
        return WorkTurn.Take(id, "task", user, desk, c => Decide(c, desk.State, ask), c => View(c, desk, book), stop);
    }

    internal static Decision Decide(CaseState c, TriageState state, TaskMoveAsk ask)
    {
        var findings = new List<Finding>();
        var facts = new List<CaseWorkFact>();
        var why = (ask.Why ?? "").Trim();
        if (!Enum.IsDefined(ask.To)) findings.Add(new("TRI512", "There is no such state.", "Say open, doing, done or dropped.", "/to"));
        if (ask.To == TaskStep.Dropped && why.Length == 0) findings.Add(new("TRI512", "A task that is not done is dropped for a reason.", "Say why.", "/why"));
        if (why.Length > Limits.TextMax) findings.Add(new("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/why"));
        if (ask.TaskIds is not { Count: > 0 and <= Limits.BulkMax }) findings.Add(new("TRI514", "No task is named, or too many.", $"Name up to {Limits.BulkMax}.", "/taskIds"));
        foreach (var (taskId, i) in (ask.TaskIds ?? []).Distinct().Select((t, i) => (t, i)))
        {
            if (state.Task(c, taskId) is not { } task) findings.Add(new("TRI513", $"There is no task {taskId}.", "Take ids of this case.", $"/taskIds/{i}"));
            else if (task.Step != ask.To) facts.Add(new TaskMoved(task.CaseId, taskId, task.Step, ask.To, why));
        }
        return findings.Count > 0 ? findings : Decision.Of(facts);
    }

    static Task<Results<Ok<TasksView>, NotFound, BadRequest<TriageFindings>>> Change(
        string id, string taskId, TaskChangeAsk ask, ClaimsPrincipal user, TriageDesk desk, TemplateBook templates, CancellationToken stop)
    {
        var book = templates.Read();
        return WorkTurn.Take(id, "task", user, desk, c =>
        {
            if (desk.State.Task(c, taskId) is not { } task) return new Finding("TRI513", $"There is no task {taskId}.", "Take ids of this case.", taskId);
            var findings = Check(new(ask.Title, ask.Group, ask.Owner, ask.DueMs, ask.Order), "").ToList();
            return findings.Count > 0 ? findings
                : Decision.Of(new TaskChanged(task.CaseId, taskId, ask.Title!.Trim(), (ask.Group ?? "").Trim(), Name(ask.Owner), ask.DueMs, ask.Order ?? task.Order));
        }, c => View(c, desk, book), stop);
    }

    static Task<Results<Ok<TasksView>, NotFound, BadRequest<TriageFindings>>> Log(
        string id, string taskId, TaskLogAsk ask, ClaimsPrincipal user, TriageDesk desk, TemplateBook templates, CancellationToken stop)
    {
        var book = templates.Read();
        return WorkTurn.Take(id, "task", user, desk, c =>
            desk.State.Task(c, taskId) is not { } task ? new Finding("TRI513", $"There is no task {taskId}.", "Take ids of this case.", taskId)
            : NoteCase.Refuse(new(ask.Text)) is { } finding ? finding
            : Decision.Of(new TaskLogged(task.CaseId, taskId, ask.Text!.Trim())), c => View(c, desk, book), stop);
    }

    static string? Name(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
