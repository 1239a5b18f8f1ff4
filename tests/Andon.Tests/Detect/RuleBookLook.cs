using System.Net;

namespace Andon.Tests.Detect;

/// <summary>A correlation looked into over HTTP, while it gathers.</summary>
public sealed class RuleBookLook : RuleBookRoom
{
    const string StormId = "55555555-5555-4555-8555-555555555555";
    const string Storm = $$"""
        title: Storm
        id: {{StormId}}
        level: high
        correlation: { type: event_count, rules: [{{ShippedId}}], group-by: [source.ip], timespan: 10m, condition: { gte: 3 } }
        """;

    // Of now: windows go by the events' own time.
    static string Now(string ip) => $"<38>1 {TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} Web01 sshd 812 - - Failed password for root from {ip} port 40022 ssh2";

    [Xunit.Fact]
    public async Task The_groups_nearest_to_firing_are_shown_and_what_was_not_counted()
    {
        await Import(Storm);
        var look = await Get($"/api/rules/look?ruleId={StormId}");
        Assert.Equal((0, 0, 3.0), (look.GetProperty("groups").GetInt32(), look.GetProperty("nearest").GetArrayLength(), look.GetProperty("wanted").GetDouble()));

        await Send(Now("203.0.113.7"), Now("203.0.113.8"), Now("203.0.113.8"));
        await Until(async () => (await Get($"/api/rules/look?ruleId={StormId}")).GetProperty("groups").GetInt32() == 2, "no two groups");
        var nearest = (await Get($"/api/rules/look?ruleId={StormId}&most=1")).GetProperty("nearest").EnumerateArray().Single();
        Assert.Equal(("203.0.113.8", 2.0, false), (nearest.GetProperty("group")[0].GetProperty("value").GetString(), nearest.GetProperty("value").GetDouble(), nearest.GetProperty("holds").GetBoolean()));
        Assert.InRange(nearest.GetProperty("leftMs").GetInt64(), 500_000, 600_000);

        await Send(Now("203.0.113.8"));
        await Until(async () => (await Get($"/api/rules/look?ruleId={StormId}")).GetProperty("nearest")[0].TryGetProperty("firedMs", out var fired) && fired.ValueKind == System.Text.Json.JsonValueKind.Number, "its firing is not shown");
    }

    [Xunit.Theory]
    [InlineData("ruleId=nowhere", HttpStatusCode.NotFound)]
    [InlineData($"ruleId={ShippedId}", HttpStatusCode.BadRequest)]
    [InlineData($"ruleId={StormId}&most=0", HttpStatusCode.BadRequest)]
    [InlineData($"ruleId={StormId}&most=201", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_looked_into_is_refused(string ask, HttpStatusCode status)
    {
        await Import(Storm);
        Assert.Equal(status, (await Http.GetAsync($"/api/rules/look?{ask}", Stop)).StatusCode);
    }
}
