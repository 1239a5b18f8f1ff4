using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Collect;

/// <summary>
/// <c>POST /v1/logs</c> of OTLP/HTTP, in protobuf or JSON. Under pressure it answers 503 with Retry-After, which every client takes for "again";
/// what can never be taken is said in <c>partialSuccess</c>, which clients do not send again.
/// </summary>
sealed class Otlp(IntakeOptions options, Listener listener, TimeProvider clock, IFindings findings) : IDisposable
{
    const string Proto = "application/x-protobuf";
    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = Limits.OtlpDepthMax * 4 };

    readonly RequestRoom room = new();

    public void Map(IEndpointRouteBuilder root) => root.MapPost("/v1/logs", Handle).Open();

    async Task Handle(HttpContext http)
    {
        if (await Door.Refused(http, listener, findings)) return;
        var (known, token) = IngestToken.Of(http.Request, options.TokenName);
        if (known != TokenState.Known)
        {
            listener.Refused();
            await Say(http, 401, 16, "missing or unknown ingest token");
            return;
        }
        if (Type(http) is null)
        {
            listener.Refused();
            await Say(http, 415, 3, $"send {Proto} or application/json");
            return;
        }
        await room.Take(http, Busy, Broken, body => Store(http, token, body));
    }

    async Task Store(HttpContext http, string token, ReadOnlyMemory<byte> body)
    {
        var origin = new Origin(listener.Name, Door.Peer(http), token);
        var drafts = new List<RecordDraft>();
        var (rejected, deep, made) = (0, 0, 0L);
        var now = clock.NowMs();
        if (!(Type(http) == Proto ? OtlpProtobuf.Read(body.Span, Take) : OtlpJson.Read(body, Take)))
        {
            await Broken(http, 400, "the body is no ExportLogsServiceRequest");
            return;
        }
        if (await listener.TryKeep(drafts) is { } full)
        {
            await Busy(http, full);
            return;
        }
        if (rejected > 0)
        {
            listener.Refused(rejected);
            findings.Raise("intake", new("INT037", $"{rejected} OTLP log records could never be taken: broken, longer than {Limits.EventBytesMax} bytes, or too many (a request becomes {Limits.MadeBytesMax} bytes of records at most, and each holds its resource).", "Look at what the sender writes; it was told.", origin.Peer, FindingLevel.Warning));
        }
        if (deep > 0) findings.Raise("intake", new("INT271", $"{deep} OTLP log records nest deeper than {Limits.OtlpDepthMax}; what is deeper is kept as one text.", "Look at what the sender's program logs.", origin.Peer, FindingLevel.Warning));
        await Done(http, rejected);

        void Take(OtlpRecord? record, OtlpOwner resource, OtlpOwner scope)
        {
            var raw = record is null || drafts.Count == Limits.EventsPerRequestMax || made > Limits.MadeBytesMax ? [] : JsonSerializer.SerializeToUtf8Bytes(record.ToJson(resource, scope), Relaxed);
            made += raw.Length;
            if (raw.Length is 0 or > Limits.EventBytesMax) rejected++;
            else drafts.Add(new(now, origin, raw));
            if (raw.Length > 0 && (record!.Deep || resource.Deep || scope.Deep)) deep++;
        }
    }

    static string? Type(HttpContext http)
    {
        var type = http.Request.ContentType ?? "";
        return type.StartsWith(Proto, StringComparison.OrdinalIgnoreCase) ? Proto : type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ? "application/json" : null;
    }

    Task Broken(HttpContext http, int status, string why)
    {
        listener.Refused();
        findings.Raise("intake", new("INT038", $"OTLP refused a request: {why}", "Look at what the sender writes; it was told.", Door.Peer(http), FindingLevel.Warning));
        return Say(http, status, 3, why);
    }

    Task Busy(HttpContext http, string why)
    {
        listener.Refused();
        http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Say(http, 503, 14, why);
    }

    static Task Done(HttpContext http, int rejected)
    {
        const string Why = "these records can never be taken";
        if (Type(http) != Proto) return Write(http, 200, rejected == 0 ? "{}"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(new { partialSuccess = new { rejectedLogRecords = rejected.ToString(CultureInfo.InvariantCulture), errorMessage = Why } }));
        if (rejected == 0) return Write(http, 200, []);
        var partial = new List<byte> { 0x08 };
        Varint(partial, (ulong)rejected);
        Field(partial, 0x12, Encoding.UTF8.GetBytes(Why));
        var whole = new List<byte>();
        Field(whole, 0x0a, [.. partial]);
        return Write(http, 200, [.. whole]);
    }

    /// <summary><c>google.rpc.Status</c>: code and message.</summary>
    static Task Say(HttpContext http, int status, int code, string message)
    {
        if (Type(http) != Proto) return Write(http, status, JsonSerializer.SerializeToUtf8Bytes(new { code, message }));
        var bytes = new List<byte> { 0x08, (byte)code };
        Field(bytes, 0x12, Encoding.UTF8.GetBytes(message));
        return Write(http, status, [.. bytes]);
    }

    static void Field(List<byte> into, byte key, byte[] value)
    {
        into.Add(key);
        Varint(into, (ulong)value.Length);
        into.AddRange(value);
    }

    static void Varint(List<byte> into, ulong value)
    {
        for (; value >= 0x80; value >>= 7) into.Add((byte)(value | 0x80));
        into.Add((byte)value);
    }

    static async Task Write(HttpContext http, int status, byte[] body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = Type(http) ?? "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body);
    }

    public void Dispose() => room.Dispose();
}
