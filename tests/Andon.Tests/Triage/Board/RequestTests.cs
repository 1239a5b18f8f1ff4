using Andon.Model;
using Andon.Triage.Board;
using Andon.Triage.Board.Requests;
using Andon.Triage.Cases;

namespace Andon.Tests.Triage.Board;

/// <summary>Response asks, Operations does, somebody else looks. Done is not closed, and waiting outside is not Response's time.</summary>
public class RequestTests
{
    static readonly AskOperations.RequestAsk Block = new(null, "Block 203.0.113.9 at the edge", ["fw01"], "It guesses passwords.", null, null);

    static async Task<(BoardHouse House, string CaseId, string Id)> Asked(AcceptanceCheck? check = null, params string[] responders)
    {
        var house = await BoardHouse.Open(null, responders);
        await house.Hit("guess", Level.High, "web01");
        var card = await house.Pull("anna");
        var asked = BoardHouse.Ok<RequestView>((await AskOperations.Ask(card.CaseId, Block with { Check = check }, BoardHouse.User("anna"), house.Desk, house.Checks, house.Runner, default)).Result);
        return (house, card.CaseId, asked.RequestId);
    }

    static async Task<string> Act(BoardHouse house, string id, string act, string who, string? text = "ticket 4711") => BoardHouse.Code(act switch
    {
        "accept" => (await AnswerRequest.Accept(id, BoardHouse.User(who), house.Desk, house.Runner, default)).Result,
        "done" => (await AnswerRequest.Done(id, new(text), BoardHouse.User(who), house.Desk, house.Runner, default)).Result,
        "refuse" => (await AnswerRequest.Refuse(id, new(text), BoardHouse.User(who), house.Desk, house.Runner, default)).Result,
        "verify" => (await AskOperations.Verify(id, new(text), BoardHouse.User(who), house.Desk, house.Runner, default)).Result,
        "return" => (await AskOperations.Return(id, new(text), BoardHouse.User(who), house.Desk, house.Runner, default)).Result,
        _ => (await AskOperations.Withdraw(id, new(text), BoardHouse.User(who), house.Desk, house.Runner, default)).Result,
    });

    [Fact]
    public async Task The_clock_runs_outside_until_operations_hands_it_back_and_the_case_waits_for_validation()
    {
        var (house, caseId, id) = await Asked(null, "anna", "cleo");
        using var _ = house;
        var card = house.State.Case(caseId)!;
        Assert.True(card.Card.Waiting!.ByRequest);
        Assert.Equal(0, Queue.Held(house.State, "anna", Lane.Triage, house.Desk.NowMs)); // What waits outside is in nobody's hands.
        house.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("TRI574", await Act(house, id, "done", "otto", " "));
        await Act(house, id, "accept", "otto");
        Assert.Equal("TRI572", await Act(house, id, "done", "olga")); // Otto took it.
        await Act(house, id, "done", "otto");
        Assert.Null(card.Card.Waiting);
        house.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(7_200_000, card.Card.OutsideMs(house.Desk.NowMs));

        var refused = await CloseCase.Handle(caseId, BoardHouse.Benign, BoardHouse.User("anna"), house.Desk, house.Views, house.Controls, default);
        Assert.Equal("TRI577", BoardHouse.Code(refused.Result));
        await Act(house, id, "return", "anna", "it still gets through");
        Assert.NotNull(card.Card.Waiting);
        await Act(house, id, "done", "otto");
        await Act(house, id, "verify", "anna");
        Assert.Equal((RequestState.Verified, "anna", false), (house.State.Board.Requests.Find(id)!.State, house.State.Board.Requests.Find(id)!.VerifiedBy, house.State.Board.Requests.Find(id)!.SamePerson));
        await house.Close(caseId, "anna");
    }

    [Fact]
    public async Task Who_did_it_neither_verifies_it_nor_closes_the_case_where_there_is_another()
    {
        var (house, caseId, id) = await Asked(null, "anna", "cleo");
        using var _ = house;
        await Act(house, id, "done", "anna");
        Assert.Equal("TRI575", await Act(house, id, "verify", "anna", "I saw it"));
        await Act(house, id, "verify", "cleo");
        var refused = await CloseCase.Handle(caseId, BoardHouse.Benign, BoardHouse.User("anna"), house.Desk, house.Views, house.Controls, default);
        Assert.Equal("TRI578", BoardHouse.Code(refused.Result));
        await house.Say(new CardPulled(caseId, "cleo", "to close it"), "user:cleo");
        await house.Close(caseId, "cleo");
        Assert.False(house.State.Board.Requests.Find(id)!.SamePerson);
    }

    [Fact]
    public async Task One_person_alone_may_wear_both_hats_with_a_reason_and_it_is_recorded()
    {
        var (house, caseId, id) = await Asked(null, "anna");
        using var _ = house;
        await Act(house, id, "done", "anna");
        Assert.Equal("TRI576", await Act(house, id, "verify", "anna", ""));
        await Act(house, id, "verify", "anna", "tried it from outside");
        await house.Close(caseId, "anna");
        Assert.True(house.State.Board.Requests.Find(id)!.SamePerson);
    }

