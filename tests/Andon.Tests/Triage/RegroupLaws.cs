using Andon.Model;
using Andon.Triage.ByHand;
using Andon.Triage.Cases;
using Andon.Triage.Grouping;
using FsCheck;
using FsCheck.Fluent;

namespace Andon.Tests.Triage;

/// <summary>Whatever people do with cases: each signal is in exactly one, everything can be taken back, and the facts tell it all.</summary>
public class RegroupLaws
{
    /// <summary>One act of a person: what, on which case, with which other, which signal. Numbers are taken modulo what there is.</summary>
    public readonly record struct Deed(int What, int Case, int Other, int Signal, int Many);

    static readonly Gen<Deed[]> Deeds =
        from size in Gen.Choose(1, 25)
        from deeds in (from what in Gen.Choose(0, 10)
                       from a in Gen.Choose(0, 40)
                       from b in Gen.Choose(0, 40)
                       from s in Gen.Choose(0, 60)
                       from m in Gen.Choose(1, 4)
                       select new Deed(what, a, b, s, m)).ArrayOf(size)
        select deeds;

    /// <summary>Six cases of one to eight signals, some merged as the stage does it.</summary>
    internal static Desk World(int seed)
    {
        var random = new Random(seed);
        var desk = new Desk();
        var n = 0;
        for (var c = 1; c <= 6; c++)
        {
            desk.Say(new CaseOpened($"c{c}", c, "t", "endpoint", false), "andon:triage");
            var here = new List<string>();
            for (var i = random.Next(1, 9); i > 0; i--)
            {
                var signal = PriorityLaws.One(random, ++n);
                desk.Say(signal, "andon:triage");
                desk.Say(new SignalJoined($"c{c}", signal.SignalId, here.Count == 0 ? null : new(signal.Entity, here[random.Next(here.Count)], 1, 0.5, "joined because")), "andon:triage");
                here.Add(signal.SignalId);
            }
            desk.Pass(5);
        }
        return desk;
    }

    internal static Act Do(Desk desk, Func<Hand, Act> act, string who = "user:anna")
    {
        var done = act(new Hand(desk.State, who, "because", desk.NowMs));
        desk.Apply(done.Drafts);
        return done;
    }

    static void Perform(Desk desk, Deed d)
    {
        var all = desk.State.Cases;
        var open = desk.Open.Where(c => c.Signals.Count > 0).ToList();
        if (open.Count == 0) return;
        var c = open[d.Case % open.Count];
        var other = open[d.Other % open.Count];
        var signal = c.Signals[d.Signal % c.Signals.Count].Id;
        var many = c.Signals.Skip(d.Signal % c.Signals.Count).Take(d.Many).Select(s => s.Id).ToList();
        switch (d.What)
        {
            case 0 or 1: Do(desk, h => h.Unjoin(c, signal, notRelated: d.Many == 1)); break;
            case 2: Do(desk, h => h.Split(c, many)); break;
            case 3: Do(desk, h => h.Move(c, many, other)); break;
            case 4 or 5: Do(desk, h => h.Merge(c, other)); break;
            case 6: Do(desk, h => h.Unmerge(all[d.Other % all.Count])); break;
            case 7 when desk.State.MoveCount > 0: Do(desk, h => h.Undo(desk.State.Moves.ElementAt(d.Signal % desk.State.MoveCount))); break;
            case 8: Do(desk, h => h.NotRelated(c, other, Salience.Default)); break;
            case 9 when desk.State.Partings.Active.Count > 0: Do(desk, h => h.Withdraw(desk.State.Partings.Active.First())); break;
            case 10 when d.Many == 1: desk.Say(c.Owner is null ? new CardPulled(c.Id, "anna", null) : new CardMoved(c.Id, c.Lane, Lane.New, "")); break;
            default: break;
        }
        desk.Pass(1);
    }

