using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>project-keep a, b*</c>: these columns only, in the order in which they were.</summary>
internal sealed record ProjectKeep(int At, IReadOnlyList<string> Names) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new ProjectKeep(at, Patterns.Parse(parser, "`project-keep`"));

    public override void Print(Printer to) => Patterns.Print(to.Put("project-keep "), Names);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var kept = Patterns.Find(At, Names, input, compiler);
        return input.Lost ? input : input.With([.. input.Columns.Where(kept.Contains), .. kept.Except(input.Columns)], open: false);
    }
}
