using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Triage;
using Andon.Triage.Board;
using Andon.Triage.Cases;
using Andon.Triage.Core;
using Andon.Triage.Grouping;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Tests.Triage;

/// <summary>Who may do what on the board, and how a refusal reads.</summary>
public class BoardTests
{
    static WorkInHand Load(int held, int inLane, bool expedite = false) => new(held, 3, inLane, 12, expedite);

    static CaseState Card(Lane lane, string? owner = "anna") => new("c1", 1, "t", "endpoint", false, 0) { Lane = lane, Owner = owner };

    [Theory]
    [InlineData(Lane.Triage, Lane.Investigate, "", 0, 0, false, null)]
    [InlineData(Lane.Triage, Lane.Triage, "", 0, 0, false, "TRI209")]
    [InlineData(Lane.Triage, Lane.Closed, "done", 0, 0, false, "TRI208")]
    [InlineData(Lane.Closed, Lane.Triage, "again", 0, 0, false, "TRI207")]
    [InlineData(Lane.Contain, Lane.Triage, "", 0, 0, false, "TRI211")]
    [InlineData(Lane.Contain, Lane.Triage, "not contained", 0, 0, false, null)]
    [InlineData(Lane.Triage, Lane.Investigate, "", 3, 3, false, "TRI201")]
    [InlineData(Lane.Triage, Lane.Investigate, "", 0, 12, false, "TRI202")]
    [InlineData(Lane.Triage, Lane.Investigate, "urgent", 0, 12, false, "TRI202")]
    [InlineData(Lane.Triage, Lane.Investigate, "", 0, 12, true, "TRI202")]
    [InlineData(Lane.Triage, Lane.Investigate, "urgent", 3, 12, true, null)]
    [InlineData(Lane.Triage, (Lane)99, "", 0, 0, false, "TRI214")]
    public void A_move_is_refused_with_a_code(Lane from, Lane to, string why, int held, int inLane, bool over, string? code)
    {
        var refusal = MoveCard.Refuse(Card(from), new(to, why, over), Load(held, inLane));
        Assert.Equal(code, refusal?.Code);
        if (refusal is not null) Assert.NotEmpty(refusal.Hint);
    }

    [Fact]
    public void Work_is_pulled_never_pushed()
    {
        Assert.Equal("TRI203", MoveCard.Refuse(Card(Lane.New, owner: null), new(Lane.Investigate, "go", false), Load(0, 0))?.Code);
        Assert.Equal("TRI203", CloseCase.Refuse(Card(Lane.New, owner: null))?.Code);
    }

    [Theory]
    [InlineData(Lane.New, null, "", true, 0, 0, null)]
    [InlineData(Lane.New, null, "", false, 0, 0, "TRI204")]
    [InlineData(Lane.New, null, "my system", false, 0, 0, null)]
    [InlineData(Lane.New, null, "my system", true, 3, 3, "TRI201")]
    [InlineData(Lane.New, null, "", true, 0, 12, "TRI202")]
    [InlineData(Lane.Triage, "anna", "", true, 0, 0, "TRI206")]
    [InlineData(Lane.Triage, "ben", "", true, 0, 0, "TRI205")]
    [InlineData(Lane.Triage, "ben", "he is ill", false, 0, 0, null)]
    [InlineData(Lane.Closed, null, "x", true, 0, 0, "TRI207")]
    public void A_pull_is_refused_with_a_code(Lane lane, string? owner, string why, bool best, int held, int inLane, string? code) =>
        Assert.Equal(code, PullCard.Refuse(Card(lane, owner), "anna", why, best, Load(held, inLane))?.Code);

