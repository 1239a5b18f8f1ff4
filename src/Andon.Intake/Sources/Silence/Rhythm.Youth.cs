namespace Andon.Intake.Sources.Silence;

/// <summary>Before its second week is over a source is judged by its longest pause alone: its hours are not known yet.</summary>
sealed partial class Rhythm
{
    /// <summary>However short its pauses were: people go home at another hour than yesterday.</summary>
    const long YoungMsMin = 3 * Calendar.HourMs;
    /// <summary>A job of an hour may come again in a week.</summary>
    const long FirstHoursMs = 2 * Calendar.HourMs;
    const double NearShare = 0.125;

    // Pauses about as long as the longest one.
    int near;

    void Longest(long pauseMs)
    {
        if (pauseMs > 2 * longestMs) near = 0;
        longestMs = Math.Max(longestMs, pauseMs);
        if (pauseMs >= NearShare * longestMs) near++;
    }

    /// <summary>
    /// Some times its longest pause, in hours of the day that were seen before: of its first weekend nothing is known. That the next pause is
    /// k times the longest of n grows rarer as n to the k, so a tenth of the budget is about once more the longest pause.
    /// </summary>
    Silence? Young(Calendar calendar, double perMonth, long horizonMs)
    {
        var first = LastMs - FirstMs < FirstDaysMs;
        if (LastMs - FirstMs < FirstHoursMs || (first && near < 3)) return null;
        // The fewer there were about as long, the less the longest says.
        var times = (!first ? 2 : near < 6 ? 6 : near < 12 ? 4 : 3) + Math.Clamp(Math.Log10(Limits.FalseAlarmsPerMonth / perMonth), -0.5, 6);
        var left = Math.Max(YoungMsMin, (long)(times * longestMs));
        for (var at = LastMs; at < horizonMs;)
        {
            var local = calendar.Local(at);
            var length = Math.Min(horizonMs - at, Calendar.HourMs - local % Calendar.HourMs);
            if (SameHour(Calendar.HourOf(local)).Hours > 0)
            {
                if (left <= length) return new(LastMs, at + left, 0, NotBegun: false);
                left -= length;
            }
            at += length;
        }
        return null;
    }
}
