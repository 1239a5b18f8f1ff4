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

    static readonly HashSet<string> Heads = ["union", "search", "print", "datatable", "materialize", "externaldata", "find"];

    /// <summary>Does a table begin here that no expression could be?</summary>
    public static bool IsTabularAhead(Parser parser)
    {
        var token = parser.Peek;
        if (token.Kind != TokenKind.Word) return false;
        if (Heads.Contains(token.Text) && !parser.PeekAt(1).Is("=") && !parser.PeekAt(1).Is("|") && !parser.PeekAt(1).Is(",") && !parser.PeekAt(1).Is(")")) return true;
        if (token.Text == "range" && parser.PeekAt(1).Kind == TokenKind.Word && parser.PeekAt(2).IsWord("from")) return true;
        return Tables.All.ContainsKey(token.Text) && (parser.PeekAt(1).Is(";") || parser.PeekAt(1).Is("|"));
    }

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
                case "search" when !parser.PeekAt(1).Is("|"):
                    parser.Next();
                    return new SearchSource(token.At, Search.Parse(parser, token.At));
                case "union" when !parser.PeekAt(1).Is("|"):
                    parser.Next();
                    return new UnionSource(token.At, UnionTables.Parse(parser));
                case "print" when !parser.PeekAt(1).Is("|"):
                    parser.Next();
                    return new PrintSource(token.At, parser.ItemList("`print`"));
                case "datatable" when parser.PeekAt(1).Is("("):
                    return Datatable.Parse(parser);
                case "range" when !parser.PeekAt(1).Is("|") && !parser.PeekAt(1).Is("("):
                    return RangeSource.Parse(parser);
                case "materialize" when parser.PeekAt(1).Is("("):
                    return MaterializeSource.Parse(parser);
            }
            if (token.Text == "externaldata" || KnownOperators.Hints.ContainsKey(token.Text) && !parser.PeekAt(1).Is("|"))
            {
                parser.Refuse("KQL030", token.At, $"`{token.Text}` is known, but not offered.", KnownOperators.Hints.GetValueOrDefault(token.Text, "Begin with a table."));
                parser.SkipOperator();
                return new BadSource(token.At);
            }
            if (OperatorTable.All.ContainsKey(token.Text) && !parser.PeekAt(1).Is("|") && parser.PeekAt(1).Kind is not TokenKind.End and not TokenKind.Mark)
            {
                parser.Fail("KQL003", token.At, $"The query begins with the operator `{token.Text}`, not with a table.", $"Events | {token.Text} …");
                return new BadSource(token.At);
            }
            if (parser.PeekAt(1).Is("("))
            {
                if (parser.Call() is not Call call) return new BadSource(token.At);
                if (!parser.Peek.Is(".")) return new CallSource(token.At, call);
                // workspace('x').T, cluster('x').database('y').T
                while (parser.Accept("."))
                {
                    parser.NameText("a table");
                    if (parser.Accept("(")) parser.SkipBracket();
                }
                parser.Refuse("KQL031", token.At, $"`{call.Function}(…)` is a table of another service: it is not offered.", $"Tables are {string.Join(", ", Tables.All.Keys.Order(StringComparer.Ordinal))}.");
                return new BadSource(token.At);
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

/// <summary>A function of one's own that gives a table.</summary>
internal sealed record CallSource(int At, Call Call) : Source(At)
{
    public override void Print(Printer to) => to.Add(Call);
    public override Shape Open(Compiler compiler) => Calls.Open(Call, compiler);
}

/// <summary><c>materialize(query)</c>: the query. now() is one instant anyway, and the engine reads what it reads.</summary>
internal sealed record MaterializeSource(int At, Pipeline Inner) : Source(At)
{
    public static new MaterializeSource Parse(Parser parser)
    {
        var start = parser.Next().At;
        parser.Next();
        if (!parser.Deeper()) { parser.Shallower(); return new(start, new(new BadSource(start), [])); }
        var inner = parser.Pipeline();
        parser.Shallower();
        parser.Expect(")", "after the query");
        return new(start, inner);
    }

    public override void Print(Printer to)
    {
        to.Put("materialize(");
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
    public override Shape Open(Compiler compiler) => Compiler.Lost();
}
