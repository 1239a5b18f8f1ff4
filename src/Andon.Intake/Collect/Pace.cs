using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>A bucket that holds a second's worth of records. What takes more than is there is let through once and paid for by those after it.</summary>
sealed class Pace(int perSecond, TimeProvider clock)
{
    readonly Lock gate = new();
    double room = perSecond;
    long atMs = clock.NowMs();

    public bool TryTake(int records)
    {
        lock (gate)
        {
            var now = clock.NowMs();
            room = Math.Min(perSecond, room + Math.Max(0, now - atMs) * perSecond / 1000.0);
            atMs = now;
            if (room <= 0) return false;
            room -= records;
            return true;
        }
    }

    public async ValueTask Wait(int records, CancellationToken stop)
    {
        while (!TryTake(records)) await Task.Delay(TimeSpan.FromMilliseconds(Limits.PaceMs), clock, stop);
    }
}
