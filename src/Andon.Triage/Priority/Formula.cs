using Andon.Model;

namespace Andon.Triage.Priority;

/// <summary>The formulas of docs/decisions/0005-priority.md, each on its own.</summary>
internal static class Formula
{
    /// <summary>Half-life of evidence.</summary>
    public const double HalfLifeMs = 12 * Limits.Hour;
    public const double WeightMax = 0.95;

    public static double Base(Level level) => level switch
    {
        Level.Informational => 0.2, Level.Low => 0.35, Level.Medium => 0.5, Level.High => 0.65, _ => 0.8,
    };

    /// <summary>
    /// u: how unexpected the rule is on this entity and anywhere; hours counted are closed ones, before the event's own. A rule that comes
    /// to a new entity every other hour surprises no more by coming to this one: its hours with a newcomer bound the first part.
    /// </summary>
    public static double Surprise(int activeOnEntity, int activeOnNewcomers, int activeAnywhere, int observed) =>
        Surprise(Chance(Math.Max(activeOnEntity, activeOnNewcomers), observed), Chance(activeAnywhere, observed));

    /// <summary>The same from the chances themselves.</summary>
    public static double Surprise(double onEntity, double anywhere) => Math.Min(1, (Bits(onEntity) + Bits(anywhere)) / 2 / 7);

    /// <summary>The second part alone: how unexpected the rule is on any entity.</summary>
    public static double SurpriseAnywhere(double anywhere) => Math.Min(1, Bits(anywhere) / 7);

    /// <summary>The chance that any one hour has it.</summary>
    public static double Chance(int active, int observed) => (Math.Min(active, observed) + 0.5) / (observed + 1);

    /// <summary>
    /// The chance that this hour of the day has it, by how many of the days watched had it then or an hour beside. Two days are lent to the
    /// chance of any hour, so that one coincidence makes no habit; and the three hours looked at are counted back to one, so that what
    /// keeps no time of day gets the chance of any hour.
    /// </summary>
    public static double ChanceDaily(int days, int watched, double hourly)
    {
        var within = (days + DaysLent * (1 - Math.Pow(1 - hourly, HoursBeside))) / (watched + DaysLent);
        return 1 - Math.Pow(1 - within, 1.0 / HoursBeside);
    }

    const int HoursBeside = 3;
    const double DaysLent = 2;

    static double Bits(double chance) => -Math.Log2(chance);

    public static double Weight(double b, double rho, double u) => Math.Min(WeightMax, b * rho * (0.05 + 0.95 * u * u));

    public static double Lambda(double weight) => -Math.Log(1 - weight);

    /// <summary>K: tactics met, and whether they advance in time.</summary>
    public static double Stage(int tactics, bool inOrder) => Math.Min(2, 1 + 0.25 * Math.Max(0, tactics - 1)) + (inOrder ? 0.25 : 0);

    public static double Decay(long fromMs, long toMs) => Math.Pow(2, -(toMs - fromMs) / HalfLifeMs);

    /// <summary>ln(e^L - 1), exact for very small and very large L.</summary>
    public static double LnOdds(double l) => l switch
    {
        <= 0 => double.NegativeInfinity,
        < 1e-4 => Math.Log(l) + l / 2 + l * l / 24,
        _ => l + Math.Log(1 - Math.Exp(-l)),
    };

    public static double LnOdds(double l, double k, double i, double x) => LnOdds(l) + Math.Log(k) + Math.Log(i) + Math.Log(x);

    /// <summary>When a priority that only decays from here on falls below so many points.</summary>
    public static long UnderAt(PriorityWhy why, long atMs, double points)
    {
        var least = Math.Log(1 + points / (100 - points) / (why.K * why.I * why.X));
        return why.L <= least ? atMs : atMs + (long)(HalfLifeMs * Math.Log2(why.L / least));
    }

    /// <summary>P, 0 to 100.</summary>
    public static double Points(double lnOdds) => 100 / (1 + Math.Exp(-lnOdds));
}
