namespace Andon.Intake.Sources.Silence;

/// <summary>
/// When a stream speaks, learned from its arrivals: a rate for each hour of the week, and how long its pauses are when they are measured
/// in arrivals due at that rate. Arrivals within ten seconds are one beat: a burst says no more than that someone is there.
/// The model and its reasons: docs/decisions/0017-silence.md.
/// </summary>
sealed partial class Rhythm
{
    public const long BeatMs = 10_000;
    const double MonthMs = 30.0 * Calendar.DayMs;
    /// <summary>Weekly: a habit of six weeks ago counts half.</summary>
    const float KeepRates = 0.891f;
    /// <summary>Weekly: a pause of half a year ago counts half.</summary>
    const float KeepPauses = 0.974f;
    /// <summary>It has begun when so much of what was due since its rest has come.</summary>
    const double BegunShare = 0.25;
    /// <summary>What a person says counts as often as this.</summary>
    const float OwnWeight = 3;
    const float KeepYoung = 0.5f;
    const long KeepYoungMs = 56 * Calendar.DayMs;
    /// <summary>An hour in which less is due than that share of the rate at which its beats usually come is a rest.</summary>
    const double RestShare = 0.1;
    /// <summary>Beats of prior knowledge about an hour, for a source without bursts.</summary>
    const double PriorBeats = 4;
    /// <summary>An hour of the week is believed by itself where that was so much nearer than the same hour of all days.</summary>
    const float CellBetter = 0.7f;
    /// <summary>Hours of the day are told apart where that was so much nearer than one rate for all: else they differ by chance.</summary>
    const float DayBetter = 0.95f, DayBest = 0.85f;
    /// <summary>Of what was measured by another profile.</summary>
    const float KeepOther = 0.05f;
    /// <summary>Who speaks by night at least so much as by day, in its first days, will not keep weekends.</summary>
    const double SteadyShare = 0.5;
    /// <summary>Longer pauses wait until it is known whether it was a day off.</summary>
    const double LongDue = 10;
    const int WithinMin = 30, EndsMin = 3, EndsFew = 30, StartsMin = 2, LateMin = 8;
    /// <summary>Silences told within some weeks that all passed by themselves: that is how it lives.</summary>
    const float HabitTold = 3;
    /// <summary>Without like ones its habits are no measure before its second week is over.</summary>
    const long YouthMs = 14 * Calendar.DayMs, FirstDaysMs = 2 * Calendar.DayMs;
    /// <summary>Whatever else is known, or not: three times its longest pause is too long, from a long weekend on; of its first days, a week.</summary>
    const long CoarseMs = 3 * Calendar.DayMs, FirstCoarseMs = 8 * Calendar.DayMs;
    const float LikeHours = 4 * Calendar.Hours;
    const double ChanceHours = 5000;
    /// <summary>Of the budget, for what only the clock tells.</summary>
    const double ClockShare = 0.125;

    readonly float[] beats = new float[Calendar.Hours], hours = new float[Calendar.Hours];
    readonly List<QuietDay> quiet = [];
    float allBeats, allHours, residual, expected, told;
    // Squared errors of the hour of the week by itself, of the same hour on all days, and of one rate for all hours: the better one is believed.
    float ofCell, ofDay, ofMean;
    // One rate for all hours.
    bool flat;
    double months, clockMonths, scale;
    // What was due since its last rest when it last spoke, how far its beginnings and ends reach, and the rate at which a beat comes.
    double sinceRest, beginnings, ends, atWork;
    long beatsSinceRest;
    /// <summary>The longest pause of this beginning; counted when the next rest comes. Negative: none.</summary>
    double spell = -1;
    // Today, in local days: a day off shows at its end only.
    long today = long.MinValue;
    double todayDue, quietDue;
    int todayBeats;
    readonly List<float> todayStarts = [], todayPauses = [], todayLate = [];
    long week = long.MinValue, hourAt = long.MinValue, scaleAt = long.MinValue;
    long longestMs;
    int hourBeats;

