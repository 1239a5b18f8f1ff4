using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Compilation;

/// <summary>The string operators, and lists of them. What each means is in <see cref="Terms"/> and the file of tests named after it.</summary>
internal sealed partial class Binder
{
    Sql StringRelation(int at, string op, Sql left, Sql right, int rightAt)
    {
        if (op == "matches regex") return Regex(at, left, right, rightAt);
        var negated = op[0] == '!';
        var word = op is "=~" or "!~" ? "=~" : negated ? op[1..] : op;
        var cased = word.EndsWith("_cs", StringComparison.Ordinal);
        if (cased) word = word[..^3];
        if (left.Type.Kind == Kind.List) return Any(left, member => Positive(at, word, cased, member, right, rightAt), negated);
        var test = Positive(at, word, cased, left, right, rightAt);
        if (!negated || test.Type.Kind == Kind.Unknown) return test;
        return test is { IsConstant: true, Value: bool b } ? Sql.Bool(!b) : test with { Text = $"NOT {T(test)}" };
    }

    Sql Positive(int at, string word, bool cased, Sql left, Sql right, int rightAt)
    {
        if (word == "=~" && left.Type.Kind == Kind.Ip) return CompareIp(at, negated: false, left, right, filter: false);
        var index = left.Index;
        var hay = WantText(at, left, word);
        var needle = WantText(rightAt, right, word);
        if (hay.Type.Kind == Kind.Unknown || needle.Type.Kind == Kind.Unknown) return Sql.Unknown;
        if (needle.ConstantText is not { } text) return Variable(word, cased, hay, needle);
        if (text.Length == 0 && word != "=~") return Sql.Bool(true);
        var cost = Cost(hay, word);
        return word switch
        {
            "=~" => Flag($"(lower({T(hay)}) = {Parameters.String(SqlText.Lower(text))})", hay, cost),
            "has" => Has(hay, text, cased, fromEdge: true, toEdge: true, index),
            "hasprefix" => Has(hay, text, cased, fromEdge: true, toEdge: false, index),
            "hassuffix" => Has(hay, text, cased, fromEdge: false, toEdge: true, index),
            "startswith" => Guarded(hay, text, index, openStart: false, openEnd: true, cased ? $"startsWith({T(hay)}, {Parameters.String(text)})" : $"startsWith(lower({T(hay)}), {Parameters.String(SqlText.Lower(text))})", cost),
            "endswith" => Guarded(hay, text, index, openStart: true, openEnd: false, cased ? $"endsWith({T(hay)}, {Parameters.String(text)})" : $"endsWith(lower({T(hay)}), {Parameters.String(SqlText.Lower(text))})", cost),
            _ => Contains(hay, text, cased, index, cost),
        };
    }

    static int Cost(Sql hay, string word) => Math.Max(hay.Cost, 1) + (word is "has" or "=~" or "startswith" or "endswith" ? 0 : 1);

    static Sql Flag(string text, Sql hay, int cost) => new(text, KType.Bool, false, cost) { Aggregated = hay.Aggregated };

    /// <summary>Lowering and then searching bytes is quicker than a search that ignores case, and indexes of lower(column) serve it.</summary>
    Sql Contains(Sql hay, string text, bool cased, ColumnIndex index, int cost)
    {
        string Lowered() => $"lower({T(hay)}) LIKE {Parameters.String($"%{Like(SqlText.Lower(text))}%")}";
        // The pieces of a text are asked by LIKE itself.
        var terms = index == ColumnIndex.Grams ? ColumnIndex.None : index;
        if (!cased) return Guarded(hay, text, terms, openStart: true, openEnd: true, $"({Lowered()})", cost);
        var exact = $"(position({T(hay)}, {Parameters.String(text)}) > 0)";
        return Guarded(hay, text, terms, openStart: true, openEnd: true, index != ColumnIndex.None && text.Length >= 4 ? $"({Lowered()} AND {exact})" : exact, cost);
    }

    /// <summary>The exact test, behind tests that it implies and an index serves: they skip what cannot match and change nothing else.</summary>
    Sql Guarded(Sql hay, string text, ColumnIndex index, bool openStart, bool openEnd, string exact, int cost)
    {
        var guards = Guards(hay, text, index, openStart, openEnd);
        if (guards.Count == 0) return Flag(exact, hay, cost);
        return Flag($"({string.Join(" AND ", guards)} AND {exact})", hay, cost);
    }

    /// <summary>What holds of every text that contains this one: its pieces, or its whole inner terms.</summary>
    List<string> Guards(Sql hay, string text, ColumnIndex index, bool openStart, bool openEnd)
    {
        var lower = SqlText.Lower(text);
        if (index == ColumnIndex.Grams && text.Length >= 4) return [$"lower({T(hay)}) LIKE {Parameters.String($"%{Like(lower)}%")}"];
        return index == ColumnIndex.Terms ? [.. Terms.Whole(lower, openStart, openEnd).Distinct().Select(t => $"hasToken(lower({T(hay)}), {Parameters.String(t)})")] : [];
    }

