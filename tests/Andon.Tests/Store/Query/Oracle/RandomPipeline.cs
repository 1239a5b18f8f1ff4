using System.Globalization;
using System.Text;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>
/// Long queries: step after step of any kind, each over the columns that the steps before have left. It is known which columns tell one row
/// from another, so that whatever wants an order gets a whole one.
/// </summary>
sealed class RandomPipeline(Random random)
{
    /// <summary>Columns by name; their types are s text, l whole number, r real, t time, b truth.</summary>
    readonly List<(string Name, char Type)> columns = [];
    List<string>? key = ["id"];
    readonly StringBuilder query = new();
    int names;

    string Of(params string[] some) => some[random.Next(some.Length)];
    string? Any(string types) => columns.Where(c => types.Contains(c.Type)).ToList() is { Count: > 0 } some ? some[random.Next(some.Count)].Name : null;
    string Fresh() => string.Create(CultureInfo.InvariantCulture, $"n{names++}");
    void Say(string step) => query.Append(" | ").Append(step);
    string Ordering(string first) => string.Join(", ", key!.Select(k => $"{k} asc").Prepend(first));

    static string Cells(Random random, int rows, int first, Func<Random, string> row) => string.Join(", ", Enumerable.Range(1, random.Next(rows + 1)).Select(i => $"{first + i}, {row(random)}"));

    public string Make()
    {
        columns.AddRange([("id", 'l'), ("k", 'l'), ("t", 's'), ("r", 'r'), ("d", 't'), ("b", 'b')]);
        query.Append(CultureInfo.InvariantCulture, $"let lim = {random.Next(-2, 4)}; let word = {Of("'a'", "'B'", "''")}; ");
        query.Append($"let R = datatable(rid:long, rk:long, rt:string)[{Cells(random, 6, 100, n => $"{Long(n)}, {Text(n)}")}]; ");
        query.Append(Of("", "let M = materialize(R | where rk > 0); ") is var made && made.Length > 0 ? made : "let M = R | where isnotempty(rt); ");
        query.Append($"datatable(id:long, k:long, t:string, r:real, d:datetime, b:bool)[{Cells(random, 9, 0, n => $"{Long(n)}, {Text(n)}, {Pick(n, "real(null)", "0.5", "-1.0", "2.0")}, {Pick(n, "datetime(null)", "datetime(2026-03-01)", "datetime(2026-03-02T08:30:00Z)", "datetime(2026-03-02T09:00:00Z)")}, {Pick(n, "true", "false", "bool(null)")}")}]");
        for (var i = random.Next(2, 7); i > 0; i--) Step();
        return query.ToString();
    }

    static string Pick(Random random, params string[] some) => some[random.Next(some.Length)];
    static string Long(Random random) => Pick(random, "long(null)", "0", "1", "2", "-3");
    static string Text(Random random) => Pick(random, "''", "'a'", "'B'", "'a-b'", "'ü'");

    void Step()
    {
        switch (random.Next(17))
        {
            case 0 or 1: Say($"where {Test()}"); break;
            case 2: Extend(Fresh()); break;
            case 3: Extend(columns.Select(c => c.Name).Where(n => key?.Contains(n) != true).OrderBy(_ => random.Next()).FirstOrDefault() ?? Fresh()); break;
            case 4: Project(); break;
            case 5: Summarize(); break;
            case 6: Join(); break;
            case 7: Expand(); break;
            case 8 when key is not null: Say($"sort by {Ordering($"{Any("slrtb")} {Of("asc", "desc", "asc nulls last", "desc nulls first")}")}{(random.Next(2) == 0 ? $" | take {random.Next(1, 6)}" : "")}"); break;
            case 9 when key is not null: Say($"top {random.Next(0, 6)} by {Ordering($"{Any("slrtb")} {Of("asc", "desc")}")}"); break;
            case 10 or 11 when key is not null: Window(); break;
            case 12: Union(); break;
            case 13: Distinct(); break;
            case 14 when Any("l") is { } l: Say($"where {l} {Of("in", "!in")} ((R | project rk))"); break;
            case 15 when Any("s") is { } s: Say($"where {s} {Of("in", "!in", "in~")} ((M | project rt))"); break;
            case 16 when Any("l") is { } l: Say($"where {l} {Of("<", ">=", "!=")} toscalar({Of("R | summarize m = min(rk)", "M | count", "R | top 1 by rid asc | project rk", "M | summarize m = max(rid)")})"); break;
        }
    }