    /// <summary>What was due in pauses at work.</summary>
    public Pauses Within { get; } = new();
    /// <summary>What is still due when it goes to rest.</summary>
    public Pauses Ends { get; } = new();
    /// <summary>What was due when it began again.</summary>
    public Pauses Starts { get; } = new();
    /// <summary>Minutes between the hour in which it usually begins again and its first word: a job knows its own time, however little is due by then.</summary>
    public Pauses Late { get; } = new();
    /// <summary>All pauses in minutes: whatever else is known of it, or not, who is silent for longer than it ever was is silent.</summary>
    public Pauses Clock { get; } = new();
    public long FirstMs { get; private set; }
    /// <summary>Begin of the last beat.</summary>
    public long LastMs { get; private set; }
    /// <summary>Beats taken in, ever.</summary>
    public long Beats { get; private set; }

    /// <summary>Takes in an arrival. <paramref name="alarmed"/>: a silence of the stream was told and is not over, so the pause is no habit.</summary>
    public void Beat(long ms, Calendar calendar, Rhythm? like = null, bool alarmed = false)
    {
        if (Beats == 0) FirstMs = ms;
        else if (ms - LastMs < BeatMs) return;
        else Close(ms, calendar, like, alarmed);
        var local = calendar.Local(ms);
        var cell = Cell(local, calendar);
        if (week == long.MinValue) week = Calendar.WeekOf(local);
        if (local / Calendar.HourMs != hourAt) (hourAt, hourBeats) = (local / Calendar.HourMs, 0);
        hourBeats++;
        todayBeats++;
        Beats++;
        if (!DayOff(local, calendar))
        {
            beats[cell]++;
            allBeats++;
        }
        LastMs = ms;
    }

    /// <summary>A pause as long as the one up to then is its own.</summary>
    public void Own(long untilMs, bool notBegun, Calendar calendar) => (notBegun ? Starts : Within).Add(DueBetween(LastMs, untilMs, calendar, null), OwnWeight);

    /// <summary>A silence that was told is over.</summary>
    public void Passed() => told++;

    /// <summary>In that time it could not be heard, whatever it said: that was no pause of its own.</summary>
    public void Absent(long fromMs, long toMs)
    {
        if (Beats > 0 && LastMs <= fromMs + BeatMs && toMs > fromMs) LastMs += toMs - fromMs;
    }

    // What is due ---------------------------------------------------------------------------------------------

    /// <summary>Beats due an hour at that local time; 0 where nothing is known yet.</summary>
    double Rate(int cell, Rhythm? like)
    {
        var mean = allHours > 0 ? allBeats / allHours : 0;
        var (dayBeats, dayHours) = SameHour(cell);
        double prior;
        // A month of its own says more than its like.
        if (allHours < LikeHours && like?.Shape(cell) is { } shape) prior = shape * Scale(like);
        else if (dayHours > 0) prior = mean;
        else if (hours[cell] > 0 || Steady()) prior = mean;
        else return 0;
        var span = flat ? ChanceHours : Math.Max(0.5, PriorBeats / Math.Max(prior, 1e-3));
        var day = (dayBeats + span * prior) / (dayHours + span);
        var kappa = flat ? ChanceHours : Math.Clamp(PriorBeats * (ofCell < CellBetter * ofDay ? 1 : Dispersion) / Math.Max(day, 1e-3), 0.05, 500);
        return (beats[cell] + kappa * day) / (hours[cell] + kappa);
    }

    // The same hour on other working days, or on both days of the weekend.
    (double Beats, double Hours) SameHour(int cell)
    {
        var (hour, day) = (cell % 24, cell / 24);
        var (from, to) = day < 5 ? (0, 5) : (5, 7);
        double b = 0, h = 0;
        for (var d = from; d < to; d++)
        {
            b += beats[d * 24 + hour];
            h += hours[d * 24 + hour];
        }
        return (b, h);
    }

    /// <summary>Beats come in bursts when an hour strays from its rate by more than chance.</summary>
    double Dispersion => Math.Max(1, (residual + 1) / (expected + 1));

    /// <summary>This hour's rate over the mean, once a week was seen.</summary>
    double? Shape(int cell) => allHours > Calendar.Hours && allBeats > 50 ? Rate(cell, null) / (allBeats / allHours) : null;

    // Own mean where the like one would have had 1 an hour.
    double Scale(Rhythm like)
    {
        if (scaleAt == hourAt) return scale;
        scaleAt = hourAt;
        double due = 0;
        for (var cell = 0; cell < Calendar.Hours; cell++)
            if (hours[cell] > 0) due += hours[cell] * (like.Shape(cell) ?? 1);
        return scale = due > 0.01 ? allBeats / due : 0;
    }

