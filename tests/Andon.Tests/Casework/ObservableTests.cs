using System.Text.Json;

namespace Andon.Tests.Casework;

public sealed class ObservableTests
{
    static JsonElement One(JsonElement answer, string value) => Assert.Single(answer.GetProperty("observables").EnumerateArray(), o => o.GetProperty("value").GetString() == value);

    [Fact]
    public async Task An_observable_tells_in_how_many_other_cases_it_was_and_how_they_ended()
    {
        await using var house = await WorkHouse.Open();
        var first = await house.Report("First", ("ip", "203.0.113.9"), ("hash", "ff00ff"));
        await house.Post($"/api/cases/{first}/pull", new { why = "mine" });
        await house.Post($"/api/cases/{first}/close", new { verdict = "falsePositive", controlsFailed = Array.Empty<string>(), discovery = "internal.detection", reason = "a scan of ours", effortMinutes = 1 });
        await house.Report("Second", ("ip", "203.0.113.9"));
        var third = await house.Report("Third", ("ip", "203.0.113.9"));
        await house.Post($"/api/cases/{third}/observables", new { observables = new[] { new { type = "hash", value = "FF00FF", ioc = true, note = "from the mail" } } });

        var seen = await house.Get($"/api/cases/{third}/observables");
        var address = One(seen, "203.0.113.9");
        Assert.Equal((2, 1), (address.GetProperty("seenIn").GetInt32(), address.GetProperty("open").GetInt32()));
        Assert.Equal("falsePositive", address.GetProperty("verdicts")[0].GetProperty("verdict").GetString());
        var hash = One(seen, "FF00FF");
        Assert.Equal(1, hash.GetProperty("seenIn").GetInt32());
        Assert.True(hash.GetProperty("ioc").GetBoolean());
        Assert.Equal("user:anna", hash.GetProperty("stated").GetString());
        // What is said anew of one thing leaves the rest as it was said.
        await house.Post($"/api/cases/{third}/observables", new { observables = new[] { new { type = "hash", value = "FF00FF", sighted = true } } });
        hash = One(await house.Get($"/api/cases/{third}/observables"), "FF00FF");
        Assert.True(hash.GetProperty("ioc").GetBoolean() && hash.GetProperty("sighted").GetBoolean());
        Assert.Equal("from the mail", hash.GetProperty("note").GetString());
    }

    [Fact]
    public async Task Similar_cases_are_those_that_share_most_unless_told_that_the_thing_ties_nothing()
    {
        await using var house = await WorkHouse.Open();
        var near = await house.Report("Near", ("ip", "203.0.113.9"), ("hash", "aa"), ("domain", "evil.example"));
        var far = await house.Report("Far", ("ip", "203.0.113.9"), ("hash", "bb"), ("domain", "other.example"));
        var mine = await house.Report("Mine", ("ip", "203.0.113.9"), ("hash", "aa"), ("user", "eva"));
        var similar = (await house.Get($"/api/cases/{mine}/similar")).GetProperty("similar");
        Assert.Equal([near, far], similar.EnumerateArray().Select(s => s.GetProperty("case").GetProperty("caseId").GetString()));
        Assert.Equal([50, 20], similar.EnumerateArray().Select(s => s.GetProperty("percent").GetDouble())); // 2 of 4, 1 of 5.

        await house.Post($"/api/cases/{mine}/observables", new { observables = new[] { new { type = "ip", value = "203.0.113.9", ignoreSimilarity = true } } });
        similar = (await house.Get($"/api/cases/{mine}/similar")).GetProperty("similar");
        Assert.Equal(near, Assert.Single(similar.EnumerateArray()).GetProperty("case").GetProperty("caseId").GetString());
    }

    [Fact]
    public async Task The_graph_draws_other_cases_in_grey_counts_what_it_leaves_out_and_expands_a_hop()
    {
        await using var house = await WorkHouse.Open();
        for (var i = 0; i < 6; i++) await house.Report($"Other {i}", ("ip", "203.0.113.9"), ("hash", $"h{i}"));
        var mine = await house.Report("Mine", ("ip", "203.0.113.9"), ("user", "eva"));
        var graph = await house.Get($"/api/cases/{mine}/graph");
        var nodes = graph.GetProperty("nodes").EnumerateArray().ToList();
        Assert.Equal(3, nodes.Count(n => n.GetProperty("kind").GetString() == "case" && n.GetProperty("grey").GetBoolean()));
        Assert.Equal(3, nodes.Single(n => n.GetProperty("key").GetString() == "ip:203.0.113.9").GetProperty("more").GetInt32());

        var wide = await house.Get($"/api/cases/{mine}/graph?expand={Uri.EscapeDataString("ip:203.0.113.9\ncase:c1")}");
        nodes = [.. wide.GetProperty("nodes").EnumerateArray()];
        Assert.Equal(6, nodes.Count(n => n.GetProperty("kind").GetString() == "case" && n.GetProperty("grey").GetBoolean()));
        Assert.True(nodes.Single(n => n.GetProperty("key").GetString() == "hash:h0").GetProperty("grey").GetBoolean());
        Assert.All(wide.GetProperty("edges").EnumerateArray(), e => Assert.Contains(nodes, n => n.GetProperty("key").GetString() == e.GetProperty("to").GetString()));

        var small = await house.Get($"/api/cases/{mine}/graph?most=5&expand={Uri.EscapeDataString("ip:203.0.113.9")}");
        Assert.Equal(5, small.GetProperty("nodes").GetArrayLength());
        Assert.Equal(5, small.GetProperty("left").GetInt32());
    }
}
