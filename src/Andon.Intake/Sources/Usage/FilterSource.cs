using System.Security.Claims;
using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources.Usage;

/// <summary>A filter for a sender, from stored samples and tried on them: exactly the named events vanish, all others pass; else none is offered.</summary>
static class FilterSource
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/sources/filter", Handle).WithName("ProposeFilter").WithTags("Intake").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<FilterOffer>, NotFound<Finding>, Conflict<Finding>>> Handle(
        FilterAsk ask, Catalogue catalogue, Normaliser normaliser, IRecordLog log, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        var (id, kind) = (ask.SourceId ?? "", ask.Kind ?? "");
        List<RuleReading> wanting;
        lock (catalogue.Gate)
        {
            if (catalogue.Find(id)?.Usage.Find(kind) is not { } use) return TypedResults.NotFound(new Finding("INT080", $"{id} sends no events of kind {kind}.", "Take source and kind from the ledger.", id));
            wanting = [.. use.Rules.Where(r => r.Wants(kind))];
        }
        if (kind == SourceUsage.Others) return TypedResults.Conflict(new Finding("INT081", "These events have no kind of their own.", "A parser that tells them apart must come first.", id));
        var samples = await Samples(id, normaliser, log, stop);
        if (SenderFilter.Find(kind, samples) is not { } filter)
            return TypedResults.Conflict(new Finding("INT082", $"Among {samples.Count} stored events nothing tells {kind} apart for certain.", "More samples may; or filter by hand.", id));
        var tried = Try(filter, samples);
        if (tried.Passed + tried.Others > 0) return TypedResults.Conflict(new Finding("INT083", $"The filter found would drop {tried.Others} other events and let {tried.Passed} of the kind pass.", "No filter is better than a wrong one.", id));
        var snippets = filter.Snippets(samples);
        if (snippets.Count == 0) return TypedResults.Conflict(new Finding("INT329", $"No sender's program could leave out {kind} and nothing else.", "No filter is better than a wrong one.", id));
        await facts.Append(Actors.Of(user), ask.Why ?? "", new SourceFilterProposed(id, kind, snippets.ToDictionary(s => s.Program, s => s.Text), samples.Count, tried.Dropped, ask.Why ?? ""), stop);
        return TypedResults.Ok(new FilterOffer(id, kind, snippets, samples.Count, tried.Dropped, wanting.Count == 0, [.. wanting.Select(r => r.RuleId)]));
    }

    internal static (int Dropped, int Passed, int Others) Try(SenderFilter filter, IReadOnlyList<FilterSample> samples)
    {
        var (dropped, passed, others) = (0, 0, 0);
        foreach (var sample in samples)
            if (filter.Drops(sample)) (dropped, others) = sample.Kind == filter.Kind ? (dropped + 1, others) : (dropped, others + 1);
            else if (sample.Kind == filter.Kind) passed++;
        return (dropped, passed, others);
    }

    /// <summary>The source's newest events, read back from the record log.</summary>
    static async Task<IReadOnlyList<FilterSample>> Samples(string id, Normaliser normaliser, IRecordLog log, CancellationToken stop)
    {
        const int Block = 2000;
        var samples = new List<FilterSample>();
        var source = Encoding.UTF8.GetBytes(id);
        for (ulong end = log.Next, read = 0; end > log.First && read < Limits.FilterReadMax && samples.Count < Limits.FilterSamplesMax; read += Block)
        {
            var from = Math.Max(log.First, end > Block ? end - Block : 0);
            var records = await log.Read(from, (int)(end - from), 32 << 20, stop);
            using var batch = normaliser.Normalise(records);
            for (var i = 0; i < batch.Count && samples.Count < Limits.FilterSamplesMax; i++)
                if (batch[i].TryGet(Ecs.LogSourceId, out var of) && of.SequenceEqual(source)) samples.Add(SampleOf(batch[i]));
            (records as IDisposable)?.Dispose();
            end = from;
        }
        return samples;
    }

    internal static FilterSample SampleOf(EventView view) => new(
        Encoding.UTF8.GetString(SourceUsage.KindOf(view)), view.Text(Ecs.LogSyslogAppname) ?? view.Text(Ecs.ProcessName) ?? "",
        view.Text(Ecs.WinlogChannel) ?? "", view.Text(Ecs.Message) ?? "");
}

/// <summary>Make a filter for a kind of event of a source.</summary>
public sealed record FilterAsk(string SourceId, string Kind, string Why);

/// <summary>A filter that was tried.</summary>
/// <param name="Tried">Stored events of the source that it was held against.</param>
/// <param name="Dropped">How many of them vanish: all of the kind and no other.</param>
/// <param name="Safe">No rule that is loaded could match this kind.</param>
/// <param name="WouldWant">Rules that could.</param>
public sealed record FilterOffer(string SourceId, string Kind, IReadOnlyList<FilterSnippet> Snippets, int Tried, int Dropped, bool Safe, IReadOnlyList<string> WouldWant);
