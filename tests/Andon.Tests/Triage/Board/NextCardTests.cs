using Andon.Model;
using Andon.Triage.Board;
using Andon.Triage.Cases;
using Andon.Triage.Routing;

namespace Andon.Tests.Triage.Board;

/// <summary>Whose turn it is: the laws of the pull, and the words that come with it.</summary>
public class NextCardTests
{
    sealed class Shop(int seed)
    {
        readonly Random random = new(seed);
        readonly PullMemory pulls = new();
        readonly List<CaseState> waiting = [];
        int number;
        public List<(long WaitedMs, PullWhy Why)> Given { get; } = [];
        public long NowMs { get; private set; }
        public int Waiting => waiting.Count;

        public void Arrive(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var c = new CaseState("c" + ++number, number, "t", "endpoint", false, NowMs);
                if (random.Next(10) == 0) c.Card.Work = "tuning";
                waiting.Add(c);
            }
        }

        /// <summary>Priorities are dealt anew at each pull: the worst case for whoever hopes that his card's turn comes by its points.</summary>
        public void Pull(string person, double expedite)
        {
            NowMs += Min;
            var cards = waiting.Select(c =>
            {
                var p = random.NextDouble() < expedite ? 90 : random.NextDouble() * 80;
                return new Candidate(c, p, p, ServiceClasses.Of(c, p).Class);
            }).ToList();
            if (NextCard.Choose(cards, pulls, person, 10, expediteFree: true, NowMs) is not { } next) return;
            pulls.Add(person, next.Case.Id, NowMs, next.Why);
            waiting.Remove(next.Case);
            Given.Add((NowMs - next.Case.OpenedMs, next.Why));
        }

