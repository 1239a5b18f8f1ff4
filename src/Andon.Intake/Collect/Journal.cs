using System.Buffers;
using System.IO.Pipelines;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Collect;

/// <summary>
/// <c>POST /upload</c> of systemd-journal-upload. It sends a journal in one request without end in sight, so entries are appended as they come; its 202
/// says that all are on disk. While the log is full it is not read on. Its token is the password in the upload's address.
/// </summary>
sealed class Journal(IntakeOptions options, Listener listener, JournalCursors cursors, TimeProvider clock, IFindings findings) : IDisposable
{
    const string ExportFormat = "application/vnd.fdo.journal";
    readonly SemaphoreSlim room = new(Limits.HttpRequestsMax);

    public void Map(IEndpointRouteBuilder root) => root.MapPost("/upload", Handle).Open();

    async Task Handle(HttpContext http)
    {
        if (await Door.Refused(http, listener, findings)) return;
        var (known, token) = IngestToken.Of(http.Request, options.TokenName);
        if (known != TokenState.Known) await Say(http, 401, "missing or unknown ingest token");
        else if (http.Request.ContentType?.StartsWith(ExportFormat, StringComparison.OrdinalIgnoreCase) != true) await Say(http, 415, $"send {ExportFormat}");
        else if (!await room.WaitAsync(0, http.RequestAborted)) await Say(http, 503, "too many uploads at once");
        else
        {
            try
            {
                await Take(http, token);
            }
            finally
            {
                room.Release();
            }
        }
    }

    async Task Take(HttpContext http, string token)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null; // Read as it comes.
        var origin = new Origin(listener.Name, Door.Peer(http), token);
        var batch = new Batch(origin, cursors);
        var body = http.Request.BodyReader;
        var stop = http.RequestAborted;
        await cursors.Learned(stop);
        var read = default(ReadResult);
        try
        {
            while (true)
            {
                read = await body.ReadAsync(stop);
                var rest = batch.Cut(read.Buffer, clock.NowMs());
                if (rest.Length > Limits.EventBytesMax) throw new InvalidDataException($"an entry is longer than {Limits.EventBytesMax} bytes.");
                if (batch.Drafts.Count > 0) await listener.AppendWhenRoom(batch.Drafts, stop);
                listener.Repeated(batch.Done());
                body.AdvanceTo(rest.Start, read.Buffer.End);
                var over = read.IsCompleted;
                read = default;
                if (!over) continue;
                if (rest.Length > 0) throw new InvalidDataException("the upload ends inside an entry.");
                await Say(http, 202, "OK.");
                return;
            }
        }
        catch (InvalidDataException e)
        {
            if (!read.Buffer.IsEmpty) body.AdvanceTo(read.Buffer.End); // The rest is passed over by the server.
            findings.Raise("intake", new("INT200", $"A journal upload was refused: {e.Message} What came before is kept.", "Look at what sends it: systemd-journal-upload writes the journal export format.", origin.Peer, FindingLevel.Warning));
            await Say(http, 400, e.Message);
        }
    }

    async Task Say(HttpContext http, int status, string text)
    {
        if (status >= 400) listener.Refused();
        if (status == 503) http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain";
        await http.Response.WriteAsync(text + "\n", http.RequestAborted);
    }

    public void Dispose() => room.Dispose();

    /// <summary>What is cut out of one read and appended together.</summary>
    sealed class Batch(Origin origin, JournalCursors cursors)
    {
        readonly JournalEntries entries = new();
        readonly List<(UInt128, ulong)> coming = [];
        int repeated;

        public List<RecordDraft> Drafts { get; } = [];

        /// <summary>Takes the whole entries; returns what is left over.</summary>
        public ReadOnlySequence<byte> Cut(in ReadOnlySequence<byte> buffer, long nowMs)
        {
            var data = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
            var at = 0;
            while (entries.Next(data, ref at, out var entry))
            {
                if (JournalCursors.Read(entries.Of(entry, "__CURSOR"u8)) is { } cursor)
                {
                    if (cursors.Knows(origin.Peer, cursor))
                    {
                        repeated++;
                        continue;
                    }
                    coming.Add(cursor);
                }
                Drafts.Add(new(nowMs, origin, entries.Json(entry)));
            }
            return buffer.Slice(at);
        }

        /// <summary>They are on disk. Returns how many were there before.</summary>
        public int Done()
        {
            var before = repeated;
            cursors.Kept(origin.Peer, coming);
            coming.Clear();
            Drafts.Clear();
            repeated = 0;
            return before;
        }
    }
}
