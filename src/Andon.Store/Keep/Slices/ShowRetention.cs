using System.Globalization;
using System.Security.Claims;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Keep.Retention;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Keep.Slices;

/// <summary>What is really searchable, beside what was promised.</summary>
static class ShowRetention
{
    /// <summary>One source's events as they are in the store now.</summary>
    /// <param name="Days">Days of event time that hold at least one event of it.</param>
    /// <param name="PromisedDays">Days of its class; null when its class names none.</param>
    public sealed record SourceDays(string SourceId, string ClassId, long FirstMs, long LastMs, long Days, int? PromisedDays, long Events);

    /// <param name="Sources">Empty where it was not asked for (<c>sources=false</c>): the engine goes through all events for it.</param>
    /// <param name="RecordsFromMs">Arrival of the oldest raw record that can still be read anew; null when there is none.</param>
    /// <param name="Busy">What of backup, retention or reading anew runs now; empty when nothing does.</param>
    public sealed record View(IReadOnlyList<RetentionClass> Classes, IReadOnlyList<LegalHold> Holds, IReadOnlyList<SourceDays> Sources, IReadOnlyList<DeletionProof> Deletions, long? RecordsFromMs, string Busy);

    public static void Map(IEndpointRouteBuilder keep)
    {
        keep.MapGet("/retention", Handle).WithName("ReadRetention");
        keep.MapGet("/retention/due", Due).WithName("ReadDueDeletions");
        keep.MapPost("/retention/run", Run).WithName("RunRetention").RequireAuthorization(Policies.Operations);
    }

    static async Task<Results<Ok<View>, JsonHttpResult<Finding>>> Handle(RetentionBook book, KeepOptions options, EventStore store, IRecordLog records, KeepTurn turn, ClaimsPrincipal user, [FromServices] ICaseSight? sight, CancellationToken stop, bool sources = true)
    {
        try
        {
            var oldest = await records.Read(records.First, 1, 1, stop);
            return TypedResults.Ok(new View(book.Classes, [.. book.Holds.Where(h => h.Scope.CaseId is not { } id || sight?.Sees(user, id) != false)], sources ? await Sources(book, options, store, stop) : [], book.Deletions(KeepLimits.DeletionsShown), oldest.Count > 0 ? oldest[0].ReceivedMs : null, turn.Holder));
        }
        catch (EngineException failed)
        {
            return TypedResults.Json(failed.AsFinding(), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    internal static async Task<IReadOnlyList<SourceDays>> Sources(RetentionBook book, KeepOptions options, EventStore store, CancellationToken stop)
    {
        // The class as a number, by the same conditions that deletion uses: the screen cannot say another thing than what happens.
        var classes = book.Classes.Where(c => c.ClassId is not (RetentionBook.Alerts or RetentionBook.Records)).ToList();
        var sql = new KeepSql();
        var which = string.Join(", ", classes.Select((c, i) => $"{sql.ClassRows(EventTables.Events, c.ClassId, book.Classes, options.SourceClasses())}, {i.ToString(CultureInfo.InvariantCulture)}"));
        var answer = await store.Query(
            $"SELECT log_source_id, multiIf({which}, 0) AS class, toUnixTimestamp64Milli(min(timestamp)), toUnixTimestamp64Milli(max(timestamp)), toInt64(uniqExact(toDate(timestamp))), toInt64(count()) FROM events GROUP BY log_source_id, class ORDER BY log_source_id, class",
            sql.Values, QueryLimits.Standard with { RowsMax = 50_000, TimeMsMax = 60_000 }, stop);
        return [.. answer.Rows.Select(r =>
        {
            var kept = classes[Convert.ToInt32(r[1], CultureInfo.InvariantCulture)];
            return new SourceDays((string)r[0]!, kept.ClassId, (long)r[2]!, (long)r[3]!, (long)r[4]!, kept.Terms.Days, (long)r[5]!);
        })];
    }

    static async Task<Results<Ok<IReadOnlyList<DueDeletion>>, JsonHttpResult<Finding>>> Due(Retainer retainer, CancellationToken stop)
    {
        try { return TypedResults.Ok(await retainer.Run(onlyLook: true, stop)); }
        catch (EngineException failed) { return TypedResults.Json(failed.AsFinding(), statusCode: StatusCodes.Status503ServiceUnavailable); }
    }

    static async Task<Results<Ok<IReadOnlyList<DueDeletion>>, JsonHttpResult<Finding>>> Run(RetentionStage stage, CancellationToken stop)
    {
        try { return TypedResults.Ok(await stage.LetGo(stop)); }
        catch (EngineException failed) { return TypedResults.Json(failed.AsFinding(), statusCode: StatusCodes.Status503ServiceUnavailable); }
    }
}
