using System.Text.Json;
using Andon.Model;

namespace Andon.Store.Records;

/// <summary>
/// The hit log: a record log whose every record is one <see cref="HitBlock"/> as JSON. The matcher writes it, and scheduled searches beside
/// it; the alerts table and Triage read it.
/// </summary>
public sealed class HitLog(IRecordLog log, TimeProvider clock) : IAsyncDisposable
{
    static readonly Origin From = new("detect", "matcher");

    readonly SemaphoreSlim turn = new(1, 1);
    ulong? matchedTo;

    public IRecordLog Log => log;

    /// <summary>Appends a block of the matcher's; durable on return.</summary>
    public async ValueTask<ulong> Append(HitBlock block, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            var position = await Write(block, stop);
            matchedTo = block.To;
            return position;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Appends hits that others than the matcher made: a block of no records, so that the matcher's place stays where it is.</summary>
    public async ValueTask<ulong> AppendBeside(IReadOnlyList<Hit> hits, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            var to = matchedTo ??= await MatchedTo(stop);
            return await Write(new(to, to, hits), stop);
        }
        finally
        {
            turn.Release();
        }
    }

    ValueTask<ulong> Write(HitBlock block, CancellationToken stop) =>
        log.Append([new(clock.NowMs(), From, JsonSerializer.SerializeToUtf8Bytes(block, FactTypes.Json))], stop);

    /// <summary>Blocks from a position on, with the position of each.</summary>
    public async ValueTask<IReadOnlyList<(ulong Position, HitBlock Block)>> Read(ulong from, int blocksMax, CancellationToken stop)
    {
        var records = await log.Read(Math.Max(from, log.First), blocksMax, 8 << 20, stop);
        var blocks = new List<(ulong, HitBlock)>(records.Count);
        foreach (var record in records)
            blocks.Add((record.Position, JsonSerializer.Deserialize<HitBlock>(record.Raw.Span, FactTypes.Json)!));
        return blocks;
    }

    /// <summary>The <c>To</c> of the last block: where the matcher goes on in the record log. 0 when nothing was matched yet.</summary>
    public async ValueTask<ulong> MatchedTo(CancellationToken stop)
    {
        if (log.Next <= log.First) return 0;
        var last = await Read(log.Next - 1, 1, stop);
        return last.Count == 0 ? 0 : last[0].Block.To;
    }

    /// <summary>Closes the log beneath: it is this one's own.</summary>
    public ValueTask DisposeAsync()
    {
        turn.Dispose();
        return log.DisposeAsync();
    }
}
