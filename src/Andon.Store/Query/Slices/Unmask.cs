using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

/// <summary>What is masked to whoever asks, and looking at it in clear for a while with a reason, which is a fact.</summary>
static class Unmask
{
    /// <param name="Why">For whoever reads the journal later.</param>
    public sealed record UnmaskAsk(string Why, int Minutes);

    /// <param name="Fields">What is masked in this house; empty: nothing is.</param>
    /// <param name="Clear">You see it in clear.</param>
    /// <param name="UntilMs">Until when, where it was asked for; 0 otherwise.</param>
    public sealed record MaskedView(IReadOnlyList<string> Fields, bool Clear, long UntilMs);

    const int MinutesMax = 60;
    const int WhyCharsMax = 500;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/search/masked", Show).WithName("ShowMasked");
        api.MapPost("/search/unmask", Handle).WithName("UnmaskFields").RequireAuthorization(Policies.Response);
    }

    internal static async Task<Ok<MaskedView>> Show(Sights sights, Unmasking unmasking, ClaimsPrincipal user) =>
        TypedResults.Ok(new MaskedView(unmasking.Mask?.Fields ?? [], (await sights.Of(user)).Mask is null, unmasking.Until(Actors.Of(user))));

    internal static async Task<Results<Ok<MaskedView>, BadRequest<SearchRefusal>>> Handle(UnmaskAsk ask, Sights sights, Unmasking unmasking, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, CancellationToken stop)
    {
        var wrong = new List<Finding>();
        if (string.IsNullOrWhiteSpace(ask.Why) || ask.Why.Length > WhyCharsMax) wrong.Add(new("KQL134", "Say why you need the values in clear.", $"1 to {WhyCharsMax} characters: it stands in the journal.", "/why"));
        if (ask.Minutes is < 1 or > MinutesMax) wrong.Add(new("KQL135", $"{ask.Minutes} minutes cannot be given.", $"1 to {MinutesMax} (MinutesMax).", "/minutes"));
        if (wrong.Count > 0) return TypedResults.BadRequest(new SearchRefusal(wrong));
        await facts.Append(Actors.Of(user), ask.Why.Trim(), new SearchUnmasked(ask.Why.Trim(), clock.NowMs() + ask.Minutes * 60_000L), stop);
        return await Show(sights, unmasking, user);
    }
}
