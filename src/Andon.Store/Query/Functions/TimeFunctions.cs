using System.Text;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>Time is UTC, in milliseconds. now() is one instant for the whole query. bin floors, also before 1970, from the year 1 as in Kusto.</summary>
internal static class TimeFunctions
{
    const long Day = 86_400_000;
    /// <summary>Milliseconds from 0001-01-01, a Monday, to 1970-01-01.</summary>
    internal const long Epoch = 62_135_596_800_000;

    public static readonly Function[] All =
    [
        new("now", 0, 1, "now([timespan]) → datetime", "The instant at which the query began.", a => Now(a, 1)),
        new("ago", 1, 1, "ago(timespan) → datetime", "That long before now().", a => Now(a, -1)),
        new("bin", 2, 2, "bin(value, size) → same type", "Rounded down to a multiple of size.", Bin),
        new("floor", 2, 2, "floor(value, size) → same type", "Like bin.", Bin),
        new("startofday", 1, 2, "startofday(datetime, [days]) → datetime", "Midnight before it.", a => Start(a, Day, 0, end: false)),
        new("startofhour", 1, 1, "startofhour(datetime) → datetime", "The full hour before it. Andon's own: Kusto has bin(x, 1h).", a => Start(a, 3_600_000, 0, end: false)),
        new("startofweek", 1, 2, "startofweek(datetime, [weeks]) → datetime", "The Sunday before it.", a => Start(a, 7 * Day, Day, end: false)),
        new("startofmonth", 1, 2, "startofmonth(datetime, [months]) → datetime", "The first of its month.", a => StartOf(a, "Month", end: false)),
        new("startofyear", 1, 2, "startofyear(datetime, [years]) → datetime", "The first of January of its year.", a => StartOf(a, "Year", end: false)),
        new("endofday", 1, 2, "endofday(datetime, [days]) → datetime", "The last millisecond of its day.", a => Start(a, Day, 0, end: true)),
        new("endofweek", 1, 2, "endofweek(datetime, [weeks]) → datetime", "The last millisecond of its week.", a => Start(a, 7 * Day, Day, end: true)),
        new("endofmonth", 1, 2, "endofmonth(datetime, [months]) → datetime", "The last millisecond of its month.", a => StartOf(a, "Month", end: true)),
        new("endofyear", 1, 2, "endofyear(datetime, [years]) → datetime", "The last millisecond of its year.", a => StartOf(a, "Year", end: true)),
        new("hourofday", 1, 1, "hourofday(datetime) → long", "0 to 23.", a => Part(a, "toHour")),
        new("dayofmonth", 1, 1, "dayofmonth(datetime) → long", "1 to 31.", a => Part(a, "toDayOfMonth")),
        new("dayofyear", 1, 1, "dayofyear(datetime) → long", "1 to 366.", a => Part(a, "toDayOfYear")),
        new("monthofyear", 1, 1, "monthofyear(datetime) → long", "1 to 12.", a => Part(a, "toMonth")),
        new("getmonth", 1, 1, "getmonth(datetime) → long", "1 to 12.", a => Part(a, "toMonth")),
        new("getyear", 1, 1, "getyear(datetime) → long", "The year.", a => Part(a, "toYear")),
        new("week_of_year", 1, 1, "week_of_year(datetime) → long", "The week by ISO 8601, 1 to 53.", a => Part(a, "toISOWeek")),
        new("weekofyear", 1, 1, "weekofyear(datetime) → long", "Like week_of_year.", a => Part(a, "toISOWeek")),
        new("datetime_part", 2, 2, "datetime_part(part, datetime) → long", "One part of it as a number.", DatePart),
        new("dayofweek", 1, 1, "dayofweek(datetime) → timespan", "Whole days since Sunday.", a => a.Time(0) is var t ? Asked.Make($"toInt64((toDayOfWeek({a.T(t)}) % 7) * {Day})", KType.TimeSpan, t.Nullable) : Sql.Unknown),
        new("datetime_diff", 3, 3, "datetime_diff(part, a, b) → long", "Borders of that part crossed from b to a.", Diff),
        new("datetime_add", 3, 3, "datetime_add(part, number, datetime) → datetime", "So many parts later.", Add),
        new("format_datetime", 2, 2, "format_datetime(datetime, format) → string", "yyyy MM dd HH mm ss fff and signs between.", Format),
        new("format_timespan", 2, 2, "format_timespan(timespan, format) → string", "d HH mm ss fff and signs between.", FormatSpan),
        new("make_timespan", 2, 4, "make_timespan([days], hours, minutes, [seconds]) → timespan", "From its parts; seconds may be a real number.", MakeSpan),
        new("bin_at", 3, 3, "bin_at(value, size, fixed) → same type", "Rounded down to a multiple of size, counted from a fixed value.", BinAt),
        new("ingestion_time", 0, 0, "ingestion_time() → datetime", "When the event came in: event.ingested.", a => a.Binder.Bind(new Name(a.Call.At, "event.ingested"))),
        new("unixtime_seconds_todatetime", 1, 1, "unixtime_seconds_todatetime(number) → datetime", "From Unix seconds.", a => FromUnix(a, 1000)),
        new("unixtime_milliseconds_todatetime", 1, 1, "unixtime_milliseconds_todatetime(number) → datetime", "From Unix milliseconds.", a => FromUnix(a, 1)),
        new("unixtime_microseconds_todatetime", 1, 1, "unixtime_microseconds_todatetime(number) → datetime", "From Unix microseconds.", a => FromUnix(a, -1000)),
        new("unixtime_nanoseconds_todatetime", 1, 1, "unixtime_nanoseconds_todatetime(number) → datetime", "From Unix nanoseconds.", a => FromUnix(a, -1_000_000)),
        new("make_datetime", 1, 7, "make_datetime(year, month, day, [hour, minute, second]) → datetime", "From its parts; null where there is no such day.", MakeTime),
    ];

