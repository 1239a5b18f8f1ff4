using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Cases.Work;
using Andon.Triage.Grouping;

namespace Andon.Triage.ByHand;

/// <summary>One signal in the forest of reasons, in the order in which the tree is read.</summary>
/// <param name="Depth">0 heads a tree.</param>
/// <param name="Under">How many hang on it, directly or not.</param>
/// <param name="HomeNumber">The case that it lives in, when that is one merged into this.</param>
sealed record TwigView(
    string SignalId, string RuleId, string Title, Level Level, string Entity, long Count, long FirstMs, int Depth, int Under, bool Rare,
    JoinReason? Join, string? WithTitle, int? HomeNumber, string? Authorised, long FactSeq);

/// <summary>Another case, in one line.</summary>
sealed record CaseLine(string CaseId, int Number, string Title, Lane Lane, string? Owner, int Signals, double Priority, Verdict? Verdict)
{
    public string? TitleOfRules { get; init; }
}

sealed record PartView(CaseLine Case, string Reason, string Actor, long AtMs, long FactSeq);
sealed record RecurrenceView(CaseLine Case, string Reason);
sealed record PartingView(string ConstraintId, CaseLine? Case, CaseLine? Other, string? Signal, string Why, string Actor, long AtMs, IReadOnlyList<HalvedTie> Halved, long FactSeq);
sealed record MoveView(string MoveId, Regrouping How, CaseLine From, CaseLine To, int Signals, string Why, bool CanUndo);
sealed record CampaignView(IReadOnlyList<CaseLine> Cases, IReadOnlyList<SoftEdge> Edges);
sealed record CampaignsView(IReadOnlyList<CampaignView> Campaigns);
sealed record PartingsView(IReadOnlyList<PartingView> Partings);
sealed record UnworkedDay(string Day, int Cases);
sealed record UnworkedView(IReadOnlyList<UnworkedDay> Expired, int AuthorisedOpen, double FloorPoints, int Days);

/// <summary>Why a case is what it is, and what may be done about it.</summary>
sealed record GroupingView(
    IReadOnlyList<TwigView> Tree, IReadOnlyList<PartView> Parts, IReadOnlyList<SimilarView> Similar, RecurrenceView? RecurrenceOf, IReadOnlyList<CaseLine> RecurredAs,
    IReadOnlyList<PartingView> Partings, IReadOnlyList<MoveView> Moves, CampaignView? Campaign, string? Authorised);

/// <param name="Rest">Signals that stay.</param>
/// <param name="Refused">Why it cannot be done at all.</param>
sealed record FallsView(IReadOnlyList<string> SignalIds, IReadOnlyList<string> Titles, IReadOnlyList<CaseLine> Cases, int Rest, Finding? Refused);

/// <summary>The state as the grouping tab shows it, without the cases that whoever asks may not see. Callers hold the gate.</summary>
internal sealed class GroupingViews(TriageDesk desk, Salience salience, ObservableBook observables, CaseSight sight)
{
    const int TitlesMax = 12, MovesMax = 50, SimilarMax = 12;

    /// <summary>Without anyone who asks: tests, which see all.</summary>
    public GroupingViews(TriageDesk desk, Salience salience) : this(desk, salience, new CaseSight(desk, new Microsoft.AspNetCore.Http.HttpContextAccessor())) { }

    GroupingViews(TriageDesk desk, Salience salience, CaseSight sight) : this(desk, salience, new(desk, salience, sight), sight) { }

    TriageState State => desk.State;

    /// <summary>A case that a command names; to who may not see it there is none.</summary>
    public CaseState? Case(string? id) => id is not null && State.Case(id) is { } c && Shows(c) ? c : null;

    bool Shows(CaseState? c) => c is null || sight.Sees(State.Surviving(c.Id) ?? c);

    public CaseLine Line(CaseState c) => new(c.Id, c.Number, Cases.Titles.Of(c), c.Lane, c.Owner, c.Signals.Count, c.Priority(desk.NowMs, State.Estate), c.Closed?.Verdict) { TitleOfRules = Cases.Titles.OfRules(c) };

    public GroupingView Of(CaseState c) => new(Tree(c),
        [.. State.Family(c).Skip(1).Where(p => p is { Tie: not null, Signals.Count: > 0 }).Select(p => new PartView(Line(p), sight.Veil(p.Tie!.Reason.Text), p.Tie.Actor, p.Tie.AtMs, p.Tie.Seq))],
        observables.Similar(c, SimilarMax),
        c.RecurrenceOf is { } r && Case(r.OfCaseId) is { } of ? new(Line(of), sight.Veil(r.Reason.Text)) : null,
        [.. c.RecurredAs.Select(State.Surviving).OfType<CaseState>().Where(Shows).Distinct().Select(Line)],
        [.. Partings(p => State.Sides(p) is var (a, b) && (a == c || b == c))],
        [.. State.Moves.Where(m => m.Act is null && m.How != Regrouping.WentAlong && (State.Surviving(m.CaseId) == c || State.Surviving(m.ToCaseId) == c)).Reverse().Take(MovesMax).Select(Move).OfType<MoveView>()],
        Campaigns.MayHave(c, State, salience) ? CampaignsOf(k => k.CaseIds.Contains(c.Id)).FirstOrDefault() : null,
        c.Authorised ? c.Signals[0].Authorised : null);

