using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Andon.Model;
using Andon.Respond.Connectors;
using Andon.Respond.Playbooks;
using Andon.Respond.Variables;
using Andon.Store.Facts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Respond.Runs;

/// <summary>
/// Drives open runs: intent on disk, then the effect, then the result on disk. After a start it goes on where the facts end;
/// timers are read from facts, so what fell due while the program was down fires at once.
/// </summary>
sealed partial class RunDriver(
    IFactLog facts, RunBook runs, CaseBook cases, Library library, Runner runner, HttpConnector http, IFindings findings, TimeProvider clock, ILogger<RunDriver> log) : BackgroundService
{
    readonly ConcurrentDictionary<string, (Task Work, CancellationTokenSource Stop)> driven = [];
    readonly ConcurrentDictionary<string, long> notBefore = [];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await facts.Attach(runs, cancellationToken);
        await facts.Attach(cases, cancellationToken);
        foreach (var finding in (await library.Read(cancellationToken)).SelectMany(l => l.Findings)) findings.Raise("playbooks", finding);
        await runner.Load(cancellationToken);
        runner.Cancelled += Break;
        await base.StartAsync(cancellationToken);
    }

    void Break(string runId)
    {
        if (!driven.TryGetValue(runId, out var one)) return;
        try
        {
            one.Stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended in this very moment; there is nothing to break off.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = clock.NowMs();
            long? due = null;
            foreach (var run in runs.Open())
            {
                if (driven.ContainsKey(run.RunId)) continue;
                var wait = Math.Max(notBefore.GetValueOrDefault(run.RunId), Interpreter.Next(run, now) is Rest rest ? rest.UntilMs ?? long.MaxValue : now);
                if (wait > now) due = Math.Min(due ?? long.MaxValue, wait);
                else if (driven.Count < Limits.RunsDrivenMax) Begin(run.RunId, stoppingToken);
                // The rest begins when one of these ends, which wakes this loop.
            }
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var timer = due is { } at and < long.MaxValue
                ? Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(at - now, 1, 3_600_000)), clock, pause.Token)
                : Task.Delay(Timeout.InfiniteTimeSpan, clock, pause.Token);
            await Task.WhenAny(runs.Changed.WaitToReadAsync(pause.Token).AsTask(), timer);
            runs.Changed.TryRead(out _);
            await pause.CancelAsync();
        }
        await Task.WhenAll(driven.Values.Select(d => d.Work));
    }

    void Begin(string runId, CancellationToken stop)
    {
        var own = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // Entered before it runs, so that its end always finds it.
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        driven[runId] = (Drive(runId, gate.Task, own), own);
        gate.SetResult();
    }

    async Task Drive(string runId, Task entered, CancellationTokenSource own)
    {
        await entered;
        try
        {
            while (await Step(runId, own.Token))
            {
            }
            notBefore.TryRemove(runId, out _);
        }
        catch (OperationCanceledException)
        {
            // Stopped or cancelled: the facts say how far it came.
        }
        catch (Exception e)
        {
            RunStumbled(runId, e);
            findings.Raise("runs", new("RES130", $"Driving the run stumbled: {e.Message}", "It is tried again; look at the log when it goes on.", runId));
            notBefore[runId] = clock.NowMs() + Limits.RetryDriveMs;
        }
        finally
        {
            driven.TryRemove(runId, out _);
            own.Dispose();
            runs.Wake();
        }
    }

    /// <summary>One move. False when the run rests.</summary>
    async Task<bool> Step(string runId, CancellationToken stop)
    {
        if (runs.Find(runId) is not { Ended: false } run) return false;
        switch (Interpreter.Next(run, clock.NowMs()))
        {
            case Write write:
                await runner.Advance(run, write.Facts, stop);
                return true;
            case Call call:
                if (await runner.Advance(run, [call.Intent], stop) is { } intended) await Carry(intended, call, stop);
                return true;
            case AskTarget ask:
                await Settle(run, ask, stop);
                return true;
            default:
                return false;
        }
    }

    async Task Carry(RunState run, Call call, CancellationToken stop)
    {
        var answer = await http.Call(call.Ask, run.IdempotencyKey(call.Step.Id), LimitOf(call.Step), stop);
        // No answer, and the target can be asked: the intent stays open, and the next move asks.
        if (answer.End is CallEnd.Unknown or CallEnd.TimedOut && call.Command.Effect == Effect.Probe) return;
        var (outcome, output, variables) = Result(run, call.Step, call.Command, answer);
        IReadOnlyList<FactBody> bodies = outcome switch
        {
            StepOutcome.Succeeded => [Interpreter.Ended(run, call.Step, call.Intent.Attempt, outcome, output, call.Step.AfterSuccess, variables)],
            StepOutcome.InDoubt => [Interpreter.Doubt(run, call.Step, call.Intent.Attempt, output)],
            _ => Interpreter.Fail(run, call.Step, call.Intent.Attempt, outcome, output),
        };
        if (await runner.Advance(run, bodies, stop) is null)
            findings.Raise("runs", new("RES131", $"A call of a run that was cancelled ended: {answer.Text}", "See whether its effect has to be undone.", $"{run.RunId}/{call.Step.Name}", FindingLevel.Warning));
    }

    async Task Settle(RunState run, AskTarget ask, CancellationToken stop)
    {
        HttpAsk question;
        try
        {
            question = HttpRendering.RenderProbe(ask.Command, n => run.Find(ask.Step, n));
        }
        catch (RenderRefused refused)
        {
            await runner.Advance(run, [Interpreter.Doubt(run, ask.Step, ask.Pending.Attempt, $"The target cannot be asked: {refused.Message}")], stop);
            return;
        }
        var answer = await http.Call(question, run.IdempotencyKey(ask.Step.Id), LimitOf(ask.Step), stop);
        if (answer.End == CallEnd.Done)
            await runner.Advance(run, [Interpreter.Ended(run, ask.Step, ask.Pending.Attempt, StepOutcome.Succeeded, $"The target says that it happened: {answer.Text}", ask.Step.AfterSuccess)], stop);
        else if (answer.Status == 404 && ask.Pending.Attempt < Limits.AttemptsMax && Interpreter.Begin(run, ask.Step, ask.Pending.Attempt + 1) is Call again)
        {
            if (await runner.Advance(run, [again.Intent], stop) is { } intended) await Carry(intended, again, stop);
        }
        else
            await runner.Advance(run, [Interpreter.Doubt(run, ask.Step, ask.Pending.Attempt, $"The target could not tell whether it happened: {answer.Text}")], stop);
    }

    static (StepOutcome, string, Dictionary<string, string>) Result(RunState run, Step step, HttpCommand command, CallAnswer answer)
    {
        var output = answer.Body.Length > 0 ? $"{answer.Text}\n\n{answer.Body}" : answer.Text;
        var variables = new Dictionary<string, string>();
        if (answer.End != CallEnd.Done)
        {
            // Without an answer a "once" effect may or may not have happened: saying "failed" would be a guess.
            var unsure = answer.End is CallEnd.Unknown or CallEnd.TimedOut && command.Effect == Effect.Once;
            return (unsure ? StepOutcome.InDoubt : answer.End == CallEnd.TimedOut ? StepOutcome.TimedOut : StepOutcome.Failed, output, variables);
        }
        void Put(string name, string? value, string where)
        {
            if (run.Find(step, name) is not { } variable) return;
            if (value is null) output += $"\n\nNothing at {where}: {name} stays as it was.";
            else if (VariableTypes.Refuse(variable.Type, value) is { } wrong) output += $"\n\nThe value at {where} {wrong}: {name} stays as it was.";
            else variables[name] = value;
        }
        if (step.Out.Contains("__http_status__")) Put("__http_status__", answer.Status.ToString(CultureInfo.InvariantCulture), "the status line");
        foreach (var (name, pointer) in command.Extract) Put(name, JsonPointer.Find(answer.Body, pointer), $"'{pointer}'");
        return (StepOutcome.Succeeded, output, variables);
    }

    static TimeSpan LimitOf(Step step) => TimeSpan.FromMilliseconds(Math.Min(step.TimeoutMs ?? Limits.HttpTimeoutMs, Limits.HttpTimeoutMsMax));

    [LoggerMessage(Level = LogLevel.Error, Message = "Driving run {RunId} stumbled")]
    partial void RunStumbled(string runId, Exception e);
}

/// <summary>RFC 6901, read only.</summary>
static class JsonPointer
{
    /// <summary>The value there as text (objects and arrays as JSON); null when there is none.</summary>
    public static string? Find(string json, string pointer)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var at = document.RootElement;
            foreach (var part in pointer.Split('/').Skip(1).Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
            {
                if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(part, out var member)) at = member;
                else if (at.ValueKind == JsonValueKind.Array && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength()) at = at[index];
                else return null;
            }
            return at.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => at.GetString(), _ => at.GetRawText() };
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
