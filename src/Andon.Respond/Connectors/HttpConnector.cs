using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Andon.Respond.Connectors;

/// <summary>How a call went, as far as we can know.</summary>
enum CallEnd
{
    /// <summary>2xx.</summary>
    Done,
    /// <summary>The target said no, or nothing was ever sent.</summary>
    Failed,
    /// <summary>Something may have been sent and no answer came: only the target knows.</summary>
    Unknown,
    /// <summary>Time ran out; whether it happened is unknown too.</summary>
    TimedOut,
}

sealed record CallAnswer(CallEnd End, int Status, string Text, string Body);

/// <summary>
/// Calls HTTP targets: listed hosts only, the address that was checked is the address that is connected to, no redirect is followed,
/// TLS is verified, time and bytes are bounded.
/// </summary>
sealed class HttpConnector(AddressGuard guard, Func<string, CancellationToken, ValueTask<IPAddress[]>> resolve, TimeProvider clock)
{
    public static ValueTask<IPAddress[]> ResolveBySystem(string host, CancellationToken stop) => new(Dns.GetHostAddressesAsync(host, stop));

    public async Task<CallAnswer> Call(HttpAsk ask, string key, TimeSpan limit, CancellationToken stop)
    {
        if (guard.Refuse(ask.Url) is { } refused) return new(CallEnd.Failed, 0, $"Not sent: {refused}.", "");
        using var timeout = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            // A client of its own for each call: a shared one sends a request again, up to three times and whatever its method, when the
            // target hangs up without an answer. Here one call is one connection, and a second one is refused.
            var connected = 0;
            using var client = new HttpClient(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                MaxResponseHeadersLength = 64,
                ConnectCallback = (context, cancelled) => Interlocked.Increment(ref connected) == 1
                    ? Connect(context, cancelled)
                    : throw new IOException("the target hung up without an answer"),
            })
            {
                Timeout = Timeout.InfiniteTimeSpan, // ours, on the clock that tests own
            };
            using var request = Request(ask, key);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var (body, cut) = await Read(response.Content, both.Token);
            var status = (int)response.StatusCode;
            var note = cut ? $" (cut at {Limits.ResponseBytesMax} bytes)" : "";
            if (status is >= 300 and < 400) return new(CallEnd.Failed, status, $"HTTP {status} to {response.Headers.Location}: redirects are not followed.", body);
            return new(response.IsSuccessStatusCode ? CallEnd.Done : CallEnd.Failed, status, $"HTTP {status} {response.ReasonPhrase}{note}", body);
        }
        catch (Exception e) when (e.GetBaseException() is NotConnected)
        {
            return new(CallEnd.Failed, 0, $"Not sent: {e.GetBaseException().Message}.", "");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return new(CallEnd.TimedOut, 0, $"ACTION_TIMEOUT after {limit.TotalMilliseconds:0} ms.", "");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new(CallEnd.Unknown, 0, $"The connection broke: {e.Message}", "");
        }
    }

    static HttpRequestMessage Request(HttpAsk ask, string key)
    {
        var request = new HttpRequestMessage(new HttpMethod(ask.Method), ask.Url);
        if (ask.Body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(ask.Body));
        }
        foreach (var (name, value) in ask.Headers)
        {
            if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
            {
                if (request.Content is not null && MediaTypeHeaderValue.TryParse(value, out var type)) request.Content.Headers.ContentType = type;
            }
            else if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        request.Headers.TryAddWithoutValidation("User-Agent", "Andon");
        return request;
    }

    static async Task<(string Body, bool Cut)> Read(HttpContent content, CancellationToken stop)
    {
        await using var stream = await content.ReadAsStreamAsync(stop);
        var buffer = new byte[16 * 1024];
        var kept = new MemoryStream();
        while (true)
        {
            var read = await stream.ReadAsync(buffer, stop);
            if (read == 0) break;
            kept.Write(buffer, 0, (int)Math.Min(read, Limits.ResponseBytesMax - kept.Length));
            if (kept.Length >= Limits.ResponseBytesMax) return (Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length), Cut: true);
        }
        return (Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length), Cut: false);
    }

    async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var host = context.DnsEndPoint.Host;
        IPAddress[] addresses;
        var byName = !IPAddress.TryParse(host, out var literal);
        try
        {
            addresses = literal is not null ? [literal] : await resolve(host, stop);
        }
        catch (SocketException e)
        {
            throw new NotConnected($"'{host}' does not resolve ({e.SocketErrorCode})");
        }
        if (addresses.Length == 0) throw new NotConnected($"'{host}' resolves to no address");
        foreach (var address in addresses)
            if (guard.Refuse(address, byName) is { } refused) throw new NotConnected(refused);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new NotConnected($"no connection to {host}:{context.DnsEndPoint.Port} ({e.SocketErrorCode})");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Thrown before a byte is sent, so the effect surely did not happen.</summary>
    sealed class NotConnected(string message) : IOException(message);
}
