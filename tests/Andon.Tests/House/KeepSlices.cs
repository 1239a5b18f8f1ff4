using System.Net;
using System.Net.Http.Json;

namespace Andon.Tests.House;

/// <summary>Keeping by its routes: who may what, and that each change is a fact with what was before and after.</summary>
[Collection(RealHouses.Name)]
public sealed class KeepSlices(SharedHouse shared)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task Operations_state_terms_responders_hold_evidence_and_an_administrator_lets_go()
    {
        var house = await shared.Get();
        using var operations = await house.Person("operations");
        using var analyst = await house.Person("analyst");
        var terms = new { classId = "keep-slices", terms = new { order = 5, days = 30, sources = new[] { "nowhere/*" }, datasets = Array.Empty<string>(), types = Array.Empty<string>(), contract = "c 1" }, why = "the contract" };
        Assert.Equal(HttpStatusCode.Forbidden, (await analyst.PostAsJsonAsync("/api/keep/classes", terms, Stop)).StatusCode);
        await RealHouse.Json(await operations.PostAsJsonAsync("/api/keep/classes", terms, Stop));
        await RealHouse.Json(await operations.PostAsJsonAsync("/api/keep/classes", terms with { terms = terms.terms with { days = 60 } }, Stop));
        var stated = (await house.Get("/api/facts?subject=keep-slices")).ToString();
        Assert.Contains("\"days\":30", stated, StringComparison.Ordinal);
        Assert.Contains("user:operations", stated, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await operations.PostAsJsonAsync("/api/keep/classes", terms with { why = "" }, Stop)).StatusCode);

        var hold = new { why = "a court asks", scope = new { sourceId = "nowhere/1" } };
        Assert.Equal(HttpStatusCode.Forbidden, (await operations.PostAsJsonAsync("/api/keep/holds", hold, Stop)).StatusCode);
        var placed = await RealHouse.Json(await analyst.PostAsJsonAsync("/api/keep/holds", hold, Stop));
        var id = placed.GetProperty("holdId").GetString();
        Assert.Contains((await house.Get("/api/keep/retention")).GetProperty("holds").EnumerateArray(), h => h.GetProperty("holdId").GetString() == id);
        Assert.Equal(HttpStatusCode.Forbidden, (await analyst.PostAsJsonAsync($"/api/keep/holds/{id}/release", new { why = "over" }, Stop)).StatusCode);
        await RealHouse.Json(await house.Admin.PostAsJsonAsync($"/api/keep/holds/{id}/release", new { why = "over" }, Stop), HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.NotFound, (await house.Admin.PostAsJsonAsync($"/api/keep/holds/{id}/release", new { why = "over" }, Stop)).StatusCode);

        await house.Get("/api/keep/retention/due");
        Assert.Equal("idle", (await house.Get("/api/keep/reparse")).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await operations.PostAsJsonAsync("/api/keep/backups", new { place = "/tmp/x" }, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await house.Admin.PostAsJsonAsync("/api/keep/backups", new { place = "relative" }, Stop)).StatusCode);
        Assert.Equal(0, (await house.Get("/api/search/running")).GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await analyst.PostAsJsonAsync("/api/search/running/9999/end", new { }, Stop)).StatusCode);
        await RealHouse.Json(await operations.PostAsJsonAsync("/api/keep/classes", new { classId = "keep-slices", why = "done" }, Stop));
    }
}
