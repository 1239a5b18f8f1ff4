using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Andon.Model;

namespace Andon.Store.Engine;

/// <summary>
/// The one client, for the worker and for a cluster: ClickHouse's HTTP interface and nothing else. An answer is whole or it is an
/// error; a body that broke off or ends in an exception's block is never taken for a short result.
/// </summary>
sealed class ClickHouseClient(EngineSupervisor engine, string database, TimeProvider clock)
{
    const string Format = "RowBinaryWithNamesAndTypes";
    static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    public string Database => database;
    public EngineSupervisor Engine => engine;

    public async Task<QueryAnswer> Query(string sql, IReadOnlyDictionary<string, string> parameters, QueryLimits limits, CancellationToken stop, bool inDatabase = true)
    {
        var address = engine.Now ?? throw new EngineException(EngineException.NotReady, $"The event store is not ready: {engine.State.Note}");
        var began = clock.GetTimestamp();
        var settings = new Dictionary<string, string>
        {
            ["default_format"] = Format,
            ["max_execution_time"] = (limits.TimeMsMax / 1000.0).ToString("0.###", CultureInfo.InvariantCulture),
            ["max_memory_usage"] = limits.MemoryBytesMax.ToString(CultureInfo.InvariantCulture),
            // One more than wanted, so that "there are more" is known; it stops at a block's end, the rest is cut here.
            ["max_result_rows"] = (limits.RowsMax + 1L).ToString(CultureInfo.InvariantCulture),
            ["result_overflow_mode"] = "break",
            // JSON made by a query is compared with JSON that was read: one way to write a slash.
            ["output_format_json_escape_forward_slashes"] = "0",
            ["max_rows_to_read"] = limits.ReadRowsMax.ToString(CultureInfo.InvariantCulture),
        };
        if (!limits.KeepPartial) settings["wait_end_of_query"] = "1";
        if (!engine.Options.ConditionCache) settings["use_query_condition_cache"] = "0";
        if (address.IsServer) settings["cancel_http_readonly_queries_on_client_close"] = "1";

        // The engine enforces the time itself; this ends the wait for one that hangs.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(limits.TimeMsMax) + EngineLimits.EndMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(sql));
        try
        {
            using var response = await Send(address, settings, parameters, content, either.Token, inDatabase);
            using var body = new PooledBody(limits.AnswerBytesMax);
            var broken = await body.ReadFrom(response, either.Token);
            var fault = body.CutFault(TagOf(response)) ?? (broken is null ? null : new EngineException(EngineException.Broken, $"The answer broke off: {broken.Message}", broken));
            if (fault is not null && !(limits.KeepPartial && fault.Code is 159 or 241 or 158 or 307)) throw fault;
            return Decode(body.Bytes, response, limits, fault, clock.GetElapsedTime(began));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new EngineException(159, "The query took longer than allowed and the engine did not end it.");
        }
    }

    /// <summary>A statement without a result, on this client's database.</summary>
    public Task Execute(string sql, CancellationToken stop, bool inDatabase = true) => Execute(sql, None, stop, inDatabase);

