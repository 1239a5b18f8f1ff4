using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

/// <summary>What people say of a source: owner, criticality, zone, retention, tags …; kept with what was said before.</summary>
static class DescribeSource
{
    const int TextMax = 200, TagsMax = 32;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/sources/card", Handle).WithName("DescribeSource").WithTags("Intake").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<SourceView>, NotFound<Finding>, BadRequest<SourceFindings>>> Handle(
        SourceCardAsk ask, Catalogue catalogue, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, CancellationToken stop)
    {
        if (Check(ask.Card, ask.SourceId) is { Count: > 0 } findings) return TypedResults.BadRequest(new SourceFindings(findings));
        if (CardOf(catalogue, ask.SourceId) is not { } before) return TypedResults.NotFound(OwnSource.Unknown(ask.SourceId));
        await facts.Append(Actors.Of(user), ask.Why ?? "", new SourceDescribed(ask.SourceId, before, ask.Card, ask.Why ?? ""), stop);
        return catalogue.One(ask.SourceId, clock.NowMs()) is var (view, _) ? TypedResults.Ok(view) : TypedResults.NotFound(OwnSource.Unknown(ask.SourceId));
    }

    static SourceCard? CardOf(Catalogue catalogue, string id)
    {
        lock (catalogue.Gate) return catalogue.Find(id)?.Card;
    }

    /// <summary>Everything that is wrong, at once.</summary>
    internal static IReadOnlyList<Finding> Check(SourceCard? card, string place)
    {
        if (card is null) return [new("INT053", "There is no description.", "Send the whole card; empty texts say nothing.", place)];
        var findings = new List<Finding>();
        var texts = new[] { card.Name, card.Owner, card.Unit, card.DataClass, card.AssetId, card.Format, card.Parser, card.Zone, card.Retention, card.Filtered };
        if (texts.Any(t => t is null) || card.Tags is null || card.Tags.Any(t => t is null)) return [new("INT053", "A text of the description is missing.", "Send the whole card; empty texts say nothing.", place)];
        if (texts.Any(t => t.Length > TextMax) || card.Tags.Any(t => t.Length > TextMax)) findings.Add(new("INT052", $"A text is longer than {TextMax} characters.", "Shorten it.", place));
        if (card.Tags.Count > TagsMax) findings.Add(new("INT054", $"There are more than {TagsMax} tags.", "Leave some out.", place));
        if (card.Criticality is not (0 or 0.5 or 1 or 1.5 or 2)) findings.Add(new("INT055", $"Criticality {card.Criticality} is none.", "0.5, 1, 1.5 or 2; 0 leaves it unsaid.", place));
        if (card.EventsPerDay is < 0 or > 1e12 or double.NaN) findings.Add(new("INT056", "The expected rate cannot be right.", "Events a day; 0 leaves it unsaid.", place));
        if (card.Zone.Length > 0 && !TimeZoneInfo.TryFindSystemTimeZoneById(card.Zone, out _)) findings.Add(new("INT057", $"There is no time zone {card.Zone}.", "An IANA name, for example Europe/Berlin.", place));
        return findings;
    }
}

/// <summary>All that is wrong with what was sent.</summary>
public sealed record SourceFindings(IReadOnlyList<Finding> Findings);

/// <summary>What a source must, may and must never send.</summary>
static class ContractSource
{
    const int NamesMax = 200, HoursMax = 24 * 92;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/sources/contract", Handle).WithName("ContractSource").WithTags("Intake").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<SourceContractView>, NotFound<Finding>, BadRequest<SourceFindings>>> Handle(
        SourceContractAsk ask, Catalogue catalogue, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, CancellationToken stop)
    {
        if (ask.Contract is { } contract && Check(contract, ask.SourceId) is { Count: > 0 } findings) return TypedResults.BadRequest(new SourceFindings(findings));
        SourceContract? before;
        lock (catalogue.Gate)
        {
            if (catalogue.Find(ask.SourceId) is not { } source) return TypedResults.NotFound(OwnSource.Unknown(ask.SourceId));
            before = source.Contract;
        }
        await facts.Append(Actors.Of(user), ask.Why ?? "", new SourceContracted(ask.SourceId, before, ask.Contract, ask.Why ?? ""), stop);
        lock (catalogue.Gate)
        {
            var (missing, never) = catalogue.Find(ask.SourceId) is { } source ? Catalogue.Breaches(source, clock.NowMs()) : ([], []);
            return TypedResults.Ok(new SourceContractView(ask.SourceId, ask.Contract, missing, [.. never.Select(n => n.What)]));
        }
    }

    internal static System.Net.IPNetwork? Network(string? text) =>
        System.Net.IPNetwork.TryParse(text, out var network) ? network : System.Net.IPAddress.TryParse(text, out var one) ? new(one, one.GetAddressBytes().Length * 8) : null;

    internal static IReadOnlyList<Finding> Check(SourceContract contract, string place)
    {
        var lists = new[] { contract.MustFields, contract.MustEvents, contract.MayEvents, contract.NeverFields, contract.NeverEvents };
        if (lists.Any(l => l is null || l.Any(string.IsNullOrWhiteSpace))) return [new("INT063", "A list of the contract is missing, or holds an empty name.", "Send all five lists; an empty one agrees nothing.", place)];
        var findings = new List<Finding>();
        foreach (var text in contract.SendsFrom ?? [])
            if (Network(text) is null) findings.Add(new("INT298", $"'{text}' is no network.", "Write it like 10.0.0.0/8, or an address.", place));
        if ((contract.SendsFrom?.Count ?? 0) > NamesMax) findings.Add(new("INT064", $"The contract holds more than {NamesMax} networks.", "Name wider ones.", place));
        if (lists.Sum(l => l.Count) > NamesMax) findings.Add(new("INT064", $"The contract holds more than {NamesMax} names.", "Agree on what matters.", place));
        if (contract.WithinHours is < 1 or > HoursMax) findings.Add(new("INT065", $"{contract.WithinHours} hours are no time for a contract.", $"1 to {HoursMax}.", place));
        foreach (var both in contract.MustEvents.Intersect(contract.NeverEvents).Concat(contract.MustFields.Intersect(contract.NeverFields)))
            findings.Add(new("INT066", $"{both} must come and must never come.", "Take it out of one list.", place));
        return findings;
    }
}

/// <summary>A contract and how it is kept.</summary>
public sealed record SourceContractView(string SourceId, SourceContract? Contract, IReadOnlyList<string> MustMissing, IReadOnlyList<string> NeverArrived);
