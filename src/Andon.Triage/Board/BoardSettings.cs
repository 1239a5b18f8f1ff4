using System.Security.Claims;
using Andon.Model;
using Andon.Triage.Cases;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Board;

/// <summary>How the team works: limits, skills, the wished split. Whoever leads says it; each change is a fact with a reason.</summary>
static class BoardSettings
{
    public sealed record LimitAsk(string? Of, int Max, string? Why);
    public sealed record SplitAsk(int PlannedPercent, string? Why);
    public sealed record SkillAsk(string? Person, IReadOnlyList<string>? Domains, IReadOnlyList<string>? Skills, string? Why);
    /// <param name="Said">False: as it ships.</param>
    public sealed record LimitView(string Of, int Max, bool Said);
    public sealed record PersonView(string Person, IReadOnlyList<string> Domains, IReadOnlyList<string> Skills);
    public sealed record LearnedView(string What, string Domain, int Times);
    /// <param name="SamePerson">Requests that one person did and verified or closed: a mark of a small team.</param>
    public sealed record SettingsView(
        IReadOnlyList<LimitView> Limits, int PlannedPercent, IReadOnlyList<PersonView> People, IReadOnlyList<string> Domains, IReadOnlyList<LearnedView> Learned,
        int Reroutes, int SamePerson);

    const int WordsMax = 40;

    public static void Map(RouteGroupBuilder board)
    {
        board.MapGet("/settings", Show).WithName("ShowBoardSettings").RequireAuthorization(Policies.Read);
        board.MapPost("/settings/limits", SetLimit).WithName("LimitBoard").RequireAuthorization(Policies.Lead);
        board.MapPost("/settings/split", SetSplit).WithName("SplitBoard").RequireAuthorization(Policies.Lead);
        board.MapPost("/settings/people", SetSkills).WithName("SkillPerson").RequireAuthorization(Policies.Lead);
    }

    internal static Ok<SettingsView> Show(TriageDesk desk, DomainRules domains)
    {
        lock (desk.Gate) return TypedResults.Ok(View(desk.State.Board, domains));
    }

    static SettingsView View(BoardState board, DomainRules domains) => new(
        [.. BoardState.LimitNames.Select(n => new LimitView(n, board.LimitOf(n), board.IsStated(n)))], board.PlannedPercent,
        [.. board.People.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new PersonView(p.Key, p.Value.Domains, p.Value.Skills))], domains.Domains,
        [.. board.Learned.All.Take(100).Select(l => new LearnedView(l.What, l.Domain, l.Times))], board.Learned.Count, board.Requests.All.Count(r => r.SamePerson));

    static Task<Results<Ok<SettingsView>, Conflict<Finding>>> SetLimit(LimitAsk ask, ClaimsPrincipal user, TriageDesk desk, DomainRules domains, CancellationToken stop) =>
        Say(Refuse(ask), new BoardLimitStated(ask.Of ?? "", ask.Max, (ask.Why ?? "").Trim()), user, desk, domains, stop);

    static Task<Results<Ok<SettingsView>, Conflict<Finding>>> SetSplit(SplitAsk ask, ClaimsPrincipal user, TriageDesk desk, DomainRules domains, CancellationToken stop) =>
        Say(Refuse(ask), new BoardSplitStated(ask.PlannedPercent, (ask.Why ?? "").Trim()), user, desk, domains, stop);

    static Task<Results<Ok<SettingsView>, Conflict<Finding>>> SetSkills(SkillAsk ask, ClaimsPrincipal user, TriageDesk desk, DomainRules domains, CancellationToken stop) =>
        Say(Refuse(ask, domains), new PersonSkilled((ask.Person ?? "").Trim(), Words(ask.Domains), Words(ask.Skills), (ask.Why ?? "").Trim()), user, desk, domains, stop);

    static async Task<Results<Ok<SettingsView>, Conflict<Finding>>> Say(Finding? refusal, FactBody body, ClaimsPrincipal user, TriageDesk desk, DomainRules domains, CancellationToken stop)
    {
        if (refusal is not null) return TypedResults.Conflict(refusal);
        using var turn = await desk.TakeTurn(stop);
        await desk.Append([new(Actors.Of(user), "set by hand", body)], [], stop);
        lock (desk.Gate) return TypedResults.Ok(View(desk.State.Board, domains));
    }

    internal static Finding? Refuse(LimitAsk ask) =>
        ask.Of is null || !BoardState.LimitNames.Contains(ask.Of) ? new("TRI569", $"There is no limit of {ask.Of}.", $"One of {string.Join(", ", BoardState.LimitNames)}.", "/of")
        : ask.Max is < 1 or > 1000 ? new("TRI569", "A limit is 1 to 1000 cards.", "Begin with few; the board shows what they hold up.", "/max")
        : CardTurn.NoReason((ask.Why ?? "").Trim(), "Say why the team works so.");

    internal static Finding? Refuse(SplitAsk ask) =>
        ask.PlannedPercent is < 0 or > 90 ? new("TRI583", "Planned work has 0 to 90 percent of the pulls.", "What was discovered needs at least a tenth.", "/plannedPercent")
        : CardTurn.NoReason((ask.Why ?? "").Trim(), "Say why this split is wished.");

    internal static Finding? Refuse(SkillAsk ask, DomainRules domains) =>
        string.IsNullOrWhiteSpace(ask.Person) || ask.Person.Length > 64 ? new("TRI582", "It is not said who.", "Name the person as they sign in.", "/person")
        : Words(ask.Domains).FirstOrDefault(d => !domains.Domains.Contains(d)) is { } wrong ? new("TRI560", $"There is no domain {wrong}.", $"One of {string.Join(", ", domains.Domains)}.", "/domains")
        : Words(ask.Skills) is var skills && (skills.Count > WordsMax || skills.Any(s => s.Length > 64)) ? new("TRI582", "These are too many skills, or one is too long.", $"At most {WordsMax}, each of at most 64 characters.", "/skills")
        : CardTurn.NoReason((ask.Why ?? "").Trim(), "Say what changed.");

    static List<string> Words(IReadOnlyList<string>? words) => [.. (words ?? []).Select(w => w.Trim().ToLowerInvariant()).Where(w => w.Length > 0).Distinct()];
}