    static Sql Now(Asked a, int sign)
    {
        if (a.Count == 0) return Sql.Constant(KType.DateTime, a.Binder.Compiler.Ask.NowMs);
        if (a.Of[0].Type.Kind != Kind.TimeSpan) return a.Fault(0, $"`{a.Call.Function}` wants a time span, not a {a.Of[0].Type.Name}.", "Write 1h, 7d, 30m.");
        if (a.Of[0] is { IsConstant: true, Value: long span }) return Sql.Constant(KType.DateTime, a.Binder.Compiler.Ask.NowMs + sign * span);
        return Asked.Make(SqlText.Instant($"{a.Binder.Parameters.Long(a.Binder.Compiler.Ask.NowMs)} {(sign > 0 ? '+' : '-')} {a.T(0)}"), KType.DateTime, a.Of[0].Nullable);
    }

    static string Floor(string ms, string size) => $"({ms} - ({ms} + {Epoch}) % {size})";

    static Sql Bin(Asked a)
    {
        var (of, size) = (a.Of[0], a.Of[1]);
        if (of.Type.Kind is Kind.Loose or Kind.Json) of = size.Type.Kind == Kind.TimeSpan ? a.Binder.AsTime(of) : a.Binder.AsReal(of);
        if (size is not { IsConstant: true } || size.Value is not (long or double)) return a.Binder.Fault("KQL014", a.At(1), "The size of a bin is a constant.", "Write 1h, 1d or a number.");
        if (size.Value is <= 0L or <= 0.0) return a.Fault(1, "The size of a bin is more than nothing.", "Write 1h, 1d or a number.");
        switch (of.Type.Kind, size.Type.Kind)
        {
            case (Kind.DateTime, Kind.TimeSpan):
                var step = (long)size.Value!;
                if (of is { IsConstant: true, Value: long at }) return Sql.Constant(KType.DateTime, at - (at + Epoch) % step);
                return Asked.Make(SqlText.Instant(Floor(SqlText.Ms(a.T(of)), a.Binder.Parameters.Long(step))), KType.DateTime, of.Nullable);
            case (Kind.TimeSpan, Kind.TimeSpan) or (Kind.Long, Kind.Long):
                var text = a.T(of);
                return Asked.Make($"({text} - positiveModulo({text}, {a.T(1)}))", of.Type, of.Nullable);
            case (Kind.Long or Kind.Real, Kind.Long or Kind.Real):
                return Asked.Make($"(floor({a.T(of)} / {a.T(1)}) * {a.T(1)})", KType.Real, of.Nullable);
        }
        return a.Fault(0, $"`bin` does not cut a {of.Type.Name} by a {size.Type.Name}.", "Datetimes are cut by spans, numbers by numbers.");
    }

    static Sql Start(Asked a, long size, long shift, bool end)
    {
        var time = a.Time(0);
        var by = a.Count == 2 ? a.ConstantLong(1, "The offset") ?? 0 : 0;
        var add = by * size - shift + (end ? size - 1 : 0);
        if (time is { IsConstant: true, Value: long at }) return Sql.Constant(KType.DateTime, at - (at + Epoch + shift) % size + shift + add);
        var ms = SqlText.Ms(a.T(time));
        // A week begins on Sunday; 0001-01-01 was a Monday, hence the shift of one day.
        return Asked.Make(SqlText.Instant($"{ms} - ({ms} + {Epoch + shift}) % {size} + {a.Binder.Parameters.Long(add + shift)}"), KType.DateTime, time.Nullable);
    }

