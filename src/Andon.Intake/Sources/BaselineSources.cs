using System.Security.Claims;
using Andon.Intake.Sources.Silence;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

/// <summary>The catalogue as one YAML text that people keep under version control: out, in again with all findings at once, and what drifted from it.</summary>
static class BaselineSources
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/baseline", Export).WithName("ExportBaseline").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapPost("/sources/baseline", Import).WithName("ImportBaseline").WithTags("Intake").RequireAuthorization(Policies.Operations);
        api.MapGet("/sources/drift", Drift).WithName("ShowDrift").WithTags("Intake").RequireAuthorization(Policies.Read);
    }

    static Ok<BaselineText> Export(Catalogue catalogue)
    {
        lock (catalogue.Gate) return TypedResults.Ok(new BaselineText(Baseline.Write(catalogue)));
    }

    static async Task<Results<Ok<BaselineImported>, BadRequest<SourceFindings>>> Import(BaselineAsk ask, Catalogue catalogue, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        if (ask.Yaml is null || ask.Yaml.Length > Limits.BaselineBytesMax) return TypedResults.BadRequest(new SourceFindings([new("INT073", "There is no baseline, or it is too large.", $"YAML of at most {Limits.BaselineBytesMax} characters.", "/yaml")]));
        var read = Baseline.Read(ask.Yaml);
        var findings = new List<Finding>(read.Findings);
        var drafts = new List<FactDraft>();
        var why = ask.Why is { Length: > 0 } said ? said : "baseline imported";
        lock (catalogue.Gate)
        {
            foreach (var (id, group) in read.Groups)
            {
                var before = catalogue.Groups.GetValueOrDefault(id);
                if (before != group) drafts.Add(new(Actors.Of(user), why, new SourceGrouped(id, before, group, why)));
            }
            foreach (var (id, card, contract, place) in read.Sources)
            {
                if (catalogue.Find(id) is not { } source)
                {
                    findings.Add(new("INT074", $"{id} never sent anything.", "It is taken in once it did; import again then.", place, FindingLevel.Warning));
                    continue;
                }
                if (!Baseline.Same(source.Card, card)) drafts.Add(new(Actors.Of(user), why, new SourceDescribed(id, source.Card, card, why)));
                if (!Baseline.Same(source.Contract, contract)) drafts.Add(new(Actors.Of(user), why, new SourceContracted(id, source.Contract, contract, why)));
            }
        }
        // All or nothing: half a baseline is none.
        if (findings.Exists(f => f.Level == FindingLevel.Error)) return TypedResults.BadRequest(new SourceFindings(findings));
        if (drafts.Count > 0 && !ask.Try) await facts.Append(drafts, stop);
        return TypedResults.Ok(new BaselineImported(read.Sources.Count, read.Groups.Count, drafts.Count, findings) { Tried = ask.Try, Drift = [.. drafts.SelectMany(d => Differences(d.Body)).Take(DriftMax)] });
    }

    const int DriftMax = 500;

    static IEnumerable<BaselineChange> Differences(FactBody change)
    {
        switch (change)
        {
            case SourceGrouped g:
                yield return new("group:" + g.GroupId, "group", g.Before is { } was ? Words(was) : "", g.After is { } now ? Words(now) : "");
                break;
            case SourceContracted c:
                yield return new(c.SourceId, "contract", c.Before is { } before ? Baseline.Write(before) : "", c.After is { } after ? Baseline.Write(after) : "");
                break;
            case SourceDescribed d:
                foreach (var ((part, here), (_, file)) in Parts(d.Before).Zip(Parts(d.After)))
                    if (here != file) yield return new(d.SourceId, part, here, file);
                break;
        }
    }

    static string Words(SourceGroup g) => string.Join(", ", new[] { ("name", g.Name), ("listener", g.Listener), ("host", g.Host), ("dataset", g.Dataset), ("unit", g.Unit), ("tag", g.Tag) }.Where(p => p.Item2.Length > 0).Select(p => $"{p.Item1} {p.Item2}"));

    static IEnumerable<(string Part, string Text)> Parts(SourceCard c)
    {
        static string Number(double n) => n.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return [("name", c.Name), ("owner", c.Owner), ("unit", c.Unit), ("criticality", Number(c.Criticality)), ("data-class", c.DataClass), ("asset", c.AssetId), ("events-per-day", Number(c.EventsPerDay)), ("format", c.Format),
            ("parser", c.Parser), ("zone", c.Zone), ("retention", c.Retention), ("filtered", c.Filtered), ("confirmed", c.Confirmed ? "true" : "false"), ("tags", string.Join(", ", c.Tags))];
    }

    static Ok<DriftReport> Drift(Catalogue catalogue, TimeProvider clock, int? unknown = null)
    {
        lock (catalogue.Gate)
        {
            var now = clock.NowMs();
            var rows = new List<DriftRow>();
            foreach (var source in catalogue.Sources)
            {
                var (missing, never) = Catalogue.Breaches(source, now);
                var known = source.Contract is { } c ? c.MustEvents.Concat(c.MayEvents).Concat(c.NeverEvents).ToHashSet(StringComparer.Ordinal) : [];
                var unagreed = known.Count == 0 ? [] : source.Usage.Kinds.Where(k => k.Use.LastMs > now - Calendar.WeekMs && !known.Contains(k.Kind)).Select(k => k.Kind).Order(StringComparer.Ordinal).ToList();
                if (missing.Count + never.Count + unagreed.Count > 0)
                    rows.Add(new(source.Id, missing, [.. never.Select(n => new DriftNever(n.What, n.Count, n.LastMs, n.Example))], unagreed));
            }
            var strangers = catalogue.Sources.Where(s => !s.Card.Confirmed).ToList();
            return TypedResults.Ok(new DriftReport([.. rows.OrderByDescending(r => r.MustMissing.Count + r.NeverArrived.Count).ThenBy(r => r.SourceId, StringComparer.Ordinal)],
                [.. strangers.OrderByDescending(s => s.Events).ThenBy(s => s.Id, StringComparer.Ordinal).Take(unknown ?? int.MaxValue).Select(s => new UnknownSender(s.Id, s.Relay, s.FirstMs, s.Events))], strangers.Count));
        }
    }
}

