using System.Globalization;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Parsing;

/// <summary>Expressions by binding strength: or, and, relation, sum, product, sign, atom.</summary>
internal sealed partial class Parser
{
    public Expr Expression()
    {
        if (!Deeper()) { depth--; return new Bad(Peek.At); }
        var left = Conjunction();
        while (Peek.IsWord("or"))
        {
            var op = Next();
            left = new Binary(op.At, "or", left, Conjunction());
        }
        Shallower();
        return left;
    }

    Expr Conjunction()
    {
        var left = Relation();
        while (Peek.IsWord("and"))
        {
            var op = Next();
            left = new Binary(op.At, "and", left, Relation());
        }
        return left;
    }

    Expr Relation()
    {
        var left = Sum();
        if (panicking) return left;
        var op = Peek;
        if (op.Kind == TokenKind.Mark && Words.Relations.Contains(op.Text))
        {
            Next();
            return new Binary(op.At, op.Text, left, Sum());
        }
        if (op.Is("<|") || op.Is("=>")) { Fail("KQL005", op.At, $"`{op.Text}` is no comparison.", op.Is("=>") ? "Write `>=`." : "Write `<` and then the value."); return left; }
        if (op.Kind != TokenKind.Word) return left;
        var word = op.Text;
        if (word == "matches" || word == "!matches")
        {
            Next();
            if (!AcceptWord("regex")) Fail("KQL003", Peek.At, "`regex` is expected after `matches`.", "Write `matches regex 'pattern'`.");
            var match = new Binary(op.At, "matches regex", left, Sum());
            return word == "matches" ? match : new Call(op.At, "not", [match]);
        }
        if (word is "between" or "!between") return BetweenRest(op, left);
        if (Words.ListRelations.Contains(word))
        {
            Next();
            return new InList(op.At, word, left, ListRest(word));
        }
        if (Words.Relations.Contains(word))
        {
            Next();
            return new Binary(op.At, word, left, Sum());
        }
        return UnknownRelation(op, left);
    }

    /// <summary>A word where only a relation can stand, followed by a value: most likely a slip of the pen.</summary>
    Expr UnknownRelation(Token op, Expr left)
    {
        if (op.Text is "and" or "or" or "by" or "asc" or "desc" or "nulls" or "on" or "to" or "with" or "step" or "from" or "in" or "as" or "limit" or "of") return left;
        var next = PeekAt(1);
        if (!op.Text.StartsWith('!') && next.Kind is not (TokenKind.String or TokenKind.Long or TokenKind.Real or TokenKind.Span or TokenKind.Typed) && !next.Is("(")) return left;
        var near = Words.Nearest(op.Text, Words.Relations.Concat(Words.ListRelations).Append("between").Append("matches regex").Append("and").Append("or"));
        Faults.Add("KQL005", op.At, $"`{op.Text}` is no operator.", near is null ? "Comparisons are ==, has, contains, startswith, in, between and their kin." : $"`{near}`?");
        Next();
        if (Accept("(")) SkipBracket();
        else Sum();
        return left is Bad ? left : new Bad(op.At);
    }

    Expr BetweenRest(Token op, Expr of)
    {
        Next();
        Expect("(", "after `between`");
        var low = Sum();
        Expect("..", "between the two ends");
        var high = Sum();
        Expect(")", "after the upper end");
        return new Between(op.At, op.Text[0] == '!', of, low, high);
    }

    List<Expr> ListRest(string word)
    {
        var items = new List<Expr>();
        if (!Peek.Is("(") && Peek.Kind == TokenKind.Word && !PeekAt(1).Is("("))
        {
            // has_any names: a let value without brackets.
            items.Add(Atom());
            return items;
        }
        if (!Expect("(", $"after `{word}`")) return items;
        while (!panicking && !Peek.Is(")"))
        {
            var item = Argument();
            items.Add(item);
            if (items.Count > Limits.ListItemsMax) Fail("KQL006", item.At, $"More than {Limits.ListItemsMax} items in a list (ListItemsMax).", "Split the query.");
            if (!Accept(",")) break;
        }
        Expect(")", "after the list");
        return items;
    }

    Expr Sum()
    {
        var left = Product();
        while (!panicking && (Peek.Is("+") || Peek.Is("-")))
        {
            var op = Next();
            left = new Binary(op.At, op.Text, left, Product());
        }
        return left;
    }

    Expr Product()
    {
        var left = Sign();
        while (!panicking && (Peek.Is("*") || Peek.Is("/") || Peek.Is("%")))
        {
            var op = Next();
            left = new Binary(op.At, op.Text, left, Sign());
        }
        return left;
    }

