using System.Text;
using Andon.Detect;
using Andon.Detect.RuleBook;
using Andon.Detect.Stage;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Detect;

/// <summary>The real matcher stage over logs in memory and a clock that moves when told. Logs, facts and the data folder outlive a restart.</summary>
sealed class StageRig : IAsyncDisposable
{
    readonly string folder = Path.Combine(Path.GetTempPath(), $"andon-stage-{Guid.NewGuid():N}");
    readonly MemoryRecordLog telemetry = new();
    readonly MemoryFactLog facts;
    EventFeed? feed;

    public StageRig(params string[] rules)
    {
        facts = new(Clock);
        HitLog = new(HitRecords, Clock);
        Directory.CreateDirectory(Path.Combine(folder, "content", "rules"));
        Directory.CreateDirectory(Path.Combine(folder, "content", "mappings"));
        File.WriteAllText(Path.Combine(folder, "content", "mappings", "logsources.yml"), Events.TestRoutes);
        for (var i = 0; i < rules.Length; i++) Write(i, rules[i]);
    }

    public static string Rule(string name, string detection) => $"title: {name}\nname: {name}\nid: {IdOf(name)}\nlevel: low\nqueue: production\nlogsource: {{ product: test }}\ndetection: {{ s: {detection}, condition: s }}\n";
    public static string Correlation(string name, string body) => $"title: {name}\nname: {name}\nid: {IdOf(name)}\nlevel: high\ncorrelation: {body}\n";
    public static string IdOf(string name) => $"aaaaaaaa-0000-4000-8000-{Convert.ToHexString(Encoding.UTF8.GetBytes(name)).PadLeft(12, '0')[^12..].ToLowerInvariant()}";
    static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public TestClock Clock { get; } = new();
    public CountedLog HitRecords { get; } = new();
    public HitLog HitLog { get; }
    public FindingList Findings { get; } = new();
    public RuleBook? Book { get; private set; }
    public RuleKeeper? Keeper { get; private set; }
    public MatcherStage? Stage { get; private set; }

    /// <summary>Writes a rule's file; <see cref="RuleBook.Load(CancellationToken)"/> takes it into use.</summary>
    public void Write(int file, string rule) => File.WriteAllText(Path.Combine(folder, "content", "rules", $"{file}.yml"), rule);

    public async Task Start()
    {
        feed = new(telemetry, Events.Normalise);
        var options = new DetectOptions(Path.Combine(folder, "data"));
        Book = new(new ContentFolder(Path.Combine(folder, "content")), options, facts);
        Keeper = new(Book, Findings, Clock, NullLogger<RuleKeeper>.Instance);
        Stage = new(feed, HitLog, Book, Keeper, facts, Findings, options, Clock, NullLogger<MatcherStage>.Instance);
        await Stage.StartAsync(Stopping);
        await Until(() => Stage.Stage.State != "starting", "the stage does not begin");
    }

    /// <param name="kept">False: as after a power cut, nothing is saved on the way out.</param>
    public async Task Stop(bool kept = true)
    {
        await Stage!.StopAsync(CancellationToken.None);
        if (kept) { Keeper!.Save(); Keeper.SaveSamples(); }
        Stage.Dispose();
        Keeper!.Dispose();
        Book!.Dispose();
        feed!.Dispose();
    }

    public async Task Restart(bool kept = true)
    {
        await Stop(kept);
        await Start();
    }

    public async Task Send(params string[] lines) => await telemetry.Append([.. lines.Select(l => new RecordDraft(Clock.NowMs(), new("test", "test"), Encoding.UTF8.GetBytes(l)))], Stopping);

    /// <summary>Sends, and waits until the matcher has been over it.</summary>
    public async Task Match(params string[] lines)
    {
        await Send(lines);
        await Matched();
    }

    public Task Matched() => Until(() => Stage!.Position == telemetry.Next, $"the matcher stays at {Stage!.Position} of {telemetry.Next}");

    /// <summary>Lets the clock run, second by second, as it does where nobody holds it.</summary>
    public async Task Run(TimeSpan time, Func<bool>? until = null)
    {
        for (var second = 0; second < time.TotalSeconds && !(until?.Invoke() ?? false); second++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Stopping);
        }
    }

    public async Task<List<Hit>> Hits(string name)
    {
        var all = await HitRecords.Inner.Read(1, int.MaxValue, int.MaxValue, Stopping);
        return [.. all.SelectMany(r => System.Text.Json.JsonSerializer.Deserialize<HitBlock>(r.Raw.Span, FactTypes.Json)!.Hits).Where(h => h.RuleId == IdOf(name))];
    }

    public static async Task Until(Func<bool> met, string otherwise)
    {
        for (var i = 0; i < 3_000 && !met(); i++) await Task.Delay(10, Stopping);
        Assert.True(met(), otherwise);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A log that counts what is read of it.</summary>
sealed class CountedLog : IRecordLog
{
    public MemoryRecordLog Inner { get; } = new();
    public long Records { get; set; }

    public ulong Next => Inner.Next;
    public ulong First => Inner.First;
    public ValueTask<ulong> Append(IReadOnlyList<RecordDraft> drafts, CancellationToken stop) => Inner.Append(drafts, stop);
    public async ValueTask<IReadOnlyList<Andon.Model.Record>> Read(ulong from, int recordsMax, int bytesMax, CancellationToken stop)
    {
        var read = await Inner.Read(from, recordsMax, bytesMax, stop);
        Records += read.Count;
        return read;
    }
    public ValueTask WaitFor(ulong position, CancellationToken stop) => Inner.WaitFor(position, stop);
    public ulong Checkpoint(string reader) => Inner.Checkpoint(reader);
    public ValueTask SaveCheckpoint(string reader, ulong position, CancellationToken stop) => Inner.SaveCheckpoint(reader, position, stop);
    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
