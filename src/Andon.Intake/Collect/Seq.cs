using System.Globalization;
using System.Text.Json;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Collect;

/// <summary>
/// Seq's ingestion, as Serilog, NLog, seq-logging and others speak it: events a line each (CLEF) or in an envelope. Its 201 comes when they are on
/// disk. Under pressure it answers 503 with Retry-After: clients of Seq send again after that, and some throw away what is refused otherwise.
/// </summary>
sealed class Seq(IntakeOptions options, Listener listener, TimeProvider clock, IFindings findings) : IDisposable
{
    /// <summary>Paths below /api, where people's requests carry a header of their own and clients' carry a key.</summary>
    public const string RawPath = "/api/events/raw";

    readonly RequestRoom room = new();

    public void Map(IEndpointRouteBuilder root)
    {
        foreach (var path in new[] { RawPath, "/ingest/clef" }) root.MapPost(path, Handle).Open();
    }

    async Task Handle(HttpContext http)
    {
        if (await Door.Refused(http, listener, findings)) return;
        if (Key(http.Request) is not { } token)
        {
            listener.Refused();
            await Say(http, 401, "missing or unknown API key");
            return;
        }
        await room.Take(http, Busy, Broken, body => Store(http, token, body));
    }

    async Task Store(HttpContext http, string token, ReadOnlyMemory<byte> body)
    {
        var strange = 0;
        var events = (SaysClef(http.Request) ? null : SeqEvents.Envelope(body)) ?? SeqEvents.Lines(body, out strange);
        if (events is null)
        {
            await Broken(http, 400, "the body is neither events in lines nor an envelope of events");
            return;
        }
        var origin = new Origin(listener.Name, Door.Peer(http), token);
        var now = clock.NowMs();
        var drafts = new List<RecordDraft>(events.Count);
        foreach (var one in events)
            if (one.Length <= Limits.EventBytesMax && drafts.Count < Limits.EventsPerRequestMax) drafts.Add(new(now, origin, one));
        if (await listener.TryKeep(drafts) is { } full) await Busy(http, full);
        else
        {
            if (drafts.Count < events.Count)
            {
                listener.Refused(events.Count - drafts.Count);
                Found("INT313", $"{events.Count - drafts.Count} events of Seq's ingestion could never be taken: longer than {Limits.EventBytesMax} bytes, or too many. The others are stored.", origin.Peer);
            }
            if (strange > 0) Found("INT314", $"{strange} lines of Seq's ingestion are no objects; they are kept as they came.", origin.Peer);
            http.Response.StatusCode = StatusCodes.Status201Created;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"MinimumLevelAccepted":null}""", http.RequestAborted);
        }
    }

    static bool SaysClef(HttpRequest request) =>
        request.Path.StartsWithSegments("/ingest", StringComparison.OrdinalIgnoreCase) || request.Query.ContainsKey("clef") || request.ContentType?.Contains("clef", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Name of the key, which is an ingest token; null when there is none that is known.</summary>
    string? Key(HttpRequest request)
    {
        var key = request.Headers["X-Seq-ApiKey"].ToString();
        if (key.Length == 0) key = request.Query["apiKey"].ToString();
        if (key.Length > 0) return options.TokenName(key);
        var (state, name) = IngestToken.Of(request, options.TokenName);
        return state == TokenState.Known ? name : null;
    }

    Task Broken(HttpContext http, int status, string why)
    {
        listener.Refused();
        Found("INT312", $"Seq's ingestion refused a request: {why}", Door.Peer(http));
        return Say(http, status, why);
    }

    void Found(string code, string what, string peer) => findings.Raise("intake", new(code, what, "Look at what the sender writes.", peer, FindingLevel.Warning));

    Task Busy(HttpContext http, string why)
    {
        listener.Refused();
        http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Say(http, 503, why);
    }

    static Task Say(HttpContext http, int status, string error)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(JsonSerializer.Serialize(new { Error = error }), http.RequestAborted);
    }

    public void Dispose() => room.Dispose();
}
