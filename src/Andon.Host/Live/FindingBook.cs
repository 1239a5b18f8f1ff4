using System.Threading.Channels;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Host.Live;

/// <summary>A finding as the console shows it: how often, when last.</summary>
sealed record FindingRow(string Code, string Message, string Hint, string Place, FindingLevel Level, string Stage, long Count, long LastMs);

/// <summary>
/// Collects what the program's own parts find. The same code at the same place is one row with a counter; a fact is written
/// at its first sight and then at most once an hour, so that a flood of findings stays a number.
/// </summary>
sealed class FindingBook(TimeProvider clock) : IFindings
{
    const int RowsMax = 500;
    const long FactEveryMs = 3_600_000;

    readonly Lock gate = new();
    readonly Dictionary<(string Code, string Place), (FindingRow Row, long FactMs)> rows = [];
    readonly Channel<FactDraft> toWrite = Channel.CreateBounded<FactDraft>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Raise(string stage, Finding finding)
    {
        var now = clock.NowMs();
        lock (gate)
        {
            var key = (finding.Code, finding.Place);
            var known = rows.TryGetValue(key, out var row);
            if (!known && rows.Count >= RowsMax) key = ("AND000", "");
            rows.TryGetValue(key, out row);
            var count = (row.Row?.Count ?? 0) + 1;
            var factDue = row.Row is null || now - row.FactMs >= FactEveryMs;
            var shown = key.Item1 == "AND000"
                ? new Finding("AND000", $"More than {RowsMax} different findings; further ones are counted here.", "Mend the ones shown, or restart to see the rest.")
                : finding;
            rows[key] = (new(shown.Code, shown.Message, shown.Hint, shown.Place, shown.Level, stage, count, now), factDue ? now : row.FactMs);
            if (factDue) toWrite.Writer.TryWrite(new(Actors.Of(Room.Host), $"stage:{stage}", new FindingRaised(stage, shown)));
        }
    }

    public IReadOnlyList<FindingRow> Rows
    {
        get { lock (gate) return rows.Values.Select(r => r.Row).OrderByDescending(r => r.Level).ThenByDescending(r => r.LastMs).ToList(); }
    }

    /// <summary>Writes findings as facts until stopped. Apart from the book, because the fact log itself may have findings when it opens.</summary>
    public async Task WriteTo(IFactLog facts, CancellationToken stop)
    {
        await foreach (var draft in toWrite.Reader.ReadAllAsync(stop))
            await Write(draft, facts, stop);
    }

    // A disk that is full or fails must not end the house with the finding that says so: it waits until it can be stored.
    async Task Write(FactDraft draft, IFactLog facts, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await facts.Append([draft], [], stop);
                return;
            }
            catch (FactLogFullException)
            {
                await Task.Delay(AgainAfter, clock, stop);
            }
        }
    }

    static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);
}

/// <summary>Puts what was found into the fact log.</summary>
sealed class FindingWriter(FindingBook book, IFactLog facts) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => book.WriteTo(facts, stoppingToken);
}
