using Andon.Intake.Sources.Silence;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

/// <summary>The list of sources as a screen reads it: narrowed and sorted here, one page at a time, however many there are.</summary>
static class PageSources
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/page", Page).WithName("PageSources").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapGet("/sources/summary", Summary).WithName("SumUpSources").WithTags("Intake").RequireAuthorization(Policies.Read);
    }

    static Results<Ok<SourcePage>, BadRequest<SourceFindings>> Page(
        Catalogue catalogue, TimeProvider clock, string? q = null, string? health = null, string? group = null, string? tag = null, string? dataset = null, string? owner = null, string? unit = null,
        string? has = null, string sort = "health", bool desc = false, int skip = 0, int take = 100)
    {
        var wish = new SourceFilter(q ?? "", health ?? "", group ?? "", tag ?? "", dataset ?? "", owner ?? "", unit ?? "", has ?? "");
        var findings = Refuse(wish, sort, skip, take);
        if (findings.Count > 0) return TypedResults.BadRequest(new SourceFindings(findings));
        return TypedResults.Ok(Find(catalogue, wish, sort, desc, skip, take, clock.NowMs()));
    }

    internal static List<Finding> Refuse(SourceFilter wish, string sort, int skip, int take)
    {
        List<Finding> findings = [];
        if (!SourceOrder.Names.Contains(sort)) findings.Add(new("INT241", $"Sources are not sorted by {sort}.", $"One of {string.Join(", ", SourceOrder.Names)}.", "/sort"));
        if (wish.Has.Length > 0 && !SourceFilter.Haves.ContainsKey(wish.Has)) findings.Add(new("INT242", $"Nobody asks whether a source has {wish.Has}.", $"One of {string.Join(", ", SourceFilter.Haves.Keys.Order(StringComparer.Ordinal))}.", "/has"));
        if (wish.Health.Length > 0 && !SourceFilter.Healths.Contains(wish.Health)) findings.Add(new("INT243", $"{wish.Health} is no state of health.", $"One of {string.Join(", ", SourceFilter.Healths)}.", "/health"));
        if (skip < 0 || take is < 1 or > Limits.SourcesPerPageMax) findings.Add(new("INT244", $"A page of {take} sources after {skip} is not given.", $"1 to {Limits.SourcesPerPageMax}, after 0 or more.", "/take"));
        return findings;
    }

    internal static SourcePage Find(Catalogue catalogue, SourceFilter wish, string sort, bool desc, int skip, int take, long nowMs)
    {
        lock (catalogue.Gate)
        {
            var names = Naming.Counts(catalogue.Sources);
            var ill = SourceView.AilmentsBySubject(catalogue);
            var (words, fit) = (wish.EachWord(), new List<SourceRow>());
            foreach (var source in catalogue.Sources)
            {
                var row = new SourceRow(source, SourceView.AilmentsOf(source, ill), SourceView.IsMaintained(source, nowMs), Naming.Code(source.Card.Name, names));
                if (wish.Holds(row, words, nowMs)) fit.Add(row);
            }
            var order = SourceOrder.By(sort, nowMs);
            // By the id at last: pages that are asked for one after another must not overlap.
            fit.Sort((a, b) => (desc ? order(b, a) : order(a, b)) is var by && by != 0 ? by : a.Source.LastMs != b.Source.LastMs ? b.Source.LastMs.CompareTo(a.Source.LastMs) : string.CompareOrdinal(a.Source.Id, b.Source.Id));
            return new(fit.Count, [.. fit.Skip(skip).Take(take).Select(r => SourceView.Of(r.Source, nowMs, catalogue, ill) with { Naming = r.Naming })]);
        }
    }

    static Ok<SourceSummary> Summary(Catalogue catalogue)
    {
        lock (catalogue.Gate)
        {
            var names = Naming.Counts(catalogue.Sources);
            var ill = SourceView.AilmentsBySubject(catalogue);
            int all = 0, ailing = 0, unowned = 0, rename = 0;
            var (groups, tags, datasets, owners, units) = (new Choices(), new Choices(), new Choices(), new Choices(), new Choices());
            foreach (var source in catalogue.Sources)
            {
                all++;
                if (SourceView.AilmentsOf(source, ill).Count > 0) ailing++;
                if (source.Card.Owner.Length == 0) unowned++;
                if (Naming.Code(source.Card.Name, names) is "INT061" or "INT062") rename++;
                foreach (var group in SourceView.GroupsOf(source)) groups.Add(group);
                foreach (var tag in source.Card.Tags.Distinct(StringComparer.Ordinal)) tags.Add(tag);
                datasets.Add(source.Dataset);
                owners.Add(source.Card.Owner.Length == 0 ? SourceFilter.Nobody : source.Card.Owner);
                units.Add(source.Card.Unit.Length == 0 ? SourceFilter.None : source.Card.Unit);
            }
            return TypedResults.Ok(new SourceSummary(all, ailing, unowned, rename, groups.First(), tags.First(), datasets.First(), owners.First(), units.First()));
        }
    }

    /// <summary>Values beside how many sources have each.</summary>
    sealed class Choices
    {
        readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

        public void Add(string value)
        {
            if (value.Length > 0) counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        public IReadOnlyList<SourceChoice> First() =>
            [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(Limits.SourceChoicesMax).Select(c => new SourceChoice(c.Key, c.Value))];
    }
}

/// <summary>One page of the sources that fit.</summary>
/// <param name="Total">How many fit in all.</param>
public sealed record SourcePage(int Total, IReadOnlyList<SourceView> Sources);

/// <summary>All sources in a few numbers, and what they may be narrowed by.</summary>
/// <param name="Ailing">Sources about which any alarm stands.</param>
/// <param name="Unowned">Sources of which nobody is named who would mend them.</param>
/// <param name="ToRename">Sources whose name breaks the pattern or names another one too; those without a name are not counted.</param>
/// <param name="Groups">At most 500 of each kind, those that most sources have first.</param>
public sealed record SourceSummary(
    int Sources, int Ailing, int Unowned, int ToRename, IReadOnlyList<SourceChoice> Groups, IReadOnlyList<SourceChoice> Tags, IReadOnlyList<SourceChoice> Datasets, IReadOnlyList<SourceChoice> Owners, IReadOnlyList<SourceChoice> Units);

/// <param name="Sources">How many sources have it.</param>
public sealed record SourceChoice(string Value, int Sources);
