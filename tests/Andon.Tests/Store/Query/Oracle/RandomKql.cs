using System.Globalization;
using System.Text;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>Queries whose every expression has the type that its place wants. Orders end in a unique key, so that the first n rows are the same ones everywhere.</summary>
sealed class RandomKql(Random random)
{
    readonly List<string> texts = ["user.name", "host.name", "event.original", "process.command_line", "tostring(source.ip)", "note"];
    readonly List<string> longs = ["source.port", "event.severity"], times = ["timestamp"], lists = ["event.category"], reals = ["todouble(n)"];

    string Of(params string[] some) => some[random.Next(some.Length)];
    string Of(List<string> some) => some[random.Next(some.Count)];

    public string Make()
    {
        var query = new StringBuilder("Events");
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            switch (random.Next(8))
            {
                case <= 3: query.Append(" | where ").Append(Test(3)); break;
                case 4:
                    query.Append(CultureInfo.InvariantCulture, $" | extend s{i} = {Text(3)}, l{i} = {Long(3)}");
                    texts.Add($"s{i}");
                    longs.Add($"l{i}");
                    break;
                case 5:
                    query.Append(CultureInfo.InvariantCulture, $" | extend t{i} = {Time(2)}, r{i} = {Real(2)}, d{i} = {List(2)}");
                    times.Add($"t{i}");
                    reals.Add($"r{i}");
                    lists.Add($"d{i}");
                    break;
                case 6: query.Append(CultureInfo.InvariantCulture, $" | top {random.Next(1, 30)} by {Any(1)} {Of("asc", "desc", "asc nulls last", "desc nulls first")}, andon.event_id asc"); break;
                default: query.Append(CultureInfo.InvariantCulture, $" | sort by {Long(1)} asc, andon.event_id desc | take {random.Next(1, 40)}"); break;
            }
        }
        return query.Append(End()).ToString();
    }

    string End() => random.Next(8) switch
    {
        0 => " | count",
        1 => $" | distinct a = {Text(2)}, b = {Long(2)}",
        2 => $" | project a = {Text(3)}, b = {Long(3)}, c = {Test(3)}, d = {Time(2)}, e = {Real(2)}, f = {List(2)}, g = {Span()}",
        3 => $" | project andon.event_id, a = {Any(3)} | sort by a {Of("asc", "desc")}, andon.event_id asc | take {random.Next(1, 20)}",
        4 => $" | project a = {Text(2)}, b = {Long(2)} | union (Events | where {new RandomKql(random).Test(2)} | project a = {Text0()}, b = source.port) | summarize n = count(), m = max(b) by a",
        5 => $" | summarize a = {Aggregate()}, b = {Aggregate()}, c = {Aggregate()}",
        6 => $" | project user.name, source.port, x = {Text(2)} | project-rename y = x | project-reorder y | project-away user.name",
        _ => $" | summarize a = {Aggregate()}, b = {Aggregate()} by k = {Key()}, j = {Key()}",
    };

    // The second side of a union sees the table, not what was made on the way.
    string Text0() => Of("user.name", "host.name");

    string Key() => Of(Text(1), Long(1), Test(1), Time(1));

    string Aggregate() => Of("count()", $"countif({Test(2)})", $"dcount({Text(2)})", $"dcountif({Long(1)}, {Test(1)})", $"sum({Long(2)})", $"sumif({Long(1)}, {Test(1)})", $"avg({Long(1)})", $"avgif({Real(1)}, {Test(1)})",
        $"min({Long(2)})", $"max({Time(1)})", $"minif({Long(1)}, {Test(1)})", $"min({Text(1)})", $"max({Text(1)})", $"make_set({Text(1)})", $"make_set({Long(1)})", $"make_set({List(1)})", $"make_set_if({Text(1)}, {Test(1)})",
        $"percentile({Long(1)}, {Of("0", "25", "50", "95", "100")})", $"stdev({Long(1)})", $"varianceif({Long(1)}, {Test(1)})", $"binary_all_or({Long(1)})", $"binary_all_and({Long(1)})", $"count_distinct({Text(1)})");

    string Any(int deep) => random.Next(4) switch { 0 => Text(deep), 1 => Long(deep), 2 => Time(deep), _ => Test(deep) };

    string Word() => Of("'alice'", "'Root'", "'foo_bar'", "'foo'", "'a.b-c'", "'b-c'", "'x'", "'pass'", "'Straße'", "'caf'", "'-'", "'10.0.0.1'", "'0.0'", "'100%'", "'abcd'", "'defgh'", "'日本'", "'it'", "'alice root'", "'Failed password'", "'d'", "\"a\\\"b\"");

    public string Test(int deep)
    {
        if (deep == 0) return Of("true", "false", "bool(null)", "source.port > 1");
        return random.Next(16) switch
        {
            0 => $"({Test(deep - 1)} and {Test(deep - 1)})",
            1 => $"({Test(deep - 1)} or {Test(deep - 1)})",
            2 => $"not({Test(deep - 1)})",
            3 => $"{Long(deep - 1)} {Of("==", "!=", "<", ">=", ">", "<=")} {Long(deep - 1)}",
            4 => $"{Time(deep - 1)} {Of("==", "!=", "<", ">=")} {Time(deep - 1)}",
            5 or 6 => $"{Text(deep - 1)} {Of("has", "!has", "has_cs", "hasprefix", "!hasprefix_cs", "hassuffix", "hassuffix_cs")} {Word()}",
            7 => $"{Text(deep - 1)} {Of("contains", "!contains", "contains_cs", "startswith", "!startswith", "startswith_cs", "endswith", "!endswith_cs", "=~", "!~")} {Of(Word(), Text(0))}",
            8 => $"{Text(deep - 1)} {Of("in", "!in", "in~", "!in~", "has_any", "has_all")} ({Word()}, {Word()})",
            9 => $"{Long(deep - 1)} {Of("in", "!in")} (1, 3, -2)",
            10 => $"{Long(deep - 1)} {Of("between", "!between")} ({random.Next(-2, 3)} .. {random.Next(1, 5)})",
            11 => $"{Of(lists)} {Of("==", "!=", "has", "!has", "contains", "in", "!in")} ({Of("'process'", "'web'", "'pro'")})",
            12 => Of($"isnull({Long(deep - 1)})", $"isnotnull({Time(deep - 1)})", $"isempty({Text(deep - 1)})", $"isnotempty({Of(lists)})", $"set_has_element({Of(lists)}, {Word()})"),
            13 => $"{Text(deep - 1)} matches regex {Of("'^[a-z]+$'", "'(?i)root'", "'a.b'", "@'\\d+\\.'", "'[Ff]oo_?'")}",
            14 => $"n {Of("== 5", "!= 5", "> 3", "<= 1.5", "== 'x'", "!= ''", "> datetime(2026-03-01)")}",
            _ => $"{Text(deep - 1)} {Of("==", "!=", "<", ">")} {Text(deep - 1)}",
        };
    }

    string Text(int deep) => deep == 0 ? Of(Of(texts), Of(texts), "'alice'", "''", "'Foo Bar'") : random.Next(15) switch
    {
        0 => $"strcat({Text(deep - 1)}, '-', {Any(deep - 1)})",
        1 => $"tostring({Of(Long(deep - 1), Test(deep - 1), Time(deep - 1), Span(), List(deep - 1))})",
        2 => $"substring({Text(deep - 1)}, {Of("0", "1", "-2", "source.port")}, {Of("3", "1", "event.severity")})",
        3 => $"iff({Test(deep - 1)}, {Text(deep - 1)}, {Text(deep - 1)})",
        4 => $"coalesce({Text(deep - 1)}, {Text(deep - 1)})",
        5 => $"{Of("tolower", "toupper", "reverse")}({Of("user.name", "host.name", "'AbC'")})",
        6 => $"replace_string({Text(deep - 1)}, {Of("'a'", "'oo'", "'-'")}, {Of("'b'", "''")})",
        7 => $"strcat_array({List(deep - 1)}, ',')",
        8 => $"format_datetime({Time(deep - 1)}, {Of("'yyyy-MM-dd HH:mm'", "'HH:mm:ss.fff'", "'MM/dd'")})",
        9 => $"case({Test(deep - 1)}, {Text(deep - 1)}, {Test(deep - 1)}, {Text(deep - 1)}, 'else')",
        10 => $"translate('abc', 'xyz', {Text(deep - 1)})",
        11 => Of($"base64_encode_tostring({Text(deep - 1)})", $"hash_md5({Text(deep - 1)})", $"hash_sha256({Long(deep - 1)})", $"tohex({Long(0)})"),
        12 => $"strcat_delim('|', {Text(deep - 1)}, {Long(deep - 1)})",
        13 => $"min_of({Text(deep - 1)}, {Text(deep - 1)})",
        _ => Of(texts),
    };

    string Long(int deep) => deep == 0 ? Of(Of(longs), Of(longs), "0", "1", "-7", "3", "long(null)") : random.Next(14) switch
    {
        0 => $"({Long(deep - 1)} {Of("+", "-", "*", "/", "%")} {Long(deep - 1)})",
        1 => $"strlen({Text(deep - 1)})",
        2 => $"tolong({Of(Text(deep - 1), "n", Test(deep - 1), Real(deep - 1))})",
        3 => $"array_length({List(deep - 1)})",
        4 => $"bin({Long(deep - 1)}, {Of("2", "5")})",
        5 => $"{Of("hourofday", "dayofmonth", "monthofyear", "getyear", "dayofyear", "week_of_year")}({Time(deep - 1)})",
        6 => $"datetime_diff({Of("'hour'", "'day'", "'month'", "'week'", "'year'")}, {Time(deep - 1)}, {Time(deep - 1)})",
        7 => $"iff({Test(deep - 1)}, {Long(deep - 1)}, {Long(deep - 1)})",
        8 => $"coalesce({Long(deep - 1)}, {Long(deep - 1)})",
        9 => $"{Of("min_of", "max_of")}({Long(deep - 1)}, {Long(deep - 1)})",
        10 => $"{Of("indexof", "countof")}({Text(deep - 1)}, {Of("'a'", "'oo'", "' '")})",
        11 => $"{Of("abs", "sign")}({Long(deep - 1)})",
        12 => Of($"array_index_of({Of(lists)}, {Word()})", $"string_size({Text(deep - 1)})", $"strcmp({Text(deep - 1)}, {Text(deep - 1)})", $"binary_and({Long(deep - 1)}, 3)", $"binary_or({Long(deep - 1)}, 8)"),
        _ => Of(longs),
    };

    string Real(int deep) => deep == 0 ? Of(Of(reals), "1.5", "-0.25", "real(null)") : random.Next(6) switch
    {
        0 => $"({Real(deep - 1)} {Of("+", "-", "*", "/")} {Of(Long(deep - 1), Real(deep - 1))})",
        1 => $"todouble({Of(Long(deep - 1), Text(deep - 1))})",
        2 => $"round({Real(deep - 1)}, {Of("0", "1")})",
        3 => $"bin({Real(deep - 1)}, 0.5)",
        4 => $"sqrt(abs({Long(deep - 1)}))",
        _ => Of(reals),
    };

    string Time(int deep) => deep == 0 ? Of(Of(times), "now()", "ago(1d)", "datetime(2026-03-02)", "datetime(null)") : random.Next(8) switch
    {
        0 => $"bin({Time(deep - 1)}, {Of("1h", "7d", "90s")})",
        1 => $"({Time(deep - 1)} {Of("+", "-")} {Of("1d", "5ms", "90m")})",
        2 => $"{Of("startofday", "startofweek", "startofmonth")}({Time(deep - 1)})",
        3 => $"todatetime({Of("n", "'2026-03-02'", "note")})",
        4 => $"datetime_add({Of("'month'", "'year'", "'day'", "'hour'")}, {random.Next(-2, 3)}, {Time(deep - 1)})",
        5 => $"iff({Test(deep - 1)}, {Time(deep - 1)}, {Time(deep - 1)})",
        6 => $"max_of({Time(deep - 1)}, {Time(deep - 1)})",
        _ => Of(times),
    };

    string Span() => Of($"{Time(1)} - {Time(1)}", "1h", $"dayofweek({Time(1)})", $"abs({Time(0)} - {Time(0)})", $"bin({Time(0)} - {Time(0)}, 1h)");

    string List(int deep) => deep == 0 ? Of(Of(lists), "dynamic(['process', 'a'])", "dynamic(['x'])") : random.Next(7) switch
    {
        0 => $"split({Text(deep - 1)}, {Of("' '", "'-'", "'oo'")})",
        1 => $"array_concat({List(deep - 1)}, {List(deep - 1)})",
        2 => $"set_union({List(deep - 1)}, {List(deep - 1)})",
        3 => $"set_intersect({List(deep - 1)}, {List(deep - 1)})",
        4 => $"set_difference({List(deep - 1)}, {List(deep - 1)})",
        5 => $"array_reverse({List(deep - 1)})",
        _ => Of(lists),
    };
}
