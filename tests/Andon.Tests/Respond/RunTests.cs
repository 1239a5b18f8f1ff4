using Andon.Model;
using Andon.Respond.Runs;
using Andon.Store.Facts;

namespace Andon.Tests.Respond;

public sealed class RunTests
{
    static string At(FakeTarget target, string yaml) => yaml.Replace("http://target.test", $"http://127.0.0.1:{target.Port}");

    static async Task<(House, MemoryFactLog, TestClock)> Begin(params string[] playbooks)
    {
        var clock = new TestClock();
        var facts = new MemoryFactLog(clock);
        await House.Seed(facts);
        return (await House.Open(facts, House.Folder(playbooks), clock), facts, clock);
    }

    [Fact]
    public async Task A_manual_step_waits_for_a_person_and_branches_on_the_answer()
    {
        var (house, _, _) = await Begin(Books.Yaml(
            Books.Manual("one", "on_completion: check", "Ask __user__:value about __source_ip__:value (case __case_id__:value, __rule_id__:value).", ", out_args: [__was_it__]")
            + "\ncheck: { type: if-condition, condition: '__was_it__:value = true', on_true: yes_branch, on_false: no_branch, on_completion: last }\n"
            + Books.Manual("yes_branch", "on_completion: yes_end", "Yes.") + "\nyes_end: { type: end }\n"
            + Books.Manual("no_branch", "on_completion: no_end", "No.") + "\nno_end: { type: end }\n"
            + Books.Manual("last", "on_completion: finish", "Last."),
            "__was_it__: { type: bool }"));
        await using var _1 = house;
        var run = await house.Rest((await house.Start()).RunId);
        Assert.Equal(RunStatus.Waiting, run.Status);
        Assert.Equal($"Ask anna about 203.0.113.7 (case {House.Case}, {Books.Rule}).", run.Pending?.Prompt);

        var (_, wrongType) = await house.Runner.Answer(run.RunId, run.At!, true, "", new Dictionary<string, string> { ["__was_it__"] = "perhaps" }, "user:anna", default);
        Assert.Equal("RES112", wrongType?.Code);
        var (_, notGiven) = await house.Runner.Answer(run.RunId, run.At!, true, "", new Dictionary<string, string> { ["__host__"] = "evil" }, "user:anna", default);
        Assert.Equal("RES121", notGiven?.Code);
        await house.Runner.Answer(run.RunId, run.At!, true, "No, it was not.", new Dictionary<string, string> { ["__was_it__"] = "false" }, "user:anna", default);
        run = await house.Rest(run.RunId);
        Assert.Equal("No.", run.Pending?.Prompt);
        await house.Runner.Answer(run.RunId, run.At!, true, "", new Dictionary<string, string>(), "user:anna", default);
        run = await house.Rest(run.RunId);
        Assert.Equal("Last.", run.Pending?.Prompt); // the branch's own end gave control back
        var (_, stale) = await house.Runner.Answer(run.RunId, "action--x", true, "", new Dictionary<string, string>(), "user:anna", default);
        Assert.Equal("RES120", stale?.Code);
        await house.Runner.Answer(run.RunId, run.At!, true, "", new Dictionary<string, string>(), "user:anna", default);
        run = await house.Rest(run.RunId);
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.DoesNotContain(run.Steps, s => s.Name == "yes_branch");
        var asked = (await house.Of(run.RunId)).OfType<StepEnded>().First(e => e.Variables.Count > 0);
        Assert.Equal("false", asked.Variables["__was_it__"]);
    }

