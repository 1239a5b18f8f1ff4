using System.Text;

namespace Andon.Intake.Normalise.Language;

/// <summary>
/// A time written as the author says: <c>yyyy MM dd MMM HH hh mm ss f… tt zzz</c> with literals between, as in .NET; <c>d</c> and <c>H</c> take one digit or two.
/// Without a format the usual ones are told apart by their looks.
/// </summary>
sealed class TimeFormat
{
    enum Part { Literal, Year, YearShort, Month, MonthName, Day, Hour, Hour12, Minute, Second, Fraction, HalfDay, Zone, Skip }

    readonly List<(Part Part, byte[] Text, int Digits)> parts = [];

    TimeFormat() { }

    public static TimeFormat? Compile(string format)
    {
        var made = new TimeFormat();
        for (var i = 0; i < format.Length;)
        {
            var c = format[i];
            var n = 1;
            while (i + n < format.Length && format[i + n] == c) n++;
            Part? part = c switch
            {
                'y' => n == 2 ? Part.YearShort : Part.Year,
                'M' => n >= 3 ? Part.MonthName : Part.Month,
                'd' => n >= 3 ? Part.Skip : Part.Day,
                'H' => Part.Hour, 'h' => Part.Hour12, 'm' => Part.Minute, 's' => Part.Second, 'f' => Part.Fraction, 't' => Part.HalfDay, 'z' => Part.Zone,
                _ => null,
            };
            if (part is null && char.IsAsciiLetter(c) && c is not ('T' or 'Z')) return null;
            made.parts.Add((part ?? Part.Literal, part is null ? Encoding.UTF8.GetBytes(format.Substring(i, n)) : [], n));
            i += n;
        }
        return made.parts.Count == 0 ? null : made;
    }

    public bool TryRead(ReadOnlySpan<byte> s, long nearMs, out long ms, out bool zoneKnown, out bool yearKnown)
    {
        ms = 0;
        zoneKnown = yearKnown = false;
        int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = 0, zone = 0, half = -1, i = 0;
        foreach (var (part, text, digits) in parts)
        {
            switch (part)
            {
                case Part.Literal:
                    // One blank in the format is any number of blanks.
                    if (text[0] == ' ')
                    {
                        if (i >= s.Length || s[i] != ' ') return false;
                        while (i < s.Length && s[i] == ' ') i++;
                    }
                    else if (!s[i..].StartsWith(text)) return false;
                    else i += text.Length;
                    break;
                case Part.Year:
                    if (!Take(s, ref i, 4, 4, out year)) return false;
                    yearKnown = true;
                    break;
                case Part.YearShort:
                    if (!Take(s, ref i, 2, 2, out year)) return false;
                    year += 2000;
                    yearKnown = true;
                    break;
                case Part.MonthName:
                    if (s.Length - i < 3 || (month = MonthOf(s.Slice(i, 3))) == 0) return false;
                    i += 3;
                    while (digits > 3 && i < s.Length && char.IsAsciiLetter((char)s[i])) i++;
                    break;
                case Part.Skip:
                    while (i < s.Length && char.IsAsciiLetter((char)s[i])) i++;
                    break;
                case Part.Month: if (!Take(s, ref i, digits, 2, out month)) return false; break;
                case Part.Day: if (!Take(s, ref i, digits, 2, out day)) return false; break;
                case Part.Hour or Part.Hour12: if (!Take(s, ref i, digits, 2, out hour)) return false; break;
                case Part.Minute: if (!Take(s, ref i, digits, 2, out minute)) return false; break;
                case Part.Second: if (!Take(s, ref i, digits, 2, out second)) return false; break;
                case Part.HalfDay:
                    if (s.Length - i < 2 || (s[i] | 0x20) is not ('a' or 'p')) return false;
                    half = (s[i] | 0x20) == 'p' ? 12 : 0;
                    i += 2;
                    break;
                case Part.Fraction:
                    var scale = 100;
                    while (i < s.Length && s[i] is >= (byte)'0' and <= (byte)'9')
                    {
                        fraction += (s[i++] - '0') * scale;
                        scale /= 10;
                    }
                    break;
                case Part.Zone:
                    if (!TryZone(s[i..], out zone, out var used)) return false;
                    i += used;
                    zoneKnown = true;
                    break;
            }
        }
        if (i != s.Length) return false;
        if (half >= 0) hour = hour % 12 + half;
        if (!yearKnown) year = Times.YearNear(month, day, nearMs);
        if (!Times.TryUtc(year, month, day, hour, minute, second, out ms)) return false;
        ms += fraction - zone * 60_000L;
        return true;
    }

    static int MonthOf(ReadOnlySpan<byte> name)
    {
        Span<byte> plain = [(byte)(name[0] & ~0x20), (byte)(name[1] | 0x20), (byte)(name[2] | 0x20)];
        return Times.Month(plain);
    }

    static bool Take(ReadOnlySpan<byte> s, ref int i, int min, int max, out int value)
    {
        value = 0;
        var n = 0;
        // A day or hour may be padded with a blank.
        while (min > 1 && n < min - 1 && i < s.Length && s[i] == ' ')
        {
            i++;
            n++;
        }
        var digits = 0;
        while (n < max && i < s.Length && s[i] is >= (byte)'0' and <= (byte)'9')
        {
            value = value * 10 + (s[i++] - '0');
            n++;
            digits++;
        }
        return digits > 0 && n >= Math.Min(min, max);
    }

