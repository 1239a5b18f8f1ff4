using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>take n</c>: any n rows; after sort, the first n.</summary>
internal sealed record Take(int At, Expr Rows) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new Take(at, parser.Expression());

    public override void Print(Printer to) => to.Put("take ").Add(Rows);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        if (RowsOf(Rows, compiler) is not { } rows || input.Lost) return input;
        var shape = input.With(input.Columns);
        shape.Limit = Math.Min(shape.Limit ?? long.MaxValue, rows);
        return shape;
    }

    public static long? RowsOf(Expr rows, Compiler compiler)
    {
        var bound = new Binder(compiler, new Shape { From = "" }).Bind(rows);
        if (bound is { IsConstant: true, Value: long n and >= 0 } && bound.Type.Kind == Kind.Long) return n;
        if (bound.Type.Kind != Kind.Unknown) compiler.Faults.Add("KQL014", rows.At, "The number of rows is a constant whole number.", "take 100");
        return null;
    }
}
