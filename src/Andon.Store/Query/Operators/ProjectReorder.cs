using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>project-reorder a, b*</c>: these columns first, then the others.</summary>
internal sealed record ProjectReorder(int At, IReadOnlyList<string> Names) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new ProjectReorder(at, Patterns.Parse(parser, "`project-reorder`"));

    public override bool KeepsRows => true;
    public override void Print(Printer to) => Patterns.Print(to.Put("project-reorder "), Names);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var first = Patterns.Find(At, Names, input, compiler);
        return input.Lost ? input : input.With([.. first, .. input.Columns.Where(c => !first.Contains(c))]);
    }
}