    [Fact]
    public async Task An_http_step_takes_values_out_of_the_answer()
    {
        await using var target = new FakeTarget { Answer = _ => FakeTarget.Ok("""{"result":{"ticket":"T-17","open":3}}""") };
        var (house, _, _) = await Begin(At(target, Books.Yaml(
            Books.Http("one", "POST /block/__source_ip__:value?case=__case_id__:value HTTP/1.1", "on_completion: check",
                ", out_args: [__ticket__, __open__, __http_status__, __gone__], andon: { extract: { __ticket__: /result/ticket, __open__: /result/open, __gone__: /result/none } }")
            + "\ncheck: { type: if-condition, condition: \"__open__:value > 2 AND __http_status__:value = 200 AND NOT EXISTS __gone__:value\", on_true: two, on_completion: finish }\n"
            + Books.Manual("two", "on_completion: two_end", "See __ticket__:value.") + "\ntwo_end: { type: end }",
            "__ticket__: { type: string }\n__open__: { type: integer }\n__http_status__: { type: integer }\n__gone__: { type: string }")));
        await using var _1 = house;
        var run = await house.Rest((await house.Start()).RunId);
        Assert.Equal("See T-17.", run.Pending?.Prompt);
        var call = Assert.Single(target.Calls);
        Assert.Equal($"POST /block/203.0.113.7?case={House.Case} HTTP/1.1", call.Line);
        Assert.StartsWith(run.RunId, call.Key);
        Assert.Contains("Nothing at '/result/none'", run.Steps.First(s => s.Name == "one").Output);
    }

    [Theory]
    [InlineData("on_success: good, on_failure: bad", "bad", RunStatus.Succeeded)]
    [InlineData("on_completion: good", "good", RunStatus.Succeeded)]
    [InlineData("on_success: good", "rescue", RunStatus.Failed)]
    public async Task A_failure_goes_where_the_standard_says(string next, string expected, object status)
    {
        await using var target = new FakeTarget { Answer = _ => FakeTarget.Ok("no", "500 No") };
        var (house, _, _) = await Begin(At(target, Books.Yaml(
            Books.Http("one", "GET /x HTTP/1.1", next) + "\n"
            + Books.Manual("good", "on_completion: finish") + "\n" + Books.Manual("bad", "on_completion: finish") + "\n" + Books.Manual("rescue", "on_completion: finish"),
            more: "workflow_exception: rescue")));
        await using var _1 = house;
        var run = await house.Rest((await house.Start()).RunId);
        Assert.Equal(expected, run.Pending?.Name);
        await house.Runner.Answer(run.RunId, run.At!, true, "", new Dictionary<string, string>(), "user:anna", default);
        Assert.Equal(status, (await house.Rest(run.RunId)).Status);
    }

    [Fact]
    public async Task A_failure_with_nowhere_to_go_fails_the_run()
    {
        await using var target = new FakeTarget { Answer = _ => FakeTarget.Ok("no", "403 No") };
        var (house, _, _) = await Begin(At(target, Books.Yaml(Books.Http("one", "GET /x HTTP/1.1", "on_success: finish"))));
        await using var _1 = house;
        var run = await house.Rest((await house.Start()).RunId);
        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Contains("HTTP 403", run.Reason);
    }

    [Fact]
    public async Task A_host_that_is_not_listed_fails_the_step_and_nothing_is_sent()
    {
        var (house, _, _) = await Begin(Books.Yaml(Books.Http("one", "POST / HTTP/1.1", "on_success: finish")));
        await using var _1 = house;
        var run = await house.Rest((await house.Start()).RunId);
        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.Contains("not on the connector's list", run.Steps.First(s => s.Name == "one").Output);
    }

    [Fact]
    public async Task A_post_without_an_answer_is_in_doubt_until_a_person_decides()
    {
        await using var target = new FakeTarget { Answer = _ => null };
        var (house, _, _) = await Begin(At(target, Books.Yaml(Books.Http("one", "POST /x HTTP/1.1", "on_success: finish"))));
        await using var _1 = house;
        var run = await house.Rest((await house.Start()).RunId);
        Assert.Equal(RunStatus.InDoubt, run.Status);
        Assert.Single(target.Calls);

        target.Answer = _ => FakeTarget.Ok("{}");
        await house.Runner.Decide(run.RunId, run.At!, "again", "user:anna", default);
        run = await house.Rest(run.RunId);
        Assert.Equal(RunStatus.Succeeded, run.Status);
        Assert.Equal(2, target.Calls.Count);
        Assert.Single(target.Calls.Select(c => c.Key).Distinct());
    }

