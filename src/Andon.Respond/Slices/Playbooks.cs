using System.Text;
using System.Text.Json.Nodes;
using Andon.Model;
using Andon.Respond.Playbooks;
using Andon.Respond.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Respond.Slices;

public sealed record RuleWithout(string RuleId, string Title);

/// <param name="RulesWithout">Rules that make cases and have no playbook.</param>
/// <param name="PlaybooksWithoutRule">Ids of playbooks bound to no rule that makes cases.</param>
public sealed record PlaybookCoverage(IReadOnlyList<RuleWithout> RulesWithout, IReadOnlyList<string> PlaybooksWithoutRule);

/// <param name="Refused">Findings of files that are no usable playbook.</param>
public sealed record PlaybooksView(IReadOnlyList<PlaybookView> Playbooks, PlaybookCoverage Coverage, IReadOnlyList<Finding> Refused);

public sealed record CasePlaybooksView(IReadOnlyList<PlaybookView> Playbooks);

public sealed record PlaybookStepView(
    string StepId, string Name, string Kind, string Description, string? Effect, string? Text, string? Condition,
    string? OnCompletion, string? OnSuccess, string? OnFailure, string? OnTrue, string? OnFalse);

/// <param name="Yaml">The playbook in YAML; it reads back to the same document.</param>
public sealed record PlaybookDetail(PlaybookView Playbook, string Hash, string Start, IReadOnlyList<PlaybookStepView> Steps, IReadOnlyList<RunVariableView> Variables, string Json, string Yaml);

public sealed record PlaybookChecked(bool Good, IReadOnlyList<Finding> Findings);

/// <summary>The library: list, one, those of a case, check a text, read the folders anew.</summary>
static class PlaybookSlices
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/playbooks", All).RequireAuthorization(Policies.Read).WithName("GetPlaybooks").WithTags("respond");
        api.MapGet("/playbooks/one", One).RequireAuthorization(Policies.Read).WithName("GetPlaybook").WithTags("respond");
        api.MapGet("/cases/{id}/playbooks", OfCase).RequireAuthorization(Policies.Cases).WithName("GetCasePlaybooks").WithTags("respond");
        api.MapPost("/playbooks/check", Check).RequireAuthorization(Policies.Read).WithName("CheckPlaybook").WithTags("respond").Accepts<string>("text/plain");
        api.MapPost("/playbooks/reload", Reload).RequireAuthorization(Policies.Operations).WithName("ReloadPlaybooks").WithTags("respond");
    }

    static Ok<PlaybooksView> All(Library library, RunBook runs, CaseBook cases) => TypedResults.Ok(View(library, runs, cases));

    internal static PlaybooksView View(Library library, RunBook runs, CaseBook cases)
    {
        var ready = Ready(library).OrderBy(r => r.Playbook.Name, StringComparer.Ordinal).ToList();
        var bound = ready.SelectMany(r => r.Playbook.RuleIds).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var rules = cases.Rules();
        var known = rules.Select(r => r.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new(
            [.. ready.Select(r => PlaybookView.Of(r.Load, r.Playbook, runs))],
            new([.. rules.Where(r => !bound.Contains(r.Key)).Select(r => new RuleWithout(r.Key, r.Value))],
                [.. ready.Where(r => !r.Playbook.RuleIds.Any(known.Contains)).Select(r => r.Playbook.Id)]),
            [.. library.Loads.Where(l => l.Playbook is null).SelectMany(l => l.Findings)]);
    }

    static IEnumerable<(PlaybookLoad Load, Playbook Playbook)> Ready(Library library)
    {
        foreach (var load in library.Loads)
            if (load.Playbook is { } playbook) yield return (load, playbook);
    }

    static Results<Ok<PlaybookDetail>, NotFound> One(string id, Library library, RunBook runs)
    {
        foreach (var (load, playbook) in Ready(library))
            if (playbook.Id == id) return TypedResults.Ok(Detail(load, playbook, runs));
        return TypedResults.NotFound();
    }

    static PlaybookDetail Detail(PlaybookLoad load, Playbook p, RunBook runs) => new(
        PlaybookView.Of(load, p, runs), p.Hash, p.Start,
        [.. p.Steps.Values.Select(s => new PlaybookStepView(s.Id, s.Name, s.KindName, s.Description, s.Command is HttpCommand h ? h.Effect.ToString().ToLowerInvariant() : null,
            s.Command switch { ManualCommand m => m.Text, HttpCommand c => $"{c.Method} {c.Path}", _ => null }, s.Condition?.ToString(),
            s.OnCompletion, s.OnSuccess, s.OnFailure, s.OnTrue, s.OnFalse))],
        [.. p.Variables.Values.Select(v => new RunVariableView(v.Name, v.Type, v.Value, v.Description))],
        p.Document, JsonNode.Parse(p.Document) is JsonObject root ? PlaybookText.Yaml(root) : "");

    static Results<Ok<CasePlaybooksView>, NotFound> OfCase(string id, Library library, RunBook runs, CaseBook cases)
    {
        if (cases.Find(id) is not { } about) return TypedResults.NotFound();
        return TypedResults.Ok(new CasePlaybooksView([.. Ready(library).Where(r => about.HasRule(r.Playbook.RuleIds)).Select(r => PlaybookView.Of(r.Load, r.Playbook, runs))]));
    }

    static async Task<Ok<PlaybookChecked>> Check(HttpRequest request, CancellationToken stop)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var buffer = new char[Limits.PlaybookBytesMax + 1];
        var read = await reader.ReadBlockAsync(buffer, stop);
        var load = PlaybookReader.Read("playbook", new string(buffer, 0, read));
        return TypedResults.Ok(new PlaybookChecked(load.Playbook is not null, load.Findings));
    }

    static async Task<Ok<PlaybooksView>> Reload(Library library, Runner runner, RunBook runs, CaseBook cases, CancellationToken stop)
    {
        await library.Read(stop);
        await runner.Load(stop);
        return TypedResults.Ok(View(library, runs, cases));
    }
}
