using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources.Usage;

/// <summary>The ledger: what a source sends, kind by kind and field by field, beside who reads it; and what nobody reads.</summary>
static class ShowUsage
{
    const int RowsMax = 500;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/usage", Usage).WithName("ShowSourceUsage").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapGet("/sources/unused", Unused).WithName("ListUnused").WithTags("Intake").RequireAuthorization(Policies.Read);
    }

    static Results<Ok<UsageView>, NotFound<Finding>> Usage(string id, Catalogue catalogue, TimeProvider clock)
    {
        lock (catalogue.Gate)
        {
            if (catalogue.Find(id) is not { } source) return TypedResults.NotFound(OwnSource.Unknown(id));
            var days = Days(source, clock.NowMs());
            return TypedResults.Ok(new UsageView(id, source.Signals, [.. source.Usage.Kinds.OrderByDescending(k => k.Use.Bytes).Select(k => Kind(k.Kind, k.Use, days, catalogue.Reach))]));
        }
    }

    static KindView Kind(string kind, KindUse use, double days, IRuleReach? reach)
    {
        var readers = use.Rules.Where(r => r.Wants(kind)).ToList();
        var byName = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var rule in readers.Where(r => r.Enabled))
            foreach (var field in rule.Fields)
                foreach (var name in field == "*" || reach is null ? [field] : reach.NamesOf(field))
                {
                    if (!byName.TryGetValue(name, out var rules)) byName[name] = rules = [];
                    if (!rules.Contains(rule.RuleId)) rules.Add(rule.RuleId);
                }
        // Values are summed over the events that were looked into.
        var scale = use.Looked == 0 ? 0 : use.Events / (double)use.Looked;
        return new(kind, use.Events, use.Bytes, (long)(use.Bytes / days), use.LastMs,
            [.. Ids(readers, RuleQueue.Production)], [.. Ids(readers, RuleQueue.Testing)], byName.ContainsKey("*"),
            [.. use.Fields.OrderByDescending(f => f.Value).Select(f => new FieldUse(f.Key, (long)(f.Value * scale), byName.GetValueOrDefault(f.Key, [])))]);
    }

    static IEnumerable<string> Ids(IEnumerable<RuleReading> rules, RuleQueue queue) => rules.Where(r => r.Enabled && r.Queue == queue).Select(r => r.RuleId);

    static Ok<UnusedList> Unused(Catalogue catalogue, TimeProvider clock)
    {
        lock (catalogue.Gate)
        {
            var now = clock.NowMs();
            var rows = new List<UnusedRow>();
            foreach (var source in catalogue.Sources)
            {
                var days = Days(source, now);
                foreach (var (kind, use) in source.Usage.Kinds)
                {
                    // What was not yet shown to the rules is not unused.
                    if (use.RulesVersion.Length == 0) continue;
                    var wanting = use.Rules.Where(r => r.Wants(kind)).ToList();
                    if (wanting.Exists(r => r.Enabled)) continue;
                    rows.Add(new(source.Id, kind, use.Events, (long)(use.Bytes / days), use.LastMs, wanting.Count == 0, [.. wanting.Take(20).Select(r => r.RuleId)], source.Signals));
                }
            }
            return TypedResults.Ok(new UnusedList([.. rows.OrderByDescending(r => r.BytesPerDay).ThenBy(r => r.SourceId, StringComparer.Ordinal).ThenBy(r => r.Kind, StringComparer.Ordinal).Take(RowsMax)], rows.Count, catalogue.Reach?.All.Count ?? 0));
        }
    }

    static double Days(Source source, long nowMs) => Math.Max(1.0 / 24, (nowMs - source.FirstMs) / 86_400_000.0);
}

/// <param name="Signals">Signals that came from the source, of whatever kind.</param>
public sealed record UsageView(string SourceId, long Signals, IReadOnlyList<KindView> Kinds);

/// <summary>A kind of event: <c>event.code</c>, else <c>event.action</c>.</summary>
/// <param name="Production">Rules in force that look at it; <paramref name="Testing"/>: those in testing.</param>
/// <param name="Keywords">A rule looks for words anywhere in it, so every field counts.</param>
public sealed record KindView(
    string Kind, long Events, long Bytes, long BytesPerDay, long LastMs, IReadOnlyList<string> Production, IReadOnlyList<string> Testing, bool Keywords, IReadOnlyList<FieldUse> Fields);

/// <param name="Bytes">Of its values, told from a part of the events.</param>
/// <param name="ReadBy">Rules in force or in testing that name it.</param>
public sealed record FieldUse(string Field, long Bytes, IReadOnlyList<string> ReadBy);

/// <param name="Rules">Rules that this was held against: all that are loaded, in force or not.</param>
public sealed record UnusedList(IReadOnlyList<UnusedRow> Rows, int Total, int Rules);

/// <summary>What no rule in force reads.</summary>
/// <param name="Safe">No rule that is loaded, on or off, could match it.</param>
/// <param name="WouldWant">Rules that could match it and are switched off.</param>
/// <param name="Signals">Signals that the source was good for, of whatever kind.</param>
public sealed record UnusedRow(string SourceId, string Kind, long Events, long BytesPerDay, long LastMs, bool Safe, IReadOnlyList<string> WouldWant, long Signals);
