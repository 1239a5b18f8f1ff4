using System.Text;
using System.Text.Json;

namespace Andon.Tests.Detect.Oracle;

/// <summary>Grows legal rules and events from one small alphabet, so that they meet often.</summary>
sealed class OracleGrower(int seed)
{
    static readonly string[] Bits = ["a", "b", "A", "B", "ab", "\\", "-", "/", "–", " -a", "/b", " ", "s", "ſ", "S", "k", "\u212A", "i", "İ", "ı", "I", "Σ", "σ", "ς", "ß", "ẞ", "é", "É", "😀", "1", "'", "\n", "_", "", ""];
    static readonly string[] Words = ["a", "b", "ab", "abc", "A", "", "a\\b", "1", "true", "-a", "/1", "-1", "ß", "k", "*", "?"];
    static readonly string[] Regexes = ["a", "^a", "b$", "a.b", "[ab]+", "(?:a|s)", "\\w", "\\\\", "ß", "(?i)A", "k", "^.$", "^$", "(a|b)+?", "\\d{1,2}", "[^a]", "\\bA\\b", "^a$", "Σ|σ", "\\x61", "(?i:K)b?", "^[-/].*"];
    static readonly string[] Addresses = ["10.0.0.1", "10.0.1.1", "192.168.1.7", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "2001:db8::5", "10.0.0", "host", "10.0.0.256", "FE80::2", "0.0.0.0", "::"];
    static readonly string[] Networks = ["10.0.0.0/8", "10.0.0.0/24", "192.168.0.0/16", "'::1'", "'fe80::/10'", "'2001:db8::/32'", "10.0.0.1", "0.0.0.0/0", "'::/0'", "'::ffff:10.0.0.0/104'"];
    static readonly string[] Times = ["2024-05-06T03:04:05Z", "2024-12-31 22:15:00", "2025-01-01", "2024-02-30T01:01:01", "soon", "2024-02-29T23:59:59.999+02:00", "2020-12-31T00:00", ""];
    static readonly string[] Encoded = ["Y21k", "xNtZx", "jbW", "YQ==", "YQA=", "//5hAA==", "AGE=", "YWI=", "yYW", "cm1", "Zm9v", "w6k=", "YQ"];
    static readonly string[] Plain = ["a", "ab", "cmd", "foo", "é", "rm"];
    static readonly string[] Fields = ["F", "G", "H", "a.b", "New Value", "c-d"];

    readonly Random random = new(seed);

