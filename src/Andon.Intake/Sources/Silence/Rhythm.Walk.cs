namespace Andon.Intake.Sources.Silence;

sealed partial class Rhythm
{
    /// <summary>A day of work without a beat is no chance when so many bursts were due.</summary>
    const double QuietDayDue = 10, QuietDayShare = 0.1;
    /// <summary>Who spoke as often as in half an hour at work is at work.</summary>
    const double WorksHours = 0.5;

    /// <summary>A day on which everybody rested, to be met again next year: by its date, or by its distance from Easter.</summary>
    readonly record struct QuietDay(byte Month, byte Day, short Easter, short Year);

    /// <summary>Goes over a pause hour by hour and sums up what was due: all of it, and from the first rest on.</summary>
    struct Walk(Rhythm rhythm, Calendar calendar, Rhythm? like, long from)
    {
        int cell = -1;
        double rate;

        public long At { get; private set; } = from;
        public double Due { get; private set; }
        public double StartDue { get; private set; }
        public double UntilRest { get; private set; }
        /// <summary>The pause reaches into a rest.</summary>
        public bool AtRest { get; private set; }
        /// <summary>When, after that rest, it should have begun.</summary>
        public long? WorkMs { get; private set; }
        public long LocalAt => calendar.Local(At);

        public int Cell { get { Look(); return cell; } }
        public double Rate { get { Look(); return rate; } }
        public bool RestHere { get { Look(); return rhythm.Rests(rate); } }

        /// <summary>On to the next full hour, at most until then; tells how far that was.</summary>
        public long Advance(long until)
        {
            Look();
            var local = LocalAt;
            var length = Math.Min(until - At, Calendar.HourMs - local % Calendar.HourMs);
            if (!AtRest && rhythm.Rests(rate)) (AtRest, UntilRest) = (true, Due);
            else if (AtRest && WorkMs is null && !rhythm.Rests(rate)) WorkMs = At;
            var due = rate * length / Calendar.HourMs;
            Due += due;
            if (AtRest) StartDue += due;
            At += length;
            cell = -1;
            return length;
        }

        void Look()
        {
            if (cell >= 0) return;
            cell = rhythm.Cell(LocalAt, calendar);
            rate = rhythm.Rate(cell, like);
        }
    }

    /// <summary>
    /// A day of work on which next to nothing came: people were away. It is remembered by name, and says nothing of how late a day begins.
    /// </summary>
    void EndDay()
    {
        if (todayDue > 0)
        {
            var midnight = today * Calendar.DayMs;
            if (todayDue >= QuietDayDue * Dispersion && todayBeats < QuietDayShare * todayDue && allHours >= Calendar.Hours && quiet.Count < Limits.QuietDaysMax && WorksOn(midnight))
            {
                var date = Calendar.DateOf(midnight);
                quiet.RemoveAll(q => (q.Month == date.Month && q.Day == date.Day) || q.Year < date.Year - 1);
                quiet.Add(new((byte)date.Month, (byte)date.Day, (short)Calendar.FromEaster(date), (short)date.Year));
                quietDue += todayDue;
                spell = -1;
            }
            else
            {
                foreach (var start in todayStarts) Starts.Add(start);
                foreach (var pause in todayPauses) Within.Add(pause);
                foreach (var minutes in todayLate) Late.Add(minutes);
            }
        }
        beginnings = Starts.Count >= StartsMin ? Starts.Limit(1, months, null, Pauses.ShapeMin) : 0;
        ends = Ends.Count >= EndsMin ? Ends.Limit(1, months, null, Pauses.ShapeMin) : 0;
        double sum = 0, squares = 0;
        for (var cell = 0; cell < Calendar.Hours; cell++)
        {
            var rate = Rate(cell, null);
            sum += rate;
            squares += rate * rate;
        }
        atWork = sum > 0 ? squares / sum : 0;
        todayStarts.Clear();
        todayPauses.Clear();
        todayLate.Clear();
        (todayDue, todayBeats) = (0, 0);
    }

    // Seen at work on that day of the week before: what is due on its first weekends is only what nobody knows yet.
    bool WorksOn(long midnight)
    {
        var first = Calendar.HourOf(midnight);
        var seen = 0.0;
        for (var cell = first; cell < first + 24; cell++) if (hours[cell] > 0.5) seen += beats[cell] / hours[cell];
        return seen >= QuietDayDue;
    }

