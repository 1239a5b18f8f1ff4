using Andon.Detect.Correlate;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Detect.Stage;

/// <summary>
/// Reads events from the feed, matches them, appends hit blocks. The last block's end is where it goes on after a stop, so output and
/// place cannot part; blocks without hits are written now and then, so that the place moves on in quiet times.
/// </summary>
sealed partial class MatcherStage(EventFeed feed, HitLog hits, RuleBook.RuleBook book, RuleBook.RuleKeeper keeper, IFactLog facts, IFindings findings, DetectOptions options, TimeProvider clock, ILogger<MatcherStage> log) : BackgroundService, IStage
{
    /// <summary>Its name, also as a reader of the record log: retention keeps what it has not matched yet.</summary>
    public const string Name = "matcher";
    const int BlocksAtOnce = 256;
    static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(5);
    long savedMs;
    volatile string state = "starting", note = "";
    readonly HashSet<ulong> quarantined = [];
    readonly Dictionary<ulong, int> stops = [];
    MatchStep? step;
    ulong written;

    /// <summary>Next record to be matched.</summary>
    public ulong Position { get; private set; }

    public StageState Stage => new(Name, Position, feed.Log.Next > Position ? feed.Log.Next - Math.Max(Position, feed.Log.First) : 0, state, note);