    /// <summary>±hh[:mm], Z, UTC, GMT, and the few names that mean one offset wherever they are written.</summary>
    public static bool TryZone(ReadOnlySpan<byte> s, out int minutes, out int used)
    {
        minutes = 0;
        used = 0;
        if (s.IsEmpty) return false;
        if (s[0] is (byte)'+' or (byte)'-') return Times.TryOffset(s, out minutes, out used);
        if (s[0] is (byte)'Z' && (s.Length == 1 || !char.IsAsciiLetter((char)s[1])))
        {
            used = 1;
            return true;
        }
        var n = 0;
        while (n < s.Length && char.IsAsciiLetter((char)s[n])) n++;
        used = n;
        int? known = s[..n] switch
        {
            [(byte)'U', (byte)'T', (byte)'C'] or [(byte)'G', (byte)'M', (byte)'T'] => 0,
            [(byte)'C', (byte)'E', (byte)'T'] => 60,
            [(byte)'C', (byte)'E', (byte)'S', (byte)'T'] => 120,
            [(byte)'E', (byte)'S', (byte)'T'] => -300,
            [(byte)'E', (byte)'D', (byte)'T'] => -240,
            [(byte)'P', (byte)'S', (byte)'T'] => -480,
            [(byte)'P', (byte)'D', (byte)'T'] => -420,
            [(byte)'M', (byte)'S', (byte)'T'] => -420,
            [(byte)'M', (byte)'D', (byte)'T'] => -360,
            [(byte)'C', (byte)'D', (byte)'T'] => -300,
            [(byte)'C', (byte)'S', (byte)'T'] => -360,
            [(byte)'E', (byte)'E', (byte)'T'] => 120,
            [(byte)'E', (byte)'E', (byte)'S', (byte)'T'] => 180,
            [(byte)'J', (byte)'S', (byte)'T'] => 540,
            _ => null,
        };
        minutes = known ?? 0;
        // "UTC+2" and "GMT+0200": the offset follows.
        if (known == 0 && n < s.Length && s[n] is (byte)'+' or (byte)'-' && Times.TryOffset(s[n..], out var more, out var length))
        {
            minutes = more;
            used += length;
        }
        return known is not null;
    }

    static readonly TimeFormat[] Usual =
    [
        .. new[]
        {
            "MMM d yyyy HH:mm:ss", "MMM d HH:mm:ss.f", "MMM d yyyy HH:mm:ss.f", "MMM d yyyy HH:mm:ss.f zzz", "MMM d yyyy HH:mm:ss zzz", "yyyy MMM d HH:mm:ss", "yyyy MMM d HH:mm:ss.f", "yyyy MMM d HH:mm:ss zzz", "yyyy MMM d HH:mm:ss.f zzz",
            "MMM d HH:mm:ss zzz", "MMM d HH:mm:ss.f zzz", "yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd HH:mm:ss.f", "yyyy/MM/dd HH:mm:ss zzz", "ddd MMM d HH:mm:ss yyyy", "ddd MMM d HH:mm:ss.f yyyy", "ddd MMM d HH:mm:ss zzz yyyy", "ddd MMM d yyyy HH:mm:ss", "d MMM yyyy HH:mm:ss", "d MMM yyyy HH:mm:ss.f", "d-MMM-yyyy HH:mm:ss", "d-MMM-yyyy HH:mm:ss.f",
            "dd/MMM/yyyy:HH:mm:ss", "dd/MMM/yyyy HH:mm:ss", "ddd, d MMM yyyy HH:mm:ss zzz", "ddd, d MMM yyyy HH:mm:ss", "ddd d MMM yyyy HH:mm:ss", "ddMMMyyyy HH:mm:ss", "yyyy-MM-dd HH:mm:ss zzz", "yyyy-MM-dd HH:mm:ss.f zzz", "yyyyMMddHHmmss", "yyyyMMddTHHmmssZ", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "MMM d, yyyy, HH:mm:ss tt", "MMM dd, yyyy HH:mm:ss",
        }.Select(f => Compile(f) ?? throw new InvalidOperationException(f)),
    ];

    /// <summary>A whole value that is a time in one of the usual forms. Days and months in digits alone are read in the order year, month, day only.</summary>
    public static bool TryAny(ReadOnlySpan<byte> s, long nearMs, out long ms, out bool zoneKnown, out bool yearKnown)
    {
        yearKnown = true;
        if (Times.TryValue(s, out ms, out zoneKnown)) return true;
        if (Times.TryBsd(s, nearMs, out ms, out var used) && used == s.Length)
        {
            yearKnown = zoneKnown = false;
            return true;
        }
        if (Times.TryWeb(s, out ms) && s.Length <= 26) return zoneKnown = true;
        if (s.Length is < 10 or > 40) return false;
        foreach (var format in Usual)
            if (format.TryRead(s, nearMs, out ms, out zoneKnown, out yearKnown)) return true;
        return false;
    }

    public static int WriteIso(long ms, Span<byte> into)
    {
        var at = DateTime.UnixEpoch.AddMilliseconds(ms);
        return at.TryFormat(into, out var written, "yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture) ? written : 0;
    }
}
