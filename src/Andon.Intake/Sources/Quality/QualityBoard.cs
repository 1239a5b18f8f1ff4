using Andon.Intake.Sources.Silence;
using Andon.Model;
using Andon.Store.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources.Quality;

/// <summary>Data quality part by part, beside what it was some days ago.</summary>
static class QualityBoard
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/quality/kept", Kept).WithName("ListKeptDays").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapGet("/sources/quality/rows", Handle).WithName("ListDataQuality").WithTags("Intake").RequireAuthorization(Policies.Read);
    }

    static Finding? Refuse(string by) =>
        QualityFigures.Ways.Contains(by, StringComparer.Ordinal) ? null : new Finding("INT238", $"Sources are not put together by {by}.", $"One of {string.Join(", ", QualityFigures.Ways)}.", "/by");

    /// <summary>A route of its own: the engine goes through all events for it, and the figures need not wait.</summary>
    static async Task<Results<Ok<KeptTable>, BadRequest<Finding>, JsonHttpResult<Finding>>> Kept(Catalogue catalogue, [FromServices] IKeptDays? store, TimeProvider clock, CancellationToken stop, string by = "dataset")
    {
        if (Refuse(by) is { } finding) return TypedResults.BadRequest(finding);
        IReadOnlyList<KeptDays> kept;
        try { kept = store is null ? [] : await store.Read(stop); }
        catch (EngineException failed) { return TypedResults.Json(failed.AsFinding(), statusCode: StatusCodes.Status503ServiceUnavailable); }
        lock (catalogue.Gate) return TypedResults.Ok(new KeptTable(by, Together(catalogue, kept, by, clock.NowMs())));
    }

    internal static IReadOnlyList<KeptRow> Together(Catalogue catalogue, IReadOnlyList<KeptDays> kept, string by, long nowMs)
    {
        var rows = new Dictionary<string, KeptRow>(StringComparer.Ordinal);
        foreach (var k in kept)
        {
            if (catalogue.Find(k.SourceId) is not { } source) continue;
            var age = nowMs - k.FirstMs;
            // What is younger than its promise has nothing to have lost.
            var late = k.PromisedDays is { } promised && age < Math.Min(promised, Math.Max(0, nowMs - source.FirstMs) / Calendar.DayMs) * Calendar.DayMs;
            IEnumerable<string> keys = by switch
            {
                "group" => catalogue.Groups.Where(g => Grouping.Holds(g.Value, source)).Select(g => g.Key),
                "unit" => [source.Card.Unit.Length == 0 ? QualityFigures.Nobody : source.Card.Unit],
                _ => [source.Dataset],
            };
            foreach (var key in keys.Prepend(""))
            {
                var was = rows.GetValueOrDefault(key, new KeptRow(key, 0, null, 0));
                rows[key] = new(key, Math.Max(was.Days, (int)Math.Ceiling(age / (double)Calendar.DayMs)), was.PromisedDays is { } most ? Math.Max(most, k.PromisedDays ?? 0) : k.PromisedDays, was.Late + (late ? 1 : 0));
            }
        }
        return [.. rows.Values.OrderBy(r => r.Key, StringComparer.Ordinal).Take(Limits.QualityRowsMax + 1)];
    }

    static Results<Ok<QualityTable>, BadRequest<Finding>> Handle(Catalogue catalogue, QualityDays days, TimeProvider clock, string by = "dataset", int period = 7)
    {
        if (Refuse(by) is { } finding) return TypedResults.BadRequest(finding);
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

/// <summary>How far back can be searched, part by part.</summary>
/// <param name="Rows">The one with no key is all sources together.</param>
public sealed record KeptTable(string By, IReadOnlyList<KeptRow> Rows);

/// <param name="Days">Since the oldest event of any source in it.</param>
/// <param name="PromisedDays">The longest promise; null where no class promises days.</param>
/// <param name="Late">Sources in it of which less is there than promised, though they are old enough.</param>
public sealed record KeptRow(string Key, int Days, int? PromisedDays, int Late);
