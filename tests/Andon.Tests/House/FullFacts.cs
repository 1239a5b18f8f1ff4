using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Andon.Host.Access;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Andon.Tests.House;

/// <summary>What people ask for while the facts' disk is full.</summary>
public sealed class FullFacts
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task It_is_refused_for_now_with_a_finding_and_what_only_reads_goes_on()
    {
        var findings = new FindingList();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IFindings>(findings);
        await using var app = builder.Build();
        app.UseFullDiskAnswer();
        var full = true;
        app.MapPost("/note", string () => full ? throw new FactLogFullException("The disk that holds the facts is full.", new IOException()) : "noted");
        app.MapGet("/notes", () => "all of them");
        await app.StartAsync(Stop);
        using var http = new HttpClient { BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
        using var refused = await http.PostAsync("/note", null, Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        Assert.Equal("INT300", (await refused.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString());
        Assert.Contains(findings.All, f => f.Code == "INT300");
        Assert.Equal("all of them", await http.GetStringAsync("/notes", Stop));
        full = false;
        using var taken = await http.PostAsync("/note", null, Stop);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        await app.StopAsync(Stop);
    }
}
