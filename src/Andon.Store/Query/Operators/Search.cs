using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>
/// <c>search 'text'</c>: rows in which any text column, the raw record or any bag value has the text's terms. Strings may be joined with
/// comparisons by and, or, not. <c>'abc*'</c> means a term that begins so, <c>'*abc*'</c> any occurrence.
/// </summary>
internal sealed record Search(int At, Expr Test) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        if (parser.Peek.IsWord("kind") || (parser.Peek.IsWord("in") && parser.PeekAt(1).Is("(")))
        {
            parser.Refuse("KQL032", parser.Peek.At, $"`search {parser.Peek.Text} …` is not offered.", "Begin with the table: Process | search 'text'.");
            parser.SkipOperator();
            return new BadOperator(at);
        }
        return new Search(at, parser.Expression());
    }

    public override bool KeepsRows => true;
    public override void Print(Printer to) => to.Put("search ").Add(Test);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var shape = Free(input, compiler);
        shape = shape.With(shape.Columns);
        if (shape.Lost || Test is Star) return shape;
        var test = new Binder(compiler, shape).BindTest(Spread(Test, shape));
        compiler.Tested.Add(new(Test, test with { Cost = test.Cost + 2 }, compiler.Parameters.Text(test), shape));
        if (test.Type.Kind != Kind.Unknown) shape.Tests.Add(new(compiler.Parameters.Text(test), test.Cost + 2));
        return shape;
    }

    /// <summary>Puts in place of each bare string the question whether any column has it.</summary>
    static Expr Spread(Expr expr, Shape shape) => expr switch
    {
        Literal { Value: string text } => Anywhere(expr.At, text, shape),
        Binary { Operator: "and" or "or" } b => b with { Left = Spread(b.Left, shape), Right = Spread(b.Right, shape) },
        Call { Function: "not" } c => c with { Arguments = [.. c.Arguments.Select(a => Spread(a, shape))] },
        _ => expr,
    };

    static Expr Anywhere(int at, string text, Shape shape)
    {
        var (word, needle) = (text.StartsWith('*'), text.EndsWith('*') && text.Length > 1) switch
        {
            (true, true) => ("contains", text.Trim('*')),
            (true, false) => ("hassuffix", text.TrimStart('*')),
            (false, true) => ("hasprefix", text.TrimEnd('*')),
            _ => ("has", text),
        };
        Expr? all = null;
        foreach (var column in shape.Columns)
        {
            if (!(column.Sql.Type.IsText || column.Sql.Type.Kind is Kind.Ip or Kind.Bag || column.Sql.Type == KType.ListOf(Kind.String))) continue;
            if (column.Name == "andon.event_id") continue;
            Expr one = new Binary(at, word, new Name(at, column.Name), new Literal(at, KType.String, needle));
            all = all is null ? one : new Binary(at, "or", all, one);
        }
        return all ?? new Literal(at, KType.Bool, false);
    }
}