    public override async Task StartAsync(CancellationToken stop)
    {
        await facts.Attach(book, stop);
        var set = await book.Load(stop);
        keeper.Recall(hits.Log.Next);
        LogLoaded(log, set.Rules.Count, set.Correlations.Count, set.Refused, set.Unrouted.Count);
        await base.StartAsync(stop);
    }

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Run(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Stopped(e);
                (state, note) = ("restarting", e.Message);
                step = null;
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    async Task Run(CancellationToken stop)
    {
        await Recall(stop);
        (state, note) = ("running", "");
        while (true)
        {
            var reading = feed.Read(Position, stop).AsTask();
            // In quiet times the clock ends windows, and the place moves on.
            while (!reading.IsCompleted && (Position > written || Current().Correlator.Any))
            {
                using var rest = CancellationTokenSource.CreateLinkedTokenSource(stop);
                if (await Task.WhenAny(reading, Task.Delay(Limits.QuietMax, clock, rest.Token)) != reading)
                {
                    var ended = Current().Tick(clock.NowMs());
                    if (ended.Count > 0 || Position > written) await Write(new(written, Position, ended), stop);
                }
                await rest.CancelAsync();
            }
            using var batch = await reading;
            var now = Current();
            if (written == 0) written = batch.From;
            var blocks = now.Run(batch, written, clock.NowMs(), quarantined.Count == 0 ? null : quarantined.Contains);
            foreach (var block in blocks) await Write(block, stop);
            Position = batch.To;
            if (Position - written >= Limits.QuietRecordsMax) await Write(new(written, Position, []), stop);
            foreach (var finding in now.Correlator.Drain()) findings.Raise(Name, finding);
            if (now.Share.Left > 0) findings.Raise(Name, Cut(now));
        }
    }

    static Finding Cut(MatchStep step)
    {
        var (rule, matched, left, rules) = step.Share.Most();
        var header = step.Rules.Set.Rules[rule].Header;
        var others = rules > 1 ? $" So it was with {rules - 1} more rules." : "";
        return new("DET001", $"{header.Title} matched {matched} events of one batch; {left} of them, about hosts, users and addresses that had hits already, are counted only.{others}",
            "Narrow the rule, or put it into testing.", $"rule:{header.RuleId}", FindingLevel.Warning);
    }

    // The rules in use now; state of unchanged correlations goes along.
    MatchStep Current()
    {
        var rules = book.Active;
        if (step is not null && ReferenceEquals(step.Rules, rules)) return step;
        var correlator = step is not null && ReferenceEquals(step.Rules.Set, rules.Set) ? step.Correlator : new Correlator(rules.Set, step?.Correlator);
        book.Correlator = correlator;
        return step = new(rules, correlator, book);
    }

    // Correlation state and counters are what the hit log says. Read again is only what correlations still need and what is not
    // counted yet, so a start takes as long after a year as after a week.
    async Task Recall(CancellationToken stop)
    {
        var correlator = new Correlator(book.Active.Set, null, new(Wall: true, options.CorrelationGroupsMax, options.CorrelationBytesMax));
        var (to, newestMs) = await Tail(stop);
        var needed = correlator.Any && newestMs > 0 ? correlator.RecallFromMs(newestMs) : long.MaxValue;
        var at = Math.Max(hits.Log.First, Math.Min(book.Counters.Next, needed == long.MaxValue ? hits.Log.Next : await hits.Log.PlaceOf(needed, stop)));
        while (at < hits.Log.Next)
        {
            var blocks = await hits.Read(at, BlocksAtOnce, stop);
            if (blocks.Count == 0) break;
            foreach (var (position, block) in blocks)
            {
                at = position + 1;
                book.Counters.Take(block, position);
                foreach (var hit in block.Hits)
                    if (hit.DetectedMs >= needed) correlator.Recall(hit);
            }
        }
        Position = written = to;
        step = new(book.Active, correlator, book);
        book.Correlator = correlator;
    }

    // Where the last block ends, and when the newest hit was detected: read backwards, and of what is counted already only the last block.
    async ValueTask<(ulong To, long NewestMs)> Tail(CancellationToken stop)
    {
        var (end, newestMs, counted) = (0UL, 0L, book.Counters.Next);
        var page = 1UL;
        for (var to = hits.Log.Next; to > hits.Log.First; page = Math.Min(page * 4, BlocksAtOnce))
        {
            if (end > 0 && to <= counted && book.Counters.NewestMs > 0) return (end, Math.Max(newestMs, book.Counters.NewestMs));
            var begin = to - Math.Min(page, to - hits.Log.First);
            ulong pageEnd = 0;
            for (var at = begin; at < to;)
            {
                var blocks = await hits.Read(at, (int)(to - at), stop);
                if (blocks.Count == 0) break;
                foreach (var (position, block) in blocks)
                {
                    if (position >= to) break;
                    pageEnd = block.To;
                    if (block.Hits.Count > 0) newestMs = Math.Max(newestMs, block.Hits[^1].DetectedMs);
                }
                at = blocks[^1].Position + 1;
            }
            // Damaged blocks are missing: the last that can be read is where matching goes on.
            if (end == 0) end = pageEnd;
            if (end > 0 && newestMs > 0) return (end, newestMs);
            to = begin;
        }
        return (end, newestMs);
    }

    async ValueTask Write(HitBlock block, CancellationToken stop)
    {
        book.Counters.Take(block, await hits.Append(block, stop));
        written = block.To;
        // The hit log is the checkpoint; this one only tells retention how far we are, so it may lag.
        if (clock.NowMs() - savedMs < CheckpointEvery.TotalMilliseconds) return;
        savedMs = clock.NowMs();
        await feed.Log.SaveCheckpoint(Name, written, stop);
    }

    void Stopped(Exception e)
    {
        LogStopped(log, e, Position);
        if (e is not EventStoppedException at)
        {
            findings.Raise(Name, new("DET003", $"The matcher stopped and began again: {e.Message}", "Look into the log.", $"record:{Position}"));
            return;
        }
        var times = stops[at.Position] = stops.GetValueOrDefault(at.Position) + 1;
        if (times < 3) return;
        quarantined.Add(at.Position);
        stops.Remove(at.Position);
        findings.Raise(Name, new("DET002", $"The record stopped the matcher three times and is left out: {at.InnerException}", "Report this; the record itself is kept.", $"record:{at.Position}"));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Rules in use: {Rules}, correlations: {Correlations}, refused: {Refused}, without a route: {Unrouted}")]
    static partial void LogLoaded(ILogger log, int rules, int correlations, int refused, int unrouted);

    [LoggerMessage(Level = LogLevel.Error, Message = "The matcher stopped after record {Position} and begins again from its checkpoint")]
    static partial void LogStopped(ILogger log, Exception e, ulong position);
}
