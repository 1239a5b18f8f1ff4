using System.Collections.Concurrent;
using Andon.Model;
using Microsoft.Extensions.Hosting;

namespace Andon.Triage.Board.Requests;

/// <summary>Looks at requests that are done, at once and then again and again, and writes what it saw when that is a yes or a no.</summary>
internal sealed class AcceptanceRunner(TriageDesk desk, AcceptanceChecks checks, IFindings findings, TimeProvider clock) : BackgroundService
{
    readonly ConcurrentDictionary<string, string> looks = new(StringComparer.Ordinal);
    readonly SemaphoreSlim wanted = new(0);

    /// <summary>What the last look said, for people.</summary>
    public string? LastLook(string requestId) => looks.GetValueOrDefault(requestId);

    /// <summary>Something was just done: look now.</summary>
    public void Want() => wanted.Release();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAtAll(stoppingToken);
                await wanted.WaitAsync(TimeSpan.FromMilliseconds(Limits.CheckEveryMs), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception wrong)
            {
                desk.Doubt();
                findings.Raise("triage-acceptance", new("TRI591", $"Looking at remediation requests stopped and began again: {wrong.Message}", "The log has the details; report it if it comes back.", "requests"));
                await Task.Delay(TimeSpan.FromMilliseconds(Limits.CheckEveryMs), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    internal async Task LookAtAll(CancellationToken stop)
    {
        List<Request> done;
        lock (desk.Gate) done = [.. desk.State.Board.Requests.All.Where(r => r.State == RequestState.Done && r.Asked.Check.Kind != "none")];
        foreach (var request in done)
        {
            var look = await checks.Look(request, stop);
            looks[request.Id] = look.Text;
            if (look.Passed is not { } passed) continue;
            using var turn = await desk.TakeTurn(stop);
            lock (desk.Gate)
                if (desk.State.Board.Requests.Find(request.Id) is not { State: RequestState.Done } still || still.DoneMs != request.DoneMs) continue;
            await desk.Append([new(Actors.Of(Room.Triage), $"request:{request.Id}", new RemediationChecked(request.Id, request.Asked.CaseId, passed, look.Text))], [], stop);
            looks.TryRemove(request.Id, out _);
        }
    }

    public override void Dispose()
    {
        wanted.Dispose();
        base.Dispose();
    }
}