    bool Steady()
    {
        double night = 0, nightHours = 0, day = 0, dayHours = 0;
        for (var cell = 0; cell < Calendar.Hours; cell++)
        {
            var isNight = cell % 24 is < 5 or > 21;
            if (isNight) { night += beats[cell]; nightHours += hours[cell]; }
            else if (cell % 24 is >= 9 and < 17) { day += beats[cell]; dayHours += hours[cell]; }
        }
        return nightHours >= 4 && dayHours >= 4 && night / nightHours >= SteadyShare * day / dayHours && night > 0;
    }

    bool Rests(double rate) => rate < RestShare * atWork;

    int Cell(long local, Calendar calendar) =>
        DayOff(local, calendar) ? Calendar.Sunday + Calendar.HourOf(local) % 24 : Calendar.HourOf(local);

    // Early in the day, or later if hardly anything of what was due has come.
    bool Beginning => sinceRest <= beginnings || beatsSinceRest < BegunShare * sinceRest;

    // A day off by last year's date on which it works as ever is none.
    bool DayOff(long local, Calendar calendar) => calendar.Rests(local)
        || (quiet.Count > 0 && !(local / Calendar.DayMs == today && todayBeats >= Math.Max(QuietDayDue * Dispersion, WorksHours * atWork)) && KnownQuiet(local));

    // Learning ------------------------------------------------------------------------------------------------

    void Close(long until, Calendar calendar, Rhythm? like, bool alarmed)
    {
        // A silence that was told says nothing of habits, except a short one that passed by itself, and where there were many.
        var heeded = !alarmed || told >= HabitTold || until - LastMs <= Limits.SilenceForgivenMs;
        quietDue = 0;
        var beginning = Beginning;
        if (LastMs - FirstMs >= YouthMs) youth = null;
        YoungPause(until, calendar);
        var walk = new Walk(this, calendar, like, LastMs);
        while (walk.At < until)
        {
            var cell = walk.Cell;
            var (local, rate) = (walk.LocalAt, walk.Rate);
            Leave(local, walk.Advance(until), cell, rate, heeded, calendar);
        }
        var started = Math.Max(0, walk.StartDue - quietDue);
        sinceRest = alarmed ? 0 : walk.AtRest ? walk.StartDue : sinceRest + walk.Due;
        // In its first weeks all is a habit: what was told wrongly then is told once.
        if (heeded || LastMs - FirstMs < YouthMs)
        {
            longestMs = Math.Max(longestMs, until - LastMs);
            Clock.Add((until - LastMs) / 60_000.0);
        }
        clockMonths += (until - LastMs) / MonthMs;
        // Measured by a profile that is still wrong, pauses would say nothing.
        if (allHours < Calendar.Hours && like is null) return;
        if (walk.AtRest && walk.UntilRest > 0 && heeded) Ends.Add(walk.UntilRest);
        beatsSinceRest = walk.AtRest ? 0 : beatsSinceRest + 1;
        if (walk.AtRest)
        {
            if (spell >= 0) todayStarts.Add((float)spell);
            spell = started;
            // A day off in between is no delay.
            if (heeded && quietDue == 0 && walk.WorkMs is { } work && until > work) todayLate.Add((until - work) / 60_000f);
        }
        else if (beginning && spell >= 0) spell = Math.Max(spell, walk.Due);
        else if (heeded && walk.Due < LongDue) Within.Add(walk.Due);
        else if (heeded && UntilRest(LastMs, calendar, like) <= ends) return; // Most have gone, a last one comes by.
        else if (heeded) todayPauses.Add((float)walk.Due);
        // A gap full of strays is still one beginning.
        if (todayStarts.Count > Limits.StartsPerDayMax) todayStarts.Remove(todayStarts.Min());
        if (todayLate.Count > Limits.StartsPerDayMax) todayLate.Remove(todayLate.Min());
        if (todayPauses.Count > Limits.StartsPerDayMax)
        {
            var least = todayPauses.Min();
            todayPauses.Remove(least);
            Within.Add(least);
        }
    }

