using Andon.Intake.Sources.Silence;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Sources;

/// <summary>Data quality in six questions: what is covered, how good it is, whether it goes on, how long it is kept, what it costs, what was lost; and what to connect next.</summary>
static class SourceBoard
{
    const int RowsMax = 200;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/sources/quality", Quality).WithName("ShowDataQuality").WithTags("Intake").RequireAuthorization(Policies.Read);
        api.MapGet("/sources/backlog", Backlog).WithName("ShowOnboardingBacklog").WithTags("Intake").RequireAuthorization(Policies.Read);
    }

    static Ok<DataQuality> Quality(Catalogue catalogue, Andon.Store.Records.IRecordLog log, TimeProvider clock)
    {
        lock (catalogue.Gate)
        {
            var now = clock.NowMs();
            var sources = catalogue.Sources.Where(s => s.Events > 0).ToList();
            var open = catalogue.Alarms.Open;
            var reached = sources.SelectMany(Catalogue.RulesOf).Where(r => r is { Enabled: true, Queue: not RuleQueue.Input }).Select(r => r.RuleId).ToHashSet(StringComparer.Ordinal);
            var all = catalogue.Reach?.All.Where(r => r is { Enabled: true, Queue: not RuleQueue.Input }).ToList() ?? [];
            var (events, bytes) = (sources.Sum(s => s.Events), sources.Sum(s => s.Bytes));
            var silent = open.Where(a => a.Body.Ailment == SourceAilment.Silent).Sum(a => a.Body.Sources);
            return TypedResults.Ok(new DataQuality(
                new(all.Count, all.Count(r => reached.Contains(r.RuleId)), all.SelectMany(r => r.Techniques).Distinct().Count(), all.Where(r => reached.Contains(r.RuleId)).SelectMany(r => r.Techniques).Distinct().Count(), sources.Select(s => s.Dataset).Distinct().Count()),
                new(events, sources.Sum(s => s.ParseFailures), sources.Count(s => s.Contract is not null), sources.Count(s => Catalogue.Breaches(s, now) is var (m, n) && m.Count + n.Count > 0), sources.Count(s => !s.Card.Confirmed), open.Count(a => a.Body.Ailment is SourceAilment.ParseFailures or SourceAilment.FormatChanged or SourceAilment.ClockSkew)),
                new(sources.Count, silent, open.Count(a => a.Body.Ailment is SourceAilment.Late or SourceAilment.VolumeLow or SourceAilment.VolumeHigh), sources.Count(s => s.Voice is { } v && now - v.Watch.Rhythm.FirstMs < 14 * Calendar.DayMs)),
                new(sources.Count == 0 ? null : sources.Min(s => s.FirstMs), log.Next - log.First, sources.GroupBy(s => s.Card.Retention).Select(g => new RetentionShare(g.Key, g.Count(), g.Sum(s => s.Bytes))).OrderByDescending(r => r.Bytes).ToList()),
                new([.. sources.OrderByDescending(PerDay).Take(20).Select(s => new SourceCost(s.Id, (long)PerDay(s), Catalogue.RulesOf(s).Select(r => r.RuleId).Distinct().Count(), s.Signals))], (long)sources.Sum(PerDay)),
                new(sources.Sum(s => s.LostEvents), sources.Count(s => s.Health.Counters.Tracks.Count > 0), sources.Count(s => s.Card.Filtered.Length > 0), sources.Sum(s => (long)Math.Round(s.Health.RepeatShare * s.Events)))));
        }

        double PerDay(Source s) => s.BytesPerDay(clock.NowMs());
    }

    /// <summary>Rules that wait for a log source nobody sends, by what they would add for what it may cost.</summary>
    static Ok<OnboardingBacklog> Backlog(Catalogue catalogue, TimeProvider clock)
    {
        lock (catalogue.Gate)
        {
            var now = clock.NowMs();
            var sources = catalogue.Sources.Where(s => s.Events > 0).ToList();
            var covered = new HashSet<string>(StringComparer.Ordinal);
            var reached = new HashSet<string>(StringComparer.Ordinal);
            // What a log source costs where it is connected is the best guess at what it costs elsewhere.
            var cost = new Dictionary<string, List<double>>(StringComparer.Ordinal);
            foreach (var source in sources)
            {
                var rules = Catalogue.RulesOf(source).ToList();
                foreach (var rule in rules)
                {
                    reached.Add(rule.RuleId);
                    if (rule is { Enabled: true, Queue: not RuleQueue.Input }) covered.UnionWith(rule.Techniques);
                }
                foreach (var product in rules.Select(r => r.LogSource.Split('/')[0]).Distinct())
                {
                    if (!cost.TryGetValue(product, out var list)) cost[product] = list = [];
                    list.Add(source.BytesPerDay(now));
                }
            }
            var house = sources.Count == 0 ? 0 : sources.Average(s => s.BytesPerDay(now));
            var rows = new List<BacklogRow>();
            foreach (var group in (catalogue.Reach?.All ?? []).Where(r => !reached.Contains(r.RuleId) && r.Queue != RuleQueue.Input).GroupBy(r => r.LogSource))
            {
                var gained = group.SelectMany(r => r.Techniques).Where(t => !covered.Contains(t)).Distinct().Order(StringComparer.Ordinal).ToList();
                var known = cost.GetValueOrDefault(group.Key.Split('/')[0]);
                var bytes = known is { Count: > 0 } ? known.Average() : house;
                var gigabytes = Math.Max(bytes / 1e9, 0.001);
                rows.Add(new(group.Key, group.Count(), gained, group.SelectMany(r => r.Techniques).Distinct().Count(), (long)bytes, known is { Count: > 0 }, gained.Count / gigabytes,
                    [.. group.OrderByDescending(r => r.Level).ThenBy(r => r.RuleId, StringComparer.Ordinal).Take(10).Select(r => r.RuleId)]));
            }
            return TypedResults.Ok(new OnboardingBacklog([.. rows.OrderByDescending(r => r.GainPerGigabyte).ThenByDescending(r => r.Rules).ThenBy(r => r.LogSource, StringComparer.Ordinal).Take(RowsMax)], covered.Count));
        }
    }
}

