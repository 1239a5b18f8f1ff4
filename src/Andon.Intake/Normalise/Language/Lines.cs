using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>What a place in a line may hold.</summary>
enum Fit { Any, Number, Word, Address, Ip, Hex, Quoted }

/// <summary>Where a captured text goes: to a key that the parser asks for, to a field, or to both.</summary>
readonly record struct Capture(int Key, Target? Target, Fit Fit)
{
    public bool IsSkip => Key < 0 && Target is null;

    public void Take(EventDraft draft, int at, int length)
    {
        if (Key >= 0) draft.Pieces.Replace(Key, new(at, length, ValueKind.Text));
        Target?.Write(draft, at, length, ValueKind.Text);
    }

    public static bool Fits(Fit fit, ReadOnlySpan<byte> value) => fit switch
    {
        Fit.Number => value.Length is > 0 and <= 19 && value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0,
        Fit.Address => value.Length > 0 && value.IndexOf((byte)' ') < 0,
        Fit.Ip => EventDraft.IsIp(value),
        Fit.Word => IsWord(value),
        Fit.Hex => value.Length > 0 && IsHex(value),
        _ => true,
    };

    static bool IsWord(ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'-' or (byte)'.')) return false;
        return value.Length > 0;
    }

    static bool IsHex(ReadOnlySpan<byte> value)
    {
        foreach (var b in value.StartsWith("0x"u8) ? value[2..] : value)
            if (!char.IsAsciiHexDigit((char)b)) return false;
        return true;
    }
}

/// <summary>
/// One form of a line: literals and captures. Forward from the left; after a greedy capture, backward from the right, so that a value that
/// a client may choose (a user name with " from 10.0.0.1 port 22 ssh2" in it) cannot pose as the captures behind it.
/// </summary>
sealed class LineForm(byte[][] literals, Capture[] captures, int greedy, int set)
{
    public const int CapturesMax = 32;
    const int RetriesMax = 24;

    /// <summary>Where it stands, and as what: several forms may come of one written line.</summary>
    public Place At { get; init; }
    public string Written { get; init; } = "";
    /// <summary>Which constants hold when the line has this form.</summary>
    public int Set => set;
    public ReadOnlySpan<byte> Beginning => literals[0];

    public bool TryApply(Text text, EventDraft draft)
    {
        Span<(int At, int Length)> found = stackalloc (int, int)[CapturesMax];
        if (!Match(text.Span, found)) return false;
        for (var i = 0; i < captures.Length; i++)
            if (!captures[i].IsSkip) captures[i].Take(draft, text.At + found[i].At, found[i].Length);
        return true;
    }

    bool Match(ReadOnlySpan<byte> line, Span<(int At, int Length)> found)
    {
        if (!line.StartsWith(literals[0])) return false;
        var from = literals[0].Length;
        var i = 0;
        var retries = RetriesMax;
        for (; i < captures.Length && i != greedy; i++)
        {
            var literal = literals[i + 1];
            int length;
            if (captures[i].Fit == Fit.Quoted)
            {
                // "…" with \" inside; the quotes are not part of the value.
                if (from >= line.Length || line[from] != '"' || (length = QuoteEnd(line, from + 1)) < 0) return false;
                found[i] = (from + 1, length);
                from += length + 2;
                if (i == captures.Length - 1 ? !line[from..].SequenceEqual(literal) : !line[from..].StartsWith(literal)) return false;
                from += literal.Length;
                continue;
            }
            if (i == captures.Length - 1)
            {
                // The last one reaches to the end, less the last literal.
                length = line.Length - from - literal.Length;
                if (length < 0 || !line.EndsWith(literal)) return false;
            }
            else
            {
                length = line[from..].IndexOf(literal);
                if (length < 0) return false;
            }
            if (!Capture.Fits(captures[i].Fit, line.Slice(from, length)))
            {
                // The one before may reach further, to the next place where its literal stands.
                if (i == 0 || captures[i - 1].Fit != Fit.Any || literals[i].Length == 0 || retries-- == 0) return false;
                var (at, was) = found[i - 1];
                var further = line[(at + was + 1)..].IndexOf(literals[i]);
                if (further < 0) return false;
                found[i - 1] = (at, was + 1 + further);
                from = at + was + 1 + further + literals[i].Length;
                i--;
                continue;
            }
            found[i] = (from, length);
            from += length + literal.Length;
        }
        if (i == captures.Length) return captures.Length > 0 || from == line.Length;

        var end = line.Length;
        for (var j = captures.Length - 1; j >= i; j--)
        {
            var literal = literals[j + 1];
            if (end - literal.Length < from || !line[from..end].EndsWith(literal)) return false;
            end -= literal.Length;
            var start = from;
            if (j > i)
            {
                var before = line[from..end].LastIndexOf(literals[j]);
                if (before < 0) return false;
                start = from + before + literals[j].Length;
            }
            if (!Capture.Fits(captures[j].Fit, line[start..end])) return false;
            found[j] = (start, end - start);
            end = start;
        }
        return true;
    }

    static int QuoteEnd(ReadOnlySpan<byte> line, int from)
    {
        for (var i = from; i < line.Length; i += line[i] == '\\' ? 2 : 1)
            if (line[i] == '"') return i - from;
        return -1;
    }
}

/// <summary>Forms of which the first that fits is taken, found by the line's first byte.</summary>
sealed class LineForms
{
    readonly LineForm[] forms;
    readonly LineForm[][] byFirst = new LineForm[256][];

    public LineForms(IEnumerable<LineForm> inOrder)
    {
        forms = [.. inOrder];
        for (var b = 0; b < 256; b++) byFirst[b] = [.. forms.Where(f => f.Beginning.IsEmpty || f.Beginning[0] == b)];
    }

    public LineForm? Apply(Text text, EventDraft draft)
    {
        foreach (var form in text.IsEmpty ? forms : byFirst[text[0]])
            if (form.TryApply(text, draft)) return form;
        return null;
    }
}

/// <summary>A line is one of several forms; which ones are asked may depend on a key, such as a message number.</summary>
sealed class LinesStep(LineForms all, int by, Dictionary<byte[], LineForms> byValue, Constant[][] sets, byte[][] trims) : Step
{
    public override bool Run(Text text, EventDraft draft, Parser parser)
    {
        var line = text.Trim();
        foreach (var trim in trims)
            if (line.Span.EndsWith(trim)) line = line.Slice(0, line.Length - trim.Length).TrimEnd();
        LineForm? form = null;
        if (by >= 0 && draft.Pieces.TryGet(by, out var piece) && byValue.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(draft.Batch.Slice(piece.At, piece.Length), out var forms)) form = forms.Apply(line, draft);
        form ??= all.Apply(line, draft);
        if (form is null) return false;
        draft.Trace?.Fitted(form);
        if (form.Set >= 0) Constant.Apply(sets[form.Set], draft);
        return true;
    }
}

/// <summary>A field and the texts it gets, unless something filled it before.</summary>
sealed record Constant(FieldId Field, Const[] Values, ValueKind Kind, Place At)
{
    public static void Apply(Constant[] set, EventDraft draft)
    {
        foreach (var constant in set)
        {
            if (draft.Has(constant.Field)) continue;
            draft.Trace?.At(constant.At);
            // Logs of two kinds that one parser reads are two sources.
            if (constant.Field == Ecs.EventDataset) draft.Dataset = constant.Values[0];
            foreach (var value in constant.Values) draft.Add(constant.Field, value, constant.Kind);
        }
    }
}
