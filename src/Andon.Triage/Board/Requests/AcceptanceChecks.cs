using Andon.Model;
using Andon.Store.Query;

namespace Andon.Triage.Board.Requests;

/// <summary>How a look came out: passed, failed, or not yet to be said.</summary>
internal readonly record struct Looked(bool? Passed, string Text);

/// <summary>
/// Looks for itself whether a change was made: searches again, reads the rule again, asks whether the window is closed or the source heard.
/// What only time can tell (a window, a source) is waited for; a search that finds something is a no.
/// </summary>
internal sealed class AcceptanceChecks(TriageDesk desk, QueryEngine? search, IRuleReach? rules)
{
    public static readonly IReadOnlyList<string> Kinds = ["none", "search", "window", "source", "rule"];
    public const int QuietMinutesMax = 7 * 24 * 60;

    /// <summary>What is wrong with a check, before anyone relies on it.</summary>
    public async ValueTask<IReadOnlyList<Finding>> Refuse(AcceptanceCheck check, CancellationToken stop)
    {
        if (!Kinds.Contains(check.Kind)) return [new("TRI571", $"There is no check {check.Kind}.", $"One of {string.Join(", ", Kinds)}.", "/check/kind")];
        if (check.QuietMinutes is < 0 or > QuietMinutesMax) return [new("TRI571", "A search is watched for at most a week.", $"0 to {QuietMinutesMax} minutes.", "/check/quietMinutes")];
        if (check.Kind == "none") return [];
        if (check.Subject.Length is 0 or > 20_000) return [new("TRI571", "The check has no subject.", "A query, or the id of a window, source or rule.", "/check/subject")];
        if (check.Kind == "search") return await RefuseSearch(check.Subject, stop);
        lock (desk.Gate)
            return check.Kind switch
            {
                "window" when !desk.State.WindowIsOpen(check.Subject) => [new("TRI571", "No exposure window of that id is open.", "Copy the id from the exposure page.", "/check/subject")],
                "source" when !desk.State.SourceIsAlarmed(check.Subject) => [new("TRI571", "No alarm names that source.", "Copy the id from the sources page; a source that is well needs no request.", "/check/subject")],
                "rule" when rules is not null && Find(check.Subject) is null => [new("TRI571", "There is no rule of that id.", "Copy the id from the rules page.", "/check/subject")],
                _ => [],
            };
    }

    public async ValueTask<Looked> Look(Request request, CancellationToken stop)
    {
        var check = request.Asked.Check;
        switch (check.Kind)
        {
            case "search": return await Search(check, request.DoneMs, stop);
            case "window":
                lock (desk.Gate) return desk.State.WindowIsOpen(check.Subject) ? new(null, "the window is still open") : new(true, $"the window {check.Subject} is closed");
            case "source":
                lock (desk.Gate) return desk.State.SourceIsAlarmed(check.Subject) ? new(null, "an alarm still names the source") : new(true, $"no alarm names {check.Subject} any more");
            case "rule":
                return Find(check.Subject) switch
                {
                    null => new(null, "the rule is not loaded"),
                    { Enabled: false } => new(null, "the rule is switched off"),
                    { Queue: not RuleQueue.Production } r => new(null, $"the rule is in {r.Queue.ToString().ToLowerInvariant()}"),
                    { } r => new(true, $"read again: '{r.Title}' is on, in production"),
                };
            default: return new(null, "a person looks");
        }
    }

    RuleReading? Find(string id) => rules?.All.FirstOrDefault(r => string.Equals(r.RuleId, id, StringComparison.OrdinalIgnoreCase));

    async ValueTask<IReadOnlyList<Finding>> RefuseSearch(string kql, CancellationToken stop)
    {
        if (search is null) return [];
        try
        {
            await search.SearchOwn(new(kql, desk.NowMs - Limits.Minute, desk.NowMs, 1), stop);
            return [];
        }
        catch (QueryRefusedException refused) when (refused.Passing)
        {
            return []; // The engine is away; the words themselves were read.
        }
        catch (QueryRefusedException refused)
        {
            return [.. refused.Findings.Select(f => f with { Place = "/check/subject" })];
        }
    }

    async ValueTask<Looked> Search(AcceptanceCheck check, long doneMs, CancellationToken stop)
    {
        if (search is null) return new(null, "there is nothing to search with");
        try
        {
            var now = desk.NowMs;
            var answer = await search.SearchOwn(new(check.Subject, doneMs, Math.Max(now, doneMs + 1), 5), stop);
            if (answer.Rows.Count > 0) return new(false, $"the search still finds something since it was done: {answer.Rows.Count}{(answer.Rows.Count == 5 ? " or more" : "")} rows");
            if (answer.Stats.State == SearchState.Partial) return new(null, "the search broke off before its end");
            var until = doneMs + check.QuietMinutes * Limits.Minute;
            return now < until ? new(null, $"nothing found so far; {(until - now + Limits.Minute - 1) / Limits.Minute} minutes to go") : new(true, "the search finds nothing since it was done");
        }
        catch (QueryRefusedException refused)
        {
            return new(null, $"the search did not run: {refused.Message}");
        }
    }
}
