using System.Globalization;
using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases.Work;

/// <param name="Line">Its key, by which it is flagged.</param>
/// <param name="EndMs">Until when, for a signal that lasted.</param>
/// <param name="Lane">attack or response.</param>
/// <param name="Mark">detect, engage, contain or respond: the moments that the measures count between.</param>
public sealed record TimelineLine(
    string Line, long AtMs, long? EndMs, string Lane, string Kind, string Text, string Actor, string? Mark, bool Flag, bool InSummary, IReadOnlyList<string> Tactics, long? FactSeq, string? EventId);

public sealed record TimelineView(IReadOnlyList<TimelineLine> Lines, int Total);

/// <summary>What they did and what we did, on one axis; of a case and of all that became part of it.</summary>
static class TimelineSlices
{
    public sealed record FlagAsk(string? Line, bool Flag, bool InSummary);

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapGet("/{id}/timeline", (string id, TriageDesk desk, CaseSight sight) => WorkTurn.Show(id, desk, c => View(c, desk.State, sight))).WithName("ShowTimeline").RequireAuthorization(Policies.Read);
        cases.MapPost("/{id}/timeline", Flag).WithName("FlagLine").RequireAuthorization(Policies.Response);
    }

    internal static TimelineView View(CaseState c, TriageState state, CaseSight? sight = null)
    {
        var members = state.Family(c);
        var flags = members.SelectMany(m => m.Work.Lines.Values).ToLookup(f => f.Line);
        var lines = new List<TimelineLine>();
        void Add(string line, long at, long? end, string lane, string kind, string text, string actor, string? mark, IReadOnlyList<string> tactics, long? seq, string? eventId)
        {
            var flag = flags[line].LastOrDefault();
            lines.Add(new(line, at, end, lane, kind, text, actor, mark, flag?.Flag ?? false, flag?.InSummary ?? false, tactics, seq, eventId));
        }
        foreach (var s in c.Signals)
        {
            var hit = s.Opened.FirstHit;
            var slash = hit.IndexOf('/', StringComparison.Ordinal);
            Add("signal:" + s.Id, s.Opened.FirstMs, s.LastMs > s.Opened.FirstMs ? s.LastMs : null, "attack", "signal",
                s.Count > 1 ? $"{s.Opened.Title} ({s.Count.ToString(CultureInfo.InvariantCulture)} alerts)" : s.Opened.Title, "", null, s.Opened.Tactics, s.Seq,
                slash > 0 && EventId.TryParse(hit.AsSpan(0, slash), out _) ? hit[..slash] : null);
        }
        foreach (var m in members)
            Add($"case:{m.Id}", m.OpenedMs, null, "response", "opened", m.Manual ? $"case {m.Number} reported" : $"case {m.Number} opened", "", m == c ? "detect" : null, [], m.OpenedSeq, null);
        // A merge is told on both sides; once is enough.
        foreach (var d in members.SelectMany(m => m.Deeds).DistinctBy(d => d.FactSeq == 0 ? (d.AtMs, d.Text) : (d.FactSeq, "")))
            Add("fact:" + d.FactSeq.ToString(CultureInfo.InvariantCulture), d.AtMs, null, "response", d.Kind, sight?.Veil(d.Text) ?? d.Text, d.Actor, Mark(c, d), [], d.FactSeq, null);
        var sorted = lines.OrderBy(l => l.AtMs).ThenBy(l => l.Lane, StringComparer.Ordinal).ThenBy(l => l.FactSeq).ToList();
        return new([.. sorted.Take(Limits.TimelineMax)], sorted.Count);
    }

    static string? Mark(CaseState c, Deed d) =>
        d.Kind == "pulled" && d.AtMs == c.Work.EngagedMs ? "engage"
        : d.Kind == "moved" && d.AtMs == c.Work.ContainedMs ? "contain"
        : d.Kind == "closed" && c.Closed is not null && d.AtMs == c.ClosedMs ? "respond" : null;

    static Task<Results<Ok<TimelineView>, NotFound, BadRequest<TriageFindings>>> Flag(string id, FlagAsk ask, ClaimsPrincipal user, TriageDesk desk, CaseSight sight, CancellationToken stop) =>
        WorkTurn.Take(id, "timeline", user, desk, c =>
            View(c, desk.State).Lines.Any(l => l.Line == ask.Line) ? Decision.Of(new LineFlagged(c.Id, ask.Line!, ask.Flag, ask.InSummary))
            : new Finding("TRI558", $"There is no line {ask.Line}.", "Take the key of a line of this case.", "/line"), c => View(c, desk.State, sight), stop);
}
