using Andon.Model;
using Andon.Respond.Runs;
using Andon.Store.Facts;

namespace Andon.Tests.Respond;

/// <summary>Stop at every append, before and after it is durable; begin again on the same log. No run is lost, no "once" effect is doubled.</summary>
public sealed class CrashTests
{
    /// <summary>A log that dies at its n-th append and takes nothing more.</summary>
    sealed class DyingLog(MemoryFactLog inner, int at, bool afterWrite) : IFactLog
    {
        int appends;
        public bool Dead { get; private set; }
        public TaskCompletionSource Died { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public long Last => inner.Last;

        public async ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop)
        {
            if (!Dead && ++appends == at)
            {
                Dead = true;
                if (afterWrite) await inner.Append(drafts, checkpoints, stop);
                Died.TrySetResult();
            }
            if (Dead) throw new IOException("The program is dead.");
            return await inner.Append(drafts, checkpoints, stop);
        }

        public ValueTask Attach(IFold fold, CancellationToken stop) => inner.Attach(new Until(this, fold), stop);
        public ValueTask<IReadOnlyList<Fact>> Read(long after, int max, CancellationToken stop) => inner.Read(after, max, stop);
        public ValueTask<Fact?> Find(long seq, CancellationToken stop) => inner.Find(seq, stop);
        public ValueTask<IReadOnlyList<Fact>> ReadSubject(string subject, int max, CancellationToken stop) => inner.ReadSubject(subject, max, stop);
        public ValueTask WaitAfter(long seq, CancellationToken stop) => inner.WaitAfter(seq, stop);
        public ulong Checkpoint(string reader) => inner.Checkpoint(reader);
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        // The dead process sees nothing of what the next one writes to the same log.
        sealed class Until(DyingLog log, IFold fold) : IFold
        {
            public void Apply(Fact fact) { if (!log.Dead) fold.Apply(fact); }
        }
    }

    static string Playbook(int port) => Books.Yaml(
        Books.Http("one", "GET /pure HTTP/1.1", "on_completion: two") + "\n"
        + Books.Http("two", "PUT /keyed HTTP/1.1", "on_completion: three") + "\n"
        + "three: { type: if-condition, condition: \"__user__:value = 'anna'\", on_true: four, on_completion: six }\n"
        + Books.Http("four", "POST /once HTTP/1.1", "on_completion: five") + "\n"
        + "five: { type: end }\n"
        + Books.Http("six", "POST /probe HTTP/1.1", "on_completion: seven", ", andon: { effect: { class: probe, probe: /asked } }") + "\n"
        + Books.Manual("seven", "on_completion: finish")).Replace("http://target.test", $"http://127.0.0.1:{port}");

    [Fact]
    public async Task Every_stop_ends_well()
    {
        var points = 0;
        for (var at = 1; at < 60; at++)
        {
            var before = await One(at, afterWrite: false);
            var after = await One(at, afterWrite: true);
            if (!before && !after) break;
            points++;
        }
        // Load, start, start step, 2 per machine step x 4, if, end, asked, answer, end, run end, at the least.
        Assert.True(points >= 15, $"only {points} appends were there to die at");
    }

    // True when the log died; false when the run was over before.
    static async Task<bool> One(int at, bool afterWrite)
    {
        await using var target = new FakeTarget();
        target.Answer = line => line.Contains("/asked") && !target.Calls.Any(c => c.Line.Contains("/probe")) ? FakeTarget.Ok("", "404 No") : FakeTarget.Ok("{}");
        var clock = new TestClock();
        var facts = new MemoryFactLog(clock);
        await House.Seed(facts);
        var folder = House.Folder(Playbook(target.Port));
        var dying = new DyingLog(facts, at, afterWrite);
        string? runId = null;
        try
        {
            await using var first = await House.Open(dying, folder, clock);
            runId = (await first.Start()).RunId;
            await Task.WhenAny(dying.Died.Task, Finish(first, runId));
        }
        catch (IOException)
        {
            // It died while starting, or while a person was asking.
        }

        await using var second = await House.Open(facts, folder, clock);
        // An unanswered start is the person's to repeat; one that is in the log must go on.
        runId = second.Runs.OfCase(House.Case).Select(r => r.RunId).SingleOrDefault() ?? (await second.Start()).RunId;
        var doubted = await Finish(second, runId);

        var run = second.Runs.Find(runId)!;
        Assert.Equal(RunStatus.Succeeded, run.Status);
        int Count(string path) => target.Calls.Count(c => c.Line.Contains(path));
        Assert.True(Count("/once") <= 1, $"once was doubled at {at}");
        Assert.True(Count("/once") == 1 || doubted, $"once was lost without a doubt at {at}");
        Assert.Equal(1, Count("/probe"));
        Assert.InRange(Count("/pure"), 1, 2);
        Assert.InRange(Count("/keyed"), 1, 2);
        Assert.Single(target.Calls.Where(c => c.Line.Contains("/keyed")).Select(c => c.Key).Distinct());
        var facts2 = await second.Of(runId);
        Assert.Single(facts2.OfType<RunEnded>());
        foreach (var step in facts2.OfType<StepEnded>().Where(e => e.Outcome != StepOutcome.InDoubt).GroupBy(e => e.StepId)) Assert.Single(step);
        return dying.Dead;
    }

    static async Task<bool> Finish(House house, string runId)
    {
        var doubted = false;
        while (true)
        {
            var run = await house.Rest(runId);
            if (run.Ended) return doubted;
            if (run.Status == RunStatus.InDoubt)
            {
                doubted = true;
                await house.Runner.Decide(runId, run.At!, "happened", "user:anna", default);
            }
            else
            {
                await house.Runner.Answer(runId, run.At!, true, "done", new Dictionary<string, string>(), "user:anna", default);
            }
        }
    }
}