    /// <summary>Homes, lists, trees: all say the same.</summary>
    internal static void Whole(TriageState state)
    {
        var seen = new Dictionary<string, string>();
        foreach (var c in state.Cases.Where(c => c.MergedInto is null))
            foreach (var signal in c.Signals) Assert.True(seen.TryAdd(signal.Id, c.Id), $"{signal.Id} is in {c.Id} and in {seen[signal.Id]}");
        Assert.Equal(state.SignalCount, seen.Count);
        foreach (var c in state.Cases)
        {
            Assert.Equal(state.Family(c).SelectMany(f => f.Signals.Where(s => s.CaseId == f.Id)).Select(s => s.Id).Order(), c.Signals.Select(s => s.Id).Order());
            Assert.Equal(c.Signals.SelectMany(s => s.Entities.Select(e => Salience.LinkKey(e, s.Entities))).Distinct().Order(), c.Entities.Keys.Order());
            if (c.MergedInto is not null) continue;
            foreach (var signal in c.Signals)
            {
                if (signal.Join is not { } join) continue;
                Assert.Equal(c.Id, seen[join.With]);
                var steps = 0;
                for (var s = signal; s?.Join is { } up; s = state.Signal(up.With)) Assert.True(++steps <= c.Signals.Count, "the reasons go round in a circle");
            }
            if (c.Open) foreach (var key in c.Entities.Keys) Assert.Contains(c.Id, state.Entities.Find(key)!.Cases);
        }
    }

    [Fact]
    public void Any_acts_that_are_accepted_leave_every_signal_in_exactly_one_case() => Check(deeds =>
    {
        var desk = World(deeds.Length);
        foreach (var deed in deeds)
        {
            Perform(desk, deed);
            Whole(desk.State);
        }
        return true;
    });

    [Fact]
    public void What_moved_on_meanwhile_keeps_its_reason_when_the_first_move_is_taken_back()
    {
        Deed[] deeds = [new(3, 14, 16, 2, 1),
            new(9, 3, 23, 35, 1),
            new(3, 26, 1, 28, 3),
            new(2, 26, 39, 33, 2),
            new(4, 24, 4, 42, 2),
            new(7, 12, 37, 32, 4),
            new(10, 31, 22, 44, 1),
            new(2, 34, 3, 36, 1),
            new(9, 29, 20, 47, 3),
            new(0, 7, 4, 48, 3),
            new(1, 33, 23, 14, 3),
            new(0, 11, 9, 25, 1),
            new(4, 7, 31, 10, 2),
            new(6, 31, 20, 13, 2),
            new(4, 25, 17, 6, 4),
            new(0, 13, 1, 56, 4)];
        var desk = World(deeds.Length);
        foreach (var deed in deeds)
        {
            Perform(desk, deed);
            Whole(desk.State);
        }
    }

    [Fact]
    public void Replay_gives_the_same_partition_at_any_cut() => Check(deeds =>
    {
        var desk = World(deeds[0].Signal);
        foreach (var deed in deeds) Perform(desk, deed);
        var cut = deeds[0].Many * desk.Facts.Count / 5;
        var first = new TriageState();
        foreach (var fact in desk.Facts.Take(cut)) first.Apply(fact);
        foreach (var fact in desk.Facts.Skip(cut)) first.Apply(fact);
        var again = new Desk(first);
        again.Pass((desk.NowMs - again.NowMs) / 60_000.0);
        Whole(first);
        Assert.Equal(desk.Picture(), again.Picture());
        return true;
    });

    [Fact]
    public void What_was_said_to_be_unrelated_is_never_in_one_case() => Check(deeds =>
    {
        var desk = World(deeds[0].Case);
        foreach (var deed in deeds)
        {
            Perform(desk, deed);
            foreach (var parting in desk.State.Partings.Active)
            {
                var (a, b) = desk.State.Sides(parting);
                Assert.NotSame(a, b);
            }
        }
        return true;
    });

    [Fact]
    public void A_merge_that_is_taken_back_restores_both_exactly() => Check(deeds =>
    {
        var desk = World(deeds[0].Signal);
        foreach (var deed in deeds.Take(6)) Perform(desk, deed);
        var open = desk.Open.Where(c => c.Signals.Count > 0).ToList();
        var (a, b) = (open[0], open[^1]);
        var before = (desk.Picture(), Told(desk, a), Told(desk, b));
        if (Do(desk, h => h.Merge(a, b)).Refused is not null) return true;
        Assert.True(desk.P(a) >= 0 && b.MergedInto == a.Id);
        Assert.Null(Do(desk, h => h.Unmerge(b)).Refused);
        Assert.Equal(before, (desk.Picture(), Told(desk, a), Told(desk, b)));
        return true;
    });

