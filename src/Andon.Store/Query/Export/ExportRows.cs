using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Query.Runtime;
using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query;

/// <param name="Format">csv or jsonl.</param>
internal sealed record ExportAsk(string Kql, long FromMs, long ToMs, string Format, IReadOnlyList<SearchValue>? Values);

/// <summary>How many exports run.</summary>
internal sealed class ExportGate : IDisposable
{
    readonly SemaphoreSlim free = new(Limits.ExportsAtOnceMax, Limits.ExportsAtOnceMax);
    public bool TryEnter() => free.Wait(0);
    public void Leave() => free.Release();
    public void Dispose() => free.Dispose();
}

/// <summary>
/// Rows as a file, streamed, with a fact of who took what. What is more than one answer holds is fetched slice of time by slice of time,
/// the newest first, so that memory is that of one answer.
/// </summary>
static class ExportRows
{
    static readonly JsonSerializerOptions Lines = new(FactTypes.Json) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/export", Handle).WithName("ExportSearch");

    static async Task<IResult> Handle(ExportAsk ask, QueryEngine engine, Sights sights, ExportGate gate, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, HttpContext http, CancellationToken stop)
    {
        if (ask.Format is not ("csv" or "jsonl"))
            return TypedResults.Json(new SearchRefusal([new("KQL120", $"'{ask.Format}' is no format of an export.", "csv, jsonl", "/format")]), statusCode: StatusCodes.Status400BadRequest);
        if (!gate.TryEnter())
            return TypedResults.Json(new SearchRefusal([new("KQL121", $"{Limits.ExportsAtOnceMax} exports run already (ExportsAtOnceMax).", "Wait for one to end.")]), statusCode: StatusCodes.Status503ServiceUnavailable);
        var file = new Export(ask.Format);
        try
        {
            var search = new SearchAsk(ask.Kql, ask.FromMs, ask.ToMs, Limits.RowsMax, ask.Values);
            var sight = await sights.Of(user);
            // The first answer, or the refusal, comes before the first byte.
            var total = engine.Streams(search) ? await engine.Count(search, null, stop, sight) : (long?)null;
            var answers = (total is > Limits.RowsMax ? Slices(engine, search, stop, sight) : One(engine, search, sight, stop)).GetAsyncEnumerator(stop);
            await using (answers)
            {
                var any = await answers.MoveNextAsync();
                var whole = total is not > Limits.ExportRowsMax && (!any || total is not null || answers.Current.Stats.State == SearchState.Complete);
                http.Response.ContentType = ask.Format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
                http.Response.Headers.ContentDisposition = $"attachment; filename=\"andon-{clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.{ask.Format}\"";
                http.Response.Headers["X-Andon-State"] = whole ? "complete" : "limited";
                for (; any && !file.Full; any = await answers.MoveNextAsync()) await file.Write(answers.Current, http.Response.Body, stop);
                file.Complete = whole && !any;
                await file.End(http.Response.Body, stop);
            }
            return TypedResults.Empty;
        }
        catch (QueryRefusedException refused) when (!http.Response.HasStarted)
        {
            http.Response.Headers.ContentDisposition = default;
            return Refused.As(refused);
        }
        finally
        {
            gate.Leave();
            // Also what was broken off has left the house.
            if (http.Response.HasStarted) await facts.Append(Actors.Of(user), "", new SearchExported(ask.Kql, ask.FromMs, ask.ToMs, ask.Format, file.Rows, file.Bytes, file.Complete), CancellationToken.None);
        }
    }

    static async IAsyncEnumerable<SearchAnswer> One(QueryEngine engine, SearchAsk ask, Sight sight, [EnumeratorCancellation] CancellationToken stop)
    {
        yield return await engine.Search(ask, new SearchHow(Sight: sight), stop);
    }

    /// <summary>Halves the time until an answer holds all of its slice. Events of one millisecond are one slice, whole or not.</summary>
    internal static async IAsyncEnumerable<SearchAnswer> Slices(QueryEngine engine, SearchAsk ask, [EnumeratorCancellation] CancellationToken stop, Sight? sight = null)
    {
        var waiting = new Stack<(long From, long To)>([(ask.FromMs ?? 0, ask.ToMs ?? 0)]);
        while (waiting.TryPop(out var slice))
        {
            var answer = await engine.Search(ask with { FromMs = slice.From, ToMs = slice.To }, new SearchHow(Sight: sight), stop);
            if (answer.Stats.State == SearchState.Complete || slice.To - slice.From <= 1)
            {
                yield return answer;
                continue;
            }
            var middle = slice.From + (slice.To - slice.From) / 2;
            waiting.Push((slice.From, middle));
            waiting.Push((middle, slice.To));
        }
    }

    /// <summary>The file as it grows.</summary>
    sealed class Export(string format)
    {
        const int FlushChars = 64 * 1024;
        readonly StringBuilder text = new();
        bool begun;

        public long Rows { get; private set; }
        public long Bytes { get; private set; }
        public bool Complete { get; set; }
        public bool Full => Rows >= Limits.ExportRowsMax || Bytes >= Limits.ExportBytesMax;

        public async Task Write(SearchAnswer answer, Stream to, CancellationToken stop)
        {
            if (!begun && format == "csv")
            {
                // Spreadsheets take a file without this mark for an older alphabet.
                text.Append('\ufeff');
                CsvText.Row(text, answer.Columns.Select(c => CsvText.Cell(c.Name, "string")));
            }
            begun = true;
            foreach (var row in answer.Rows)
            {
                if (Full) break;
                if (format == "csv") CsvText.Row(text, row.Select((v, i) => CsvText.Cell(v, answer.Columns[i].Type)));
                else
                {
                    var line = new Dictionary<string, object?>(row.Length);
                    for (var i = 0; i < row.Length; i++) line[answer.Columns[i].Name] = row[i];
                    text.Append(JsonSerializer.Serialize(line, Lines)).Append('\n');
                }
                Rows++;
                if (text.Length >= FlushChars) await Flush(to, stop);
            }
        }

        public Task End(Stream to, CancellationToken stop) => Flush(to, stop);

        async Task Flush(Stream to, CancellationToken stop)
        {
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            text.Clear();
            Bytes += bytes.Length;
            await to.WriteAsync(bytes, stop);
        }
    }
}
