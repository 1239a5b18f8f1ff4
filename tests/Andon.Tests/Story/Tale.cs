using System.Security.Claims;
using System.Text;
using Andon.Detect;
using Andon.Detect.Correlate;
using Andon.Detect.RuleBook;
using Andon.Detect.Stage;
using Andon.Host.Demo;
using Andon.Intake.Normalise;
using Andon.Measure.Gaps;
using Andon.Measure.Vectors;
using Andon.Model;
using Andon.Respond.Playbooks;
using Andon.Respond.Runs;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Andon.Triage;
using Andon.Triage.Board;
using Andon.Triage.Cases;
using Andon.Triage.Core;
using Andon.Triage.Grouping;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Story;

/// <summary>
/// The rooms one behind the other, as the house wires them, but stepped by hand: a line goes in, and before the next one comes
/// everything that follows from it has happened. Time passes only when the tale says so.
/// </summary>
sealed class Tale : IAsyncDisposable
{
    /// <summary>From the moment a line is written until it is here.</summary>
    public static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(400);

    static readonly ContentFolder Content = new(Path.Combine(SharedData.RepositoryRoot, "content"));

    readonly MemoryRecordLog records = new();
    readonly EventFeed feed;
    readonly RuleBook book;
    readonly TriageCore core;
    readonly Runner runner;
    readonly GapRecorder gaps;
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("andon-tale-");
    MatchStep? step;
    ulong matched = 1, triaged = 1;
    long reacted;

    public TestClock Clock { get; } = new(new(2026, 2, 23, 6, 0, 0, TimeSpan.Zero));
    public MemoryFactLog Facts { get; }
    public HitLog Hits { get; }
    public TriageDesk Desk { get; }
    public Views Views { get; }
    public ControlBook Controls { get; } = new(Content.Path);
    public RunBook Runs { get; } = new();
    public CaseBook CaseBook { get; } = new();
    public Ledger Ledger { get; } = new();
    public FindingList Findings { get; } = new();
    public Office Office { get; }
    /// <summary>The fact of the last rule that a champion sent to another queue.</summary>
    public long QueuedSeq { get; private set; }

    Tale(int seed)
    {
        Office = new(seed);
        Facts = new(Clock);
        Hits = new(new MemoryRecordLog(), Clock);
        feed = new(records, new Normaliser(Content).Normalise);
        book = new(Content, new DetectOptions(folder.FullName), Facts);
        Desk = new(Facts, Clock);
        var salience = Salience.From(Content.Path);
        core = new(Desk, new Linker(salience), DomainRules.Load(Content.Path));
        Views = new(Desk, salience, Controls);
        Library = new([Path.Combine(Content.Path, "playbooks")]);
        runner = new(Facts, Runs, CaseBook, Library, Clock);
        gaps = new(Facts, Ledger, Findings, Clock, NullLogger<GapRecorder>.Instance);
    }

    public Library Library { get; }
    public CancellationToken Stop { get; } = TestContext.Current.CancellationToken;
    public long NowMs => Clock.NowMs();

    public static async Task<Tale> Begin(int seed)
    {
        var tale = new Tale(seed);
        await tale.Facts.Attach(tale.book, tale.Stop);
        await tale.Facts.Attach(tale.Desk, tale.Stop);
        await tale.Facts.Attach(tale.Runs, tale.Stop);
        await tale.Facts.Attach(tale.CaseBook, tale.Stop);
        await tale.book.Load(tale.Stop);
        await tale.Library.Read(tale.Stop);
        await tale.runner.Load(tale.Stop);
        await tale.gaps.StartAsync(tale.Stop);
        return tale;
    }

    // Time and telemetry -----------------------------------------------------------------------------------------

    public void Until(DateTimeOffset moment) => Clock.Advance(moment - Clock.GetUtcNow());

    /// <summary>A line is written now; a moment later it is here, and everything that follows from it has happened.</summary>
    public async Task Hear(DemoLine line)
    {
        if (line.At + OnTheWay > Clock.GetUtcNow()) Until(line.At + OnTheWay);
        Origin origin = line.Road switch
        {
            DemoRoad.SyslogTcp => new("syslog-tcp", "10.20.0.9"),
            DemoRoad.SyslogUdp => new("syslog-udp", "10.20.0.9"),
            DemoRoad.Bulk => new("bulk", "10.20.0.8", "winlogbeat"),
            _ => new("file", "/var/log/nginx/access.log", Hints.Of("nginx", Office.WebServer)),
        };
        await records.Append([new(NowMs, origin, Encoding.UTF8.GetBytes(line.Text))], Stop);
        await Match();
        await Triage();
    }

    async Task Match()
    {
        var active = book.Active;
        if (step is null || !ReferenceEquals(step.Rules, active)) step = new(active, step is not null && ReferenceEquals(step.Rules.Set, active.Set) ? step.Correlator : new Correlator(active.Set));
        while (matched < records.Next)
        {
            using var batch = await feed.Read(matched, Stop);
            foreach (var block in step.Run(batch, matched, NowMs)) await Hits.Append(block, Stop);
            matched = batch.To;
        }
    }

