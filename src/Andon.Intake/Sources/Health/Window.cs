using Andon.Model;

namespace Andon.Intake.Sources.Health;

/// <summary>Some minutes of one source: what came late, what repeats, what could not be read, what looks new.</summary>
sealed class Window
{
    /// <summary>Powers of two of seconds, behind the event's time and before it.</summary>
    public const int Delays = 24;
    const int Slots = 64;

    public long FromMs { get; private set; }
    public int Events { get; private set; }
    public int Failures { get; private set; }
    public int Repeats { get; private set; }
    public int Shaped { get; private set; }
    public int Strange { get; private set; }
    public int Timed { get; private set; }
    public EventId StrangeExample { get; private set; }
    readonly int[] behind = new int[Delays], before = new int[Delays];
    readonly ulong[] seen = new ulong[Slots];

    public void Begin(long ms)
    {
        (FromMs, Events, Failures, Repeats, Shaped, Strange, Timed) = (ms, 0, 0, 0, 0, 0, 0);
        Array.Clear(behind);
        Array.Clear(before);
    }

    public void Count(in EventHead head, bool failed, ulong hash)
    {
        Events++;
        if (failed) Failures++;
        // The same bytes again, with their time, are the same event.
        ref var slot = ref seen[hash % Slots];
        if (slot == hash) Repeats++;
        slot = hash;
        if (head.TimeMs == head.ReceivedMs) return;
        Timed++;
        var seconds = (head.ReceivedMs - head.TimeMs) / 1000.0;
        var bin = Math.Min(Delays - 1, (int)Math.Log2(1 + Math.Abs(seconds)));
        if (seconds >= 0) behind[bin]++;
        else before[bin]++;
    }

    public void Shape(bool known, EventId id)
    {
        Shaped++;
        if (known) return;
        Strange++;
        StrangeExample = id;
    }

    /// <summary>Seconds behind the event's time (negative: before it) that a share of events keeps within; a bin's middle.</summary>
    public double Delay(double share)
    {
        var left = share * Timed;
        for (var i = Delays - 1; i >= 0; i--) if ((left -= before[i]) <= 0 && before[i] > 0) return -Middle(i);
        for (var i = 0; i < Delays; i++) if ((left -= behind[i]) <= 0 && behind[i] > 0) return Middle(i);
        return 0;
    }

    static double Middle(int bin) => bin == 0 ? 0 : Math.Pow(2, bin + 0.5) - 1;
}