    [Fact]
    public async Task Andon_looks_for_itself_and_a_replay_agrees()
    {
        using var house = await BoardHouse.Open(null, "anna", "cleo");
        await house.Desk.Append([new("andon:exposure", "test", new WindowOpened("w1", "a1", "CVE-1", "openssl", true, "reachable"))], [], default);
        await house.Hit("guess", Level.High, "web01");
        var card = await house.Pull("anna");
        async Task<string> Ask(AcceptanceCheck check) => BoardHouse.Code((await AskOperations.Ask(card.CaseId, Block with { Check = check }, BoardHouse.User("anna"), house.Desk, house.Checks, house.Runner, default)).Result);
        Assert.Equal("TRI571", await Ask(new("window", "w9", 0)));
        Assert.Equal("TRI571", await Ask(new("source", "never-heard", 0)));
        Assert.Equal("TRI571", await Ask(new("magic", "x", 0)));
        await Ask(new("window", "w1", 0));
        await Act(house, "r1", "done", "otto");
        await house.Runner.LookAtAll(default);
        Assert.Equal((RequestState.Done, "the window is still open"), (house.State.Board.Requests.Find("r1")!.State, house.Runner.LastLook("r1")));
        await house.Desk.Append([new("andon:exposure", "test", new WindowClosed("w1", "patched"))], [], default);
        await house.Runner.LookAtAll(default);
        Assert.Equal((RequestState.Verified, "Andon"), (house.State.Board.Requests.Find("r1")!.State, house.State.Board.Requests.Find("r1")!.VerifiedBy));
        var again = new TriageState();
        foreach (var fact in await house.Log.Read(0, 1000, default)) again.Apply(fact);
        Assert.Equal(RequestState.Verified, again.Board.Requests.Find("r1")!.State);
        Assert.Equal(house.State.Case(card.CaseId)!.Card.WaitedMs, again.Case(card.CaseId)!.Card.WaitedMs);
    }

    [Fact]
    public async Task Operations_see_what_where_why_and_when_and_nothing_of_the_case()
    {
        var (house, caseId, id) = await Asked(new("search", "", 0) { Kind = "none" }, "anna", "cleo");
        using var _ = house;
        var mine = ShowInbox.View("otto", house.Desk, house.Runner, _ => true, cases: false, respond: false, operate: true);
        var seen = Assert.Single(mine.ToDo);
        Assert.Equal((id, null, null), (seen.RequestId, seen.CaseId, seen.CaseNumber));
        Assert.Empty(mine.Clocks);
        Assert.Empty(mine.Mentions);
        await Act(house, id, "accept", "olga");
        Assert.Empty(ShowInbox.View("otto", house.Desk, house.Runner, _ => true, false, false, true).ToDo);
        var text = System.Text.Json.JsonSerializer.Serialize(ShowInbox.View("olga", house.Desk, house.Runner, _ => true, false, false, true), FactTypes.Json);
        Assert.DoesNotContain(caseId + "\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("guess\"", text, StringComparison.Ordinal);
        var theirs = ShowInbox.View("anna", house.Desk, house.Runner, _ => true, cases: true, respond: true, operate: false);
        Assert.Equal(caseId, Assert.Single(theirs.Asked).CaseId);
    }

    [Fact]
    public async Task The_inbox_gathers_mentions_steps_and_clocks()
    {
        var (house, caseId, _) = await Asked(null, "anna");
        using var __ = house;
        await house.Say(new CaseNoted(caseId, "@anna look at the second host"), "user:cleo");
        await house.Desk.Append([new("andon:respond", "test", new RunStarted("run1", "pb", "1", "h", caseId, new Dictionary<string, string>())), new("andon:respond", "test", new StepAsked("run1", "s1", "Call the owner"))], [], default);
        await house.Say(new CardClassed(caseId, null, house.Desk.NowMs + 3_600_000, "told by law"), "user:anna");
        var inbox = ShowInbox.View("anna", house.Desk, house.Runner, _ => true, true, true, false);
        Assert.Equal((1, 1, 1), (inbox.Mentions.Count, inbox.Steps.Count, inbox.Clocks.Count));
        await ShowInbox.Read(inbox.Mentions[0].NoteSeq, BoardHouse.User("anna"), house.Desk, default);
        await house.Desk.Append([new("andon:respond", "test", new StepEnded("run1", "s1", 1, StepOutcome.Succeeded, "", new Dictionary<string, string>(), null))], [], default);
        inbox = ShowInbox.View("anna", house.Desk, house.Runner, _ => true, true, true, false);
        Assert.Equal((0, 0), (inbox.Mentions.Count, inbox.Steps.Count));
    }
}
