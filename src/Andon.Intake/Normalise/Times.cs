using System.Buffers.Text;

namespace Andon.Intake.Normalise;

/// <summary>Reads the times that logs write, without allocating. All results are Unix milliseconds, UTC.</summary>
static class Times
{
    const long AheadMsMax = 7 * 24 * 3600 * 1000L;

    /// <summary><c>2026-03-02T08:00:00[.fff…][Z|±hh[:]mm]</c>, a space or T between; without a zone UTC is assumed and said.</summary>
    public static bool TryIso(ReadOnlySpan<byte> s, out long ms, out bool zoneKnown, out int used)
    {
        ms = 0;
        zoneKnown = false;
        used = 0;
        if (s.Length < 19 || s[4] != '-' || s[7] != '-' || s[10] is not ((byte)'T' or (byte)' ' or (byte)'t') || s[13] != ':' || s[16] != ':') return false;
        if (!Digits(s[..4], out var year) || !Digits(s.Slice(5, 2), out var month) || !Digits(s.Slice(8, 2), out var day)) return false;
        if (!Digits(s.Slice(11, 2), out var hour) || !Digits(s.Slice(14, 2), out var minute) || !Digits(s.Slice(17, 2), out var second)) return false;
        if (!TryUtc(year, month, day, hour, minute, second, out ms)) return false;
        var at = 19;
        if (at < s.Length && s[at] is (byte)'.' or (byte)',')
        {
            at++;
            var scale = 100;
            while (at < s.Length && s[at] is >= (byte)'0' and <= (byte)'9')
            {
                ms += (s[at++] - '0') * scale;
                scale /= 10;
            }
        }
        if (at < s.Length && s[at] is (byte)'Z' or (byte)'z')
        {
            at++;
            zoneKnown = true;
        }
        else if (at + 2 < s.Length && s[at] is (byte)'+' or (byte)'-' && TryOffset(s[at..], out var minutes, out var length))
        {
            ms -= minutes * 60_000L;
            at += length;
            zoneKnown = true;
        }
        used = at;
        return true;
    }

    /// <summary>A whole value that is a time: ISO, or seconds, milliseconds, microseconds, nanoseconds since 1970.</summary>
    public static bool TryValue(ReadOnlySpan<byte> s, out long ms, out bool zoneKnown)
    {
        if (TryIso(s, out ms, out zoneKnown, out var used)) return used == s.Length;
        zoneKnown = true;
        ms = 0;
        if (s.Length is < 9 or > 30 || s[0] is < (byte)'0' or > (byte)'9') return false;
        if (!Utf8Parser.TryParse(s, out decimal number, out used) || used != s.Length) return false;
        var value = number switch
        {
            < 100_000_000_000m => number * 1000,
            < 100_000_000_000_000m => number,
            < 100_000_000_000_000_000m => number / 1000,
            // 18 digits are Windows file time, tenths of microseconds since 1601: as nanoseconds they would be before 2001.
            < 1_000_000_000_000_000_000m => number / 10_000 - 11_644_473_600_000m,
            _ => number / 1_000_000,
        };
        if (value > 253_402_300_799_999m) return false;
        ms = (long)value;
        return true;
    }

    /// <summary>
    /// RFC 3164 <c>Mmm dd hh:mm:ss</c>; the year is the one that puts it nearest to <paramref name="nearMs"/>, but not more than a week after it:
    /// an old log that is read in November and says March is from this year, not from the next.
    /// </summary>
    public static bool TryBsd(ReadOnlySpan<byte> s, long nearMs, out long ms, out int used)
    {
        ms = 0;
        used = 0;
        // Some write a day of one digit without the blank that RFC 3164 wants before it.
        var narrow = s.Length > 5 && s[5] == ' ' && s[4] != ' ' ? 1 : 0;
        if (s.Length < 15 - narrow || s[3] != ' ') return false;
        var clock = s[(7 - narrow)..];
        if (clock[2] != ':' || clock[5] != ':') return false;
        var month = Month(s[..3]);
        if (month == 0) return false;
        var day = narrow == 1 ? s[4] - '0' : s[4] == ' ' ? s[5] - '0' : Digits(s.Slice(4, 2), out var d) ? d : -1;
        if (day is < 1 or > 31 || (narrow == 1 && day > 9) || s[6 - narrow] != ' ') return false;
        if (!Digits(clock[..2], out var hour) || !Digits(clock.Slice(3, 2), out var minute) || !Digits(clock.Slice(6, 2), out var second)) return false;
        var year = DateTimeOffset.FromUnixTimeMilliseconds(nearMs).Year;
        var found = false;
        for (var y = year - (month == 2 && day == 29 ? 4 : 1); y <= year + 1; y++)
        {
            if (!TryUtc(y, month, day, hour, minute, second, out var candidate)) continue; // 29 February
            if (found && candidate > nearMs + AheadMsMax) continue;
            if (found && Math.Abs(candidate - nearMs) >= Math.Abs(ms - nearMs)) continue;
            ms = candidate;
            found = true;
        }
        used = 15 - narrow;
        return found;
    }

