using System.Net;
using System.Text.Json;
using Andon.Model;
using Andon.Triage.Board;
using Andon.Triage.Cases;
using Andon.Triage.Cases.Work;

namespace Andon.Tests.Casework;

/// <summary>Clocks of the law: a fixed date that nothing moves, and an end that only a person gives.</summary>
public sealed class LegalTests
{
    const long Hour = 3_600_000;
    static readonly LegalRule First = new("first", "First", "duty", 24 * Hour, 0, null, "Law 1");
    static readonly LegalRule Last = new("last", "Last", "duty", 0, 1, "first", "Law 1");

    static TriageState Folded(params FactBody[] bodies)
    {
        var state = new TriageState { LegalRules = [First, Last] };
        Go(state, bodies);
        return state;
    }

    static void Go(TriageState state, params FactBody[] bodies)
    {
        foreach (var body in bodies) state.Apply(new(state.LastSeq + 1, 1000 * (state.LastSeq + 1), "user:anna", "test", body));
    }

    static readonly FactBody[] Two = [new CaseOpened("c1", 1, "One", "identity", true), new CaseOpened("c2", 2, "Two", "identity", true)];
    static LegalClock One(TriageState state, string id, string clock = "first") => Assert.Single(state.Legal(state.Case(id)!), l => l.Rule.Id == clock);

