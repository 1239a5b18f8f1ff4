using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Operators;

/// <summary>Where a pipeline's rows come from.</summary>
internal abstract record Source(int At)
{
    public abstract void Print(Printer to);
    public abstract Shape Open(Compiler compiler);

    static readonly HashSet<string> Heads = ["union", "search", "print"];

    /// <summary>Does a table begin here that no expression could be? Used after <c>let x =</c>.</summary>
    public static bool IsTabularAhead(Parser parser)
    {
        var token = parser.Peek;
        if (token.Kind == TokenKind.Word && (Heads.Contains(token.Text) || IsRefused(token.Text) && token.Text != "range") && !parser.PeekAt(1).Is("=")) return true;
        return token.Kind == TokenKind.Word && Tables.All.ContainsKey(token.Text) && (parser.PeekAt(1).Is(";") || parser.PeekAt(1).Is("|"));
    }

    static bool IsRefused(string word) => word is "materialize" or "externaldata" or "datatable" or "range" or "find" or "evaluate";

    public static Source Parse(Parser parser)
    {
        var token = parser.Peek;
        if (token.Is("("))
        {
            parser.Next();
            if (!parser.Deeper()) { parser.Shallower(); return new BadSource(token.At); }
            var inner = parser.Pipeline();
            parser.Shallower();
            parser.Expect(")", "after the inner query");
            return new InnerSource(token.At, inner);
        }
        if (token.Kind == TokenKind.Word)
        {
            switch (token.Text)
            {
                case "search":
                    parser.Next();
                    return new SearchSource(token.At, Search.Parse(parser, token.At));
                case "union":
                    parser.Next();
                    return new UnionSource(token.At, UnionStep.ParseTables(parser));
                case "print":
                    parser.Next();
                    return new PrintSource(token.At, parser.ItemList("`print`"));
            }
            if (IsRefused(token.Text) || KnownElsewhere.Operators.ContainsKey(token.Text) && !parser.PeekAt(1).Is("|"))
            {
                parser.Refuse("KQL030", token.At, $"`{token.Text}` is known, but not offered.", KnownElsewhere.Operators.GetValueOrDefault(token.Text, "Begin with a table."));
                parser.SkipOperator();
                return new BadSource(token.At);
            }
            if (OperatorTable.All.ContainsKey(token.Text) && !parser.PeekAt(1).Is("|") && parser.PeekAt(1).Kind != TokenKind.End)
            {
                parser.Fail("KQL003", token.At, $"The query begins with the operator `{token.Text}`, not with a table.", $"Events | {token.Text} …");
                return new BadSource(token.At);
            }
            if (parser.PeekAt(1).Is("("))
            {
                var call = parser.Expression();
                parser.Refuse("KQL031", token.At, $"`{token.Text}(…)` as a table is not offered.", $"Tables are {string.Join(", ", Tables.All.Keys.Order(StringComparer.Ordinal))}.");
                return new BadSource(call.At);
            }
        }
        if (token.Kind is TokenKind.Word or TokenKind.Quoted || token.Is("[")) return new TableSource(token.At, parser.NameText("a table"));
        parser.Fail("KQL003", token.At, $"A table is expected, not {token.Shown}.", "Begin with a table: Events | …");
        return new BadSource(token.At);
    }
}

internal sealed record TableSource(int At, string Name) : Source(At)
{
    public override void Print(Printer to) => to.Name(Name);
    public override Shape Open(Compiler compiler) => compiler.Open(At, Name);
}

internal sealed record InnerSource(int At, Pipeline Inner) : Source(At)
{
    public override void Print(Printer to)
    {
        to.Put("(");
        Inner.Print(to);
        to.Put(")");
    }

    public override Shape Open(Compiler compiler) => compiler.Run(Inner);
}

/// <summary>A search without a table looks through all events.</summary>
internal sealed record SearchSource(int At, Operator Search) : Source(At)
{
    public override void Print(Printer to)
    {
        to.Put("Events | ");
        Search.Print(to);
    }

    public override Shape Open(Compiler compiler) => Search.Apply(compiler.Open(At, "Events"), compiler);
}

/// <summary>One row of values: for trying functions out.</summary>
internal sealed record PrintSource(int At, IReadOnlyList<Item> Items) : Source(At)
{
    public override void Print(Printer to) => to.Put("print ").Items(Items);

    public override Shape Open(Compiler compiler)
    {
        var empty = new Shape { From = "system.one" };
        var binder = new Binder(compiler, empty);
        var columns = new List<Column>();
        foreach (var item in Items)
            columns.Add(new(item.Name ?? $"print_{columns.Count}", binder.Bind(item.Value)));
        return empty.With(columns);
    }
}

internal sealed record BadSource(int At) : Source(At)
{
    public override void Print(Printer to) => to.Put("Events");
    public override Shape Open(Compiler compiler) => Compiler.Foreign();
}
