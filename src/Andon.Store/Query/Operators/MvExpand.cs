using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>One value to take apart: its name, and the type its items are meant to have.</summary>
internal sealed record Expanded(string? Name, Expr Value, KType? Type)
{
    public string Column => Name ?? Project.NameOf(Value, 1);

    public static Expanded Parse(Parser parser)
    {
        var value = parser.Expression();
        string? name = null;
        if (value is Name n && parser.Accept("=")) (name, value) = (n.Text, parser.Expression());
        KType? type = null;
        if (parser.AcceptWord("to"))
        {
            if (!parser.AcceptWord("typeof")) parser.Fail("KQL003", parser.Peek.At, $"`typeof` is expected after `to`, not {parser.Peek.Shown}.", "to typeof(string)");
            parser.Expect("(", "after `typeof`");
            if (!parser.Panicking) type = parser.TypeWord();
            parser.Expect(")", "after the type");
        }
        return new(name, value, type);
    }

    public static void Print(Printer to, IReadOnlyList<Expanded> all)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (i > 0) to.Put(", ");
            if (all[i].Name is { } name) to.Name(name).Put(" = ");
            to.Add(all[i].Value);
            if (all[i].Type is { } type) to.Put(" to typeof(").Put(type.Name).Put(")");
        }
    }
}

/// <summary>
/// <c>mv-expand a, b = list to typeof(long)</c>: a row for each item. Several lists go side by side, the shorter ones filled with nulls. An
/// empty list gives no row; null and what is no list give one row. A bag becomes bags of one pair, or with kind=array pairs [key, value].
/// </summary>
internal sealed record MvExpand(int At, bool Pairs, string? Index, IReadOnlyList<Expanded> Items, Expr? Limit) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        var pairs = false;
        string? index = null;
        while (parser.Peek.Text is "bagexpansion" or "kind" or "with_itemindex" && parser.PeekAt(1).Is("="))
        {
            var option = parser.Next();
            parser.Next();
            if (option.Text == "with_itemindex") index = parser.NameText("a name for the item's number");
            else if (parser.Peek.Text is "array" or "bag") pairs = parser.Next().Text == "array";
            else parser.Fail("KQL003", parser.Peek.At, $"`bag` or `array` is expected, not {parser.Peek.Shown}.", $"{option.Text}=array");
        }
        var items = new List<Expanded>();
        do items.Add(Expanded.Parse(parser)); while (!parser.Panicking && parser.Accept(","));
        return new MvExpand(at, pairs, index, items, !parser.Panicking && parser.AcceptWord("limit") ? parser.Expression() : null);
    }

    public override void Print(Printer to)
    {
        to.Put("mv-expand ");
        if (Pairs) to.Put("bagexpansion=array ");
        if (Index is not null) to.Put("with_itemindex=").Name(Index).Put(" ");
        Expanded.Print(to, Items);
        if (Limit is not null) to.Put(" limit ").Add(Limit);
    }

    public override Shape Apply(Shape input, Compiler compiler) => Expand(input, compiler, new Binder(compiler, input)) ?? Compiler.Lost();

    /// <summary>The rows, or null when something is wrong. Values are bound where the caller says.</summary>
    public Shape? Expand(Shape input, Compiler compiler, Binder binder)
    {
        var limit = Limit is null ? null : Take.RowsOf(Limit, compiler);
        var lists = new List<(string Name, string Text, KType Item, bool Text0)>();
        foreach (var item in Items)
        {
            var value = binder.Bind(item.Value);
            if (value.Type.Kind == Kind.Unknown) continue;
            if (value.Type.Kind is not (Kind.List or Kind.Bag or Kind.Json or Kind.Loose))
            {
                compiler.Faults.Add("KQL013", item.Value.At, $"A {value.Type.Name} has no items.", value.Type.IsText ? "todynamic(…), or split(…)" : "Only dynamic values do; see parse_json().");
                continue;
            }
            var (text, of) = Lists.Items(compiler.Parameters.Text(value), value.Type, Pairs);
            if (limit is { } most) text = $"arraySlice({text}, 1, {compiler.Parameters.Long(most)})";
            lists.Add((item.Column, text, of, of.IsText));
        }
        if (input.Lost || lists.Count < Items.Count || Limit is not null && limit is null) return null;
        foreach (var twice in lists.GroupBy(l => l.Name).Where(g => g.Count() > 1)) compiler.Faults.Add("KQL013", At, $"Two columns are named `{twice.Key}`.", "Name one with `name = …`.");
        var shape = compiler.Close(input, [.. lists.Select(l => l.Text)], out var arrays);
        var longest = arrays.Count == 1 ? $"length({arrays[0]})" : $"greatest({string.Join(", ", arrays.Select(a => $"length({a})"))})";
        var joins = new List<string>();
        var made = new List<Column>(shape.Columns);
        var inside = new Binder(compiler, shape);
        for (var i = 0; i < lists.Count; i++)
        {
            var alias = compiler.Alias();
            var filled = lists.Count == 1 ? arrays[i] : lists[i].Text0 ? $"arrayResize({arrays[i]}, {longest}, '')" : $"arrayResize(CAST({arrays[i]} AS Array(Nullable({Parameters.EngineType(lists[i].Item.Kind)}))), {longest}, NULL)";
            joins.Add($"{filled} AS {alias}");
            var one = Items[i].Type is { } type ? Lists.As(new Sql(alias, lists[i].Item, Sql.HasNull(lists[i].Item), 1), type, inside) : new Sql(alias, lists[i].Item, Sql.HasNull(lists[i].Item), 1);
            var at = made.FindIndex(c => c.Name == lists[i].Name);
            if (at >= 0) made[at] = new(lists[i].Name, one);
            else made.Add(new(lists[i].Name, one));
        }
        if (Index is not null)
        {
            var number = compiler.Alias();
            joins.Add($"range({longest}) AS {number}");
            made.Add(new(Index, new Sql($"toInt64({number})", KType.Long, false, 1)));
        }
        var closed = new Shape
        {
            From = $"{shape.From} ARRAY JOIN {string.Join(", ", joins)}", Columns = made, Open = shape.Open, Bag = shape.Bag, Time = null, Order = shape.Order, Serial = shape.Serial, Each = shape.Each, Foreign = shape.Foreign,
        };
        return compiler.Close(closed);
    }
}