    /// <summary>The year that puts this day nearest to a moment, but not more than a week after it.</summary>
    public static int YearNear(int month, int day, long nearMs)
    {
        var year = DateTimeOffset.FromUnixTimeMilliseconds(nearMs).Year;
        var (best, distance) = (year, long.MaxValue);
        for (var y = year - (month == 2 && day == 29 ? 4 : 1); y <= year + 1; y++)
        {
            if (!TryUtc(y, month, day, 0, 0, 0, out var candidate) || (distance != long.MaxValue && candidate > nearMs + AheadMsMax)) continue;
            if (Math.Abs(candidate - nearMs) < distance) (best, distance) = (y, Math.Abs(candidate - nearMs));
        }
        return best;
    }

    /// <summary>Web server <c>10/Oct/2000:13:55:36 -0700</c>.</summary>
    public static bool TryWeb(ReadOnlySpan<byte> s, out long ms)
    {
        ms = 0;
        if (s.Length > 2 && s[1] == '/')
        {
            // Some write the day without its zero.
            Span<byte> padded = stackalloc byte[40];
            padded[0] = (byte)'0';
            var length = Math.Min(s.Length, 39);
            s[..length].CopyTo(padded[1..]);
            return TryWeb(padded[..(length + 1)], out ms);
        }
        if (s.Length < 26 || s[2] != '/' || s[6] != '/' || s[11] != ':' || s[14] != ':' || s[17] != ':' || s[20] != ' ') return false;
        var month = Month(s.Slice(3, 3));
        if (month == 0 || !Digits(s[..2], out var day) || !Digits(s.Slice(7, 4), out var year)) return false;
        if (!Digits(s.Slice(12, 2), out var hour) || !Digits(s.Slice(15, 2), out var minute) || !Digits(s.Slice(18, 2), out var second)) return false;
        if (!TryUtc(year, month, day, hour, minute, second, out ms) || !TryOffset(s[21..], out var minutes, out _)) return false;
        ms -= minutes * 60_000L;
        return true;
    }

    public static int Month(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < 12; i++)
            if ("JanFebMarAprMayJunJulAugSepOctNovDec"u8.Slice(i * 3, 3).SequenceEqual(name)) return i + 1;
        return 0;
    }

    public static bool TryUtc(int year, int month, int day, int hour, int minute, int second, out long ms)
    {
        ms = 0;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour > 23 || minute > 59 || second > 60) return false; // 60 is a leap second
        ms = (new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond + second * 1000L;
        return true;
    }

    public static bool Digits(ReadOnlySpan<byte> s, out int value)
    {
        value = 0;
        foreach (var b in s)
        {
            if (b is < (byte)'0' or > (byte)'9') return false;
            value = value * 10 + (b - '0');
        }
        return true;
    }

    public static bool TryOffset(ReadOnlySpan<byte> s, out int minutes, out int length)
    {
        minutes = 0;
        length = 0;
        if (s.Length < 3 || s[0] is not ((byte)'+' or (byte)'-') || !Digits(s.Slice(1, 2), out var hours)) return false;
        var rest = 0;
        if (s.Length >= 6 && s[3] == ':' && Digits(s.Slice(4, 2), out rest)) length = 6;
        else if (s.Length >= 5 && Digits(s.Slice(3, 2), out rest)) length = 5;
        else (length, rest) = (3, 0);
        if (hours > 14 || rest > 59) return false;
        minutes = (hours * 60 + rest) * (s[0] == '-' ? -1 : 1);
        return true;
    }
}
