using System.Net;
using System.Net.Http.Json;

namespace Andon.Tests.House;

/// <summary>Adding people and taking rights away: what an administrator does holds at once, in sessions that are open too.</summary>
[Collection(RealHouses.Name)]
public sealed class People(People.OneHouse one) : IClassFixture<People.OneHouse>
{
    /// <summary>Everybody here has a name of their own, so that one house serves all.</summary>
    public sealed class OneHouse : IAsyncLifetime
    {
        public RealHouse House { get; private set; } = null!;
        public async ValueTask InitializeAsync() => House = await RealHouse.WithoutEngine();
        public ValueTask DisposeAsync() => House.DisposeAsync();
    }

    readonly RealHouse house = one.House;

    static CancellationToken Stop => TestContext.Current.CancellationToken;
    const string Own = "a password of my own";

    static async Task<HttpClient> SignIn(RealHouse house, string name, string password, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var client = RealHouse.Anonymous(house.Address);
        client.DefaultRequestHeaders.Add("X-Andon", "1");
        await RealHouse.Json(await client.PostAsJsonAsync("/api/session", new { name, password }, Stop), expected);
        return client;
    }

    static async Task<string> Add(RealHouse house, string name, params string[] roles) =>
        (await house.Post("/api/users/add", new { name, roles })).GetProperty("password").GetString() ?? "";

    static async Task<HttpClient> WithOwnPassword(RealHouse house, string name, params string[] roles)
    {
        var given = await Add(house, name, roles);
        var client = await SignIn(house, name, given);
        await RealHouse.Json(await client.PostAsJsonAsync("/api/session/password", new { old = given, @new = Own }, Stop), HttpStatusCode.NoContent);
        return client;
    }

    static async Task<string?> Code(HttpResponseMessage answer, HttpStatusCode expected) => (await RealHouse.Json(answer, expected)).GetProperty("code").GetString();

    [Xunit.Fact]
    public async Task A_one_time_password_serves_to_choose_ones_own_and_for_nothing_else()
    {
        var given = await Add(house, "anna", "analyst");
        using var anna = await SignIn(house, "anna", given);
        Assert.Equal("ACC006", await Code(await anna.GetAsync("/api/house", Stop), HttpStatusCode.Forbidden));
        Assert.True((await RealHouse.Json(await anna.GetAsync("/api/session", Stop))).GetProperty("mustChange").GetBoolean());
        Assert.Equal("ACC208", await Code(await anna.PostAsJsonAsync("/api/session/password", new { old = given, @new = given }, Stop), HttpStatusCode.BadRequest));
        await RealHouse.Json(await anna.PostAsJsonAsync("/api/session/password", new { old = given, @new = Own }, Stop), HttpStatusCode.NoContent);
        // The same browser goes on; the given password is over.
        await RealHouse.Json(await anna.GetAsync("/api/house", Stop));
        (await SignIn(house, "anna", given, HttpStatusCode.Unauthorized)).Dispose();
        using var answer = await house.Admin.PostAsJsonAsync("/api/users/add", new { name = "Anna", roles = new[] { "manager" } }, Stop);
        Assert.Equal("ACC205", await Code(answer, HttpStatusCode.Conflict));
    }

    [Xunit.Fact]
    public async Task A_one_time_password_ends_by_itself()
    {
        house.Access.SetAccount("late", RealHouse.Password, ["analyst"], oneTimeUntilMs: 1);
        (await SignIn(house, "late", RealHouse.Password, HttpStatusCode.Unauthorized)).Dispose();
    }

