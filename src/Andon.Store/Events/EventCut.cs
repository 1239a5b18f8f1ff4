using Andon.Model;

namespace Andon.Store.Events;

/// <summary>The events of one stretch of records that get a row, encoded day by day. Encoders are kept and used again.</summary>
/// <param name="sampling">Null: all of them do.</param>
sealed class EventCut(Sampling? sampling = null) : IDisposable
{
    const int SpareMax = 4;

    readonly SortedDictionary<long, EventEncoder> days = [];
    readonly Stack<EventEncoder> spare = new();

    public ulong From { get; private set; }
    /// <summary>One past the last record taken.</summary>
    public ulong To { get; private set; }
    public int Rows { get; private set; }
    public int Clamped { get; private set; }
    /// <summary>Touches as many days as it may; it takes no more.</summary>
    public bool Full { get; private set; }
    public IReadOnlyDictionary<long, EventEncoder> Days => days;

    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var (_, day) in days) bytes += day.Block.Bytes;
            return bytes;
        }
    }

    public void Begin(ulong from)
    {
        foreach (var (_, encoder) in days)
        {
            encoder.Clear();
            if (spare.Count < SpareMax) spare.Push(encoder);
            else encoder.Dispose();
        }
        days.Clear();
        (From, To, Rows, Clamped, Full) = (from, from, 0, 0, false);
    }

    /// <summary>Takes the events of a batch whose records lie below <paramref name="before"/>, without those that the store already has.</summary>
    public void Add(EventBatch batch, ulong before, HashSet<ulong>? without)
    {
        var record = ulong.MaxValue;
        for (var i = 0; i < batch.Count; i++)
        {
            var view = batch[i];
            if (view.Id.Position >= before) break;
            if (view.Id.Position != record && days.Count >= EventLimits.BatchDaysMax)
            {
                // Between records only: the events of one record stay in one cut.
                (To, Full) = (view.Id.Position, true);
                return;
            }
            record = view.Id.Position;
            if (without?.Contains(view.Id.Value) == true) continue;
            var rate = sampling?.RateOf(view, count: without is null) ?? 1;
            if (rate == 0) continue;
            var day = DayOf(view.TimeMs);
            if (!days.TryGetValue(day, out var encoder)) days[day] = encoder = spare.TryPop(out var used) ? used : new();
            if (encoder.Add(view, rate)) Clamped++;
            Rows++;
        }
        To = Math.Min(batch.To, before);
    }

    public static long DayOf(long timeMs) => Math.Clamp(timeMs, EventLimits.TimeMsMin, EventLimits.TimeMsMax) / (24L * 3600 * 1000);

    public void Dispose()
    {
        Begin(0);
        foreach (var encoder in spare) encoder.Dispose();
    }
}
