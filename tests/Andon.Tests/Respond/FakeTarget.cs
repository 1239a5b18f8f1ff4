using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Andon.Tests.Respond;

/// <summary>A target outside the product that counts what really reached it.</summary>
sealed class FakeTarget : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Task work;

    public FakeTarget()
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        work = Task.Run(Serve);
    }

    public int Port { get; }
    public ConcurrentQueue<(string Line, string Key, string Head, string Body)> Calls { get; } = [];

    /// <summary>Raw answer to a request line; null hangs up without one.</summary>
    public Func<string, string?> Answer { get; set; } = _ => Ok("{}");

    public static string Ok(string body, string status = "200 OK", string more = "") =>
        $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{more}\r\n{body}";

    async Task Serve()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = Task.Run(() => One(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    async Task One(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            var text = new StringBuilder();
            var buffer = new byte[4096];
            int end;
            while ((end = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
            {
                var read = await stream.ReadAsync(buffer, stop.Token);
                if (read == 0) return;
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
            var head = text.ToString()[..end];
            var length = int.Parse(Header(head, "Content-Length") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            while (text.Length - end - 4 < length)
            {
                var read = await stream.ReadAsync(buffer, stop.Token);
                if (read == 0) break;
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
            var line = head.Split("\r\n")[0];
            Calls.Enqueue((line, Header(head, "Idempotency-Key") ?? "", head, text.ToString()[(end + 4)..]));
            if (Answer(line) is { } answer) await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The caller went away.
        }
    }

    static string? Header(string head, string name) =>
        head.Split("\r\n").Where(h => h.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(h => h[(name.Length + 1)..].Trim()).FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await work;
        stop.Dispose();
    }
}
