using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Triage.Core;

/// <summary>
/// Reads the hit log from its checkpoint in the fact log and appends facts and checkpoint together; reacts to facts of others; closes
/// bursts that went quiet. What stops it three times is set aside with a finding.
/// </summary>
internal sealed partial class TriageStage(
    TriageDesk desk, TriageCore core, FactReaction reaction, HitLog hits, IFindings findings, TriageStatus status, ILogger<TriageStage> logger, TimeProvider clock)
    : BackgroundService
{
    public const string Reader = "triage";
    const int BlocksMax = 32;
    const int QuietBlocksMax = 64;
    const int TriesMax = 3;

    readonly Dictionary<ulong, int> tries = [];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await desk.Log.Attach(desk, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Forever("hits", ReadHits, stoppingToken),
        Forever("facts", reaction.Run, stoppingToken),
        Forever("bursts", CloseBursts, stoppingToken));

    // We erred: begin again from the checkpoint, after a breath.
    async Task Forever(string what, Func<CancellationToken, Task> run, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await run(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception wrong)
            {
                Restarted(logger, what, wrong);
                desk.Doubt();
                status.Fail($"{what}: {wrong.Message}");
                findings.Raise(Reader, new("TRI901", $"Triage stopped on {what} and began again: {wrong.Message}", "The log has the details; report it if it comes back.", what));
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    async Task ReadHits(CancellationToken stop)
    {
        var position = Math.Max(hits.Log.First, desk.Log.Checkpoint(Reader));
        var quiet = 0;
        while (true)
        {
            status.At(position, hits.Log.Next);
            await hits.Log.WaitFor(position, stop);
            var failed = tries.GetValueOrDefault(position);
            // After a failure block by block, so that only the one that fails is set aside.
            var blocks = await hits.Read(position, failed > 0 ? 1 : BlocksMax, stop);
            if (failed >= TriesMax)
            {
                findings.Raise(Reader, new("TRI902", $"Hit block {position} stopped triage {TriesMax} times and was set aside.",
                    "Its alerts are in the alerts table; no case was made of them.", $"hit-log:{position}"));
                tries.Remove(position);
                await desk.Log.Append([], [new(Reader, ++position)], stop);
                continue;
            }
            tries[position] = failed + 1;
            (position, quiet) = await Take(blocks, position, quiet, stop);
            tries.Clear();
        }
    }

    async Task<(ulong Position, int Quiet)> Take(IReadOnlyList<(ulong Position, HitBlock Block)> blocks, ulong position, int quiet, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        var drafts = new List<FactDraft>();
        ulong mark;
        lock (desk.Gate)
        {
            var now = desk.NowMs;
            foreach (var (at, block) in blocks)
            {
                drafts.AddRange(core.Step(block.Hits, at, now));
                for (var i = 0; i < core.TestingHits; i++) desk.Testing.Add(now);
                if (core.Overflowed > 0)
                    findings.Raise(Reader, new("TRI301", $"{core.Overflowed} alerts fold on their rule alone: it met more than {Limits.KeysPerRuleMax} entities.",
                        "Look whether the rule names its entities well, or whether someone floods it.", "signals"));
                position = at + 1;
            }
            mark = core.Checkpoint(position);
        }
        quiet += blocks.Count;
        if (drafts.Count == 0 && quiet < QuietBlocksMax) return (position, quiet);
        await desk.Append(drafts, [new(Reader, mark)], stop);
        return (position, 0);
    }

    async Task CloseBursts(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            using var turn = await desk.TakeTurn(stop);
            IReadOnlyList<FactDraft> drafts;
            lock (desk.Gate) drafts = core.CloseBursts(desk.NowMs);
            if (drafts.Count > 0) await desk.Append(drafts, [], stop);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "Triage ({What}) stopped and begins again from its checkpoint")]
    static partial void Restarted(ILogger logger, string what, Exception wrong);
}

/// <summary>How the stage fares, for the house page.</summary>
internal sealed class TriageStatus
{
    readonly Lock gate = new();
    TriageStageView view = new("triage", 0, 0, "starting", "");

    public TriageStageView View { get { lock (gate) return view; } }

    public void At(ulong position, ulong next)
    {
        lock (gate) view = view with { Position = position, Lag = next > position ? next - position : 0, State = "running", Note = "" };
    }

    public void Fail(string note)
    {
        lock (gate) view = view with { State = "restarting", Note = note };
    }
}
