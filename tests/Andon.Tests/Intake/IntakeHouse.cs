using System.Net;
using System.Security.Claims;
using Andon.Intake;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Andon.Tests.Intake;

/// <summary>The room on a loopback port, with memory logs and everyone allowed everything.</summary>
sealed class IntakeHouse : IAsyncDisposable
{
    readonly WebApplication app;
    public readonly HttpClient Http;
    public readonly IRecordLog Log;
    public readonly MemoryFactLog Facts;
    public readonly FindingList Findings;

    IntakeHouse(WebApplication app, HttpClient http, IRecordLog log, MemoryFactLog facts, FindingList findings) => (this.app, Http, Log, Facts, Findings) = (app, http, log, facts, findings);

    public IReadOnlyList<ListenerState> Listeners => IntakeRoom.Listeners(app.Services);

    public static async Task<IntakeHouse> Start(string dataFolder, IRecordLog? log = null, MemoryFactLog? facts = null, IReadOnlyList<FileInput>? files = null, IReadOnlyDictionary<string, ListenerSettings>? listeners = null)
    {
        log ??= new MemoryRecordLog();
        facts ??= new MemoryFactLog(TimeProvider.System);
        var findings = new FindingList();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(log);
        builder.Services.AddSingleton<IFactLog>(facts);
        builder.Services.AddSingleton(Lab.Content);
        builder.Services.AddSingleton<IFindings>(findings);
        builder.Services.AddSingleton(Lab.Normaliser);
        builder.Services.AddSingleton(s => new EventFeed(log, s.GetRequiredService<Normaliser>().Normalise));
        builder.Services.AddAuthorization(o =>
        {
            foreach (var policy in new[] { Policies.Read, Policies.Operations }) o.AddPolicy(policy, p => p.RequireAssertion(_ => true));
        });
        builder.Services.AddIntake(new()
        {
            SyslogUdp = new(IPAddress.Loopback, 0),
            SyslogTcp = new(IPAddress.Loopback, 0),
            TokenName = t => t == "secret-token" ? "tests" : null,
            DataFolder = dataFolder,
            Files = files ?? [],
            Listeners = listeners ?? new Dictionary<string, ListenerSettings>(),
        });
        var app = builder.Build();
        app.UseIngestHandshake();
        app.UseRouting();
        app.Use((http, next) =>
        {
            http.User = new(new ClaimsIdentity([new(ClaimTypes.Name, "anna")], "test"));
            return next(http);
        });
        app.UseAuthorization();
        app.MapGroup("/api").MapIntake();
        app.MapIngest();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First() ?? throw new InvalidOperationException();
        return new(app, new() { BaseAddress = new(address) }, log, facts, findings);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}

/// <summary>A folder that is gone after the test.</summary>
sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("andon-intake-").FullName;
    public string File(string name) => System.IO.Path.Combine(Path, name);
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
