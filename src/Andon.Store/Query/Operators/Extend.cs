using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>extend name = expression, …</c>: adds columns; one of the same name goes, and the new one stands at the end, as in Kusto.</summary>
internal sealed record Extend(int At, IReadOnlyList<Item> Items) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new Extend(at, parser.ItemList("`extend`"));

    public override bool KeepsRows => true;
    public override void Print(Printer to) => to.Put("extend ").Items(Items);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var binder = new Binder(compiler, input) { MayLook = true };
        var columns = new List<Column>(input.Columns);
        var heavy = false;
        var windows = compiler.Windows;
        foreach (var item in Items)
        {
            var value = binder.Bind(item.Value);
            var name = item.Name ?? Project.NameOf(item.Value, columns.Count + 1);
            if (input.Lost) continue;
            heavy |= value.Text.Length > Limits.InlineCharsMax;
            columns.RemoveAll(c => c.Name == name);
            columns.Add(new(name, value));
        }
        // A neighbour is looked for among the rows that were taken.
        if (input.Limit is not null && windows != compiler.Windows) return Apply(compiler.Close(input), compiler);
        var shape = input.With(columns);
        // A long expression is worked out once and then named, instead of being repeated wherever it is used.
        return heavy && !input.Lost ? compiler.Close(shape) : shape;
    }
}
