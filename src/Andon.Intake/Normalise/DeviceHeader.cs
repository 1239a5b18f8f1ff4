using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// What network devices write before <c>%FACILITY-6-NAME:</c>: a number, a host, a time with or without year, fraction and zone, marks of an
/// unsynchronised clock, in several orders. Read only where such a name follows.
/// </summary>
static class DeviceHeader
{
    const int PrefixBytesMax = 120;

    /// <summary>The message from the percent sign on; false when the text is not of this kind.</summary>
    public static bool TryRead(Text text, EventDraft draft, out Text message)
    {
        message = text;
        var percent = text.Span[..Math.Min(text.Length, PrefixBytesMax)].IndexOf((byte)'%');
        if (percent < 0 || !IsName(text.Span[percent..])) return false;
        message = text.Slice(percent);
        if (percent == 0) return true;
        var before = text.Slice(0, percent);
        var end = before.Length;
        while (end > 0 && before[end - 1] is (byte)':' or (byte)' ') end--;
        before = before.Slice(0, end);
        // name[123]: behind an ordinary time is a header like any other.
        if (end > 0 && before[end - 1] == ']' && (Times.TryBsd(text.Span, draft.Batch.Current.ReceivedMs, out _, out _) || Times.TryIso(text.Span, out _, out _, out _))) return false;
        if (Time(before.Span, draft, out var from, out var used))
        {
            // A relay's header before the device's own: its host stands between the two times, and the second is the device's.
            var behind = before.Slice(from + used).TrimStart();
            if (behind.Span.IndexOf((byte)' ') > 0 && Time(behind.Span, draft, out var second, out var length))
            {
                var between = behind.Slice(0, second).TrimEnd();
                var blank = between.Span.IndexOf((byte)' ');
                var word = blank < 0 ? between : between.Slice(0, blank);
                if (word.Length > 0 && word[^1] != ':' && !IsCount(word.Span)) draft.Host(word);
                Host(behind, second, length, draft);
            }
            else Host(before, from, used, draft);
        }
        else if (!before.IsEmpty && before.Span.IndexOf((byte)' ') < 0 && !IsCount(before.Span)) draft.Host(before);
        return true;
    }

    // %NAME-…-6-NAME:
    static bool IsName(ReadOnlySpan<byte> s)
    {
        var end = s.IndexOf((byte)':');
        if (end is < 6 or > 80) return false;
        var severity = false;
        for (var i = 1; i < end; i++)
        {
            if (!char.IsAsciiLetterOrDigit((char)s[i]) && s[i] is not ((byte)'_' or (byte)'-' or (byte)'/' or (byte)'.')) return false;
            severity |= s[i] is >= (byte)'0' and <= (byte)'9' && s[i - 1] == '-' && i + 1 < end && s[i + 1] == '-';
        }
        return severity && char.IsAsciiLetterUpper((char)s[1]);
    }

    static bool Time(ReadOnlySpan<byte> s, EventDraft draft, out int from, out int used)
    {
        used = 0;
        for (from = 0; from < s.Length; from++)
        {
            if (from > 0 && s[from - 1] is not ((byte)' ' or (byte)'*' or (byte)'.' or (byte)':')) continue;
            if (!(char.IsAsciiLetterUpper((char)s[from]) && from + 3 < s.Length && s[from + 3] == ' ') && !(s[from] == '2' && from + 4 < s.Length && s[from + 4] is (byte)' ' or (byte)'-')) continue;
            // The time is one to five words; the most that can be read as one.
            for (var words = 5; words >= 1; words--)
            {
                var length = Words(s[from..], words);
                if (length == 0) continue;
                if (!TimeFormat.TryAny(s.Slice(from, length), draft.Batch.Current.ReceivedMs, out var ms, out var zone, out var year)) continue;
                draft.Time(ms, zone, year);
                used = length;
                return true;
            }
        }
        return false;
    }

    static int Words(ReadOnlySpan<byte> s, int words)
    {
        var i = 0;
        while (words > 0 && i < s.Length)
        {
            while (i < s.Length && s[i] == ' ') i++;
            if (i == s.Length) return 0;
            while (i < s.Length && s[i] != ' ') i++;
            words--;
        }
        while (i > 0 && s[i - 1] is (byte)':') i--;
        return words == 0 ? i : 0;
    }

    static void Host(Text before, int from, int used, EventDraft draft)
    {
        if (draft.Has(Ecs.HostName)) return;
        var after = before.Slice(from + used);
        while (after.Length > 0 && after[0] is (byte)' ' or (byte)':') after = after.Slice(1);
        if (after.Length > 0 && after.Span.IndexOf((byte)' ') < 0 && !IsZone(after.Span))
        {
            draft.Host(after);
            return;
        }
        var start = before.Slice(0, from);
        while (start.Length > 0 && start[^1] is (byte)' ' or (byte)':' or (byte)'*' or (byte)'.') start = start.Slice(0, start.Length - 1);
        // The last word of what stands before: 2996: host: 029: …
        while (start.Length > 0)
        {
            var blank = start.Span.LastIndexOf((byte)' ');
            var word = start.Slice(blank + 1);
            while (word.Length > 0 && word[^1] is (byte)':') word = word.Slice(0, word.Length - 1);
            if (word.Length > 0 && !IsCount(word.Span))
            {
                draft.Host(word);
                return;
            }
            start = blank < 0 ? default : start.Slice(0, blank);
        }
    }

    static bool IsZone(ReadOnlySpan<byte> word) => word.Length is >= 3 and <= 4 && word.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0;

    static bool IsCount(ReadOnlySpan<byte> word) => word.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