    // Time passes in a cell: exposure, and at its hour's end how far it strayed.
    void Leave(long local, long length, int cell, double rate, bool heeded, Calendar calendar)
    {
        if (local / Calendar.DayMs != today)
        {
            EndDay();
            today = local / Calendar.DayMs;
        }
        todayDue += rate * length / Calendar.HourMs;
        if (Calendar.WeekOf(local) is var now && now > week && week != long.MinValue) Forget(now);
        var part = (float)(length / (double)Calendar.HourMs);
        months += length / MonthMs;
        var over = (local + length) % Calendar.HourMs == 0;
        if (over) youth?.Hour(cell, local / Calendar.HourMs == hourAt);
        // A day off says nothing of the days by whose name it is called.
        if (!heeded || DayOff(local, calendar)) return;
        if (over && hours[cell] > 0.5)
        {
            var seen = local / Calendar.HourMs == hourAt ? hourBeats : 0;
            residual += Square(seen - rate);
            expected += (float)rate;
            var (dayBeats, dayHours) = SameHour(cell);
            // What came in this hour is counted already, its time is not: it must not foretell itself.
            ofCell += Square(seen - (beats[cell] - seen) / hours[cell]);
            ofDay += Square(seen - (dayBeats - seen) / dayHours);
            ofMean += Square(seen - (allBeats - seen) / allHours);
        }
        hours[cell] += part;
        allHours += part;
    }

    static float Square(double x) => (float)(x * x);

    void Forget(long now)
    {
        // After a long absence old habits stand as they were: nothing newer speaks against them.
        for (var weeks = Math.Min(now - week, 4); weeks > 0; weeks--)
        {
            allBeats = allHours = 0;
            for (var i = 0; i < Calendar.Hours; i++)
            {
                allBeats += beats[i] *= KeepRates;
                allHours += hours[i] *= KeepRates;
            }
            told *= KeepRates;
            residual *= KeepRates;
            expected *= KeepRates;
            ofCell *= KeepRates;
            ofDay *= KeepRates;
            ofMean *= KeepRates;
            // Pauses of its youth were measured by a profile of few weeks.
            var keep = LastMs - FirstMs < KeepYoungMs ? KeepYoung : KeepPauses;
            Within.Forget(keep);
            Starts.Forget(keep);
            Late.Forget(keep);
            Ends.Forget(keep);
            months *= keep;
            Clock.Forget(KeepPauses);
            clockMonths *= KeepPauses;
        }
        week = now;
        Flatten();
    }

    // What does not foretell better than one rate for all is chance, and chance at work would make pauses look longer than they are.
    void Flatten()
    {
        var best = Math.Min(ofCell, ofDay);
        var now = allHours >= LikeHours && best >= (flat ? DayBest : DayBetter) * ofMean;
        if (now == flat) return;
        flat = now;
        Within.Forget(KeepOther);
        Starts.Forget(KeepOther);
        Ends.Forget(KeepOther);
        Late.Forget(KeepOther);
        months *= KeepOther;
    }

    // Judging -------------------------------------------------------------------------------------------------

    /// <summary>The pauses that come by themselves at most so often, in beats due: at work, at its end, before it begins.</summary>
    public (double Within, double End, double Start, double LateMin) LimitsOf(double perMonth, Rhythm? like)
    {
        // Who never rests spends all of it at work.
        var part = (1 - ClockShare) * (Starts.Count + (like?.Members?.Starts.Count ?? 0) >= StartsMin ? perMonth / 3 : perMonth);
        return (
            Of(Within, like?.Members?.Within, WithinMin, 0),
            // A job of a week ends some dozen times until its tail can be told from them.
            Math.Max(Of(Ends, like?.Members?.Ends, EndsMin, Pauses.ShapeMin), Ends.Count < EndsFew && like is null ? Ends.LimitOfFew(part * months) : 0),
            Of(Starts, like?.Members?.Starts, StartsMin, Pauses.ShapeMin),
            Late.Count >= LateMin ? Late.Limit(part, months, null, Pauses.ShapeMin) : double.PositiveInfinity);

        double Of(Pauses own, Pauses? members, int min, double shapeMin) =>
            own.Count + (members?.Count ?? 0) >= min ? own.Limit(part, months, members, shapeMin) : double.PositiveInfinity;
    }

