using System.Globalization;
using System.Text.Json.Nodes;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Scalar functions by the manual.</summary>
static class Calls
{
    const long Day = 86_400_000;

    /// <summary>An item of a dynamic list as a value.</summary>
    public static object? Plain(JsonNode? json) => json switch
    {
        null => null,
        JsonValue v when v.TryGetValue<string>(out var s) => s,
        JsonValue v when v.TryGetValue<long>(out var n) => n,
        JsonValue v when v.TryGetValue<bool>(out var b) => b,
        JsonValue v when v.TryGetValue<double>(out var d) => d,
        _ => new Dyn(json),
    };

    static JsonNode? Json(object? value) => value switch
    {
        null => null,
        long n => JsonValue.Create(n),
        double d => JsonValue.Create(d),
        bool b => JsonValue.Create(b),
        Dyn d => d.Json?.DeepClone(),
        _ => JsonValue.Create(Value.Text(value)),
    };

    static JsonArray Items(object? value) => (value as Dyn)?.List ?? [];
    static Dyn Made(IEnumerable<JsonNode?> items) => new(new JsonArray([.. items.Select(i => i?.DeepClone())]));
    static string Key(JsonNode? json) => json?.ToJsonString() ?? "null";

    public static object? Of(string name, object?[] a, long now)
    {
        string T(int i) => Value.Text(a[i]);
        DateTimeOffset At(int i) => DateTimeOffset.FromUnixTimeMilliseconds(((Instant)a[i]!).Ms);
        switch (name)
        {
            case "tostring": return T(0);
            case "tolong" or "toint": return Value.Long(a[0]);
            case "todouble" or "toreal": return Value.Real(a[0]);
            case "tobool": return Value.Bool(a[0]);
            case "todatetime": return Value.Time(a[0]);
            case "now": return new Instant(now);
            case "ago": return new Instant(now - ((Span)a[0]!).Ms);
            case "isnull": return a[0] is null;
            case "isnotnull": return a[0] is not null;
            case "isempty": return a[0] is Dyn { List: { } l } ? l.Count == 0 : T(0).Length == 0;
            case "isnotempty": return a[0] is Dyn { List: { } m } ? m.Count > 0 : T(0).Length > 0;
            case "not": return !Value.Bool(a[0]);
            case "iff" or "iif": return Value.Bool(a[0]) == true ? a[1] : a[2];
            case "case":
                for (var i = 0; i + 1 < a.Length; i += 2)
                    if (Value.Bool(a[i]) == true) return a[i + 1];
                return a[^1];
            case "coalesce": return a.FirstOrDefault(v => Value.Text(v).Length > 0) ?? a[^1];
            case "min_of": return a.Where(v => v is not null).Aggregate((object?)null, (m, v) => m is null || Value.Order(v!, m) < 0 ? v : m);
            case "max_of": return a.Where(v => v is not null).Aggregate((object?)null, (m, v) => m is null || Value.Order(v!, m) > 0 ? v : m);
            case "strlen": return (long)T(0).EnumerateRunes().Count();
            case "tolower": return T(0).ToLowerInvariant();
            case "toupper": return T(0).ToUpperInvariant().Replace("ß", "SS", StringComparison.Ordinal); // In full, as Unicode maps it.
            case "strcat": return string.Concat(a.Select(Value.Text));
            case "strcat_delim": return string.Join(T(0), a.Skip(1).Select(Value.Text));
            case "replace_string": return T(0).Replace(T(1), T(2), StringComparison.Ordinal);
            case "reverse": return string.Concat(T(0).EnumerateRunes().Reverse());
            case "indexof": return T(0).IndexOf(T(1), StringComparison.Ordinal) is var at && at < 0 ? -1L : (long)T(0)[..at].EnumerateRunes().Count();
            case "countof": return (long)(T(1).Length == 0 ? 0 : (T(0).Length - T(0).Replace(T(1), "", StringComparison.Ordinal).Length) / T(1).Length);
            case "substring": return Substring(T(0), a[1], a.Length > 2 ? a[2] : long.MaxValue);
            case "split": return Dyn.Of(T(0).Split(T(1)));
            case "trim": return System.Text.RegularExpressions.Regex.Replace(System.Text.RegularExpressions.Regex.Replace(T(1), $"^(?:{T(0)})", ""), $"(?:{T(0)})$", "");
            case "translate": return string.Concat(T(2).Select(c => T(0).IndexOf(c) is var p && p < 0 ? c : T(1)[Math.Min(p, T(1).Length - 1)]));
            case "strcmp": return (long)Math.Sign(Value.Order(T(0), T(1)));
            case "string_size": return (long)System.Text.Encoding.UTF8.GetByteCount(T(0));
            case "base64_encode_tostring": return Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(T(0)));
            case "tohex": return a[0] is null ? "" : ((long)a[0]!).ToString("x", CultureInfo.InvariantCulture);
            case "hash_md5":
#pragma warning disable CA5351 // A checksum of the language, no secret.
                return Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(T(0))));
