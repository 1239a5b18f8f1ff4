using System.Net.Sockets;
using Andon.Model;

namespace Andon.Store.Engine;

/// <summary>A living engine and the way to it. Gone when its worker ends; the next one has another number.</summary>
sealed class EngineAddress : IDisposable
{
    readonly CancellationTokenSource gone = new();

    EngineAddress(HttpClient http, int number, bool isServer)
    {
        Http = http;
        Number = number;
        IsServer = isServer;
        Gone = gone.Token;
    }

    public HttpClient Http { get; }
    public int Number { get; }
    /// <summary>A ClickHouse server and not our worker.</summary>
    public bool IsServer { get; }
    public CancellationToken Gone { get; }

    public static EngineAddress OfSocket(string socket, string key, int number)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            ConnectCallback = async (_, stop) =>
            {
                var to = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await to.ConnectAsync(new UnixDomainSocketEndPoint(socket), stop);
                    return new NetworkStream(to, ownsSocket: true);
                }
                catch
                {
                    to.Dispose();
                    throw;
                }
            },
        };
        var http = new HttpClient(handler) { BaseAddress = new("http://engine/"), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Add("X-ClickHouse-Key", key);
        return new(http, number, isServer: false);
    }

    public static EngineAddress OfServer(EngineOptions options)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = options.ServerUrl, Timeout = Timeout.InfiniteTimeSpan };
        if (options.ServerUser is not null) http.DefaultRequestHeaders.Add("X-ClickHouse-User", options.ServerUser);
        if (options.ServerKey is not null) http.DefaultRequestHeaders.Add("X-ClickHouse-Key", options.ServerKey);
        return new(http, number: 1, isServer: true);
    }

    public void Dispose()
    {
        gone.Cancel();
        Http.Dispose();
        gone.Dispose();
    }
}