    /// <summary>A statement without a result, with values.</summary>
    public async Task Execute(string sql, IReadOnlyDictionary<string, string> parameters, CancellationToken stop, bool inDatabase = true)
    {
        var address = engine.Now ?? throw new EngineException(EngineException.NotReady, $"The event store is not ready: {engine.State.Note}");
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(sql));
        using var response = await Send(address, None, parameters, content, stop, inDatabase);
        using var body = new PooledBody(1 << 20);
        var broken = await body.ReadFrom(response, stop);
        if (body.CutFault(TagOf(response)) is { } fault) throw fault;
        if (broken is not null) throw new EngineException(EngineException.Broken, $"The answer broke off: {broken.Message}", broken);
    }

    /// <summary>
    /// After a power cut the engine's list of tokens may know an insert whose rows are gone; the same token would then be taken for done. What
    /// an earlier life of this program sent is looked for by its ids. A server of its own lives on when we die, and its inserts with it.
    /// </summary>
    readonly string life = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Sends one insert; on return the engine has it. Gives the rows written as the engine counts them.</summary>
    public async Task<long> Insert(EngineAddress address, string sql, string token, HttpContent rows, CancellationToken stop)
    {
        var settings = new Dictionary<string, string> { ["query"] = sql, ["insert_deduplication_token"] = token.Length > 0 && engine.Options.ServerUrl is null ? $"{life}-{token}" : token };
        using var response = await Send(address, settings, None, rows, stop);
        using var body = new PooledBody(1 << 20);
        if (await body.ReadFrom(response, stop) is { } broken) throw new EngineException(EngineException.Broken, $"The answer broke off: {broken.Message}", broken);
        if (body.CutFault(TagOf(response)) is { } fault) throw fault;
        return Summary(response).WrittenRows;
    }

    async Task<HttpResponseMessage> Send(
        EngineAddress address, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> parameters, HttpContent content, CancellationToken stop, bool inDatabase = true)
    {
        var url = new StringBuilder("?database=").Append(inDatabase ? database : "default");
        foreach (var (name, value) in settings) url.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        foreach (var (name, value) in parameters)
            url.Append("&param_").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(QueryParameters.Escape(value)));

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url.ToString(), UriKind.Relative)) { Content = content };
        HttpResponseMessage response;
        try
        {
            response = await address.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        }
        catch (Exception failed) when (failed is HttpRequestException or ObjectDisposedException || (failed is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new EngineException(EngineException.Broken, $"The connection to the event store broke: {failed.Message}", failed);
        }

        // The header decides, not the status: servers answer one code with several statuses.
        var code = response.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var codes) ? codes.First() : null;
        if (code is null && response.IsSuccessStatusCode) return response;
        using (response)
        {
            string text;
            try
            {
                text = await response.Content.ReadAsStringAsync(stop);
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException or ObjectDisposedException)
            {
                // The reason was cut off: the code is known all the same.
                text = $"Code: {code ?? "none"}, status {(int)response.StatusCode}; the text broke off: {broken.Message}";
            }
            throw new EngineException(int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? number : 1002, text.Length > 4000 ? text[..4000] : text);
        }
    }

    static QueryAnswer Decode(ReadOnlySpan<byte> bytes, HttpResponseMessage response, QueryLimits limits, EngineException? fault, TimeSpan elapsed)
    {
        var from = new ResultBytes(bytes);
        var columns = new List<QueryColumn>();
        var rows = new List<object?[]>();
        var limited = false;
        try
        {
            if (bytes.Length > 0)
            {
                var count = checked((int)from.Varint());
                var names = new string[count];
                for (var i = 0; i < count; i++) names[i] = Encoding.UTF8.GetString(from.Text());
                for (var i = 0; i < count; i++) columns.Add(new(names[i], Encoding.UTF8.GetString(from.Text())));
                var types = columns.ConvertAll(c => ResultType.Of(c.Type));
                while (!from.AtEnd)
                {
                    if (rows.Count == limits.RowsMax)
                    {
                        limited = true;
                        break;
                    }
                    var row = new object?[count];
                    for (var i = 0; i < count; i++) row[i] = types[i].Read(ref from);
                    rows.Add(row);
                }
            }
        }
        catch (EndOfStreamException) when (fault is not null) { } // The last row of a part.
        catch (Exception torn) when (torn is OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            // Bytes that are no answer: said as such, never as a fault of whoever asked.
            if (fault is null) throw new EngineException(EngineException.Unreadable, $"The answer cannot be read: {torn.Message}", torn);
        }
        catch (EndOfStreamException broken)
        {
            throw new EngineException(EngineException.Broken, "The answer ends within a row.", broken);
        }
        var summary = Summary(response);
        var state = fault is not null ? AnswerState.Partial : limited ? AnswerState.Limited : AnswerState.Complete;
        var why = fault?.AsFinding().Message ?? (limited ? $"There are more than {limits.RowsMax} rows." : null);
        return new(columns, rows, new(rows.Count, summary.ReadRows, summary.ReadBytes, summary.ElapsedMs > 0 ? summary.ElapsedMs : elapsed.TotalMilliseconds, state, why));
    }

    static string? TagOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-ClickHouse-Exception-Tag", out var tags) ? tags.First() : null;

    static (long ReadRows, long ReadBytes, long WrittenRows, double ElapsedMs) Summary(HttpResponseMessage response)
    {
        if (!response.TrailingHeaders.TryGetValues("X-ClickHouse-Summary", out var told) && !response.Headers.TryGetValues("X-ClickHouse-Summary", out told)) return default;
        using var json = JsonDocument.Parse(told.Last());
        return (Number("read_rows"), Number("read_bytes"), Number("written_rows"), Number("elapsed_ns") / 1e6);

        long Number(string name) =>
            json.RootElement.TryGetProperty(name, out var value) && long.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>A response body in one rented array.</summary>
    sealed class PooledBody(long bytesMax) : IDisposable
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        int used;

        public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, used);

        /// <summary>Reads to the end. Gives the fault when the body broke off; what came before it is kept.</summary>
        public async Task<Exception?> ReadFrom(HttpResponseMessage response, CancellationToken stop)
        {
            try
            {
                var stream = await response.Content.ReadAsStreamAsync(stop);
                while (true)
                {
                    if (used == buffer.Length) Grow();
                    var read = await stream.ReadAsync(buffer.AsMemory(used), stop);
                    if (read == 0) return null;
                    used += read;
                    if (used > bytesMax) throw new EngineException(EngineException.TooLarge, $"The answer is larger than {bytesMax} bytes.");
                }
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException or ObjectDisposedException)
            {
                return broken;
            }
        }

        /// <summary>Takes the exception's block off the end and gives it, when there is one: two marks, between them the answer's own tag, message and length.</summary>
        public EngineException? CutFault(string? tag)
        {
            if (tag is null) return null;
            var end = Encoding.ASCII.GetBytes($" {tag}\r\n__exception__\r\n");
            var start = Encoding.ASCII.GetBytes($"__exception__\r\n{tag}\r\n");
            if (!Bytes.EndsWith(end)) return null;
            var at = Bytes.LastIndexOf(start);
            if (at < 0) return null;
            var text = Encoding.UTF8.GetString(Bytes[(at + start.Length)..^end.Length]);
            var line = text.LastIndexOf('\n');
            text = (line < 0 ? text : text[..line]).TrimEnd();
            used = at >= 2 && buffer[at - 2] == '\r' && buffer[at - 1] == '\n' ? at - 2 : at;
            return new(ChdbConnection.CodeOf(text), text);
        }

        void Grow()
        {
            var bigger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, used).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = bigger;
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
    }
}
