using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>count</c>: one row with the number of rows.</summary>
internal sealed record Count(int At) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new Count(at);

    public override void Print(Printer to) => to.Put("count");

    public override Shape Apply(Shape input, Compiler compiler)
    {
        if (input.Lost) return input;
        var shape = Free(input, compiler);
        if (shape.Each is not null) return Summarize.Group(shape, compiler, [new Item("Count", new Call(At, "count", []))], [], At);
        var alias = compiler.Alias();
        return new Shape { From = $"(SELECT toInt64(count()) AS {alias} FROM {shape.From}{shape.Where})", Columns = [new("Count", new(alias, KType.Long, false, 1))] };
    }
}