    [Xunit.Fact]
    public async Task Disabling_ends_sessions_and_streams_at_once_and_enabling_brings_none_back()
    {
        using var bela = await WithOwnPassword(house, "bela", "analyst");
        using var live = await bela.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, Stop);
        await using var stream = await live.Content.ReadAsStreamAsync(Stop);
        Assert.True(await stream.ReadAsync(new byte[16], Stop) > 0);
        await house.Post("/api/users/bela/enabled", new { enabled = false });
        await Assert.ThrowsAnyAsync<Exception>(() => stream.CopyToAsync(Stream.Null, Stop));
        Assert.Equal("ACC001", await Code(await bela.GetAsync("/api/session", Stop), HttpStatusCode.Unauthorized));
        (await SignIn(house, "bela", Own, HttpStatusCode.Unauthorized)).Dispose();
        await house.Post("/api/users/bela/enabled", new { enabled = true });
        Assert.Equal("ACC001", await Code(await bela.GetAsync("/api/session", Stop), HttpStatusCode.Unauthorized));
        (await SignIn(house, "bela", Own)).Dispose();
    }

    [Xunit.Fact]
    public async Task A_role_that_is_given_or_taken_holds_in_the_session_that_is_open()
    {
        using var cleo = await WithOwnPassword(house, "cleo", "manager");
        await RealHouse.Json(await cleo.GetAsync("/api/users", Stop), HttpStatusCode.Forbidden);
        await house.Post("/api/users/cleo/roles", new { roles = new[] { "admin" } });
        await RealHouse.Json(await cleo.GetAsync("/api/users", Stop));
        await house.Post("/api/users/cleo/roles", new { roles = new[] { "manager" } });
        await RealHouse.Json(await cleo.GetAsync("/api/users", Stop), HttpStatusCode.Forbidden);
    }

    [Xunit.Fact]
    public async Task Nobody_changes_their_own_roles_or_disables_themselves_on_any_way()
    {
        Assert.Equal("ACC206", await Code(await house.Admin.PostAsJsonAsync("/api/users/admin/roles", new { roles = new[] { "admin", "operations" } }, Stop), HttpStatusCode.Conflict));
        Assert.Equal("ACC206", await Code(await house.Admin.PostAsJsonAsync("/api/users/admin/enabled", new { enabled = false }, Stop), HttpStatusCode.Conflict));
        Assert.Equal("ACC206", await Code(await house.Admin.PostAsJsonAsync("/api/users", new { name = "admin", password = Own, roles = new[] { "manager" } }, Stop), HttpStatusCode.BadRequest));
        // Nor is anybody else left who could: the last one who administers stays.
        Assert.Null(house.Access.Change("admin", a => a with { Enabled = false }));
        Assert.NotNull(house.Access.Find("admin"));
    }

    [Xunit.Fact]
    public async Task A_new_password_and_signing_out_end_what_a_copied_cookie_could_do()
    {
        using var dora = await WithOwnPassword(house, "dora", "analyst");
        using var elsewhere = await SignIn(house, "dora", Own);
        await RealHouse.Json(await dora.PostAsJsonAsync("/api/session/password", new { old = Own, @new = Own + " again" }, Stop), HttpStatusCode.NoContent);
        await RealHouse.Json(await elsewhere.GetAsync("/api/session", Stop), HttpStatusCode.Unauthorized);

        using var signedIn = await dora.PostAsJsonAsync("/api/session", new { name = "dora", password = Own + " again" }, Stop);
        using var copy = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = house.Address };
        copy.DefaultRequestHeaders.Add("Cookie", signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        await RealHouse.Json(await copy.GetAsync("/api/session", Stop));
        using var left = new HttpRequestMessage(HttpMethod.Delete, "/api/session");
        await RealHouse.Json(await dora.SendAsync(left, Stop), HttpStatusCode.NoContent);
        await RealHouse.Json(await copy.GetAsync("/api/session", Stop), HttpStatusCode.Unauthorized);
    }

    [Xunit.Fact]
    public async Task Ending_sessions_keeps_the_one_that_asked_and_a_token_that_is_taken_back_sends_no_more()
    {
        using var other = await SignIn(house, "admin", RealHouse.Password);
        await RealHouse.Json(await house.Admin.DeleteAsync("/api/users/admin/sessions", Stop), HttpStatusCode.NoContent);
        await RealHouse.Json(await other.GetAsync("/api/session", Stop), HttpStatusCode.Unauthorized);
        var people = await house.Get("/api/users");
        Assert.Equal(1, people.GetProperty("users").EnumerateArray().Single(u => u.GetProperty("name").GetString() == "admin").GetProperty("sessions").GetInt32());

        var token = (await house.Post("/api/tokens", new { name = "web" })).GetProperty("token").GetString() ?? "";
        Assert.Equal("web", house.Access.TokenName(token));
        await RealHouse.Json(await house.Admin.DeleteAsync("/api/tokens/web", Stop), HttpStatusCode.NoContent);
        Assert.Null(house.Access.TokenName(token));
        await RealHouse.Json(await house.Admin.DeleteAsync("/api/tokens/web", Stop), HttpStatusCode.NotFound);
    }
}
