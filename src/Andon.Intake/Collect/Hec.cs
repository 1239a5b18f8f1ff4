using System.Globalization;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Collect;

/// <summary>
/// Splunk's HTTP event collector. Its 200 comes when the events are on disk. An acknowledgement id is a position in the record log, so it
/// needs no memory and its meaning survives a restart: true says that the log holds that record.
/// </summary>
sealed class Hec(IntakeOptions options, Listener listener, IRecordLog log, TimeProvider clock, IFindings findings) : IDisposable
{
    public const int Success = 0, TokenMissing = 2, InvalidAuthorization = 3, InvalidToken = 4, NoData = 5, InvalidFormat = 6, Busy = 9,
        ChannelMissing = 10, ChannelInvalid = 11, EventMissing = 12, EventBlank = 13;

    readonly FairRoom room = new(Limits.HttpRequestsMax);

    public void Map(IEndpointRouteBuilder root)
    {
        foreach (var path in new[] { "", "/event", "/event/1.0" }) root.MapPost("/services/collector" + path, http => Take(http, raw: false)).Open();
        foreach (var path in new[] { "/raw", "/raw/1.0" }) root.MapPost("/services/collector" + path, http => Take(http, raw: true)).Open();
        foreach (var path in new[] { "/health", "/health/1.0" }) root.MapGet("/services/collector" + path, Health).Open();
        root.MapPost("/services/collector/ack", Ack).Open();
    }

    Task Health(HttpContext http) => listener.State.Length == 0 ? Say(http, 200, 17, "HEC is healthy") : Say(http, 503, 18, "HEC is unhealthy, queues are full");

    async Task Take(HttpContext http, bool raw)
    {
        if (await Door.Refused(http, listener, findings)) return;
        if (await Token(http) is not { } token) return;
        var channel = Channel(http.Request);
        if (channel.Length > 0 && !Guid.TryParse(channel, out _))
        {
            await Refuse(http, 400, ChannelInvalid, "Invalid data channel");
            return;
        }
        var sender = DoorRoom.SenderOf(http.Connection.RemoteIpAddress);
        if (!await room.Enter(sender, 0, http.RequestAborted))
        {
            await SayBusy(http);
            return;
        }
        try
        {
            using var body = new MemoryStream();
            if (await IngestBody.Read(http, body, Limits.HttpBytesMax, http.RequestAborted) is { } problem)
            {
                Found($"HEC refused a request: {problem.Reason}", http);
                await Refuse(http, problem.Status, InvalidFormat, problem.Reason);
                return;
            }
            var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
            var events = raw ? HecEvents.Lines(bytes, out var code) : HecEvents.Read(bytes, out code);
            var last = await Store(http, token, raw, events);
            if (last is null) await SayBusy(http);
            else await Answer(http, code, events.Count, channel.Length > 0 ? last : null);
        }
        finally
        {
            room.Leave(sender);
        }
    }

    /// <summary>Position of the last record stored, or null when there is no room: then none of them was stored.</summary>
    async Task<ulong?> Store(HttpContext http, string token, bool raw, List<ReadOnlyMemory<byte>> events)
    {
        if (events.Count == 0) return 0;
        if (!listener.TryTake(events.Count)) return null;
        // What the sender calls its raw lines stands in the query; an event names its own.
        var hint = raw ? First(http.Request.Query["sourcetype"], http.Request.Query["source"], http.Request.Query["index"]) ?? token : token;
        var origin = new Origin(listener.Name, Door.Peer(http), hint);
        var now = clock.NowMs();
        var drafts = new List<RecordDraft>(events.Count);
        foreach (var one in events) drafts.Add(new(now, origin, one));
        return await listener.TryAppend(drafts) is { } first ? first + (ulong)events.Count - 1 : null;
    }

    static string? First(params string?[] texts)
    {
        foreach (var text in texts)
            if (text is { Length: > 0 and <= 256 }) return text;
        return null;
    }

    Task Answer(HttpContext http, int code, int stored, ulong? ackId)
    {
        if (code == Success) return ackId is null ? Say(http, 200, Success, "Success") : Say(http, 200, Success, "Success", ackId);
        Found($"HEC refused event {stored} of a request, with code {code}; the {stored} before it are stored.", http);
        var text = code switch { NoData => "No data", EventMissing => "Event field is required", EventBlank => "Event field cannot be blank", _ => "Invalid data format" };
        return code == NoData ? Refuse(http, 400, code, text) : Refuse(http, 400, code, text, stored);
    }

    async Task Ack(HttpContext http)
    {
        if (await Door.Refused(http, listener, findings)) return;
        if (await Token(http) is null) return;
        var channel = Channel(http.Request);
        if (!Guid.TryParse(channel, out _))
        {
            await (channel.Length == 0 ? Refuse(http, 400, ChannelMissing, "Data channel is missing") : Refuse(http, 400, ChannelInvalid, "Invalid data channel"));
            return;
        }
        using var body = new MemoryStream();
        var asked = new List<ulong>();
        if (await IngestBody.Read(http, body, Limits.AckBytesMax, http.RequestAborted) is { } problem || !TryAcks(body.GetBuffer().AsSpan(0, (int)body.Length), asked))
        {
            await Refuse(http, 400, InvalidFormat, "Invalid data format");
            return;
        }
        var next = log.Next;
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartObject("acks");
        foreach (var id in asked.Distinct()) json.WriteBoolean(id.ToString(CultureInfo.InvariantCulture), id > 0 && id < next);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static bool TryAcks(ReadOnlySpan<byte> body, List<ulong> into)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("acks"u8)) return false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.Number)
            {
                if (!reader.TryGetUInt64(out var id)) return false;
                into.Add(id);
            }
            return reader.TokenType == JsonTokenType.EndArray;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // The other: a name with half a surrogate pair.
        {
            return false;
        }
    }

    static string Channel(HttpRequest request)
    {
        var header = request.Headers["X-Splunk-Request-Channel"].ToString();
        return header.Length > 0 ? header : request.Query["channel"].ToString();
    }

    /// <summary>The token's name; null when the refusal has been answered.</summary>
    async Task<string?> Token(HttpContext http)
    {
        var (state, name) = IngestToken.Of(http.Request, options.TokenName);
        if (state == TokenState.Missing && http.Request.Query["token"].ToString() is { Length: > 0 } told) (state, name) = IngestToken.Named(options.TokenName(told));
        if (state == TokenState.Known) return name;
        await (state switch
        {
            TokenState.Missing => Refuse(http, 401, TokenMissing, "Token is required"),
            TokenState.NoScheme => Refuse(http, 401, InvalidAuthorization, "Invalid authorization"),
            _ => Refuse(http, 403, InvalidToken, "Invalid token"),
        });
        return null;
    }

    void Found(string what, HttpContext http) => findings.Raise("intake",
        new("INT024", what, "Look at what the sender writes; it was told the event's number.", Door.Peer(http), FindingLevel.Warning));

    Task SayBusy(HttpContext http)
    {
        http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Refuse(http, 503, Busy, "Server is busy");
    }

    Task Refuse(HttpContext http, int status, int code, string text, int? number = null)
    {
        listener.Refused();
        return Say(http, status, code, text, number: number);
    }

    static async Task Say(HttpContext http, int status, int code, string text, ulong? ackId = null, int? number = null)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteNumber("code", code);
        if (number is { } at) json.WriteNumber("invalid-event-number", at);
        if (ackId is { } id) json.WriteNumber("ackId", id);
        json.WriteEndObject();
    }

    public void Dispose() => room.Dispose();
}