    public IEnumerable<CampaignView> CampaignsOf(Func<Campaign, bool> which) =>
        from k in Campaigns.All(State, salience, desk.NowMs)
        where which(k)
        let cases = k.CaseIds.Select(Case).OfType<CaseState>().ToList()
        where cases.Count > 1
        select new CampaignView([.. cases.Select(Line)], [.. k.Edges.Where(e => Case(e.CaseId) is not null && Case(e.OtherCaseId) is not null)]);

    public IEnumerable<PartingView> Partings(Func<Parting, bool> which) =>
        State.Partings.Active.Where(p => which(p) && State.Sides(p) is var (a, b) && Shows(a) && Shows(b)).Select(Parting);

    PartingView Parting(Parting p)
    {
        var (a, b) = State.Sides(p);
        return new(p.Fact.ConstraintId, a is null ? null : Line(a), b is null ? null : Line(b), p.Fact.SignalId is { } id ? State.Signal(id)?.Opened.Title : null,
            p.Fact.Why, p.Actor, p.AtMs, p.Fact.Halved, p.Seq);
    }

    MoveView? Move(SignalsMoved m) => Case(m.CaseId) is { } from && Case(m.ToCaseId) is { } to
        ? new(m.MoveId, m.How, Line(from), Line(to), m.SignalIds.Count, m.Why,
            !State.Moves.Any(o => o.UndoesId == m.MoveId) && m.SignalIds.All(s => State.Signal(s)?.CaseId == m.HomeOf(s)) && (m.How == Regrouping.Undone || State.Surviving(from.Id) != State.Surviving(to.Id)))
        : null;

    public FallsView Falls(CaseState c, string signalId)
    {
        if (c.Signals.Find(s => s.Id == signalId) is not { } signal)
            return new([], [], [], c.Signals.Count, new("TRI422", "That signal is not in this case.", "Reload the page; it may have been moved.", "/signal"));
        var falls = Forest.Of(c, signal, State);
        var rest = c.Signals.Count - falls.Signals.Count;
        return new([.. falls.Signals.Select(s => s.Id)], [.. falls.Signals.Take(TitlesMax).Select(s => s.Opened.Title)], [.. falls.Cases.Select(Line)], rest,
            rest > 0 ? null : new("TRI423", "Everything in this case hangs on that signal.", "Undo the join of one that hangs on it, or split the case.", signalId));
    }

    List<TwigView> Tree(CaseState c)
    {
        var children = Forest.Children(c, State);
        var rows = new List<TwigView>(c.Signals.Count);
        var under = new Dictionary<string, int>();
        var seen = new HashSet<string>();
        // By hand instead of by recursion: a chain of ten thousand is deep.
        void Walk(IEnumerable<Signals.Signal> roots)
        {
            var open = new Stack<(Signals.Signal Signal, int Depth, bool Left)>(roots.Reverse().Select(s => (s, 0, false)));
            while (open.TryPop(out var at))
            {
                if (at.Left)
                {
                    under[at.Signal.Id] = children.GetValueOrDefault(at.Signal.Id)?.Sum(k => 1 + under.GetValueOrDefault(k.Id)) ?? 0;
                    continue;
                }
                if (!seen.Add(at.Signal.Id)) continue;
                rows.Add(Twig(c, at.Signal, at.Depth));
                open.Push((at.Signal, at.Depth, true));
                for (var i = (children.GetValueOrDefault(at.Signal.Id)?.Count ?? 0) - 1; i >= 0; i--) open.Push((children[at.Signal.Id][i], at.Depth + 1, false));
            }
        }
        Walk(children.GetValueOrDefault("") ?? []);
        Walk(c.Signals.Where(s => !seen.Contains(s.Id)).ToList());
        return [.. rows.Select(r => r with { Under = under.GetValueOrDefault(r.SignalId) })];
    }

    TwigView Twig(CaseState c, Signals.Signal s, int depth)
    {
        var o = s.Opened;
        return new(s.Id, o.RuleId, o.Title, o.Level, o.Entity, s.Count, o.FirstMs, depth, 0, s.Rare, s.Join is { } reason ? reason with { Text = sight.Veil(reason.Text) } : null,
            s.Join is { } join ? State.Signal(join.With)?.Opened.Title : null, s.CaseId != c.Id ? State.Case(s.CaseId ?? "")?.Number : null, s.Authorised, s.Seq);
    }
}
