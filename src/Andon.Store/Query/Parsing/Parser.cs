using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;

namespace Andon.Store.Query.Parsing;

/// <summary>
/// Recursive descent over the tokens. A fault is written once and the parser goes on at the next <c>|</c> or <c>;</c>, so that an
/// author sees all faults of a query at once. Expressions are in the other half of this class.
/// </summary>
internal sealed partial class Parser
{
    readonly string text;
    readonly List<Token> tokens;
    int at;
    int depth;
    int operators;
    bool panicking;

    Parser(string text, Faults faults)
    {
        this.text = text;
        Faults = faults;
        tokens = new Lexer(text, faults).Run();
    }

    public Faults Faults { get; }

    public static Statement Parse(string text, Faults faults)
    {
        if (text.Length > Limits.QueryCharsMax)
        {
            faults.Add("KQL006", 0, $"The query is longer than {Limits.QueryCharsMax} characters (QueryCharsMax).", "Put long lists into a saved search or shorten it.");
            return new([], new(new BadSource(0), []));
        }
        return new Parser(text, faults).Statement();
    }

    // Statements ----------------------------------------------------------------------------------------------

    Statement Statement()
    {
        var lets = new List<Let>();
        Pipeline? body = null;
        while (true)
        {
            while (Accept(";")) { }
            if (Peek.Kind == TokenKind.End) break;
            var start = at;
            if (Peek.IsWord("let")) lets.Add(ParseLet());
            else if (Peek.IsWord("set") || Peek.IsWord("declare") || Peek.IsWord("alias") || Peek.IsWord("restrict"))
            {
                Refuse("KQL032", Peek.At, $"The statement `{Peek.Text}` is not offered.", "Take it out; limits come with the request.");
                SkipStatement();
            }
            else
            {
                if (body is not null) Fail("KQL003", Peek.At, "A query has one result; this begins a second one.", "Remove it, or make the first a `let`.");
                var next = Pipeline();
                body ??= next;
            }
            if (Peek.Kind != TokenKind.End && !Accept(";"))
            {
                Fail("KQL003", Peek.At, $"{Peek.Shown} is not expected here.", "An operator begins with `|`; statements are parted by `;`.");
                SkipStatement();
            }
            panicking = false;
            if (at == start) Next();
        }
        if (body is null && !Faults.Any) Faults.Add("KQL003", text.Length, "The query has no body.", "Begin with a table: `Events | take 10`.");
        return new(lets, body ?? new(new BadSource(text.Length), []));
    }

    // Pipelines -----------------------------------------------------------------------------------------------

    public Pipeline Pipeline() => Pipeline(Source.Parse(this));

    Pipeline Pipeline(Source source)
    {
        if (panicking) SkipOperator();
        panicking = false;
        var steps = new List<Operator>();
        while (Accept("|") && Step(steps)) { }
        return new(source, steps);
    }

    /// <summary>Operators without a source: the query of mv-apply.</summary>
    public IReadOnlyList<Operator> Steps()
    {
        var steps = new List<Operator>();
        while (Step(steps) && Accept("|")) { }
        return steps;
    }

    bool Step(List<Operator> steps)
    {
        if (++operators > Limits.OperatorsMax)
        {
            Fail("KQL006", Peek.At, $"More than {Limits.OperatorsMax} operators (OperatorsMax).", "Cut the query into saved searches.");
            SkipStatement();
            return false;
        }
        if (OperatorTable.Parse(this) is { } step) steps.Add(step);
        if (!panicking && Peek.Kind != TokenKind.End && !Peek.Is("|") && !Peek.Is(";") && !Peek.Is(")") && !Peek.Is("}") && !(Peek.Is(",") && depth > 0))
            Fail("KQL003", Peek.At, $"{Peek.Shown} is not expected here.", Hint(Peek));
        if (panicking)
        {
            SkipOperator();
            // What was half read is not compiled: it would only add findings that follow from the first.
            if (steps.Count > 0) steps[^1] = new BadOperator(steps[^1].At);
        }
        panicking = false;
        return true;
    }

    string Hint(Token token)
    {
        if (token.Is("=")) return "Equality is `==`.";
        return token.Kind == TokenKind.Word && Words.Nearest(token.Text, Words.Relations.Concat(Words.ListRelations)) is { } near
            ? $"Did you mean `{near}`?"
            : "Operators are parted by `|`, columns by commas.";
    }

    // Tokens --------------------------------------------------------------------------------------------------

    public Token Peek => tokens[at];
    public Token PeekAt(int ahead) => tokens[Math.Min(at + ahead, tokens.Count - 1)];
    public bool Panicking => panicking;

    public Token Next()
    {
        var token = tokens[at];
        if (at < tokens.Count - 1) at++;
        return token;
    }

    public bool Accept(string mark)
    {
        if (!Peek.Is(mark)) return false;
        Next();
        return true;
    }

    public bool AcceptWord(string word)
    {
        if (!Peek.IsWord(word)) return false;
        Next();
        return true;
    }

    public bool Expect(string mark, string where)
    {
        if (Accept(mark)) return true;
        if (!panicking) Fail("KQL003", Peek.At, $"`{mark}` is expected {where}, not {Peek.Shown}.", mark is ")" or "]" ? "Close the bracket." : $"Put `{mark}` here.");
        return false;
    }

    /// <summary>A syntax fault: the rest of this operator is skipped.</summary>
    public void Fail(string code, int place, string message, string hint)
    {
        if (!panicking) Faults.Add(code, place, message, hint);
        panicking = true;
    }

    /// <summary>A thing known but not offered: the fault stands, parsing goes on.</summary>
    public void Refuse(string code, int place, string message, string hint) => Faults.Add(code, place, message, hint);

    /// <summary>To the next <c>|</c>, <c>;</c> or closing bracket of this level.</summary>
    public void SkipOperator() => Skip(static t => t.Is("|"));

    public void SkipStatement() => Skip(static _ => false);

    void Skip(Func<Token, bool> stop)
    {
        var open = 0;
        while (Peek.Kind != TokenKind.End)
        {
            var token = Peek;
            if (token.Is("(") || token.Is("[") || token.Is("{")) open++;
            else if (token.Is(")") || token.Is("]") || token.Is("}"))
            {
                if (open == 0 && depth > 0) return;
                open = Math.Max(0, open - 1);
            }
            else if (open == 0 && (token.Is(";") || stop(token))) return;
            Next();
        }
    }

    /// <summary>Past the bracket that closes the one just opened.</summary>
    public void SkipBracket()
    {
        for (var open = 1; open > 0 && Peek.Kind != TokenKind.End;)
        {
            var token = Next();
            if (token.Is("(") || token.Is("[") || token.Is("{")) open++;
            else if (token.Is(")") || token.Is("]") || token.Is("}")) open--;
        }
    }

    public bool Deeper()
    {
        if (++depth <= Limits.DepthMax) return true;
        Fail("KQL006", Peek.At, $"More than {Limits.DepthMax} brackets inside each other (DepthMax).", "Name parts with `let` or `extend`.");
        return false;
    }

    public void Shallower() => depth--;
}
