using System.Net.Http.Json;
using System.Text;
using Andon.Intake.Sources;
using Andon.Intake.Sources.Settings;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Tests.Intake;

/// <summary>Sampling as people set it: tried first, told what it costs, a fact with what was before, and refused all at once where it is none.</summary>
public sealed class SourceSampling : IDisposable
{
    const string Id = "syslog-udp:web01:system.auth";
    static readonly SamplingTerms Terms = new(10, ["ssh_connection_closed"], ["source.ip"]);
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    async Task<IntakeHouse> House()
    {
        var house = await IntakeHouse.Start(folder.Path);
        await house.Log.Append([.. Enumerable.Range(0, 6).Select(i => new RecordDraft(TimeProvider.System.NowMs(), Lab.Udp, Encoding.UTF8.GetBytes($"<38>Mar  2 07:59:58 web01 sshd[1]: Connection closed by 203.0.113.{i} port {i}")))], CancellationToken.None);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await house.Http.GetFromJsonAsync<SourceList>("/api/sources", FactTypes.Json, stop.Token))!.Sources.Sum(s => s.Events) < 6) await Task.Delay(10, stop.Token);
        return house;
    }

    static async Task<SamplingOffer> Sent(IntakeHouse house, SamplingAsk ask)
    {
        using var answer = await house.Http.PostAsJsonAsync("/api/sources/sampling", ask, FactTypes.Json);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<SamplingOffer>(FactTypes.Json))!;
    }

    [Xunit.Fact]
    public async Task It_is_tried_then_set_for_records_to_come_then_ended()
    {
        await using var house = await House();
        Assert.False((await Sent(house, new(Id, Terms, "", Try: true))).Set);
        Assert.DoesNotContain(await house.Facts.Read(0, 100, default), f => f.Body is SourceSampled);
        Assert.True((await Sent(house, new(Id, Terms, "flows are many", Try: false))).Set);
        await Sent(house, new(Id, Terms, "the same again", Try: false));
        var fact = Assert.Single(await house.Facts.Read(0, 100, default), f => f.Body is SourceSampled);
        Assert.Equal((null, 10, (long)house.Log.Next, "user:anna"), (((SourceSampled)fact.Body).Before, ((SourceSampled)fact.Body).After!.OneIn, ((SourceSampled)fact.Body).FromRecord, fact.Actor));
        var standing = Assert.Single((await house.Http.GetFromJsonAsync<SamplingList>("/api/sources/sampling", FactTypes.Json))!.Sources);
        Assert.Equal((Id, fact.Seq, "flows are many"), (standing.SourceId, standing.Fact, standing.Why));
        await Sent(house, new(Id, null, "disk is cheap", Try: false));
        Assert.Empty((await house.Http.GetFromJsonAsync<SamplingList>("/api/sources/sampling", FactTypes.Json))!.Sources);
        using var stranger = await house.Http.PostAsJsonAsync("/api/sources/sampling", new SamplingAsk("syslog-udp:no:one", Terms, "x", false), FactTypes.Json);
        Assert.Equal(404, (int)stranger.StatusCode);
    }

    [Xunit.Fact]
    public void What_is_no_sampling_is_told_everything()
    {
        Assert.Equal(["INT070", "INT320", "INT321", "INT322"], SampleSource.Refuse(new(Id, new(1, [], []), "", false)).Select(f => f.Code));
        Assert.Equal(["INT321", "INT323"], SampleSource.Refuse(new(Id, new(5, ["(other)"], ["@timestamp"]), "why", false)).Select(f => f.Code));
        Assert.Empty(SampleSource.Refuse(new(Id, Terms, "", Try: true)));
    }

    [Xunit.Fact]
    public void Rules_that_look_at_the_events_are_told_those_of_correlations_first()
    {
        static RuleReading Rule(string id, bool correlated = false, bool enabled = true, params string[] codes) =>
            new(id, "Rule " + id, RuleQueue.Production, enabled, Level.High, [], [], codes, "*/*/*") { Correlated = correlated };
        static IEnumerable<string> Of(SamplingTerms terms, params RuleReading[] rules) =>
            SampleSource.Warnings(terms, [("ssh_connection_closed", rules, ["source.ip"]), ("ssh_login", [Rule("other", correlated: true)], ["user.name"])]).Select(f => f.Code);
        Assert.Empty(Of(Terms));
        Assert.Empty(Of(Terms, Rule("a", enabled: false), Rule("b", codes: "4625")));
        Assert.Equal(["INT326"], Of(Terms, Rule("a")));
        Assert.Equal(["INT325", "INT326"], Of(Terms, Rule("a"), Rule("b", correlated: true)));
        Assert.Equal(["INT327"], Of(Terms with { Kinds = ["ssh_connection_closed", "never"] }));
        Assert.Equal(["INT328"], Of(Terms with { Key = ["network.community_id"] }));
    }
}
