using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>
/// <c>summarize name = aggregate(…), … by key, …</c>. Without aggregates it gives the different keys. arg_max(x, a, b) and arg_min make
/// the columns x, a, b; <c>*</c> stands for all others.
/// </summary>
internal sealed record Summarize(int At, IReadOnlyList<Item> Values, IReadOnlyList<Item> Keys) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        while (parser.Peek.IsWord("hint") && parser.PeekAt(1).Is(".")) SkipHint(parser);
        List<Item> values = parser.Peek.IsWord("by") ? [] : parser.ItemList("`summarize`");
        List<Item> keys = parser.AcceptWord("by") ? parser.ItemList("`by`") : [];
        return new Summarize(at, values, keys);
    }

    static void SkipHint(Parser parser)
    {
        for (var i = 0; i < 5; i++) parser.Next();
    }

    public override void Print(Printer to)
    {
        to.Put("summarize ").Items(Values);
        if (Keys.Count > 0) to.Put(Values.Count > 0 ? " by " : "by ").Items(Keys);
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var shape = Free(input, compiler);
        // Items of a list stand in the order of the rows, where those have one.
        if (shape is { Order.Count: > 0, Lost: false } && Values.Any(v => v.Value is Call { Function: "make_list" or "make_list_if" or "make_list_with_nulls" or "makelist" })) shape = compiler.Sorted(shape);
        return Group(shape, compiler, Values, Keys, At);
    }

    public static Shape Group(Shape shape, Compiler compiler, IReadOnlyList<Item> values, IReadOnlyList<Item> keys, int at)
    {
        var plain = new Binder(compiler, shape);
        var grouping = new Binder(compiler, shape, grouping: true);
        var columns = new List<Column>();
        var list = new List<string>();
        var groups = new List<string>();

        void Put(string name, Sql sql, int place)
        {
            if (columns.Any(c => c.Name == name)) { compiler.Faults.Add("KQL013", place, $"Two columns are named `{name}`.", "Name one with `name = …`."); return; }
            var alias = compiler.Alias();
            list.Add($"{compiler.Parameters.Text(sql)} AS {alias}");
            columns.Add(new(name, sql.As(alias) with { Cost = 1 }));
        }

        // A name that its author did not give makes way.
        string Free(string wanted) => Unused(wanted, n => columns.Any(c => c.Name == n));

        foreach (var key in keys)
        {
            var bound = plain.Bind(key.Value);
            if (bound.Type.Kind == Kind.Unknown) continue;
            if (bound.Type.Kind is Kind.List or Kind.Bag or Kind.Json && !compiler.Faults.Any)
            {
                compiler.Faults.Add("KQL013", key.Value.At, "Rows are not grouped by a dynamic value.", $"tostring({key.Value})");
                continue;
            }
            Put(key.Name ?? Free(Project.NameOf(key.Value, columns.Count + 1)), bound, key.Value.At);
            // Constants are the same in every group; their alias stands for them so that the engine does not read a number as a place.
            groups.Add(columns.Count > 0 && columns[^1].Sql is { } put && !bound.IsConstant ? put.Text : $"tuple({(columns.Count > 0 ? columns[^1].Sql.Text : "1")})");
        }

        foreach (var value in values)
        {
            if (value.Value is Call { Function: "arg_max" or "arg_min" } extreme) { Extreme(extreme, value.Name, shape, plain, (name, sql, place) => Put(Free(name), sql, place), keys, compiler); continue; }
            if (value.Value is Call { Function: "percentiles" } many) { Percentiles(many, grouping, Put); continue; }
            if (value.Value is Call { Function: "take_any" or "any", Arguments: [Star] } any)
            {
                foreach (var column in shape.Columns.Where(c => !keys.Any(k => (k.Name ?? Project.NameOf(k.Value, 0)) == c.Name)))
                    Put(column.Name, grouping.Bind(any with { Arguments = [new Name(any.At, column.Name)] }), any.At);
                continue;
            }
            var bound = grouping.Bind(value.Value);
            if (bound.Type.Kind == Kind.Unknown) continue;
            if (!bound.Aggregated && !bound.IsConstant) { compiler.Faults.Add("KQL015", value.Value.At, $"`{value.Value}` is no aggregate.", "count(), dcount(x), max(x) …"); continue; }
            Put(value.Name ?? Free(Project.NameOf(value.Value, columns.Count + 1)), bound, value.Value.At);
        }
        if (shape.Lost) return shape;
        if (list.Count == 0)
        {
            if (!compiler.Faults.Any) compiler.Faults.Add("KQL003", at, "There is nothing to group or to count.", "summarize count() by host.name");
            return Compiler.Lost();
        }
        var each = shape.Each is null ? null : Within(shape.Each, list, groups, compiler);
        var bag = shape is { Open: true, Bag: not null } ? Bag(shape.Bag, values, plain, list, compiler) : null;
        var by = groups.Count == 0 ? "" : $" GROUP BY {string.Join(", ", groups)}";
        return new Shape { From = $"(SELECT {string.Join(", ", list)} FROM {shape.From}{shape.Where}{by})", Columns = columns, Each = each, Open = bag is not null, Bag = bag, Foreign = shape.Foreign && bag is not null };
    }

    /// <summary>Within mv-apply, groups are those of one outer row, whose columns travel along.</summary>
    static Each Within(Each each, List<string> list, List<string> groups, Compiler compiler)
    {
        var row = compiler.Alias();
        list.Add($"{each.Row} AS {row}");
        groups.Add(row);
        var outer = new List<Column>();
        foreach (var column in each.Outer)
        {
            var alias = compiler.Alias();
            list.Add($"any({compiler.Parameters.Text(column.Sql)}) AS {alias}");
            outer.Add(column with { Sql = column.Sql.As(alias) });
        }
        return new(row, outer);
    }

    /// <summary>When all columns of a row are kept (arg_max(x, *)), its bag is kept with them.</summary>
    static string? Bag(string bag, IReadOnlyList<Item> values, Binder plain, List<string> list, Compiler compiler)
    {
        var text = values.Select(v => v.Value).OfType<Call>().FirstOrDefault(c => c.Arguments.Any(a => a is Star)) switch
        {
            { Function: "arg_max" or "arg_min" } c when c.Arguments[0] is not Star => $"tupleElement({(c.Function == "arg_max" ? "argMax" : "argMin")}(tuple({bag}), {compiler.Parameters.Text(plain.Bind(c.Arguments[0]))}), 1)",
            { Function: "take_any" or "any" } => $"any({bag})",
            _ => null,
        };
        if (text is null) return null;
        var alias = compiler.Alias();
        list.Add($"{text} AS {alias}");
        return alias;
    }

    /// <summary>The row in which a value is greatest or least: all its columns come from one and the same row.</summary>
    static void Extreme(Call call, string? name, Shape shape, Binder plain, Action<string, Sql, int> put, IReadOnlyList<Item> keys, Compiler compiler)
    {
        if (call.Arguments.Count == 0) { compiler.Faults.Add("KQL012", call.At, $"`{call.Function}` takes at least 1 argument, not 0.", $"{call.Function}(timestamp, *)"); return; }
        var by = plain.Bind(call.Arguments[0]);
        var wanted = new List<Column>();
        foreach (var argument in call.Arguments.Skip(1))
        {
            if (argument is Star)
            {
                var keyNames = keys.Select(k => k.Name ?? Project.NameOf(k.Value, 0)).ToHashSet();
                wanted.AddRange(shape.Columns.Where(c => !keyNames.Contains(c.Name) && c.Sql.Text != by.Text && wanted.All(w => w.Name != c.Name)));
            }
            else wanted.Add(new(Project.NameOf(argument, wanted.Count + 1), plain.Bind(argument)));
        }
        if (shape.Lost || by.Type.Kind == Kind.Unknown || wanted.Any(w => w.Sql.Type.Kind == Kind.Unknown)) return;
        if (by.Type.Kind is Kind.List or Kind.Bag or Kind.Json) by = plain.AsText(by);
        var engine = call.Function == "arg_max" ? "argMax" : "argMin";
        var key = compiler.Parameters.Text(by);
        var all = string.Join(", ", wanted.Select(w => compiler.Parameters.Text(w.Sql)).Prepend(key));
        // A tuple keeps nulls and keeps the columns of one row together. Where no row has the value, any row is the one.
        var tuple = by.Nullable ? $"if(count({key}) = 0, any(tuple({all})), {engine}(tuple({all}), {key}))" : $"{engine}(tuple({all}), {key})";
        var columns = wanted.Prepend(new Column(name ?? Project.NameOf(call.Arguments[0], 1), by)).ToList();
        for (var i = 0; i < columns.Count; i++)
        {
            var type = columns[i].Sql.Type;
            var item = $"tupleElement({tuple}, {i + 1})";
            // Over no rows the engine gives zeros.
            var text = type.IsText || type.Kind is Kind.List or Kind.Bag ? item : $"if(count() = 0, NULL, {item})";
            put(columns[i].Name, new Sql(text, type, Nullable: !(type.IsText || type.Kind is Kind.List or Kind.Bag), 1) { Aggregated = true }, call.At);
        }
    }

    static void Percentiles(Call call, Binder grouping, Action<string, Sql, int> put)
    {
        foreach (var percent in call.Arguments.Skip(1))
        {
            var bound = grouping.Bind(new Call(call.At, "percentile", [call.Arguments[0], percent]));
            if (bound.Type.Kind == Kind.Unknown) return;
            put($"percentile_{(call.Arguments[0] is Name n ? n.Text.Replace('.', '_') : "")}_{percent}", bound, percent.At);
        }
    }
}