/// <summary>The catalogue as YAML.</summary>
public sealed record BaselineText(string Yaml);

/// <summary>Take a baseline in, whole or not at all.</summary>
/// <param name="Try">Only say what would change.</param>
public sealed record BaselineAsk(string Yaml, string Why, bool Try = false);

/// <param name="Changes">Facts that were written for it.</param>
public sealed record BaselineImported(int Sources, int Groups, int Changes, IReadOnlyList<Finding> Findings)
{
    /// <summary>What the file says otherwise than the catalogue, at most 500 lines.</summary>
    public IReadOnlyList<BaselineChange> Drift { get; init; } = [];
    /// <summary>It was only tried.</summary>
    public bool Tried { get; init; }
}

/// <param name="Part">A part of its card by its name in the file; <c>contract</c>, or <c>group</c>.</param>
public sealed record BaselineChange(string Subject, string Part, string Here, string File);

/// <summary>Where the world left what was agreed.</summary>
/// <param name="UnknownSenders">Sources that nobody confirmed, those that sent most first; as many as were asked for (<c>unknown=N</c>), else all.</param>
/// <param name="Unknown">How many they are in all.</param>
public sealed record DriftReport(IReadOnlyList<DriftRow> Sources, IReadOnlyList<UnknownSender> UnknownSenders, int Unknown);

/// <param name="Unagreed">Kinds of events of the last week that the contract does not name.</param>
public sealed record DriftRow(string SourceId, IReadOnlyList<string> MustMissing, IReadOnlyList<DriftNever> NeverArrived, IReadOnlyList<string> Unagreed);

public sealed record DriftNever(string What, long Count, long LastMs, string Example);

public sealed record UnknownSender(string SourceId, string Relay, long FirstMs, long Events);
