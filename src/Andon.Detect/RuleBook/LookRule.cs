using Andon.Detect.Correlate;
using Andon.Detect.Sigma.Ast;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Detect.RuleBook;

/// <summary>A correlation from inside, as it is now: the groups nearest to firing, and what it could not count.</summary>
static class LookRule
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/rules/look", Handle).WithName("LookRule").WithTags("Detect").RequireAuthorization(Policies.Read);

    static Results<Ok<CorrelationLook>, NotFound<Finding>, BadRequest<Finding>, Conflict<Finding>> Handle(RuleBook book, string ruleId, int most = 20)
    {
        if (book.Find(ruleId) is not { } document) return TypedResults.NotFound(ReadRule.Unknown(ruleId));
        if (document is not CorrelationDocument) return TypedResults.BadRequest(new Finding("DET083", "A rule that is not a correlation gathers nothing to look at.", "Ask about a correlation.", ruleId));
        if (most is < 1 or > Limits.CorrelationLookShownMax)
            return TypedResults.BadRequest(new Finding("DET085", $"{most} groups cannot be shown; 1 to {Limits.CorrelationLookShownMax} can (CorrelationLookShownMax).", "Ask for fewer; those nearest to firing come first.", "/most"));
        if (book.Correlator is not { } correlator)
            return TypedResults.Conflict(new Finding("DET084", "The matcher is still reading back what correlations had gathered.", "Ask again in a moment.", ruleId, FindingLevel.Note));
        // One that came into use after the last event has gathered nothing: the matcher takes a new set with the next batch.
        var look = correlator.Look(ruleId, most) ?? new Correlator(book.Active.Set, null, correlator.Options).Look(ruleId, most);
        return look is null ? TypedResults.NotFound(ReadRule.Unknown(ruleId)) : TypedResults.Ok(look);
    }
}
