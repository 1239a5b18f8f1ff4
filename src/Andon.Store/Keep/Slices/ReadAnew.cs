using System.Security.Claims;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Keep.Reparse;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Keep.Slices;

/// <summary>Records of a time of arrival, read again by the parsers of now.</summary>
static class ReadAnew
{
    public sealed record Ask(long FromMs, long ToMs, string Why);

    public static void Map(IEndpointRouteBuilder keep)
    {
        keep.MapGet("/reparse", (Reparser reparser) => TypedResults.Ok(reparser.Progress)).WithName("ReadReparse");
        keep.MapPost("/reparse", Handle).WithName("BeginReparse").RequireAuthorization(Policies.Operations);
    }

    static async Task<Results<Ok<ReparseProgress>, BadRequest<Finding>, Conflict<Finding>>> Handle(Ask ask, Reparser reparser, IRecordLog records, ClaimsPrincipal user, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(ask.Why) || ask.Why.Length > KeepLimits.TextCharsMax) return TypedResults.BadRequest(new Finding("KEP022", "Say why, for whoever reads this later.", $"1 to {KeepLimits.TextCharsMax} characters.", "/why"));
        if (ask.ToMs <= ask.FromMs) return TypedResults.BadRequest(new Finding("KEP041", "The time ends before it begins.", "toMs is greater than fromMs.", "/toMs"));
        // What the event store has not read yet, it reads with the parsers of now anyway.
        var from = await records.PlaceOf(ask.FromMs, stop);
        var to = Math.Min(await records.PlaceOf(ask.ToMs, stop), records.Checkpoint(EventStoreReader.Checkpoint));
        if (from >= to) return TypedResults.BadRequest(new Finding("KEP042", "No raw records of that time are kept.", "The retention screen says from when on they are.", "/fromMs"));
        return await reparser.Begin(from, to, Actors.Of(user), ask.Why.Trim(), stop) is { } begun ? TypedResults.Ok(begun)
            : TypedResults.Conflict(new Finding("KEP043", "Records are being read anew already.", "Wait until that has ended.", ""));
    }
}
