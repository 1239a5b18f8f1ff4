namespace Andon.Tests.Intake.Traces;

/// <summary>Times at which one source speaks, Unix milliseconds, in order.</summary>
/// <param name="Kind">What kind of life it leads.</param>
/// <param name="TrainDays">Cut points lie after so many days.</param>
public sealed record Trace(string Kind, string Source, long FromMs, long ToMs, long[] Times, double TrainDays = 60)
{
    /// <summary>Days on which nothing can be expected although the week says so.</summary>
    public IReadOnlyList<DateOnly> Holidays { get; init; } = [];
}

/// <summary>Years in the life of sources, made by a seed: no two have the same rates, hours or habits.</summary>
public static class TraceMaker
{
    const long Second = 1000, Minute = 60 * Second, Hour = 60 * Minute, Day = 24 * Hour;
    /// <summary>2024-01-01, a Monday.</summary>
    public const long Start = 1_704_067_200_000;

    public static readonly string[] Kinds = ["steady", "sparse", "office", "holidays", "nightly", "weekly", "bursty", "drift"];

    public static Trace Make(string kind, int seed)
    {
        var random = new Random(seed * 7919 + kind.Length * 31 + kind[0]);
        var days = kind == "holidays" ? 2 * 365 : 365;
        var to = Start + days * Day;
        IReadOnlyList<DateOnly> holidays = kind == "holidays" ? [.. new[] { 2024, 2025 }.SelectMany(y => Fixed.Select(d => new DateOnly(y, d.Month, d.Day)).Concat(Moving(y)))] : [];
        var times = kind switch
        {
            "steady" => Poisson(random, to, Steady(random)),
            "sparse" => Poisson(random, to, Flat(Pick(random, 2.0, 12) / 24)),
            "office" => Office(random, to, holidays),
            "holidays" => Office(random, to, holidays),
            "nightly" => Jobs(random, to, everyDays: 1, hour: random.Next(0, 6), jitterMin: Pick(random, 2, 15), events: random.Next(100, 800), minutes: Pick(random, 5, 40)),
            "weekly" => Jobs(random, to, everyDays: 7, hour: random.Next(0, 24), jitterMin: Pick(random, 2, 20), events: random.Next(100, 800), minutes: Pick(random, 10, 60)),
            "bursty" => Bursty(random, to),
            "drift" => Poisson(random, to, Drift(random)),
            _ => throw new ArgumentException(kind),
        };
        return new(kind, $"{kind}-{seed}", Start, to, times, kind == "weekly" ? 120 : 60) { Holidays = holidays };
    }

    /// <summary>A group of like servers; the last one appears late.</summary>
    public static IReadOnlyList<Trace> Group(int seed, int members, int bornDay)
    {
        var random = new Random(seed * 104_729 + 5);
        var shape = Steady(random);
        var to = Start + 120 * Day;
        return [.. Enumerable.Range(0, members).Select(i =>
        {
            var scale = Pick(random, 0.5, 2);
            var from = i == members - 1 ? Start + bornDay * Day + (long)(Pick(random, 0, 1) * Day) : Start;
            return new Trace("new source", $"member-{seed}-{i}", from, to, [.. Poisson(random, to, (t, r) => shape(t, r) * scale).Where(t => t >= from)], 2);
        })];
    }

    /// <summary>Hosts behind one relay, each of them seldom heard.</summary>
    public static IReadOnlyList<Trace> Relay(int seed, int hosts)
    {
        var random = new Random(seed * 15_485_863 + 3);
        var to = Start + 90 * Day;
        return [.. Enumerable.Range(0, hosts).Select(i =>
        {
            var own = Steady(random);
            var scale = 0.03 * Pick(random, 0.5, 2);
            return new Trace("relay", $"host-{seed}-{i}", Start, to, Poisson(random, to, (t, r) => own(t, r) * scale), 30);
        })];
    }

    delegate double RateAt(long ms, Random random);

    static double Pick(Random random, double from, double to) => from + random.NextDouble() * (to - from);

    static RateAt Flat(double perHour) => (_, _) => perHour;

