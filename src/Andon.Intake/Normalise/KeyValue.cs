using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary><c>key=value key="quoted value"</c> lines of no known product. Keys keep their names; those that everyone writes alike get ECS names too.</summary>
sealed class KeyValue(Constants constants)
{
    const int PairsMin = 3;

    readonly Const dataset = constants.Get("kv.generic"), module = constants.Get("kv"), parser = constants.Get("kv@1");

    /// <summary>True when at least three pairs stand in the text and most of it is pairs; otherwise nothing was added.</summary>
    public bool TryParse(Text text, EventDraft draft, Parser? common)
    {
        int pairs = 0, words = 0;
        var rest = text;
        while (Next(ref rest, out var key, out _)) if (key.IsEmpty) words++; else pairs++;
        if (pairs < PairsMin || words > pairs * 2) return false;
        rest = text;
        if (common is not null) draft.Pieces.Begin(common.Keys.Count);
        while (Next(ref rest, out var key, out var value))
        {
            if (key.IsEmpty) continue;
            var name = JsonFormat.Guarded(draft, key.Span);
            if (!draft.AddData(name, value.At, value.Length, ValueKind.Text)) break;
            if (!draft.TimeKnown && IsTime(key.Span) && TimeFormat.TryAny(value.Span, draft.Batch.Current.ReceivedMs, out var ms, out var zone, out var year)) draft.Time(ms, zone, year);
            if (common is null || value.Length == 0) continue;
            var asked = common.Keys.Find(key.Span);
            if (asked >= 0) draft.Pieces.Put(asked, new(value.At, value.Length, ValueKind.Text));
        }
        common?.Mean(draft);
        draft.Dataset = dataset;
        draft.Module = module;
        draft.Parser = parser;
        return true;
    }

    // A time in a header was told before; where there is none, the usual names of a time are asked.
    static bool IsTime(ReadOnlySpan<byte> key) => key.Length is >= 2 and <= 11 && (key.SequenceEqual("time"u8) || key.SequenceEqual("ts"u8) || key.SequenceEqual("timestamp"u8) || key.SequenceEqual("@timestamp"u8) || key.SequenceEqual("eventtime"u8) || key.SequenceEqual("event_time"u8) || key.SequenceEqual("datetime"u8));

    /// <summary>The next pair, or a word that is none (its key is empty).</summary>
    static bool Next(scoped ref Text rest, out Text key, out Text value)
    {
        key = default;
        value = default;
        var i = 0;
        while (i < rest.Length && rest[i] is (byte)' ' or (byte)'\t' or (byte)',' or (byte)';') i++;
        rest = rest.Slice(i);
        if (rest.IsEmpty) return false;
        var n = 0;
        while (n < rest.Length && IsKey(rest[n])) n++;
        if (n is 0 or > 128 || n >= rest.Length || rest[n] != '=')
        {
            while (n < rest.Length && rest[n] != ' ') n++;
            rest = rest.Slice(n);
            return true;
        }
        key = rest.Slice(0, n);
        rest = rest.Slice(n + 1);
        if (rest.Length > 0 && rest[0] is (byte)'"' or (byte)'\'')
        {
            var quote = rest[0];
            var end = 1;
            while (end < rest.Length && rest[end] != quote) end += rest[end] == '\\' && end + 1 < rest.Length ? 2 : 1;
            if (end < rest.Length)
            {
                value = rest.Slice(1, end - 1);
                rest = rest.Slice(end + 1);
                return true;
            }
        }
        var stop = rest.Span.IndexOfAny((byte)' ', (byte)'\t');
        value = stop < 0 ? rest : rest.Slice(0, stop);
        rest = rest.Slice(value.Length);
        if (value.Length > 0 && value[^1] is (byte)',' or (byte)';') value = value.Slice(0, value.Length - 1);
        return true;
    }

    static bool IsKey(byte b) => b is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9' or (byte)'_' or (byte)'-' or (byte)'.' or (byte)'@';
}
