using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Editing;

/// <summary>What the grammar wants at a place.</summary>
internal enum Wanted { Table, Operator, Value, Relation, Text }

/// <summary>Where in a query the caret stands, told from the tokens before it; a query that is being typed is seldom whole.</summary>
/// <param name="From">Begin of the word that is being typed.</param>
/// <param name="Operator">The operator that it belongs to, null at the head of a pipeline.</param>
/// <param name="Before">The pipeline up to that operator, lets included: what decides which columns there are.</param>
/// <param name="Grouping">Within the values of summarize, where aggregates stand.</param>
/// <param name="Compared">For text in quotes: the column that it is compared with.</param>
internal sealed record Place(int From, int To, Wanted Wanted, string? Operator, string Before, bool Grouping, string? Compared)
{
    sealed class Level
    {
        public int Start;
        public int Head;
        public int Pipe = -1;
        public bool Table;
    }

    public static Place At(string text, int caret)
    {
        caret = Math.Clamp(caret, 0, text.Length);
        var tokens = new Lexer(text[..caret], new Faults(text)).Run().Where(t => t.Kind != TokenKind.End).ToList();
        if (tokens.Count > 0 && tokens[^1].Kind == TokenKind.String && tokens[^1].End == caret && !Closed(text, tokens[^1])) return InText(text, tokens, caret);
        var from = Word(tokens, caret);
        var to = caret;
        while (to < text.Length && (Words.IsPart(text[to]) || text[to] == '.')) to++;
        var before = tokens.Where(t => t.End <= from).ToList();
        var levels = Walk(before);
        var level = levels.Peek();
        var name = OperatorName(before, level, out var inside);
        return new(from, to, Want(before, level, name, inside), name, Pipeline(text, before, levels), name == "summarize" && !before.Skip(level.Pipe + 1).Any(t => t.IsWord("by")), null);
    }

    static bool Closed(string text, Token token) => token.End - token.At >= 2 && text[token.End - 1] is '\'' or '"' && text[token.End - 1] == text[token.At];

    /// <summary>Start of the dotted name that ends at the caret, or the caret.</summary>
    static int Word(List<Token> tokens, int caret)
    {
        var from = caret;
        for (var i = tokens.Count - 1; i >= 0 && tokens[i].End == from; i--)
        {
            var token = tokens[i];
            var part = token.Kind is TokenKind.Word or TokenKind.Quoted || token.Is(".") || token.Is("-") && token.Glued && i > 0 && tokens[i - 1].Kind == TokenKind.Word && i > 1 && tokens[i - 2].Is("|");
            if (!part) break;
            from = token.At;
            if (!token.Glued) break;
        }
        return from;
    }

    static Stack<Level> Walk(List<Token> tokens)
    {
        var levels = new Stack<Level>([new Level { Table = true }]);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Is("(") || token.Is("[") || token.Is("{"))
                levels.Push(new Level { Start = i + 1, Head = i + 1, Table = token.Is("(") && (i == 0 || tokens[i - 1].Is("(") || tokens[i - 1].Is(",") || tokens[i - 1].Kind == TokenKind.Word && tokens[i - 1].Text is "union" or "join" or "lookup" or "in" or "toscalar" or "materialize") });
            else if ((token.Is(")") || token.Is("]") || token.Is("}")) && levels.Count > 1) levels.Pop();
            else if (token.Is("|")) levels.Peek().Pipe = i;
            else if (token.Is(";"))
            {
                levels.Clear();
                levels.Push(new Level { Start = i + 1, Head = i + 1, Table = true });
            }
            else if (token.Is("=") && i > 1 && tokens[i - 2].IsWord("let")) (levels.Peek().Head, levels.Peek().Table) = (i + 1, true);
        }
        return levels;
    }

    static string? OperatorName(List<Token> tokens, Level level, out int inside)
    {
        inside = level.Head;
        if (level.Pipe < 0)
        {
            var head = Head(tokens, level);
            if (head is not null) inside++;
            return head;
        }
        var i = level.Pipe + 1;
        if (i >= tokens.Count || tokens[i].Kind != TokenKind.Word) { inside = i; return null; }
        var name = tokens[i++].Text;
        while (i + 1 < tokens.Count && tokens[i].Is("-") && tokens[i].Glued && tokens[i + 1] is { Kind: TokenKind.Word, Glued: true }) { name += "-" + tokens[i + 1].Text; i += 2; }
        inside = i;
        return name;
    }

    static string? Head(List<Token> tokens, Level level) => level.Head < tokens.Count && tokens[level.Head] is { Kind: TokenKind.Word, Text: "print" or "search" or "union" } head ? head.Text : null;

    static Wanted Want(List<Token> tokens, Level level, string? name, int inside)
    {
        if (level.Pipe >= 0 && name is null) return Wanted.Operator;
        if (level.Pipe < 0 && level.Table && (level.Head >= tokens.Count || name == "union")) return Wanted.Table;
        if (name is "union" or "join" or "lookup" && tokens.Count <= inside) return Wanted.Table;
        // After a value comes a relation, after anything else a value.
        if (tokens.Count <= inside) return Wanted.Value;
        var last = tokens[^1];
        var value = last.Kind is TokenKind.String or TokenKind.Long or TokenKind.Real or TokenKind.Span or TokenKind.Typed or TokenKind.Quoted || last.Is(")") || last.Is("]")
            || last.Kind == TokenKind.Word && !Words.IsReserved(last.Text) && !Words.Relations.Contains(last.Text) && !Words.ListRelations.Contains(last.Text) && last.Text is not ("between" or "!between" or "regex" or "matches");
        return value ? Wanted.Relation : Wanted.Value;
    }

    /// <summary>Lets, then the innermost pipeline as far as its last pipe.</summary>
    static string Pipeline(string text, List<Token> tokens, Stack<Level> levels)
    {
        var semicolon = tokens.FindLastIndex(t => t.Is(";"));
        var lets = semicolon < 0 ? "" : text[..tokens[semicolon].End];
        // Inside the brackets of a call the pipeline is the one around it.
        foreach (var level in levels)
        {
            if (level.Pipe < 0 || level.Head >= tokens.Count) continue;
            return lets + "\n" + text[tokens[level.Head].At..tokens[level.Pipe].At];
        }
        return lets;
    }

    static Place InText(string text, List<Token> tokens, int caret)
    {
        var open = tokens[^1].At;
        var to = caret;
        while (to < text.Length && text[to] is not ('\'' or '"' or '\n')) to++;
        tokens.RemoveAt(tokens.Count - 1);
        var levels = Walk(tokens);
        // column == '…, column in ('…
        var i = tokens.Count - 1;
        while (i >= 0 && (tokens[i].Is(",") || tokens[i].Is("(") || tokens[i].Kind == TokenKind.String)) i--;
        var compared = i > 0 && (Words.Relations.Contains(tokens[i].Text) || Words.ListRelations.Contains(tokens[i].Text)) ? Path(tokens, i - 1) : null;
        while (levels.Count > 1 && levels.Peek().Pipe < 0) levels.Pop();
        return new(open + 1, to, Wanted.Text, OperatorName(tokens, levels.Peek(), out _), Pipeline(text, tokens, levels), false, compared);
    }

    static string? Path(List<Token> tokens, int last)
    {
        if (tokens[last].Kind is not (TokenKind.Word or TokenKind.Quoted)) return null;
        var path = tokens[last].Text;
        for (var i = last; i >= 2 && tokens[i].Glued && tokens[i - 1].Is(".") && tokens[i - 2].Kind == TokenKind.Word; i -= 2) path = $"{tokens[i - 2].Text}.{path}";
        return path;
    }
}
