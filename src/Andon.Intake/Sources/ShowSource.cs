using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

static class ShowSource
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/sources/one", Handle).WithName("ShowSource").WithTags("Intake").RequireAuthorization(Policies.Read);

    static async Task<Results<Ok<SourceDetail>, NotFound<Finding>>> Handle(string id, Catalogue catalogue, Normaliser normaliser, IRecordLog log, TimeProvider clock, CancellationToken stop)
    {
        if (catalogue.One(id, clock.NowMs()) is not var (view, eventIds)) return TypedResults.NotFound(new Finding("INT050", $"There is no source {id}.", "Take an id from the list of sources.", id));
        var samples = new List<SourceSample>();
        foreach (var eventId in eventIds)
        {
            if (eventId.Position < log.First) continue; // Retention took the record.
            var records = await log.Read(eventId.Position, 1, Limits.FrameBytesMax, stop);
            if (records.Count == 0 || records[0].Position != eventId.Position) continue;
            // Parsed anew, so that the page shows what today's parsers make of it.
            using var batch = normaliser.Normalise(records);
            for (var i = 0; i < batch.Count; i++)
                if (batch[i].Id == eventId) samples.Add(EventJson.Sample(batch[i]));
        }
        return TypedResults.Ok(new SourceDetail(view.SourceId, view.Name, view.Owner, view.Unit, view.Listener, view.Host, view.Dataset, view.FirstMs, view.LastMs,
            view.Events, view.Bytes, view.ParseFailures, view.PerMinute, view.Findings, samples));
    }
}
