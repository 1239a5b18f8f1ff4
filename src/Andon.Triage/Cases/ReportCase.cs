using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases.Work;
using Andon.Triage.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases;

/// <summary>A person reports something: a case with one signal, so that alerts on the same things join it.</summary>
static class ReportCase
{
    public sealed record ReportEntity(EntityKind Kind, string? Value);
    /// <param name="Template">Whose fields it answers.</param>
    /// <param name="AtMs">When it happened, where that is known.</param>
    public sealed record ReportAsk(
        string? Title, string? Text, IReadOnlyList<ReportEntity>? Entities, string? Template = null, IReadOnlyDictionary<string, string>? Fields = null, long? AtMs = null);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("", Handle).WithName("ReportCase").RequireAuthorization(Policies.Response);

    internal static async Task<Results<Ok<CaseView>, BadRequest<TriageFindings>>> Handle(
        ReportAsk ask, ClaimsPrincipal user, TriageDesk desk, TriageCore core, Views views, CancellationToken stop, TemplateBook? templates = null, EvidenceSearch? search = null)
    {
        var book = ask.Template is null ? [] : templates?.Read().Templates ?? [];
        IReadOnlyList<Finding> findings = [.. Check(ask), .. Fields(ask, book)];
        if (findings.Count > 0) return TypedResults.BadRequest(new TriageFindings(findings));
        var entities = (ask.Entities ?? []).Select(e => new Entity(e.Kind, e.Value!.Trim().ToLowerInvariant())).Concat(Named(ask, book)).Distinct().Take(Limits.SignalEntitiesMax).ToList();
        var said = new Dictionary<string, string>((ask.Fields ?? new Dictionary<string, string>()).Where(f => !string.IsNullOrWhiteSpace(f.Value)));
        string id;
        using (var turn = await desk.TakeTurn(stop))
        {
            IReadOnlyList<FactDraft> drafts;
            lock (desk.Gate) (drafts, id) = core.Report(ask.Title!.Trim(), (ask.Text ?? "").Trim(), entities, Actors.Of(user), desk.NowMs);
            await desk.Append([.. drafts, new(Actors.Of(user), "report", new CaseReported(id, ask.Template, said, ask.AtMs))], [], stop);
        }
        // Looked for at once, so that who reports sees what nobody saw; when the engine does not answer the watch looks again.
        if (search is not null) await search.Look(id, stop);
        lock (desk.Gate) return TypedResults.Ok(views.Case(desk.State.Case(id)!));
    }

    internal static IReadOnlyList<Finding> Check(ReportAsk ask)
    {
        var findings = new List<Finding>();
        if (string.IsNullOrWhiteSpace(ask.Title)) findings.Add(new("TRI230", "The report has no title.", "Say in a few words what happened.", "/title"));
        if (ask.Title?.Length > 300) findings.Add(new("TRI231", "The title is too long.", "Put the rest into the text.", "/title"));
        if (ask.Text?.Length > Limits.TextMax) findings.Add(new("TRI213", "The text is too long.", $"Say it in {Limits.TextMax} characters.", "/text"));
        if (ask.Entities?.Count > Limits.SignalEntitiesMax) findings.Add(new("TRI232", "There are too many entities.", $"Name the {Limits.SignalEntitiesMax} that matter most.", "/entities"));
        foreach (var (entity, i) in (ask.Entities ?? []).Select((e, i) => (e, i)))
            if (!Enum.IsDefined(entity.Kind) || string.IsNullOrWhiteSpace(entity.Value))
                findings.Add(new("TRI233", "An entity has no kind or no value.", "Give both, for example host and web01.", $"/entities/{i}"));
        if (ask.Fields?.Count > Limits.BulkMax || ask.Fields?.Any(f => f.Key.Length > Limits.NameMax || f.Value?.Length > Limits.TextMax) == true)
            findings.Add(new("TRI543", "There are too many fields, or one is too long.", "Put the rest into the text.", "/fields"));
        if (ask.AtMs is < 0 or > 4_102_444_800_000) findings.Add(new("TRI543", "The time is out of time.", "Give Unix milliseconds of this century.", "/atMs"));
        return findings;
    }

    /// <summary>What automation needs is asked for now, while whoever reports still knows it.</summary>
    internal static IEnumerable<Finding> Fields(ReportAsk ask, IReadOnlyList<CaseTemplate> book)
    {
        if (ask.Template is null) yield break;
        if (book.FirstOrDefault(t => t.Id == ask.Template) is not { } template)
        {
            yield return new("TRI507", $"There is no template {ask.Template}.", "Choose one of the list.", "/template");
            yield break;
        }
        foreach (var field in template.Fields.Where(f => f.Required && string.IsNullOrWhiteSpace(ask.Fields?.GetValueOrDefault(f.Id))))
            yield return new("TRI543", $"{field.Name} is missing.", "What works on such cases by itself needs it.", $"/fields/{field.Id}");
    }

    static IEnumerable<Entity> Named(ReportAsk ask, IReadOnlyList<CaseTemplate> book) =>
        from field in book.FirstOrDefault(t => t.Id == ask.Template)?.Fields ?? []
        where Enum.TryParse<EntityKind>(field.Kind, ignoreCase: true, out _) && !string.IsNullOrWhiteSpace(ask.Fields?.GetValueOrDefault(field.Id))
        select new Entity(Enum.Parse<EntityKind>(field.Kind, ignoreCase: true), ask.Fields!.GetValueOrDefault(field.Id)!.Trim().ToLowerInvariant());
}
