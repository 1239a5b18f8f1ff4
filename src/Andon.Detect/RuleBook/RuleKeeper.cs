using System.Text.Json;
using Andon.Detect.Sigma.Ast;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Detect.RuleBook;

/// <summary>What the room counted, as it stands in a file between two runs.</summary>
sealed record SavedTally(CountersState Counters, TallyState Tally);

/// <summary>
/// Keeps the rule book up to date: reads rules again when their files changed, saves the counters, and tells the house what ails rules.
/// </summary>
sealed partial class RuleKeeper(RuleBook book, IFindings findings, TimeProvider clock, ILogger<RuleKeeper> log) : BackgroundService
{
    const string Stage = "rules";
    static readonly TimeSpan FindingsEvery = TimeSpan.FromHours(1);

    readonly SemaphoreSlim touched = new(0, 1);
    readonly List<FileSystemWatcher> watchers = [];

    string SavedPath => Path.Combine(book.Options.DataFolder, "rule-tally.json");
    string SamplesPath => Path.Combine(book.Options.DataFolder, "rule-samples.json");

    /// <summary>Takes in what an earlier run counted; the hit log is read from there on. A file that cannot be read is left, and that log is read whole.</summary>
    public void Recall(ulong hitLogNext)
    {
        if (Read<SavedTally>(SavedPath) is { } saved)
        {
            book.Counters.Load(saved.Counters, hitLogNext);
            book.Tally.Load(saved.Tally);
        }
        if (Read<SamplesState>(SamplesPath) is { } samples) book.Counters.LoadSamples(samples, hitLogNext);
    }

