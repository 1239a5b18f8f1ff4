namespace Andon.Store.Query.Parsing;

internal enum TokenKind { End, Word, Quoted, String, Long, Real, Span, Typed, Mark }

/// <summary>One token: a word, a bracketed or back-ticked name, a literal, or a mark such as <c>|</c>.</summary>
/// <param name="Text">Word, mark, or the value of a string; for a typed literal (<c>datetime(…)</c>) its type word.</param>
/// <param name="Value">Number, milliseconds of a span, or the raw text inside a typed literal.</param>
/// <param name="Glued">No space before it.</param>
internal readonly record struct Token(TokenKind Kind, int At, int End, string Text, object? Value, bool Glued)
{
    public bool Is(string mark) => Kind == TokenKind.Mark && Text == mark;
    public bool IsWord(string word) => Kind == TokenKind.Word && Text == word;
    public string Shown => Kind switch
    {
        TokenKind.End => "the end of the query",
        TokenKind.String => "a string",
        _ => $"`{Text}`",
    };
}
