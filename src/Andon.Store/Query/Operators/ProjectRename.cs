using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>project-rename new = old</c>: other names, same places.</summary>
internal sealed record ProjectRename(int At, IReadOnlyList<(string New, string Old, int At)> Names) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        var names = new List<(string, string, int)>();
        do
        {
            var place = parser.Peek.At;
            var to = parser.NameText("a new name");
            parser.Expect("=", "after the new name");
            names.Add((to, parser.NameText("an old name"), place));
        }
        while (!parser.Panicking && parser.Accept(","));
        return new ProjectRename(at, names);
    }

    public override void Print(Printer to)
    {
        to.Put("project-rename ");
        for (var i = 0; i < Names.Count; i++) to.Put(i > 0 ? ", " : "").Name(Names[i].New).Put(" = ").Name(Names[i].Old);
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        if (input.Lost) return input;
        var columns = new List<Column>(input.Columns);
        foreach (var (to, from, at) in Names)
        {
            var old = Patterns.Find(at, [from], input, compiler);
            if (old.Count == 0) continue;
            if (columns.Any(c => c.Name == to)) compiler.Faults.Add("KQL013", at, $"Two columns would be named `{to}`.", "Choose another name.");
            var place = columns.IndexOf(old[0]);
            if (place >= 0) columns[place] = old[0] with { Name = to };
            else columns.Add(old[0] with { Name = to });
        }
        return input.With(columns);
    }
}
