using System.Globalization;
using System.Text.Json;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Collect;

/// <summary>GELF over HTTP: an object, or several one behind the other. Its 202 comes when they are on disk.</summary>
sealed class GelfHttp(IntakeOptions options, Listener listener, TimeProvider clock, IFindings findings) : IDisposable
{
    static readonly JsonReaderOptions Deep = new() { MaxDepth = Limits.JsonReaderDepthMax, AllowMultipleValues = true };

    readonly RequestRoom room = new();

    public void Map(IEndpointRouteBuilder root) => root.MapPost("/gelf", Handle).Open();

    async Task Handle(HttpContext http)
    {
        if (await Door.Refused(http, listener, findings)) return;
        var (known, token) = IngestToken.Of(http.Request, options.TokenName);
        if (known == TokenState.Missing && http.Request.Query["token"].ToString() is { Length: > 0 } told) (known, token) = IngestToken.Named(options.TokenName(told));
        if (known != TokenState.Known) await Refuse(http, 401, "missing or unknown ingest token");
        else await room.Take(http, Busy, Broken, body => Store(http, token, body));
    }

    async Task Store(HttpContext http, string token, ReadOnlyMemory<byte> body)
    {
        var origin = new Origin(listener.Name, Door.Peer(http), token);
        if (Objects(body) is not { Count: > 0 } objects)
        {
            await Broken(http, 400, "the body is no GELF message");
            return;
        }
        var now = clock.NowMs();
        List<RecordDraft> drafts = [.. objects.Select(o => new RecordDraft(now, origin, o))];
        if (await listener.TryKeep(drafts) is { } full) await Busy(http, full);
        else http.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    /// <summary>The objects of a body, each as its bytes stand; null where anything else stands there: then the sender is told, and nothing is kept by halves.</summary>
    internal static List<ReadOnlyMemory<byte>>? Objects(ReadOnlyMemory<byte> body)
    {
        var objects = new List<ReadOnlyMemory<byte>>();
        try
        {
            var reader = new Utf8JsonReader(body.Span, Deep);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.StartObject || objects.Count == Limits.EventsPerRequestMax) return null;
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                var length = (int)reader.BytesConsumed - start;
                if (length > Limits.EventBytesMax) return null;
                objects.Add(body.Slice(start, length));
            }
            return objects;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    Task Broken(HttpContext http, int status, string why)
    {
        findings.Raise("intake", new("INT315", $"GELF over HTTP refused a request: {why}", "Look at what the sender writes; it was told.", Door.Peer(http), FindingLevel.Warning));
        return Refuse(http, status, why);
    }

    Task Busy(HttpContext http, string why)
    {
        http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Refuse(http, 503, why);
    }

    Task Refuse(HttpContext http, int status, string why)
    {
        listener.Refused();
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain";
        return http.Response.WriteAsync(why + "\n", http.RequestAborted);
    }

    public void Dispose() => room.Dispose();
}
