using System.Net.Http.Json;
using System.Text;
using Andon.Intake.Normalise;
using Andon.Intake.Sources;
using Andon.Intake.Sources.Quality;
using Andon.Intake.Sources.Settings;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Tests.Intake;

/// <summary>Settings of sources, contracts as text, parsers of one's own, figures by part: through the routes.</summary>
public sealed class SourceSettingLaws : IDisposable
{
    const string Id = "syslog-udp:web01:system.auth";
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    async Task<IntakeHouse> House(params string[] more)
    {
        var house = await IntakeHouse.Start(folder.Path);
        string[] lines = [.. Enumerable.Range(0, 12).Select(i => $"<38>Mar  2 07:59:58 web01 sshd[1]: Failed password for root from 203.0.113.{i} port {i} ssh2"), .. more];
        await house.Log.Append([.. lines.Select(l => new RecordDraft(TimeProvider.System.NowMs(), Lab.Udp, Encoding.UTF8.GetBytes(l)))], CancellationToken.None);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await house.Http.GetFromJsonAsync<SourceList>("/api/sources", FactTypes.Json, stop.Token))!.Sources.Sum(s => s.Events) < lines.Length) await Task.Delay(10, stop.Token);
        return house;
    }

    static async Task<T> Get<T>(IntakeHouse house, string path) => await house.Http.GetFromJsonAsync<T>(path, FactTypes.Json) ?? throw new InvalidOperationException();

    static Task<HttpResponseMessage> Post<TAsk>(IntakeHouse house, string path, TAsk ask) => house.Http.PostAsJsonAsync(path, ask, FactTypes.Json);

    static async Task<T> Sent<T>(IntakeHouse house, string path, object ask)
    {
        using var answer = await house.Http.PostAsync(path, JsonContent.Create(ask, ask.GetType(), null, FactTypes.Json));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<T>(FactTypes.Json) ?? throw new InvalidOperationException();
    }

    [Theory]
    [InlineData("2026-05-15", 1)]
    [InlineData("12-25", 100)]
    [InlineData("02-29", 25)]
    [InlineData("easter-2", 100)]
    public void A_day_is_a_date_or_one_of_each_year(string day, int dates) => Assert.Equal(dates, Holidays.Dates(day)?.Count());

    [Theory]
    [InlineData("31.12.2026")]
    [InlineData("02-30")]
    [InlineData("easter2")]
    [InlineData("easter+")]
    [InlineData("easter+9999")]
    [InlineData("")]
    public void What_is_no_day_is_told(string day) => Assert.Null(Holidays.Dates(day));

    [Xunit.Fact]
    public void Good_Friday_is_known() =>
        Assert.Subset(Holidays.Of([new("", ["easter-2"], [])]).ToHashSet(), new HashSet<DateOnly> { new(2024, 3, 29), new DateOnly(2025, 4, 18), new DateOnly(2026, 4, 3), new DateOnly(2038, 4, 23) });

    [Xunit.Fact]
    public async Task A_budget_of_its_own_goes_before_its_groups_and_that_before_the_houses()
    {
        await using var house = await House();
        await Sent<SourceGroupList>(house, "/api/sources/groups", new SourceGroupAsk("web", new("Web", "", "web*", "", "", ""), ""));
        async Task<double> Now() => (await Get<SourceProfile>(house, "/api/sources/profile?id=" + Id)).FalseAlarmsPerMonth;
        Assert.Equal(0.02, await Now());
        await Sent<SourceSettingsView>(house, "/api/sources/budget", new SourceBudgetAsk("house:house", 0.5, "quiet office"));
        Assert.Equal(0.5, await Now());
        await Sent<SourceSettingsView>(house, "/api/sources/budget", new SourceBudgetAsk("source:" + Id, 3, "it flaps"));
        Assert.Equal(3, await Now());
        var settings = await Sent<SourceSettingsView>(house, "/api/sources/budget", new SourceBudgetAsk("source:" + Id, null, "mended"));
        Assert.Equal((0.5, "house:house", "user:anna"), (settings.PerMonth, settings.Budgets.Single().SubjectId, settings.Budgets.Single().Actor));
        using var wrong = await Post(house, "/api/sources/budget", new SourceBudgetAsk("house:house", -1, "why not"));
        Assert.Equal("INT230", (await wrong.Content.ReadFromJsonAsync<Finding>(FactTypes.Json))!.Code);
        Assert.Equal(3, (await house.Facts.Read(0, 100, default)).Count(f => f.Body is SourceBudgeted));
    }

    [Xunit.Fact]
    public async Task A_calendar_holds_for_its_groups_only_and_wrong_days_are_told_all_at_once()
    {
        await using var house = await House();
        await Sent<SourceGroupList>(house, "/api/sources/groups", new SourceGroupAsk("web", new("Web", "", "web*", "", "", ""), ""));
        await Sent<SourceGroupList>(house, "/api/sources/groups", new SourceGroupAsk("db", new("Databases", "", "db*", "", "", ""), ""));
        await Sent<SourceSettingsView>(house, "/api/sources/calendars", new SourceCalendarAsk("bavaria", new("Bavaria", ["01-06", "easter+60"], ["web"]), "our days"));
        await Sent<SourceSettingsView>(house, "/api/sources/calendars", new SourceCalendarAsk("berlin", new("Berlin", ["03-08"], ["db"]), "theirs"));
        Assert.Equal(["bavaria"], (await Get<SourceDetail>(house, "/api/sources/one?id=" + Id)).Calendars);
        using var wrong = await Post(house, "/api/sources/calendars", new SourceCalendarAsk("x", new("X", ["1.1.", "13-01"], []), "no"));
        Assert.Equal(["INT233", "INT233"], (await wrong.Content.ReadFromJsonAsync<SourceFindings>(FactTypes.Json))!.Findings.Select(f => f.Code));
        using var stranger = await Post(house, "/api/sources/calendars", new SourceCalendarAsk("x", new("X", ["01-01"], ["nobody"]), "no"));
        Assert.Equal("INT069", (await stranger.Content.ReadFromJsonAsync<SourceFindings>(FactTypes.Json))!.Findings.Single().Code);
    }

    [Xunit.Fact]
    public void A_day_off_that_people_named_is_a_Sunday_at_once_for_the_source_and_what_it_is_part_of()
    {
        var catalogue = new Catalogue();
        catalogue.Apply(Fact(new SourceDiscovered(Id, "syslog-udp", "web01", "system.auth")));
        using (var batch = Lab.Normaliser.Normalise([Lab.Record(Lab.Udp, "<38>Mar  2 07:59:58 web01 sshd[1]: Failed password for root from 203.0.113.1 port 1 ssh2"u8.ToArray())])) catalogue.Take(batch);
        var local = new DateTimeOffset(2026, 12, 25, 10, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var voices = catalogue.Voices.All.ToList();
        Assert.All(voices, v => Assert.False(v.Calendar.Rests(local)));
        catalogue.Apply(Fact(new SourceCalendarSet("all", null, new("All", ["12-25"], []), "")));
        Assert.All(voices, v => Assert.True(v.Calendar.Rests(local), v.Key));
        catalogue.Apply(Fact(new SourceCalendarSet("all", new("All", ["12-25"], []), null, "")));
        Assert.All(voices, v => Assert.False(v.Calendar.Rests(local)));
    }

    [Xunit.Fact]
    public async Task Records_whose_form_their_parser_does_not_know_are_parse_failures()
    {
        await using var house = await House("<38>Mar  2 07:59:58 cache01 squid[1]: this is no access line of any kind");
        var squid = (await Get<SourceList>(house, "/api/sources")).Sources.Single(s => s.Host == "cache01");
        Assert.Equal((1, 1), (squid.Events, squid.ParseFailures));
        Assert.Contains(squid.Findings, f => f.Code == "INT141" && f.Count == 1);
    }

    [Xunit.Fact]
    public async Task A_contract_is_read_from_text_with_all_findings_and_tried_before_it_is_agreed()
    {
        await using var house = await House();
        var wrong = await Sent<ContractView>(house, "/api/sources/contract/check", new ContractCheckAsk(Id, "must-events: ssh_login\nmay: [x]\nwithin-hours: soon\n"));
        Assert.Equal(["INT077", "INT077", "INT078"], wrong.Findings.Select(f => f.Code).Where(c => c is "INT077" or "INT078").Order());
        Assert.Contains(wrong.Findings, f => f.Place == "contract:2" || f.Place == "baseline:2");
        var kind = wrong.Kinds.First(k => k.Events > 0).Kind;
        var tried = await Sent<ContractView>(house, "/api/sources/contract/check", new ContractCheckAsk(Id, $"never-events: ['{kind}']\nwithin-hours: 24\n"));
        Assert.Empty(tried.Findings);
        Assert.Equal((kind, 12), (tried.NeverArrived.Single().What, tried.NeverArrived.Single().Count));
        Assert.Null((await Get<ContractView>(house, "/api/sources/contract?id=" + Id)).Contract);
        await Sent<SourceContractView>(house, "/api/sources/contract", new SourceContractAsk(Id, tried.Contract, "agreed"));
        Assert.Contains("never-events", (await Get<ContractView>(house, "/api/sources/contract?id=" + Id)).Yaml, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task A_baseline_that_is_tried_says_what_differs_and_changes_nothing()
    {
        await using var house = await House();
        await Sent<SourceView>(house, "/api/sources/card", new SourceCardAsk(Id, SourceCard.Empty with { Owner = "ops" }, ""));
        var yaml = (await Get<BaselineText>(house, "/api/sources/baseline")).Yaml.Replace("owner: ops", "owner: shop", StringComparison.Ordinal);
        var before = house.Facts.Last;
        var tried = await Sent<BaselineImported>(house, "/api/sources/baseline", new BaselineAsk(yaml, "", Try: true));
        Assert.Equal([new BaselineChange(Id, "owner", "ops", "shop")], tried.Drift);
        Assert.Equal(before, house.Facts.Last);
    }

    [Xunit.Fact]
    public async Task Figures_stand_by_part_and_a_source_without_a_name_says_so_in_the_list()
    {
        await using var house = await House("<38>Mar  2 07:59:58 cache01 squid[1]: this is no access line of any kind");
        var table = await Get<QualityTable>(house, "/api/sources/quality/rows?by=dataset&period=7");
        Assert.Null(table.BeforeMs);
        Assert.Equal((2, 13), (table.Rows[0].Now.Sources, table.Rows[0].Now.Events));
        Assert.Equal(table.Rows[0].Now.Events, table.Rows.Skip(1).Sum(r => r.Now.Events));
        Assert.Contains(table.Rows, r => r.Key == "squid.access" && r.Now.Failures == 1);
        Assert.All((await Get<SourceList>(house, "/api/sources")).Sources, s => Assert.Equal("INT060", s.Naming));
        using var wrong = await house.Http.GetAsync("/api/sources/quality/rows?by=colour&period=7");
        Assert.Equal(400, (int)wrong.StatusCode);
    }

    [Xunit.Fact]
    public void Todays_figures_are_held_against_those_of_the_day_asked_for()
    {
        var days = new QualityDays(new() { TokenName = _ => null, DataFolder = folder.Path }, new FindingList());
        const long Day = 86_400_000;
        var catalogue = new Catalogue();
        catalogue.Apply(Fact(new SourceDiscovered(Id, "syslog-udp", "web01", "system.auth")));
        for (var day = 0; day < 10; day++)
        {
            using (var batch = Lab.Normaliser.Normalise([Lab.Record(Lab.Udp, "<38>Mar  2 07:59:58 web01 sshd[1]: Failed password for root from 203.0.113.1 port 1 ssh2"u8.ToArray())])) catalogue.Take(batch);
            days.Take(catalogue, Lab.ReceivedMs + day * Day);
        }
        var now = Lab.ReceivedMs + 9 * Day;
        // Read again from disk, as after a restart.
        var read = new QualityDays(new() { TokenName = _ => null, DataFolder = folder.Path }, new FindingList());
        Assert.Equal(7, read.Before("dataset", now - 3 * Day, now)?.Rows[""].Events);
        Assert.Equal(1, read.Before("dataset", now - 300 * Day, now)?.Rows["system.auth"].Events);
        Assert.Equal(10, read.Series().Count);
    }

    static Fact Fact(FactBody body) => new(1, Lab.ReceivedMs, "user:anna", "", body);
}
