using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>Texts that are made of parts: addresses of pages, paths of files, lines of values.</summary>
internal static class ParsingFunctions
{
    public static readonly Function[] All =
    [
        new("parse_url", 1, 1, "parse_url(string) → dynamic", "Scheme, Host, Port, Path, Username, Password, Query Parameters, Fragment; null where it is no URL.", Url),
        new("parse_urlquery", 1, 1, "parse_urlquery(string) → dynamic", "Query Parameters of the text behind a question mark.", a => Asked.Make($"concat('{{\"Query Parameters\":', {Query(a.TextT(0))}, '}}')", KType.Json, cost: 6)),
        new("parse_path", 1, 1, "parse_path(string) → dynamic", "Scheme, RootPath, DirectoryPath, DirectoryName, Filename, Extension, AlternateDataStreamName.", Path),
        new("parse_csv", 1, 1, "parse_csv(string) → dynamic", "The values of one line, parted by commas, quoted or not.", Csv),
    ];

    static string Bag(params (string Name, string Json)[] parts) =>
        $"concat({string.Join(", ", parts.Select((p, i) => $"'{(i == 0 ? "{" : ",")}\"{p.Name}\":', {p.Json}"))}, '}}')";

    static string Text(string text) => $"toJSONString({text})";

    static Sql Url(Asked a)
    {
        const string Pattern = @"'^([A-Za-z][A-Za-z0-9+.-]*)://(?:([^:/@?#]*)(?::([^/@?#]*))?@)?(\\[[^\\]]*\\]|[^:/?#]*)(?::(\\d*))?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?$'";
        var groups = $"extractGroups({a.TextT(0)}, {Pattern})";
        string Group(int i) => Text($"arrayElement({groups}, {i})");
        var bag = Bag(("Scheme", Group(1)), ("Host", Group(4)), ("Port", Group(5)), ("Path", Group(6)), ("Username", Group(2)), ("Password", Group(3)),
            ("Query Parameters", Query($"arrayElement({groups}, 7)")), ("Fragment", Group(8)));
        return Asked.Make($"if(empty({groups}), '', {bag})", KType.Json, cost: 7);
    }

    /// <summary>Names and values of a=1&amp;b=2; of a name that comes twice the first counts.</summary>
    static string Query(string text)
    {
        var pairs = $"arrayFilter(p -> p.1 != '', arrayMap(q -> (arrayElement(splitByChar('=', q), 1), if(position(q, '=') = 0, '', substring(q, position(q, '=') + 1))), splitByChar('&', {text})))";
        var first = $"arrayFilter((p, n) -> n = 1, {pairs}, arrayEnumerateUniq(arrayMap(p -> p.1, {pairs})))";
        return $"concat('{{', arrayStringConcat(arrayMap(p -> concat(toJSONString(p.1), ':', toJSONString(p.2)), {first}), ','), '}}')";
    }

    static Sql Path(Asked a)
    {
        const string Pattern = @"'^(?:([A-Za-z][A-Za-z0-9+.-]+)://)?((?:[A-Za-z]:)?(?:[^:]*[\\\\/])?)([^\\\\/:]*)(?::([^\\\\/]*))?$'";
        var groups = $"extractGroups({a.TextT(0)}, {Pattern})";
        string Group(int i) => $"arrayElement({groups}, {i})";
        var folder = $@"replaceRegexpOne({Group(2)}, '[\\\\/]+$', '')";
        var bag = Bag(("Scheme", Text(Group(1))), ("RootPath", Text($"extract({Group(2)}, '^[A-Za-z]:')")), ("DirectoryPath", Text(folder)),
            ("DirectoryName", Text($@"extract({folder}, '[\\\\/]?([^\\\\/:]*)$')")), ("Filename", Text(Group(3))),
            ("Extension", Text($@"extract({Group(3)}, '\\.([^.]*)$')")), ("AlternateDataStreamName", Text(Group(4))));
        return Asked.Make($"if(empty({groups}), '', {bag})", KType.Json, cost: 7);
    }

    static Sql Csv(Asked a)
    {
        // Every value gets a comma before it, so that none of them is an empty match.
        var matches = $@"extractAllGroupsVertical(concat(',', extract({a.TextT(0)}, '^[^\\r\\n]*')), ',(?:""((?:[^""]|"""")*)""|([^,]*))')";
        return Asked.Make($"arrayMap(m -> if(arrayElement(m, 1) != '', replaceAll(arrayElement(m, 1), '\"\"', '\"'), arrayElement(m, 2)), {matches})", KType.ListOf(Kind.String), cost: 7);
    }
}
