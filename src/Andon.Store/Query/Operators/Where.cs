using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>where test</c>: keeps the rows for which it holds; null does not hold.</summary>
internal sealed record Where(int At, Expr Test) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new Where(at, parser.Expression());

    public override bool KeepsRows => true;
    public override void Print(Printer to) => to.Put("where ").Add(Test);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var shape = Free(input, compiler);
        shape = shape.With(shape.Columns);
        var windows = compiler.Windows;
        var tests = new List<Test>();
        var binder = new Binder(compiler, shape) { MayLook = true };
        // where a and b = where a | where b: each part is ordered by its own price.
        foreach (var part in Parts(Test))
        {
            var test = binder.WherePresent(part, binder.BindTest(part));
            if (test.Type.Kind == Kind.Unknown || test is { IsConstant: true, Value: true }) continue;
            if (BoundsTime(part)) compiler.TimeBounded = true;
            compiler.Tested.Add(new(part, test, compiler.Parameters.Text(test), shape));
            tests.Add(new(compiler.Parameters.Text(test), test.Cost));
        }
        if (windows == compiler.Windows || shape.Lost)
        {
            shape.Tests.AddRange(tests);
            return shape;
        }
        // A look at neighbours is worked out over all rows first, then tested.
        var closed = compiler.Close(shape, [.. tests.Select(t => t.Text)], out var names);
        closed.Tests.AddRange(names.Select(n => new Test(n, 1)));
        return closed;
    }

    static IEnumerable<Expr> Parts(Expr test)
    {
        var waiting = new Stack<Expr>([test]);
        while (waiting.TryPop(out var next))
        {
            if (next is Binary { Operator: "and" } both)
            {
                waiting.Push(both.Right);
                waiting.Push(both.Left);
            }
            else yield return next;
        }
    }

    static bool BoundsTime(Expr part) => part switch
    {
        Binary { Operator: ">" or ">=" or "==", Left: Name n } => Tables.TimeNames.Contains(n.Text),
        Binary { Operator: "<" or "<=" or "==", Right: Name n } => Tables.TimeNames.Contains(n.Text),
        Between { Not: false, Of: Name n } => Tables.TimeNames.Contains(n.Text),
        _ => false,
    };
}
