using System.Net;
using Andon.Detect.RuleBook;
using Andon.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.Detect;

/// <summary>Promotion by evidence and, in a team, by a second person.</summary>
public sealed class RuleBookPromotion : RuleBookRoom
{
    static object Promote(string? why, string? over = null) => new { ruleId = ImportedId, why, @override = over };
    static object Decide(bool approve, string why) => new { ruleId = ImportedId, approve, why };

    async Task<string> QueueOf(string id) => (await Get($"/api/rules/one?id={id}")).GetProperty("queue").GetString() ?? "";

    [Xunit.Fact]
    public async Task Without_evidence_it_is_refused_with_everything_that_is_missing_unless_a_reason_is_kept()
    {
        await Import(Imported);
        await Send(Line);
        await Hits(2);
        var (status, body) = await Post("/api/rules/promote", Promote("it is good"));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal(["DET060", "DET061", "DET062", "DET065"], Codes(body).Where(c => c != "DET067"));
        Assert.Equal(1, body.GetProperty("evidence").GetProperty("hits").GetInt64());
        Assert.Equal("testing", await QueueOf(ImportedId));

        Assert.Equal(HttpStatusCode.OK, (await Post("/api/rules/promote", Promote("it is good", "an attack is under way"))).Status);
        Assert.Equal("production", await QueueOf(ImportedId));
        var queued = (await Facts.Read(0, 1000, Stop)).Select(f => f.Body).OfType<RuleQueued>().Single();
        Assert.Equal(("an attack is under way", 1L, true), (queued.Override, queued.Evidence?.Hits, queued.Evidence?.Missing.Count > 0));
        Assert.Equal(RuleTexts.VersionOf(Services.GetRequiredService<RuleBook>().Find(ImportedId)!.Header.Yaml), queued.Version);

        // The way back needs a reason only.
        Assert.Equal(HttpStatusCode.OK, (await Post("/api/rules/queue", new { ruleId = ImportedId, queue = "testing", why = "it shouts" })).Status);
        Assert.Equal("testing", await QueueOf(ImportedId));
    }

    [Xunit.Fact]
    public async Task In_a_team_another_person_approves_and_never_who_asked()
    {
        Approvers.Add("berta");
        await Import(Imported);
        var (status, asked) = await Post("/api/rules/promote", Promote("quiet", "known from elsewhere"));
        Assert.Equal((HttpStatusCode.OK, "berta"), (status, asked.GetProperty("approvers")[0].GetString()));
        Assert.Equal("testing", await QueueOf(ImportedId));
        Assert.Equal("user:tester", (await Get($"/api/rules/one?id={ImportedId}")).GetProperty("pending").GetProperty("askedBy").GetString());

        Assert.Equal(["DET071"], Codes((await Post("/api/rules/promote/decide", Decide(true, "I am sure"))).Body));
        Assert.Equal(["DET020"], Codes((await Post("/api/rules/promote/decide", Decide(true, " "), "berta")).Body));
        Assert.Equal(HttpStatusCode.OK, (await Post("/api/rules/promote/decide", Decide(false, "too soon"), "berta")).Status);
        Assert.Equal(["DET070"], Codes((await Post("/api/rules/promote/decide", Decide(true, "now"), "berta")).Body));
        Assert.Equal("testing", await QueueOf(ImportedId));

        await Post("/api/rules/promote", Promote("quiet still", "known from elsewhere"));
        await Restart();
        Assert.Equal(HttpStatusCode.OK, (await Post("/api/rules/promote/decide", Decide(true, "agreed"), "berta")).Status);
        Assert.Equal("production", await QueueOf(ImportedId));
        var fact = (await Facts.Read(0, 1000, Stop)).Last(f => f.Body is RuleQueued);
        Assert.Equal(("user:berta", "user:tester"), (fact.Actor, ((RuleQueued)fact.Body).AskedBy));
    }

