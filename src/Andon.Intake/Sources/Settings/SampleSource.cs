using System.Security.Claims;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources.Settings;

/// <summary>Of some kinds of a source's events only one key in N gets rows. What rules see and what the record log keeps stays whole.</summary>
static class SampleSource
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/sources/sampling", Handle).WithName("SampleSource").WithTags("Intake").RequireAuthorization(Policies.Operations);
        api.MapGet("/sources/sampling", Show).WithName("ShowSampling").WithTags("Intake").RequireAuthorization(Policies.Read);
    }

    static Ok<SamplingList> Show(Catalogue catalogue, [FromServices] EventStore? store)
    {
        lock (catalogue.Gate) return TypedResults.Ok(new SamplingList([.. catalogue.Samplings.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => View(s.Key, s.Value, store))]));
    }

    static SamplingView View(string id, Setting<SamplingTerms> set, EventStore? store)
    {
        var count = store?.Sampling.CountOf(id) ?? default;
        return new(id, set.Value, set.Why, set.Actor, set.AtMs, set.Seq, count.Kept, count.LeftOut);
    }

    static async Task<Results<Ok<SamplingOffer>, BadRequest<SourceFindings>, NotFound<Finding>>> Handle(SamplingAsk ask, Catalogue catalogue, IRecordLog log, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        if (Refuse(ask) is { Count: > 0 } wrong) return TypedResults.BadRequest(new SourceFindings(wrong));
        SamplingTerms? before;
        List<Finding> warnings;
        lock (catalogue.Gate)
        {
            if (catalogue.Find(ask.SourceId) is not { } source) return TypedResults.NotFound(OwnSource.Unknown(ask.SourceId));
            before = catalogue.Samplings.GetValueOrDefault(ask.SourceId)?.Value;
            if (before is null && ask.Terms is not null && catalogue.Samplings.Count >= Limits.SampledSourcesMax)
                return TypedResults.BadRequest(new SourceFindings([new("INT324", $"{Limits.SampledSourcesMax} sources are sampled already.", "End one first, or filter at the sender.", "/sourceId")]));
            warnings = ask.Terms is { } terms ? [.. Warnings(terms, [.. source.Usage.Kinds.Select(k => (k.Kind, k.Use.Rules, k.Use.Fields.Keys.ToHashSet(StringComparer.Ordinal)))])] : [];
        }
        if (!ask.Try && !Same(before, ask.Terms)) await facts.Append(Actors.Of(user), ask.Why, new SourceSampled(ask.SourceId, before, ask.Terms, (long)log.Next, ask.Why), stop);
        return TypedResults.Ok(new SamplingOffer(!ask.Try, warnings));
    }

    static bool Same(SamplingTerms? a, SamplingTerms? b) => a is null || b is null ? a is null && b is null : a.OneIn == b.OneIn && a.Kinds.SequenceEqual(b.Kinds) && a.Key.SequenceEqual(b.Key);

    internal static IReadOnlyList<Finding> Refuse(SamplingAsk ask)
    {
        var wrong = new List<Finding>();
        if (string.IsNullOrWhiteSpace(ask.SourceId)) wrong.Add(new("INT071", "Nothing is named.", "The id of a source.", "/sourceId"));
        if (!ask.Try && string.IsNullOrWhiteSpace(ask.Why)) wrong.Add(new("INT070", "There is no reason.", "Say why a part is enough.", "/why"));
        if (ask.Terms is not { } terms) return wrong;
        if (terms.OneIn is < 2 or > Limits.SampleOneInMax) wrong.Add(new("INT320", $"One in {terms.OneIn} is no sampling.", $"2 to {Limits.SampleOneInMax}.", "/terms/oneIn"));
        if (terms.Kinds is null || terms.Kinds.Count is 0 or > Limits.KindsPerSourceMax || terms.Kinds.Any(string.IsNullOrWhiteSpace) || terms.Kinds.Contains(Usage.SourceUsage.Others))
            wrong.Add(new("INT321", "No kinds of events are named.", $"1 to {Limits.KindsPerSourceMax} from the ledger of the source; what has no kind is not sampled.", "/terms/kinds"));
        if (terms.Key is null || terms.Key.Count is 0 or > Limits.SampleKeyMax || terms.Key.Any(k => string.IsNullOrWhiteSpace(k) || k.Length > 200))
            wrong.Add(new("INT322", "No key is named.", $"1 to {Limits.SampleKeyMax} fields that hold a session, flow or user together, for example network.community_id.", "/terms/key"));
        else if (terms.Key.Contains(FieldNames.Text(Ecs.Timestamp)) || terms.Key.Contains("andon.event_id")) wrong.Add(new("INT323", "That key is another for each event.", "Name fields in which events of one session agree.", "/terms/key"));
        return wrong;
    }

    /// <summary>What it would cost: rules still see every event, but what they point at may have no row.</summary>
    internal static IEnumerable<Finding> Warnings(SamplingTerms terms, IReadOnlyList<(string Kind, IReadOnlyList<RuleReading> Rules, HashSet<string> Fields)> kinds)
    {
        var sampled = kinds.Where(k => terms.Kinds.Contains(k.Kind)).ToList();
        var rules = sampled.SelectMany(k => k.Rules.Where(r => r.Enabled && r.Queue == RuleQueue.Production && r.Wants(k.Kind))).DistinctBy(r => r.RuleId).ToList();
        if (rules.Where(r => r.Correlated).ToList() is { Count: > 0 } correlated)
            yield return new("INT325", $"{correlated.Count} rules in force that are parts of correlations look at these events, such as {correlated[0].Title}.", "They still see every event; but of the events that an alert of theirs counts, some have no row to look at. Choose the correlation's group-by fields as the key, or leave these kinds whole.", "/terms/kinds", FindingLevel.Warning);
        if (rules.Count > 0)
            yield return new("INT326", $"{rules.Count} rules in force look at these events, such as {rules[0].Title}.", "They still see every event; the event behind an alert may stand in the record log only.", "/terms/kinds", FindingLevel.Warning);
        foreach (var kind in terms.Kinds.Where(k => !kinds.Any(s => s.Kind == k)))
            yield return new("INT327", $"No event of kind {kind} has come from this source.", "Take kinds from its ledger.", "/terms/kinds", FindingLevel.Warning);
        foreach (var kind in sampled.Where(k => k.Fields.Count > 0 && !terms.Key.Any(k.Fields.Contains)))
            yield return new("INT328", $"Events of kind {kind.Kind} have none of the key's fields: all of them are kept.", "Name a field that they have.", "/terms/key", FindingLevel.Warning);
    }
}

public sealed record SamplingList(IReadOnlyList<SamplingView> Sources);

/// <summary>How a source is sampled now.</summary>
/// <param name="Kept">Events of the named kinds that got a row since the program started.</param>
/// <param name="LeftOut">Events that did not.</param>
public sealed record SamplingView(string SourceId, SamplingTerms Terms, string Why, string Actor, long AtMs, long Fact, long Kept, long LeftOut);

/// <summary>Sample a source, or (null) end it.</summary>
/// <param name="Try">Only tell what it would cost.</param>
public sealed record SamplingAsk(string SourceId, SamplingTerms? Terms, string Why, bool Try);

/// <param name="Set">It holds from now on.</param>
/// <param name="Warnings">What it costs.</param>
public sealed record SamplingOffer(bool Set, IReadOnlyList<Finding> Warnings);