    /// <summary>Rounded down to a multiple of size from a fixed value on, before it too.</summary>
    static Sql BinAt(Asked a)
    {
        var (of, size, from) = (a.Of[0], a.Of[1], a.Of[2]);
        if (of.Type.Kind is Kind.Loose or Kind.Json) of = from.Type.Kind == Kind.DateTime ? a.Binder.AsTime(of) : a.Binder.AsReal(of);
        if (size is not { IsConstant: true, Value: > 0L or > 0.0 }) return a.Binder.Fault("KQL014", a.At(1), "The size of a bin is a constant, more than nothing.", "Write 1h, 1d or a number.");
        switch (of.Type.Kind, size.Type.Kind, from.Type.Kind)
        {
            case (Kind.DateTime, Kind.TimeSpan, Kind.DateTime):
                var (x, y) = (SqlText.Ms(a.T(of)), SqlText.Ms(a.T(from)));
                return Asked.Make(SqlText.Instant($"{x} - positiveModulo({x} - {y}, {a.T(size)})"), KType.DateTime, of.Nullable || from.Nullable);
            case (Kind.TimeSpan, Kind.TimeSpan, Kind.TimeSpan) or (Kind.Long, Kind.Long, Kind.Long):
                return Asked.Make($"({a.T(of)} - positiveModulo({a.T(of)} - {a.T(from)}, {a.T(size)}))", of.Type, of.Nullable || from.Nullable);
            case (Kind.Long or Kind.Real, Kind.Long or Kind.Real, Kind.Long or Kind.Real):
                return Asked.Make($"({a.T(from)} + floor(({a.T(of)} - {a.T(from)}) / {a.T(size)}) * {a.T(size)})", KType.Real, of.Nullable || from.Nullable);
        }
        return a.Fault(0, $"`bin_at` does not cut a {of.Type.Name} by a {size.Type.Name} from a {from.Type.Name}.", "bin_at(timestamp, 1h, datetime(2026-03-02))");
    }

    static Sql StartOf(Asked a, string part, bool end)
    {
        var time = a.Time(0);
        var by = a.Count == 2 ? a.ConstantLong(1, "The offset") ?? 0 : 0;
        if (Math.Abs(by) > 12_000) return a.Fault(1, "The offset is too large.", "12,000 at most.");
        // The engine's own toStartOfMonth knows no day before 1970.
        var start = $"makeDateTime64(toYear({a.T(time)}), {(part == "Month" ? $"toMonth({a.T(time)})" : "1")}, 1, 0, 0, 0, 0, 3, 'UTC')";
        if (end) return Asked.Make(SqlText.Instant($"{SqlText.Ms($"add{part}s({start}, {a.Binder.Parameters.Long(by + 1)})")} - 1"), KType.DateTime, time.Nullable);
        return Asked.Make(by == 0 ? start : $"add{part}s({start}, {a.Binder.Parameters.Long(by)})", KType.DateTime, time.Nullable);
    }

    static Sql Part(Asked a, string function) => a.Time(0) is var time ? Asked.MakeLong($"{function}({a.T(time)})", time.Nullable) : Sql.Unknown;

    static string? Unit(Asked a)
    {
        if (a.ConstantText(0, "The part") is not { } part) return null;
        var unit = part.ToLowerInvariant();
        if (unit is "year" or "quarter" or "month" or "week" or "day" or "hour" or "minute" or "second" or "millisecond") return unit;
        a.Fault(0, $"'{part}' is no part of time here.", "year, quarter, month, week, day, hour, minute, second or millisecond.");
        return null;
    }

    static Sql Diff(Asked a)
    {
        if (Unit(a) is not { } unit) return Sql.Unknown;
        var (later, earlier) = (a.Time(1), a.Time(2));
        var (x, y) = (a.T(later), a.T(earlier));
        // The engine's weeks begin on Monday, Kusto's on Sunday.
        if (unit == "week") (x, y) = ($"addDays({x}, 1)", $"addDays({y}, 1)");
        return Asked.MakeLong($"dateDiff('{unit}', {y}, {x})", later.Nullable || earlier.Nullable);
    }

