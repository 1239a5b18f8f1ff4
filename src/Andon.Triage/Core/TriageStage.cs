using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;
using Andon.Triage.Grouping;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Triage.Core;

/// <summary>
/// Reads the hit log from its checkpoint in the fact log and appends facts and checkpoint together; reacts to facts of others; closes
/// bursts that went quiet. What stops it three times is set aside with a finding.
/// </summary>
internal sealed partial class TriageStage(
    TriageDesk desk, TriageCore core, FactReaction reaction, HitLog hits, IFindings findings, ILogger<TriageStage> logger, TimeProvider clock)
    : BackgroundService, IStage
{
    public const string Reader = "triage";
    const int BlocksMax = 32;
    const int QuietBlocksMax = 64;
    const int TriesMax = 3;

    readonly Dictionary<ulong, int> tries = [];
    ulong reached;
    int epoch;
    /// <summary>Blocks below are in the count of testing hits; one that is read again is not counted again.</summary>
    ulong counted;
    long leasesLeftOut;
    bool leasesRead;
    volatile string state = "starting", note = "";

    public StageState Stage => new(Reader, Interlocked.Read(ref reached), Lag(), state, note);

    ulong Lag() => hits.Log.Next > Interlocked.Read(ref reached) ? hits.Log.Next - Math.Max(Interlocked.Read(ref reached), hits.Log.First) : 0;

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
                (state, note) = ("restarting", $"{what}: {wrong.Message}");
                findings.Raise(Reader, new("TRI901", $"Triage stopped on {what} and began again: {wrong.Message}", "The log has the details; report it if it comes back.", what));
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    async Task ReadHits(CancellationToken stop)
    {
        var position = Math.Max(hits.Log.First, desk.Log.Checkpoint(Reader));
        var quiet = 0;
        await CountTested(position, stop);
        await RecallLeases(position, stop);
        while (true)
        {
            Interlocked.Exchange(ref reached, position);
            (state, note) = ("running", "");
            await hits.Log.WaitFor(position, stop);
            var blocks = await hits.Read(position, BlocksMax, stop);
            (position, quiet) = await Take(blocks, position, quiet, stop);
        }
    }

    /// <summary>Testing hits of the last day that were read before this start, as far as the hit log still has them.</summary>
    async Task CountTested(ulong before, CancellationToken stop)
    {
        var now = desk.NowMs;
        var from = counted > 0 ? before : await hits.Log.PlaceOf(now - Limits.Day, stop);
        while (from < before)
        {
            var blocks = await hits.Read(from, BlocksMax, stop);
            if (blocks.Count == 0) break;
            foreach (var (at, block) in blocks)
            {
                from = at + 1;
                if (at >= before) break;
                foreach (var hit in block.Hits)
                    if (hit.Queue == RuleQueue.Testing && now - hit.DetectedMs < Limits.Day) desk.Testing.Add(Math.Min(now, hit.DetectedMs));
            }
        }
        counted = Math.Max(counted, before);
    }

    /// <summary>Leases that still hold and were read before this start. What they said of signals is in facts; this is for those to come.</summary>
    async Task RecallLeases(ulong before, CancellationToken stop)
    {
        if (leasesRead) return;
        var from = await hits.Log.PlaceOf(desk.NowMs - LeaseBook.LeaseMsMax, stop);
        while (from < before)
        {
            var blocks = await hits.Read(from, BlocksMax, stop);
            if (blocks.Count == 0) break;
            foreach (var (at, block) in blocks)
            {
                from = at + 1;
                if (at < before) Lease(block);
            }
        }
        leasesRead = true;
    }

    async Task<(ulong Position, int Quiet)> Take(IReadOnlyList<(ulong Position, HitBlock Block)> blocks, ulong position, int quiet, CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        if (desk.Epoch != epoch)
        {
            epoch = desk.Epoch;
            return (Math.Max(hits.Log.First, desk.Log.Checkpoint(Reader)), 0);
        }
        var drafts = new List<FactDraft>();
        ulong mark;
        lock (desk.Gate)
        {
            var now = desk.NowMs;
            foreach (var (at, block) in blocks)
            {
                if (tries.ContainsKey(at) && at != blocks[0].Position) break; // It failed before: alone, so that the others are safe.
                if (SetAside(at))
                {
                    (position, quiet) = (at + 1, QuietBlocksMax);
                    continue;
                }
                Lease(block);
                drafts.AddRange(Step(block, at, now));
                for (var i = 0; i < core.TestingHits && at >= counted; i++) desk.Testing.Add(now);
                counted = Math.Max(counted, at + 1);
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
        // The fact log holds the checkpoint; this copy only tells the hit log's retention what is no longer needed.
        await hits.Log.SaveCheckpoint(Reader, mark, stop);
        return (position, 0);
    }

    // Only what the block itself breaks counts against it; a log that refuses is no fault of the block.
    IReadOnlyList<FactDraft> Step(HitBlock block, ulong at, long now)
    {
        try
        {
            var drafts = core.Step(block.Hits, at, now);
            tries.Remove(at);
            return drafts;
        }
        catch
        {
            tries[at] = tries.GetValueOrDefault(at) + 1;
            throw;
        }
    }

    void Lease(HitBlock block)
    {
        foreach (var lease in block.Leases ?? []) core.Leases.Take(lease);
        if (block.Leases?.Count >= Limits.LeasesPerBlockMax)
            findings.Raise(Reader, new("TRI600", $"DHCP servers told {block.Leases.Count} or more new leases at once; what came beyond that was left out.",
                "Look which source says so many: addresses that nobody vouches for tie alerts as before.", "leases", FindingLevel.Warning));
        if (core.Leases.LeftOut > leasesLeftOut)
            findings.Raise(Reader, new("TRI601", $"{core.Leases.LeftOut} DHCP leases were left out: too many addresses are known.", "Addresses beyond the limit tie alerts as before.", "leases", FindingLevel.Warning));
        leasesLeftOut = core.Leases.LeftOut;
    }

    bool SetAside(ulong at)
    {
        if (tries.GetValueOrDefault(at) < TriesMax) return false;
        findings.Raise(Reader, new("TRI902", $"Hit block {at} stopped triage {TriesMax} times and was set aside.",
            "Its alerts are in the alerts table; no case was made of them.", $"hit-log:{at}"));
        tries.Remove(at);
        return true;
    }

    async Task CloseBursts(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            using var turn = await desk.TakeTurn(stop);
            IReadOnlyList<FactDraft> drafts;
            lock (desk.Gate) drafts = [.. core.CloseBursts(desk.NowMs), .. Expiry.Due(desk.State, desk.NowMs)];
            if (drafts.Count > 0) await desk.Append(drafts, [], stop);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "Triage ({What}) stopped and begins again from its checkpoint")]
    static partial void Restarted(ILogger logger, string what, Exception wrong);
}
