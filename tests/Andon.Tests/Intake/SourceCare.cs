using System.Net.Http.Json;
using System.Text;
using Andon.Intake.Sources;
using Andon.Intake.Sources.Usage;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Tests.Intake;

/// <summary>What people say about sources, through the routes: kept with what was before, wrong things refused all at once.</summary>
public sealed class SourceCare : IDisposable
{
    const string Id = "syslog-udp:web01:system.auth";
    static readonly SourceCard Card = SourceCard.Empty with { Name = "shop-prod-web-sshd-01", Owner = "ops", Unit = "Shop", Criticality = 1.5, Zone = "Europe/Berlin", Tags = ["linux"], Confirmed = true };

    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    async Task<IntakeHouse> House(int lines = 12)
    {
        var house = await IntakeHouse.Start(folder.Path);
        await house.Log.Append([.. Enumerable.Range(0, lines).Select(i => new RecordDraft(TimeProvider.System.NowMs(), Lab.Udp, Encoding.UTF8.GetBytes(
            i % 2 == 0 ? $"<38>Mar  2 07:59:58 web01 sshd[1]: Connection closed by 203.0.113.{i} port {i}" : $"<38>Mar  2 07:59:58 web01 sshd[1]: Failed password for root from 203.0.113.{i} port {i} ssh2")))], CancellationToken.None);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await house.Http.GetFromJsonAsync<SourceList>("/api/sources", FactTypes.Json, stop.Token))!.Sources.Sum(s => s.Events) < lines) await Task.Delay(10, stop.Token);
        return house;
    }

    static async Task<T> Get<T>(IntakeHouse house, string path) => await house.Http.GetFromJsonAsync<T>(path, FactTypes.Json) ?? throw new InvalidOperationException();

    static Task<HttpResponseMessage> Post<T>(IntakeHouse house, string path, T ask) => house.Http.PostAsJsonAsync(path, ask, FactTypes.Json);

    [Xunit.Fact]
    public async Task A_card_is_kept_with_what_it_was_before_and_wrong_ones_are_told_everything()
    {
        await using var house = await House();
        using (var wrong = await Post(house, "/api/sources/card", new SourceCardAsk(Id, Card with { Zone = "Mars/Base", Criticality = 7, EventsPerDay = -1 }, "")))
        {
            Assert.Equal(400, (int)wrong.StatusCode);
            Assert.Equal(["INT055", "INT056", "INT057"], (await wrong.Content.ReadFromJsonAsync<SourceFindings>(FactTypes.Json))!.Findings.Select(f => f.Code));
        }
        using (var said = await Post(house, "/api/sources/card", new SourceCardAsk(Id, Card, "taken over"))) Assert.True(said.IsSuccessStatusCode);
        var fact = Assert.Single(await house.Facts.Read(0, 100, default), f => f.Body is SourceDescribed);
        var body = (SourceDescribed)fact.Body;
        Assert.Equal(("user:anna", "", "ops"), (fact.Actor, body.Before.Owner, body.After.Owner));
        var detail = await Get<SourceDetail>(house, "/api/sources/one?id=" + Id);
        Assert.Equal(("Shop", "Europe/Berlin"), (detail.Unit, detail.Card.Zone));
        Assert.Empty(detail.Naming);
    }

    [Xunit.Fact]
    public async Task A_poor_name_gets_a_better_one()
    {
        await using var house = await House();
        var detail = await Get<SourceDetail>(house, "/api/sources/one?id=" + Id);
        Assert.Contains("main-prod-web-systemauth-01", Assert.Single(detail.Naming).Hint, StringComparison.Ordinal);
        using var said = await Post(house, "/api/sources/card", new SourceCardAsk(Id, Card with { Name = "My Web Server" }, ""));
        detail = await Get<SourceDetail>(house, "/api/sources/one?id=" + Id);
        Assert.Equal("INT061", Assert.Single(detail.Naming).Code);
    }

    [Xunit.Fact]
    public async Task A_baseline_goes_out_comes_in_again_and_changes_nothing()
    {
        await using var house = await House();
        using (await Post(house, "/api/sources/card", new SourceCardAsk(Id, Card, ""))) { }
        using (await Post(house, "/api/sources/contract", new SourceContractAsk(Id, new(["source.ip"], [], [], ["user.password"], ["4625"], 24), ""))) { }
        using (await Post(house, "/api/sources/groups", new SourceGroupAsk("web", new("Web servers", "", "web*", "", "", ""), ""))) { }
        Assert.Equal([Id], Assert.Single((await Get<SourceGroupList>(house, "/api/sources/groups")).Groups).Members);
        var yaml = (await Get<BaselineText>(house, "/api/sources/baseline")).Yaml;
        Assert.Contains("owner: ops", yaml, StringComparison.Ordinal);
        var before = house.Facts.Last;
        using (var again = await Post(house, "/api/sources/baseline", new BaselineAsk(yaml, "")))
            Assert.Equal(0, (await again.Content.ReadFromJsonAsync<BaselineImported>(FactTypes.Json))!.Changes);
        Assert.Equal(before, house.Facts.Last);
        using (var other = await Post(house, "/api/sources/baseline", new BaselineAsk(yaml.Replace("owner: ops", "owner: shop-team", StringComparison.Ordinal), "moved")))
            Assert.Equal(1, (await other.Content.ReadFromJsonAsync<BaselineImported>(FactTypes.Json))!.Changes);
        Assert.Equal(yaml.Replace("owner: ops", "owner: shop-team", StringComparison.Ordinal), (await Get<BaselineText>(house, "/api/sources/baseline")).Yaml);
    }

    [Xunit.Fact]
    public async Task A_wrong_baseline_is_refused_whole_with_all_findings_and_lines()
    {
        await using var house = await House();
        using var answer = await Post(house, "/api/sources/baseline", new BaselineAsk($"version: 2\nsources:\n  {Id}:\n    ownr: x\n    criticality: high\n    contract:\n      must-events: [a]\n      never-events: [a]\n", ""));
        Assert.Equal(400, (int)answer.StatusCode);
        var findings = (await answer.Content.ReadFromJsonAsync<SourceFindings>(FactTypes.Json))!.Findings;
        Assert.Equal(["INT065", "INT066", "INT076", "INT077", "INT078"], findings.Select(f => f.Code).Order());
        Assert.Contains(findings, f => f.Place == "baseline:4");
        Assert.DoesNotContain(await house.Facts.Read(0, 100, default), f => f.Body is SourceDescribed);
    }

    [Xunit.Fact]
    public async Task The_ledger_knows_what_came_and_that_no_rule_was_asked_here()
    {
        await using var house = await House();
        var usage = await Get<UsageView>(house, "/api/sources/usage?id=" + Id);
        Assert.Equal(12, usage.Kinds.Sum(k => k.Events));
        Assert.Equal(2, usage.Kinds.Count);
        Assert.Contains(usage.Kinds[0].Fields, f => f.Field == "source.ip");
        // Nobody held it against rules, so nothing is called unused.
        Assert.Empty((await Get<UnusedList>(house, "/api/sources/unused")).Rows);
        using var made = await Post(house, "/api/sources/filter", new FilterAsk(Id, usage.Kinds[0].Kind, "nobody reads it"));
        var offer = await made.Content.ReadFromJsonAsync<FilterOffer>(FactTypes.Json) ?? throw new InvalidOperationException();
        Assert.Equal(6, ((SourceFilterProposed)Assert.Single(await house.Facts.Read(0, 100, default), f => f.Body is SourceFilterProposed).Body).Dropped);
        Assert.Equal((12, 6), (offer.Tried, offer.Dropped));
        Assert.Contains(offer.Snippets, s => s.Program == "rsyslog");
    }

    [Xunit.Fact]
    public async Task Maintenance_profile_board_and_drift_answer()
    {
        await using var house = await House();
        var now = TimeProvider.System.NowMs();
        using (var none = await Post(house, "/api/sources/maintenance", new SourceMaintenanceAsk("host:nobody", now, now + 1000, "x"))) Assert.Equal(404, (int)none.StatusCode);
        using (var set = await Post(house, "/api/sources/maintenance", new SourceMaintenanceAsk("host:web01", now - 1000, now + 3_600_000, "new disks"))) Assert.True(set.IsSuccessStatusCode);
        Assert.True(Assert.Single((await Get<SourceList>(house, "/api/sources")).Sources).Maintained);
        var profile = await Get<SourceProfile>(house, "/api/sources/profile?id=" + Id);
        Assert.Equal(168, profile.PerHour.Count);
        Assert.Null(profile.ToldMs);
        var board = await Get<DataQuality>(house, "/api/sources/quality");
        Assert.Equal((1, 0, 12L), (board.Continuity.Sources, board.Continuity.Silent, board.Quality.Events));
        Assert.Empty((await Get<OnboardingBacklog>(house, "/api/sources/backlog")).Rows);
        Assert.Equal(Id, Assert.Single((await Get<DriftReport>(house, "/api/sources/drift")).UnknownSenders).SourceId);
        Assert.Empty((await Get<SourceAlarmList>(house, "/api/sources/alarms")).Open);
    }
}