    static Sql Add(Asked a)
    {
        if (Unit(a) is not { } unit || a.ConstantLong(1, "The number") is not { } number) return Sql.Unknown;
        if (Math.Abs(number) > 100_000_000) return a.Fault(1, "The number is too large.", "100,000,000 at most.");
        var time = a.Time(2);
        return Asked.Make($"add{char.ToUpperInvariant(unit[0])}{unit[1..]}s({a.T(time)}, {a.Binder.Parameters.Long(number)})", KType.DateTime, time.Nullable);
    }

    /// <summary>A unit above 0 multiplies to milliseconds, one below 0 divides.</summary>
    static Sql FromUnix(Asked a, long unit)
    {
        var number = a.Number(0);
        var t = a.T(number);
        var ms = number.Type.Kind == Kind.Long ? unit > 0 ? $"{t} * {unit}" : $"intDiv({t} - positiveModulo({t}, {-unit}), {-unit})"
            : $"accurateCastOrNull(floor({t} {(unit > 0 ? "*" : "/")} {Math.Abs(unit)}), 'Int64')";
        return Asked.Make(SqlText.Instant(ms), KType.DateTime, number.Nullable || number.Type.Kind != Kind.Long);
    }

    static Sql MakeTime(Asked a)
    {
        if (a.Count == 1) return a.Binder.AsTime(a.Of[0]);
        if (a.Count == 2) return a.Binder.Fault("KQL012", a.Call.At, "`make_datetime` takes year, month and day.", "make_datetime(2026, 3, 2)");
        var parts = new Sql[6];
        for (var i = 0; i < 5; i++) parts[i] = i < a.Count ? a.Long(i) : Sql.Long(0);
        parts[5] = a.Count > 5 ? a.Binder.AsReal(a.Number(5)) : Sql.Constant(KType.Real, 0.0);
        if (parts.Any(p => p.Type.Kind == Kind.Unknown)) return Sql.Unknown;
        var (year, month, day, hour, minute, second) = (a.T(parts[0]), a.T(parts[1]), a.T(parts[2]), a.T(parts[3]), a.T(parts[4]), a.T(parts[5]));
        // The engine rolls 30 February over and clamps years; both are no date.
        var date = $"makeDateTime64({year}, {month}, {day}, 0, 0, 0, 0, 3, 'UTC')";
        var real = $"{year} BETWEEN 1900 AND 2299 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31 AND toDayOfMonth({date}) = {day} AND {hour} BETWEEN 0 AND 23 AND {minute} BETWEEN 0 AND 59 AND {second} >= 0 AND {second} < 60";
        var ms = $"{SqlText.Ms(date)} + {hour} * 3600000 + {minute} * 60000 + toInt64(floor({second} * 1000))";
        return Asked.Make($"if(ifNull({real}, false), {SqlText.Instant(ms)}, NULL)", KType.DateTime, nullable: true, 2);
    }

    static Sql MakeSpan(Asked a)
    {
        var days = a.Count == 4;
        var total = new List<string>();
        long[] units = days ? [Day, 3_600_000, 60_000, 1000] : [3_600_000, 60_000, 1000];
        var nullable = false;
        for (var i = 0; i < a.Count; i++)
        {
            var seconds = units[i] == 1000;
            var part = seconds ? a.Binder.AsReal(a.Number(i)) : a.Long(i);
            nullable |= part.Nullable;
            total.Add(seconds ? $"toInt64(floor({a.T(part)} * 1000))" : $"{a.T(part)} * {units[i]}");
        }
        return Asked.Make($"({string.Join(" + ", total)})", KType.TimeSpan, nullable);
    }

    static Sql DatePart(Asked a)
    {
        if (a.ConstantText(0, "The part") is not { } part) return Sql.Unknown;
        var time = a.Time(1);
        var t = a.T(time);
        var text = part.ToLowerInvariant() switch
        {
            "year" => $"toYear({t})",
            "quarter" => $"toQuarter({t})",
            "month" => $"toMonth({t})",
            "week_of_year" or "weekofyear" => $"toISOWeek({t})",
            "day" => $"toDayOfMonth({t})",
            "dayofyear" or "day_of_year" => $"toDayOfYear({t})",
            "hour" => $"toHour({t})",
            "minute" => $"toMinute({t})",
            "second" => $"toSecond({t})",
            "millisecond" => $"positiveModulo({SqlText.Ms(t)}, 1000)",
            "microsecond" => $"positiveModulo({SqlText.Ms(t)}, 1000) * 1000",
            "nanosecond" => $"positiveModulo({SqlText.Ms(t)}, 1000) * 1000000",
            _ => null,
        };
        return text is null ? a.Fault(0, $"'{part}' is no part of time here.", "year, quarter, month, week_of_year, day, dayofyear, hour, minute, second, millisecond.") : Asked.MakeLong(text, time.Nullable);
    }

