using System.Globalization;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.AspNetCore.Http;

namespace Andon.Intake.Collect;

/// <summary>
/// <c>POST /_bulk</c> in Elasticsearch's shape. An item is answered 201 when its record is on disk; a full log answers 429, so that the
/// client sends again.
/// </summary>
sealed class Bulk(IntakeOptions options, Listener listener, TimeProvider clock, IFindings findings) : IDisposable
{
    readonly FairRoom room = new(Limits.BulkRequestsMax);

    public async Task Handle(HttpContext http)
    {
        var stop = http.RequestAborted;
        if (await Door.Refused(http, listener, findings)) return;
        var (known, token) = IngestToken.Of(http.Request, options.TokenName);
        if (known != TokenState.Known)
        {
            listener.Refused();
            http.Response.Headers.WWWAuthenticate = "ApiKey";
            await Refuse(http, 401, "security_exception", "missing or unknown API token");
            return;
        }
        // rsyslog forgets what is refused as a whole, so a short crowd waits at the door instead.
        var sender = DoorRoom.SenderOf(http.Connection.RemoteIpAddress);
        if (!await room.Enter(sender, Limits.BulkRoomWaitMs, stop))
        {
            await Busy(http, "too many requests at once");
            return;
        }
        try
        {
            var started = clock.GetTimestamp();
            using var body = new MemoryStream();
            if (await IngestBody.Read(http, body, Limits.BulkBytesMax, stop) is { } problem)
            {
                listener.Refused();
                await Refuse(http, problem.Status, "parse_exception", problem.Reason);
                return;
            }
            var index = http.Request.RouteValues["index"] as string ?? "";
            var items = BulkLines.Read(body.GetBuffer().AsMemory(0, (int)body.Length), index);
            if (items.Count == 0)
            {
                await Refuse(http, 400, "parse_exception", "request body is required");
                return;
            }
            if (!listener.TryTake(items.Count))
            {
                // Item by item: rsyslog sends an item again that was refused, and forgets a request that was.
                listener.Refused(items.Count);
                var busy = items.Select(i => (i.Status == 201 ? 429 : i.Status, 0ul)).ToArray();
                await Answer(http, items, busy, 0, "more records a second than this listener is set to take; send this item again");
                return;
            }
            var statuses = await Store(http, token, items, stop);
            await Answer(http, items, statuses, (long)clock.GetElapsedTime(started).TotalMilliseconds, "the record log is full; send this item again");
        }
        finally
        {
            room.Leave(sender);
        }
    }

    /// <summary>Appends in blocks. Gives each item its status and, when stored, the record's position.</summary>
    async Task<(int Status, ulong Position)[]> Store(HttpContext http, string token, List<BulkItem> items, CancellationToken stop)
    {
        var peer = Door.Peer(http);
        var origins = new Dictionary<string, Origin>(StringComparer.Ordinal);
        var statuses = new (int Status, ulong Position)[items.Count];
        var drafts = new List<RecordDraft>();
        var places = new List<int>();
        var full = false;
        var now = clock.NowMs();
        for (var i = 0; i < items.Count; i++)
        {
            statuses[i].Status = items[i].Status;
            if (items[i].Status != 201)
            {
                listener.Refused();
                continue;
            }
            var hint = items[i].Index.Length > 0 ? items[i].Index : token;
            if (!origins.TryGetValue(hint, out var origin)) origins[hint] = origin = new(listener.Name, peer, hint);
            drafts.Add(new(now, origin, items[i].Document));
            places.Add(i);
            if (drafts.Count < Limits.AppendRecordsMax && i + 1 < items.Count) continue;
            await Flush();
        }
        await Flush();
        return statuses;

        async Task Flush()
        {
            if (drafts.Count == 0) return;
            ulong first = 0;
            if (!full)
            {
                try
                {
                    // A client that goes away does not stop an append half way.
                    first = await listener.Append(drafts, CancellationToken.None);
                    if (listener.State.Length > 0) listener.State = "";
                }
                catch (RecordLogFullException e)
                {
                    full = true; // What comes after keeps its order: it is refused too.
                    listener.State = e.Message;
                }
            }
            if (full) listener.Refused(drafts.Count);
            for (var k = 0; k < places.Count; k++) statuses[places[k]] = full ? (429, 0) : (201, first + (ulong)k);
            drafts.Clear();
            places.Clear();
        }
    }

    static async Task Answer(HttpContext http, List<BulkItem> items, (int Status, ulong Position)[] statuses, long tookMs, string full)
    {
        var errors = false;
        var allFull = true;
        foreach (var (status, _) in statuses)
        {
            errors |= status != 201;
            allFull &= status == 429;
        }
        http.Response.StatusCode = allFull ? 429 : 200;
        if (allFull) http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        http.Response.ContentType = Handshake.ContentType(http.Request);
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteNumber("took", tookMs);
        json.WriteBoolean("errors", errors);
        json.WriteStartArray("items");
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            json.WriteStartObject();
            json.WriteStartObject(item.Verb);
            json.WriteString("_index", item.Index);
            if (item.Id is { } id) json.WriteString("_id", id);
            else if (statuses[i].Status == 201) json.WriteString("_id", statuses[i].Position.ToString(CultureInfo.InvariantCulture));
            else json.WriteNull("_id");
            json.WriteNumber("status", statuses[i].Status);
            if (statuses[i].Status == 201)
            {
                json.WriteNumber("_version", 1);
                json.WriteString("result", "created");
            }
            else
            {
                json.WriteStartObject("error");
                json.WriteString("type", statuses[i].Status == 429 ? "es_rejected_execution_exception" : item.Error);
                json.WriteString("reason", statuses[i].Status == 429 ? full : item.Reason);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    Task Busy(HttpContext http, string reason)
    {
        listener.Refused();
        http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Refuse(http, 429, "es_rejected_execution_exception", reason);
    }

    static Task Refuse(HttpContext http, int status, string type, string reason)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = Handshake.ContentType(http.Request);
        return http.Response.WriteAsync(JsonSerializer.Serialize(new { error = new { type, reason, root_cause = new[] { new { type, reason } } }, status }));
    }

    public void Dispose() => room.Dispose();
}
