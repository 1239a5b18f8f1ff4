using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

static class OwnSource
{
    const int TextMax = 200;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/sources/owner", Handle).WithName("OwnSource").WithTags("Intake").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<SourceView>, NotFound<Finding>, BadRequest<Finding>>> Handle(
        SourceOwnerAsk ask, Catalogue catalogue, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, CancellationToken stop)
    {
        if (Refuse(ask) is { } finding) return TypedResults.BadRequest(finding);
        if (catalogue.One(ask.SourceId, clock.NowMs()) is null) return TypedResults.NotFound(Unknown(ask.SourceId));
        await facts.Append(Actors.Of(user), "", new SourceOwned(ask.SourceId, ask.Name.Trim(), ask.Owner.Trim(), ask.Unit.Trim()), stop);
        return catalogue.One(ask.SourceId, clock.NowMs()) is var (view, _) ? TypedResults.Ok(view) : TypedResults.NotFound(Unknown(ask.SourceId));
    }

    public static Finding Unknown(string id) => new("INT050", $"There is no source {id}.", "Take an id from the list of sources.", id);

    // Sources come by themselves and are never taken away, so what was found stays found.
    internal static Finding? Refuse(SourceOwnerAsk ask) =>
        ask.Name is null || ask.Owner is null || ask.Unit is null ? new("INT051", "Name, owner and unit must be given.", "An empty text takes a name away.", ask.SourceId ?? "")
        : ask.Name.Length > TextMax || ask.Owner.Length > TextMax || ask.Unit.Length > TextMax ? new("INT052", $"A name, owner or unit is longer than {TextMax} characters.", "Shorten it.", ask.SourceId)
        : null;
}