    Expr Sign()
    {
        if (Peek.Is("+")) { Next(); return Sign(); }
        if (!Peek.Is("-")) return Postfix(Atom());
        var sign = Next();
        if (!Deeper()) { Shallower(); return new Bad(sign.At); }
        var of = Sign();
        Shallower();
        return of switch
        {
            Literal { Value: long n, Type: var type } when n != long.MinValue => new Literal(sign.At, type, -n),
            Literal { Value: double d } => new Literal(sign.At, KType.Real, -d),
            _ => new Negate(sign.At, of),
        };
    }

    Expr Postfix(Expr of)
    {
        while (!panicking)
        {
            if (Peek.Is("["))
            {
                var open = Next();
                var by = Expression();
                Expect("]", "after the index");
                of = new Ast.Index(open.At, of, by);
            }
            else if (Peek.Is(".") && of is not Literal)
            {
                var dot = Next();
                // a.[0] is a[0].
                if (Peek.Is("[") && PeekAt(1).Kind != TokenKind.String) continue;
                // One property at a time: a.b is the property b of the property a.
                if (Peek.Kind is TokenKind.Word or TokenKind.Quoted && !Peek.Text.StartsWith('!') || Peek.Is("[") && PeekAt(1).Kind == TokenKind.String) of = new Member(dot.At, of, Segment());
                else Fail("KQL003", Peek.At, $"A property name is expected after the dot, not {Peek.Shown}.", "Names with other characters are written ['name'].");
            }
            else return of;
        }
        return of;
    }

    Expr Atom()
    {
        var token = Peek;
        switch (token.Kind)
        {
            case TokenKind.String:
                Next();
                // Neighbouring strings are one string, as in Kusto.
                var value = token.Text;
                while (Peek.Kind == TokenKind.String) value += Next().Text;
                return new Literal(token.At, KType.String, value);
            case TokenKind.Long: Next(); return new Literal(token.At, KType.Long, token.Value);
            case TokenKind.Real: Next(); return new Literal(token.At, KType.Real, token.Value);
            case TokenKind.Span: Next(); return new Literal(token.At, KType.TimeSpan, token.Value);
            case TokenKind.Typed: Next(); return Typed(token);
            case TokenKind.Quoted: return Path();
            case TokenKind.Word: return Word(token);
        }
        if (token.Is("(")) return Bracketed();
        if (token.Is("[") && PeekAt(1).Kind == TokenKind.String && PeekAt(2).Is("]")) return Path();
        if (token.Is("*")) { Next(); return new Star(token.At); }
        Fail("KQL003", token.At, $"A value is expected, not {token.Shown}.", token.Is("[") ? "Lists are written dynamic([…]), names ['name']." : "Put a column, a literal or a function call here.");
        return new Bad(token.At);
    }

    Expr Bracketed()
    {
        Next();
        if (!Deeper()) { Shallower(); return new Bad(Peek.At); }
        var inner = Argument();
        Shallower();
        Expect(")", "to close the bracket");
        return inner;
    }

    Expr Word(Token token)
    {
        switch (token.Text)
        {
            case "true": Next(); return new Literal(token.At, KType.Bool, true);
            case "false": Next(); return new Literal(token.At, KType.Bool, false);
            case "null": Next(); return new Literal(token.At, KType.Unknown, null);
            case "dynamic" when PeekAt(1).Is("("): return Dynamic();
            case "typeof" when PeekAt(1).Is("(") && PeekAt(3).Is(")") && KType.Read(PeekAt(2).Text) is { } type:
                for (var i = 0; i < 4; i++) Next();
                return new TypeOf(token.At, type);
        }
        if (PeekAt(1).Is("(") && !token.Text.StartsWith('!')) return CallRest();
        if (!Words.IsReserved(token.Text) && !token.Text.StartsWith('!')) return Path();
        Fail("KQL003", token.At, $"A value is expected, not {token.Shown}.", $"A column of that name is written ['{token.Text}'].");
        return new Bad(token.At);
    }

    /// <summary>A name with arguments.</summary>
    public Expr Call() => CallRest();

    Expr CallRest()
    {
        var name = Next();
        Next();
        var arguments = new List<Expr>();
        while (!panicking && !Peek.Is(")"))
        {
            var argument = Argument();
            if (argument is Name label && Accept("=")) argument = new Named(label.At, label.Text, Expression());
            arguments.Add(argument);
            if (arguments.Count > Limits.ListItemsMax) Fail("KQL006", argument.At, $"More than {Limits.ListItemsMax} arguments (ListItemsMax).", "Split the query.");
            if (!Accept(",")) break;
        }
        Expect(")", $"after the arguments of `{name.Text}`");
        return new Call(name.At, name.Text, arguments);
    }

