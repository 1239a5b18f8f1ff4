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
/// unless default says otherwise. Of no rows there is no series; with kind=nonempty there is one of the defaults.
/// </summary>
internal sealed record MakeSeries(int At, IReadOnlyList<SeriesValue> Values, string Axis, Expr? From, Expr? To, Expr Step, bool Inclusive, IReadOnlyList<Item> Keys, bool NonEmpty) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        var nonEmpty = false;
        foreach (var (name, value, place) in Options.Parse(parser, "kind", "hint"))
        {
            if (name == "kind" && value == "nonempty") nonEmpty = true;
            else if (!name.StartsWith("hint.", StringComparison.Ordinal)) parser.Refuse("KQL032", place, $"`{name}={value}` is no setting of make-series.", "kind=nonempty");
        }
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
        return new MakeSeries(at, values, axis, from, to, step, inclusive, !parser.Panicking && parser.AcceptWord("by") ? parser.ItemList("`by`") : [], nonEmpty);
    }

    public override void Print(Printer to)
    {
        to.Put("make-series ");
        if (NonEmpty) to.Put("kind=nonempty ");
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
        if (Keys.Count > 0 && (From is null || To is null)) compiler.Faults.Note("KQL085", At, "All series share one axis, from the first to the last step that any of them has.", "Name both ends: from ago(7d) to now() step 1d.");
        var real = axis.Type.IsNumber && (axis.Type.Kind == Kind.Real || step.Type.Kind == Kind.Real);
        // Everything is counted in milliseconds or in the numbers themselves.
        var place = axis.Type.Kind == Kind.DateTime ? SqlText.Ms(compiler.Parameters.Text(axis)) : compiler.Parameters.Text(axis);
        var by = real ? compiler.Parameters.Real(size) : compiler.Parameters.Long((long)size);
        var (from, to) = (Edge(From, axis, binder), Edge(To, axis, binder));
        if (From is not null && from is null || To is not null && to is null) return Compiler.Lost();
        if (Span(shape, place, by, size, from, to, axis.Type, real, compiler) is not { } span) return Compiler.Lost();
        var first = real ? compiler.Parameters.Real(span.First) : compiler.Parameters.Long((long)span.First);
        var count = compiler.Parameters.Long(span.Count);
        var number = $"toInt64(floor(({place} - {first}) / {by}))";

        // First the value of each step that has rows, then the list with the gaps filled.
        var stepped = compiler.Close(shape, [number], out var extra);
        stepped.Tests.Add(new($"{extra[0]} >= 0 AND {extra[0]} < {count}", 1));
        // A name that nobody can write.
        const string item = "\0step";
        stepped.Columns.Add(new(item, new Sql(extra[0], KType.Long, false, 1)));
        var named = Values.Select((v, i) => new Item(v.Name ?? Project.NameOf(v.Value, i + 1), v.Value)).ToList();
        var grouped = Summarize.Group(stepped, compiler, named, [.. Keys, new(item, new Name(At, item))], At);
        if (grouped.Lost) return grouped;
        return Lists(grouped, named, item, first, count, by, axis.Type, real, compiler);
    }

    Shape Lists(Shape grouped, IReadOnlyList<Item> named, string item, string first, string count, string by, KType axis, bool real, Compiler compiler)
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
            Put(named[i].Name!, $"arrayMap({x} -> if(mapContains({map}, {x}), tupleElement({map}[{x}], 1), CAST({gap} AS Nullable({kind}))), arrayMap(y -> toInt64(y), range(toUInt64({count}))))", KType.ListOf(kind == "Float64" ? Kind.Real : Kind.Long), false);
        }
        var z = $"x{compiler.Alias()[1..]}";
        var at = $"{first} + {z} * {by}";
        var point = axis.Kind == Kind.DateTime ? $"concat(replaceOne(toString({SqlText.Instant(at)}), ' ', 'T'), '0000Z')" : at;
        Put(Axis, $"arrayMap({z} -> {point}, range(toUInt64({count})))", KType.ListOf(axis.Kind == Kind.DateTime ? Kind.String : real ? Kind.Real : Kind.Long), false);
        var group = keys.Count == 0 ? NonEmpty ? "" : " HAVING count() > 0" : $" GROUP BY {string.Join(", ", columns.Take(keys.Count).Select(c => c.Sql.Text))}";
        return new Shape { From = $"(SELECT {string.Join(", ", list)} FROM {grouped.From}{grouped.Where}{group})", Columns = columns };
    }

    static double? Positive(Sql step) => Convert.ToDouble(step.Value, System.Globalization.CultureInfo.InvariantCulture) is var size and > 0 && double.IsFinite(size) ? size : null;

    Sql? Edge(Expr? edge, Sql axis, Binder binder)
    {
        if (edge is null) return null;
        var bound = binder.Without().Bind(edge);
        if (bound.Type.Kind == Kind.Unknown) return null;
        if (bound.Type.Kind == axis.Type.Kind || bound.Type.IsNumber && axis.Type.IsNumber) return bound;
        binder.Fault("KQL013", edge.At, $"The axis is a {axis.Type.Name}, this is a {bound.Type.Name}.", "from ago(7d) to now() step 1d");
        return null;
    }

    /// <summary>
    /// Where the series begin and how long they are, in milliseconds or numbers. Constants are reckoned here; else a first query asks the
    /// data, so that a series is known to be short enough before it is made.
    /// </summary>
    (double First, long Count)? Span(Shape shape, string place, string by, double size, Sql? from, Sql? to, KType step, bool real, Compiler compiler)
    {
        double first, count;
        // Steps of time are counted from the year 1, as bin() counts them.
        var origin = step.Kind == Kind.DateTime ? Functions.TimeFunctions.Epoch : 0;
        double Floor(double at) => Math.Floor((at + origin) / size) * size - origin;
        string FloorText(string at) => $"(floor(({at} + {origin}) / {by}) * {by} - {origin})";
        if (Number(from) is { } begin && Number(to) is { } end)
        {
            first = Inclusive && !real ? Floor(begin) : begin;
            count = Inclusive ? Math.Floor((end - first) / size) + 1 : Math.Ceiling((end - first) / size);
        }
        else
        {
            string Text(Sql edge) => edge.Type.Kind == Kind.DateTime ? SqlText.Ms(compiler.Parameters.Text(edge)) : compiler.Parameters.Text(edge);
            string Of(string function) => $"(SELECT {function}({FloorText(place)}) FROM {shape.From}{shape.Where})";
            var least = from is null ? Of("min") : Inclusive && !real ? FloorText(Text(from)) : Text(from);
            var most = to is null ? $"({Of("max")} - {least}) / {by} + 1" : Inclusive ? $"floor(({Text(to)} - {least}) / {by}) + 1" : $"ceil(({Text(to)} - {least}) / {by})";
            if (compiler.Questions.Ask($"SELECT ifNull(concat(toString(toFloat64({least})), ' ', toString(toFloat64({most}))), '') AS {compiler.Alias()} FROM system.one", compiler.Parameters) is not { } answer) return null;
            // Without rows there is neither beginning nor end.
            if (answer is not [var said] || said.Split(' ') is not [var a, var b] || !double.TryParse(a, System.Globalization.CultureInfo.InvariantCulture, out first) || !double.TryParse(b, System.Globalization.CultureInfo.InvariantCulture, out count)) return (0, 0);
        }
        if (count <= Limits.SeriesPointsMax) return (first, (long)Math.Max(0, count));
        compiler.Faults.Add("KQL006", At, $"A series of {count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} points is longer than {Limits.SeriesPointsMax} (SeriesPointsMax).", "Make the step larger, or the range shorter.");
        return null;
    }

    static double? Number(Sql? edge) => edge is { IsConstant: true, Value: not null } ? Convert.ToDouble(edge.Value, System.Globalization.CultureInfo.InvariantCulture) : null;
}
