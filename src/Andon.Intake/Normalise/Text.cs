namespace Andon.Intake.Normalise;

/// <summary>
/// A piece of the text being parsed and the place in the batch's arena where it stands, so that a value becomes a cell without a copy.
/// Always valid UTF-8.
/// </summary>
readonly ref struct Text(ReadOnlySpan<byte> span, int at)
{
    public ReadOnlySpan<byte> Span { get; } = span;
    public int At { get; } = at;
    public int Length => Span.Length;
    public bool IsEmpty => Span.IsEmpty;
    public byte this[int index] => Span[index];

    public Text Slice(int start) => new(Span[start..], At + start);
    public Text Slice(int start, int length) => new(Span.Slice(start, length), At + start);

    public bool StartsWith(ReadOnlySpan<byte> with) => Span.StartsWith(with);
    public bool Is(ReadOnlySpan<byte> other) => Span.SequenceEqual(other);

    public Text TrimStart()
    {
        var i = 0;
        while (i < Span.Length && Span[i] is (byte)' ' or (byte)'\t') i++;
        return Slice(i);
    }

    public Text TrimEnd()
    {
        var n = Span.Length;
        while (n > 0 && Span[n - 1] is (byte)' ' or (byte)'\t') n--;
        return Slice(0, n);
    }

    public Text Trim() => TrimStart().TrimEnd();

    /// <summary>Takes what stands before the first <paramref name="separator"/>; false, and nothing taken, when there is none.</summary>
    public static bool Cut(scoped ref Text text, byte separator, out Text before)
    {
        var at = text.Span.IndexOf(separator);
        before = at < 0 ? default : text.Slice(0, at);
        if (at < 0) return false;
        text = text.Slice(at + 1);
        return true;
    }
}
