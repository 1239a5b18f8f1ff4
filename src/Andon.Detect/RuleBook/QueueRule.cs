using System.Security.Claims;
using Andon.Detect.Sigma.Ast;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Detect.RuleBook;

/// <summary>Sends a rule back to testing; that needs a reason only. The other way is <see cref="PromoteRule"/>.</summary>
static class QueueRule
{
    public sealed record QueueAsk(string RuleId, RuleQueue Queue, string Why);

    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/rules/queue", Handle).WithName("QueueRule").WithTags("Detect").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<RuleRow>, NotFound<Finding>, Conflict<Finding>>> Handle(
        QueueAsk ask, RuleBook book, IFactLog facts, ClaimsPrincipal user, TimeProvider clock, CancellationToken stop)
    {
        using var turn = await book.TakeTurn(stop);
        if (book.Find(ask.RuleId) is not { } rule) return TypedResults.NotFound(ReadRule.Unknown(ask.RuleId));
        if (Refuse(ask, rule.Header.Level, book.Active.Of(ask.RuleId).Queue) is { } finding) return TypedResults.Conflict(finding);
        await facts.Append(Actors.Of(user), ask.Why, new RuleQueued(ask.RuleId, rule.Header.Title, ask.Queue, ask.Why) { Version = book.VersionOf(rule) }, stop);
        return TypedResults.Ok(RuleViews.Row(book, rule, clock.NowMs()));
    }

    internal static Finding? Refuse(QueueAsk ask, Level level, RuleQueue now) => ask switch
    {
        { Why: var why } when string.IsNullOrWhiteSpace(why) => new("DET020", "A rule moves with a reason.", "Say why."),
        { Queue: RuleQueue.Input } => new("DET021", "A rule cannot be put into the input queue.", "It gets there by being part of a correlation."),
        _ when level == Level.Informational => new("DET022", "An informational rule enriches; it never alerts.", "Raise its level first."),
        { Queue: var queue } when queue == now => new("DET023", $"The rule is in the {now} queue already.", "Nothing to do."),
        { Queue: RuleQueue.Production } => new("DET025", "Promotion needs evidence.", "Ask with POST /api/rules/promote."),
        _ => null,
    };
}

/// <summary>Switches a rule off or on again.</summary>
static class SwitchRule
{
    public sealed record SwitchAsk(string RuleId, bool Enabled, string Why);

    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/rules/enabled", Handle).WithName("SwitchRule").WithTags("Detect").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<RuleRow>, NotFound<Finding>, Conflict<Finding>>> Handle(
        SwitchAsk ask, RuleBook book, IFactLog facts, ClaimsPrincipal user, TimeProvider clock, CancellationToken stop)
    {
        using var turn = await book.TakeTurn(stop);
        if (book.Find(ask.RuleId) is not { } rule) return TypedResults.NotFound(ReadRule.Unknown(ask.RuleId));
        if (Refuse(ask, book.Active.Of(ask.RuleId).Enabled, book.Scopes.Of(rule)) is { } finding) return TypedResults.Conflict(finding);
        await facts.Append(Actors.Of(user), ask.Why, new RuleSwitched(ask.RuleId, ask.Enabled, ask.Why) { Version = book.VersionOf(rule) }, stop);
        return TypedResults.Ok(RuleViews.Row(book, rule, clock.NowMs()));
    }

    internal static Finding? Refuse(SwitchAsk ask, bool now, RuleScope? scope = null) => ask switch
    {
        { Why: var why } when string.IsNullOrWhiteSpace(why) => new("DET020", "A rule is switched with a reason.", "Say why."),
        { Enabled: true } when scope is not null => new("DET026", $"Its log source is out of scope: {scope.Why}", "Take the log source into scope again."),
        { Enabled: var enabled } when enabled == now => new("DET023", $"The rule is {(now ? "on" : "off")} already.", "Nothing to do."),
        _ => null,
    };
}