    bool KnownQuiet(long local)
    {
        var date = Calendar.DateOf(local);
        int? easter = null;
        foreach (var day in quiet)
        {
            if (day.Year >= date.Year) continue;
            if (day.Month == date.Month && day.Day == date.Day) return true;
            if (Math.Abs((int)day.Easter) <= 60 && day.Easter == (easter ??= Calendar.FromEaster(date))) return true;
        }
        return false;
    }

    // Snapshot ------------------------------------------------------------------------------------------------

    public void Save(BinaryWriter to)
    {
        to.Write(FirstMs);
        to.Write(LastMs);
        to.Write(Beats);
        to.Write(week);
        to.Write(hourAt);
        to.Write(hourBeats);
        to.Write(longestMs);
        to.Write(residual);
        to.Write(expected);
        to.Write(told);
        to.Write(ofCell);
        to.Write(ofDay);
        to.Write(ofMean);
        to.Write(flat);
        to.Write(months);
        to.Write(clockMonths);
        to.Write(sinceRest);
        to.Write(beginnings);
        to.Write(ends);
        to.Write(atWork);
        to.Write(spell);
        to.Write(beatsSinceRest);
        to.Write(today);
        to.Write(todayDue);
        to.Write(todayBeats);
        foreach (var list in new[] { todayStarts, todayPauses, todayLate })
        {
            to.Write(list.Count);
            foreach (var pause in list) to.Write(pause);
        }
        Sparse(to, beats);
        Sparse(to, hours);
        Sparse(to, Within.Counts);
        Sparse(to, Ends.Counts);
        Sparse(to, Starts.Counts);
        Sparse(to, Late.Counts);
        Sparse(to, Clock.Counts);
        to.Write(quiet.Count);
        foreach (var day in quiet)
        {
            to.Write(day.Month);
            to.Write(day.Day);
            to.Write(day.Easter);
            to.Write(day.Year);
        }
        to.Write(youth is not null);
        youth?.Save(to);
    }

    public static Rhythm Load(BinaryReader from)
    {
        var r = new Rhythm { FirstMs = from.ReadInt64(), LastMs = from.ReadInt64(), Beats = from.ReadInt64(), week = from.ReadInt64(), hourAt = from.ReadInt64(), hourBeats = from.ReadInt32(), longestMs = from.ReadInt64() };
        r.residual = from.ReadSingle();
        r.expected = from.ReadSingle();
        r.told = from.ReadSingle();
        r.ofCell = from.ReadSingle();
        r.ofDay = from.ReadSingle();
        r.ofMean = from.ReadSingle();
        r.flat = from.ReadBoolean();
        r.months = from.ReadDouble();
        r.clockMonths = from.ReadDouble();
        r.sinceRest = from.ReadDouble();
        r.beginnings = from.ReadDouble();
        r.ends = from.ReadDouble();
        r.atWork = from.ReadDouble();
        r.spell = from.ReadDouble();
        r.beatsSinceRest = from.ReadInt64();
        r.today = from.ReadInt64();
        r.todayDue = from.ReadDouble();
        r.todayBeats = from.ReadInt32();
        foreach (var list in new[] { r.todayStarts, r.todayPauses, r.todayLate })
            for (var i = from.ReadInt32(); i > 0; i--) list.Add(from.ReadSingle());
        Sparse(from, r.beats);
        Sparse(from, r.hours);
        var counts = new float[Pauses.Bins];
        foreach (var pauses in new[] { r.Within, r.Ends, r.Starts, r.Late, r.Clock })
        {
            Sparse(from, counts);
            pauses.Restore(counts);
        }
        for (var i = from.ReadInt32(); i > 0; i--) r.quiet.Add(new(from.ReadByte(), from.ReadByte(), from.ReadInt16(), from.ReadInt16()));
        r.youth = from.ReadBoolean() ? Youth.Load(from) : null;
        r.allBeats = r.beats.Sum();
        r.allHours = r.hours.Sum();
        return r;
    }

    // Most hours of most streams hold nothing.
    public static void Sparse(BinaryWriter to, float[] values)
    {
        to.Write((byte)values.Count(v => v != 0));
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] == 0) continue;
            to.Write((byte)i);
            to.Write(values[i]);
        }
    }

    public static void Sparse(BinaryReader from, float[] values)
    {
        Array.Clear(values);
        for (var n = from.ReadByte(); n > 0; n--) values[from.ReadByte()] = from.ReadSingle();
    }
}
