using System.Globalization;
using System.Security.Claims;
using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Collect.Uploads;

/// <summary>What became of an uploaded file.</summary>
/// <param name="Records">In the record log, on disk.</param>
/// <param name="Findings">What was wrong with it; at most 200.</param>
/// <param name="Repeated">The same content was given before: nothing was taken now. <c>again=true</c> takes it all the same.</param>
public sealed record UploadView(string SourceId, string Sha256, long Bytes, long Records, IReadOnlyList<Finding> Findings, bool Repeated);

/// <summary>
/// <c>POST /api/uploads</c> for people (Operations) and <c>POST /uploads</c> for ingest tokens: a file of telemetry, taken into the record log as if its records had come
/// one by one. The answer comes when all are on disk; a file whose upload broke off may be given again, and is then taken again.
/// </summary>
sealed class TakeUpload(IntakeOptions options, Listener listener, IFactLog facts, TimeProvider clock, IFindings findings) : IDisposable
{
    readonly SemaphoreSlim room = new(Limits.UploadsAtOnceMax);
    readonly SemaphoreSlim attaching = new(1, 1);
    readonly UploadSpool spool = new(options.DataFolder);
    readonly UploadBook book = new();
    bool attached;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/uploads", ByPerson).Accepts<byte[]>("application/octet-stream").WithMetadata(new SizeLimit()).WithName("TakeUpload").WithTags("Intake").RequireAuthorization(Policies.Operations);

    public void MapToken(IEndpointRouteBuilder root) => root.MapPost("/uploads", (Delegate)ByToken).WithMetadata(new SizeLimit()).Open();

    static async Task<Results<Ok<UploadView>, JsonHttpResult<Finding>>> ByPerson(HttpContext http, TakeUpload uploads, ClaimsPrincipal user, CancellationToken stop, string name = "upload", bool again = false)
    {
        var (view, refused, status) = await uploads.Take(http, Actors.Of(user), name, again, stop);
        if (view is not null) return TypedResults.Ok(view);
        return TypedResults.Json(refused!, statusCode: status);
    }

    async Task<IResult> ByToken(HttpContext http)
    {
        if (await Door.Refused(http, listener, findings)) return Results.Empty;
        var (known, token) = IngestToken.Of(http.Request, options.TokenName);
        if (known != TokenState.Known)
        {
            listener.Refused();
            return Results.Json(new Finding("INT210", "The ingest token is missing or unknown.", "Send Authorization: Bearer TOKEN.", "upload"), statusCode: 401);
        }
        var query = http.Request.Query;
        var (view, refused, status) = await Take(http, $"token:{token}", query["name"].FirstOrDefault() ?? "upload", query["again"] == "true", http.RequestAborted);
        return view is not null ? Results.Json(view) : Results.Json(refused, statusCode: status);
    }

    async Task<(UploadView? View, Finding? Refused, int Status)> Take(HttpContext http, string actor, string name, bool again, CancellationToken stop)
    {
        if (!await room.WaitAsync(0, stop))
        {
            http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            return Refuse(503, new("INT206", $"{Limits.UploadsAtOnceMax} files are being taken already.", "Try again when they are in.", name));
        }
        try
        {
            await Attach(stop);
            await using var file = spool.Open();
            var sum = await UploadSpool.Fill(file, http.Request.Body, stop);
            if (file.Length == 0) return Refuse(400, new("INT208", "The file is empty.", "Send its bytes as the request's body.", name));
            // A name may be a path of another machine; what counts is the last of it.
            var said = UploadReader.Said(name[(name.LastIndexOfAny(['/', '\\']) + 1)..]);
            var before = book.Find(sum);
            if (before is not null && !again) return (new(before.SourceId, sum, before.Bytes, before.Records, [], Repeated: true), null, 200);
            return (await Read(file, said, sum, actor, stop), null, 200);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refuse(413, new("INT207", $"The file is longer than {Limits.UploadBytesMax} bytes.", "Pack it, or give it in parts.", name));
        }
        catch (Exception e) when (e is UploadDiskException or FactLogFullException)
        {
            return Refuse(503, new("INT209", $"The disk has no room for it: {e.Message}", "Make room and give it again.", name));
        }
        finally
        {
            room.Release();
        }
    }

    async Task<UploadView> Read(FileStream file, string name, string sum, string actor, CancellationToken stop)
    {
        var wrong = new List<Finding>();
        var reader = new UploadReader(f => { if (wrong.Count < Limits.UploadFindingsMax) wrong.Add(f); }, spool.Open);
        var origin = new Origin(Hints.UploadListener, name);
        var cut = origin with { Hint = Hints.Oversized };
        var drafts = new List<RecordDraft>();
        ulong first = 0, last = 0;
        long records = 0, bytes = 0, size = file.Length;
        var headed = origin;
        foreach (var (raw, oversized, columns) in reader.Read(file, name))
        {
            if (oversized) listener.Oversized();
            if (columns is not null && headed.Hint != columns) headed = origin with { Hint = columns };
            drafts.Add(new(clock.NowMs(), oversized ? cut : columns is null ? origin : headed, raw));
            bytes += raw.Length;
            if (drafts.Count < Limits.AppendRecordsMax && bytes < Limits.AppendBytesMax) continue;
            await Append();
        }
        if (drafts.Count > 0) await Append();
        if (records == 0) wrong.Add(new("INT211", "Nothing in the file could be taken.", "Give an event log, lines of text or JSON, CSV, or a zip or gzip of those.", name));
        foreach (var finding in wrong) findings.Raise("intake", finding);
        var source = SourceId(name);
        await facts.Append(actor, "", new SourceUploaded(source, sum, size, records, (long)first, (long)last, [.. wrong.Select(f => f.ToString())]), stop);
        return new(source, sum, size, records, wrong, Repeated: false);

        async Task Append()
        {
            var at = await listener.AppendWhenRoom(drafts, stop);
            if (first == 0) first = at;
            last = at + (ulong)drafts.Count - 1;
            records += drafts.Count;
            bytes = 0;
            drafts.Clear();
        }
    }

    /// <summary>As the catalogue names what comes under this name, up to the dataset.</summary>
    static string SourceId(string name) => $"{Hints.UploadListener}:{string.Concat(Encoding.UTF8.GetBytes(name).Select(b => char.ToLowerInvariant((char)b)).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-'))}";

    // The fact log is not open yet when routes are mapped.
    async Task Attach(CancellationToken stop)
    {
        await attaching.WaitAsync(stop);
        try
        {
            if (!attached) await facts.Attach(book, stop);
            attached = true;
        }
        finally
        {
            attaching.Release();
        }
    }

    (UploadView?, Finding?, int) Refuse(int status, Finding finding)
    {
        listener.Refused();
        return (null, finding, status);
    }

    public void Dispose()
    {
        room.Dispose();
        attaching.Dispose();
    }

    sealed class SizeLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => Limits.UploadBytesMax;
    }
}
