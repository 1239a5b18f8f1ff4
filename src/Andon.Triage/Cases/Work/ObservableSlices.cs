using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases.Work;

public sealed record ObservablesView(IReadOnlyList<ObservableView> Observables, int Total);

public sealed record SimilarsView(IReadOnlyList<SimilarView> Similar);

/// <summary>Observables: gathered from the alerts, stated by people, and where else they were met.</summary>
static class ObservableSlices
{
    const int PageMax = 1_000;

    public sealed record ObservableAsk(string? Type, string? Value, Tlp? Tlp, bool? Ioc, bool? Sighted, bool? IgnoreSimilarity, string? Note);
    public sealed record ObservablesAsk(IReadOnlyList<ObservableAsk>? Observables);

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapGet("/{id}/observables", (string id, TriageDesk desk, ObservableBook book) => WorkTurn.Show(id, desk, c => View(c, book)))
            .WithName("ShowObservables").RequireAuthorization(Policies.Read);
        cases.MapPost("/{id}/observables", State).WithName("StateObservables").RequireAuthorization(Policies.Response);
        cases.MapGet("/{id}/similar", (string id, TriageDesk desk, ObservableBook book) => WorkTurn.Show(id, desk, c => new SimilarsView(book.Similar(c, Limits.SimilarMax))))
            .WithName("ShowSimilar").RequireAuthorization(Policies.Read);
    }

    static ObservablesView View(CaseState c, ObservableBook book)
    {
        var all = book.Of(c);
        return new([.. all.Take(PageMax)], all.Count);
    }

    static Task<Results<Ok<ObservablesView>, NotFound, BadRequest<TriageFindings>>> State(
        string id, ObservablesAsk ask, ClaimsPrincipal user, TriageDesk desk, ObservableBook book, CancellationToken stop) =>
        WorkTurn.Take(id, "observable", user, desk, c => Decide(c, desk.State, ask), c => View(c, book), stop);

    internal static Decision Decide(CaseState c, TriageState state, ObservablesAsk ask)
    {
        var findings = new List<Finding>();
        var wanted = ask.Observables ?? [];
        if (wanted.Count is 0 or > Limits.BulkMax) findings.Add(new("TRI514", "No observable is named, or too many.", $"Name up to {Limits.BulkMax}.", "/observables"));
        if (c.Work.Observables.Count + wanted.Count > Limits.StatedMax) findings.Add(new("TRI522", $"A case has at most {Limits.StatedMax} stated observables.", "Keep a longer list as evidence.", "/observables"));
        var facts = new List<CaseWorkFact>();
        foreach (var (o, i) in wanted.Select((o, i) => (o, i)))
        {
            if (string.IsNullOrWhiteSpace(o.Type) || o.Type.Length > 40 || o.Type.Contains(':', StringComparison.Ordinal) || string.IsNullOrWhiteSpace(o.Value) || o.Value.Length > 4_000)
                findings.Add(new("TRI520", "An observable has no type or no value, or one that cannot be.", "Give both, for example ip and 203.0.113.9.", $"/observables/{i}"));
            else if (o.Tlp is { } tlp && !Enum.IsDefined(tlp)) findings.Add(new("TRI521", "There is no such TLP.", "Say clear, green, amber, amberStrict or red.", $"/observables/{i}/tlp"));
            else if (o.Note?.Length > Limits.TextMax) findings.Add(new("TRI213", "The note is too long.", $"Say it in {Limits.TextMax} characters.", $"/observables/{i}/note"));
            else
            {
                // What is left out stays as it was said before.
                var before = state.Family(c).Select(m => m.Work.Observables.GetValueOrDefault(ObservableIndex.Key(o.Type, o.Value))).OfType<Statement>().MaxBy(s => s.FactSeq)?.Said;
                facts.Add(new ObservableStated(c.Id, o.Type.Trim().ToLowerInvariant(), o.Value.Trim(), o.Tlp ?? before?.Tlp ?? state.Mark(c).Tlp, o.Ioc ?? before?.Ioc ?? false,
                    o.Sighted ?? before?.Sighted ?? false, o.IgnoreSimilarity ?? before?.IgnoreSimilarity ?? false, o.Note?.Trim() ?? before?.Note ?? ""));
            }
        }
        return findings.Count > 0 ? findings : Decision.Of(facts);
    }
}
