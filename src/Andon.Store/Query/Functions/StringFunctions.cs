using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>Positions and lengths count characters (code points), as Kusto does; bytes that are no UTF-8 count one each.</summary>
internal static class StringFunctions
{
    public static readonly Function[] All =
    [
        new("tolower", 1, 1, "tolower(string) → string", "Lower case, of all alphabets.", a => Asked.MakeText($"lowerUTF8({a.TextT(0)})")),
        new("toupper", 1, 1, "toupper(string) → string", "Upper case, of all alphabets.", a => Asked.MakeText($"upperUTF8({a.TextT(0)})")),
        new("strlen", 1, 1, "strlen(string) → long", "Number of characters.", a => Asked.MakeLong($"lengthUTF8({a.TextT(0)})")),
        new("strcat", 1, 64, "strcat(any, …) → string", "The texts joined.", StrCat),
        new("strcat_delim", 2, 64, "strcat_delim(delimiter, any, …) → string", "The texts joined with a delimiter.", StrCatDelim),
        new("substring", 2, 3, "substring(string, start, [length]) → string", "A piece; the first character is 0.", Substring),
        new("split", 2, 3, "split(string, delimiter, [index]) → dynamic", "The pieces between delimiters.", Split),
        new("trim", 2, 2, "trim(regex, string) → string", "Without what matches at both ends.", a => Trim(a, start: true, end: true)),
        new("trim_start", 2, 2, "trim_start(regex, string) → string", "Without what matches at the start.", a => Trim(a, start: true, end: false)),
        new("trim_end", 2, 2, "trim_end(regex, string) → string", "Without what matches at the end.", a => Trim(a, start: false, end: true)),
        new("replace_string", 3, 3, "replace_string(string, what, by) → string", "Every occurrence replaced.", a => Asked.MakeText($"replaceAll({a.TextT(0)}, {a.TextT(1)}, {a.TextT(2)})", 3)),
        new("replace_regex", 3, 3, "replace_regex(string, regex, by) → string", "Every match replaced; \\1 is the first group.", Replace),
        new("extract", 3, 3, "extract(regex, group, string) → string", "A group of the first match, '' without one.", Extract),
        new("indexof", 2, 2, "indexof(string, what) → long", "Where it first stands, -1 where nowhere.", a => Asked.MakeLong($"positionUTF8({a.TextT(0)}, {a.TextT(1)}) - 1", cost: 3)),
        new("countof", 2, 3, "countof(string, what, ['normal'|'regex']) → long", "How often it stands there.", CountOf),
        new("strrep", 2, 2, "strrep(string, times) → string", "The text repeated, 1024 times at most.", a => Asked.MakeText($"repeat({a.TextT(0)}, least(greatest({a.T(a.Long(1))}, 0), 1024))")),
        new("reverse", 1, 1, "reverse(string) → string", "The text backwards.", a => Asked.MakeText($"reverseUTF8({a.TextT(0)})")),
        new("strcmp", 2, 2, "strcmp(a, b) → long", "-1, 0 or 1.", a => Asked.MakeLong($"multiIf({a.TextT(0)} < {a.TextT(1)}, -1, {a.TextT(0)} > {a.TextT(1)}, 1, 0)")),
        new("base64_decode_tostring", 1, 1, "base64_decode_tostring(string) → string", "The decoded text, '' where it is no base64.", a => Asked.MakeText($"tryBase64Decode({a.TextT(0)})", 4)),
        new("base64_encode_tostring", 1, 1, "base64_encode_tostring(string) → string", "As base64.", a => Asked.MakeText($"base64Encode({a.TextT(0)})", 4)),
        new("url_decode", 1, 1, "url_decode(string) → string", "Percent signs resolved.", a => Asked.MakeText($"decodeURLComponent({a.TextT(0)})", 4)),
        new("url_encode", 1, 1, "url_encode(string) → string", "Made safe for a URL.", a => Asked.MakeText($"encodeURLComponent({a.TextT(0)})", 4)),
        new("hash_sha256", 1, 1, "hash_sha256(any) → string", "SHA-256 in hexadecimal.", a => Asked.MakeText($"lower(hex(SHA256({a.T(a.Binder.AsText(a.Of[0]))})))", 5)),
    ];

    static Sql StrCat(Asked a)
    {
        var parts = a.Of.Select(a.Binder.AsText).ToList();
        if (parts.All(p => p.ConstantText is not null)) return Sql.String(string.Concat(parts.Select(p => p.ConstantText)));
        return Asked.MakeText(parts.Count == 1 ? a.T(parts[0]) : $"concat({string.Join(", ", parts.Select(a.T))})");
    }

    static Sql StrCatDelim(Asked a)
    {
        var parts = a.Of.Skip(1).Select(a.Binder.AsText).ToList();
        return Asked.MakeText($"concat({string.Join($", {a.TextT(0)}, ", parts.Select(a.T))}, '')");
    }

