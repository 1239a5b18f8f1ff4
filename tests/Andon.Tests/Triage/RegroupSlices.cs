using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Triage;
using Andon.Triage.ByHand;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Tests.Triage;

/// <summary>The acts as the console calls them: turn, log, answer; and what a restart finds.</summary>
public sealed class RegroupSlices : IDisposable
{
    readonly MemoryFactLog log = new(TimeProvider.System);
    readonly TriageDesk desk;
    readonly GroupingViews views;
    readonly ClaimsPrincipal anna = new(new ClaimsIdentity([new(ClaimTypes.Name, "anna")], "test"));

    public RegroupSlices()
    {
        desk = new(log, TimeProvider.System);
        views = new(desk, Salience.Default);
    }

    public void Dispose() => desk.Dispose();

    // Four cases of three signals; the last is closed.
    async Task Fill()
    {
        await log.Attach(desk, default);
        var random = new Random(5);
        var drafts = new List<FactDraft>();
        for (var c = 1; c <= 4; c++)
        {
            drafts.Add(new("andon:triage", "t", new CaseOpened($"c{c}", c, "t", "endpoint", false)));
            string? first = null;
            for (var i = 0; i < 3; i++)
            {
                var s = PriorityLaws.One(random, c * 10 + i);
                drafts.Add(new("andon:triage", "t", s));
                drafts.Add(new("andon:triage", "t", new SignalJoined($"c{c}", s.SignalId, first is null ? null : new(s.Entity, first, 1, 0.5, "joined because"))));
                first ??= s.SignalId;
            }
        }
        drafts.Add(new("user:ben", "t", new CaseClosed("c4", Verdict.BenignPositive, [], null, "internal.detection", "x", 1)));
        await log.Append(drafts, [], default);
    }

    [Fact]
    public async Task Many_are_merged_in_one_call_each_with_its_fact_or_its_finding()
    {
        await Fill();
        var answer = await MergeCases.Handle("c1", new(["c2", "c4", "c9", "c3"], "one campaign"), anna, desk, views, default);
        var merged = Assert.IsType<Ok<MergedView>>(answer.Result).Value!;
        Assert.Equal(["c2", "c3"], merged.Merged);
        Assert.Equal(["TRI425", "TRI434"], merged.Refused.Select(f => f.Code));
        var facts = await log.Read(0, 1000, default);
        Assert.Equal(["c2", "c3"], facts.Select(f => f.Body).OfType<CaseMerged>().Select(f => f.CaseId));
        Assert.All(facts.Where(f => f.Body is CaseMerged), f => Assert.Equal(("user:anna", "one campaign"), (f.Actor, f.Cause)));
        Assert.Equal(["c2", "c3"], views.Of(desk.State.Case("c1")!).Parts.Select(p => p.Case.CaseId));
        Assert.IsType<Conflict<TriageFindings>>((await MergeCases.Handle("c1", new([], "x"), anna, desk, views, default)).Result);

        var back = await UnmergeCase.Handle("c2", new("they are two"), anna, desk, views, default);
        Assert.Equal((3, 6), (Assert.IsType<Ok<Regrouped>>(back.Result).Value!.Case.Signals, desk.State.Case("c1")!.Signals.Count));
    }

    [Fact]
    public async Task The_tree_has_each_signal_once_and_a_restart_finds_all_as_it_was()
    {
        await Fill();
        var c = desk.State.Case("c1")!;
        var second = c.Signals[1].Id;
        Assert.Equal([second], views.Falls(c, second).SignalIds);
        Assert.Equal("TRI422", views.Falls(c, "?").Refused?.Code);
        var answer = await UnjoinSignal.Handle("c1", new(second, "not theirs", NotRelated: true), anna, desk, views, default);
        var done = Assert.IsType<Ok<Regrouped>>(answer.Result).Value!;
        await MergeCases.Handle("c1", new(["c2"], "same"), anna, desk, views, default);
        // Its one signal is all that case has: a merge, and that is barred.
        var refused = await MergeCases.Handle("c1", new([done.Next.CaseId], "again"), anna, desk, views, default);
        Assert.Equal("TRI428", Assert.IsType<Conflict<TriageFindings>>(refused.Result).Value!.Findings.Single().Code);
        foreach (var one in desk.State.Cases.Where(x => x.MergedInto is null))
        {
            var tree = views.Of(one).Tree;
            Assert.Equal(one.Signals.Select(s => s.Id).Order(), tree.Select(t => t.SignalId).Order());
            Assert.Contains(tree, t => t.Depth == 0);
        }
        using var again = new TriageDesk(log, TimeProvider.System);
        await log.Attach(again, default);
        RegroupLaws.Whole(again.State);
        static string Partition(TriageState state) => string.Join('\n', state.Cases.Where(x => x.MergedInto is null).Select(x => x.Id + ": " + string.Join(' ', x.Signals.Select(s => s.Id).Order())));
        Assert.Equal(Partition(desk.State), Partition(again.State));
        Assert.Single(again.State.Partings.Active);
        Assert.Single(GroupingRoutes.ShowPartings(again, new(again, Salience.Default)).Value!.Partings);
    }
}
