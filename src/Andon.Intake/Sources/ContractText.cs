using Andon.Intake.Sources.Silence;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

/// <summary>A contract as text, and what its source would break of it: to be looked at before it is agreed.</summary>
static class ContractText
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/contract", Show).WithName("ShowContract").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapPost("/sources/contract/check", Check).WithName("CheckContract").WithTags("Intake").RequireAuthorization(Policies.Read);
    }

    static Results<Ok<ContractView>, NotFound<Finding>> Show(string id, Catalogue catalogue, TimeProvider clock)
    {
        lock (catalogue.Gate)
            return catalogue.Find(id) is { } source ? TypedResults.Ok(View(source, source.Contract, [], clock.NowMs())) : TypedResults.NotFound(OwnSource.Unknown(id));
    }

    static Results<Ok<ContractView>, NotFound<Finding>, BadRequest<Finding>> Check(ContractCheckAsk ask, Catalogue catalogue, TimeProvider clock)
    {
        if (ask.Yaml is not { Length: <= Limits.SampleBytesMax * 16 }) return TypedResults.BadRequest(new Finding("INT236", "There is no contract, or it is too long.", $"YAML of at most {Limits.SampleBytesMax * 16} characters.", "/yaml"));
        var (contract, findings) = Baseline.ReadContract(ask.Yaml);
        lock (catalogue.Gate)
            return catalogue.Find(ask.SourceId ?? "") is { } source ? TypedResults.Ok(View(source, contract, findings, clock.NowMs())) : TypedResults.NotFound(OwnSource.Unknown(ask.SourceId ?? ""));
    }

    static ContractView View(Source source, SourceContract? contract, IReadOnlyList<Finding> findings, long nowMs)
    {
        var sound = contract is not null && !findings.Any(f => f.Level == FindingLevel.Error);
        var (missing, never) = sound ? Catalogue.Breaches(source, contract!, nowMs) : ([], []);
        var named = contract is null ? [] : contract.MustEvents.Concat(contract.MayEvents).Concat(contract.NeverEvents).ToHashSet(StringComparer.Ordinal);
        var kinds = source.Usage.Kinds.OrderByDescending(k => k.Use.Events)
            .Select(k => new ContractKind(k.Kind, k.Use.Events, k.Use.LastMs, sound && named.Count > 0 && !named.Contains(k.Kind) && k.Use.LastMs > nowMs - Calendar.WeekMs)).ToList();
        return new(source.Id, contract, contract is null ? "" : Baseline.Write(contract), findings, missing, [.. never.Select(n => new DriftNever(n.What, n.Count, n.LastMs, n.Example))], kinds,
            [.. source.Usage.Kinds.SelectMany(k => k.Use.Fields.Keys).Distinct().Order(StringComparer.Ordinal).Take(Limits.QualityRowsMax)]);
    }
}

/// <summary>Read a contract's text without agreeing on it.</summary>
public sealed record ContractCheckAsk(string SourceId, string Yaml);

/// <summary>A contract, what is wrong with its text, and how its source keeps it.</summary>
/// <param name="Kinds">Kinds of events that the source sends.</param>
/// <param name="Fields">Fields that its events have.</param>
public sealed record ContractView(
    string SourceId, SourceContract? Contract, string Yaml, IReadOnlyList<Finding> Findings, IReadOnlyList<string> MustMissing, IReadOnlyList<DriftNever> NeverArrived, IReadOnlyList<ContractKind> Kinds, IReadOnlyList<string> Fields);

/// <param name="Unagreed">It came in the last week, and the contract does not name it.</param>
public sealed record ContractKind(string Kind, long Events, long LastMs, bool Unagreed);
