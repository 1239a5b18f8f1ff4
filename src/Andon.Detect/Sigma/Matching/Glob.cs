using System.Text;
using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Sigma.Matching;

/// <summary>
/// A pattern with wildcards over UTF-8 bytes. Between stars each segment has a fixed number of scalars, so the leftmost place
/// is always the best one and nothing is ever tried twice.
/// </summary>
sealed class Glob
{
    readonly record struct Part(PieceKind Kind, byte[] Bytes);

    readonly Part[][] segments;
    readonly bool openStart, openEnd;

    public Glob(Pattern pattern, bool cased)
    {
        var all = new List<Part[]>();
        var segment = new List<Part>();
        foreach (var piece in pattern.Pieces)
        {
            if (piece.Kind != PieceKind.Any)
            {
                segment.Add(new(piece.Kind, piece.Kind == PieceKind.Literal ? cased ? Encoding.UTF8.GetBytes(piece.Text) : Fold.Bytes(piece.Text) : []));
                continue;
            }
            if (segment.Count > 0) all.Add([.. segment]);
            segment.Clear();
        }
        if (segment.Count > 0) all.Add([.. segment]);
        segments = [.. all];
        openStart = pattern.Pieces[0].Kind == PieceKind.Any;
        openEnd = pattern.Pieces[^1].Kind == PieceKind.Any;
    }

    public bool IsMatch(ReadOnlySpan<byte> value)
    {
        int at = 0, next = 0;
        if (!openStart)
        {
            at = MatchAt(segments[0], value, 0);
            if (at < 0) return false;
            next = 1;
            if (segments.Length == 1) return openEnd || at == value.Length;
        }
        var last = openEnd ? segments.Length : segments.Length - 1;
        for (; next < last; next++)
        {
            at = Find(segments[next], value, at);
            if (at < 0) return false;
        }
        return openEnd || MatchBefore(segments[^1], value) >= at;
    }

    static int Find(Part[] segment, ReadOnlySpan<byte> value, int from)
    {
        while (from <= value.Length)
        {
            if (segment[0].Kind == PieceKind.Literal)
            {
                var step = value[from..].IndexOf(segment[0].Bytes);
                if (step < 0) return -1;
                from += step;
            }
            var end = MatchAt(segment, value, from);
            if (end >= 0) return end;
            if (from >= value.Length) return -1;
            from += ScalarAt(value, from);
        }
        return -1;
    }

    static int MatchAt(Part[] segment, ReadOnlySpan<byte> value, int at)
    {
        foreach (var part in segment)
        {
            switch (part.Kind)
            {
                case PieceKind.Literal:
                    if (!value[at..].StartsWith(part.Bytes)) return -1;
                    at += part.Bytes.Length;
                    break;
                case PieceKind.One:
                    if (at >= value.Length) return -1;
                    at += ScalarAt(value, at);
                    break;
                default:
                    var dash = DashAt(value[at..]);
                    if (dash == 0) return -1;
                    at += dash;
                    break;
            }
        }
        return at;
    }

    // Where the segment begins when it ends at the value's end, or -1.
    static int MatchBefore(Part[] segment, ReadOnlySpan<byte> value)
    {
        var end = value.Length;
        for (var i = segment.Length - 1; i >= 0; i--)
        {
            var before = value[..end];
            switch (segment[i].Kind)
            {
                case PieceKind.Literal:
                    if (!before.EndsWith(segment[i].Bytes)) return -1;
                    end -= segment[i].Bytes.Length;
                    break;
                case PieceKind.One:
                    if (end == 0) return -1;
                    end -= ScalarBefore(before);
                    break;
                default:
                    if (end >= 1 && DashAt(before[^1..]) == 1) end--;
                    else if (end >= 3 && DashAt(before[^3..]) == 3) end -= 3;
                    else return -1;
                    break;
            }
        }
        return end;
    }

    static int DashAt(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return 0;
        if (value[0] is (byte)'-' or (byte)'/') return 1;
        return value.Length >= 3 && value[0] == 0xE2 && value[1] == 0x80 && (value[2] is 0x93 or 0x94 or 0x95) ? 3 : 0;
    }

    static int ScalarAt(ReadOnlySpan<byte> value, int at)
    {
        Rune.DecodeFromUtf8(value[at..], out _, out var length);
        return Math.Max(length, 1);
    }

    static int ScalarBefore(ReadOnlySpan<byte> value)
    {
        Rune.DecodeLastFromUtf8(value, out _, out var length);
        return Math.Max(length, 1);
    }
}