/// <summary>What lists are taken apart into.</summary>
internal static class Lists
{
    /// <summary>Engine array of a dynamic value's items, and the type of one.</summary>
    public static (string Text, KType Item) Items(string text, KType type, bool pairs) => type.Kind switch
    {
        // Text out of a list may be anything, as a bag value may.
        Kind.List => (type.Of == Kind.String ? $"CAST({text} AS Array(String))" : text, type.Of == Kind.String ? KType.Loose : new(type.Of)),
        Kind.Bag => ($"arrayMap((k, v) -> {Pair("toJSONString(toString(k))", "toJSONString(v)", pairs)}, mapKeys({text}), mapValues({text}))", KType.Json),
        _ => ($"multiIf(startsWith({text}, '['), JSONExtractArrayRaw({text}), startsWith({text}, '{{'), arrayMap(x -> {Pair("toJSONString(x.1)", "x.2", pairs)}, JSONExtractKeysAndValuesRaw({text})), " +
            $"[{(type.Kind == Kind.Loose ? $"if({text} = '' OR isValidJSON({text}), {text}, toJSONString({text}))" : text)}])", KType.Json),
    };

    static string Pair(string key, string value, bool pairs) => pairs ? $"concat('[', {key}, ',', {value}, ']')" : $"concat('{{', {key}, ':', {value}, '}}')";

    public static Sql As(Sql item, KType type, Binder binder) => type.Kind switch
    {
        Kind.String => binder.AsText(item),
        Kind.Long => binder.AsLong(item),
        Kind.Real => binder.AsReal(item),
        Kind.Bool => binder.AsBool(item),
        Kind.DateTime => binder.AsTime(item),
        Kind.TimeSpan => binder.AsSpan(item),
        _ => item,
    };
}