    T One<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];
    bool Chance(int percent) => random.Next(100) < percent;

    public GrownCase Case(int rules, int events)
    {
        var all = Enumerable.Range(0, rules).Select(i => Rule($"r{i}", null)).ToList();
        for (var i = random.Next(3); i > 0; i--) all.Add(Rule($"f{i}", Chance(30) ? "any" : $"[r{random.Next(rules)}, r{random.Next(rules)}]"));
        return new(all, [.. Enumerable.Range(0, events).Select(_ => Event())]);
    }

    string Text(int most) => Chance(45) ? One(Words) : string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => One(Bits)));

    // Events -----------------------------------------------------------------------------------------------------

    List<(string Name, string Json)> Event()
    {
        var fields = new List<(string, string)>();
        foreach (var field in Fields) if (Chance(75)) fields.Add((field, Member(array: true)));
        if (Chance(70)) fields.Add(("N", One(["1", "2", "10", "4.5", "-1", "\"1\"", "\"01\"", "\"1.0\"", "\"x\"", "null", "9223372036854775807", "\"1e1\"", "[1,7]", "\"+5\""])));
        if (Chance(70)) fields.Add(("I", Quote(One(Addresses))));
        if (Chance(70)) fields.Add(("T", Quote(One(Times))));
        if (Chance(70)) fields.Add(("B", Quote(One(Encoded))));
        return fields;
    }

    string Member(bool array) => random.Next(12) switch
    {
        0 => "null",
        1 => One(["1", "10", "4.5", "0", "23"]),
        2 => One(["true", "false"]),
        3 when array => $"[{string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Member(array: false)))}]",
        _ => Quote(Text(4)),
    };

    static string Quote(string text) => JsonSerializer.Serialize(text);

    // Rules ------------------------------------------------------------------------------------------------------

    GrownRule Rule(string id, string? filterOf)
    {
        var names = new List<string> { "sel" };
        foreach (var name in new[] { "sel_1", "sel_2", "1_of_two", "filter-a", "_hidden" }) if (Chance(35)) names.Add(name);
        var conditions = Enumerable.Range(0, filterOf is null && Chance(15) ? 2 : 1).Select(_ => Condition(names, 3)).ToList();
        return new(id, names.ConvertAll(Search), conditions, filterOf);
    }

    string Condition(List<string> names, int depth)
    {
        var kind = depth == 0 ? 9 : random.Next(12);
        var part = kind switch
        {
            0 or 1 => $"{Condition(names, depth - 1)} {One(["or", "OR"])} {Condition(names, depth - 1)}",
            2 or 3 => $"{Condition(names, depth - 1)} {One(["and", "And"])} {Condition(names, depth - 1)}",
            4 or 5 => $"{One(["not", "NOT"])} {Condition(names, depth - 1)}",
            6 => $"{One(["1", "any", "all"])} of them",
            7 => $"{One(["1", "all", "All"])} of {One(names.Contains("_hidden") ? ["sel*", "s*l*", "*", "_*", "*_*", "_hid*"] : new[] { "sel*", "*", "s*" })}",
            _ => One(names),
        };
        // "*_*" may take nothing, which is an error and not what is asked here.
        if (part.EndsWith("of *_*", StringComparison.Ordinal) && !names.Exists(n => n[0] != '_' && n.Contains('_', StringComparison.Ordinal))) return "sel";
        return Chance(25) ? $"({part})" : part;
    }

    GrownSearch Search(string name)
    {
        if (Chance(8)) return new(name, [[new("", Keywords())]]);
        return new(name, [.. Enumerable.Range(0, Chance(25) ? 2 : 1).Select(i => (IReadOnlyList<GrownItem>)(i > 0 && Chance(20) ? [new("", Keywords())] : Map()))]);
    }

    List<string> Keywords() => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Chance(15) ? One(["1", "10", "true"]) : Wild(Solid(3)))];

    List<GrownItem> Map() => [.. Enumerable.Range(0, Chance(60) ? 1 : 2).Select(_ => Item()).DistinctBy(i => i.Key)];

    GrownItem Item()
    {
        switch (random.Next(22))
        {
            case 0: return new($"{One(Fields)}|exists", [One(["true", "false"])]);
            case 1: return new($"N|{One(["lt", "lte", "gt", "gte"])}", [One(["1", "2", "4.5", "'10'", "-1", "9223372036854775806"])]);
            case 2: return new(Chain("I", "cidr", "all", "neq"), Many(() => One(Networks)));
            case 3: return new($"T|{One(OracleTime.Parts)}{One(["", "", "|lt", "|gte", "|neq", "|lte", "|gt"])}", [One(["1", "2", "3", "4", "5", "12", "22", "53", "2024", "31", "59"])]);
            case 4: return new(Chain(One(Fields), "fieldref", One(["contains", "startswith", "endswith", "cased"]), "neq", "all"), Many(() => One(Fields) is var f && f.Contains(' ', StringComparison.Ordinal) ? $"'{f}'" : f));
            case 5 or 6: return new(Chain(One(Fields), "re", One(["i", "ignorecase", "m", "s", "dotall", "multiline"]), One(["contains", "startswith", "endswith"]), "neq", "all"), Many(() => Yaml(One(Regexes))));
            case 7: return new($"B|{One(["", "", "wide|", "utf16le|", "utf16be|", "utf16|"])}{One(["base64", "base64offset"])}{One(["|contains", "|contains", "", "|startswith", "|endswith", "|contains|all"])}", Many(() => One(Plain)));
            case 8: return new(One(Fields), [One(["null", "''", "~"])]);
            case 9: return new(One(Fields), Many(() => One(["null", "1", "true", "False", "0x17", "1e1", "4.5", "012", "''", "'*'", "'?'", Wild(Text(2))])));
            case 10: return new(Chain("N", "neq", "all"), Many(() => One(["1", "10", "4.5", "-1", "01", "2"])));
            case 11: return new($"|{One(["all", "contains|all", "re", "cased", "startswith", "endswith|cased", "windash", "neq", "base64offset|contains"])}", Many(() => Yaml(One(["a", "b", "A", "1", "k", "ß", "ſ", "ab", "cmd", "-a"]))));
            default:
                var chain = Chain(One(Fields), One(["contains", "contains", "startswith", "endswith", "all"]), One(["cased", "windash", "all"]), "neq");
                return new(chain, Many(() => chain.Contains('|', StringComparison.Ordinal) && Chance(10) ? One(["1", "0", "true", "-1"]) : Wild(Text(3))));
        }
    }

    // The first name always, each other one at times, in any order where the order is free.
    string Chain(string field, string first, params string[] others)
    {
        var free = others.Where(_ => Chance(25)).Distinct().Where(o => o != first).ToList();
        if (first is "re" or "cidr" or "fieldref") return $"{field}|{first}{string.Concat(free.Select(f => "|" + f))}";
        var all = Chance(20) ? free : [first, .. free];
        return field + string.Concat((Chance(30) ? all.OrderBy(_ => random.Next()) : all.AsEnumerable()).Select(f => "|" + f));
    }

    List<string> Many(Func<string> value) => [.. Enumerable.Range(0, Chance(60) ? 1 : 1 + random.Next(4)).Select(_ => value())];

    string Solid(int most)
    {
        for (; ; ) if (Text(most) is { Length: > 0 } text) return text;
    }

    // Wildcards are strewn in, or escaped.
    string Wild(string text)
    {
        var at = random.Next(text.Length + 1);
        if (at > 0 && at < text.Length && char.IsLowSurrogate(text[at])) at = 0;
        return Yaml(Chance(20) ? text.Insert(at, One(["*", "?", "\\*", "\\?", "\\\\", "*?", "\\\\*"])) : text);
    }

    // Both quoting styles, which treat backslashes differently (SG9).
    string Yaml(string text)
    {
        if (!text.Contains('\n', StringComparison.Ordinal) && Chance(70)) return $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        var quoted = new StringBuilder("\"");
        foreach (var c in text) quoted.Append(c switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", _ => c.ToString() });
        return quoted.Append('"').ToString();
    }
}
