using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>top n by a desc</c>: sort and take in one.</summary>
internal sealed record Top(int At, Expr Rows, IReadOnlyList<SortKey> Keys) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        var rows = parser.Expression();
        if (!parser.AcceptWord("by")) parser.Fail("KQL003", parser.Peek.At, $"`by` is expected after the number of rows, not {parser.Peek.Shown}.", "top 10 by count_");
        var keys = new List<SortKey>();
        do keys.Add(SortKey.Parse(parser)); while (!parser.Panicking && parser.Accept(","));
        return new Top(at, rows, keys);
    }

    public override void Print(Printer to)
    {
        to.Put("top ").Add(Rows).Put(" by ");
        SortKey.Print(to, Keys);
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var shape = Free(input, compiler);
        var rows = Take.RowsOf(Rows, compiler);
        var order = SortKey.Order(Keys, shape, compiler);
        if (shape.Lost || rows is null) return shape;
        shape = shape.With(shape.Columns, serial: true);
        (shape.Order, shape.Limit) = (order, rows);
        return shape;
    }
}
