using System.Collections.Concurrent;
using System.Net;

namespace Andon.Host.Demo;

/// <summary>
/// The office's firewall: a small HTTP service on a loopback port that blocks and unblocks addresses, so that the demo's playbooks have
/// something real to call. `PUT /blocks/{address}` blocks, `DELETE` unblocks, `GET /blocks` lists.
/// </summary>
sealed class OfficeFirewall : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentDictionary<string, string> blocks = new();

    OfficeFirewall(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = new("http://127.0.0.1");
    public IReadOnlyCollection<string> Blocked => [.. blocks.Keys];

    public static async Task<OfficeFirewall> Start(CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var firewall = new OfficeFirewall(app);
        app.MapGet("/blocks", () => firewall.blocks.Keys.Order(StringComparer.Ordinal));
        app.MapPut("/blocks/{address}", (string address, HttpRequest request) =>
        {
            if (!IPAddress.TryParse(address, out var parsed)) return Results.BadRequest(new { error = $"{address} is no address" });
            // The same key twice is the same wish: a repeated call after a crash changes nothing.
            var added = firewall.blocks.TryAdd(parsed.ToString(), request.Headers["Idempotency-Key"].ToString());
            return Results.Json(new { address = parsed.ToString(), blocked = true, changed = added }, statusCode: added ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        });
        app.MapDelete("/blocks/{address}", (string address) => Results.Json(new { address, blocked = false, changed = firewall.blocks.TryRemove(address, out _) }));
        await app.StartAsync(stop);
        firewall.Address = new Uri(app.Urls.First());
        return firewall;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
