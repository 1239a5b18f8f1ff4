using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>distinct a, b</c>: each combination once. <c>distinct *</c> takes all columns.</summary>
internal sealed record Distinct(int At, IReadOnlyList<Item> Items) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new Distinct(at, parser.ItemList("`distinct`"));

    public override void Print(Printer to) => to.Put("distinct ").Items(Items);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var shape = Free(input, compiler);
        var items = Items is [{ Value: Star }] ? [.. shape.Columns.Select(c => new Item(null, new Name(At, c.Name)))] : Items;
        return Summarize.Group(shape, compiler, [], items, At);
    }
}
