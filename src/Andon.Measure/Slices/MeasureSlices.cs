using System.Security.Claims;
using Andon.Measure.Services;
using Andon.Measure.Vectors;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Andon.Measure.Slices;

public sealed record MeasuresView(IReadOnlyList<Metric> Metrics);

/// <param name="Score">Minutes the gap cost in the window (effort and weight, shared between the controls of a case).</param>
public sealed record GapView(string Control, string Name, int Cases, double Score, int EffortMinutes, double PreviousScore, double Delta, IReadOnlyList<string> CaseIds);

/// <param name="Basis">What the scores are made of.</param>
public sealed record GapsView(IReadOnlyList<GapView> Gaps, Period Period, Period Previous, string Basis);

public sealed record ControlsView(IReadOnlyList<ControlEntry> Controls);

public sealed record ServicesView(IReadOnlyList<ServiceEntry> Services);

/// <summary>Measures, gaps and the catalogues.</summary>
static class MeasureSlices
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/measures", Measured).RequireAuthorization(Policies.Read).WithName("GetMeasures").WithTags("measure");
        api.MapGet("/gaps", Gaps).RequireAuthorization(Policies.Read).WithName("GetGaps").WithTags("measure");
        api.MapGet("/controls", Controls).RequireAuthorization(Policies.Read).WithName("GetControls").WithTags("measure");
        api.MapGet("/services", Services).RequireAuthorization(Policies.Read).WithName("GetServices").WithTags("measure");
    }

    static Results<Ok<MeasuresView>, BadRequest<Finding>> Measured(
        long? fromMs, long? toMs, ClaimsPrincipal user, Ledger ledger, TimeProvider clock, [FromServices] ICaseSight? sight)
    {
        var (period, wrong) = Window(fromMs, toMs, clock.NowMs());
        return wrong is not null ? TypedResults.BadRequest(wrong) : TypedResults.Ok(new MeasuresView(Measures.Of(Seen(ledger, user, sight), period)));
    }

    static Results<Ok<GapsView>, BadRequest<Finding>> Gaps(
        long? fromMs, long? toMs, ClaimsPrincipal user, Ledger ledger, Catalogues catalogues, TimeProvider clock, [FromServices] ICaseSight? sight)
    {
        var (period, wrong) = Window(fromMs, toMs, clock.NowMs());
        return wrong is not null ? TypedResults.BadRequest(wrong) : TypedResults.Ok(View(Seen(ledger, user, sight), period, catalogues.NameOf));
    }

    static Picture Seen(Ledger ledger, ClaimsPrincipal user, ICaseSight? sight) => sight?.Hides(user) == true ? ledger.Look(id => sight.Sees(user, id)) : ledger.Look();

    static Ok<ControlsView> Controls(Catalogues catalogues) => TypedResults.Ok(new ControlsView(catalogues.Controls));

    static Ok<ServicesView> Services(Catalogues catalogues) => TypedResults.Ok(new ServicesView(catalogues.Services));

    internal static GapsView View(Picture picture, Period now, Func<string, string> nameOf)
    {
        var before = new Period(now.FromMs - (now.ToMs - now.FromMs), now.FromMs);
        bool In(Period p, GapRow g) => g.AtMs >= p.FromMs && g.AtMs < p.ToMs;
        var gaps = picture.Gaps.Where(g => In(now, g) || In(before, g)).GroupBy(g => g.Control, StringComparer.Ordinal).Select(g =>
        {
            var mine = g.Where(r => In(now, r)).ToList();
            var (score, previous) = (mine.Sum(r => r.Score), g.Where(r => In(before, r)).Sum(r => r.Score));
            return new GapView(g.Key, nameOf(g.Key), mine.Count, score, mine.Sum(r => r.EffortMinutes), previous, score - previous, [.. mine.Select(r => r.CaseId)]);
        });
        return new([.. gaps.OrderByDescending(g => g.Score).ThenBy(g => g.Control, StringComparer.Ordinal)], now, before,
            "Minutes: effort as stated at closing, plus 240 for a confirmed case, shared equally by the controls that the case names.");
    }

    internal static (Period Period, Finding? Wrong) Window(long? fromMs, long? toMs, long nowMs)
    {
        var to = toMs ?? nowMs + 1;
        var from = fromMs ?? to - Limits.DefaultWindowMs;
        var wrong = from < to && to - from <= Limits.WindowMsMax && from > 0 && to < 253_402_300_800_000
            ? null : new Finding("MEA010", "The window is empty, too long or out of time.", "fromMs is before toMs, at most ten years.");
        return (new(from, to), wrong);
    }
}
