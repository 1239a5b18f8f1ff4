using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources.Quality;

/// <summary>Data quality part by part, beside what it was some days ago.</summary>
static class QualityBoard
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/sources/quality/rows", Handle).WithName("ListDataQuality").WithTags("Intake").RequireAuthorization(Policies.Read);

    static Results<Ok<QualityTable>, BadRequest<Finding>> Handle(Catalogue catalogue, QualityDays days, TimeProvider clock, string by = "dataset", int period = 7)
    {
        if (!QualityFigures.Ways.Contains(by, StringComparer.Ordinal)) return TypedResults.BadRequest(new Finding("INT238", $"Sources are not put together by {by}.", $"One of {string.Join(", ", QualityFigures.Ways)}.", "/by"));
        if (period is < 1 or > Limits.QualityDaysKept) return TypedResults.BadRequest(new Finding("INT239", $"{period} days are not kept.", $"1 to {Limits.QualityDaysKept}.", "/period"));
        var now = clock.NowMs();
        List<(string Key, QualityFigures Figures)> rows;
        lock (catalogue.Gate) rows = QualityFigures.Rows(catalogue, by, Limits.QualityRowsMax, now);
        var before = days.Before(by, now - period * 86_400_000L, now);
        return TypedResults.Ok(new QualityTable(by, period, before?.AtMs, [.. rows.Select(r => new QualityRow(r.Key, r.Figures, before?.Rows.GetValueOrDefault(r.Key)))], days.Series()));
    }
}

/// <param name="BeforeMs">When the figures compared with were taken; null while none are from before today.</param>
/// <param name="Rows">The first, with no key, is all sources together.</param>
public sealed record QualityTable(string By, int Period, long? BeforeMs, IReadOnlyList<QualityRow> Rows, IReadOnlyList<QualityDay> Series);

/// <param name="Before">Null where there was nothing of it yet.</param>
public sealed record QualityRow(string Key, QualityFigures Now, QualityFigures? Before);