    string Test()
    {
        var (l, s, r, t, b) = (Any("l"), Any("s"), Any("r"), Any("t"), Any("b"));
        return random.Next(8) switch
        {
            0 when s is not null => $"{s} {Of("==", "!=", "has", "contains", "startswith", "=~", "!~")} {Of("word", "'a'", "'b'")}",
            1 when r is not null => $"{r} {Of("<", ">", "==", "!=")} {Of("0.5", "lim", "real(null)")}",
            2 when t is not null => $"{t} {Of("<", ">=", "!=")} datetime(2026-03-02)",
            3 when b is not null => Of(b, $"not({b})", $"isnull({b})"),
            4 when l is not null => $"isnotnull({l}) and {l} between (-1 .. 2)",
            5 when l is not null && s is not null => $"{l} > 0 or isempty({s})",
            _ when l is not null => $"{l} {Of("<", "<=", ">", ">=", "==", "!=")} {Of("lim", "1", "0")}",
            _ => "true",
        };
    }

    (string Text, char Type) Value()
    {
        var (l, s, r, t, b) = (Any("l") ?? "1", Any("s") ?? "'x'", Any("r") ?? "1.5", Any("t") ?? "datetime(2026-03-02)", Any("b") ?? "true");
        return random.Next(14) switch
        {
            0 => ($"{l} {Of("+", "-", "*", "/", "%")} {Of("2", "lim", l)}", 'l'),
            1 => ($"strcat({s}, '-', {Of(l, b)})", 's'),
            2 => ($"iff({Test()}, {l}, {Of("lim", "long(null)")})", 'l'),
            3 => ($"{r} {Of("+", "*")} {l}", 'r'),
            4 => ($"bin({t}, {Of("1h", "1d")})", 't'),
            5 => ($"{t} {Of("+", "-")} 90m", 't'),
            6 => ($"coalesce({s}, word)", 's'),
            7 => ($"isnull({Of(l, r, t, b)})", 'b'),
            8 => ($"{l} > {Of("lim", "0")}", 'b'),
            9 => ($"strlen({s})", 'l'),
            10 => ($"case({Test()}, 'p', {Test()}, {s}, 'q')", 's'),
            11 => ($"tostring({Of(l, t, b)})", 's'),
            12 => ($"todouble({l})", 'r'),
            _ => ($"datetime_diff('hour', {t}, datetime(2026-03-01))", 'l'),
        };
    }

    void Put(string name, char type)
    {
        columns.RemoveAll(c => c.Name == name);
        columns.Add((name, type));
    }

    void Extend(string name)
    {
        var (text, type) = Value();
        Say($"extend {name} = {text}");
        Put(name, type);
    }

    void Project()
    {
        var keep = columns.Where(c => key?.Contains(c.Name) == true || random.Next(3) > 0).ToList();
        if (keep.Count == 0) return;
        switch (random.Next(4))
        {
            case 0 when keep.Count < columns.Count:
                Say($"project-away {string.Join(", ", columns.Except(keep).Select(c => c.Name))}");
                break;
            case 1 when columns.FirstOrDefault(c => key?.Contains(c.Name) != true) is { Name: { } old } free:
                var name = Fresh();
                Say($"project-rename {name} = {old}");
                columns[columns.IndexOf(free)] = (name, free.Type);
                return;
            default:
                var (text, type) = Value();
                var fresh = Fresh();
                Say($"project {string.Join(", ", keep.Select(c => c.Name))}, {fresh} = {text}");
                keep.Add((fresh, type));
                break;
        }
        columns.Clear();
        columns.AddRange(keep);
    }

