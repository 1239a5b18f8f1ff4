using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>One series: an aggregate, its name, and what stands where there are no rows.</summary>
internal sealed record SeriesValue(string? Name, Expr Value, Expr? Default)
{
    public void Print(Printer to)
    {
        new Item(Name, Value).Print(to);
        if (Default is not null) to.Put(" default=").Add(Default);
    }
}

/// <summary>
/// <c>make-series n = count() default=0 on timestamp from a to b step 1h by host.name</c>: for each key a list of values, one for each step.
/// The end does not belong to it; <c>in range(a, b, step)</c> takes it in. Without a beginning or an end the data's own is used. Gaps are 0
/// unless default says otherwise.
/// </summary>
internal sealed record MakeSeries(int At, IReadOnlyList<SeriesValue> Values, string Axis, Expr? From, Expr? To, Expr Step, bool Inclusive, IReadOnlyList<Item> Keys) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        foreach (var (name, value, place) in Options.Parse(parser, "kind", "hint"))
            if (!name.StartsWith("hint.", StringComparison.Ordinal)) parser.Refuse("KQL032", place, $"`{name}={value}` is no setting of make-series here.", "Of no rows there are no series.");
        var values = new List<SeriesValue>();
        do
        {
            var value = parser.Expression();
            string? name = null;
            if (value is Name n && parser.Accept("=")) (name, value) = (n.Text, parser.Expression());
            Expr? missing = null;
            if (parser.AcceptWord("default") && parser.Expect("=", "after `default`")) missing = parser.Expression();
            values.Add(new(name, value, missing));
        }
        while (!parser.Panicking && parser.Accept(","));
        if (!parser.AcceptWord("on")) parser.Fail("KQL003", parser.Peek.At, $"`on` is expected, not {parser.Peek.Shown}.", "make-series n = count() on timestamp from ago(7d) to now() step 1d");
        var axis = parser.NameText("a column of time or numbers");
        Expr? from = null, to = null;
        Expr step = new Bad(at);
        var inclusive = false;
        if (parser.AcceptWord("in"))
        {
            inclusive = true;
            if (!parser.Panicking && parser.Expression() is Call { Function: "range", Arguments: [var a, var b, var by] }) (from, to, step) = (a, b, by);
            else parser.Fail("KQL003", parser.Peek.At, "`range(from, to, step)` is expected after `in`.", "in range(ago(7d), now(), 1d)");
        }
        else
        {
            if (parser.AcceptWord("from")) from = parser.Expression();
            if (parser.AcceptWord("to")) to = parser.Expression();
            if (!parser.AcceptWord("step")) parser.Fail("KQL003", parser.Peek.At, $"`step` is expected, not {parser.Peek.Shown}.", "step 1h");
            else step = parser.Expression();
        }
        return new MakeSeries(at, values, axis, from, to, step, inclusive, !parser.Panicking && parser.AcceptWord("by") ? parser.ItemList("`by`") : []);
    }

    public override void Print(Printer to)
    {
        to.Put("make-series ");
        for (var i = 0; i < Values.Count; i++)
        {
            if (i > 0) to.Put(", ");
            Values[i].Print(to);
        }
        to.Put(" on ").Name(Axis);
        if (Inclusive) to.Put(" in range(").Add(From!).Put(", ").Add(To!).Put(", ").Add(Step).Put(")");
        else
        {
            if (From is not null) to.Put(" from ").Add(From);
            if (To is not null) to.Put(" to ").Add(To);
            to.Put(" step ").Add(Step);
        }
        if (Keys.Count > 0) to.Put(" by ").Items(Keys);
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        if (!Alone(input, At, "make-series", compiler)) return Compiler.Lost();
        var shape = Free(input, compiler);
        var binder = new Binder(compiler, shape);
        var axis = binder.Bind(new Name(At, Axis));
        var step = binder.Bind(Step);
        if (axis.Type.Kind == Kind.Loose) axis = step.Type.Kind == Kind.TimeSpan ? binder.AsTime(axis) : binder.AsReal(axis);
        if (shape.Lost || axis.Type.Kind == Kind.Unknown || step.Type.Kind == Kind.Unknown) return Compiler.Lost();
        var fits = step is { IsConstant: true, Value: not null } && (axis.Type.Kind, step.Type.Kind) is (Kind.DateTime, Kind.TimeSpan) or (Kind.TimeSpan, Kind.TimeSpan) or (Kind.Long or Kind.Real, Kind.Long or Kind.Real);
        if (!fits || Positive(step) is not { } size)
        {
            compiler.Faults.Add("KQL013", At, $"A {axis.Type.Name} does not go in steps of this {step.Type.Name}.", "Times go by constant spans, numbers by constant numbers, both more than nothing.");
            return Compiler.Lost();
        }
        var real = axis.Type.IsNumber && (axis.Type.Kind == Kind.Real || step.Type.Kind == Kind.Real);
        // Everything is counted in milliseconds or in the numbers themselves.
        var place = axis.Type.Kind == Kind.DateTime ? SqlText.Ms(compiler.Parameters.Text(axis)) : compiler.Parameters.Text(axis);
        var by = real ? compiler.Parameters.Real(size) : compiler.Parameters.Long((long)size);
        var (from, to) = (Bound(From, axis, binder), Bound(To, axis, binder));
        if (From is not null && from is null || To is not null && to is null) return Compiler.Lost();
        var bin = $"floor(({place}) / {by}) * {by}";
        string Edge(string function) => $"(SELECT {function}({bin}) FROM {shape.From}{shape.Where})";
        var first = from is null ? Edge("min") : Inclusive && axis.Type.Kind is not Kind.Real ? $"floor({from} / {by}) * {by}" : from;
        var count = to is null ? $"({Edge("max")} - {first}) / {by} + 1" : Inclusive ? $"floor(({to} - {first}) / {by}) + 1" : $"ceil(({to} - {first}) / {by})";
        var most = compiler.Parameters.Long(Limits.SeriesPointsMax);
        var number = $"toInt64(floor(({place} - {first}) / {by}))";

        // First the value of each step that has rows, then the list with the gaps filled.
        var stepped = compiler.Close(shape, [number, $"{(real ? "toFloat64" : "toInt64")}({first})", $"toInt64({count})"], out var extra);
        stepped.Tests.Add(new($"{extra[0]} >= 0 AND {extra[0]} < {extra[2]}", 1));
        // Names that nobody can write.
        const string item = "\0step", start = "\0start", length = "\0length";
        stepped.Columns.Add(new(item, new Sql(extra[0], KType.Long, false, 1)));
        stepped.Columns.Add(new(start, new Sql(extra[1], real ? KType.Real : KType.Long, false, 1)));
        stepped.Columns.Add(new(length, new Sql($"if(throwIf({extra[2]} > {most}, 'more points in a series than SeriesPointsMax allows') = 0, {extra[2]}, 0)", KType.Long, false, 1)));
        var named = Values.Select((v, i) => new Item(v.Name ?? Project.NameOf(v.Value, i + 1), v.Value)).ToList();
        var grouped = Summarize.Group(stepped, compiler, named, [.. Keys, new(item, new Name(At, item)), new(start, new Name(At, start)), new(length, new Name(At, length))], At);
        if (grouped.Lost) return grouped;
        return Lists(grouped, named, item, start, length, by, axis.Type, real, compiler);
    }

    Shape Lists(Shape grouped, IReadOnlyList<Item> named, string item, string start, string length, string by, KType axis, bool real, Compiler compiler)
    {
        string Of(string name) => grouped.Find(name)!.Sql.Text;
        var names = Keys.Select(k => k.Name ?? Project.NameOf(k.Value, 0)).ToList();
        var list = new List<string>();
        var columns = new List<Column>();
        void Put(string name, string text, KType type, bool nullable)
        {
            var alias = compiler.Alias();
            list.Add($"{text} AS {alias}");
            columns.Add(new(name, new Sql(alias, type, nullable, 1)));
        }
        var keys = grouped.Columns.Take(names.Count).ToList();
        foreach (var key in keys) Put(key.Name, key.Sql.Text, key.Sql.Type, key.Sql.Nullable);
        var binder = new Binder(compiler, new Shape { From = "" });
        for (var i = 0; i < named.Count; i++)
        {
            if (grouped.Find(named[i].Name!) is not { } value) return Compiler.Lost();
            var type = value.Sql.Type;
            if (!type.IsNumber && type.Kind is not (Kind.TimeSpan or Kind.DateTime))
            {
                compiler.Faults.Add("KQL013", named[i].Value.At, $"A series holds numbers, not a {type.Name}.", "count(), sum(x), avg(x), max(x) …");
                return Compiler.Lost();
            }
            var missing = Values[i].Default is { } said ? binder.Bind(said) : Sql.Long(0);
            if (missing.Type.Kind == Kind.Unknown && !missing.IsConstant) return Compiler.Lost();
            if (!missing.IsConstant || !(missing.Type.IsNumber || missing.Value is null)) { compiler.Faults.Add("KQL014", Values[i].Default!.At, "The default of a series is a constant number, or null.", "default=0, default=real(null)"); return Compiler.Lost(); }
            var kind = type.Kind == Kind.Real || missing.Value is double ? "Float64" : "Int64";
            var of = type.Kind == Kind.DateTime ? SqlText.Ms(value.Sql.Text) : value.Sql.Text;
            var gap = missing.Value is null ? "NULL" : compiler.Parameters.Text(missing);
            var map = $"CAST((groupArray({Of(item)}), groupArray(CAST(tuple({of}) AS Tuple(Nullable({kind}))))) AS Map(Int64, Tuple(Nullable({kind}))))";
            var x = $"x{compiler.Alias()[1..]}";
            Put(named[i].Name!, $"arrayMap({x} -> if(mapContains({map}, {x}), tupleElement({map}[{x}], 1), CAST({gap} AS Nullable({kind}))), arrayMap(y -> toInt64(y), range(toUInt64(greatest(0, any({Of(length)}))))))", KType.ListOf(kind == "Float64" ? Kind.Real : Kind.Long), false);
        }
        var z = $"x{compiler.Alias()[1..]}";
        var at = $"any({Of(start)}) + {z} * {by}";
        var point = axis.Kind == Kind.DateTime ? $"concat(replaceOne(toString({SqlText.Instant(at)}), ' ', 'T'), '0000Z')" : at;
        Put(Axis, $"arrayMap({z} -> {point}, range(toUInt64(greatest(0, any({Of(length)})))))", KType.ListOf(axis.Kind == Kind.DateTime ? Kind.String : real ? Kind.Real : Kind.Long), false);
        var group = keys.Count == 0 ? " HAVING count() > 0" : $" GROUP BY {string.Join(", ", columns.Take(keys.Count).Select(c => c.Sql.Text))}";
        return new Shape { From = $"(SELECT {string.Join(", ", list)} FROM {grouped.From}{grouped.Where}{group})", Columns = columns };
    }

    static double? Positive(Sql step) => Convert.ToDouble(step.Value, System.Globalization.CultureInfo.InvariantCulture) is var size and > 0 && double.IsFinite(size) ? size : null;

    string? Bound(Expr? edge, Sql axis, Binder binder)
    {
        if (edge is null) return null;
        var bound = binder.Without().Bind(edge);
        if (bound.Type.Kind == Kind.Unknown) return null;
        if (bound.Type.Kind != axis.Type.Kind && !(bound.Type.IsNumber && axis.Type.IsNumber))
        {
            binder.Fault("KQL013", edge.At, $"The axis is a {axis.Type.Name}, this is a {bound.Type.Name}.", "from ago(7d) to now() step 1d");
            return null;
        }
        var text = binder.T(bound);
        return bound.Type.Kind == Kind.DateTime ? SqlText.Ms(text) : text;
    }
}
