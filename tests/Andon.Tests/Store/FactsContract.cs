using Andon.Model;
using Andon.Store.Facts;
using Fact = Andon.Model.Fact;

namespace Andon.Tests.Store;

/// <summary>What every fact log keeps, in SQLite and in memory.</summary>
public abstract class FactsContract : IAsyncLifetime
{
    protected TestClock Clock { get; } = new();

    protected IFactLog Log { get; private set; } = new MemoryFactLog(TimeProvider.System);

    protected abstract IFactLog Make();

    public virtual ValueTask InitializeAsync()
    {
        Log = Make();
        return ValueTask.CompletedTask;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal sealed class Tally : IFold
    {
        readonly Lock gate = new();
        readonly List<Fact> seen = [];
        public void Apply(Fact fact) { lock (gate) seen.Add(fact); }
        public IReadOnlyList<Fact> Seen { get { lock (gate) return [.. seen]; } }
    }

    sealed class Broken : IFold
    {
        public void Apply(Fact fact) => throw new InvalidDataException("broken fold");
    }

    internal static FactDraft Note(string caseId, string text) => new("user:anna", "her own words", new CaseNoted(caseId, text));

    /// <summary>Facts of several kinds with texts that trouble stores: quotes, NUL, other scripts, nothing.</summary>
    internal static FactDraft[] RandomFacts(Random random, int max)
    {
        string[] texts = ["", "plain", "it's \"quoted\"", "nul\0inside", "naïve Grüße 日本 🙂", "'); DROP TABLE facts; --", "line\nline"];
        string Text() => texts[random.Next(texts.Length)];
        return [.. Enumerable.Range(0, random.Next(1, max + 1)).Select(_ => new FactDraft("user:" + Text(), Text(), (FactBody)(random.Next(4) switch
        {
            0 => new CaseNoted("case-" + random.Next(5), Text()),
            1 => new SourceDiscovered("src-" + random.Next(5), "bulk", Text(), Text()),
            2 => new StepAsked("run-" + random.Next(5), "step", Text()),
            _ => new HouseStarted(Text()),
        })) { AtMs = random.Next(2) == 0 ? random.NextInt64(0, 4_000_000_000_000) : null })];
    }

    internal static void Same(Fact expected, Fact? actual) => Assert.Equal(expected, actual);

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task What_was_appended_is_read_back_and_folded_however_it_is_cut(int seed)
    {
        var random = new Random(seed);
        var early = new Tally();
        await Log.Attach(early, CancellationToken.None);
        var wrote = new List<Fact>();
        for (var i = 0; i < 30; i++)
        {
            var drafts = RandomFacts(random, 12);
            Clock.Advance(TimeSpan.FromSeconds(1));
            var facts = await Log.Append(drafts, CancellationToken.None);
            Assert.Equal(drafts.Select((d, n) => new Fact(wrote.Count + n + 1, d.AtMs ?? Clock.NowMs(), d.Actor, d.Cause, d.Body)), facts);
            wrote.AddRange(facts);
            Assert.Equal(wrote.Count, Log.Last);
            Assert.Equal(wrote, early.Seen); // Append returns after the folds.
        }
        Assert.Equal(wrote, await Log.Read(0, int.MaxValue, CancellationToken.None));
        Assert.Equal(wrote[5..9], await Log.Read(5, 4, CancellationToken.None));
        Assert.Empty(await Log.Read(wrote.Count, 10, CancellationToken.None));
        var late = new Tally();
        await Log.Attach(late, CancellationToken.None);
        Assert.Equal(wrote, late.Seen);
    }

    [Fact]
    public async Task Attaching_beside_appenders_leaves_no_gap_and_doubles_nothing()
    {
        var appending = Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++) await Log.Append([Note($"case-{worker}", $"{i}a"), Note($"case-{worker}", $"{i}b")], [new($"reader-{worker}", (ulong)i + 1)], CancellationToken.None);
        })));
        var tallies = new List<Tally>();
        while (!appending.IsCompleted && tallies.Count < 40)
        {
            tallies.Add(new());
            await Log.Attach(tallies[^1], CancellationToken.None);
            await Task.Yield();
        }
        await appending;
        Assert.Equal(8 * 60 * 2, Log.Last);
        foreach (var tally in tallies) Assert.Equal(Enumerable.Range(1, 960).Select(n => (long)n), tally.Seen.Select(f => f.Seq));
        for (var worker = 0; worker < 8; worker++)
        {
            Assert.Equal(60ul, Log.Checkpoint($"reader-{worker}"));
            var mine = await Log.ReadSubject($"case-{worker}", 1000, CancellationToken.None);
            Assert.Equal(Enumerable.Range(0, 60).SelectMany(i => new[] { $"{i}a", $"{i}b" }), mine.Select(f => ((CaseNoted)f.Body).Text));
            // The two of one append stand beside each other.
            Assert.All(mine.Chunk(2), pair => Assert.Equal(pair[0].Seq + 1, pair[1].Seq));
        }
    }

    [Fact]
    public async Task Every_id_in_a_fact_finds_it()
    {
        await Log.Append([
            Note("case-1", "case-9 is only mentioned"),
            new("andon:triage", "hit:1.0/r", new SignalJoined("case-1", "sig-1", new("host:web01", "sig-0", 5, 0.5, "joined because"))),
            new("andon:respond", "fact:1", new PlaybookLoaded("pb-1", "1", "name", "hash", ["rule-1", "rule-2"])),
            new("andon:triage", "fact:2", new CaseMerged("case-2", "case-1", new("user:eve", "sig-1", 1, 1, ""))),
        ], CancellationToken.None);
        async Task<string> About(string id, int max = 100) => string.Join(' ', (await Log.ReadSubject(id, max, CancellationToken.None)).Select(f => f.Seq));
        Assert.Equal("1 2 4", await About("case-1"));
        Assert.Equal("2 4", await About("case-1", 2)); // The newest ones, oldest first.
        Assert.Equal("2", await About("sig-1"));
        Assert.Equal("3", await About("rule-2"));
        Assert.Equal("3", await About("pb-1"));
        Assert.Equal("", await About("sig-0"));
        Assert.Equal("", await About("case-9"));
    }

    [Fact]
    public async Task A_fact_is_found_by_its_number()
    {
        var wrote = await Log.Append([Note("a", "1"), Note("b", "2")], CancellationToken.None);
        Same(wrote[1], await Log.Find(2, CancellationToken.None));
        Assert.Null(await Log.Find(0, CancellationToken.None));
        Assert.Null(await Log.Find(3, CancellationToken.None));
    }

    [Fact]
    public async Task Checkpoints_travel_with_facts_or_alone()
    {
        Assert.Equal(0ul, Log.Checkpoint("triage"));
        await Log.Append([Note("a", "1")], [new("triage", 7), new("other", ulong.MaxValue)], CancellationToken.None);
        Assert.Empty(await Log.Append([], [new("triage", 9)], CancellationToken.None));
        Assert.Equal(9ul, Log.Checkpoint("triage"));
        Assert.Equal(ulong.MaxValue, Log.Checkpoint("other"));
        Assert.Equal(1, Log.Last);
    }

    [Fact]
    public async Task A_wrong_fold_is_told_and_keeps_no_other_from_the_fact()
    {
        var tally = new Tally();
        await Log.Attach(new Broken(), CancellationToken.None);
        await Log.Attach(tally, CancellationToken.None);
        var e = await Assert.ThrowsAsync<FoldFailedException>(async () => await Log.Append([Note("a", "1")], CancellationToken.None));
        Assert.Contains("Broken", e.Message, StringComparison.Ordinal);
        Assert.Single(tally.Seen);
        Assert.Equal(1, Log.Last);
    }

    [Fact]
    public async Task Whoever_waits_wakes_when_the_fact_is_there()
    {
        var waiting = Log.WaitAfter(1, CancellationToken.None).AsTask();
        await Log.Append([Note("a", "1")], CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await Log.Append([Note("a", "2")], CancellationToken.None);
        await waiting;
        using var stop = new CancellationTokenSource();
        var stopped = Log.WaitAfter(2, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
    }
}

public sealed class FactsInMemory : FactsContract
{
    protected override IFactLog Make() => new MemoryFactLog(Clock);
}

public sealed class FactsInSqlite : FactsContract
{
    readonly TestFolder folder = new();

    protected override IFactLog Make() => SqliteFactLog.Open(folder.Path, new FindingList(), Clock);

    public override async ValueTask DisposeAsync()
    {
        Assert.Null(((SqliteFactLog)Log).Verify());
        await base.DisposeAsync();
        folder.Dispose();
    }
}
