using System.Globalization;
using System.Text;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Intake.Collect;

/// <summary>
/// Entries of journals that are kept. systemd sends an upload that was not answered again from its beginning; what the log holds of it is not kept
/// twice. An entry is its journal's id and its number in it, from the address that sent it: who knows another's journal makes none of its entries pass
/// for kept. Learned from the log's end at a start.
/// </summary>
sealed class JournalCursors(IRecordLog log, string listener)
{
    readonly Lock gate = new();
    readonly HashSet<(string Peer, UInt128 Journal, ulong Number)> known = [];
    readonly Queue<(string, UInt128, ulong)> order = [];
    Task? learning;

    public async ValueTask Learned(CancellationToken stop)
    {
        Task now;
        // A log that could not be read is asked again by the next sender.
        lock (gate) now = learning is { IsFaulted: false } ? learning : learning = Learn();
        await now.WaitAsync(stop);
    }

    public bool Knows(string peer, (UInt128 Journal, ulong Number) entry) { lock (gate) return known.Contains((peer, entry.Journal, entry.Number)); }

    public void Kept(string peer, IEnumerable<(UInt128, ulong)> entries)
    {
        lock (gate)
            foreach (var entry in entries) Know(peer, entry);
    }

    /// <summary><c>s=JOURNAL;i=NUMBER;…</c>, both in hex; null for anything else.</summary>
    public static (UInt128 Journal, ulong Number)? Read(ReadOnlySpan<byte> cursor)
    {
        if (!cursor.StartsWith("s="u8)) return null;
        var end = cursor.IndexOf(";i="u8);
        if (end is < 3 or > 34 || !UInt128.TryParse(cursor[2..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var journal)) return null;
        var rest = cursor[(end + 3)..];
        var stop = rest.IndexOf((byte)';');
        return ulong.TryParse(stop < 0 ? rest : rest[..stop], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? (journal, number) : null;
    }

    async Task Learn()
    {
        await Task.Yield(); // Out of the gate.
        var end = log.Next;
        for (var at = end > Limits.JournalTailRecords ? Math.Max(log.First, end - Limits.JournalTailRecords) : log.First; at < end;)
        {
            var page = await log.Read(at, Limits.AppendRecordsMax, Limits.AppendBytesMax, CancellationToken.None);
            if (page.Count == 0) break;
            lock (gate)
                foreach (var record in page)
                    if (record.Origin.Listener == listener && InRecord(record.Raw.Span) is { } entry) Know(record.Origin.Peer, entry);
            at = page[^1].Position + 1;
            (page as IDisposable)?.Dispose();
        }
    }

    // The cursor is the first field that a journal exports.
    static (UInt128, ulong)? InRecord(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf("\"__CURSOR\":\""u8);
        return at < 0 ? null : Read(json[(at + 12)..]);
    }

    void Know(string peer, (UInt128 Journal, ulong Number) entry)
    {
        var whole = (peer, entry.Journal, entry.Number);
        if (!known.Add(whole)) return;
        order.Enqueue(whole);
        if (order.Count > Limits.JournalEntriesKept) known.Remove(order.Dequeue());
    }
}
