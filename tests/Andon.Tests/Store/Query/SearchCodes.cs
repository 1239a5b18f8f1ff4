using System.Globalization;
using System.Security.Claims;
using Andon.Store.Query;
using Andon.Store.Query.Runtime;
using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Tests.Store.Query;

/// <summary>Refusals and notes of searches that no query text alone brings about, each met by its code.</summary>
public sealed class SearchCodes
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static async Task<IReadOnlyList<string>> Refused(Func<QueryEngine, Task> ask)
    {
        var engine = await QueryStore.Engine();
        return [.. (await Assert.ThrowsAsync<QueryRefusedException>(() => ask(engine))).Findings.Select(f => $"{f.Code} {f.Place}")];
    }

    [Fact]
    public async Task What_is_asked_beside_the_text_is_checked_at_once()
    {
        Assert.Equal(["KQL050 /limit", "KQL050 /toMs"], (await Refused(async e => await e.Search(new("Events", FromMs: 10, ToMs: 5, Limit: 0), Stop))).Order(StringComparer.Ordinal));
        Assert.Equal(["KQL050 /buckets"], await Refused(async e => await e.Histogram("Events", 0, 10, 0, Stop)));
        Assert.Equal(["KQL050 /toMs"], await Refused(async e => await e.Histogram("Events", 10, 10, 5, Stop)));
    }

    [Fact]
    public async Task Events_are_named_by_position_and_number()
    {
        var engine = await QueryStore.Engine();
        var sights = MaskTests.Seen([], []);
        var anna = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "anna")], "test"));
        Assert.Equal("KQL051", Assert.IsType<BadRequest<SearchRefusal>>((await ShowEvents.One("first", engine, sights, anna, Stop)).Result).Value!.Findings[0].Code);
        Assert.Equal("KQL051", Assert.IsType<NotFound<Model.Finding>>((await ShowEvents.One("999999.0", engine, sights, anna, Stop)).Result).Value!.Code);
        Assert.Equal(["KQL051", "KQL051"], Assert.IsType<BadRequest<SearchRefusal>>((await ShowEvents.Many("a,1.0,b", engine, sights, anna, Stop)).Result).Value!.Findings.Select(f => f.Code));
        Assert.Equal("KQL050", Assert.IsType<BadRequest<SearchRefusal>>((await ShowEvents.Many(new string('1', 1_000_000), engine, sights, anna, Stop)).Result).Value!.Findings[0].Code);
    }

    [Fact]
    public async Task Rows_without_an_order_and_lists_at_their_limit_are_said()
    {
        var engine = await QueryStore.Engine();
        Assert.Contains("KQL065", (await engine.Search(new("Events | take 1"), Stop)).Findings.Select(f => f.Code));
        Assert.DoesNotContain("KQL065", (await engine.Search(new("Events | sort by timestamp desc | take 1"), Stop)).Findings.Select(f => f.Code));
        var most = Limits.SetItemsDefault.ToString(CultureInfo.InvariantCulture);
        Assert.Contains("KQL064", (await engine.Search(new($"range n from 1 to {most} step 1 | summarize make_list(n)"), Stop)).Findings.Select(f => f.Code));
        Assert.DoesNotContain("KQL064", (await engine.Search(new("range n from 1 to 10 step 1 | summarize make_list(n)"), Stop)).Findings.Select(f => f.Code));
    }
}