    [Fact]
    public void A_join_undone_and_taken_back_leaves_nothing_changed() => Check(deeds =>
    {
        var desk = World(deeds[0].Signal);
        foreach (var deed in deeds.Take(6)) Perform(desk, deed);
        var c = desk.Open.MaxBy(o => o.Signals.Count)!;
        var bridge = c.Signals[^1].Id;
        // Another became part of it through that signal, as the stage does it, and a third of that one.
        foreach (var part in desk.Open.Where(o => o != c && o.Signals.Count > 0 && o.Owner is null).Take(2).ToList())
            if (desk.State.PartedBy(part, c) is null) desk.Say(new CaseMerged(part.Id, c.Id, new("host:h", c.MergedIn.Count == 0 ? bridge : c.Signals[^1].Id, 1, 0.7, "merged because")), "andon:triage");
        desk.Pass(1);
        var before = (desk.Picture(), desk.P(c));
        var tree = Tree(desk.State);
        foreach (var how in new Func<Hand, Act>[] { h => h.Unjoin(c, bridge, notRelated: false), h => h.Unjoin(c, c.Signals[^1].Id, notRelated: true), h => h.Split(c, [c.Signals[0].Id]), h => h.Split(c, [.. c.Signals.Take(c.Signals.Count / 2).Select(s => s.Id)]) })
        {
            var act = Do(desk, how);
            if (act.Refused is not null) continue;
            var (after, at) = (desk.Picture(), Tree(desk.State));
            var back = Do(desk, h => h.Undo(desk.State.Move(act.MoveId)!));
            Assert.Null(back.Refused);
            Assert.Equal(before.Item1, desk.Picture());
            Assert.Equal(tree, Tree(desk.State));
            Assert.Equal(before.Item2, desk.P(c), 1e-9);
            Whole(desk.State);
            // Taking back is an act too: taken back, what was done is done; and so on.
            var again = Do(desk, h => h.Undo(desk.State.Move(back.MoveId)!));
            Assert.Null(again.Refused);
            Assert.Equal((after, at), (desk.Picture(), Tree(desk.State)));
            Whole(desk.State);
            Assert.Null(Do(desk, h => h.Undo(desk.State.Move(again.MoveId)!)).Refused);
            Assert.Equal((before.Item1, tree), (desk.Picture(), Tree(desk.State)));
        }
        return true;
    });

    /// <summary>Where each signal lives and what it hangs on, which case is part of which and by what, what is kept apart.</summary>
    static string Tree(TriageState state) => string.Join('\n',
    [
        .. state.Cases.SelectMany(c => c.Signals.Where(s => s.CaseId == c.Id)).Select(s => $"{s.Id} in {s.CaseId} on {s.Join?.With} {s.Join?.Text}").Order(StringComparer.Ordinal),
        .. state.Cases.Where(c => c.Signals.Count > 0).Select(c => $"{c.Id} of {c.MergedInto} by {c.Tie?.Reason.Text} {c.Tie?.Actor} {c.Tie?.Cause} {c.Owner} {c.Lane}"),
        .. state.Partings.Active.Select(p => $"{p.Fact.CaseId} {p.Fact.OtherCaseId} {p.Fact.SignalId} {string.Join(' ', p.Fact.Halved)}").Order(StringComparer.Ordinal),
    ]);

    static string Told(Desk desk, CaseState c) =>
        $"{desk.P(c):F9} {c.Lane} {c.Owner} {c.Level} {c.FirstMs} {c.LastMs} {c.Usual} {c.Stage.K} {string.Join(',', c.Rules.Order())} {string.Join(',', desk.State.Spark(c, desk.NowMs))} {c.Notes.Count}";

    static void Check(Func<Deed[], bool> law) =>
        Prop.ForAll(Arb.From(Deeds), law).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));
}
