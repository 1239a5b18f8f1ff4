using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;

namespace Andon.Store.Query.Parsing;

/// <summary>Lets: values, tables, functions; and the declarations of columns that several places share.</summary>
internal sealed partial class Parser
{
    Let ParseLet()
    {
        var start = Next().At;
        var name = NameText("a name after `let`");
        Expect("=", "after the name");
        if (panicking) { SkipStatement(); return new LetBad(start, name); }
        if (IsFunctionAhead()) return Function(start, name);
        return Argument() switch
        {
            Subquery table => new LetTable(start, name, table.Table),
            var value => new LetValue(start, name, value),
        };
    }

    /// <summary><c>(…) {</c> or <c>view (…) {</c>.</summary>
    bool IsFunctionAhead()
    {
        var i = Peek.IsWord("view") ? at + 1 : at;
        if (!tokens[i].Is("(")) return false;
        var open = 0;
        for (; i < tokens.Count; i++)
        {
            if (tokens[i].Is("(")) open++;
            else if (tokens[i].Is(")") && --open == 0) return tokens[i + 1].Is("{");
        }
        return false;
    }

    Let Function(int start, string name)
    {
        AcceptWord("view");
        Expect("(", "before the parameters");
        var parameters = new List<Parameter>();
        while (!panicking && !Peek.Is(")"))
        {
            parameters.Add(ParseParameter());
            if (!Accept(",")) break;
        }
        Expect(")", "after the parameters");
        Expect("{", "before the body of the function");
        var lets = new List<Let>();
        while (!panicking && Peek.IsWord("let"))
        {
            if (!Deeper()) { Shallower(); break; }
            lets.Add(ParseLet());
            Shallower();
            Expect(";", "after a let");
        }
        Expr body = panicking ? new Bad(start) : Argument();
        Accept(";");
        Expect("}", "after the body of the function");
        if (!panicking) return new LetFunction(start, name, parameters, lets, body);
        SkipStatement();
        return new LetBad(start, name);
    }

    Parameter ParseParameter()
    {
        var place = Peek.At;
        var name = NameText("a parameter");
        Expect(":", "after the parameter");
        if (Peek.Is("(")) return new(place, name, KType.Unknown, null, Columns(others: true));
        var type = TypeWord();
        return new(place, name, type, Accept("=") ? Expression() : null, null);
    }

    /// <summary><c>(a:string, ['b c']:long)</c>, and <c>(*, …)</c> where all others may come along.</summary>
    public Schema Columns(bool others = false)
    {
        var columns = new List<(string, KType)>();
        Expect("(", "before the columns");
        var star = others && Accept("*");
        if (star) Accept(",");
        while (!panicking && !Peek.Is(")"))
        {
            var place = Peek.At;
            // A column may be called by a word of the language: (by:string).
            var name = Peek.Kind == TokenKind.Word && PeekAt(1).Is(":") ? Next().Text : Peek.Kind == TokenKind.String ? Next().Text : NameText("a column");
            Expect(":", "after the column's name");
            var type = TypeWord();
            if (columns.Any(c => c.Item1 == name)) Faults.Add("KQL013", place, $"Two columns are named `{name}`.", "Choose another name.");
            columns.Add((name, type));
            if (!Accept(",")) break;
        }
        Expect(")", "after the columns");
        return new(star, columns);
    }

    public KType TypeWord()
    {
        var token = Peek;
        if (token.Kind == TokenKind.Word && KType.Read(token.Text) is { } type)
        {
            Next();
            return type;
        }
        Fail("KQL003", token.At, $"A type is expected, not {token.Shown}.", "string, long, real, bool, datetime, timespan or dynamic.");
        return KType.Unknown;
    }

    /// <summary>A value, or a query where one may stand.</summary>
    public Expr Argument()
    {
        var start = at;
        var before = depth;
        if (Source.IsTabularAhead(this)) return new Subquery(Peek.At, Pipeline());
        var value = Expression();
        if (!Peek.Is("|") || panicking) return value;
        // It was the source of a query: read it again as one.
        (at, depth) = (start, before);
        return new Subquery(Peek.At, Pipeline());
    }
}
