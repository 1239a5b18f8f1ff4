using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>project-away a, b*</c>: all columns but these.</summary>
internal sealed record ProjectAway(int At, IReadOnlyList<string> Names) : Operator(At)
{
    public static Operator Parse(Parser parser, int at) => new ProjectAway(at, Patterns.Parse(parser, "`project-away`"));

    public override void Print(Printer to) => Patterns.Print(to.Put("project-away "), Names);

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var away = Patterns.Find(At, Names, input, compiler);
        return input.Lost ? input : input.With([.. input.Columns.Where(c => !away.Contains(c))], open: input.Foreign);
    }
}
