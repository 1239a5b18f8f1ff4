using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>serialize a = row_number()</c>: the rows keep the order they have from here on, so that prev(), next() and row_number() may be used.</summary>
internal sealed record Serialize(int At, IReadOnlyList<Item> Items) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) =>
        new Serialize(at, parser.Peek.Kind == TokenKind.End || parser.Peek.Is("|") || parser.Peek.Is(";") || parser.Peek.Is(")") ? [] : parser.ItemList("`serialize`"));

    public override bool KeepsRows => true;

    public override void Print(Printer to)
    {
        to.Put("serialize");
        if (Items.Count > 0) to.Put(" ").Items(Items);
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        // Events without an order get that of time, which is the same every time.
        var shape = input.With(input.Columns, serial: true);
        if (shape.Order is null && shape.Time is { } time) shape.Order = [new(time, "ASC")];
        return Items.Count == 0 || shape.Lost ? shape : new Extend(At, Items).Apply(shape, compiler);
    }
}

/// <summary><c>as name</c>: a name for the rows so far; the compiler notes it (<see cref="Compiler.Run"/>).</summary>
internal sealed record As(int At, string Name) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        Options.Parse(parser);
        return new As(at, parser.NameText("a name after `as`"));
    }

    public override bool KeepsRows => true;
    public override void Print(Printer to) => to.Put("as ").Name(Name);
    public override Shape Apply(Shape input, Compiler compiler) => input;
}

/// <summary><c>getschema</c>: a row for each column.</summary>
internal sealed record GetSchema(int At) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new GetSchema(at);
    public override void Print(Printer to) => to.Put("getschema");

    public override Shape Apply(Shape input, Compiler compiler)
    {
        if (input.Lost) return input;
        static string System(KType type) => type.Name switch { "long" => "System.Int64", "real" => "System.Double", "bool" => "System.SByte", "datetime" => "System.DateTime", "timespan" => "System.TimeSpan", "dynamic" => "System.Object", _ => "System.String" };
        var columns = input.Columns;
        return Datatable.Rows(
        [
            ("ColumnName", KType.String, [.. columns.Select(c => c.Name)]),
            ("ColumnOrdinal", KType.Long, [.. columns.Select((_, i) => i.ToString(global::System.Globalization.CultureInfo.InvariantCulture))]),
            ("DataType", KType.String, [.. columns.Select(c => System(c.Sql.Type))]),
            ("ColumnType", KType.String, [.. columns.Select(c => c.Sql.Type.Name)]),
        ], compiler);
    }
}

/// <summary><c>sample n</c>: n rows from anywhere, the same ones every time: those whose hash is least.</summary>
internal sealed record Sample(int At, Expr Rows) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new Sample(at, parser.Expression());
    public override void Print(Printer to) => to.Put("sample ").Add(Rows);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var shape = Free(input, compiler);
        if (Take.RowsOf(Rows, compiler) is not { } rows || shape.Lost) return shape;
        shape = shape.With(shape.Columns);
        var what = shape.Find("andon.event_id")?.Sql.Text ?? $"tuple({string.Join(", ", shape.Columns.Select(c => compiler.Parameters.Text(c.Sql)).DefaultIfEmpty("1"))})";
        (shape.Order, shape.Limit) = ([new($"sipHash64({what})", "ASC")], rows);
        return shape;
    }
}

/// <summary><c>sample-distinct n of column</c>: n different values of a column, the same ones every time.</summary>
internal sealed record SampleDistinct(int At, Expr Rows, Expr Of) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        var rows = parser.Expression();
        if (!parser.AcceptWord("of")) parser.Fail("KQL003", parser.Peek.At, $"`of` is expected, not {parser.Peek.Shown}.", "sample-distinct 10 of user.name");
        return new SampleDistinct(at, rows, parser.Panicking ? new Bad(at) : parser.Expression());
    }

    public override void Print(Printer to) => to.Put("sample-distinct ").Add(Rows).Put(" of ").Add(Of);
    public override Shape Apply(Shape input, Compiler compiler) => new Sample(At, Rows).Apply(new Distinct(At, [new Item(null, Of)]).Apply(input, compiler), compiler);
}
