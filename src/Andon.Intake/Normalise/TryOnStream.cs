using Andon.Model;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Normalise;

/// <summary>A parser's text to try on what came.</summary>
public sealed record ParserStreamAsk(string Text);

static class TryOnStream
{
    // A trial reads and parses thousands of records twice; one at a time leaves the stages their share.
    static readonly SemaphoreSlim OneAtATime = new(1);

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/parsers/stream", Handle).WithName("TryParserOnStream").WithTags("Intake").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<ParserStreamTrial>, BadRequest<Finding>>> Handle(ParserStreamAsk ask, Normaliser normaliser, IRecordLog log, CancellationToken stop)
    {
        if (PreviewParser.Refuse(new(ask.Text, null, null)) is { } finding) return TypedResults.BadRequest(finding);
        await OneAtATime.WaitAsync(stop);
        try
        {
            // Parsing is the processor's work: it must not hold a thread that answers others.
            return TypedResults.Ok(await Task.Run(() => normaliser.TryOnStream(ask.Text, log, stop).AsTask(), stop));
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}