    /// <summary>Pauses of all members, where this is a group's rhythm.</summary>
    public (Pauses Within, Pauses Ends, Pauses Starts)? Members { get; set; }

    /// <summary>When its silence is no longer its own, if nothing comes: the time by which that is told. Null when it is not by <paramref name="horizonMs"/>.</summary>
    public Silence? Due(Calendar calendar, Rhythm? like, double perMonth, long horizonMs)
    {
        if (Beats < 2) return null;
        var young = like is null && LastMs - FirstMs < YouthMs;
        var coarse = LastMs + (LastMs - FirstMs < FirstDaysMs ? FirstCoarseMs : Math.Max(CoarseMs, 3 * longestMs));
        if (!young) coarse = Math.Min(coarse, LastMs + (long)(Math.Min(Clock.LimitOfFew(ClockShare * perMonth * clockMonths), 1e6) * 60_000));
        coarse = Math.Max(coarse, LastMs + Limits.SilenceMsMin);
        var until = Math.Min(horizonMs, coarse);
        var told = young ? Young(calendar, perMonth, until) : Fine(calendar, like, perMonth, until);
        return told ?? (coarse <= horizonMs ? new(LastMs, coarse, 0, NotBegun: false) : null);
    }

    Silence? Fine(Calendar calendar, Rhythm? like, double perMonth, long horizonMs)
    {
        var (within, end, start, late) = LimitsOf(perMonth, like);
        var walk = new Walk(this, calendar, like, LastMs);
        while (walk.At < horizonMs)
        {
            var resting = walk.AtRest || walk.RestHere;
            var beginning = resting || (Beginning && start < double.PositiveInfinity);
            var limit = beginning ? start : within;
            var (from, before, rate) = (walk.At, walk.AtRest ? walk.StartDue : walk.RestHere ? 0 : walk.Due, walk.Rate);
            walk.Advance(horizonMs);
            // Less is due in all of that job than it takes to tell: then the clock tells.
            var lateMs = walk.WorkMs is { } work && late < double.PositiveInfinity && UntilRest(work, calendar, like) < start ? work + (long)(late * 60_000) : long.MaxValue;
            var enough = (walk.AtRest ? walk.StartDue : walk.Due) >= limit;
            if (!enough && lateMs > walk.At) continue;
            // Near its usual end it may just have ended.
            if (!resting && UntilRest(LastMs, calendar, like) is var rest && rest < double.PositiveInfinity && rest <= end)
            {
                within = double.PositiveInfinity;
                continue;
            }
            var at = !enough || rate <= 0 ? from : from + (long)Math.Ceiling(Math.Max(0, limit - before) / rate * Calendar.HourMs);
            if (lateMs < walk.At) at = enough ? Math.Min(at, Math.Max(from, lateMs)) : Math.Max(from, lateMs);
            at = Math.Max(at, LastMs + Limits.SilenceMsMin);
            return at > horizonMs ? null : new(LastMs, at, limit, beginning);
        }
        return null;
    }

    // Beats due from there up to the next rest; without end for who never rests.
    double UntilRest(long from, Calendar calendar, Rhythm? like)
    {
        var walk = new Walk(this, calendar, like, from);
        while (!walk.RestHere)
        {
            if (walk.At - from > Calendar.WeekMs) return double.PositiveInfinity;
            walk.Advance(long.MaxValue);
        }
        return walk.Due;
    }

    /// <summary>Beats due in that time.</summary>
    public double DueBetween(long fromMs, long untilMs, Calendar calendar, Rhythm? like)
    {
        var walk = new Walk(this, calendar, like, fromMs);
        while (walk.At < untilMs) walk.Advance(untilMs);
        return walk.Due;
    }

    /// <summary>Beats due an hour, for each hour of the week.</summary>
    public double[] Profile(Rhythm? like) => [.. Enumerable.Range(0, Calendar.Hours).Select(c => Rate(c, like))];
}

/// <summary>A pause that is longer than the stream's own.</summary>
/// <param name="SinceMs">Begin of the last beat.</param>
/// <param name="ToldMs">When it became too long.</param>
/// <param name="Limit">Beats that were due by then.</param>
/// <param name="NotBegun">It rested and did not begin again; false: it fell silent at work.</param>
readonly record struct Silence(long SinceMs, long ToldMs, double Limit, bool NotBegun);
