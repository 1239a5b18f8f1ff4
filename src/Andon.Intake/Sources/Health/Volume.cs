using Andon.Intake.Sources.Silence;

namespace Andon.Intake.Sources.Health;

/// <summary>Events an hour, beside what that hour of the week used to bring.</summary>
sealed class Volume
{
    /// <summary>A new week counts so much.</summary>
    const float Step = 0.25f;
    const int WeeksMin = 2;
    /// <summary>Logarithms: an ordinary hour strays at least so far.</summary>
    const double StrayMin = 0.25;

    readonly float[] usual = new float[Calendar.Hours];
    readonly byte[] weeks = new byte[Calendar.Hours];
    float stray = 0.5f;
    long hour = long.MinValue;
    long count;

    /// <summary>Standard deviations off, of the last whole hour; 0 where too little is known.</summary>
    public double Off { get; private set; }
    public double Expected { get; private set; }
    public long Last { get; private set; }
    public long LastHourMs { get; private set; }

    /// <summary>Time is now there; true when an hour ended.</summary>
    public bool Tick(long localMs)
    {
        var now = localMs / Calendar.HourMs;
        if (hour == long.MinValue) hour = now;
        if (now <= hour) return false;
        // Hours in which nothing came are hours too; after a long absence the last day is enough.
        for (var h = Math.Max(hour, now - 24); h < now; h++) End(h, h == hour ? count : 0);
        (hour, count) = (now, 0);
        return true;
    }

    public void Count() => count++;

    /// <summary>Nobody counted up to then.</summary>
    public void Skip(long localMs)
    {
        if (hour == long.MinValue || localMs / Calendar.HourMs <= hour) return;
        (hour, count) = (localMs / Calendar.HourMs + 1, 0);
    }

    void End(long h, long events)
    {
        var cell = Calendar.HourOf(h * Calendar.HourMs);
        var log = (float)Math.Log(1 + events);
        (Off, Expected, Last, LastHourMs) = (0, 0, events, h * Calendar.HourMs);
        if (weeks[cell] >= WeeksMin)
        {
            var deviation = Math.Max(StrayMin, 1.25 * stray);
            Off = (log - usual[cell]) / deviation;
            Expected = Math.Exp(usual[cell]) - 1;
            stray += 0.02f * (Math.Min(Math.Abs(log - usual[cell]), 4 * stray + 0.1f) - stray);
        }
        usual[cell] = weeks[cell] == 0 ? log : usual[cell] + Math.Max(Step, 1f / (weeks[cell] + 1)) * (log - usual[cell]);
        if (weeks[cell] < byte.MaxValue) weeks[cell]++;
    }

    public void Save(BinaryWriter to)
    {
        foreach (var value in usual) to.Write((Half)value);
        to.Write(weeks);
        to.Write(stray);
        to.Write(hour);
        to.Write(count);
        to.Write(Off);
        to.Write(Expected);
        to.Write(Last);
        to.Write(LastHourMs);
    }

    public void Load(BinaryReader from)
    {
        for (var i = 0; i < usual.Length; i++) usual[i] = (float)from.ReadHalf();
        from.ReadExactly(weeks);
        (stray, hour, count) = (from.ReadSingle(), from.ReadInt64(), from.ReadInt64());
        (Off, Expected, Last, LastHourMs) = (from.ReadDouble(), from.ReadDouble(), from.ReadInt64(), from.ReadInt64());
    }
}