        const long Min = 60_000;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Under_overload_one_pull_in_ten_is_the_oldest_standard_cards(int seed)
    {
        var shop = new Shop(seed);
        shop.Arrive(50);
        string[] people = ["anna", "ben", "cleo"];
        for (var i = 0; i < 600; i++)
        {
            shop.Arrive(2);
            shop.Pull(people[i % 3], expedite: 0.3);
        }
        Assert.Equal(600, shop.Given.Count);
        // In every window of ten, not only on the whole: nobody waits long for the share.
        for (var i = 0; i + 10 <= shop.Given.Count; i++)
            Assert.Contains(shop.Given.GetRange(i, 10), g => g.Why.Oldest);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Planned_work_has_its_wished_share_where_nothing_burns(int seed)
    {
        var shop = new Shop(seed);
        shop.Arrive(50);
        for (var i = 0; i < 400; i++)
        {
            shop.Arrive(2);
            shop.Pull("anna", expedite: 0);
        }
        var planned = shop.Given.Count(g => g.Why.Planned);
        Assert.True(planned is >= 36 and <= 80, $"{planned} of 400 pulls were planned work; a tenth was wished.");
    }

    [Fact]
    public void With_fewer_arrivals_than_pulls_every_card_is_pulled_in_finite_time()
    {
        var shop = new Shop(7);
        shop.Arrive(40);
        for (var i = 0; i < 400; i++)
        {
            if (i % 2 == 0) shop.Arrive(1);
            shop.Pull("anna", expedite: 0.05);
        }
        Assert.Equal(0, shop.Waiting);
        Assert.True(shop.Given.Max(g => g.WaitedMs) < 400 * 60_000L);
    }

    [Fact]
    public void An_expedite_card_goes_before_the_oldest_once_but_not_twice()
    {
        var pulls = new PullMemory();
        var old = new Candidate(new("c1", 1, "old", "endpoint", false, 0), 1, 1, ServiceClass.Standard);
        var fire = new Candidate(new("c2", 2, "fire", "endpoint", false, 5), 95, 95, ServiceClass.Expedite);
        var other = new PullWhy("best", 50, 0, ServiceClass.Standard, Oldest: false, Planned: false, "");
        for (var i = 0; i < 8; i++) pulls.Add("anna", "c9", i, other);
        Assert.Equal("expedite", NextCard.Choose([old, fire], pulls, "anna", 0, true, 100)!.Value.Why.Share);
        pulls.Add("anna", "c9", 9, other with { Class = ServiceClass.Expedite });
        Assert.Equal("oldest", NextCard.Choose([old, fire], pulls, "anna", 0, true, 100)!.Value.Why.Share);
        // Nothing burns: its turn comes one pull earlier.
        Assert.Equal("c1", NextCard.Choose([old], pulls, "anna", 0, true, 100)!.Value.Case.Id);
    }

    [Fact]
    public async Task Only_what_a_person_is_qualified_for_is_given_and_the_answer_says_why()
    {
        using var house = await BoardHouse.Open();
        var best = await house.Hit("ransom", Level.Critical, "a");
        await house.Hit("minor", Level.Low, "b");
        await house.Say(new CardRouted(best.Id, "endpoint", "cloud", "kubernetes", "", [], []));
        await house.Say(new PersonSkilled("anna", ["endpoint"], [], "new here"));
        await house.Say(new PersonSkilled("ben", ["cloud"], [], "no kubernetes yet"));
        await house.Say(new PersonSkilled("cleo", ["cloud"], ["kubernetes"], "the expert"));
        var given = await house.Pull("anna");
        Assert.Contains("minor", given.Title, StringComparison.Ordinal);
        Assert.Contains("highest that you may take", given.Service.Chosen!.Text, StringComparison.Ordinal);
        Assert.Equal("TRI579", await house.PullRefused("ben"));
        Assert.Equal(best.Id, (await house.Pull("cleo")).CaseId);
    }

    [Fact]
    public async Task Classes_come_by_rule_and_a_person_may_say_otherwise_with_a_reason()
    {
        using var house = await BoardHouse.Open();
        var c = await house.Hit("minor", Level.Low, "b");
        Assert.Equal(ServiceClass.Standard, house.Views.Card(c).Service.Class);
        async Task<string> Class(ServiceClass? to, long? due, string? why) => BoardHouse.Code((await ClassCard.Handle(c.Id, new(to, due, why), BoardHouse.User("anna"), house.Desk, house.Views, default)).Result);
        Assert.Equal("TRI562", await Class(ServiceClass.Expedite, null, " "));
        Assert.Equal("TRI563", await Class(ServiceClass.FixedDate, null, "law"));
        await Class(null, house.Desk.NowMs + TimeSpan.FromDays(2).Ticks / TimeSpan.TicksPerMillisecond, "a legal clock of two days");
        Assert.Equal(ServiceClass.Expedite, house.Views.Card(c).Service.Class);
        await Class(null, house.Desk.NowMs + TimeSpan.FromDays(20).Ticks / TimeSpan.TicksPerMillisecond, "they gave us three weeks");
        Assert.Equal(ServiceClass.FixedDate, house.Views.Card(c).Service.Class);
        await Class(ServiceClass.Intangible, null, "only tidying");
        Assert.StartsWith("anna said so", house.Views.Card(c).Service.ClassWhy, StringComparison.Ordinal);
        await Class(null, null, "by rule again");
        Assert.Equal(ServiceClass.Standard, house.Views.Card(c).Service.Class);
    }

    [Fact]
    public async Task Expedite_breaks_the_limits_but_only_two_at_a_time()
    {
        using var house = await BoardHouse.Open();
        for (var i = 0; i < 3; i++) await house.Hit($"plain{i}", Level.Medium, $"h{i}");
        for (var i = 0; i < 3; i++) await house.Pull("anna");
        for (var i = 0; i < 3; i++)
        {
            var c = await house.Hit($"fire{i}", Level.Low, $"f{i}");
            await house.Say(new CardClassed(c.Id, ServiceClass.Expedite, null, "the minister called"));
        }
        Assert.Equal("expedite", (await house.Pull("anna")).Service.Chosen!.Share);
        Assert.Equal("expedite", (await house.Pull("anna")).Service.Chosen!.Share);
        Assert.Equal("TRI201", await house.PullRefused("anna"));
    }

    [Fact]
    public async Task Limits_are_settings_with_facts()
    {
        using var house = await BoardHouse.Open();
        await house.Say(new BoardLimitStated("person", 1, "we learn to finish"));
        await house.Hit("a", Level.Medium, "a");
        await house.Hit("b", Level.Medium, "b");
        await house.Pull("anna");
        Assert.Equal("TRI201", await house.PullRefused("anna"));
        Assert.Equal(1, house.State.Board.LimitOf("person"));
        Assert.Equal(12, house.State.Board.LimitOf(Lane.Contain));
        Assert.Null(house.State.Board.LimitOf(Lane.New));
        Assert.Equal("TRI569", BoardSettings.Refuse(new BoardSettings.LimitAsk("lunch", 2, "x"))?.Code);
        Assert.Equal("TRI562", BoardSettings.Refuse(new BoardSettings.LimitAsk("person", 2, ""))?.Code);
        Assert.Equal("TRI583", BoardSettings.Refuse(new BoardSettings.SplitAsk(99, "x"))?.Code);
        Assert.Equal("TRI560", BoardSettings.Refuse(new BoardSettings.SkillAsk("anna", ["nowhere"], [], "x"), DomainRules.None)?.Code);
    }

    [Fact]
    public async Task Routing_learns_from_people_and_says_so()
    {
        var rules = DomainRules.Parse("- domain: identity\n  tags: [attack.t1110*]\n", "x");
        using var house = await BoardHouse.Open(rules);
        async Task Send(CaseState c, string to) => Assert.Equal(to, BoardHouse.Ok<Card>((await RouteCard.Handle(c.Id, new(to, null, null), BoardHouse.User("anna"), house.Desk, house.Views, rules, default)).Result).Domain);
        var first = await house.Hit("bucket", Level.Low, "h1", "s:x:odd.one");
        Assert.Equal("endpoint", first.Domain);
        Assert.Equal("no routing rule fits", first.Card.Routed);
        await Send(first, "network");
        Assert.Equal("endpoint", (await house.Hit("bucket", Level.Low, "h2", "s:x:odd.one")).Domain); // Once is no habit.
        await Send(house.State.Cases[1], "network");
        var third = await house.Hit("bucket", Level.Low, "h3", "s:x:odd.one");
        Assert.Equal("network", third.Domain);
        Assert.Contains("2 of 2 re-routed cards of this rule", third.Card.Routed, StringComparison.Ordinal);
        Assert.Equal("network", (await house.Hit("another", Level.Low, "h4", "s:x:odd.one")).Domain); // By its dataset.
        Assert.Equal(2, house.State.Board.Learned.Count);
        Assert.Equal("TRI560", BoardHouse.Code((await RouteCard.Handle(third.Id, new("nowhere", null, null), BoardHouse.User("anna"), house.Desk, house.Views, rules, default)).Result));
        Assert.Equal("TRI564", BoardHouse.Code((await RouteCard.Handle(third.Id, new("network", null, null), BoardHouse.User("anna"), house.Desk, house.Views, rules, default)).Result));
    }

    [Fact]
    public async Task A_snoozed_card_wakes_by_the_clock_or_by_its_next_alert_and_a_replay_says_the_same()
    {
        using var house = await BoardHouse.Open();
        var c = await house.Hit("a", Level.Medium, "host1");
        var until = house.Desk.NowMs + 3_600_000;
        BoardHouse.Ok<Card>((await PauseCard.Snooze(c.Id, new(until, "the scan ends then"), BoardHouse.User("anna"), house.Desk, house.Views, default)).Result);
        Assert.Equal("TRI579", await house.PullRefused("anna"));
        house.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.False(c.Card.Asleep(house.Desk.NowMs));
        BoardHouse.Ok<Card>((await PauseCard.Snooze(c.Id, new(house.Desk.NowMs + 3_600_000, "again"), BoardHouse.User("anna"), house.Desk, house.Views, default)).Result);
        await house.Hit("b", Level.High, "host1");
        Assert.False(c.Card.Asleep(house.Desk.NowMs));
        Assert.Contains(c.Deeds, d => d.Text == "a new alert of the case woke it");
        var again = new TriageState();
        foreach (var fact in await house.Log.Read(0, 1000, default)) again.Apply(fact);
        Assert.Null(again.Case(c.Id)!.Card.Sleep);
    }

    [Fact]
    public async Task Planned_work_stands_beside_what_was_discovered_and_has_its_share()
    {
        using var house = await BoardHouse.Open();
        Assert.Equal("TRI567 TRI568 TRI560", BoardHouse.Code((await PlanCard.Handle(new("", null, "lunch", "nowhere", null, null), BoardHouse.User("anna"), house.Desk, house.Views, house.Domains, default)).Result));
        var planned = BoardHouse.Ok<Card>((await PlanCard.Handle(new("Tune the noisy rule", "it is the proxy", "tuning", "endpoint", null, null), BoardHouse.User("anna"), house.Desk, house.Views, house.Domains, default)).Result);
        Assert.Equal(ServiceClass.Intangible, planned.Service.Class);
        await house.Say(new BoardSplitStated(50, "the rules are loud"));
        await house.Hit("a", Level.High, "h");
        Assert.Equal("best", (await house.Pull("anna")).Service.Chosen!.Share);
        await house.Hit("b", Level.High, "i");
        var given = await house.Pull("anna");
        Assert.Equal((planned.CaseId, "planned"), (given.CaseId, given.Service.Chosen!.Share));
        BoardHouse.Ok<Card>((await PlanCard.Done(planned.CaseId, new("half as loud", 40), BoardHouse.User("anna"), house.Desk, house.Views, default)).Result);
        Assert.Equal(Lane.Closed, house.State.Case(planned.CaseId)!.Lane);
        var flow = BoardViews.Flow(house.State, house.Views, [.. house.State.OpenCases()], 1, house.Desk.NowMs, []);
        Assert.Equal((50, 2, 1), (flow.Split.PlannedPercent, flow.Split.Pulls, flow.Split.Planned));
    }

    [Fact]
    public async Task Many_cards_in_one_gesture_each_with_its_own_answer()
    {
        using var house = await BoardHouse.Open();
        for (var i = 0; i < 5; i++) await house.Hit($"r{i}", Level.Low, $"h{i}");
        var ids = house.State.Cases.Select(c => c.Id).ToList();
        async Task<BulkCards.BulkView> Bulk(BulkCards.BulkAsk ask) =>
            BoardHouse.Ok<BulkCards.BulkView>((await BulkCards.Handle(ask, BoardHouse.User("anna"), house.Desk, house.Views, house.Domains, house.Controls, default)).Result);
        var taken = await Bulk(new(ids, "take", "mine", null, false, null, null, null));
        Assert.Equal((3, 2), (taken.Done.Count, taken.Refused.Count));
        Assert.All(taken.Refused, r => Assert.Equal("TRI201", r.Finding.Code));
        var before = house.Log.Last;
        Assert.Equal(5, (await Bulk(new(ids, "route", null, null, false, "network", null, null))).Done.Count);
        Assert.Equal(before + 5, house.Log.Last);
        var closed = await Bulk(new(["c99", .. ids], "close", null, null, false, null, null, BoardHouse.Benign));
        Assert.Equal((3, 3), (closed.Done.Count, closed.Refused.Count));
        Assert.Equal("TRI580 TRI581", string.Join(' ', BulkCards.Check(new([], "juggle", null, null, false, null, null, null)).Select(f => f.Code)));
    }

    [Theory]
    [InlineData("ask @anna and @ben.", "anna ben")]
    [InlineData("mail anna@example.org", "")]
    [InlineData("@@anna @ANNA", "anna")]
    [InlineData("@", "")]
    public void A_note_names_people(string text, string names) => Assert.Equal(names, string.Join(' ', Mentions.In(text)));
}
