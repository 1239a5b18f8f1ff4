using System.Net;
using Andon.Model;
using Andon.Respond.Connectors;
using Andon.Respond.Playbooks;
using Andon.Respond.Runs;
using Andon.Store.Facts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Respond;

/// <summary>The room's parts on a fact log of the test's choosing: one process that can be stopped and begun again on the same log.</summary>
sealed class House : IAsyncDisposable
{
    public const string Case = "case-1";
    volatile bool closed;

    public IFactLog Facts { get; }
    public RunBook Runs { get; } = new();
    public CaseBook Cases { get; } = new();
    public FindingList Findings { get; } = new();
    public Runner Runner { get; }
    public RunDriver Driver { get; }

    House(IFactLog facts, Library library, TimeProvider clock)
    {
        Facts = facts;
        var http = new HttpConnector(new AddressGuard([], allowLoopback: true), (_, _) => ValueTask.FromResult<IPAddress[]>([IPAddress.Loopback]), TimeProvider.System);
        Runner = new Runner(facts, Runs, Cases, library, clock);
        Driver = new RunDriver(facts, Runs, Cases, library, Runner, http, Findings, clock, NullLogger<RunDriver>.Instance);
    }

    public static async Task<House> Open(IFactLog facts, string folder, TimeProvider clock)
    {
        var house = new House(facts, new Library([folder]), clock);
        await house.Driver.StartAsync(TestContext.Current.CancellationToken);
        return house;
    }

    /// <summary>A folder with these playbooks.</summary>
    public static string Folder(params string[] playbooks)
    {
        var folder = PlaybookFolders.New();
        for (var i = 0; i < playbooks.Length; i++) File.WriteAllText(Path.Combine(folder, $"p{i}.yml"), playbooks[i]);
        return folder;
    }

    /// <summary>One case with one signal of the test rule.</summary>
    public static async Task Seed(IFactLog facts) => await facts.Append(
        [
            new("andon:triage", "test", new SignalOpened("sig-1", Books.Rule, "Guessing", Level.High, "user:anna",
                [new(EntityKind.User, "anna", EntityRole.Target), new(EntityKind.Host, "web01", EntityRole.Target), new(EntityKind.Ip, "203.0.113.7", EntityRole.Actor)],
                ["credential-access"], ["t1110"], "1.0", "syslog-tcp:web01:system.auth", 0, 0.3, 0.8, 0.5, 0.2)),
            new("andon:triage", "test", new CaseOpened(Case, 7, "Guessing", "identity", Manual: false)),
            new("andon:triage", "test", new SignalJoined(Case, "sig-1", null)),
        ], TestContext.Current.CancellationToken);

    public async Task<RunState> Start(string playbookId = "playbook--0b6b7b5e-31c1-4b6c-8f2a-0f5a0a3f8a11", Dictionary<string, string>? variables = null)
    {
        var (run, refused) = await Runner.Start(Case, playbookId, variables ?? [], "user:anna", TestContext.Current.CancellationToken);
        Assert.Null(refused);
        Assert.NotNull(run);
        return run;
    }

    /// <summary>The run once it rests (ended, waiting or in doubt).</summary>
    public async Task<RunState> Rest(string runId)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (closed) throw new IOException("This house is closed.");
            if (Runs.Find(runId) is { Status: not RunStatus.Running } run) return run;
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, limit.Token);
        }
    }

    public async Task<IReadOnlyList<FactBody>> Of(string runId) =>
        [.. (await Facts.Read(0, 100_000, TestContext.Current.CancellationToken)).Select(f => f.Body).Where(b => b switch
        {
            RunStarted f => f.RunId == runId, StepIntended f => f.RunId == runId, StepAsked f => f.RunId == runId, StepEnded f => f.RunId == runId, RunEnded f => f.RunId == runId, _ => false,
        })];

    public async ValueTask DisposeAsync()
    {
        closed = true;
        await Driver.StopAsync(CancellationToken.None);
        Driver.Dispose();
        Runner.Dispose();
    }
}
