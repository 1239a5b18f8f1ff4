using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Cases.Work;

namespace Andon.Tests.Casework;

/// <summary>Work stays with the case in which it was done; a union is only seen.</summary>
public sealed class UnionTests
{
    static TriageState Folded(params FactBody[] bodies)
    {
        var state = new TriageState();
        var seq = 0;
        foreach (var body in bodies) state.Apply(new(++seq, 1000 * seq, "user:anna", "test", body));
        return state;
    }

    static readonly FactBody[] Two =
    [
        new CaseOpened("c1", 1, "One", "identity", true), new CaseOpened("c2", 2, "Two", "identity", true),
        new TaskAdded("c1", "c1-t1", "First", "", null, null, 1, null), new TaskAdded("c2", "c2-t1", "Second", "", null, null, 1, null),
        new EvidenceKept("c2", "c2-e1", "a", "file", "00", 1, "", ""), new CaseMarked("c2", Tlp.Red, Pap.Green, "fraud", ["eva"], ""),
    ];

    [Fact]
    public void A_case_that_others_became_part_of_shows_their_tasks_and_evidence_and_takes_the_strictest_mark()
    {
        var apart = Folded(Two);
        Assert.Equal(Tlp.Amber, apart.Mark(apart.Case("c1")!).Tlp);
        var state = Folded([.. Two, new CaseMerged("c2", "c1", new("", "", 0, 0, "by hand"))]);
        var one = state.Case("c1")!;
        Assert.Equal(["c1-t1", "c2-t1"], state.Tasks(one).Select(t => t.Id));
        Assert.Equal("c2-e1", Assert.Single(state.Exhibits(one)).Id);
        Assert.Equal((Tlp.Red, Pap.Amber), (state.Mark(one).Tlp, new[] { Pap.Amber, state.Mark(one).Pap }.Max()));
        Assert.Equal(["eva"], state.Mark(one).People);

        // Work on the union is a fact of the case in which the thing was made; apart again, each has its own.
        var moved = TaskSlices.Decide(one, state, new TaskSlices.TaskMoveAsk(["c1-t1", "c2-t1"], TaskStep.Done, ""));
        Assert.Equal(["c1", "c2"], moved.Facts.Select(f => f.CaseId));
        one.MergedIn.Remove("c2");
        Assert.Equal("c1-t1", Assert.Single(state.Tasks(one)).Id);
        Assert.Equal(Tlp.Amber, state.Mark(one).Tlp);
    }

    [Fact]
    public void The_timeline_has_the_moments_that_the_measures_count_between_and_keeps_flags()
    {
        var state = Folded(
            new CaseOpened("c1", 1, "One", "identity", true), new CardPulled("c1", "anna", null), new CardMoved("c1", Lane.Triage, Lane.Contain, ""), new CardMoved("c1", Lane.Contain, Lane.Recover, ""),
            new TaskAdded("c1", "c1-t1", "First", "", null, null, 1, null), new LineFlagged("c1", "fact:5", true, true), new CaseClosed("c1", Verdict.FalsePositive, [], null, "internal.detection", "no", 1));
        var lines = TimelineSlices.View(state.Case("c1")!, state).Lines;
        Assert.Equal(["detect", "engage", "contain", "respond"], lines.Select(l => l.Mark).OfType<string>());
        Assert.Equal("task added: First", Assert.Single(lines, l => l.Flag && l.InSummary).Text);
    }
}
