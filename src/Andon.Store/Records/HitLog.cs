using System.Text.Json;
using Andon.Model;

namespace Andon.Store.Records;

/// <summary>The hit log: a record log whose every record is one <see cref="HitBlock"/> as JSON. The matcher writes it, the alerts table and Triage read it.</summary>
public sealed class HitLog(IRecordLog log, TimeProvider clock) : IAsyncDisposable
{
    static readonly Origin From = new("detect", "matcher");

    public IRecordLog Log => log;

    /// <summary>Appends a block; durable on return.</summary>
    public ValueTask<ulong> Append(HitBlock block, CancellationToken stop) =>
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
    public ValueTask DisposeAsync() => log.DisposeAsync();
}
