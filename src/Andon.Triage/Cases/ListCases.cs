using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases;

static class ListCases
{
    const int CasesMax = 200;

    public static void Map(RouteGroupBuilder cases) => cases.MapGet("", Handle).WithName("ListCases").RequireAuthorization(Policies.Read);

    internal static Ok<CaseListView> Handle(string? state, string? q, TriageDesk desk, Views views)
    {
        lock (desk.Gate)
        {
            var now = desk.NowMs;
            var words = (q ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var found = desk.State.Cases
                .Where(c => c.MergedInto is null && views.Shows(c) && (state is null || (state == "closed") == (c.Lane == Lane.Closed)))
                .Where(c => Array.TrueForAll(words, w => Says(c, w)))
                .OrderByDescending(c => c.Open).ThenByDescending(c => c.Open ? c.Priority(now, desk.State.Estate) : c.ClosedMs).ThenBy(c => c.Number)
                .ToList();
            return TypedResults.Ok(new CaseListView([.. found.Take(CasesMax).Select(views.Card)], found.Count));
        }
    }

    static bool Says(CaseState c, string word) =>
        c.Id.Equals(word, StringComparison.OrdinalIgnoreCase) || word == "#" + c.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)
        || Has(Titles.Of(c), word) || Has(c.Domain, word) || Has(c.Owner ?? "", word)
        || c.Entities.Values.Any(e => Has(e.Entity.Value, word)) || c.Signals.Exists(s => Has(s.Opened.Title, word) || s.Opened.RuleId == word);

    static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
}
