using System.Globalization;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>
/// Queries of one area of the language over tables written out in the query itself: what is asked and what it is asked of are both random.
/// Every table has a number of its own for each row, so that orders are whole and any row can be told from another.
/// </summary>
sealed class RandomPipes(Random random)
{
    public static readonly string[] Areas =
        ["join", "lookup", "union", "mv-expand", "mv-apply", "make-series", "parse", "parse-kv", "pivot", "bag_unpack", "summarize", "rows", "windows", "columns", "numbers", "times", "texts", "dynamics", "pipelines"];

    string Of(params string[] some) => some[random.Next(some.Length)];
    bool Chance(int one) => random.Next(one) == 0;
    string Some(Func<string> make, int most) => string.Join(", ", Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => make()));

    public string Make(string area) => area switch
    {
        "join" => Join(),
        "lookup" => $"{Table("L", 0)}; {Table("R", 100)}; L | lookup {Of("", "kind=leftouter ", "kind=inner ")}(R | project {Of("k, w = id, t2 = t", "k, r, id")}) on k",
        "union" => Union(),
        "mv-expand" => MvExpand(),
        "mv-apply" => MvApply(),
        "make-series" => MakeSeries(),
        "parse" => Parse(),
        "parse-kv" => ParseKv(),
        "pivot" => $"{Table("L", 0)}; L | evaluate pivot({Of("t", "k", "b")}, {Of("count()", "sum(id)", "max(id)", "countif(r > 0)", "dcount(d)", "min(r)")}{Of(", x", ", x, b2")})".Replace("; L |", "; L | extend x = id % 3, b2 = isnull(k) |", StringComparison.Ordinal),
        "bag_unpack" => $"let L = datatable(id:long, j:dynamic)[{string.Join(", ", Enumerable.Range(1, random.Next(1, 6)).Select(i => $"{i}, dynamic({Bag()})"))}]; L | evaluate bag_unpack(j)",
        "summarize" => Summarize(),
        "rows" => Ordered(),
        "windows" => Windows(),
        "columns" => Columns(),
        "numbers" => Projected(() => Of(Number(3), Number(3), Test(2), Real(2))),
        "times" => Projected(() => Of(Time(2), Span(2), TimeNumber())),
        "pipelines" => new RandomPipeline(random).Make(),
        "texts" => Projected(() => Of(Text(2), TextTest())),
        _ => $"let J = datatable(id:long, j:dynamic, n:string, i:long)[{string.Join(", ", Enumerable.Range(1, 6).Select(k => $"{k}, dynamic({Json(2)}), {Of("'a'", "'b'", "''", "'zz'")}, {Of("0", "1", "-1", "5", "long(null)")}"))}]; J | project id, {string.Join(", ", Enumerable.Range(0, 4).Select(k => $"x{k} = {Dynamic()}"))}",
    };

    // Tables --------------------------------------------------------------------------------------------------

    string Table(string name, int first, int most = 8)
    {
        var rows = Enumerable.Range(1, random.Next(most + 1)).Select(i => $"{first + i}, {K()}, {T()}, {R()}, {Of("true", "false", "bool(null)")}, {D()}, {S()}");
        return $"let {name} = datatable(id:long, k:long, t:string, r:real, b:bool, d:datetime, s:timespan)[{string.Join(", ", rows)}]";
    }

    string K() => Of("long(null)", "0", "1", "2", "-3", "7");
    string T() => Of("''", "'a'", "'A'", "'b c'", "'ü'", "'a-b'");
    string R() => Of("real(null)", "0.0", "1.5", "-2.25", "3.0", "1.0");
    string D() => Of("datetime(null)", "datetime(2026-03-01)", "datetime(2026-03-02T08:30:00Z)", "datetime(2026-03-02T08:59:59.999Z)", "datetime(1969-12-31T23:00:00Z)", "datetime(2026-02-28T12:00:00Z)");
    string S() => Of("timespan(null)", "1h", "-90m", "2d", "0s", "1.5s");

    string Json(int deep) => deep == 0 ? Of("1", "-2", "1.5", "'a'", "''", "true", "null", "'5'") : random.Next(5) switch
    {
        0 => $"[{string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Json(deep - 1)))}]",
        1 or 2 => Bag(deep),
        _ => Json(0),
    };

    string Bag(int deep = 1) => $"{{{string.Join(",", new[] { "a", "b", "c" }.Where(_ => !Chance(3)).Select(k => $"'{k}':{Json(deep - 1)}"))}}}";

    // Operators -----------------------------------------------------------------------------------------------

    string Join()
    {
        var kind = Of("inner", "innerunique", "", "leftouter", "rightouter", "fullouter", "leftanti", "rightanti", "leftsemi", "rightsemi");
        var (on, right) = random.Next(5) switch
        {
            0 => ("k", "R"),
            1 => ("t", "R"),
            2 => ("k, t", "R"),
            3 => ("$left.k == $right.q and $left.t == $right.t", "(R | project q = k, t, id, r, k1 = 5)"),
            _ => ("$left.d == $right.d", "(R | where id != 103)"),
        };
        var query = $"{Table("L", 0)}; {Table("R", 100)}; L | join {(kind.Length > 0 ? $"kind={kind} " : "")}{(right[0] == '(' ? right : $"({right})")} on {on}";
        // Which left row stands for its keys is not defined.
        return kind is "innerunique" or "" ? $"{query} | project id1, {(on[0] == '$' && on.Contains('k', StringComparison.Ordinal) ? "q" : on[0] == '$' ? "d" : on)}" : query;
    }

    string Union()
    {
        var tables = $"{Table("L", 0)}; {Table("R", 100)}; ";
        return tables + Of("L | union R", "union L, R", "union withsource=From L, (R | project id, t), (R | project k, z = d)", "L | project id, k | union kind=inner (R | project k, id, r), (L | project k)", "union kind=outer (L | project a = k), (R | project a = k, c = t), (L | project e = b)",
            "L | union (R | where id > 102) | summarize n = count(), m = max(id) by t", "union L, R | where k > 0 or isempty(t) | project id, k, t");
    }

    string MvExpand()
    {
        var table = $"let J = datatable(id:long, j:dynamic, l:dynamic)[{string.Join(", ", Enumerable.Range(1, random.Next(1, 6)).Select(i => $"{i}, dynamic({Json(2)}), dynamic({Of("[]", "[1,2]", "['x']", "null", "[3,null,5,-1]")})"))}]; J | ";
        return table + Of("mv-expand j", "mv-expand j, l", "mv-expand kind=array j", "mv-expand x = j to typeof(string), y = l to typeof(long)", "mv-expand with_itemindex=n j limit 2", "mv-expand l to typeof(long) | summarize s = sum(l), c = count() by id", "mv-expand l to typeof(real) | project id, l",
            "mv-expand x = l | project id, l, x", "mv-expand j | mv-expand l | project id, j, l", "mv-expand j to typeof(bool)", "mv-expand bagexpansion=array x = j, y = l | project id, x, y");
    }

    string MvApply()
    {
        var table = $"let J = datatable(id:long, l:dynamic, m:dynamic)[{string.Join(", ", Enumerable.Range(1, random.Next(1, 6)).Select(i => $"{i}, dynamic([{string.Join(",", Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(-5, 6)))}]), dynamic([{string.Join(",", Enumerable.Range(0, random.Next(3)).Select(_ => Of("'a'", "'b'", "''")))}])"))}]; J | ";
        return table + Of("mv-apply x = l to typeof(long) on (where x > 0 | project x)", "mv-apply x = l to typeof(long) on (summarize s = sum(x), n = count(), p = make_list(x))", "mv-apply x = l to typeof(long) on (where x >= 0 | summarize n = count(), a = max(x) by g = x % 2 == 0 | project n, a)", "mv-apply with_itemindex=i x = l to typeof(long) on (where i > 0 | extend y = x + id)",
            "mv-apply x = l to typeof(long), y = m to typeof(string) on (where isnotempty(y) | project x, y)", "mv-apply x = l to typeof(long) on (summarize n = count() by even = x % 2 == 0)", "mv-apply with_itemindex=i x = l to typeof(long) on (top 2 by x asc, i asc | project x)", "mv-apply x = l to typeof(long) on (summarize h = max(x) | extend g = h * 2) | project id, h, g",
            "mv-apply with_itemindex=i x = l to typeof(long) on (sort by x asc, i desc | extend r = row_number(), c = row_cumsum(x) | project x, r, c)", "mv-apply x = l to typeof(long) on (count)", "mv-apply l to typeof(long) on (where l != 2)");
    }

    string MakeSeries()
    {
        var values = Some(() => Of("= count()", "= sum(id)", "= avg(r) default=real(null)", "= max(id) default=-1", "= dcount(t)", "= countif(k > 0)", "= sum(r) default=1.5", "= min(k) default=long(null)"), 3);
        var n = 0;
        values = string.Concat(values.Select(c => c == '=' && values.Length > 0 ? "=" : c.ToString()));
        values = string.Join(", ", values.Split(", = ").Select(v => $"v{n++} = {v.TrimStart('=', ' ')}"));
        var by = Of("", " by t", " by b, x = k % 2");
        var axis = Of("d from datetime(2026-02-28) to datetime(2026-03-03) step 12h", "d from datetime(2026-03-01T06:00:00Z) to datetime(2026-03-02T12:00:00Z) step 1h", "k from -4 to 8 step 3", "k step 2", "k in range(-4, 7, 3)", "d step 1d", "d in range(datetime(2026-02-27), datetime(2026-03-04), 7d)", "k from 0 step 5", "k to 3 step 1", "s from -2h to 3h step 30m");
        if (axis.StartsWith("d step", StringComparison.Ordinal)) axis = "d from datetime(2026-02-01) step 1d";
        return $"{Table("L", 0, 10)}; L | where isnotnull(k) and isnotnull(d) and isnotnull(s) | make-series {values} on {axis}{by}";
    }

    string Parse()
    {
        string[] pieces = ["id=", ";", " n:", "5", "-7", "x", "abc", " ", "1.5", "2026-03-02", "id=12;n", "true", "ü"];
        var rows = Enumerable.Range(1, 5).Select(i => $"{i}, '{Of("", "id=5;x", "id=-7; n:abc", "id=x; n:1", "id=12; n:true x", "n:5")}{string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => pieces[random.Next(pieces.Length)]))}'");
        var parse = Of("parse s with 'id=' a:long ';' rest", "parse s with * 'id=' a:long ';' *", "parse s with * 'id=' a ';' c", "parse kind=relaxed s with * 'id=' a:long ';' rest", "parse s with 'id=' a:long ' n:' c:long", "parse s with a ';' *", "parse-where s with * ' n:' c", "parse kind=relaxed s with 'id=' a:long '; n:' c:bool", "parse s with * 'n:' c:long *", "parse-where kind=relaxed s with * 'id=' a:real ';' *", "parse s with a 'id=' c 'id=' e", "parse s with * '=' a:long");
        return $"let T = datatable(i:long, s:string)[{string.Join(", ", rows)}]; T | {parse}";
    }

    string ParseKv()
    {
        string One() => $"{Of("a", "b", " a", "b ", "c", "aa")}={Of("1", "x y", "", " 7 ", "-3", "1.5", "ü")}";
        var rows = Enumerable.Range(1, 5).Select(i => $"{i}, '{string.Join(';', Enumerable.Range(0, random.Next(5)).Select(_ => One()))}'");
        return $"let T = datatable(i:long, s:string)[{string.Join(", ", rows)}]; T | parse-kv s as ({Of("a:long, b:string", "b:string, a:real, c:long", "c:string", "a:string, aa:string")}) with (pair_delimiter=';', kv_delimiter='=')";
    }

    string Summarize()
    {
        var n = 0;
        var values = Some(() => $"v{n++} = {Aggregate()}", 4);
        var by = Of("", "", " by t", " by x = bin(k, 2)", " by x = bin(d, 1h)", " by b, x = k", " by x = bin(r, 0.5)", " by x = bin(s, 1h)", " by x = startofday(d), t", " by x = tostring(k)");
        return $"{Table("L", 0, 12)}; L | {Of("", "where k >= 0 | ", "where id > 100 | ", "where isnull(k) | ")}sort by id asc | summarize {values}{by}";
    }

    string Aggregate() => Of("count()", "countif(k > 0)", "countif(b)", "dcount(t)", "dcount(k)", "dcountif(r, b)", "sum(k)", "sum(r)", "sumif(r, k > 0)", "avg(k)", "avg(r)", "avgif(k, b)", "min(k)", "max(r)", "min(t)", "max(t)", "min(d)", "max(d)", "min(s)", "max(s)", "minif(k, b)", "maxif(d, r > 0)",
        "make_list(k)", "make_list(t)", "make_list(r)", "make_list(b)", "make_list(d)", "make_list_if(id, b)", "make_list(id, 2)", "make_set(k)", "make_set(t)", "make_set_if(t, r >= 0)", "percentile(k, 50)", "percentile(r, 25)", "percentile(d, 95)", "stdev(k)", "stdevp(r)", "variance(r)", "variancep(k)", "stdevif(k, b)",
        "binary_all_or(k)", "count_distinct(d)", "count_distinctif(t, b)", "arg_max(id, t, k)", "arg_min(id, d)", "arg_max(k * 1000 + id, r, b)", "arg_min(d, k, s)".Replace("d,", "id - 50,", StringComparison.Ordinal));

    string Ordered()
    {
        var key = Of("k", "t", "r", "d", "s", "b", "k + 1", "isnull(r)", "tolower(t)");
        var order = $"{key} {Of("asc", "desc", "", "asc nulls last", "desc nulls first", "nulls first", "nulls last")}, id {Of("asc", "desc")}";
        return $"{Table("L", 0, 10)}; L | {Of($"sort by {order}", $"top {random.Next(6)} by {order}", $"sort by {order} | take {random.Next(1, 5)}", $"order by {order} | where k >= 0 | project id, k", $"where r > -3 | top 3 by {order} | extend z = k * 2 | project id, z",
            "distinct k, t", "distinct *", "distinct b", "project k, t | distinct *", "count", "where b | count", $"where k in ((L | where id < 4 | project k)) | project id", "where t in~ ('a', 'ü') | project id, t", "where t !in ('a') and k !in (1, 2) | project id", "where not(k > 0) | project id", "where not(b) or r != 1.5 | project id")}";
    }

    string Windows()
    {
        var n = 0;
        string One() => Of("prev(k)", "next(t)", "prev(t, 2, '-')", "next(k, 1, -1)", "prev(d)", "row_number()", "row_number(0)", "row_number(5, prev(t) != t)", "row_cumsum(k)", "row_cumsum(r)", "row_cumsum(k, k == 0)", "row_cumsum(id, t != prev(t))", "row_rank_dense(k)", "row_rank_min(t)", "k - prev(k)", "d - prev(d)", "iff(prev(b), 1, 0)", "prev(s) + s");
        var items = Some(() => $"v{n++} = {One()}", 3);
        return $"{Table("L", 0, 10)}; L | {Of("sort by id desc", "sort by k asc, id asc", "sort by t asc, id asc", "serialize")} | {Of("extend", "serialize")} {items}{Of("", " | where id > 2", " | project-away s, r")}";
    }

    string Columns() => $"{Table("L", 0, 4)}; L | {Of("extend k = k + 1", "extend t = strcat(t, 'x'), z = t, id = id * 2", "project-rename kk = k, id2 = id", "project-away k, t, id", "project-keep t, id", "project-reorder t, id", "extend id = 5, id2 = id | project-away k", "project k = t, t = k, id", "extend b = isnull(b), r = b | project-reorder r", "project-rename a = t | extend t = a | project-away a")}";

    // Values --------------------------------------------------------------------------------------------------

    string Projected(Func<string> make)
    {
        var n = 0;
        return $"{Table("L", 0, 6)}; L | {Of("project id, ", "extend ")}{string.Join(", ", Enumerable.Range(0, 4).Select(_ => $"x{n++} = {make()}"))}";
    }

    string Number(int deep) => deep == 0 ? Of("k", "id", "k", "0", "2", "-7", "long(null)") : random.Next(9) switch
    {
        0 or 1 or 2 => $"({Number(deep - 1)} {Of("+", "-", "*", "/", "%")} {Number(deep - 1)})",
        3 => $"bin({Number(deep - 1)}, {Of("2", "5")})",
        4 => $"tolong({Of(Real(deep - 1), "t", "b", "s", "d", "'12'", "' 5'", "'1.5'")})",
        5 => $"{Of("iff", "iif")}({Test(deep - 1)}, {Number(deep - 1)}, {Number(deep - 1)})",
        6 => $"coalesce({Number(deep - 1)}, {Number(deep - 1)})",
        7 => $"case({Test(deep - 1)}, {Number(deep - 1)}, {Test(deep - 1)}, {Number(deep - 1)}, {Number(deep - 1)})",
        _ => Of($"abs({Number(deep - 1)})", $"sign({Number(deep - 1)})", $"max_of({Number(deep - 1)}, {Number(deep - 1)})", $"-{Of("k", "id")}", $"strlen(t) - {Number(deep - 1)}"),
    };

    string Real(int deep) => deep == 0 ? Of("r", "r", "1.5", "real(null)", "-0.5", "todouble(k)") : random.Next(5) switch
    {
        0 or 1 => $"({Real(deep - 1)} {Of("+", "-", "*", "/", "%")} {Of(Number(deep - 1), Real(deep - 1))})",
        2 => $"round({Real(deep - 1)}, {Of("0", "1")})",
        3 => $"bin({Real(deep - 1)}, {Of("0.5", "2")})",
        _ => $"todouble({Of("t", "k", "'1e3'", "b")})",
    };

    string Test(int deep) => deep == 0 ? Of("b", "true", "bool(null)", "k > 0") : random.Next(8) switch
    {
        0 => $"({Test(deep - 1)} {Of("and", "or")} {Test(deep - 1)})",
        1 => $"not({Test(deep - 1)})",
        2 or 3 => $"({Of(Number(deep - 1), Real(deep - 1))} {Of("==", "!=", "<", "<=", ">", ">=")} {Of(Number(deep - 1), Real(deep - 1))})",
        4 => $"({Number(deep - 1)} {Of("between", "!between")} ({Of("-1 .. 1", "0 .. 2", "3 .. 1")}))",
        5 => $"({Of(Number(deep - 1), "r")} {Of("in", "!in")} (1, 2, -3))",
        6 => $"({Time(0)} {Of("==", "!=", "<", ">=")} {Time(0)})",
        _ => $"{Of("isnull", "isnotnull", "isempty", "isnotempty")}({Of("k", "r", "d", "s", "b", "t")})",
    };

    string Time(int deep) => deep == 0 ? Of("d", "d", "datetime(2026-03-02)", "datetime(null)") : random.Next(8) switch
    {
        0 => $"bin({Time(deep - 1)}, {Of("1h", "1d", "7d", "90s")})",
        1 => $"({Time(deep - 1)} {Of("+", "-")} {Span(deep - 1)})",
        2 => $"{Of("startofday", "startofweek", "startofmonth")}({Time(deep - 1)})",
        3 => $"datetime_add({Of("'month'", "'year'", "'day'", "'hour'")}, {random.Next(-14, 15)}, {Time(deep - 1)})",
        4 => $"iff({Test(1)}, {Time(deep - 1)}, {Time(deep - 1)})",
        5 => $"todatetime({Of("'2026-03-02T08:00:00Z'", "t", "'2026-02-30'", "'2026-03-02 08:00'")})",
        6 => $"{Of("max_of", "min_of", "coalesce")}({Time(deep - 1)}, {Time(deep - 1)})",
        _ => "d",
    };

    string Span(int deep) => deep == 0 ? Of("s", "1h", "1d", "timespan(null)") : random.Next(6) switch
    {
        0 => $"({Time(deep - 1)} - {Time(deep - 1)})",
        1 => $"({Span(deep - 1)} {Of("+", "-")} {Span(deep - 1)})",
        2 => $"({Span(deep - 1)} * {Of("2", "k", "-1")})",
        3 => $"bin({Span(deep - 1)}, {Of("1h", "1d")})",
        4 => $"dayofweek({Time(deep - 1)})",
        _ => "s",
    };

    string TimeNumber() => Of($"datetime_diff({Of("'year'", "'month'", "'week'", "'day'", "'hour'")}, {Time(1)}, {Time(1)})", $"({Of("s", "1d")} / {Of("1h", "s")})", $"hourofday({Time(1)})", $"dayofyear({Time(1)})", $"week_of_year({Time(1)})", $"format_datetime({Time(1)}, {Of("'yyyy-MM-dd HH:mm:ss.fff'", "'MM/dd'")})", $"tostring({Of(Time(1), Span(1))})", $"({Time(1)} {Of("<", "==", "!=")} {Time(1)})", $"tolong({Span(1)})", $"isnull({Span(1)})");

    string Text(int deep) => deep == 0 ? Of("t", "t", "'a'", "''", "'Über-b c'") : random.Next(9) switch
    {
        0 => $"strcat({Text(deep - 1)}, {Of("k", "b", "d", "s", "t", "'-'")})",
        1 => $"tostring({Of("k", "b", "d", "s", Test(1))})",
        2 => $"substring({Text(deep - 1)}, {Of("0", "1", "-1", "k")}, {Of("1", "2", "k")})",
        3 => $"{Of("tolower", "reverse")}({Text(deep - 1)})",
        4 => $"replace_string({Text(deep - 1)}, {Of("'a'", "'b'", "' '")}, {Of("'xx'", "''")})",
        5 => $"coalesce({Text(deep - 1)}, {Text(deep - 1)})",
        6 => $"iff({Test(1)}, {Text(deep - 1)}, {Text(deep - 1)})",
        7 => $"strcat_delim('|', {Text(deep - 1)}, k)",
        _ => $"tostring(split({Text(deep - 1)}, {Of("'-'", "' '")})[{Of("0", "1", "-1")}])",
    };

    string TextTest() => Of($"({Text(1)} {Of("has", "!has", "has_cs", "contains", "!contains", "contains_cs", "startswith", "endswith", "!startswith_cs", "endswith_cs", "hasprefix", "hassuffix", "=~", "!~", "==", "!=", "<", ">=")} {Of("'a'", "'B'", "''", "'b c'", "'Ü'", "'-'", "t")})",
        $"({Text(1)} {Of("in", "!in", "in~", "!in~", "has_any", "has_all")} ({Some(() => Of("'a'", "'B'", "''", "'ü'"), 3)}))", $"({Text(1)} matches regex {Of("'^a'", "'[a-c]+$'", "'(?i)B'", "''")})", $"strlen({Text(1)})", $"indexof({Text(1)}, {Of("'a'", "'b'", "'ü'")})", $"countof({Text(1)}, {Of("'a'", "'aa'", "'-'")})", $"isempty({Text(1)})", $"split({Text(1)}, {Of("'-'", "' '")})", $"strcmp({Text(1)}, t)", $"tolong({Text(1)})");

    string Dynamic() => Of("j.a", "j.b.a", "j['c']", "j[0]", "j[-1]", "j[1]", "j[n]", "j[i]", "tostring(j)", "tostring(j.a)", "tolong(j.a)", "todouble(j.b)", "tobool(j.a)", "isnull(j.a)", "isnull(j)", "isempty(tostring(j.b))", "array_length(j)", "array_length(j.a)", "strcat(j.a, '-', j.b)", "j.a.b.c", "tolong(j[0]) + 1", "tostring(j.a) == 'a'", "iff(tolong(j.a) > 0, 'p', 'n')");
}