    /// <summary>A name with its dots: <c>source.ip</c>, <c>['source.ip']</c>, <c>`source.ip`</c>.</summary>
    Expr Path()
    {
        var start = Peek.At;
        var name = Segment();
        while (Peek.Is(".") && (PeekAt(1).Kind is TokenKind.Word or TokenKind.Quoted || (PeekAt(1).Is("[") && PeekAt(2).Kind == TokenKind.String)))
        {
            Next();
            name += "." + Segment();
        }
        return new Name(start, name);
    }

    string Segment()
    {
        if (Accept("["))
        {
            var quoted = Next().Text;
            Expect("]", "after the name");
            return quoted;
        }
        return Next().Text;
    }

    /// <summary>A name as it is written in column lists: no expression.</summary>
    public string NameText(string what)
    {
        var token = Peek;
        if (token.Is("[") && PeekAt(1).Kind == TokenKind.String) return ((Name)Path()).Text;
        if (token.Kind == TokenKind.Quoted || (token.Kind == TokenKind.Word && !token.Text.StartsWith('!'))) return ((Name)Path()).Text;
        Fail("KQL003", token.At, $"{char.ToUpperInvariant(what[0])}{what[1..]} is expected, not {token.Shown}.", "Names with other characters are written ['name'].");
        return "?";
    }

    public List<string> NameList(string what)
    {
        var names = new List<string>();
        do names.Add(NameText(what)); while (!panicking && Accept(","));
        return names;
    }

    /// <summary><c>name = expression</c> or <c>expression</c>, with commas.</summary>
    public List<Item> ItemList(string after)
    {
        var items = new List<Item>();
        do items.Add(ParseItem(after)); while (!panicking && Accept(","));
        return items;
    }

    Item ParseItem(string after)
    {
        if (Peek.Kind == TokenKind.End || Peek.Is("|") || Peek.Is(";"))
        {
            Fail("KQL003", Peek.At, $"A column is expected after {after}, not {Peek.Shown}.", "Name a column, or take the comma out.");
            return new(null, new Bad(Peek.At));
        }
        if (Peek.Is("(") && PeekAt(1).Kind == TokenKind.Word && PeekAt(2).Is(","))
        {
            Fail("KQL032", Peek.At, "Several names for one expression, `(a, b) = …`, are not offered yet.", "Write one column after the other.");
            return new(null, new Bad(Peek.At));
        }
        var value = Expression();
        if (value is Name name && Accept("=")) return new(name.Text, Expression());
        return new(null, value);
    }

    Expr Typed(Token token)
    {
        var inside = (string)token.Value!;
        if (token.Text == "guid") return new Literal(token.At, KType.String, inside == "null" ? "" : inside.ToLowerInvariant());
        var type = token.Text switch
        {
            "datetime" or "date" => KType.DateTime,
            "timespan" or "time" => KType.TimeSpan,
            "long" or "int" => KType.Long,
            "bool" or "boolean" => KType.Bool,
            _ => KType.Real,
        };
        if (inside == "null") return new Literal(token.At, type, null);
        object? value = type.Kind switch
        {
            Kind.DateTime => Spans.ReadInstant(inside),
            Kind.TimeSpan => Spans.Read(inside),
            Kind.Long when inside.StartsWith("0x", StringComparison.OrdinalIgnoreCase) => long.TryParse(inside.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null,
            Kind.Long => long.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null,
            Kind.Bool => inside is "true" or "1" ? true : inside is "false" or "0" ? false : null,
            _ => RealOf(inside),
        };
        if (value is not null) return new Literal(token.At, type, value);
        if (type.Kind is Kind.DateTime && inside.Length == 0) return new Literal(token.At, type, null);
        Faults.Add("KQL003", token.At, $"`{token.Text}({inside})` is no {type.Name}.", type.Kind switch
        {
            Kind.DateTime => "Write datetime(2026-03-02) or datetime(2026-03-02T08:00:00Z); for a column use todatetime().",
            Kind.TimeSpan => "Write timespan(1d) or timespan(01:30:00); the finest unit is the millisecond.",
            _ => $"For a column use to{type.Name}().",
        });
        return new Bad(token.At);
    }

    static object? RealOf(string text) => text switch
    {
        "nan" => double.NaN,
        "+inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d) ? d : null,
    };
}