    static RateAt Steady(Random random)
    {
        var (peak, night, phase) = (Pick(random, 60, 240), Pick(random, 0.3, 0.9), Pick(random, -2, 2));
        return (ms, _) => peak * (night + (1 - night) * (0.5 + 0.5 * Math.Cos((ms % Day / (double)Hour - 14 - phase) * Math.PI / 12)));
    }

    static RateAt Drift(Random random)
    {
        var (steady, end, shift) = (Steady(random), Pick(random, 0.1, 0.4), Pick(random, 3, 8));
        return (ms, r) =>
        {
            var part = (ms - Start) / (365.0 * Day);
            return steady(ms + (long)(shift * part * Hour), r) * (1 + (end - 1) * part);
        };
    }

    static long[] Poisson(Random random, long to, RateAt rate)
    {
        var times = new List<long>();
        for (double t = Start; ;)
        {
            // Thinning, at three times an ordinary peak at most.
            const double Top = 500;
            t += -Math.Log(1 - random.NextDouble()) / Top * Hour;
            if (t >= to) return [.. times];
            if (random.NextDouble() < rate((long)t, random) / Top) times.Add((long)t);
        }
    }

    static long[] Office(Random random, long to, IReadOnlyList<DateOnly> holidays)
    {
        var (peak, stray, friday) = (Pick(random, 30, 200), Pick(random, 0, 0.3), Pick(random, 12, 17));
        var off = holidays.ToHashSet();
        var times = new List<long>();
        for (var day = Start; day < to; day += Day)
        {
            var weekday = (int)((day - Start) / Day % 7);
            var works = weekday < 5 && !off.Contains(DateOf(day));
            var (factor, begin, end) = (Math.Exp(0.25 * Normal(random)), 7.5 + 0.4 * Normal(random), (weekday == 4 ? friday : 17) + 0.5 * Normal(random));
            for (double t = day; ;)
            {
                const double Top = 1000;
                t += -Math.Log(1 - random.NextDouble()) / Top * Hour;
                if (t >= day + Day) break;
                var hour = (t - day) / Hour;
                var rate = works ? peak * factor / (1 + Math.Exp(-(hour - begin - 0.7) * 4)) / (1 + Math.Exp((hour - end) * 4)) * (hour is > 12 and < 13 ? 0.5 : 1) : 0;
                if (random.NextDouble() < Math.Min(1, (rate + stray) / Top)) times.Add((long)t);
            }
        }
        return [.. times];
    }

    static long[] Jobs(Random random, long to, int everyDays, int hour, double jitterMin, int events, double minutes)
    {
        var times = new List<long>();
        var at = random.Next(everyDays);
        for (var day = Start + at * Day; day < to; day += everyDays * Day)
        {
            var begin = day + hour * Hour + (long)(Math.Abs(Normal(random)) * jitterMin * Minute);
            var count = (int)(events * Math.Exp(0.3 * Normal(random)));
            var length = minutes * Math.Exp(0.2 * Normal(random)) * Minute;
            for (var i = 0; i < count; i++) times.Add(begin + (long)(random.NextDouble() * length));
        }
        times.Sort();
        return [.. times.Where(t => t < to)];
    }

    static long[] Bursty(Random random, long to)
    {
        var (perDay, mean, spacing) = (Pick(random, 4, 20), random.Next(20, 300), Pick(random, 1, 20));
        var times = new List<long>();
        for (double t = Start; t < to;)
        {
            t += -Math.Log(1 - random.NextDouble()) / perDay * Day;
            var count = 1 + (int)(-Math.Log(1 - random.NextDouble()) * mean);
            for (var i = 0; i < count && t < to; i++)
            {
                times.Add((long)t);
                t += -Math.Log(1 - random.NextDouble()) * spacing * Second;
            }
        }
        return [.. times.Where(t => t < to)];
    }

    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    static DateOnly DateOf(long ms) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime);

    static readonly (int Month, int Day)[] Fixed = [(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)];

    // Good Friday, Easter Monday, Ascension, Whit Monday of the two years.
    static IEnumerable<DateOnly> Moving(int year)
    {
        var easter = year == 2024 ? new DateOnly(2024, 3, 31) : new DateOnly(2025, 4, 20);
        return [easter.AddDays(-2), easter.AddDays(1), easter.AddDays(39), easter.AddDays(50)];
    }
}