    static Sql FormatSpan(Asked a)
    {
        if (a.ConstantText(1, "The format") is not { } format) return Sql.Unknown;
        var span = a.Of[0].Type.Kind == Kind.TimeSpan ? a.Of[0] : a.Of[0].Type.Kind is Kind.Loose or Kind.Json ? a.Binder.AsSpan(a.Of[0]) : a.Fault(0, $"`format_timespan` wants a timespan, not a {a.Of[0].Type.Name}.", "Subtract two datetimes, or use totimespan().");
        if (span.Type.Kind == Kind.Unknown) return span;
        var t = $"abs({a.T(span)})";
        var written = Pieces(a, format, (c, run) => (c, run) switch
        {
            ('d', <= 8) => $"leftPad(toString(intDiv({t}, {Day})), greatest({run}, length(toString(intDiv({t}, {Day})))), '0')",
            ('H' or 'h', <= 2) => Padded($"intDiv({t} % {Day}, 3600000)", run),
            ('m', <= 2) => Padded($"intDiv({t} % 3600000, 60000)", run),
            ('s', <= 2) => Padded($"intDiv({t} % 60000, 1000)", run),
            ('f' or 'F', <= 7) => Fraction($"{t} % 1000", c, run),
            _ => null,
        }, "d HH H mm m ss s fff, and signs between.");
        if (written is null) return Sql.Unknown;
        var text = $"concat(if({a.T(span)} < 0, '-', ''), {written})";
        return Asked.MakeText(span.Nullable ? $"ifNull({text}, '')" : text, 2);
    }

    /// <summary>A format cut into engine texts, joined; null after a finding.</summary>
    static string? Pieces(Asked a, string format, Func<char, int, string?> piece, string known)
    {
        var pieces = new List<string>();
        var plain = new StringBuilder();
        void Flush()
        {
            if (plain.Length == 0) return;
            pieces.Add(a.Binder.Parameters.String(plain.ToString()));
            plain.Clear();
        }
        for (var i = 0; i < format.Length;)
        {
            var c = format[i];
            var run = 1;
            while (i + run < format.Length && format[i + run] == c) run++;
            if (piece(c, run) is { } made)
            {
                Flush();
                pieces.Add(made);
            }
            else if (char.IsAsciiLetter(c) && c is not ('T' or 'Z'))
            {
                a.Fault(1, $"`{new string(c, run)}` is no part of this format.", known);
                return null;
            }
            else plain.Append(c, run);
            i += run;
        }
        Flush();
        return pieces.Count == 0 ? "''" : pieces.Count == 1 ? $"toString({pieces[0]})" : $"concat({string.Join(", ", pieces)})";
    }

    static Sql Format(Asked a)
    {
        if (a.ConstantText(1, "The format") is not { } format) return Sql.Unknown;
        var time = a.Time(0);
        var t = a.T(time);
        var text = Pieces(a, format, (c, run) => (c, run) switch
        {
            ('y', 4) => $"leftPad(toString(toYear({t})), 4, '0')",
            ('y', <= 2) => Padded($"toYear({t}) % 100", run),
            ('M', <= 2) => Padded($"toMonth({t})", run),
            ('d', <= 2) => Padded($"toDayOfMonth({t})", run),
            ('H', <= 2) => Padded($"toHour({t})", run),
            ('h', <= 2) => Padded($"(toHour({t}) + 11) % 12 + 1", run),
            ('m', <= 2) => Padded($"toMinute({t})", run),
            ('s', <= 2) => Padded($"toSecond({t})", run),
            ('f' or 'F', <= 7) => Fraction($"positiveModulo({SqlText.Ms(t)}, 1000)", c, run),
            ('t', <= 2) => $"substring(if(toHour({t}) < 12, 'AM', 'PM'), 1, {run})",
            _ => null,
        }, "yyyy yy MM M dd d HH H hh h mm m ss s fff tt, and signs between.");
        if (text is null) return Sql.Unknown;
        return text == "''" ? Sql.String("") : Asked.MakeText(time.Nullable ? $"ifNull({text}, '')" : text, 2);
    }

    /// <summary>Digits of the fraction; F leaves zeros at the end out.</summary>
    static string Fraction(string ms, char c, int digits)
    {
        var text = $"substring(concat(leftPad(toString({ms}), 3, '0'), '0000'), 1, {digits})";
        return c == 'f' ? text : $"replaceRegexpOne({text}, '0+$', '')";
    }

    static string Padded(string number, int digits) => digits == 1 ? $"toString({number})" : $"leftPad(toString({number}), 2, '0')";
}