/// <summary>Takes all rules of a log source out of scope, or into it again.</summary>
static class SwitchScope
{
    public sealed record ScopeAsk(string? Product, string? Category, string? Service, bool InScope, string Why);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/rules/scopes", List).WithName("ListScopes").WithTags("Detect").RequireAuthorization(Policies.Read);
        api.MapPost("/rules/scopes", Handle).WithName("SwitchScope").WithTags("Detect").RequireAuthorization(Policies.Operations);
    }

    static Ok<ScopeList> List(RuleBook book, TimeProvider clock) => TypedResults.Ok(ScopeViews.Of(book, clock.NowMs()));

    static async Task<Results<Ok<ScopeList>, Conflict<Finding>>> Handle(ScopeAsk ask, RuleBook book, IFactLog facts, ClaimsPrincipal user, TimeProvider clock, CancellationToken stop)
    {
        using var turn = await book.TakeTurn(stop);
        var scope = new RuleScope(Named(ask.Product), Named(ask.Category), Named(ask.Service), ask.Why, "", 0);
        var rules = book.Active.Set.Rules.Count(r => scope.Holds(r.Source));
        if (Refuse(ask, scope, rules, book.Scopes.Off) is { } finding) return TypedResults.Conflict(finding);
        await facts.Append(Actors.Of(user), ask.Why, new ScopeSwitched(scope.Product, scope.Category, scope.Service, ask.InScope, ask.Why, rules), stop);
        return TypedResults.Ok(ScopeViews.Of(book, clock.NowMs()));
    }

    static string? Named(string? part) => string.IsNullOrWhiteSpace(part) ? null : part.Trim().ToLowerInvariant();

    internal static Finding? Refuse(ScopeAsk ask, RuleScope scope, int rules, IReadOnlyList<RuleScope> off)
    {
        var there = off.Any(s => s.Is(scope.Product, scope.Category, scope.Service));
        if (string.IsNullOrWhiteSpace(ask.Why)) return new("DET020", "A log source leaves or enters scope with a reason.", "Say why.", "/why");
        if (scope is { Product: null, Category: null, Service: null }) return new("DET027", "This would take every rule out of scope.", "Name a product, a category or a service.", "/product");
        if (ask.InScope == !there) return new("DET023", $"It is {(there ? "out of" : "in")} scope already.", "Nothing to do.");
        if (!ask.InScope && rules == 0) return new("DET028", "No rule has this log source.", "Choose one from the list.", "/product");
        return null;
    }
}

/// <summary>Says what a hit of a rule was, before its rule makes cases.</summary>
static class JudgeHit
{
    public sealed record JudgeAsk(string RuleId, string Event, Verdict Verdict, string Why = "");

    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/rules/judge", Handle).WithName("JudgeHit").WithTags("Detect").RequireAuthorization(Policies.Response);

    static async Task<Results<Ok<RuleVerdicts>, NotFound<Finding>, Conflict<Finding>>> Handle(JudgeAsk ask, RuleBook book, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        using var turn = await book.TakeTurn(stop);
        if (book.Find(ask.RuleId) is not { } rule) return TypedResults.NotFound(ReadRule.Unknown(ask.RuleId));
        if (book.Counters.Samples(ask.RuleId).FirstOrDefault(s => s.Event == ask.Event) is not { } sample)
            return TypedResults.Conflict(new Finding("DET073", "This event is not among the kept hits of the rule.", $"The last {Limits.SamplesPerRuleMax} are kept.", "/event"));
        if (sample.Queue == RuleQueue.Production)
            return TypedResults.Conflict(new Finding("DET074", "This hit was made in production: its case has the verdict.", "Close the case.", "/event"));
        await facts.Append(Actors.Of(user), ask.Why.Length > 0 ? ask.Why : "judged by hand", new RuleHitJudged(ask.RuleId, book.VersionOf(rule), ask.Event, ask.Verdict, ask.Why), stop);
        return TypedResults.Ok(book.VerdictsOf(ask.RuleId));
    }
}
