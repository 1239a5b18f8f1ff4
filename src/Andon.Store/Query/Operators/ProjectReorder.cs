using System.Text.RegularExpressions;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>
/// <c>project-reorder a, b* asc</c>: these columns first, then the others. A pattern's columns stand as they stood, or by name; granny-asc
/// and granny-desc count digits as numbers.
/// </summary>
internal sealed partial record ProjectReorder(int At, IReadOnlyList<(string Name, string Order)> Names) : Operator(At)
{
    public static Operator Parse(Parser parser, int at)
    {
        var names = new List<(string, string)>();
        do names.Add((Patterns.ParseOne(parser, "`project-reorder`"), ParseOrder(parser))); while (!parser.Panicking && parser.Accept(","));
        return new ProjectReorder(at, names);
    }

    static string ParseOrder(Parser parser)
    {
        if (parser.AcceptWord("asc")) return " asc";
        if (parser.AcceptWord("desc")) return " desc";
        if (!parser.Peek.IsWord("granny") || !parser.PeekAt(1).Is("-")) return "";
        parser.Next();
        parser.Next();
        if (parser.AcceptWord("asc")) return " granny-asc";
        if (!parser.AcceptWord("desc")) parser.Fail("KQL003", parser.Peek.At, $"`asc` or `desc` is expected after `granny-`, not {parser.Peek.Shown}.", "granny-asc, granny-desc");
        return " granny-desc";
    }

    public override bool KeepsRows => true;

    public override void Print(Printer to)
    {
        to.Put("project-reorder ");
        for (var i = 0; i < Names.Count; i++)
        {
            if (i > 0) to.Put(", ");
            Patterns.Print(to, [Names[i].Name]);
            to.Put(Names[i].Order);
        }
    }

    public override Shape Apply(Shape input, Compiler compiler)
    {
        var first = new List<Column>();
        foreach (var (name, order) in Names) first.AddRange(Ordered(Patterns.Find(At, [name], input, compiler), order).Where(c => !first.Contains(c)));
        return input.Lost ? input : input.With([.. first, .. input.Columns.Where(c => !first.Contains(c))]);
    }

    static IEnumerable<Column> Ordered(List<Column> columns, string order) => order switch
    {
        " asc" => columns.OrderBy(c => c.Name, StringComparer.Ordinal),
        " desc" => columns.OrderByDescending(c => c.Name, StringComparer.Ordinal),
        " granny-asc" => columns.OrderBy(Numbered, StringComparer.Ordinal),
        " granny-desc" => columns.OrderByDescending(Numbered, StringComparer.Ordinal),
        _ => columns,
    };

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    /// <summary>The name with its numbers so long that they stand in order as text.</summary>
    static string Numbered(Column column) => Digits().Replace(column.Name, digits => digits.Value.PadLeft(32, '0'));
}