    void Summarize()
    {
        var (l, s, r) = (Any("l") ?? "1", Any("s") ?? "'x'", Any("r") ?? "1.5");
        var by = columns.Where(c => c.Type is 's' or 'l' or 'b' or 't').OrderBy(_ => random.Next()).Take(random.Next(3)).ToList();
        List<(string Name, char Type)> made = [];
        List<string> values = [];
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var (text, type) = random.Next(8) switch
            {
                0 => ("count()", 'l'),
                1 => ($"countif({Test()})", 'l'),
                2 => ($"max({l})", 'l'),
                3 => ($"sum({l})", 'l'),
                4 => ($"dcount({s})", 'l'),
                5 => ($"min({s})", 's'),
                6 => ($"avg({r})", 'r'),
                _ => ($"strcat_array(make_set({s}), ',')", 's'),
            };
            if (text.StartsWith("strcat", StringComparison.Ordinal)) (text, type) = ($"minif({l}, {Test()})", 'l');
            made.Add((Fresh(), type));
            values.Add($"{made[^1].Name} = {text}");
        }
        Say($"summarize {string.Join(", ", values)}{(by.Count > 0 ? $" by {string.Join(", ", by.Select(c => c.Name))}" : "")}");
        columns.Clear();
        columns.AddRange([.. by, .. made]);
        key = [.. by.Select(c => c.Name)];
        if (key.Count == 0) key = [made[0].Name];
    }

    void Join()
    {
        if (Any("l") is not { } l || Any("s") is not { } s) return;
        var kind = Of("inner", "leftouter", "leftsemi", "leftanti", "rightouter", "fullouter", "lookup");
        var on = Of($"$left.{l} == $right.rk", $"$left.{s} == $right.rt", $"$left.{l} == $right.rk, $left.{s} == $right.rt");
        Say(kind == "lookup" ? $"lookup {Of("", "kind=inner ")}({Of("R", "M")}) on {on}" : $"join kind={kind} ({Of("R", "M", "R | where rk >= lim")}) on {on}");
        if (kind is "leftsemi" or "leftanti") return;
        (string, char)[] right = [.. new[] { ("rid", 'l'), ("rk", 'l'), ("rt", 's') }.Where(c => kind != "lookup" || !on.Contains($"$right.{c.Item1}", StringComparison.Ordinal))];
        foreach (var (name, type) in right)
        {
            var given = name;
            for (var n = 1; columns.Any(c => c.Name == given); n++) given = string.Create(CultureInfo.InvariantCulture, $"{name}{n}");
            columns.Add((given, type));
            if (name == "rid") key?.Add(given);
        }
    }

    void Expand()
    {
        if (Any("s") is not { } s) return;
        var (index, item) = (Fresh(), Fresh());
        Say($"mv-expand with_itemindex={index} {item} = split({s}, '-') to typeof(string)");
        columns.AddRange([(item, 's'), (index, 'l')]);
        key?.Add(index);
    }

    void Window()
    {
        var (name, l, any) = (Fresh(), Any("l") ?? "1", Any("slrtb")!);
        var type = columns.First(c => c.Name == any).Type;
        var (text, made) = random.Next(5) switch { 0 => ("row_number()", 'l'), 1 when l != "1" => ($"row_cumsum({l})", 'l'), 2 => ($"row_number(1, {any} == prev({any}))", 'l'), 3 => ($"next({any})", type), _ => ($"prev({any})", type) };
        Say($"sort by {Ordering($"{Any("slrtb")} {Of("asc", "desc")}")} | extend {name} = {text}");
        Put(name, made);
    }

    void Union()
    {
        var numbers = columns.Where(c => c.Type == 'l').Select(c => c.Name).Take(2).ToList();
        if (numbers.Count < 2) return;
        Say($"union {Of("", "kind=outer ")}(R | project {numbers[0]} = rk, {numbers[1]} = rid)");
        key = null;
    }

    void Distinct()
    {
        var some = columns.Where(_ => random.Next(2) == 0).ToList();
        if (some.Count == 0) return;
        Say($"distinct {string.Join(", ", some.Select(c => c.Name))}");
        columns.Clear();
        columns.AddRange(some);
        key = [.. some.Select(c => c.Name)];
    }
}
