using System.Globalization;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Collect;

/// <summary>
/// Loki's push, as promtail, Alloy, Fluent Bit, Vector and many libraries speak it. Its 204 comes when all entries are on disk; under pressure it
/// answers 429, which these clients take for "again". Some send a refused push again for ever, so one that holds anything good is never refused
/// for what is bad in it: that is counted and told in a finding.
/// </summary>
sealed class Loki(IntakeOptions options, Listener listener, TimeProvider clock, IFindings findings) : IDisposable
{
    /// <summary>Where clients before version 1 of Loki push.</summary>
    public const string OldPath = "/api/prom/push";

    readonly RequestRoom room = new();

    public void Map(IEndpointRouteBuilder root)
    {
        foreach (var path in new[] { "/loki/api/v1/push", OldPath }) root.MapPost(path, Handle).Open();
        // Vector asks the first before it sends, Grafana the second.
        root.MapGet("/ready", http => http.Response.WriteAsync("ready\n", http.RequestAborted)).Open();
        root.MapGet("/loki/api/v1/status/buildinfo", http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync("""{"version":"3.0.0","revision":"andon","branch":"","buildUser":"","buildDate":"","goVersion":""}""", http.RequestAborted);
        }).Open();
    }

    async Task Handle(HttpContext http)
    {
        if (await Door.Refused(http, listener, findings)) return;
        var (known, token) = IngestToken.Of(http.Request, options.TokenName);
        if (known != TokenState.Known)
        {
            listener.Refused();
            http.Response.Headers.WWWAuthenticate = "Basic";
            await Say(http, 401, "missing or unknown ingest token");
            return;
        }
        await room.Take(http, Busy, Broken, body => Store(http, token, body), asIs: "snappy");
    }

    async Task Store(HttpContext http, string token, ReadOnlyMemory<byte> body)
    {
        var origin = new Origin(listener.Name, Door.Peer(http), token);
        var drafts = new List<RecordDraft>();
        var (now, rejected) = (clock.NowMs(), 0);
        var push = new LokiPush(Tenant(http), Take);
        var why = "the body is no push request";
        // What is not called JSON is protobuf, as Loki itself takes it.
        var json = http.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true;
        if (json ? !push.Json(body) : Snappy.Unpack(body.Span, Limits.HttpBytesMax, out why) is not { } plain || !push.Proto(plain)) await Broken(http, 400, why);
        else if (drafts.Count == 0 && rejected > 0) await Broken(http, 400, "no entry of it can be read");
        else if (await listener.TryKeep(drafts) is { } full) await Busy(http, full);
        else
        {
            if (rejected > 0)
            {
                listener.Refused(rejected);
                findings.Raise("intake", new("INT311", $"{rejected} entries of a Loki push could never be taken: broken, longer than {Limits.EventBytesMax} bytes, or too many (a push becomes {Limits.MadeBytesMax} bytes of records at most, and each holds its labels). The others are stored.", "Look at what the sender writes.", origin.Peer, FindingLevel.Warning));
            }
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }

        void Take(byte[] record)
        {
            if (record.Length is 0 or > Limits.EventBytesMax || drafts.Count == Limits.EventsPerRequestMax) rejected++;
            else drafts.Add(new(now, origin, record));
        }
    }

    static string Tenant(HttpContext http)
    {
        var tenant = http.Request.Headers["X-Scope-OrgID"].ToString();
        return tenant.Length <= Limits.TenantCharsMax ? tenant : tenant[..Limits.TenantCharsMax];
    }

    Task Broken(HttpContext http, int status, string why)
    {
        listener.Refused();
        findings.Raise("intake", new("INT310", $"Loki's push refused a request: {why}", "Look at what the sender writes; it was told.", Door.Peer(http), FindingLevel.Warning));
        return Say(http, status, why);
    }

    Task Busy(HttpContext http, string why)
    {
        listener.Refused();
        http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Say(http, 429, why);
    }

    static Task Say(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain";
        return http.Response.WriteAsync(message + "\n", http.RequestAborted);
    }

    public void Dispose() => room.Dispose();
}