    [Xunit.Fact]
    public async Task What_was_asked_for_is_a_text_and_another_text_must_be_asked_for_anew()
    {
        Approvers.Add("berta");
        await Import(Imported);
        await Post("/api/rules/promote", Promote("quiet", "known"));
        // The same rule from a file of the site instead: another text under the same id.
        var data = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Rules)!)!, "data", "rules");
        await File.WriteAllTextAsync(Directory.EnumerateFiles(data).Single(), Imported.Replace("level: low", "level: high", StringComparison.Ordinal), Stop);
        await Services.GetRequiredService<RuleKeeper>().Reload(Stop);
        Assert.Equal(["DET072"], Codes((await Post("/api/rules/promote/decide", Decide(true, "fine"), "berta")).Body));
    }

    [Xunit.Fact]
    public void Verdicts_of_cases_come_back_to_the_rules_of_their_signals()
    {
        var fold = new CaseVerdicts();
        void Signal(string id, string rule) => fold.Apply(new SignalOpened(id, rule, "", Level.High, "host:a", [], [], [], "1.0/r", "s", 0, 1, 1, 1, 1));
        Signal("s1", "r1");
        Signal("s2", "r2");
        Signal("s3", "r1");
        fold.Apply(new SignalJoined("c1", "s1", null));
        fold.Apply(new SignalJoined("c2", "s2", null));
        fold.Apply(new SignalJoined("c2", "s3", null));
        fold.Apply(new CaseClosed("c1", Verdict.FalsePositive, [], null, "internal", "x", 1));
        Assert.Equal(new RuleVerdicts(0, 0, 1, 0), fold.Of("r1", []));
        fold.Apply(new CaseReopened("c1", "wrong"));
        Assert.Equal(new RuleVerdicts(0, 0, 0, 0), fold.Of("r1", []));
        // Merged, both rules share one verdict; a late signal has it too.
        fold.Apply(new CaseMerged("c1", "c2", new("", "", 0, 1, "")));
        fold.Apply(new CaseClosed("c2", Verdict.TruePositive, ["c"], null, "internal", "x", 1));
        Signal("s4", "r4");
        fold.Apply(new SignalJoined("c2", "s4", null));
        Assert.Equal([1, 1, 1], new[] { "r1", "r2", "r4" }.Select(r => fold.Of(r, []).TruePositive));
        Assert.Equal(0.5, fold.Of("r1", [Verdict.FalsePositive]).Precision);
        // A verdict told twice counts once.
        fold.Apply(new CaseClosed("c2", Verdict.BenignPositive, [], null, "internal", "x", 1));
        Assert.Equal(new RuleVerdicts(0, 1, 0, 0), fold.Of("r2", []));
    }

    [Xunit.Fact]
    public async Task Judged_hits_of_testing_are_verdicts_too()
    {
        await Import(Imported);
        await Send(Line);
        var hit = (await Hits(2)).Single(h => h.RuleId == ImportedId);
        await Until(async () => (await Get($"/api/rules/one?id={ImportedId}")).GetProperty("samples").GetArrayLength() == 1, "no sample was kept");
        Assert.Equal(["DET073"], Codes((await Post("/api/rules/judge", new { ruleId = ImportedId, @event = "99.0", verdict = "truePositive" })).Body));
        var (status, verdicts) = await Post("/api/rules/judge", new { ruleId = ImportedId, @event = hit.Event.ToString(), verdict = "truePositive", why = "seen on the host" });
        Assert.Equal((HttpStatusCode.OK, 1d), (status, verdicts.GetProperty("precision").GetDouble()));
        // Judged again, it counts once, as last said.
        Assert.Equal(0d, (await Post("/api/rules/judge", new { ruleId = ImportedId, @event = hit.Event.ToString(), verdict = "falsePositive" })).Body.GetProperty("precision").GetDouble());
        Assert.Equal(["DET074"], Codes((await Post("/api/rules/judge", new { ruleId = ShippedId, @event = hit.Event.ToString(), verdict = "truePositive" })).Body));
    }

    [Theory]
    [InlineData(2, 10, 3, 0, 5, true, "")]
    [InlineData(0.5, 10, 3, 0, 5, true, "DET061")]
    [InlineData(2, 500, 3, 0, 5, true, "DET064")]
    [InlineData(2, 10, 1, 0, 5, true, "DET065")]
    [InlineData(2, 10, 0, 9, 5, true, "DET066")]
    [InlineData(2, 10, 3, 0, 90, true, "DET068")]
    [InlineData(2, 10, 3, 0, 5, false, "DET063")]
    public void Each_lack_has_its_own_finding(double days, double perDay, int right, int wrong, double micros, bool complete, string code)
    {
        var backtest = new BacktestFigures("b", "v", 0, 1, 0, 1, complete, complete ? "" : "gone", 10, 3, 1, 1, 1);
        var evidence = new PromotionEvidence("v", days, (long)(days * perDay), perDay, new(right, 0, wrong, 0), backtest, micros, []);
        Assert.Equal(code.Length == 0 ? [] : [code], Promotion.Missing(evidence, correlation: false).Select(f => f.Code));
    }
}
