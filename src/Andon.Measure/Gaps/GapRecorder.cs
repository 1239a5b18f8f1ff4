using Andon.Measure.Vectors;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Measure.Gaps;

/// <summary>
/// Reads the fact log and writes one gap for each control that a closing names. Its place is saved in the same append as the gaps, so a
/// crash never doubles or loses one.
/// </summary>
sealed partial class GapRecorder(IFactLog facts, Ledger ledger, IFindings findings, TimeProvider clock, ILogger<GapRecorder> log) : BackgroundService
{
    public const string Reader = "measure-gaps";

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await facts.Attach(ledger, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var saved = facts.Checkpoint(Reader);
        var at = (long)saved;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await facts.WaitAfter(at, stoppingToken);
                var read = await facts.Read(at, Limits.ReadFactsMax, stoppingToken);
                if (read.Count == 0) continue;
                var drafts = Gaps(read);
                var end = read[^1].Seq;
                if (drafts.Count > 0 || end - (long)saved >= Limits.SaveEvery)
                {
                    await facts.Append(drafts, [new(Reader, (ulong)end)], stoppingToken);
                    saved = (ulong)end;
                }
                at = end;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Stumbled(e);
                findings.Raise("measure", new("MEA002", $"Recording gaps stumbled: {e.Message}", "It is tried again from its place; look at the log when it goes on."));
                at = (long)(saved = facts.Checkpoint(Reader));
                await Task.Delay(TimeSpan.FromSeconds(5), clock, stoppingToken);
            }
        }
    }

    List<FactDraft> Gaps(IReadOnlyList<Fact> read)
    {
        var drafts = new List<FactDraft>();
        foreach (var fact in read)
        {
            if (fact.Body is not CaseClosed closed) continue;
            if (ledger.Find(closed.CaseId) is { } row) RaiseNegative(row);
            var score = GapScore.Of(closed);
            foreach (var control in closed.ControlsFailed.Distinct(StringComparer.Ordinal))
                drafts.Add(new(Actors.Of(Room.Measure), $"fact:{fact.Seq}", new GapRecorded(closed.CaseId, control, closed.EarliestMissedStage, closed.Verdict.ToString(), score, closed.EffortMinutes)) { AtMs = fact.AtMs });
        }
        return drafts;
    }

    // A negative time is not a fast answer but a wrong clock: someone must mend it, and it is no value.
    void RaiseNegative(CaseRow row)
    {
        if (row.DetectedMs < row.OccurredMs)
            findings.Raise("measure", new("MEA001", $"The first event of case {row.Number} is {row.OccurredMs - row.DetectedMs} ms later than its detection.", "Look at the clock of the source; the time to detect leaves this case out.", $"case:{row.CaseId}", FindingLevel.Warning));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Recording gaps stumbled")]
    partial void Stumbled(Exception e);
}
