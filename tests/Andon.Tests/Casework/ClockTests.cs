using System.Text.Json;
using Andon.Model;
using Andon.Triage.Cases.Work;

namespace Andon.Tests.Casework;

public sealed class ClockTests
{
    static JsonElement Clock(JsonElement view, string until) =>
        Assert.Single(view.GetProperty("work").GetProperty("clocks").EnumerateArray(), c => c.GetProperty("until").GetString() == until);

    [Fact]
    public async Task Waiting_outside_is_not_counted_by_a_persons_word_or_by_a_state_that_pauses()
    {
        await using var house = await WorkHouse.Open();
        var id = await house.Report("Odd sign-in");
        await house.Post($"/api/cases/{id}/pull", new { why = "mine" });
        house.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["TRI555"], await house.Codes($"/api/cases/{id}/clocks", new { paused = true }));
        var paused = await house.Post($"/api/cases/{id}/clocks", new { paused = true, why = "waits for the hoster" });
        Assert.Equal("paused", Clock(paused, "closed").GetProperty("condition").GetString());
        house.Clock.Advance(TimeSpan.FromHours(5));
        await house.Post($"/api/cases/{id}/clocks", new { paused = false });
        house.Clock.Advance(TimeSpan.FromHours(1));
        var shown = await house.Get($"/api/cases/{id}");
        Assert.Equal(2 * 3_600_000, Clock(shown, "closed").GetProperty("elapsedMs").GetInt64());
        Assert.Equal("running", Clock(shown, "closed").GetProperty("condition").GetString());
        Assert.Equal("met", Clock(shown, "engaged").GetProperty("condition").GetString());

        await house.Post($"/api/cases/{id}/lane", new { to = "investigate", why = "" });
        Assert.Equal(["TRI551"], await house.Codes($"/api/cases/{id}/state", new { to = "waiting-user" }));
        Assert.Equal(["TRI555"], await house.Codes($"/api/cases/{id}/state", new { to = "waiting-vendor" }));
        var waits = await house.Post($"/api/cases/{id}/state", new { to = "waiting-vendor", why = "ticket 7" });
        Assert.Equal("Waits for the vendor", waits.GetProperty("card").GetProperty("state").GetString());
        // A state holds the clocks until it ends, not until someone says so.
        Assert.Equal(["TRI556"], await house.Codes($"/api/cases/{id}/clocks", new { paused = false }));
        house.Clock.Advance(TimeSpan.FromHours(7));
        // The card moves on, so the state of its lane has ended; how long it stood there is kept.
        await house.Post($"/api/cases/{id}/lane", new { to = "contain", why = "" });
        house.Clock.Advance(TimeSpan.FromHours(1));
        shown = await house.Get($"/api/cases/{id}");
        Assert.Equal(3 * 3_600_000, Clock(shown, "closed").GetProperty("elapsedMs").GetInt64());
        var spans = shown.GetProperty("work").GetProperty("spans");
        Assert.Equal(7 * 3_600_000, spans[0].GetProperty("ms").GetInt64());
        Assert.Equal(2, spans.GetArrayLength());
    }

    [Fact]
    public async Task A_clock_that_ran_out_is_said_once_and_a_closed_case_counts_no_further()
    {
        await using var house = await WorkHouse.Open();
        var id = await house.Report("Odd sign-in");
        house.Clock.Advance(TimeSpan.FromDays(15));
        var watch = house.Of<CaseWatch>();
        await watch.Breaches(default);
        await watch.Breaches(default);
        var facts = await house.Facts.ReadSubject(id, 1000, default);
        Assert.Equal(["close", "engage"], facts.Select(f => f.Body).OfType<ClockBreached>().Select(b => b.Clock.Split('-')[0]).Where(c => c is "close" or "engage").Order());
        Assert.Equal("breached", Clock(await house.Get($"/api/cases/{id}"), "closed").GetProperty("condition").GetString());

        await house.Post($"/api/cases/{id}/pull", new { why = "mine" });
        await house.Post($"/api/cases/{id}/close", new { verdict = "undecided", discovery = "internal.detection", reason = "too late", effortMinutes = 1 });
        house.Clock.Advance(TimeSpan.FromDays(3));
        var shown = Clock(await house.Get($"/api/cases/{id}"), "closed");
        Assert.Equal(("late", 15 * 86_400_000L), (shown.GetProperty("condition").GetString(), shown.GetProperty("elapsedMs").GetInt64()));
        // Reopened: the time in which it was closed is nobody's.
        await house.Post($"/api/cases/{id}/reopen", new { why = "it came back" });
        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(16 * 86_400_000L, Clock(await house.Get($"/api/cases/{id}"), "closed").GetProperty("elapsedMs").GetInt64());
    }

    [Theory]
    // Monday 2026-03-02 08:00 UTC is 1772438400000.
    [InlineData(1_772_438_400_000, 1_772_438_400_000 + 3_600_000, 1)]
    [InlineData(1_772_438_400_000 + 8 * 3_600_000, 1_772_438_400_000 + 25 * 3_600_000, 2)] // 16:00 to 09:00: an hour each day.
    [InlineData(1_772_438_400_000 + 4 * 86_400_000L, 1_772_438_400_000 + 7 * 86_400_000L, 9)] // Friday morning to Monday morning.
    [InlineData(1_772_438_400_000, 1_772_438_400_000 - 1, 0)]
    public void Business_hours_are_the_working_part_of_a_stretch(long from, long to, int hours) =>
        Assert.Equal(hours * 3_600_000L, BusinessHours.Standard.Between(from, to));

    [Fact]
    public void Bad_states_and_clocks_are_told_all_at_once_with_their_lines()
    {
        var states = StateBook.Parse("- {id: a, name: A, lane: triage}\n- {id: a, name: A, lane: triage}\n- {id: b, name: B, lane: new}\n- {name: C}\n", "s.yml");
        Assert.Equal(["s.yml:2", "s.yml:3", "s.yml:4"], states.Findings.Select(f => f.Place));
        Assert.Single(states.Choices);
        var clocks = ClockBook.Parse("businessHours: {days: [mo, moon], from: '09:00', to: '08:00'}\nclocks:\n- {id: x, until: never, within: 1h}\n- {id: y, until: closed, within: soon}\n- {id: z, until: closed, within: 1h}\n", "c.yml");
        Assert.Equal(4, clocks.Findings.Count);
        Assert.Single(clocks.Rules);
        Assert.Equal("TRI550", Assert.Single(StateBook.Parse("a: [", "s.yml").Findings).Code);
        Assert.Equal("TRI552", Assert.Single(ClockBook.Parse("- a", "c.yml").Findings).Code);
    }
}
