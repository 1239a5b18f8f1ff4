using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>Re-route in one click: the card goes to another domain, and routing learns from it. No reason is needed; a good one helps.</summary>
static class RouteCard
{
    /// <param name="Skill">What the work needs besides the domain.</param>
    public sealed record RouteAsk(string? Domain, string? Skill, string? Why);

    const int RulesMax = 20;

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/route", Handle).WithName("RouteCard").RequireAuthorization(Policies.Response);

    internal static Task<Results<Ok<Card>, NotFound, Conflict<Finding>>> Handle(
        string id, RouteAsk ask, ClaimsPrincipal user, TriageDesk desk, Views views, DomainRules domains, CancellationToken stop)
    {
        var (to, skill, why) = ((ask.Domain ?? "").Trim().ToLowerInvariant(), Blank(ask.Skill), (ask.Why ?? "").Trim());
        return CardTurn.Take(id, why.Length > 0 ? why : "re-route", user, desk, views, card =>
            Refuse(to, skill, why, card, domains) is { } no ? no : new CardRouted(id, card.Domain, to, skill, why,
                [.. card.Rules.Where(r => r != "manual").Order(StringComparer.Ordinal).Take(RulesMax)],
                [.. card.Signals.Select(s => DomainRules.DatasetOf(s.Opened.SourceId)).Where(d => d.Length > 0 && d != "manual").Distinct().Order(StringComparer.Ordinal).Take(RulesMax)]), stop);
    }

    internal static Finding? Refuse(string to, string? skill, string why, CaseState card, DomainRules domains) =>
        !domains.Domains.Contains(to) ? new("TRI560", $"There is no domain {to}.", $"One of {string.Join(", ", domains.Domains)}.", "/domain")
        : to == card.Domain && skill == card.Card.Skill ? new("TRI564", $"The card is in {to} already.", "Choose another domain, or name the skill it needs.", "/domain")
        : skill?.Length > 64 ? new("TRI582", "A skill has at most 64 characters.", "Name it in a word or two.", "/skill")
        : why.Length > Limits.TextMax ? new("TRI213", "The reason is too long.", $"Say it in {Limits.TextMax} characters.", "/why") : null;

    static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim().ToLowerInvariant();
}
