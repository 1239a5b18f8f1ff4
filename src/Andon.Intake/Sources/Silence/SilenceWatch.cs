namespace Andon.Intake.Sources.Silence;

/// <summary>One stream under watch: its rhythm, and whether its silence is told. A told silence is over when the stream speaks again at its rate, not at the first stray word.</summary>
sealed class SilenceWatch
{
    /// <summary>It is back when so much of what was due since it spoke again has come.</summary>
    const double BackShare = 0.25;
    const int BackBeats = 3;

    long backMs;
    int back;

    public Rhythm Rhythm { get; init; } = new();
    public Silence? Told { get; private set; }
    /// <summary>It was told, and not a word came since.</summary>
    public bool Silent => Told is not null && back == 0;

    /// <summary>Takes in an arrival; true when that ends a silence that was told.</summary>
    public bool Hear(long ms, Calendar calendar, Rhythm? like)
    {
        var before = Rhythm.Beats;
        Rhythm.Beat(ms, calendar, like, Told is not null);
        if (Told is null || Rhythm.Beats == before) return false;
        if (back++ == 0) backMs = ms;
        var due = Rhythm.DueBetween(backMs, ms, calendar, like);
        // Who speaks once in hours is back with one word.
        if (back < BackBeats && Rhythm.DueBetween(backMs, backMs + Calendar.HourMs, calendar, like) >= BackBeats) return false;
        if (back < BackShare * due)
        {
            // A stray word of yesterday does not count against today.
            if (ms - backMs > 6 * Calendar.HourMs) (backMs, back) = (ms, 1);
            return false;
        }
        (Told, back) = (null, 0);
        Rhythm.Passed();
        return true;
    }

    /// <summary>Looks at the clock; a silence that is told from now on, or null.</summary>
    public Silence? Look(long nowMs, Calendar calendar, Rhythm? like, double perMonth)
    {
        if (Told is not null || Rhythm.Beats == 0 || nowMs - Rhythm.LastMs < Limits.SilenceMsMin) return null;
        Told = Rhythm.Due(calendar, like, perMonth, nowMs);
        return Told;
    }

    /// <summary>Someone says that this silence is normal: so long a pause is its own from now on.</summary>
    public void Forgive(long nowMs, Calendar calendar)
    {
        if (Told is not { } told) return;
        Rhythm.Own(nowMs, told.NotBegun, calendar);
        (Told, back) = (null, 0);
    }

    /// <summary>It is told elsewhere, or was before a restart.</summary>
    public void Tell(Silence silence) => Told = silence;
}
