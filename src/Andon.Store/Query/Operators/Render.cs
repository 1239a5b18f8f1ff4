using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary><c>render timechart</c>: a wish to the console about the picture; it does nothing to the rows.</summary>
internal sealed record Render(int At, string Kind) : Operator(At)
{
    static readonly HashSet<string> Kinds = ["timechart", "columnchart", "barchart", "piechart", "table", "areachart", "linechart", "scatterchart", "card", "stackedareachart"];

    public static Operator Parse(Parser parser, int at)
    {
        var kind = parser.NameText("a kind of chart");
        if (!parser.Panicking && !Kinds.Contains(kind)) parser.Refuse("KQL032", at, $"There is no chart `{kind}`.", Words.Nearest(kind, Kinds) is { } near ? $"`{near}`?" : "timechart, columnchart, barchart, piechart, table");
        // Titles and axes are the console's own.
        while (!parser.Panicking && parser.Peek.Kind != TokenKind.End && !parser.Peek.Is("|") && !parser.Peek.Is(";") && !(parser.Peek.Is(")") && !parser.PeekAt(-1).Is("(")))
        {
            if (parser.Accept("(")) parser.SkipBracket();
            else parser.Next();
        }
        return new Render(at, kind);
    }

    public override bool KeepsRows => true;
    public override void Print(Printer to) => to.Put("render ").Put(Kind);
    public override Shape Apply(Shape input, Compiler compiler) => input;
}
