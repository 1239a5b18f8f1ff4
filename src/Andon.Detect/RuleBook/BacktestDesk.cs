using System.Threading.Channels;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Microsoft.Extensions.Hosting;

namespace Andon.Detect.RuleBook;

public enum BacktestState { Waiting, Running, Done, Cancelled, Failed }

/// <param name="Share">How much of the range is read, 0 to 1.</param>
/// <param name="Figures">What was found; while it runs, so far.</param>
public sealed record BacktestView(
    string BacktestId, string RuleId, string Title, string Version, string By, long AskedMs, long FromMs, long ToMs, BacktestState State, string Note, double Share, BacktestFigures? Figures,
    long Events, long Hits, IReadOnlyList<BacktestCount> PerHour, IReadOnlyList<BacktestHost> Hosts, IReadOnlyList<HitSample> Samples, IReadOnlyList<Finding> Findings);

public sealed record BacktestList(IReadOnlyList<BacktestView> Backtests);

/// <summary>One backtest after the other, each person's one at a time; with half a core at most, so the live matcher is not disturbed.</summary>
sealed class BacktestDesk(RuleBook book, EventFeed feed, IFactLog facts, IFindings findings, TimeProvider clock) : BackgroundService
{
    sealed class Job(string id, string ruleId, string title, string version, string by, long askedMs, long fromMs, long toMs, SigmaFile file) : IDisposable
    {
        public string Id => id;
        public string By => by;
        public string RuleId => ruleId;
        public string Title => title;
        public string Version => version;
        public (long From, long To) Range => (fromMs, toMs);
        public SigmaFile File => file;
        public readonly CancellationTokenSource Cancel = new();
        public volatile BacktestState State = BacktestState.Waiting;
        public volatile string Note = "";
        public Backtest? Work;
        public BacktestFigures? Figures;
        public IReadOnlyList<Finding> Findings = [];

        public void Dispose() => Cancel.Dispose();

        public BacktestView View() => new(id, ruleId, title, version, by, askedMs, fromMs, toMs, State, Note, State == BacktestState.Done ? 1 : Work?.Share ?? 0, Figures,
            Work?.Events ?? 0, Work?.Hits ?? 0, Work?.PerHour ?? [], Work?.Hosts ?? [], Work?.Samples ?? [], Findings);
    }

    readonly Channel<Job> queue = Channel.CreateUnbounded<Job>();
    readonly List<Job> jobs = [];
    readonly Lock gate = new();
    int number;

    public IReadOnlyList<BacktestView> List(string? ruleId)
    {
        lock (gate) return [.. jobs.Where(j => ruleId is null || j.RuleId == ruleId).Reverse().Select(j => j.View())];
    }

    public BacktestView? Find(string id)
    {
        lock (gate) return jobs.Find(j => j.Id == id)?.View();
    }

    public (BacktestView? Taken, Finding? Refused) Ask(SigmaFile file, SigmaDocument first, string version, string by, long fromMs, long toMs)
    {
        lock (gate)
        {
            if (jobs.Exists(j => j.By == by && j.State is BacktestState.Waiting or BacktestState.Running && j.By == by))
                return (null, new("DET091", "You have a backtest running already.", "Wait for it, or cancel it."));
            if (jobs.Count(j => j.State == BacktestState.Waiting) >= Limits.BacktestQueueMax)
                return (null, new("DET092", $"{Limits.BacktestQueueMax} backtests wait already (BacktestQueueMax).", "Try again in a while."));
            var now = clock.NowMs();
            var job = new Job($"bt-{now:x}-{++number}", first.Header.RuleId, first.Header.Title, version, by, now, fromMs, toMs, file);
            jobs.Add(job);
            while (jobs.Count > Limits.BacktestsKeptMax && jobs.FindIndex(j => j.State is not (BacktestState.Waiting or BacktestState.Running)) is >= 0 and var old)
            {
                jobs[old].Dispose();
                jobs.RemoveAt(old);
            }
            queue.Writer.TryWrite(job);
            return (job.View(), null);
        }
    }

    public async Task<Finding?> Cancel(string id)
    {
        Job? job;
        lock (gate) job = jobs.Find(j => j.Id == id);
        if (job is null) return new("DET093", $"There is no backtest '{id}'.", "The list holds the last ones.", id);
        if (job.State is not (BacktestState.Waiting or BacktestState.Running)) return new("DET094", "It has ended already.", "Nothing to do.", id);
        if (job.State == BacktestState.Waiting) job.State = BacktestState.Cancelled;
        await job.Cancel.CancelAsync();
        return null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var job in queue.Reader.ReadAllAsync(stoppingToken))
        {
            if (job.State != BacktestState.Waiting) continue;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, job.Cancel.Token);
            try
            {
                job.State = BacktestState.Running;
                var (set, asked, found) = Backtest.SetOf(book, job.File);
                job.Findings = [.. found.Take(100)];
                job.Work = new(set, asked, feed, clock);
                job.Figures = await job.Work.Run(job.Id, job.Version, job.Range.From, job.Range.To, Rest, either.Token);
                job.Note = job.Figures.Note;
                await facts.Append(job.By, $"backtest {job.Id}", new RuleBacktested(job.Id, job.RuleId, job.Title, job.Figures, [.. job.Work.PerHour.TakeLast(24 * 31)]), stoppingToken);
                job.State = BacktestState.Done;
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                job.State = BacktestState.Cancelled;
                if (stoppingToken.IsCancellationRequested) return;
            }
            catch (Exception e)
            {
                (job.State, job.Note) = (BacktestState.Failed, e.Message);
                findings.Raise("backtest", new("DET095", $"The backtest of '{job.Title}' failed: {e.Message}", "Look into the log; the live rules go on.", job.RuleId));
            }
        }
    }

    Task Rest(TimeSpan worked, CancellationToken stop) => Task.Delay(worked < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : worked, clock, stop);
}
