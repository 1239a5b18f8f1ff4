using System.Diagnostics;
using Andon.Detect.Correlate;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Detect.Sigma.Parsing;
using Andon.Detect.Stage;
using Andon.Model;
using Andon.Store.Events;

namespace Andon.Detect.RuleBook;

/// <summary>A host and how many of the hits it had.</summary>
public sealed record BacktestHost(string Host, long Hits);

/// <summary>
/// Runs rules over the record log as the live matcher would: same set, same matcher, same correlations, on events made anew. Times are
/// those of arrival, since that is when hits would have been made.
/// </summary>
sealed class Backtest(RuleSet set, IReadOnlySet<string> asked, EventFeed feed, TimeProvider clock)
{
    readonly RuleMatcher matcher = new(set);
    readonly Correlator correlator = new(set);
    readonly List<Firing> fired = [];
    readonly SortedDictionary<long, long> hours = [];
    readonly Dictionary<string, long> hosts = [];
    readonly List<HitSample> samples = [];

    public long Events { get; private set; }
    public long Hits { get; private set; }
    public ulong Position { get; private set; }
    public ulong First { get; private set; }
    public ulong Last { get; private set; }
    public long HostsLeftOut { get; private set; }
    public double Share => Last <= First ? 1 : Math.Clamp((double)(Position - First) / (Last - First), 0, 1);

    /// <summary>Reads from one time of arrival to another. Tells what was really read and why not all.</summary>
    public async Task<BacktestFigures> Run(string id, string version, long fromMs, long toMs, Func<TimeSpan, CancellationToken, Task> rest, CancellationToken stop)
    {
        var begin = clock.GetTimestamp();
        var notes = new List<string>();
        (First, Last) = (await feed.Log.PlaceOf(fromMs, stop), await feed.Log.PlaceOf(toMs, stop));
        Position = First;
        long firstMs = 0, lastMs = 0;
        while (Position < Last)
        {
            stop.ThrowIfCancellationRequested();
            if (Position - First >= Limits.BacktestRecordsMax) { notes.Add($"it stopped after {Limits.BacktestRecordsMax} records"); break; }
            if (clock.GetElapsedTime(begin) > Limits.BacktestTimeMax) { notes.Add($"it stopped after {Limits.BacktestTimeMax.TotalMinutes:0} minutes"); break; }
            var worked = Stopwatch.GetTimestamp();
            using var batch = await feed.ReadApart(Position, (int)Math.Min(EventFeed.BatchRecordsMax, Last - Position), stop);
            if (batch is null) break;
            for (var i = 0; i < batch.Count && batch[i].Head.Id.Position < Last; i++)
            {
                var received = batch[i].Head.ReceivedMs;
                if (Events++ == 0) firstMs = received;
                lastMs = Math.Max(lastMs, received);
                One(batch, i);
            }
            Position = Math.Max(batch.To, Position + 1);
            // As long a rest as the work was: at most half of one core, and the live matcher finds its place at once.
            await rest(Stopwatch.GetElapsedTime(worked), stop);
        }
        if (Events == 0) notes.Add("there are no records of that time");
        else if (feed.Log.First == First && First > 1 && firstMs > fromMs) notes.Add($"older records have left the record log; it begins {UnixMs.ToIso(firstMs)}");
        var days = Math.Max(1, (lastMs - firstMs) / 86_400_000.0);
        return new(id, version, fromMs, toMs, firstMs, lastMs, notes.Count == 0, string.Join("; ", notes), Events, Hits, Math.Round(Hits / days, 2), hosts.Count, Math.Round(clock.GetElapsedTime(begin).TotalSeconds, 2));
    }

    public IReadOnlyList<BacktestCount> PerHour { get { lock (hours) return [.. hours.Select(h => new BacktestCount(h.Key, h.Value))]; } }
    public IReadOnlyList<HitSample> Samples { get { lock (hours) return [.. samples]; } }
    public IReadOnlyList<BacktestHost> Hosts { get { lock (hours) return [.. hosts.OrderByDescending(h => h.Value).ThenBy(h => h.Key, StringComparer.Ordinal).Take(50).Select(h => new BacktestHost(h.Key, h.Value))]; } }

    void One(EventBatch batch, int index)
    {
        var received = batch[index].Head.ReceivedMs;
        if (correlator.Any)
        {
            ref readonly var head = ref batch[index].Head;
            correlator.Advance(head.TimeMs > head.ReceivedMs + Limits.FutureMs ? head.ReceivedMs : head.TimeMs, fired);
            Count(received);
        }
        foreach (var rule in matcher.Match(batch, index))
        {
            var mine = asked.Contains(rule.RuleId);
            if (!mine && !correlator.Any) continue;
            var hit = HitMaker.Make(matcher.Values, rule, RuleQueue.Testing, received);
            if (mine) Count(hit, received);
            if (!correlator.Any) continue;
            correlator.Take(hit, fired);
            Count(received);
        }
    }

    void Count(long received)
    {
        foreach (var firing in fired)
            if (asked.Contains(firing.Document.Header.RuleId)) Count(firing.AsHit(RuleQueue.Testing, received), received);
        fired.Clear();
    }

    void Count(Hit hit, long received)
    {
        lock (hours)
        {
            Hits++;
            var hour = received / 3_600_000 * 3_600_000;
            hours[hour] = hours.GetValueOrDefault(hour) + 1;
            if (samples.Count < Limits.BacktestSamplesMax) samples.Add(HitSamples.Of(hit));
            foreach (var entity in hit.Entities)
            {
                if (entity.Kind != EntityKind.Host) continue;
                if (hosts.Count < Limits.BacktestHostsMax || hosts.ContainsKey(entity.Value)) hosts[entity.Value] = hosts.GetValueOrDefault(entity.Value) + 1;
                else HostsLeftOut++;
            }
        }
    }

    /// <summary>The set for a text: its own documents, the live rules that its correlations need, and the live filters.</summary>
    public static (RuleSet Set, HashSet<string> Asked, IReadOnlyList<Finding> Findings) SetOf(RuleBook book, SigmaFile file)
    {
        var live = book.Active.Set;
        List<SigmaDocument> all = [.. live.Rules, .. live.Correlations];
        var documents = file.Documents.ToList();
        for (var i = 0; i < documents.Count; i++)
            if (documents[i] is CorrelationDocument correlation)
                foreach (var reference in correlation.Rules)
                    if (DocumentSet.Find(documents, reference) is null && DocumentSet.Find(all, reference) is { } needed) documents.Add(needed);
        documents.AddRange(live.Filters.Where(f => !documents.Exists(d => d.Header.RuleId == f.Header.RuleId)));
        var set = new RuleSet([new(file.File, documents, file.Findings, file.Refused)], Mappings.Load(book.Content.Path));
        var own = file.Documents.Where(d => d is not FilterDocument).ToList();
        var correlations = own.OfType<CorrelationDocument>().ToList();
        HashSet<string> asked = [.. (correlations.Count > 0 ? correlations.Cast<SigmaDocument>() : own).Select(d => d.Header.RuleId)];
        return (set, asked, set.Findings);
    }
}
