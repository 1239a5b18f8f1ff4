using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Andon.Triage;
using Andon.Triage.Cases.Work;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Andon.Tests.Casework;

/// <summary>The room as it is wired, over HTTP, with the house's own content, a clock that moves when told, and people by name.</summary>
internal sealed class WorkHouse : IAsyncDisposable
{
    readonly WebApplication app;
    public DirectoryInfo Data { get; } = Directory.CreateTempSubdirectory("andon-work");
    public TestClock Clock { get; } = new();
    public MemoryFactLog Facts { get; }
    public HttpClient Anna { get; private set; } = null!;

    WorkHouse()
    {
        Facts = new(Clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton<IFactLog>(Facts);
        builder.Services.AddSingleton(new HitLog(new MemoryRecordLog(), Clock));
        builder.Services.AddSingleton<IFindings>(new FindingList());
        builder.Services.AddSingleton(new ContentFolder(Path.Combine(SharedData.RepositoryRoot, "content")));
        builder.Services.AddSingleton(new EngineOptions { DataFolder = Data.FullName, Command = ["true"] }).AddSingleton(new EventStoreOptions());
        builder.Services.AddSingleton<EngineSupervisor>().AddSingleton<EventStore>();
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, Named>("test", null);
        var policies = builder.Services.AddAuthorizationBuilder();
        foreach (var policy in new[] { Policies.Read, Policies.Cases, Policies.Response, Policies.Operations, Policies.Lead }) policies.AddPolicy(policy, p => p.RequireAuthenticatedUser());
        builder.Services.AddTriage(new() { DataFolder = Data.FullName });
        app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGroup("/api").MapTriage();
    }

    public static async Task<WorkHouse> Open()
    {
        var house = new WorkHouse();
        await house.app.StartAsync();
        house.Anna = house.Person("anna");
        return house;
    }

    public HttpClient Person(string name, string role = "analyst")
    {
        var client = new HttpClient { BaseAddress = new(app.Urls.First()) };
        client.DefaultRequestHeaders.Add("X-Who", $"{name}:{role}");
        return client;
    }

    public T Of<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public async Task<string> Report(string title, params (string Kind, string Value)[] entities) =>
        (await Post("/api/cases", new { title, text = "", entities = entities.Select(e => new { kind = e.Kind, value = e.Value }) })).GetProperty("card").GetProperty("caseId").GetString()!;

    public Task<JsonElement> Get(string path) => Get(Anna, path);
    public static async Task<JsonElement> Get(HttpClient who, string path) => await Json(await who.GetAsync(path));

    public async Task<JsonElement> Post(string path, object body, HttpStatusCode expected = HttpStatusCode.OK) => await Json(await Anna.PostAsJsonAsync(path, body), expected);

    public async Task<JsonElement> Keep(string caseId, string name, byte[] bytes, HttpStatusCode expected = HttpStatusCode.OK) =>
        await Json(await Anna.PostAsync($"/api/cases/{caseId}/evidence?name={Uri.EscapeDataString(name)}", new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } }), expected);

    public static async Task<JsonElement> Json(HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{answer.RequestMessage?.RequestUri?.PathAndQuery} {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public async Task<string[]> Codes(string path, object body) =>
        [.. (await Post(path, body, HttpStatusCode.BadRequest)).GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()!)];

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Data.Delete(recursive: true);
    }

    sealed class Named(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var who = Request.Headers["X-Who"].ToString().Split(':');
            return Task.FromResult(AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, who[0]), new(ClaimTypes.Role, who[1])], "test")), "test")));
        }
    }
}