    [Fact]
    public void Closing_says_everything_that_is_missing_at_once()
    {
        var controls = new ControlBook([new("mfa", "Second factor")]);
        string[] Codes(CloseCase.CloseAsk ask) => [.. CloseCase.Check(ask, controls).Select(f => f.Code).Order(StringComparer.Ordinal)];
        Assert.Equal(["TRI220", "TRI221", "TRI222"], Codes(new(null, null, null, null, null, 0)));
        Assert.Equal(["TRI226", "TRI227"], Codes(new(Verdict.TruePositive, [], null, "internal.detection", "real", 10)));
        Assert.Equal(["TRI223", "TRI224", "TRI225"], Codes(new(Verdict.TruePositive, ["nope"], "breakfast", "internal.detection", "real", -1)));
        Assert.Empty(Codes(new(Verdict.TruePositive, ["mfa"], "credential_access", "internal.detection", "real", 10)));
        Assert.Empty(Codes(new(Verdict.FalsePositive, null, null, "internal.detection", "a test", 0)));
        // Without a catalogue any control id is taken.
        Assert.Empty(CloseCase.Check(new(Verdict.TruePositive, ["anything"], "impact", "internal.detection", "real", 1), new ControlBook([])));
    }

    [Fact]
    public void Reopening_and_noting_need_words()
    {
        Assert.Equal("TRI215", ReopenCase.Refuse(Card(Lane.Triage), new("x"))?.Code);
        Assert.Equal("TRI216", ReopenCase.Refuse(Card(Lane.Closed), new(" "))?.Code);
        Assert.Null(ReopenCase.Refuse(Card(Lane.Closed), new("new evidence")));
        Assert.Equal("TRI212", NoteCase.Refuse(new(""))?.Code);
        Assert.Equal("TRI213", NoteCase.Refuse(new(new string('x', 20_001)))?.Code);
    }

    sealed class Room : IDisposable
    {
        public TestClock Clock { get; } = new();
        public MemoryFactLog Log { get; }
        public TriageDesk Desk { get; }
        public TriageCore Core { get; }
        public Views Views { get; }
        ulong position;

        Room()
        {
            Log = new(Clock);
            Desk = new(Log, Clock);
            Core = new(Desk, new Linker(Salience.Default), DomainRules.None);
            Views = new(Desk, Salience.Default, new ControlBook([new("mfa", "Second factor")]));
        }

        public static async Task<Room> Open()
        {
            var room = new Room();
            await room.Log.Attach(room.Desk, default);
            return room;
        }

        public async Task Hit(string rule, Level level, string host, string? user = null)
        {
            var hit = Andon.Tests.Triage.Desk.Hit(++position, Clock.GetUtcNow().ToUnixTimeMilliseconds() / 60_000.0 - Andon.Tests.Triage.Desk.Start / 60_000.0, rule, level, host, user);
            using var turn = await Desk.TakeTurn(default);
            await Desk.Append(Core.Step([hit], position, Desk.NowMs), [], default);
        }

        public async Task<(Card? Card, string? Refusal)> Pull(string person)
        {
            var answer = (await PullNext.Handle(null, User(person), Desk, Views, default)).Result;
            return answer is Ok<Card> ok ? (ok.Value, null) : (null, ((Conflict<Finding>)answer).Value!.Code);
        }

        public static ClaimsPrincipal User(string name) => new(new ClaimsIdentity([new(ClaimTypes.Name, name)], "test"));
        public void Dispose() => Desk.Dispose();
    }

    [Fact]
    public async Task Next_is_the_best_card_and_nobody_pulls_over_the_limit()
    {
        using var room = await Room.Open();
        await room.Hit("minor", Level.Low, "a");
        await room.Hit("major", Level.Critical, "b");
        await room.Hit("middle", Level.Medium, "c");
        await room.Hit("small", Level.Low, "d");
        Assert.Contains("major", (await room.Pull("anna")).Card!.Title, StringComparison.Ordinal);
        Assert.Contains("middle", (await room.Pull("anna")).Card!.Title, StringComparison.Ordinal);
        Assert.NotNull((await room.Pull("anna")).Card);
        Assert.Equal("TRI201", (await room.Pull("anna")).Refusal);
        Assert.Equal("anna", room.Desk.State.Cases[1].Owner);
        Assert.NotNull((await room.Pull("ben")).Card);
        Assert.Equal("TRI200", (await room.Pull("ben")).Refusal);
    }