#pragma warning restore CA5351
            case "hash_sha256": return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(T(0))));
            case "array_length": return a[0] is Dyn { List: { } some } ? (long)some.Count : null;
            case "strcat_array": return string.Join(T(1), Items(a[0]).Select(i => Value.Text(Plain(i))));
            case "set_has_element": return Items(a[0]).Any(i => Key(i) == Key(Json(a[1])));
            case "array_index_of": return (long)Items(a[0]).ToList().FindIndex(i => Key(i) == Key(Json(a[1])));
            case "array_concat": return Made(a.SelectMany(Items));
            case "array_reverse": return Made(Items(a[0]).Reverse());
            case "set_union": return Made(a.SelectMany(Items).DistinctBy(Key));
            case "set_intersect": return Made(Items(a[0]).DistinctBy(Key).Where(i => a.Skip(1).All(o => Items(o).Any(p => Key(p) == Key(i)))));
            case "set_difference": return Made(Items(a[0]).DistinctBy(Key).Where(i => !a.Skip(1).Any(o => Items(o).Any(p => Key(p) == Key(i)))));
            case "pack_array": return Made(a.Select(Json));
            case "bag_pack":
                var bag = new JsonObject();
                for (var i = 0; i < a.Length; i += 2) bag[T(i)] = Json(a[i + 1]);
                return new Dyn(bag);
        }
        if (name is "bin" or "floor") return Bin(a[0], a[1]);
        // The rest wants its values: a null stays null.
        if (a.Any(v => v is null)) return name is "isnan" or "isfinite" ? false : name == "format_datetime" ? "" : null;
        switch (name)
        {
            case "abs": return a[0] is Span s ? new Span(Math.Abs(s.Ms)) : a[0] is long n ? (object)Math.Abs(n) : Math.Abs((double)a[0]!);
            case "sign": return (long)Math.Sign(Value.Number(a[0]!));
            case "round": return Math.Round(Value.Number(a[0]!), a.Length > 1 ? (int)(long)a[1]! : 0, MidpointRounding.AwayFromZero);
            case "ceiling": return a[0] is long whole ? (object)whole : Value.Long(Math.Ceiling((double)a[0]!));
            case "sqrt": return Math.Sqrt(Value.Number(a[0]!));
            case "pow": return Math.Pow(Value.Number(a[0]!), Value.Number(a[1]!));
            case "isnan": return double.IsNaN(Value.Number(a[0]!));
            case "isfinite": return double.IsFinite(Value.Number(a[0]!));
            case "binary_and": return (long)a[0]! & (long)a[1]!;
            case "binary_or": return (long)a[0]! | (long)a[1]!;
            case "startofday": return new Instant(Floor(((Instant)a[0]!).Ms, Day, 0));
            case "startofweek": return new Instant(Floor(((Instant)a[0]!).Ms, 7 * Day, 3 * Day));
            case "startofmonth": return new Instant(new DateTimeOffset(At(0).Year, At(0).Month, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds());
            case "hourofday": return (long)At(0).Hour;
            case "dayofmonth": return (long)At(0).Day;
            case "monthofyear": return (long)At(0).Month;
            case "getyear": return (long)At(0).Year;
            case "dayofyear": return (long)At(0).DayOfYear;
            case "dayofweek": return new Span((int)At(0).DayOfWeek * Day);
            case "week_of_year": return (long)ISOWeek.GetWeekOfYear(At(0).UtcDateTime);
            case "datetime_diff": return Diff(T(0), At(1), At(2));
            case "datetime_add": return new Instant(Added(T(0), (long)a[1]!, At(2)).ToUnixTimeMilliseconds());
            case "format_datetime": return At(0).ToString(T(1), CultureInfo.InvariantCulture);
        }
        throw new NotSupportedException(name);
    }

    static string Substring(string text, object? start, object? length)
    {
        var runes = text.EnumerateRunes().ToArray();
        if (start is not long from || length is not long count) return "";
        if (from < 0) from = Math.Max(runes.Length + from, 0);
        return from >= runes.Length || count <= 0 ? "" : string.Concat(runes[(int)from..(int)Math.Min(runes.Length, from + Math.Min(count, runes.Length))]);
    }

    static long Floor(long ms, long size, long origin) => ms - ((ms - origin) % size + size) % size;

    // 0001-01-01 is where the days of bin are counted from.
    public static object? Bin(object? value, object? size) => (value, size) switch
    {
        (null, _) => null,
        (Instant i, Span s) => new Instant(Floor(i.Ms, s.Ms, -62_135_596_800_000)),
        (Span i, Span s) => new Span(Floor(i.Ms, s.Ms, 0)),
        (long n, long s) => Floor(n, s, 0),
        _ => Math.Floor(Value.Number(value) / Value.Number(size!)) * Value.Number(size!),
    };

    static long Diff(string part, DateTimeOffset later, DateTimeOffset earlier)
    {
        long Months(DateTimeOffset t) => t.Year * 12L + t.Month - 1;
        long Steps(DateTimeOffset t, long size, long origin = 0) => (Floor(t.ToUnixTimeMilliseconds(), size, origin) - origin) / size;
        return part switch
        {
            "year" => later.Year - earlier.Year,
            "month" => Months(later) - Months(earlier),
            "week" => Steps(later, 7 * Day, 3 * Day) - Steps(earlier, 7 * Day, 3 * Day),
            "day" => Steps(later, Day) - Steps(earlier, Day),
            "hour" => Steps(later, 3_600_000) - Steps(earlier, 3_600_000),
            _ => throw new NotSupportedException(part),
        };
    }

    static DateTimeOffset Added(string part, long number, DateTimeOffset to) => part switch
    {
        "year" => to.AddYears((int)number),
        "month" => to.AddMonths((int)number),
        "day" => to.AddDays(number),
        "hour" => to.AddHours(number),
        _ => throw new NotSupportedException(part),
    };
}