    [Fact]
    public void No_sequence_of_waits_and_moves_changes_the_date_or_ends_the_clock()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var state = Folded([.. Two, new LegalDutyStated("c1", "duty", 500, "data of people")]);
            for (var step = 0; step < 40; step++)
                Go(state, random.Next(9) switch
                {
                    0 => new ClocksPaused("c1", "hoster"),
                    1 => new ClocksResumed("c1", ""),
                    2 => new CaseStateSet("c1", null, "waiting", true, "vendor"),
                    3 => new CaseStateSet("c1", "waiting", null, false, ""),
                    4 => new CardWaited("c1", "network", "rule"),
                    5 => new CardResumed("c1", ""),
                    6 => new CardMoved("c1", Lane.Triage, (Lane)random.Next(1, 4), ""),
                    7 => new CaseClosed("c1", Verdict.Undecided, [], null, "internal.detection", "no", 1),
                    _ => new CaseReopened("c1", "again"),
                });
            var clock = One(state, "c1");
            Assert.Equal((500, 500 + 24 * Hour, null), (clock.StartMs, clock.DueMs, clock.Done));
            Assert.Equal(500 + 24 * Hour, state.Case("c1")!.Card.NextDueMs);
        }
    }

    [Fact]
    public void The_earliest_awareness_holds_in_one_case_and_in_a_union_and_apart_again_each_has_its_own()
    {
        var state = Folded([.. Two, new LegalDutyStated("c1", "duty", 900, "a"), new LegalDutyStated("c1", "duty", 700, "b"), new LegalDutyStated("c1", "duty", 800, "c"), new LegalDutyStated("c2", "duty", 300, "d")]);
        Assert.Equal(700, One(state, "c1").StartMs);
        Go(state, new CaseMerged("c2", "c1", new("", "", 0, 0, "by hand")));
        Assert.Equal(300, One(state, "c1").StartMs);
        Assert.Equal((300 + 24 * Hour, null), (state.Case("c1")!.Card.NextDueMs, state.Case("c2")!.Card.NextDueMs));
        // Done on the union is done on each part.
        var done = LegalSlices.Decide(state.Case("c1")!, state, "first", new("DPA-7"));
        Assert.Equal(["c1", "c2"], done.Facts.Select(f => f.CaseId));
        Go(state, new CaseUnmerged("c2", "c1", "not the same"));
        Assert.Equal((700, 300), (One(state, "c1").StartMs, One(state, "c2").StartMs));
        Assert.Equal((700 + 24 * Hour, 300 + 24 * Hour), (state.Case("c1")!.Card.NextDueMs, state.Case("c2")!.Card.NextDueMs));
    }

    [Fact]
    public void Done_ends_it_and_begins_the_one_after_by_the_calendar_and_withdrawn_takes_all_away()
    {
        var state = Folded([.. Two, new LegalDutyStated("c1", "duty", 500, "a")]);
        Assert.DoesNotContain(state.Legal(state.Case("c1")!), l => l.Rule.Id == "last");
        Assert.Equal("TRI633", Assert.Single(LegalSlices.Decide(state.Case("c1")!, state, "last", new("x")).Findings).Code);
        Go(state, new LegalClockDone("c1", "duty", "first", "DPA-7"));
        var last = One(state, "c1", "last");
        Assert.Equal((One(state, "c1").Done!.AtMs, 4000 + 31 * 24 * Hour), (last.StartMs, last.DueMs));
        Assert.Equal(last.DueMs, state.Case("c1")!.Card.NextDueMs);
        Assert.NotNull(state.BeforeClose(state.Case("c1")!));
        Go(state, new LegalDutyWithdrawn("c1", "duty", "no data of people"));
        Assert.Empty(state.Legal(state.Case("c1")!));
        Assert.Null(state.Case("c1")!.Card.NextDueMs);
        Assert.Null(state.BeforeClose(state.Case("c1")!));
        // Stated anew it begins anew: what was done for the other statement is not taken for this.
        Go(state, new LegalDutyStated("c1", "duty", 600, "after all"));
        Assert.Null(One(state, "c1").Done);
    }

    [Fact]
    public void A_card_under_the_law_is_of_fixed_date_unless_it_goes_before_all_others()
    {
        var state = Folded([.. Two, new LegalDutyStated("c1", "duty", 500, "a"), new CardClassed("c1", ServiceClass.Standard, null, "no hurry")]);
        var c = state.Case("c1")!;
        Assert.Equal(ServiceClass.FixedDate, ServiceClasses.Of(c, 10).Class);
        Assert.Equal("due", NextCard.Choose([new(state.Case("c2")!, 80, 80, ServiceClass.Standard), new(c, 10, 10, ServiceClass.FixedDate)], new(), "anna", 0, true, 23 * Hour)!.Value.Why.Share);
        Go(state, new CardClassed("c1", null, null, "by rule"));
        Assert.Equal(ServiceClass.Expedite, ServiceClasses.Of(c, 90).Class);
        Assert.Equal(ServiceClass.Standard, ServiceClasses.Of(state.Case("c2")!, 10).Class);
    }

    [Fact]
    public async Task Over_HTTP_a_duty_is_stated_missed_told_once_and_done_late_and_only_then_the_case_closes()
    {
        await using var house = await WorkHouse.Open();
        var id = await house.Report("Mailbox copied");
        Assert.Equal(["TRI629", "TRI630", "TRI631"], await house.Codes($"/api/cases/{id}/duties", new { duty = "none", awareMs = long.MaxValue }));
        Assert.Equal(["TRI632"], await house.Codes($"/api/cases/{id}/duties", new { duty = "gdpr-breach", why = "x", withdrawn = true }));
        Assert.Equal(["TRI633"], await house.Codes($"/api/cases/{id}/legal/gdpr-33/done", new { reference = "x" }));
        var aware = house.Clock.GetUtcNow().ToUnixTimeMilliseconds() - Hour;
        var shown = Clock(await house.Post($"/api/cases/{id}/duties", new { duty = "gdpr-breach", awareMs = aware, why = "mail of customers" }));
        Assert.Equal(("running", aware + 72 * Hour), (shown.GetProperty("condition").GetString(), shown.GetProperty("dueMs").GetInt64()));
        Assert.Equal(["TRI632"], await house.Codes($"/api/cases/{id}/duties", new { duty = "gdpr-breach", why = "again" }));
        await house.Post($"/api/cases/{id}/pull", new { why = "mine" });
        await house.Post($"/api/cases/{id}/clocks", new { paused = true, why = "waits for the hoster" });
        house.Clock.Advance(TimeSpan.FromHours(72));
        Assert.Equal("breached", Clock(await house.Get($"/api/cases/{id}")).GetProperty("condition").GetString());
        for (var look = 0; look < 3; look++) await house.Of<CaseWatch>().Breaches(default);
        Assert.Single((await house.Facts.ReadSubject(id, 1000, default)).Select(f => f.Body).OfType<ClockBreached>(), b => b.Clock == "gdpr-33");

        var close = new { verdict = "undecided", discovery = "internal.detection", reason = "over", effortMinutes = 1 };
        Assert.Equal("TRI634", (await house.Post($"/api/cases/{id}/close", close, HttpStatusCode.Conflict)).GetProperty("code").GetString());
        Assert.Equal(["TRI635"], await house.Codes($"/api/cases/{id}/legal/gdpr-33/done", new { reference = " " }));
        shown = Clock(await house.Post($"/api/cases/{id}/legal/gdpr-33/done", new { reference = "DPA 2026-7" }));
        Assert.Equal(("late", "user:anna", "DPA 2026-7"), (shown.GetProperty("condition").GetString(), shown.GetProperty("legal").GetProperty("doneBy").GetString(), shown.GetProperty("legal").GetProperty("reference").GetString()));
        Assert.Equal(["TRI633"], await house.Codes($"/api/cases/{id}/legal/gdpr-33/done", new { reference = "twice" }));
        await house.Post($"/api/cases/{id}/close", close);

        static JsonElement Clock(JsonElement view) => Assert.Single(view.GetProperty("work").GetProperty("clocks").EnumerateArray(), c => c.GetProperty("id").GetString() == "gdpr-33");
    }

    [Fact]
    public void Wrong_legal_clocks_are_told_with_their_lines_and_the_others_hold()
    {
        var book = ClockBook.Parse("""
            clocks: [{id: s, until: closed, within: 1h}]
            legal:
              - {name: no id}
              - {id: a, within: soon, when: d, source: L}
              - {id: b, within: 1h, when: d}
              - {id: s, within: 1h, when: d, source: L}
              - {id: c, within: 1h, when: d, source: L, after: e}
              - {id: e, within: 2months, when: d, source: L}
            """, "c.yml");
        Assert.Equal([("TRI625", "c.yml:3"), ("TRI626", "c.yml:4"), ("TRI627", "c.yml:5"), ("TRI625", "c.yml:6"), ("TRI628", "c.yml:7")], book.Findings.Select(f => (f.Code, f.Place)));
        Assert.Equal("e", Assert.Single(book.Legal).Id);
        var own = ClockBook.Load(Path.Combine(SharedData.RepositoryRoot, "content"));
        Assert.Empty(own.Findings);
        Assert.Equal(["gdpr-33", "nis2-warning", "nis2-notification", "nis2-final"], own.Legal.Select(r => r.Id));
    }
}
