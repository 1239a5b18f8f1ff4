namespace Andon.Intake.Sources.Silence;

/// <summary>Before its second week is over a source without like ones is judged by its pauses alone: the rates of its hours are not known yet.</summary>
sealed partial class Rhythm
{
    Youth? youth = new();

    public override string ToString() => FormattableString.Invariant($"{Beats} beats{(youth is null ? "" : $", young: {youth.By(LastMs - FirstMs, Limits.FalseAlarmsPerMonth, Clock)}")}");

    // A pause ends: how long it was in hours in which it speaks.
    void YoungPause(long until, Calendar calendar)
    {
        if (youth is null) return;
        var minutes = 0.0;
        for (var at = LastMs; at < until;)
        {
            var (length, share) = YoungHour(at, until, calendar, youth.ByHours);
            minutes += share * length / 60_000;
            at += length;
        }
        youth.ByHour.Add(minutes);
    }

    // The rest of that hour and how sure it is that the stream speaks in it: where it spoke last it does.
    (long Length, double Share) YoungHour(long at, long until, Calendar calendar, in Youth.Judge judge)
    {
        var local = calendar.Local(at);
        return (Math.Min(until - at, Calendar.HourMs - local % Calendar.HourMs), at == LastMs ? 1 : judge.Share(Cell(local, calendar)));
    }

    /// <summary>The pause in minutes that is told in its first fortnight, and whether only hours in which it speaks count; null when it is older, or has like ones.</summary>
    public (double Minutes, bool ByHour)? YoungLimit(double perMonth, Rhythm? like)
    {
        var ageMs = LastMs - FirstMs;
        if (youth is null || like is not null || ageMs >= YouthMs) return null;
        var judge = youth.By(ageMs, perMonth, Clock);
        return (Math.Max(judge.Minutes, Youth.NewHabitMin(ageMs, perMonth)), judge.ByHour);
    }

    Silence? Young(Calendar calendar, double perMonth, long horizonMs)
    {
        var ageMs = LastMs - FirstMs;
        if (youth is null) return null;
        var judge = youth.By(ageMs, perMonth, Clock);
        var left = Math.Max(judge.Minutes, Youth.NewHabitMin(ageMs, perMonth));
        for (var at = LastMs; at < horizonMs;)
        {
            var (length, share) = YoungHour(at, horizonMs, calendar, judge);
            var minutes = share * length / 60_000;
            if (left <= minutes) return new(LastMs, at + (long)(left / share * 60_000), 0, NotBegun: false);
            left -= minutes;
            at += length;
        }
        return null;
    }
}
