using Andon.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Triage.Cases.Work;

/// <summary>Each minute: clocks that ran out are written down, once; evidence that was missing is looked for again.</summary>
internal sealed partial class CaseWatch(TriageDesk desk, Clocks clocks, EvidenceSearch search, ILogger<CaseWatch> logger, TimeProvider clock) : BackgroundService
{
    static readonly string Actor = Actors.Of(Room.Triage);
    readonly HashSet<string> looked = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Breaches(stoppingToken);
                await Look(stoppingToken);
            }
            catch (Exception wrong) when (wrong is not OperationCanceledException)
            {
                Stumbled(logger, wrong);
            }
        }
    }

    internal async Task Breaches(CancellationToken stop)
    {
        using var turn = await desk.TakeTurn(stop);
        List<FactDraft> drafts;
        lock (desk.Gate)
        {
            var now = desk.NowMs;
            // A case that ended between two looks may have ended late.
            drafts = [.. desk.State.Cases.Where(c => c.MergedInto is null && (c.Open || now - c.ClosedMs < Limits.Hour || c.Card.Legal is not null))
                .SelectMany(c => clocks.Breaches(c, now)).Select(b => new FactDraft(Actor, $"case:{b.CaseId}", b))];
        }
        if (drafts.Count > 0) await desk.Append(drafts, [], stop);
    }

    async Task Look(CancellationToken stop)
    {
        List<string> reports;
        lock (desk.Gate)
        {
            // Reports of long ago are not looked at anew: their events may be gone by age.
            reports = [.. desk.State.OpenCases().Where(c => c.Work.Report is not null && (c.Work.Missing.Values.Any(m => m.Outcome is null) || (desk.NowMs - c.OpenedMs < Limits.Day && !looked.Contains(c.Id)))).Select(c => c.Id)];
        }
        foreach (var caseId in reports)
        {
            if (!await search.Look(caseId, stop)) return;
            looked.Add(caseId);
        }
    }

    [LoggerMessage(EventId = 3102, Level = LogLevel.Error, Message = "Watching the work on cases stumbled")]
    static partial void Stumbled(ILogger logger, Exception wrong);
}
