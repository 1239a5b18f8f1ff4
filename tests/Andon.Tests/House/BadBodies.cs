using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Andon.Tests.House;

/// <summary>
/// A body that says nothing, or nonsense, is an author's mistake: every route that takes JSON answers it with a finding and never with a
/// fault of ours. All routes are asked, so that one that someone adds tomorrow is asked too.
/// </summary>
[Collection(RealHouses.Name)]
public sealed class BadBodies
{
    const int Depth = 10_000;
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static readonly (string Name, string Text)[] Bodies =
    [
        ("an empty object", "{}"), ("a list", "[]"), ("null", "null"), ("a text", "\"x\""), ("nothing", ""), ("half a word", "{\"a"),
        ("a deep list", new string('[', Depth) + new string(']', Depth)),
        ("a deep object", string.Concat(Enumerable.Repeat("{\"a\":", Depth)) + "1" + new string('}', Depth)),
    ];

    [Xunit.Fact]
    public async Task No_route_fails_over_a_body_that_says_nothing()
    {
        await using var house = await RealHouse.Start();
        var caseId = (await house.Post("/api/cases", new { title = "A case", text = "", entities = Array.Empty<object>() })).GetProperty("card").GetProperty("caseId").GetString();
        var rule = (await house.Get("/api/rules")).GetProperty("rules")[0].GetProperty("ruleId").GetString() ?? "";
        var wrong = new List<string>();
        var asked = 0;
        foreach (var path in (await house.Get("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Where(p => p.Name.StartsWith("/api/", StringComparison.Ordinal)))
            foreach (var method in path.Value.EnumerateObject().Where(m => m.Name is "post" or "put" or "patch" && Json(m.Value)))
            {
                // The session is what the others are asked with.
                var place = path.Name.Contains("/cases/{id}", StringComparison.Ordinal) ? path.Name.Replace("{id}", caseId, StringComparison.Ordinal) : path.Name;
                foreach (var (name, text) in Bodies.Concat(Known(rule)))
                {
                    using var request = new HttpRequestMessage(new(method.Name.ToUpperInvariant()), place.Replace('{', '_').Replace('}', '_')) { Content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
                    using var answer = await house.Admin.SendAsync(request, Stop);
                    asked++;
                    var said = await answer.Content.ReadAsStringAsync(Stop);
                    if ((int)answer.StatusCode >= 500) wrong.Add($"{method.Name} {path.Name} over {name}: {(int)answer.StatusCode} {said[..Math.Min(200, said.Length)]}");
                    else if ((int)answer.StatusCode == 400 && !said.Contains("\"code\"", StringComparison.Ordinal)) wrong.Add($"{method.Name} {path.Name} over {name}: 400 without a finding: {said[..Math.Min(100, said.Length)]}");
                }
            }
        Assert.True(asked > 200, $"Only {asked} were asked.");
        Assert.True(wrong.Count == 0, $"These fail over a body that says nothing. Check what is asked before it is used: lists and texts may be null.\n{string.Join('\n', wrong)}");
    }

    /// <summary>Names a rule that there is and says nothing else, so that what comes after finding it meets nothing too.</summary>
    static (string, string)[] Known(string rule) => [("a rule alone", JsonSerializer.Serialize(new { ruleId = rule, ruleIds = new[] { rule } }))];

    static bool Json(JsonElement operation) => operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out _);
}