    [Fact]
    public async Task What_belongs_to_the_work_in_hand_comes_first_within_15_points()
    {
        using var room = await Room.Open();
        await room.Hit("first", Level.Critical, "lab", "mallory");
        Assert.NotNull((await room.Pull("anna")).Card);
        room.Clock.Advance(TimeSpan.FromHours(9)); // too late to join the case, not too late to be related
        await room.Hit("stranger", Level.High, "office");
        await room.Hit("relative", Level.Medium, "home", "mallory");
        Assert.Contains("stranger", (await room.Pull("ben")).Card!.Title, StringComparison.Ordinal);
        await room.Hit("another stranger", Level.High, "shop");
        var next = (await room.Pull("anna")).Card!;
        Assert.Contains("relative", next.Title, StringComparison.Ordinal);
        Assert.NotEmpty(next.RelatedTo);
    }

    [Fact]
    public async Task The_case_page_tells_the_whole_story()
    {
        using var room = await Room.Open();
        await room.Hit("SSH brute force", Level.High, "web01", "webadmin");
        room.Clock.Advance(TimeSpan.FromMinutes(3));
        await room.Hit("Login after failures", Level.High, "web01", "webadmin");
        var card = (await room.Pull("anna")).Card!;
        Assert.Equal("SSH brute force, then login after failures on web01 by webadmin", card.Title);
        Assert.StartsWith("+", card.Reason, StringComparison.Ordinal);
        Assert.Contains("same host web01 now in 2 rules", card.Reason, StringComparison.Ordinal);

        var closed = await CloseCase.Handle(card.CaseId, new(Verdict.TruePositive, ["mfa"], "credential-access", "internal.detection", "it was real", 30), Room.User("anna"),
            room.Desk, room.Views, new ControlBook([new("mfa", "Second factor")]), default);
        var view = Assert.IsType<Ok<CaseView>>(closed.Result).Value!;
        Assert.Equal(Verdict.TruePositive, view.Closed!.Verdict);
        Assert.Equal(1, view.Why.Shares.Sum(s => s.Share), 1e-9);
        Assert.Equal(["attack", "response", "attack", "response", "response"], view.Timeline.Select(t => t.Lane));
        Assert.All(view.Timeline, t => Assert.True(t.FactSeq > 0));
        Assert.Null(view.Signals[0].Join);
        Assert.Contains("web01", view.Signals[1].Join!.Text, StringComparison.Ordinal);
        Assert.Equal(2, view.History.Count);
        Assert.Equal("TRI207", MoveCard.Refuse(room.Desk.State.Case(card.CaseId)!, new(Lane.Triage, "x", false), Load(0, 0))?.Code);

        var reopened = await ReopenCase.Handle(card.CaseId, new("a second machine"), Room.User("anna"), room.Desk, room.Views, default);
        Assert.Null(Assert.IsType<Ok<CaseView>>(reopened.Result).Value!.Closed);
    }

    [Fact]
    public async Task A_report_of_a_person_is_checked_and_gets_the_next_number()
    {
        using var room = await Room.Open();
        await room.Hit("a", Level.Low, "h");
        var wrong = await ReportCase.Handle(new("", null, [new(EntityKind.Host, "")]), Room.User("anna"), room.Desk, room.Core, room.Views, default);
        Assert.Equal(["TRI230", "TRI233"], Assert.IsType<BadRequest<TriageFindings>>(wrong.Result).Value!.Findings.Select(f => f.Code));
        var made = await ReportCase.Handle(new("Lost laptop", "in the train", [new(EntityKind.Host, "LT-07")]), Room.User("anna"), room.Desk, room.Core, room.Views, default);
        var view = Assert.IsType<Ok<CaseView>>(made.Result).Value!;
        Assert.Equal(2, view.Card.Number);
        Assert.Equal("Lost laptop", view.Card.Title);
        Assert.Equal("in the train", view.Notes.Single().Text);
        Assert.True(view.Card.Priority > 0);
    }
}