    T? Read<T>(string path) where T : class
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(file, FactTypes.Json);
        }
        catch (Exception e) when (e is JsonException or IOException or NotSupportedException)
        {
            findings.Raise(Stage, new("DET051", $"The saved counters of rules cannot be read: {e.Message}", "They begin anew; the hits themselves are kept.", path, FindingLevel.Warning));
            return null;
        }
    }

    public void Save()
    {
        book.Tally.Harvest(book.Active.Set, clock.NowMs());
        Write(SavedPath, new SavedTally(book.Counters.Save(), book.Tally.Save()));
    }

    public void SaveSamples() => Write(SamplesPath, book.Counters.SaveSamples());

    void Write<T>(string path, T state)
    {
        Directory.CreateDirectory(book.Options.DataFolder);
        DurableFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(state, FactTypes.Json));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Watch();
        var (savedMs, sampledMs, toldMs) = (clock.NowMs(), clock.NowMs(), clock.NowMs());
        while (!stoppingToken.IsCancellationRequested)
        {
            // A watcher may lose events or not exist at all (network drives): the poll is what holds, the watcher is what is quick.
            var woken = await Woken(stoppingToken);
            if (stoppingToken.IsCancellationRequested) break;
            try
            {
                if (woken) await Quiet(stoppingToken);
                if (book.Shelf.Changed) await Reload(stoppingToken);
                if (clock.NowMs() - savedMs >= Limits.TallySaveEvery.TotalMilliseconds) (savedMs, _) = (clock.NowMs(), Saved(Save));
                if (clock.NowMs() - sampledMs >= Limits.SamplesSaveEvery.TotalMilliseconds) (sampledMs, _) = (clock.NowMs(), Saved(SaveSamples));
                if (clock.NowMs() - toldMs >= FindingsEvery.TotalMilliseconds) (toldMs, _) = (clock.NowMs(), Told());
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                findings.Raise(Stage, new("DET052", $"Rules could not be read again: {e.Message}", "Those in use stay in use.", "", FindingLevel.Error));
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Saved(Save);
        Saved(SaveSamples);
    }

    public override void Dispose()
    {
        foreach (var watcher in watchers) watcher.Dispose();
        touched.Dispose();
        base.Dispose();
    }

    /// <summary>Reads the files again and takes the set into use; the matcher swaps it between two batches.</summary>
    public async Task Reload(CancellationToken stop)
    {
        using var turn = await book.TakeTurn(stop);
        var before = book.Active.Set.Hash;
        var set = await book.Load(Actors.Of(Room.Detect), "a rule file changed", stop);
        LogReloaded(log, set.Rules.Count, set.Refused, before == set.Hash ? "unchanged" : set.Hash);
        foreach (var broken in set.Findings.Where(f => f.Code == "DET040").Take(50)) findings.Raise(Stage, broken);
    }

    /// <summary>One finding for each kind of ailment, with how many rules have it.</summary>
    internal int Told()
    {
        var now = clock.NowMs();
        var active = book.Active;
        var seen = book.Tally.Routes;
        var signs = active.Set.Rules.Cast<SigmaDocument>().Concat(active.Set.Correlations)
            .SelectMany(d => RuleHealth.Of(book, d, now, seen).Where(s => s.Grave).Select(s => (d.Header.Title, s.Mark))).GroupBy(s => s.Mark).ToList();
        foreach (var kind in signs)
            findings.Raise(Stage, new(kind.Key switch { HealthMark.NeverFired => "DET053", HealthMark.Noisy => "DET054", HealthMark.NoRoute => "DET055", HealthMark.MissingSource => "DET056", _ => "DET057" },
                $"{kind.Count()} rules {kind.Key switch
                {
                    HealthMark.NeverFired => "never fired", HealthMark.Noisy => "are noisy", HealthMark.NoRoute => "have a log source that no route gives",
                    HealthMark.MissingSource => "wait for a log source that sends nothing", _ => "are slow",
                }}: {string.Join(", ", kind.Take(3).Select(s => $"'{s.Title}'"))}{(kind.Count() > 3 ? " …" : "")}",
                "Look at them in the rule book.", $"rules:{kind.Key}", FindingLevel.Note));
        return signs.Count;
    }

    bool Saved(Action save)
    {
        try
        {
            save();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Raise(Stage, new("DET058", $"The counters of rules could not be saved: {e.Message}", "They are counted on; after a restart those of older hits are missing.", SavedPath, FindingLevel.Warning));
            return false;
        }
    }

    void Watch()
    {
        foreach (var (folder, _) in book.Shelf.Folders)
        {
            if (!Directory.Exists(folder)) continue;
            try
            {
                var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
                watcher.Changed += (_, _) => Touch();
                watcher.Created += (_, _) => Touch();
                watcher.Deleted += (_, _) => Touch();
                watcher.Renamed += (_, _) => Touch();
                watcher.EnableRaisingEvents = true;
                watchers.Add(watcher);
            }
            catch (Exception e) when (e is IOException or PlatformNotSupportedException or ArgumentException)
            {
                LogNotWatched(log, e, folder);
            }
        }
    }

    void Touch()
    {
        try
        {
            if (touched.CurrentCount == 0) touched.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Told already, or the program ends.
        }
    }

    // True when a watcher saw something, false when it is time to look anyway.
    async Task<bool> Woken(CancellationToken stop)
    {
        using var poll = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var waiting = touched.WaitAsync(poll.Token);
        var first = await Task.WhenAny(waiting, Task.Delay(Limits.ReloadPoll, clock, poll.Token));
        await poll.CancelAsync();
        return first == waiting && waiting.IsCompletedSuccessfully;
    }

    // Files are written in pieces, and folders file by file: begin when it has been quiet for a moment.
    async Task Quiet(CancellationToken stop)
    {
        for (var rounds = 0; rounds < 50; rounds++)
        {
            await Task.Delay(Limits.ReloadQuiet, clock, stop);
            if (!touched.Wait(0, stop)) return;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Rules read again: {Rules} in use, {Refused} refused, set {Set}")]
    static partial void LogReloaded(ILogger log, int rules, int refused, string set);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes in {Folder} are found by looking only")]
    static partial void LogNotWatched(ILogger log, Exception e, string folder);
}
