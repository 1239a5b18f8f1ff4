using System.Text;

namespace Andon.Detect.Sigma.Ast;

/// <summary>Piece of a pattern.</summary>
enum PieceKind
{
    Literal,
    /// <summary><c>*</c>: any length, also none, also over line ends.</summary>
    Any,
    /// <summary><c>?</c>: exactly one Unicode scalar.</summary>
    One,
    /// <summary>A sign that begins a flag, under <c>windash</c>: - / – — ―</summary>
    Dash,
}

readonly record struct Piece(PieceKind Kind, string Text = "")
{
    public static readonly Piece Any = new(PieceKind.Any);
    public static readonly Piece One = new(PieceKind.One);
    public static readonly Piece Dash = new(PieceKind.Dash);
}

/// <summary>A string value after Sigma's unescaping: literals and wildcards. Wildcards of modifiers are added as pieces, never as text.</summary>
sealed class Pattern(IReadOnlyList<Piece> pieces) : IEquatable<Pattern>
{
    public const string DashSigns = "-/\u2013\u2014\u2015";

    public IReadOnlyList<Piece> Pieces { get; } = pieces;

    public bool HasWildcards => Pieces.Any(p => p.Kind is PieceKind.Any or PieceKind.One);

    /// <summary>
    /// Left to right: a backslash before a backslash, star or question mark makes that sign literal; any other backslash stands for itself.
    /// </summary>
    public static Pattern Parse(string text)
    {
        if (text.AsSpan().IndexOfAny('*', '?') < 0 && !text.Contains(@"\\", StringComparison.Ordinal)) return Literal(text);
        var pieces = new List<Piece>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && i + 1 < text.Length && text[i + 1] is '\\' or '*' or '?') literal.Append(text[++i]);
            else if (c is '*' or '?')
            {
                Flush();
                if (c == '?') pieces.Add(Piece.One);
                else if (pieces.Count == 0 || pieces[^1].Kind != PieceKind.Any) pieces.Add(Piece.Any);
            }
            else literal.Append(c);
        }
        Flush();
        return new(pieces);

        void Flush()
        {
            if (literal.Length > 0) pieces.Add(new(PieceKind.Literal, literal.ToString()));
            literal.Clear();
        }
    }

    public static Pattern Literal(string text) => new(text.Length == 0 ? [] : [new(PieceKind.Literal, text)]);

    /// <summary>Patterns one after another; what is joined may never become an escape.</summary>
    public static Pattern Joined(IEnumerable<Pattern> patterns)
    {
        var pieces = new List<Piece>();
        foreach (var piece in patterns.SelectMany(p => p.Pieces))
        {
            if (pieces.Count > 0 && piece.Kind == PieceKind.Literal && pieces[^1].Kind == PieceKind.Literal) pieces[^1] = new(PieceKind.Literal, pieces[^1].Text + piece.Text);
            else if (piece.Kind != PieceKind.Any || pieces.Count == 0 || pieces[^1].Kind != PieceKind.Any) pieces.Add(piece);
        }
        return new(pieces);
    }

    /// <summary>Adds wildcards around, where there is none yet.</summary>
    public Pattern Widen(bool before, bool after)
    {
        var pieces = new List<Piece>(Pieces.Count + 2);
        if (before && (Pieces.Count == 0 || Pieces[0].Kind != PieceKind.Any)) pieces.Add(Piece.Any);
        pieces.AddRange(Pieces);
        if (after && (pieces.Count == 0 || pieces[^1].Kind != PieceKind.Any)) pieces.Add(Piece.Any);
        return new(pieces);
    }

    /// <summary>Each sign that begins a flag becomes <see cref="Piece.Dash"/>: before it no letter, digit or underscore, after it one.</summary>
    public Pattern WithDashes()
    {
        var pieces = new List<Piece>();
        foreach (var piece in Pieces)
        {
            if (piece.Kind != PieceKind.Literal) { pieces.Add(piece); continue; }
            var text = piece.Text;
            var start = 0;
            for (var i = 0; i < text.Length; i++)
            {
                if (!DashSigns.Contains(text[i]) || (i > 0 && Word(text[i - 1])) || i + 1 >= text.Length || !Word(text[i + 1])) continue;
                if (i > start) pieces.Add(new(PieceKind.Literal, text[start..i]));
                pieces.Add(Piece.Dash);
                start = i + 1;
            }
            if (start < text.Length) pieces.Add(new(PieceKind.Literal, text[start..]));
        }
        return new(pieces);
    }

    static bool Word(char c) => char.IsLetterOrDigit(c) || c == '_';

    /// <summary>The pattern as Sigma text that parses to the same pieces (a dash piece prints as <c>⟨-⟩</c>, which has no text form).</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Pieces.Count; i++)
        {
            var piece = Pieces[i];
            switch (piece.Kind)
            {
                case PieceKind.Any: text.Append('*'); break;
                case PieceKind.One: text.Append('?'); break;
                case PieceKind.Dash: text.Append("⟨-⟩"); break;
                default:
                    for (var k = 0; k < piece.Text.Length; k++)
                    {
                        var c = piece.Text[k];
                        if (c is '*' or '?') text.Append('\\').Append(c);
                        else if (c == '\\' && NextIsSpecial(i, k)) text.Append("\\\\");
                        else text.Append(c);
                    }
                    break;
            }
        }
        return text.ToString();
    }

    // A lone backslash may stay as it is unless what follows would make it an escape.
    bool NextIsSpecial(int piece, int at)
    {
        var text = Pieces[piece].Text;
        if (at + 1 < text.Length) return text[at + 1] is '\\' or '*' or '?';
        return piece + 1 < Pieces.Count && Pieces[piece + 1].Kind is PieceKind.Any or PieceKind.One;
    }

    public bool Equals(Pattern? other) => other is not null && Pieces.SequenceEqual(other.Pieces);
    public override bool Equals(object? obj) => Equals(obj as Pattern);
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