    static string Like(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    /// <summary><c>value has 'text'</c>, for functions that look for terms.</summary>
    public Sql Has(int at, Sql value, string text) => StringRelation(at, "has", value, Sql.String(text), at);

    Sql Has(Sql hay, string text, bool cased, bool fromEdge, bool toEdge, ColumnIndex index)
    {
        var lowered = $"lower({T(hay)})";
        var side = cased ? T(hay) : lowered;
        var exact = cased ? text : SqlText.Lower(text);
        var tests = index == ColumnIndex.Grams ? Guards(hay, text, index, openStart: true, openEnd: true) : [];
        // Each whole term by itself can be asked of the index; alone it is also the exact answer.
        foreach (var term in Terms.Whole(exact, openStart: !fromEdge, openEnd: !toEdge).Distinct())
        {
            if (cased && index == ColumnIndex.Terms) tests.Add($"hasToken({lowered}, {Parameters.String(SqlText.Lower(term))})");
            tests.Add($"hasToken({side}, {Parameters.String(term)})");
        }
        if (!(fromEdge && toEdge && Terms.IsOneTerm(exact))) tests.Add($"match({side}, {Parameters.String(Terms.Pattern(exact, fromEdge, toEdge))})");
        return Flag(tests.Count == 1 ? tests[0] : $"({string.Join(" AND ", tests)})", hay, Math.Max(hay.Cost, 1) + (tests.Count > 1 ? 1 : 0));
    }

    /// <summary>The right side is another column: no index, the same meaning where it can be told row by row.</summary>
    Sql Variable(string word, bool cased, Sql hay, Sql needle)
    {
        var (h, n) = cased ? (T(hay), T(needle)) : ($"lower({T(hay)})", $"lower({T(needle)})");
        var text = word switch
        {
            "=~" => $"({h} = {n})",
            "contains" => $"(position({h}, {n}) > 0)",
            "startswith" => $"startsWith({h}, {n})",
            "endswith" => $"endsWith({h}, {n})",
            _ => VariableTerm(h, n, fromEdge: word is "has" or "hasprefix", toEdge: word is "has" or "hassuffix"),
        };
        return new(text, KType.Bool, false, Math.Max(hay.Cost, needle.Cost) + 1) { Aggregated = hay.Aggregated || needle.Aggregated };
    }

    /// <summary>The needle as a pattern made row by row: text that is quoted, between the edges of terms.</summary>
    static string VariableTerm(string h, string n, bool fromEdge, bool toEdge)
    {
        string Edge(string first, string pattern) => $"if(match({first}, {Quoted(Terms.Separator)}), '', {Quoted(pattern)})";
        var from = fromEdge ? Edge($"substring({n}, 1, 1)", $"(?:^|{Terms.Separator})") : "''";
        var to = toEdge ? Edge($"substring({n}, length({n}), 1)", $"(?:$|{Terms.Separator})") : "''";
        return $"({n} = '' OR match({h}, concat({from}, regexpQuoteMeta({n}), {to})))";
    }

    // Our own pattern, no author's text.
    static string Quoted(string pattern) => $"'{pattern.Replace(@"\", @"\\", StringComparison.Ordinal)}'";

    Sql Regex(int at, Sql left, Sql right, int rightAt)
    {
        if (right.ConstantText is not { } pattern) return Fault("KQL014", rightAt, "The pattern of `matches regex` is a constant string.", "Write 'pattern' or @'pattern'.");
        if (Re2.Fault(pattern) is { } fault) return Fault("KQL040", rightAt, $"The pattern cannot be used: {fault}", "Patterns are RE2's: no look-around, no back-references; they never run away.");
        if (left.Type.Kind == Kind.List) return Any(left, member => Regex(at, member, right, rightAt), negated: false);
        var hay = WantText(at, left, "matches regex");
        return hay.Type.Kind == Kind.Unknown ? hay : Flag($"match({T(hay)}, {Parameters.String(pattern)})", hay, hay.Cost + 4);
    }

    // Lists ---------------------------------------------------------------------------------------------------

    Sql InOf(InList list)
    {
        var outermost = filtering;
        filtering = false;
        var left = Bind(list.Left);
        if (TableOf(list) is { } table) return InTable(list, left, table);
        if (list.Items is [var only] && Bind(only) is { IsConstant: false, Type.Kind: Kind.List or Kind.Json } values) return InValues(list, left, values);
        var items = Items(list);
        filtering = outermost && left.Type.Kind != Kind.List;
        if (left.Type.Kind == Kind.Unknown || items is null) return Sql.Unknown;
        if (list.Operator is "has_any" or "has_all")
        {
            if (items.Count > Limits.TermListMax) return Fault("KQL006", list.At, $"More than {Limits.TermListMax} strings in `{list.Operator}` (TermListMax).", "Use `in`, or fewer strings.");
            if (items.Count == 0) return Sql.Bool(list.Operator == "has_all");
            var tests = items.Select((item, i) => StringRelation(list.At, "has", left, item.IsConstant ? AsText(item) : item, At(list, i))).ToList();
            if (tests.Any(t => t.Type.Kind == Kind.Unknown)) return Sql.Unknown;
            return tests.Count == 1 ? tests[0] : new($"({string.Join(list.Operator == "has_any" ? " OR " : " AND ", tests.Select(T))})", KType.Bool, false, tests.Max(t => t.Cost) + 1) { Aggregated = left.Aggregated };
        }
        var negated = list.Operator[0] == '!';
        var cased = list.Operator[^1] != '~';
        if (items.Count == 0) return Sql.Bool(negated);
        if (left.Type.Kind == Kind.List) return Any(left, member => Member(list, member, items, cased), negated);
        var test = Member(list, left, items, cased);
        if (!negated || test.Type.Kind == Kind.Unknown) return test;
        return test is { IsConstant: true, Value: bool b } ? Sql.Bool(!b) : test with { Text = $"NOT {T(test)}" };
    }

    static int At(InList list, int i) => i < list.Items.Count ? list.Items[i].At : list.At;

    /// <summary>The list's values; a dynamic list counts as its members.</summary>
    List<Sql>? Items(InList list)
    {
        var items = new List<Sql>();
        foreach (var expr in list.Items)
        {
            var item = Bind(expr);
            if (item.Type.Kind == Kind.Unknown) return null;
            if (item is { IsConstant: true, Value: string[] strings }) items.AddRange(strings.Select(Sql.String));
            else if (item is { IsConstant: true, Value: long[] longs }) items.AddRange(longs.Select(Sql.Long));
            else if (item.Type.Kind == Kind.List && list.Items.Count == 1)
            {
                Fault("KQL014", expr.At, "A list that is not constant cannot stand here yet.", "Use set_has_element(list, value).");
                return null;
            }
            else items.Add(item);
        }
        if (items.Count <= Limits.ListItemsMax) return items;
        Fault("KQL006", list.At, $"More than {Limits.ListItemsMax} items in a list (ListItemsMax).", "Split the query.");
        return null;
    }

    Sql Member(InList list, Sql left, List<Sql> items, bool cased)
    {
        if (left.Type.IsText && items.All(i => i.ConstantText is not null || i is { IsConstant: true, Value: long } && i.Type.Kind == Kind.Long))
        {
            var texts = items.Select(i => AsText(i).ConstantText ?? "").Distinct();
            var hay = AsText(left);
            return cased
                ? Flag($"({T(hay)} IN {Parameters.Strings(texts)})", hay, Math.Max(1, hay.Cost))
                : Flag($"(lower({T(hay)}) IN {Parameters.Strings(texts.Select(SqlText.Lower).Distinct())})", hay, Math.Max(1, hay.Cost));
        }
        if (left.Type.Kind == Kind.Ip && items.Count > 0 && items.All(i => i.ConstantText is { } text && Canonical(text) is not null))
        {
            var text = $"({T(left)} IN ({string.Join(", ", items.Select(i => $"toIPv6({Parameters.String(Canonical(i.ConstantText!)!)})").Distinct())}))";
            return Flag(left.Nullable && !filtering ? $"ifNull({text}, false)" : text, left, Math.Max(1, left.Cost));
        }
        if (left.Type.Kind == Kind.Long && items.All(i => i is { IsConstant: true, Value: long } && i.Type.Kind == Kind.Long))
        {
            var text = $"({T(left)} IN {Parameters.Longs(items.Select(i => (long)i.Value!).Distinct())})";
            return Flag(left.Nullable && !filtering ? $"ifNull({text}, false)" : text, left, Math.Max(1, left.Cost));
        }
        if (items.Count > Limits.TermListMax) return Fault("KQL006", list.At, $"More than {Limits.TermListMax} items that are no plain strings or whole numbers (TermListMax).", "Use fewer.");
        var tests = items.Select((item, i) => left.Type.Kind == Kind.Ip || cased || !left.Type.IsText
            ? Compare(At(list, i), "==", left, item)
            : StringRelation(list.At, "=~", left, item, At(list, i))).ToList();
        if (tests.Any(t => t.Type.Kind == Kind.Unknown)) return Sql.Unknown;
        tests.RemoveAll(t => t is { IsConstant: true, Value: false });
        if (tests.Count == 0) return Sql.Bool(false);
        return new($"({string.Join(" OR ", tests.Select(t => t.Nullable ? $"ifNull({T(t)}, false)" : T(t)))})", KType.Bool, false, tests.Max(t => t.Cost)) { Aggregated = tests.Any(t => t.Aggregated) };
    }
}
