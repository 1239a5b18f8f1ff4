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
        new("replace", 3, 3, "replace(regex, by, string) → string", "The old order of replace_regex: pattern, replacement, text.", a => Replace(a with { Of = [a.Of[2], a.Of[0], a.Of[1]], Call = a.Call with { Arguments = [a.Call.Arguments[2], a.Call.Arguments[0], a.Call.Arguments[1]] } })),
        new("replace_strings", 3, 3, "replace_strings(string, dynamic([what, …]), dynamic([by, …])) → string", "Each of some strings replaced, one after the other.", ReplaceStrings),
        new("translate", 3, 3, "translate(characters, by, string) → string", "Each character replaced by the one at the same place; the last stands for the rest.", Translate),
        new("regex_quote", 1, 1, "regex_quote(string) → string", "The text as a pattern that matches itself.", a => Asked.MakeText($"regexpQuoteMeta({a.TextT(0)})")),
        new("extract", 3, 4, "extract(regex, group, string, [typeof(type)]) → string", "A group of the first match, '' or null without one.", Extract),
        new("extract_all", 2, 3, "extract_all(regex, [dynamic([group, …])], string) → dynamic", "Groups of all matches; null without one.", ExtractAll),
        new("extractall", 2, 3, "extractall(regex, [dynamic([group, …])], string) → dynamic", "Like extract_all.", ExtractAll),
        new("indexof", 2, 5, "indexof(string, what, [start, length, occurrence]) → long", "Where it first stands, -1 where nowhere.", PlaceOf),
        new("indexof_regex", 2, 2, "indexof_regex(string, regex) → long", "Where the first match begins, -1 without one.", PlaceOfMatch),
        new("has_any_index", 2, 2, "has_any_index(string, dynamic([term, …])) → long", "Which of the terms is the first to be there, -1 for none.", HasAnyIndex),
        new("string_size", 1, 1, "string_size(string) → long", "Number of bytes.", a => Asked.MakeLong($"length({a.TextT(0)})")),
        new("isascii", 1, 1, "isascii(string) → bool", "Are all characters ASCII?", a => Asked.MakeBool($"length({a.TextT(0)}) = lengthUTF8({a.TextT(0)})", cost: 3)),
        new("isutf8", 1, 1, "isutf8(string) → bool", "Is it valid UTF-8?", a => Asked.MakeBool($"isValidUTF8({a.TextT(0)})", cost: 3)),
        new("countof", 2, 3, "countof(string, what, ['normal'|'regex']) → long", "How often it stands there.", CountOf),
        new("strrep", 2, 2, "strrep(string, times) → string", "The text repeated, 1024 times at most.", a => Asked.MakeText($"repeat({a.TextT(0)}, least(greatest({a.T(a.Long(1))}, 0), 1024))")),
        new("reverse", 1, 1, "reverse(string) → string", "The text backwards.", a => Asked.MakeText($"reverseUTF8({a.TextT(0)})")),
        new("strcmp", 2, 2, "strcmp(a, b) → long", "-1, 0 or 1.", a => Asked.MakeLong($"multiIf({a.TextT(0)} < {a.TextT(1)}, -1, {a.TextT(0)} > {a.TextT(1)}, 1, 0)")),
        new("base64_decode_tostring", 1, 1, "base64_decode_tostring(string) → string", "The decoded text, '' where it is no base64.", a => Asked.MakeText($"tryBase64Decode({a.TextT(0)})", 4)),
        new("base64_encode_tostring", 1, 1, "base64_encode_tostring(string) → string", "As base64.", a => Asked.MakeText($"base64Encode({a.TextT(0)})", 4)),
        new("base64_encodestring", 1, 1, "base64_encodestring(string) → string", "Like base64_encode_tostring.", a => Asked.MakeText($"base64Encode({a.TextT(0)})", 4)),
        new("base64_decodestring", 1, 1, "base64_decodestring(string) → string", "Like base64_decode_tostring.", a => Asked.MakeText($"tryBase64Decode({a.TextT(0)})", 4)),
        new("base64_decode_toarray", 1, 1, "base64_decode_toarray(string) → dynamic", "The decoded bytes as numbers; null where it is no base64.", DecodeBytes),
        new("url_decode", 1, 1, "url_decode(string) → string", "Percent signs resolved.", a => Asked.MakeText($"decodeURLComponent({a.TextT(0)})", 4)),
        new("url_encode", 1, 1, "url_encode(string) → string", "Made safe for a URL.", a => Asked.MakeText($"encodeURLComponent({a.TextT(0)})", 4)),
        new("url_encode_component", 1, 1, "url_encode_component(string) → string", "Like url_encode.", a => Asked.MakeText($"encodeURLComponent({a.TextT(0)})", 4)),
        new("hash_md5", 1, 1, "hash_md5(any) → string", "MD5 in hexadecimal.", a => Asked.MakeText($"lower(hex(MD5({a.T(a.Binder.AsText(a.Of[0]))})))", 5)),
        new("hash_sha1", 1, 1, "hash_sha1(any) → string", "SHA-1 in hexadecimal.", a => Asked.MakeText($"lower(hex(SHA1({a.T(a.Binder.AsText(a.Of[0]))})))", 5)),
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
        var found = Asked.MakeText($"arrayElement(extractGroups({a.TextT(2)}, {a.Binder.Parameters.String($"({pattern})")}), {a.Binder.Parameters.Long(group + 1)})", 6);
        return a.Count == 4 ? Conversions.To(a, 3, found) : found;
    }

    /// <summary>One group gives a list of texts, several a list of lists.</summary>
    static Sql ExtractAll(Asked a)
    {
        if (Pattern(a, 0) is not { } pattern) return Sql.Unknown;
        var groups = Groups(pattern);
        if (groups is < 1 or > 16) return a.Fault(0, $"The pattern has {groups} groups; 1 to 16 are expected.", @"extract_all(@'(\w+)', text)");
        long[] wanted = [.. Enumerable.Range(1, groups).Select(n => (long)n)];
        if (a.Count == 3)
        {
            if (a.Of[1] is not { IsConstant: true, Value: long[] some } || some.Length == 0 || some.Any(n => n < 0 || n > groups)) return a.Fault(1, $"The groups are a constant list of numbers from 0 to {groups}.", "dynamic([1, 2])");
            wanted = some;
        }
        var matches = $"extractAllGroupsVertical({a.TextT(a.Count - 1)}, {a.Binder.Parameters.String($"({pattern})")})";
        var match = wanted.Length == 1 ? $"toJSONString(arrayElement(m, {wanted[0] + 1}))"
            : JsonForms.List($"[{string.Join(", ", wanted.Select(n => $"toJSONString(arrayElement(m, {n + 1}))"))}]");
        return Asked.Make($"if(empty({matches}), '', {JsonForms.List($"arrayMap(m -> {match}, {matches})")})", KType.Json, cost: 7);
    }

    static Sql ReplaceStrings(Asked a)
    {
        if (a.Of[1] is not { IsConstant: true, Value: string[] what } || a.Of[2] is not { IsConstant: true, Value: string[] by } || what.Length != by.Length)
            return a.Fault(1, "Both lists are constant and of one length.", "replace_strings(x, dynamic(['a', 'b']), dynamic(['1', '2']))");
        var text = a.TextT(0);
        for (var i = 0; i < what.Length; i++) text = $"replaceAll({text}, {a.Binder.Parameters.String(what[i])}, {a.Binder.Parameters.String(by[i])})";
        return Asked.MakeText(text, 3);
    }

    static Sql Translate(Asked a)
    {
        if (a.ConstantText(0, "The characters") is not { } from || a.ConstantText(1, "The replacement") is not { } to) return Sql.Unknown;
        if (from.Any(char.IsSurrogate) || to.Any(char.IsSurrogate)) return a.Fault(0, "Characters beyond the first 65,536 cannot be translated.", "Use replace_string().");
        var text = a.TextT(2);
        // Of a character named twice the first counts.
        var pairs = from.Select((c, i) => (From: c, To: to.Length == 0 ? (char?)null : to[Math.Min(i, to.Length - 1)])).DistinctBy(p => p.From).ToList();
        if (pairs.Count == 0) return Asked.MakeText(text);
        if (to.Length == 0) return Asked.MakeText($"arrayStringConcat(arrayFilter(c -> NOT has({a.Binder.Parameters.Strings(pairs.Select(p => p.From.ToString()))}, c), {Characters(text)}))", 4);
        return Asked.MakeText($"translateUTF8({text}, {a.Binder.Parameters.String(string.Concat(pairs.Select(p => p.From)))}, {a.Binder.Parameters.String(string.Concat(pairs.Select(p => p.To)))})", 3);
    }

    static string Characters(string text) => $"arrayMap(n -> substringUTF8({text}, n + 1, 1), range(lengthUTF8({text})))";

    static Sql PlaceOf(Asked a)
    {
        var (text, what) = (a.TextT(0), a.TextT(1));
        if (a.Count == 2) return Asked.MakeLong($"positionUTF8({text}, {what}) - 1", cost: 3);
        if (a.ConstantLong(2, "The start") is not { } start) return Sql.Unknown;
        var length = a.Count > 3 ? a.ConstantLong(3, "The length") ?? -1 : -1;
        var occurrence = a.Count > 4 ? a.ConstantLong(4, "The occurrence") ?? 1 : 1;
        if (occurrence is < 1 or > 100) return a.Fault(4, "The occurrence is a number from 1 to 100.", "indexof(x, 'a', 0, -1, 2)");
        var from = a.Binder.Parameters.Count(Math.Max(0, start) + 1);
        var place = $"positionUTF8({text}, {what}, {from})";
        for (var i = 1; i < occurrence; i++) place = $"if({place} = 0, 0, positionUTF8({text}, {what}, {place} + 1))";
        // A find that ends behind the part that is looked at is none.
        if (length >= 0) place = $"if({place} + lengthUTF8({what}) - 1 > {a.Binder.Parameters.Long(Math.Max(0, start) + length)}, 0, {place})";
        return place.Length > Limits.SqlCharsMax / 10 ? a.Fault(4, "The occurrence is too far.", "Use a smaller number.") : Asked.MakeLong($"toInt64({place}) - 1", cost: 4);
    }

    static Sql PlaceOfMatch(Asked a)
    {
        if (Pattern(a, 1) is not { } pattern) return Sql.Unknown;
        var (text, p) = (a.TextT(0), a.Binder.Parameters.String(pattern));
        // What stands before the first match, by taking a pattern with everything before it.
        var before = $"arrayElement(extractGroups({text}, {a.Binder.Parameters.String($"^((?s:.*?))(?:{pattern})")}), 1)";
        return Asked.MakeLong($"if(match({text}, {p}), toInt64(lengthUTF8({before})), -1)", cost: 7);
    }

    static Sql HasAnyIndex(Asked a)
    {
        if (a.Of[1] is not { IsConstant: true, Value: string[] terms }) return a.Binder.Fault("KQL014", a.At(1), "The terms are a constant list of strings.", "dynamic(['a', 'b'])");
        if (terms.Length > Limits.TermListMax) return a.Fault(1, $"More than {Limits.TermListMax} terms (TermListMax).", "Use fewer.");
        if (terms.Length == 0) return Sql.Long(-1);
        var tests = terms.Select((t, i) => $"{a.T(a.Binder.Has(a.At(0), a.Of[0], t))}, {i}");
        return Asked.MakeLong($"multiIf({string.Join(", ", tests)}, -1)", cost: 5);
    }

    static Sql DecodeBytes(Asked a)
    {
        var text = a.TextT(0);
        var bytes = $"tryBase64Decode({text})";
        return Asked.Make($"if({bytes} = '' AND {text} != '', '', {JsonForms.List($"arrayMap(n -> toString(reinterpretAsUInt8(substring({bytes}, n + 1, 1))), range(length({bytes})))")})", KType.Json, cost: 6);
    }

    /// <summary>How often a text stands in another. Where it can overlap itself each beginning counts, as in Kusto; the engine counts on from the end of the last.</summary>
    static string Standing(Asked a)
    {
        var (text, what) = (a.TextT(0), a.TextT(1));
        var constant = a.Binder.AsText(a.Of[1]).ConstantText;
        if (constant is not null && !Enumerable.Range(1, Math.Max(0, constant.Length - 1)).Any(n => constant.EndsWith(constant[..n], StringComparison.Ordinal))) return $"countSubstrings({text}, {what})";
        var n = a.Binder.Lambda();
        return $"if({what} = '', 0, arrayCount({n} -> substring({text}, {n} + 1, length({what})) = {what}, range(toUInt64(greatest(toInt64(length({text})) - toInt64(length({what})) + 1, 0)))))";
    }

    static Sql CountOf(Asked a)
    {
        var kind = a.Count == 3 ? a.ConstantText(2, "The kind") : "normal";
        if (kind == "normal") return Asked.MakeLong(Standing(a), cost: 3);
        if (kind != "regex") return kind is null ? Sql.Unknown : a.Fault(2, $"'{kind}' is no kind of countof.", "'normal' or 'regex'.");
        return Pattern(a, 1) is { } pattern ? Asked.MakeLong($"countMatches({a.TextT(0)}, {a.Binder.Parameters.String(pattern)})", cost: 6) : Sql.Unknown;
    }
}
