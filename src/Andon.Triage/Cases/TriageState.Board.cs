using Andon.Model;
using Andon.Triage.Board;
using Andon.Triage.Cases.Work;

namespace Andon.Triage.Cases;

/// <summary>The board's part of the fold. These facts apply only as numbered by the log, so each exactly once.</summary>
internal sealed partial class TriageState
{
    public BoardState Board { get; } = new();
    readonly Dictionary<string, List<string>> sourceAlarms = [];
    readonly HashSet<string> openWindows = [];

    /// <summary>Cards that ended because nobody came to them, as their closing says.</summary>
    public int ExpiredUnworked => Expired.Values.Sum();
    public bool WindowIsOpen(string windowId) => openWindows.Contains(windowId);
    public bool SourceIsAlarmed(string source) => sourceAlarms.Values.Any(names => names.Contains(source));

    void FoldBoard(Fact fact)
    {
        if (fact.Seq == 0) return;
        switch (fact.Body)
        {
            case CaseOpened f when Find(f.CaseId) is { } c: c.Card.Routed = f.Routed; break;
            case CardPulled { Chosen: { } why } f when Find(f.CaseId) is { } c:
                c.Card.Chosen = why;
                c.Card.Sleep = null;
                Board.Pulls.Add(f.Owner, f.CaseId, fact.AtMs, why);
                break;
            case BoardLimitStated f: Board.State(f.Of, f.Max); break;
            case BoardSplitStated f: Board.PlannedPercent = f.PlannedPercent; break;
            case PersonSkilled f: Board.People[f.Person] = new(f.Domains, f.Skills); break;
            case CardClassed f when Find(f.CaseId) is { } c: Classed(c, f, fact); break;
            case CardRouted f when Find(f.CaseId) is { } c: Routed(c, f, fact); break;
            case CardPlanned f when Find(f.CaseId) is { } c:
                (c.Card.Work, c.Card.Skill, c.Card.DueMs, c.Card.DueSetMs) = (f.Work, f.Skill, f.DueMs, fact.AtMs);
                break;
            case CardWaited f when Find(f.CaseId) is { } c:
                Wait(c, new(fact.AtMs, f.On, f.Why, ByRequest: false));
                Did(c, fact, "waiting", $"waits for {f.On}: {f.Why}");
                break;
            case CardResumed f when Find(f.CaseId) is { } c:
                GoOn(c, fact.AtMs);
                Did(c, fact, "resumed", f.Why);
                break;
            case CardSnoozed f when Find(f.CaseId) is { } c:
                c.Card.Sleep = new(f.UntilMs, f.Why, Of(fact));
                Did(c, fact, "snoozed", f.Why);
                break;
            case CardWoken f when Find(f.CaseId) is { } c:
                c.Card.Sleep = null;
                Did(c, fact, "woken", f.Why);
                break;
            case SignalJoined f when Surviving(f.CaseId) is { Card.Sleep: not null } c && c.Card.Asleep(fact.AtMs):
                c.Card.Sleep = null;
                Did(c, fact, "woken", "a new alert of the case woke it");
                break;
            case CaseNoted f: Mentioned(f, fact); break;
            case MentionRead f: if (Board.Mentions.TryGetValue(f.Person, out var named)) named.RemoveAll(m => m.Seq == f.NoteSeq); break;
            case StepAsked f: Board.Asked[(f.RunId, f.StepId)] = new(fact.AtMs, f.RunId, f.StepId, CaseOfRun(f.RunId), f.Prompt); break;
            case StepEnded f: Board.Asked.Remove((f.RunId, f.StepId)); break;
            case RunEnded f: foreach (var key in Board.Asked.Keys.Where(k => k.Run == f.RunId).ToList()) Board.Asked.Remove(key); break;
            case SourceAlarmed f: sourceAlarms[f.AlarmId + "|" + f.SubjectId] = [f.SubjectId, .. f.SourceIds]; break;
            case SourceRecovered f: sourceAlarms.Remove(f.AlarmId + "|" + f.SubjectId); break;
            case WindowOpened f: openWindows.Add(f.WindowId); break;
            case WindowClosed f: openWindows.Remove(f.WindowId); break;
            case CaseClosed f when Find(f.CaseId) is { } c: Ended(c, fact); break;
            default: Requested(fact); break;
        }
    }

    static string Of(Fact fact) => Triage.Board.Requests.RequestBook.Person(fact.Actor);

    void Classed(CaseState c, CardClassed f, Fact fact)
    {
        (c.Card.Said, c.Card.SaidWhy, c.Card.SaidBy) = (f.Class, f.Why, Of(fact));
        if (f.DueMs != c.Card.DueMs) (c.Card.DueMs, c.Card.DueSetMs) = (f.DueMs, fact.AtMs);
        Did(c, fact, "classed", $"{f.Class?.ToString() ?? "by rule"}: {f.Why}");
    }

    void Routed(CaseState c, CardRouted f, Fact fact)
    {
        (c.Domain, c.Card.Skill) = (f.To, f.Skill);
        c.Card.Routed = $"{Of(fact)} sent it from {f.From}{(f.Why.Length > 0 ? ": " + f.Why : "")}";
        if (f.From != f.To)
        {
            c.Card.Reroutes++;
            Board.Learned.Add(f.RuleIds, f.Datasets, f.To);
        }
        Did(c, fact, "routed", $"{f.From} → {f.To}{(f.Why.Length > 0 ? ": " + f.Why : "")}");
    }

    void Requested(Fact fact)
    {
        if (Board.Requests.Apply(fact) is not { } r || Surviving(r.Asked.CaseId) is not { } c) return;
        // While Operations has it, the time is theirs; when they hand it back, it is Response's again.
        var outside = Board.Requests.All.FirstOrDefault(o => o.Outside && Surviving(o.Asked.CaseId) == c);
        if (outside is not null) Wait(c, new(fact.AtMs, outside.Asked.To ?? "Operations", outside.Asked.What, ByRequest: true));
        else if (c.Card.Waiting?.ByRequest == true) GoOn(c, fact.AtMs);
        var move = r.Moves[^1];
        Did(c, fact, "request", $"{r.Id} {move.What}: {(move.What == "asked" ? r.Asked.What : move.Text)}".TrimEnd(' ', ':'));
    }

    // Time outside is not charged to Response: the clocks of the case stand still as long.
    static void Wait(CaseState c, Wait wait)
    {
        if (c.Card.Waiting is not null) return;
        c.Card.Waiting = wait;
        c.Work.Wait(wait.SinceMs, $"{wait.On}: {wait.Why}", PauseBy.Outside);
    }

    static void GoOn(CaseState c, long atMs)
    {
        c.Card.Resume(atMs);
        c.Work.Resume(atMs, PauseBy.Outside);
    }

    void Ended(CaseState c, Fact fact)
    {
        GoOn(c, fact.AtMs);
        c.Card.Sleep = null;
        foreach (var r in Board.Requests.All)
            if (r.DoneBy is not null && r.DoneBy == Of(fact) && Surviving(r.Asked.CaseId) == c) r.SamePerson = true;
    }

    void Mentioned(CaseNoted f, Fact fact)
    {
        foreach (var name in Mentions.In(f.Text))
        {
            if (!Board.Mentions.TryGetValue(name, out var list)) Board.Mentions[name] = list = [];
            list.Add(new(fact.Seq, fact.AtMs, f.CaseId, Of(fact), f.Text));
            if (list.Count > Limits.MentionsMax) list.RemoveAt(0);
        }
    }
}