    [Theory]
    [InlineData("happened", RunStatus.Succeeded, 1)]
    [InlineData("skip", RunStatus.Succeeded, 1)]
    public async Task Doubt_can_be_settled_without_a_call(string choice, object status, int calls)
    {
        await using var target = new FakeTarget { Answer = _ => null };
        var (house, _, _) = await Begin(At(target, Books.Yaml(Books.Http("one", "POST /x HTTP/1.1", "on_success: finish"))));
        await using var _1 = house;
        var run = await house.Rest((await house.Start()).RunId);
        Assert.Equal("RES124", (await house.Runner.Decide(run.RunId, run.At!, "maybe", "user:anna", default)).Refused?.Code);
        await house.Runner.Decide(run.RunId, run.At!, choice, "user:anna", default);
        Assert.Equal(status, (await house.Rest(run.RunId)).Status);
        Assert.Equal(calls, target.Calls.Count);
    }

    [Fact]
    public async Task Nobody_answers_and_the_step_times_out()
    {
        var (house, _, clock) = await Begin(Books.Yaml(Books.Manual("one", "on_success: finish, on_failure: two", more: ", timeout: 60000") + "\n" + Books.Manual("two", "on_completion: finish")));
        await using var _1 = house;
        var run = await house.Rest((await house.Start()).RunId);
        // The driver may not have set its timer yet when the clock moves: then it finds the time past.
        clock.Advance(TimeSpan.FromSeconds(61));
        while ((run = await house.Rest(run.RunId)).Pending?.Name != "two") clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", run.Pending?.Name);
        Assert.Equal(StepOutcome.TimedOut, run.Steps.First(s => s.Name == "one").Outcome);
    }

