using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Andon.Store.Engine;

/// <summary>The pools behind the HTTP interface.</summary>
/// <param name="Ingest">Inserts only.</param>
/// <param name="Query">Searches; read only.</param>
/// <param name="Command">DDL.</param>
/// <param name="Control">Kills and health; never a caller's statement.</param>
sealed record EnginePools(EnginePool Ingest, EnginePool Query, EnginePool Command, EnginePool Control);

/// <summary>Answers ClickHouse's HTTP interface, as far as Andon's client uses it, from the engine in this process.</summary>
sealed class EngineHttp(EnginePools pools, byte[] key, TimeProvider clock)
{
    static readonly TimeSpan KillAgainAfter = TimeSpan.FromMilliseconds(50);

    /// <summary>Answers only when the engine answers too: a process that hangs would otherwise look well.</summary>
    public async Task Ping(HttpContext http)
    {
        try
        {
            using var control = await pools.Control.Take(http.RequestAborted);
            await Task.Run(() => control.Connection.Run("SELECT 1").Dispose(), CancellationToken.None);
            await http.Response.WriteAsync("Ok.\n", http.RequestAborted);
        }
        catch (ChdbException fault)
        {
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await http.Response.WriteAsync(fault.Message, CancellationToken.None);
        }
    }

    public async Task Run(HttpContext http)
    {
        var tag = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 16);
        http.Response.Headers["X-ClickHouse-Exception-Tag"] = tag;
        http.Response.Headers["X-ClickHouse-Server-Display-Name"] = "andon-engine";
        try
        {
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers["X-ClickHouse-Key"].ToString()), key))
                throw new ChdbException("Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)");
            var insertInUrl = http.Request.Query["query"].ToString();
            var asksInsert = insertInUrl.TrimStart().StartsWith("INSERT", StringComparison.OrdinalIgnoreCase);
            var request = EngineRequest.Read(http.Request.Query, asksInsert ? "" : await Statement(http));
            switch (request.Kind)
            {
                case StatementKind.Insert when asksInsert: await Insert(http, request); break;
                case StatementKind.Select or StatementKind.Tell: await Select(http, request, pools.Query); break;
                default: await Select(http, request, pools.Command); break;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (ChdbException fault)
        {
            await Fail(http, tag, fault);
        }
        catch (BadHttpRequestException fault)
        {
            await Fail(http, tag, new ChdbException($"Code: 1000. DB::Exception: {fault.Message}"));
        }
    }

    static async Task<string> Statement(HttpContext http)
    {
        using var held = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0;)
        {
            held.Write(buffer, 0, read);
            if (held.Length > EngineLimits.StatementBytesMax) throw new ChdbException("Code: 62. DB::Exception: the statement is too long");
        }
        return Encoding.UTF8.GetString(held.GetBuffer(), 0, (int)held.Length);
    }

    async Task Insert(HttpContext http, EngineRequest request)
    {
        using var lease = await pools.Ingest.Take(http.RequestAborted);
        var connection = lease.Connection;
        var began = clock.GetTimestamp();
        await Task.Run(() => connection.Prepare(request.Database, request.Settings), CancellationToken.None);
        using var insert = await Task.Run(() => connection.Insert(request.Sql, request.Format), CancellationToken.None);
        var whole = false;
        // The body comes in pieces of 4 KiB, and each piece given to the engine wakes a thread of its own.
        var gathered = ArrayPool<byte>.Shared.Rent(EngineLimits.AppendBytes);
        var used = 0;
        try
        {
            while (true)
            {
                // A body that ends early throws here, and half a batch is never committed.
                var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
                if (read.IsCanceled) throw new OperationCanceledException(http.RequestAborted);
                foreach (var part in read.Buffer)
                    for (var rest = part.Span; !rest.IsEmpty;)
                    {
                        var step = Math.Min(rest.Length, gathered.Length - used);
                        rest[..step].CopyTo(gathered.AsSpan(used));
                        rest = rest[step..];
                        used += step;
                        if (used < gathered.Length) continue;
                        ChdbConnection.Append(insert, gathered);
                        used = 0;
                    }
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }
            if (used > 0) ChdbConnection.Append(insert, gathered.AsSpan(0, used));
            var (rows, bytes) = await Task.Run(() => ChdbConnection.Done(insert), CancellationToken.None);
            whole = true;
            http.Response.Headers["X-ClickHouse-Summary"] = Summary(0, 0, rows, bytes, 0, began);
            http.Response.ContentLength = 0;
        }
        catch (IOException) when (!whole)
        {
            throw new ChdbException("Code: 210. DB::Exception: the insert's body ended early; nothing was written");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gathered);
            if (!whole) ChdbNative.CancelInsert(insert);
        }
    }

    async Task Select(HttpContext http, EngineRequest request, EnginePool pool)
    {
        using var lease = await pool.Take(http.RequestAborted);
        var connection = lease.Connection;
        var ended = new CancellationTokenSource();
        var killer = KillWhenGone(connection.Name, http.RequestAborted, ended.Token);
        try
        {
            var settings = ReferenceEquals(pool, pools.Query) ? request.Settings : "";
            await Task.Run(() => connection.Prepare(request.Database, settings), CancellationToken.None);
            if (request.Kind != StatementKind.Select || ResultHeader.Length(request.Format, default) is null) await Whole(http, request, connection);
            else await Streamed(http, request, connection);
        }
        finally
        {
            // The kill is over before the connection serves anyone else.
            await ended.CancelAsync();
            await killer;
            ended.Dispose();
        }
    }

    async Task Whole(HttpContext http, EngineRequest request, ChdbConnection connection)
    {
        var began = clock.GetTimestamp();
        using var result = await Task.Run(() => connection.Run(request.Sql, request.Format, request.Parameters), CancellationToken.None);
        var bytes = ChdbConnection.Bytes(result).ToArray();
        http.Response.Headers["X-ClickHouse-Summary"] = Summary(
            ChdbNative.StorageRowsRead(result), ChdbNative.StorageBytesRead(result), ChdbNative.RowsWritten(result), ChdbNative.BytesWritten(result), bytes.Length, began);
        http.Response.Headers["X-ClickHouse-Format"] = request.Format;
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    async Task Streamed(HttpContext http, EngineRequest request, ChdbConnection connection)
    {
        var began = clock.GetTimestamp();
        http.Response.Headers["X-ClickHouse-Format"] = request.Format;
        var heldMax = request.WaitForEnd ? EngineLimits.HeldWholeResultBytesMax : EngineLimits.HeldResultBytesMax;
        var held = new ArrayBufferWriter<byte>(16 << 10);
        ulong rows = 0, bytes = 0;
        long sent = 0;
        int? header = null;
        var atEnd = false;

        using var stream = await Task.Run(() => connection.Stream(request.Sql, request.Format, request.Parameters), CancellationToken.None);
        try
        {
            while (true)
            {
                using var piece = await Task.Run(() => connection.Fetch(stream), CancellationToken.None);
                if (piece is null) break;
                rows += ChdbNative.StorageRowsRead(piece);
                bytes += ChdbNative.StorageBytesRead(piece);
                // Each piece is a whole result with the header of its format; only the first one's may stand in the answer.
                var skip = header is null ? 0 : ResultHeader.Length(request.Format, ChdbConnection.Bytes(piece)) ?? 0;
                header ??= 0;
                held.Write(ChdbConnection.Bytes(piece)[skip..]);
                if (held.WrittenCount < (http.Response.HasStarted ? 64 << 10 : heldMax)) continue;
                sent += held.WrittenCount;
                await http.Response.Body.WriteAsync(held.WrittenMemory, http.RequestAborted);
                held.ResetWrittenCount();
            }
            atEnd = true;
        }
        finally
        {
            if (!atEnd) await Task.Run(() => connection.Cancel(stream), CancellationToken.None);
            if (!atEnd && http.Response.HasStarted && held.WrittenCount > 0 && !http.RequestAborted.IsCancellationRequested)
                await http.Response.Body.WriteAsync(held.WrittenMemory, CancellationToken.None);
        }

        var summary = Summary(rows, bytes, 0, 0, sent + held.WrittenCount, began);
        if (!http.Response.HasStarted) http.Response.Headers["X-ClickHouse-Summary"] = summary;
        else if (http.Response.SupportsTrailers()) http.Response.AppendTrailer("X-ClickHouse-Summary", summary);
        await http.Response.Body.WriteAsync(held.WrittenMemory, http.RequestAborted);
    }

    /// <summary>Kills the statement of that connection when its caller went away, again and again until it ended: one kill may come before the statement runs.</summary>
    async Task KillWhenGone(string name, CancellationToken gone, CancellationToken ended)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, ended);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!ended.IsCancellationRequested)
        {
            try
            {
                using var control = await pools.Control.Take(CancellationToken.None);
                await Task.Run(() => control.Connection.Kill(name), CancellationToken.None);
            }
            catch (ChdbException) { } // Tried again below.
            await Task.Delay(KillAgainAfter, clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task Fail(HttpContext http, string tag, ChdbException fault)
    {
        var text = Encoding.UTF8.GetBytes(fault.Message);
        if (http.Response.HasStarted)
        {
            // The status is gone: the error stands at the body's end, between two marks with this answer's tag and its length.
            var block = string.Create(CultureInfo.InvariantCulture, $"\r\n__exception__\r\n{tag}\r\n{fault.Message}\r\n{text.Length} {tag}\r\n__exception__\r\n");
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(block), CancellationToken.None);
            return;
        }
        http.Response.StatusCode = fault.Code switch { 516 => 403, 202 => 503, 115 or 62 or 457 or 36 or 73 => 400, _ => 500 };
        http.Response.Headers["X-ClickHouse-Exception-Code"] = fault.Code.ToString(CultureInfo.InvariantCulture);
        http.Response.ContentType = "text/plain; charset=UTF-8";
        // What was not read of a large body would otherwise stand before the next request of this connection.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is not null && http.Request.ContentLength > 0) http.Response.Headers.Connection = "close";
        http.Response.ContentLength = text.Length;
        await http.Response.Body.WriteAsync(text, CancellationToken.None);
    }

    string Summary(ulong readRows, ulong readBytes, ulong writtenRows, ulong writtenBytes, long resultBytes, long began) =>
        string.Create(CultureInfo.InvariantCulture,
            $$"""{"read_rows":"{{readRows}}","read_bytes":"{{readBytes}}","written_rows":"{{writtenRows}}","written_bytes":"{{writtenBytes}}","total_rows_to_read":"0","result_rows":"0","result_bytes":"{{resultBytes}}","elapsed_ns":"{{(long)clock.GetElapsedTime(began).TotalNanoseconds}}"}""");
}

/// <summary>Length of the header that a format puts before its rows.</summary>
static class ResultHeader
{
    /// <summary>Null for a format whose results are not streamed.</summary>
    public static int? Length(string format, ReadOnlySpan<byte> piece) => format switch
    {
        "RowBinaryWithNamesAndTypes" => RowBinary(piece),
        "JSONCompactEachRowWithNamesAndTypes" => Lines(piece, 2),
        _ => null,
    };

    static int RowBinary(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty) return 0;
        var at = 0;
        var columns = Varint(piece, ref at);
        for (ulong i = 0; i < columns * 2; i++)
        {
            var length = (int)Varint(piece, ref at);
            at += length;
        }
        return at;
    }

    static int Lines(ReadOnlySpan<byte> piece, int lines)
    {
        var at = 0;
        for (; lines > 0 && at < piece.Length; lines--) at += piece[at..].IndexOf((byte)'\n') + 1;
        return at;
    }

    static ulong Varint(ReadOnlySpan<byte> from, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = from[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
    }
}
