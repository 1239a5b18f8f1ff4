using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Detect.RuleBook;

/// <summary>Moves a rule between testing and production.</summary>
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
        await facts.Append(Actors.Of(user), ask.Why, new RuleQueued(ask.RuleId, rule.Header.Title, ask.Queue, ask.Why), stop);
        return TypedResults.Ok(RuleViews.Row(book, rule, clock.NowMs()));
    }

    internal static Finding? Refuse(QueueAsk ask, Level level, RuleQueue now) => ask switch
    {
        { Why: var why } when string.IsNullOrWhiteSpace(why) => new("DET020", "A rule moves with a reason.", "Say why."),
        { Queue: RuleQueue.Input } => new("DET021", "A rule cannot be put into the input queue.", "It gets there by being part of a correlation."),
        _ when level == Level.Informational => new("DET022", "An informational rule enriches; it never alerts.", "Raise its level first."),
        { Queue: var queue } when queue == now => new("DET023", $"The rule is in the {now} queue already.", "Nothing to do."),
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
        if (Refuse(ask, book.Active.Of(ask.RuleId).Enabled) is { } finding) return TypedResults.Conflict(finding);
        await facts.Append(Actors.Of(user), ask.Why, new RuleSwitched(ask.RuleId, ask.Enabled, ask.Why), stop);
        return TypedResults.Ok(RuleViews.Row(book, rule, clock.NowMs()));
    }

    internal static Finding? Refuse(SwitchAsk ask, bool now) => ask switch
    {
        { Why: var why } when string.IsNullOrWhiteSpace(why) => new("DET020", "A rule is switched with a reason.", "Say why."),
        { Enabled: var enabled } when enabled == now => new("DET023", $"The rule is {(now ? "on" : "off")} already.", "Nothing to do."),
        _ => null,
    };
}
