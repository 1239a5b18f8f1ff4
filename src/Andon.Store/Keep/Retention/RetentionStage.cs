using System.Security.Cryptography;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Store.Keep.Retention;

/// <summary>
/// Once an hour lets go what is due; once a minute puts new seals, and raw records that retention deleted, into the fact log: so whoever
/// would write a log anew must write the chain of facts anew, too.
/// </summary>
sealed partial class RetentionStage(
    RetentionBook book, Retainer retainer, RetentionTermsFile termsFile, KeepTurn turn, IRecordLog records, HitLog hits, IFactLog facts, IFindings findings, TimeProvider clock, EngineDisk disk, ILogger<RetentionStage> logger) : BackgroundService
{
    const string Stage = "retention";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await facts.Attach(book, stoppingToken);
        await Guarded(() => termsFile.Take(stoppingToken), stoppingToken);
        var looked = clock.NowMs() - (long)KeepLimits.LookEvery.TotalMilliseconds; // At the first turn, soon after the start.
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(KeepLimits.SealsEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) break;
            await Guarded(() => StateSeals(stoppingToken), stoppingToken);
            if (clock.NowMs() - looked < KeepLimits.LookEvery.TotalMilliseconds) continue;
            looked = clock.NowMs();
            await Guarded(() => LetGo(stoppingToken), stoppingToken);
        }
    }

    public async Task<IReadOnlyList<DueDeletion>> LetGo(CancellationToken stop)
    {
        using var held = await turn.Take("retention", stop);
        // A start after a power cut feeds again what was not flushed, also what was deleted since.
        await disk.Flush(stop);
        return await retainer.Run(onlyLook: false, stop);
    }

    async Task Guarded(Func<Task> act, CancellationToken stop)
    {
        try
        {
            if (book.Find(RetentionBook.Records)?.Days is { } days && records is DiskRecordLog log) log.KeepAge = TimeSpan.FromDays(days);
            await act();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
        catch (EngineException failed)
        {
            // The engine tells of itself; what is due stays due.
            LogFailed(failed, failed.Message);
        }
        catch (Exception failed)
        {
            LogFailed(failed, failed.Message);
            findings.Raise(Stage, new("KEP001", $"Retention stopped: {failed.GetType().Name}: {failed.Message}", "Nothing is deleted meanwhile; it is tried again. Is the data folder's disk full? Otherwise report it."));
        }
    }

    internal async Task StateSeals(CancellationToken stop)
    {
        foreach (var (name, log) in ((string, IRecordLog)[])[("records", records), ("hits", hits.Log)])
        {
            if (log is not DiskRecordLog kept) continue;
            var contract = $"every reader passed them; kept {kept.KeepAge.TotalDays:0.#} days";
            var seals = kept.Seals;
            var news = new List<FactDraft>();
            var actor = Actors.Of(Room.Store);
            foreach (var seal in seals.Where(s => (long)s.First >= book.SealedTo(name)))
                news.Add(new(actor, "", new SegmentSealed(name, (long)seal.First, (long)seal.Next, seal.Bytes, seal.Hash)));
            foreach (var seal in seals.Where(s => s.Next <= kept.First && (long)s.First >= book.DeletedTo(name)))
                news.Add(new(actor, "", new RecordsDeleted(name, (long)seal.First, (long)seal.Next, seal.Bytes, seal.Hash, contract)));
            if (news.Count > 0) await facts.Append(news, stop);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Retention failed: {Message}")]
    partial void LogFailed(Exception failed, string message);
}

/// <summary>
/// Terms from a file in the data folder (<c>retention.json</c>: class name to terms), for installations that are set up by files. It is
/// taken once for each content; what a person states later stands until the file changes.
/// </summary>
sealed class RetentionTermsFile(KeepOptions options, RetentionBook book, IFactLog facts, IFindings findings)
{
    const string FileName = "retention.json", Reader = "retention-file";

    public async Task Take(CancellationToken stop)
    {
        var path = Path.Combine(options.DataFolder, FileName);
        if (!File.Exists(path)) return;
        var bytes = await File.ReadAllBytesAsync(path, stop);
        var mark = BitConverter.ToUInt64(SHA256.HashData(bytes)) >> 1;
        if (facts.Checkpoint(Reader) == mark) return;
        Dictionary<string, RetentionTerms?>? terms;
        try
        {
            terms = JsonSerializer.Deserialize<Dictionary<string, RetentionTerms?>>(bytes, FactTypes.Json);
        }
        catch (JsonException wrong)
        {
            findings.Raise("retention", new("KEP002", $"{FileName} cannot be read: {wrong.Message}", "Mend it: a JSON object of class names, each with order, days, bytesMax, sources, datasets, types, contract.", path));
            return;
        }
        var drafts = new List<FactDraft>();
        foreach (var (name, wanted) in terms ?? [])
        {
            if (wanted is null)
            {
                findings.Raise("retention", new("KEP002", $"{FileName} says nothing of the class {name}.", "Give its order and what it keeps, or take the name out.", $"{path}#{name}"));
                continue;
            }
            var full = Terms.Whole(wanted);
            var refused = Terms.Refuse(name, full, book.Classes.Count);
            foreach (var finding in refused) findings.Raise("retention", finding with { Place = $"{path}#{name}" });
            if (refused.Count == 0 && !Terms.Same(book.Find(name), full)) drafts.Add(new(Actors.Of(Room.Store), FileName, new RetentionStated(name, book.Find(name), full)));
        }
        await facts.Append(drafts, [new(Reader, mark)], stop);
    }
}
