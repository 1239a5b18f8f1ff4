using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>Values in a fixed order. One column's value may choose among several orders.</summary>
sealed class CsvStep(byte separator, int by, Capture[] all, Dictionary<byte[], Capture[]> byValue, int columnsMin) : Step
{
    public override bool Run(Text text, EventDraft draft, Parser parser)
    {
        var columns = all;
        if (by >= 0)
        {
            var at = 0;
            for (var i = 0; at >= 0; i++)
            {
                var value = Next(text, ref at, draft, write: false);
                if (i < by) continue;
                if (byValue.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(text.Span.Slice(value.At, value.Length), out var told)) columns = told;
                break;
            }
        }
        if (columns.Length == 0 || (columnsMin > 1 && Fields(text) < columnsMin)) return false;
        var from = 0;
        for (var i = 0; i < columns.Length && from >= 0; i++)
        {
            var value = Next(text, ref from, draft, write: !columns[i].IsSkip);
            if (!columns[i].IsSkip && value.Length > 0) columns[i].Take(draft, value.At, value.Length);
        }
        return true;
    }

    int Fields(Text text)
    {
        int n = 0, at = 0;
        for (; at >= 0 && n < columnsMin; n++) Next(text, ref at, null, write: false);
        return n;
    }

    // The value, at its place in the arena when it is to be written, else in the text; from is -1 after the last one.
    Piece Next(Text text, ref int from, EventDraft? draft, bool write)
    {
        var i = from;
        while (i < text.Length && text[i] == ' ' && separator != ' ') i++;
        if (i < text.Length && text[i] == '"')
        {
            var doubled = false;
            var end = i + 1;
            while (end < text.Length)
            {
                if (text[end] == '"' && end + 1 < text.Length && text[end + 1] == '"')
                {
                    doubled = true;
                    end += 2;
                }
                else if (text[end] == '"') break;
                else if (text[end] == '\\' && end + 1 < text.Length && text[end + 1] == '"') end += 2;
                else end++;
            }
            // Only a quote that the separator follows ends the value.
            if (end < text.Length && (end + 1 == text.Length || text[end + 1] == separator || text[end + 1] is (byte)' ' or (byte)'\r'))
            {
                var value = text.Slice(i + 1, end - i - 1);
                var after = text.Span[end..].IndexOf(separator);
                from = after < 0 ? -1 : end + after + 1;
                if (!write || draft is null) return new(i + 1, value.Length, ValueKind.Text);
                return doubled ? Single(draft, value) : new(value.At, value.Length, ValueKind.Text);
            }
        }
        var stop = text.Span[from..].IndexOf(separator);
        var length = stop < 0 ? text.Length - from : stop;
        var start = from;
        from = stop < 0 ? -1 : from + stop + 1;
        while (length > 0 && text[start] == ' ') (start, length) = (start + 1, length - 1);
        while (length > 0 && text[start + length - 1] is (byte)' ' or (byte)'\r') length--;
        return new(write ? text.At + start : start, length, ValueKind.Text);
    }

    static Piece Single(EventDraft draft, Text value)
    {
        var room = draft.Batch.Reserve(value.Length);
        var n = 0;
        for (var i = 0; i < value.Length; i++)
        {
            room[n++] = value[i];
            if (value[i] == '"' && i + 1 < value.Length && value[i + 1] == '"') i++;
        }
        return new(draft.Batch.Commit(n), n, ValueKind.Text);
    }
}
