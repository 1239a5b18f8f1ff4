namespace Andon.Intake.Sources.Silence;

/// <summary>
/// What is known of a stream before its second week is over: in which hours of the day it spoke at all, and how long its pauses were
/// in hours in which it speaks. Where that foretells its hours no better than one share for all, its pauses by the clock are believed.
/// </summary>
sealed class Youth
{
    /// <summary>Before that only those are judged who allow much: a job of an hour may come again in a week.</summary>
    const long FirstHoursMs = 2 * Calendar.HourMs;
    /// <summary>Before that nobody knows whether it rests.</summary>
    const long UnknownMs = Calendar.DayMs;
    /// <summary>Who spoke in so many of its hours, a day and a night long, will not keep weekends.</summary>
    const double Restless = 0.9;
    /// <summary>The first night and the first weekend come once: who allows as many false alarms a month is told of them too.</summary>
    const double RestsOnce = 2;
    /// <summary>Days of prior knowledge about an hour: one that was seen empty mostly is.</summary>
    const double PriorDays = 0.25;
    /// <summary>Hours are told apart where that was so much nearer than one share for all.</summary>
    const double HoursBetter = 0.95;
    const int Slots = 48;

    // Hours of working days, then of days off: how often seen, and how often it spoke in them.
    readonly byte[] days = new byte[Slots], spoke = new byte[Slots];
    float hourError, flatError;

    /// <summary>Minutes, each weighed by how surely the stream speaks at that hour.</summary>
    public Pauses ByHour { get; } = new();

    static int Slot(int cell) => cell % 24 + (cell / 24 < 5 ? 0 : 24);

    /// <summary>Takes in an hour that is over. Cell: hour of the week, a day off counts as Sunday.</summary>
    public void Hour(int cell, bool heard)
    {
        var slot = Slot(cell);
        var x = heard ? 1 : 0;
        if (days[slot] > 0)
        {
            hourError += (float)Math.Pow(x - Share(slot, 0), 2);
            flatError += (float)Math.Pow(x - Overall(0, Slots), 2);
        }
        if (days[slot] == byte.MaxValue) return;
        days[slot]++;
        spoke[slot] += (byte)x;
    }

    /// <summary>All hours weighed; those never seen weigh nothing.</summary>
    public Judge ByHours => new(this, 0, true, 0);

    /// <summary>
    /// Minutes that a new habit may bring, whatever was seen: of so many days the next one differs with the chance of one in so many and one
    /// (Laplace), and its pauses are x long as seldom as the square of the shortest told one over x.
    /// </summary>
    public static double NewHabitMin(long ageMs, double perMonth)
    {
        var habitsPerMonth = 30 / (1 + ageMs / (double)Calendar.DayMs);
        return Limits.SilenceMsMin / 60_000.0 * Math.Sqrt(Math.Max(1, habitsPerMonth / perMonth));
    }

    double Share(int slot, double strange)
    {
        // Who speaks at that hour of a day off will on working days; not the other way round.
        if (days[slot] == 0) return slot < 24 && days[slot + 24] > 0 ? Math.Max(strange, Share(slot + 24, strange)) : strange;
        var type = slot / 24 * 24;
        return (spoke[slot] + PriorDays * Overall(type, type + 24)) / (days[slot] + PriorDays);
    }

    double Overall(int from, int to)
    {
        int all = 0, heard = 0;
        for (var i = from; i < to; i++) (all, heard) = (all + days[i], heard + spoke[i]);
        return all > 0 ? heard / (double)all : 0;
    }

    /// <summary>How its silence is judged, at that age in milliseconds and for so many false alarms a month. Clock: its pauses in minutes.</summary>
    public Judge By(long ageMs, double perMonth, Pauses clock)
    {
        var allowed = perMonth * ageMs / (30.0 * Calendar.DayMs);
        var (unknown, generous) = (ageMs < UnknownMs, perMonth >= RestsOnce);
        var hours = unknown ? !generous : hourError < HoursBetter * flatError || (hourError == 0 && Overall(0, Slots) < Restless);
        if (ageMs < FirstHoursMs && !generous) return new(this, double.PositiveInfinity, false, 1);
        return hours ? new(this, ByHour.LimitOfFew(allowed), true, generous && !unknown ? 1 : 0) : new(this, clock.LimitOfFew(allowed), false, 1);
    }

    /// <param name="Minutes">The limit.</param>
    /// <param name="ByHour">Whether hours are weighed, or all count.</param>
    /// <param name="Strange">What an hour weighs that was never seen.</param>
    public readonly record struct Judge(Youth Of, double Minutes, bool ByHour, double Strange)
    {
        /// <summary>How sure it is that the stream speaks in that hour of the week.</summary>
        public double Share(int cell) => ByHour ? Of.Share(Slot(cell), Strange) : 1;

        public override string ToString() => FormattableString.Invariant($"{Minutes:0.0} min {(ByHour ? "by hour" : "plain")}, errors {Of.hourError:0.00} by hour, {Of.flatError:0.00} flat");
    }

    public void Save(BinaryWriter to)
    {
        to.Write(days);
        to.Write(spoke);
        to.Write(hourError);
        to.Write(flatError);
        Rhythm.Sparse(to, ByHour.Counts);
    }

    public static Youth Load(BinaryReader from)
    {
        var youth = new Youth();
        from.ReadBytes(Slots).CopyTo(youth.days, 0);
        from.ReadBytes(Slots).CopyTo(youth.spoke, 0);
        (youth.hourError, youth.flatError) = (from.ReadSingle(), from.ReadSingle());
        var counts = new float[Pauses.Bins];
        Rhythm.Sparse(from, counts);
        youth.ByHour.Restore(counts);
        return youth;
    }
}
