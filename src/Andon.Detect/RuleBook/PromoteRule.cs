using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Detect.RuleBook;

/// <summary>All findings of a refusal at once, with the evidence that they are about.</summary>
public sealed record PromotionRefusal(IReadOnlyList<Finding> Findings, PromotionEvidence? Evidence);

/// <summary>What became of an ask.</summary>
/// <param name="Pending">Waits for one of <paramref name="Approvers"/>; null when the rule stands in production now.</param>
public sealed record Promoted(RuleRow Rule, PendingPromotion? Pending, IReadOnlyList<string> Approvers);

/// <summary>Promotes a rule, or asks a second person to. The evidence of that moment is kept in the fact.</summary>
static class PromoteRule
{
    /// <param name="Override">Why it should be promoted although evidence is missing.</param>
    public sealed record PromoteAsk(string RuleId, string Why, string? Override = null);
    public sealed record DecideAsk(string RuleId, bool Approve, string Why);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/rules/promote", Ask).WithName("PromoteRule").WithTags("Detect").RequireAuthorization(Policies.Operations);
        api.MapPost("/rules/promote/decide", Decide).WithName("DecidePromotion").WithTags("Detect").RequireAuthorization(Policies.Operations);
        api.MapGet("/rules/evidence", Evidence).WithName("ReadEvidence").WithTags("Detect").RequireAuthorization(Policies.Read);
    }

    static Results<Ok<PromotionEvidence>, NotFound<Finding>> Evidence(RuleBook book, TimeProvider clock, string id) =>
        book.Find(id) is { } rule ? TypedResults.Ok(Promotion.Gather(book, rule, clock.NowMs())) : TypedResults.NotFound(ReadRule.Unknown(id));

    static async Task<Results<Ok<Promoted>, NotFound<Finding>, Conflict<PromotionRefusal>>> Ask(
        PromoteAsk ask, RuleBook book, IFactLog facts, ClaimsPrincipal user, TimeProvider clock, CancellationToken stop)
    {
        using var turn = await book.TakeTurn(stop);
        if (book.Find(ask.RuleId) is not { } rule) return TypedResults.NotFound(ReadRule.Unknown(ask.RuleId));
        var evidence = Promotion.Gather(book, rule, clock.NowMs());
        var refused = Refuse(ask, rule.Header.Level, book.Active.Of(ask.RuleId).Queue, evidence);
        if (refused.Count > 0) return TypedResults.Conflict(new PromotionRefusal(refused, evidence));
        var overridden = evidence.Missing.Count == 0 ? null : ask.Override;
        var others = Others(book, Actors.Of(user));
        await facts.Append(Actors.Of(user), ask.Why, others.Count == 0
            ? new RuleQueued(ask.RuleId, rule.Header.Title, RuleQueue.Production, ask.Why) { Version = evidence.Version, Evidence = evidence, Override = overridden }
            : new PromotionAsked(ask.RuleId, rule.Header.Title, evidence.Version, ask.Why, evidence) { Override = overridden }, stop);
        return TypedResults.Ok(new Promoted(RuleViews.Row(book, rule, clock.NowMs()), book.History.Pending(ask.RuleId), others));
    }

    static async Task<Results<Ok<Promoted>, NotFound<Finding>, Conflict<PromotionRefusal>>> Decide(
        DecideAsk ask, RuleBook book, IFactLog facts, ClaimsPrincipal user, TimeProvider clock, CancellationToken stop)
    {
        using var turn = await book.TakeTurn(stop);
        if (book.Find(ask.RuleId) is not { } rule) return TypedResults.NotFound(ReadRule.Unknown(ask.RuleId));
        var pending = book.History.Pending(ask.RuleId);
        var refused = Refuse(ask, pending, Actors.Of(user), book.VersionOf(rule));
        if (refused is not null || pending is null) return TypedResults.Conflict(new PromotionRefusal(refused is null ? [] : [refused], pending?.Evidence));
        await facts.Append(Actors.Of(user), ask.Why, ask.Approve
            ? new RuleQueued(ask.RuleId, rule.Header.Title, RuleQueue.Production, ask.Why) { Version = pending.Version, Evidence = pending.Evidence, AskedBy = pending.AskedBy, Override = pending.Override }
            : new PromotionDeclined(ask.RuleId, pending.Version, pending.AskedBy, ask.Why), stop);
        return TypedResults.Ok(new Promoted(RuleViews.Row(book, rule, clock.NowMs()), book.History.Pending(ask.RuleId), Others(book, Actors.Of(user))));
    }

    /// <summary>People other than this one who may approve.</summary>
    internal static IReadOnlyList<string> Others(RuleBook book, string actor) => [.. book.Options.Approvers().Where(a => $"user:{a}" != actor)];

    internal static IReadOnlyList<Finding> Refuse(PromoteAsk ask, Level level, RuleQueue now, PromotionEvidence evidence)
    {
        if (string.IsNullOrWhiteSpace(ask.Why)) return [new("DET020", "A rule moves with a reason.", "Say why.", "/why")];
        if (level == Level.Informational) return [new("DET022", "An informational rule enriches; it never alerts.", "Raise its level first.")];
        if (now == RuleQueue.Production) return [new("DET023", "The rule is in the production queue already.", "Nothing to do.")];
        return evidence.Missing.Count == 0 || !string.IsNullOrWhiteSpace(ask.Override) ? []
            : [new("DET060", "Evidence is missing; the findings name it.", "Gather it, or give a reason to promote without; it is kept.", "/override"), .. evidence.Missing];
    }

    internal static Finding? Refuse(DecideAsk ask, PendingPromotion? pending, string actor, string version) => pending switch
    {
        _ when string.IsNullOrWhiteSpace(ask.Why) => new("DET020", "A decision has a reason.", "Say why.", "/why"),
        null => new("DET070", "No one has asked to promote this rule.", "Ask first."),
        { AskedBy: var by } when ask.Approve && by == actor => new("DET071", "Who asks for a promotion does not approve it.", "Let another person look at it."),
        { Version: var asked } when ask.Approve && asked != version => new("DET072", "The rule's text is another one than was asked for.", "Ask again, with the evidence of this text."),
        _ => null,
    };
}
