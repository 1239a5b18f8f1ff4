using System.Text;
using Andon.Model;
using Andon.Store.Events;
using Record = Andon.Model.Record;

namespace Andon.Tests.Store;

/// <summary>Events for tests: a record's raw text is <c>timeMs|name=value|name=value</c>; names and values may be any bytes without bars.</summary>
static class EventMaker
{
    public const long Noon = 1_772_452_800_000; // 2026-03-02 12:00 UTC

    public static RecordDraft Draft(long timeMs, params (string Name, string Value)[] cells) => new(
        Noon, new("file", "test"), Encoding.UTF8.GetBytes($"{timeMs}|{string.Join('|', cells.Select(c => $"{c.Name}={c.Value}"))}"));

    public static EventBatch Normalise(IReadOnlyList<Record> records)
    {
        var batch = new EventBatch();
        foreach (var record in records)
        {
            batch.Begin(record);
            var parts = Encoding.UTF8.GetString(record.Raw.Span).Split('|');
            batch.Current.TimeMs = long.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
            foreach (var part in parts.Skip(1))
            {
                var equals = part.IndexOf('=', StringComparison.Ordinal);
                if (equals < 0) continue;
                batch.Add(batch.NameOf(Encoding.UTF8.GetBytes(part[..equals])), Encoding.UTF8.GetBytes(part[(equals + 1)..]));
            }
        }
        return batch;
    }

    /// <summary>One event with these cells, as bytes.</summary>
    public static EventBatch One(byte[] raw, long timeMs, params (string Name, byte[] Value, ValueKind Kind)[] cells)
    {
        var batch = new EventBatch();
        Add(batch, 1, raw, timeMs, cells);
        return batch.Seal();
    }

    public static void Add(EventBatch batch, ulong position, byte[] raw, long timeMs, params (string Name, byte[] Value, ValueKind Kind)[] cells)
    {
        batch.Begin(new Record(position, Noon, new("file", "test"), raw));
        batch.Current.TimeMs = timeMs;
        foreach (var (name, value, kind) in cells) batch.Add(batch.NameOf(Encoding.UTF8.GetBytes(name)), value, kind);
    }

    public static async Task Insert(EventStore store, EventBatch batch, string token = "")
    {
        using var cut = new EventCut();
        cut.Begin(1);
        cut.Add(batch, ulong.MaxValue, without: null);
        foreach (var (_, day) in cut.Days)
        {
            using var content = day.Block.AsContent();
            await store.Client.Insert(await store.Client.Engine.Ready(CancellationToken.None), EventTables.Events.InsertSql, token, content, CancellationToken.None);
        }
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