/// <summary>The data quality board.</summary>
public sealed record DataQuality(CoverageQuality Coverage, ContentQuality Quality, ContinuityQuality Continuity, RetentionQuality Retention, CostQuality Cost, LossQuality Loss);

/// <param name="Reached">Rules in force that some source feeds.</param>
public sealed record CoverageQuality(int Rules, int Reached, int Techniques, int TechniquesReached, int Datasets);

public sealed record ContentQuality(long Events, long ParseFailures, int Contracts, int ContractsBroken, int Unconfirmed, int Alarms);

/// <param name="Young">Sources whose silence cannot be judged by their own habits yet.</param>
public sealed record ContinuityQuality(int Sources, int Silent, int Alarms, int Young);

/// <param name="Records">Records that stand in the record log.</param>
public sealed record RetentionQuality(long? OldestMs, ulong Records, IReadOnlyList<RetentionShare> Classes);

public sealed record RetentionShare(string Name, int Sources, long Bytes);

public sealed record CostQuality(IReadOnlyList<SourceCost> Dearest, long BytesPerDay);

/// <param name="Rules">Rules that look at it.</param>
/// <param name="Signals">Signals that came from it.</param>
public sealed record SourceCost(string SourceId, long BytesPerDay, int Rules, long Signals);

/// <param name="Counting">Sources whose sender counts, so that loss is proven and not guessed.</param>
public sealed record LossQuality(long LostEvents, int Counting, int Filtered, long Repeated);

/// <summary>Log sources that rules wait for.</summary>
public sealed record OnboardingBacklog(IReadOnlyList<BacklogRow> Rows, int TechniquesCovered);

/// <param name="Gained">ATT&amp;CK techniques that no rule with data covers today.</param>
/// <param name="CostKnown">True where sources of the same product are connected; otherwise the cost is the mean of all sources.</param>
public sealed record BacklogRow(string LogSource, int Rules, IReadOnlyList<string> Gained, int Techniques, long BytesPerDay, bool CostKnown, double GainPerGigabyte, IReadOnlyList<string> RuleIds);