    [Fact]
    public async Task What_fell_due_while_the_program_was_down_fires_at_start()
    {
        var clock = new TestClock();
        var facts = new MemoryFactLog(clock);
        await House.Seed(facts);
        var folder = House.Folder(Books.Yaml(Books.Manual("one", "on_success: finish", more: ", timeout: 60000, delay: 1000")));
        string runId;
        await using (var first = await House.Open(facts, folder, clock))
        {
            runId = (await first.Start()).RunId;
            while (first.Runs.Find(runId)?.Status != RunStatus.Waiting)
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            }
        }
        clock.Advance(TimeSpan.FromHours(1));
        await using var second = await House.Open(facts, folder, clock);
        while (second.Runs.Find(runId) is { Ended: false }) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        Assert.Equal(RunStatus.Failed, second.Runs.Find(runId)?.Status);
    }

    [Fact]
    public async Task Cancel_is_a_fact_and_breaks_off_the_call()
    {
        using var hold = new ManualResetEventSlim();
        await using var target = new FakeTarget { Answer = _ => { hold.Wait(TimeSpan.FromSeconds(30)); return null; } };
        var (house, _, _) = await Begin(At(target, Books.Yaml(Books.Http("one", "POST /x HTTP/1.1", "on_success: finish"))));
        await using var _1 = house;
        var run = await house.Start();
        while (target.Calls.IsEmpty) await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        await house.Runner.Cancel(run.RunId, "user:anna", default);
        run = await house.Rest(run.RunId);
        hold.Set();
        Assert.Equal(RunStatus.Cancelled, run.Status);
        Assert.Contains("may have happened", run.Steps[^1].Output);
        Assert.Equal("RES125", (await house.Runner.Cancel(run.RunId, "user:anna", default)).Refused?.Code);
    }

    [Fact]
    public async Task A_start_is_refused_with_its_reason()
    {
        var good = Books.Yaml(Books.Manual("one", "on_completion: finish"));
        var old = good.Replace("playbook--0b6b", "playbook--1b6b").Replace("andon:", "valid_until: 2026-03-02T07:00:00.000Z\nandon:");
        var revoked = good.Replace("playbook--0b6b", "playbook--2b6b").Replace("andon:", "revoked: true\nandon:");
        var asking = good.Replace("playbook--0b6b", "playbook--3b6b").Replace("playbook_variables:", "playbook_variables:\n  __ticket__: { type: string, external: true }");
        var (house, facts, _) = await Begin(good, old, revoked, asking);
        await using var _1 = house;
        async Task<string?> Code(string id, string caseId = House.Case, Dictionary<string, string>? given = null) =>
            (await house.Runner.Start(caseId, id, given ?? [], "user:anna", TestContext.Current.CancellationToken)).Refused?.Code;
        const string Rest = "7b5e-31c1-4b6c-8f2a-0f5a0a3f8a11";
        Assert.Equal("RES105", await Code("playbook--none"));
        Assert.Equal("RES104", await Code("playbook--0b6b" + Rest, "case-9"));
        Assert.Equal("RES103", await Code("playbook--1b6b" + Rest));
        Assert.Equal("RES101", await Code("playbook--2b6b" + Rest));
        Assert.Equal("RES113", await Code("playbook--3b6b" + Rest));
        Assert.Equal("RES109", await Code("playbook--3b6b" + Rest, given: new() { ["__nonsense__"] = "x" }));
        Assert.Null(await Code("playbook--3b6b" + Rest, given: new() { ["__ticket__"] = "T-1" }));
        Assert.Null(await Code("playbook--0b6b" + Rest));
        Assert.Equal("RES107", await Code("playbook--0b6b" + Rest));
        await facts.Append("user:anna", "test", new CaseClosed(House.Case, Verdict.FalsePositive, [], null, "internal.detection", "x", 5), TestContext.Current.CancellationToken);
        Assert.Equal("RES106", await Code("playbook--0b6b" + Rest));
    }

    [Fact]
    public async Task A_run_stays_with_the_version_it_began_with()
    {
        var clock = new TestClock();
        var facts = new MemoryFactLog(clock);
        await House.Seed(facts);
        var text = Books.Yaml(Books.Manual("one", "on_completion: finish", "Old text."));
        string runId;
        await using (var first = await House.Open(facts, House.Folder(text), clock)) runId = (await first.Rest((await first.Start()).RunId)).RunId;
        var newer = text.Replace("Old text.", "New text.").Replace("modified: 2026-03-02", "modified: 2026-03-03");
        await using var second = await House.Open(facts, House.Folder(newer), clock);
        Assert.Equal("2026-03-02T08:00:00.000Z", second.Runs.Find(runId)?.Playbook.Version);
        await second.Runner.Answer(runId, second.Runs.Find(runId)!.At!, true, "", new Dictionary<string, string>(), "user:anna", default);
        Assert.Equal(RunStatus.Succeeded, (await second.Rest(runId)).Status);
        Assert.Equal("New text.", (await second.Rest((await second.Start()).RunId)).Pending?.Prompt);
        var loaded = (await facts.Read(0, 1000, default)).Count(f => f.Body is PlaybookLoaded);
        Assert.Equal(2, loaded);
    }

    [Fact]
    public async Task Coverage_names_rules_without_a_playbook_and_playbooks_without_a_rule()
    {
        var other = Books.Yaml(Books.Manual("one", "on_completion: finish")).Replace("playbook--0b6b", "playbook--1b6b").Replace(Books.Rule, "99999999-2222-4333-8444-555555555555");
        var clock = new TestClock();
        var facts = new MemoryFactLog(clock);
        await House.Seed(facts);
        await facts.Append("andon:detect", "test", new RuleQueued("r-2", "Second", RuleQueue.Production, "test"), default);
        await facts.Append("andon:detect", "test", new RuleQueued("r-3", "Third", RuleQueue.Testing, "test"), default);
        var folder = House.Folder(Books.Yaml(Books.Manual("one", "on_completion: finish")), other);
        var library = new Andon.Respond.Playbooks.Library([folder]);
        await library.Read(default);
        var (runs, cases) = (new RunBook(), new CaseBook());
        await facts.Attach(runs, default);
        await facts.Attach(cases, default);
        var view = Andon.Respond.Slices.PlaybookSlices.View(library, runs, cases);
        Assert.Equal(["r-2"], view.Coverage.RulesWithout.Select(r => r.RuleId));
        Assert.Equal(["playbook--1b6b7b5e-31c1-4b6c-8f2a-0f5a0a3f8a11"], view.Coverage.PlaybooksWithoutRule);
    }
}