    static Sql Substring(Asked a)
    {
        var start = a.T(a.Long(1));
        // A negative start counts from the end, and stops at the first character.
        var from = $"if({start} < 0, greatest(toInt64(lengthUTF8({a.TextT(0)})) + {start}, 0), {start}) + 1";
        return Asked.MakeText(a.Count == 2
            ? $"ifNull(substringUTF8({a.TextT(0)}, {from}), '')"
            : $"ifNull(substringUTF8({a.TextT(0)}, {from}, greatest({a.T(a.Long(2))}, 0)), '')", 2);
    }

    static Sql Split(Asked a)
    {
        if (a.ConstantText(1, "The delimiter") is not { } delimiter) return Sql.Unknown;
        var text = a.TextT(0);
        // An empty text splits into one empty piece; an empty delimiter does not split.
        var pieces = delimiter.Length == 0 ? $"[{text}]" : $"if({text} = '', [''], splitByString({a.Binder.Parameters.String(delimiter)}, {text}))";
        if (a.Count == 2) return Asked.Make(pieces, KType.ListOf(Kind.String), cost: 3);
        if (a.ConstantLong(2, "The index") is not { } index) return Sql.Unknown;
        return Asked.Make($"arraySlice({pieces}, {a.Binder.Parameters.Long(index < 0 ? index : index + 1)}, 1)", KType.ListOf(Kind.String), cost: 3);
    }

    static string? Pattern(Asked a, int i)
    {
        if (a.ConstantText(i, "The pattern") is not { } pattern) return null;
        if (Re2.Fault(pattern) is not { } fault) return pattern;
        a.Binder.Fault("KQL040", a.At(i), $"The pattern cannot be used: {fault}", "Patterns are RE2's: no look-around, no back-references; they never run away.");
        return null;
    }

    static Sql Trim(Asked a, bool start, bool end)
    {
        if (Pattern(a, 0) is not { } pattern) return Sql.Unknown;
        var text = a.TextT(1);
        if (start) text = $"replaceRegexpOne({text}, {a.Binder.Parameters.String($"^(?:{pattern})")}, '')";
        if (end) text = $"replaceRegexpOne({text}, {a.Binder.Parameters.String($"(?:{pattern})$")}, '')";
        return Asked.MakeText(text, 5);
    }

    static Sql Replace(Asked a)
    {
        if (Pattern(a, 1) is not { } pattern || a.ConstantText(2, "The replacement") is not { } by) return Sql.Unknown;
        var groups = Groups(pattern);
        for (var i = 0; i + 1 < by.Length; i++)
        {
            if (by[i] != '\\') continue;
            if (!(by[i + 1] == '\\' || (char.IsAsciiDigit(by[i + 1]) && by[i + 1] - '0' <= groups))) return a.Fault(2, $"The replacement names group {by[i + 1]}, the pattern has {groups}.", "Write \\\\ for a backslash.");
            i++;
        }
        if (by.EndsWith('\\') && !by.EndsWith(@"\\", StringComparison.Ordinal)) return a.Fault(2, "The replacement ends in a backslash.", "Write \\\\ for a backslash.");
        return Asked.MakeText($"replaceRegexpAll({a.TextT(0)}, {a.Binder.Parameters.String(pattern)}, {a.Binder.Parameters.String(by)})", 6);
    }

    /// <summary>Number of capturing groups of a pattern that <see cref="Re2"/> accepts.</summary>
    internal static int Groups(string pattern)
    {
        var groups = 0;
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\') i++;
            else if (inClass) inClass = pattern[i] != ']';
            else if (pattern[i] == '[')
            {
                inClass = true;
                if (i + 1 < pattern.Length && pattern[i + 1] == '^') i++;
                if (i + 1 < pattern.Length && pattern[i + 1] == ']') i++;
            }
            else if (pattern[i] == '(' && (i + 1 >= pattern.Length || pattern[i + 1] != '?' || (i + 2 < pattern.Length && pattern[i + 2] == 'P'))) groups++;
        }
        return groups;
    }

    static Sql Extract(Asked a)
    {
        if (Pattern(a, 0) is not { } pattern || a.ConstantLong(1, "The group") is not { } group) return Sql.Unknown;
        var groups = Groups(pattern);
        if (group < 0 || group > groups) return a.Fault(1, $"The pattern has {groups} groups, not {group}.", "Group 0 is the whole match.");
        // Group 0 becomes a group of its own around everything.
        return Asked.MakeText($"arrayElement(extractGroups({a.TextT(2)}, {a.Binder.Parameters.String($"({pattern})")}), {a.Binder.Parameters.Long(group + 1)})", 6);
    }

    static Sql CountOf(Asked a)
    {
        var kind = a.Count == 3 ? a.ConstantText(2, "The kind") : "normal";
        if (kind == "normal") return Asked.MakeLong($"countSubstrings({a.TextT(0)}, {a.TextT(1)})", cost: 3);
        if (kind != "regex") return kind is null ? Sql.Unknown : a.Fault(2, $"'{kind}' is no kind of countof.", "'normal' or 'regex'.");
        return Pattern(a, 1) is { } pattern ? Asked.MakeLong($"countMatches({a.TextT(0)}, {a.Binder.Parameters.String(pattern)})", cost: 6) : Sql.Unknown;
    }
}