    async Task Triage()
    {
        while (triaged < Hits.Log.Next)
            foreach (var (position, block) in await Hits.Read(triaged, 64, Stop))
            {
                using var turn = await Desk.TakeTurn(Stop);
                IReadOnlyList<FactDraft> drafts;
                lock (Desk.Gate) drafts = core.Step(block.Hits, position, NowMs);
                for (var i = 0; i < core.TestingHits; i++) Desk.Testing.Add(NowMs);
                await Desk.Append(drafts, [new(TriageRoom.Reader, core.Checkpoint(position + 1))], Stop);
                triaged = position + 1;
            }
        await React();
    }

    // Verdicts and the like move priorities, with that fact as the cause.
    async Task React()
    {
        foreach (var fact in await Facts.Read(reacted, int.MaxValue, Stop))
        {
            reacted = fact.Seq;
            using var turn = await Desk.TakeTurn(Stop);
            List<FactDraft> drafts;
            lock (Desk.Gate) drafts = FactReaction.React(fact, Desk.State, NowMs);
            await Desk.Append(drafts, [], Stop);
        }
    }

    // People -----------------------------------------------------------------------------------------------------

    static ClaimsPrincipal Person(string name) => new(new ClaimsIdentity([new(ClaimTypes.Name, name)], "tale"));

    /// <summary>What a slice answered, or the finding it refused with.</summary>
    static T Answer<T>(INestedHttpResult answer) where T : class =>
        (answer.Result as IValueHttpResult)?.Value is T value ? value : throw new InvalidOperationException(((answer.Result as IValueHttpResult)?.Value)?.ToString() ?? answer.Result.GetType().Name);

    public BoardView Board() => ShowBoard.Handle(null, Desk, Views, DomainRules.None).Value ?? throw new InvalidOperationException();

    public Card OnTop() => Board().Lanes.Single(l => l.Lane == Lane.New).Cards[0];

    public CaseView Case(string id) => Answer<CaseView>(ShowCase.Handle(id, Desk, Views));

    public async Task<Card> PullNext(string who) => Answer<Card>(await Andon.Triage.Board.PullNext.Handle(null, Person(who), Desk, Views, Stop));

    public async Task<Card> Move(string who, string caseId, Lane to) => Answer<Card>(await MoveCard.Handle(caseId, new(to, null), Person(who), Desk, Views, Stop));

    public async Task Close(string who, string caseId, Verdict verdict, string why, int minutes, string? missed = null, params string[] controls)
    {
        var before = Facts.Last;
        Answer<CaseView>(await CloseCase.Handle(caseId, new(verdict, controls, missed, "internal.detection", why, minutes), Person(who), Desk, Views, Controls, Stop));
        // The recorder works by itself; its facts are awaited so that the order is the same each time.
        var seen = before;
        for (var recorded = 0; recorded < controls.Length;)
        {
            await Facts.WaitAfter(seen, Stop);
            foreach (var fact in await Facts.Read(seen, int.MaxValue, Stop))
            {
                seen = fact.Seq;
                if (fact.Body is GapRecorded) recorded++;
            }
        }
        await React();
    }

    public async Task Queue(string who, string title, RuleQueue queue, string why)
    {
        var rule = book.Active.Set.Rules.Single(r => r.Header.Title == title);
        var made = await Facts.Append([new($"user:{who}", "queue", new RuleQueued(rule.Header.RuleId, title, queue, why))], [], Stop);
        QueuedSeq = made[0].Seq;
    }

    // Runs -------------------------------------------------------------------------------------------------------

    public async Task<RunState> StartRun(string who, string caseId, string playbook)
    {
        var found = Library.Ready.Select(l => l.Playbook).OfType<Playbook>().Single(p => p.Name == playbook);
        var (run, refused) = await runner.Start(caseId, found.Id, new Dictionary<string, string>(), $"user:{who}", Stop);
        return run is null ? throw new InvalidOperationException(refused?.ToString()) : await Rests(run.RunId);
    }

    public async Task<RunState> Answer(string who, RunState run, bool succeeded, string text, params (string Name, string Value)[] variables)
    {
        var (answered, refused) = await runner.Answer(run.RunId, run.At ?? "", succeeded, text, variables.ToDictionary(v => v.Name, v => v.Value), $"user:{who}", Stop);
        return answered is null ? throw new InvalidOperationException(refused?.ToString()) : await Rests(run.RunId);
    }

    /// <summary>Moves on until a person is asked or the run is over.</summary>
    async Task<RunState> Rests(string runId)
    {
        while (true)
        {
            var run = Runs.Find(runId) ?? throw new InvalidOperationException();
            if (run.Ended) return run;
            switch (Interpreter.Next(run, NowMs))
            {
                case Write write: await runner.Advance(run, write.Facts, Stop); break;
                case Rest: return run;
                case var machine: throw new InvalidOperationException($"This tale has no machines to call: {machine}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await gaps.StopAsync(CancellationToken.None);
        gaps.Dispose();
        runner.Dispose();
        Desk.Dispose();
        book.Dispose();
        feed.Dispose();
        folder.Delete(recursive: true);
    }
}
