using System.Buffers.Text;
using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>
/// Pairs as Linux auditd writes them. What a stranger may choose (a command, a path, a name) stands in quotes or, where it holds blanks, quotes or other
/// scripts, without them as hexadecimal digits; such values are given as what they say. The pairs of <c>msg='…'</c> count as the record's own, also where
/// names that auditd adds follow without a blank. The arguments of a program are given one by one as <c>_args</c> and together as <c>_command</c>.
/// </summary>
sealed class AuditStep : Step
{
    // Fields that auditd's dictionary calls encoded; arguments besides.
    static readonly byte[][] Encoded = [.. new[] { "acct", "cmd", "comm", "cwd", "data", "dir", "exe", "file", "grp", "key", "name", "new-disk", "new-group", "ocomm", "old-disk", "path", "proctitle", "profile", "vm", "watch" }.Select(System.Text.Encoding.UTF8.GetBytes)];

    /// <param name="GoesOn">It belongs to the argument before it.</param>
    readonly record struct Argument(int At, int Length, bool GoesOn);

    public override bool Run(Text text, EventDraft draft, Parser parser)
    {
        Span<Argument> room = stackalloc Argument[Limits.ArgumentsMax];
        var arguments = new Arguments(room);
        var pairs = Pairs(text, draft, parser, ref arguments, inside: false);
        if (arguments.Count > 0) Together(draft, parser, room[..arguments.Count]);
        return pairs > 0;
    }

    static int Pairs(Text text, EventDraft draft, Parser parser, scoped ref Arguments arguments, bool inside)
    {
        int i = 0, pairs = 0;
        while (i < text.Length)
        {
            while (i < text.Length && IsBetween(text[i])) i++;
            var key = i;
            while (i < text.Length && text[i] != '=' && !IsBetween(text[i]) && text[i] is not ((byte)'"' or (byte)'\'')) i++;
            if (i >= text.Length || text[i] != '=' || i == key || i - key > Limits.KeyBytesMax)
            {
                // A word that is no pair is passed over.
                if (i == key || (i < text.Length && text[i] is (byte)'=' or (byte)'"' or (byte)'\'')) i++;
                continue;
            }
            var keyEnd = i++;
            if (!inside && i < text.Length && text[i] == '\'' && text.Span.LastIndexOf((byte)'\'') is var close && close > i)
            {
                var inner = text.Slice(i + 1, close - i - 1);
                if (!Pair(draft, parser, text, key, keyEnd - key, new(inner.At, inner.Length, ValueKind.Text))) return pairs;
                pairs += 1 + Pairs(inner, draft, parser, ref arguments, inside: true);
                i = close + 1;
                continue;
            }
            var quoted = i < text.Length && text[i] == '"';
            var from = quoted ? i + 1 : i;
            var length = quoted ? text.Span[from..].IndexOf((byte)'"') : text.Span[from..].IndexOfAny((byte)' ', (byte)'\t', Group);
            if (length < 0) length = text.Length - from;
            i = Math.Min(from + length + (quoted ? 1 : 0), text.Length);
            // SADDR={ fam=inet … }: the pairs stand inside.
            if (!quoted && length == 1 && text[from] == '{') continue;
            pairs++;
            var name = text.Span[key..keyEnd];
            var argument = Arguments.Numbered(name, out var number, out var part);
            if (name.SequenceEqual("argc"u8)) arguments.Told = true;
            var value = new Piece(text.At + from, length, ValueKind.Text);
            // A call's own arguments are numbers and bear the same names: only where auditd counts them are they a program's.
            if (!quoted && (argument ? arguments.Told || part : IsEncoded(name))) value = Decoded(draft, text.Slice(from, length));
            if (argument && (arguments.Told || part) && !arguments.TryAdd(value, number, part)) draft.Flawed(Flaw.JsonLeaves);
            if (!Pair(draft, parser, text, key, keyEnd - key, value)) return pairs;
        }
        return pairs;
    }

    // Where log_format is ENRICHED, this byte parts what the kernel wrote from what auditd adds.
    const byte Group = 0x1D;

    static bool IsBetween(byte b) => b is (byte)' ' or (byte)'\t' or (byte)',' or Group or (byte)'}' or (byte)'\r' or (byte)'\n';

    static bool IsEncoded(ReadOnlySpan<byte> name)
    {
        foreach (var encoded in Encoded)
            if (name.SequenceEqual(encoded)) return true;
        return false;
    }

    /// <summary>What upper-case hexadecimal digits say, where that is text; NUL parts arguments and becomes a blank.</summary>
    static Piece Decoded(EventDraft draft, Text digits)
    {
        var asIs = new Piece(digits.At, digits.Length, ValueKind.Text);
        if (digits.Length < 2 || digits.Length % 2 != 0) return asIs;
        foreach (var b in digits.Span)
            if (b is not (>= (byte)'0' and <= (byte)'9' or >= (byte)'A' and <= (byte)'F')) return asIs;
        var room = draft.Batch.Reserve(digits.Length / 2);
        var n = 0;
        for (var i = 0; i < digits.Length; i += 2)
        {
            var b = (byte)((Digit(digits[i]) << 4) | Digit(digits[i + 1]));
            room[n++] = b == 0 ? (byte)' ' : b;
        }
        while (n > 0 && room[n - 1] is (byte)' ' or (byte)'\r' or (byte)'\n') n--;
        return n > 0 && System.Text.Unicode.Utf8.IsValid(room[..n]) ? new(draft.Batch.Commit(n), n, ValueKind.Text) : asIs;
    }

    static int Digit(byte b) => b <= '9' ? b - '0' : b - 'A' + 10;

    // One text of all of them; each is a part of it.
    static void Together(EventDraft draft, Parser parser, ReadOnlySpan<Argument> arguments)
    {
        var (one, all) = (parser.Keys.Find("_args"u8), parser.Keys.Find("_command"u8));
        var length = 0;
        foreach (var a in arguments) length += a.Length + 1;
        var room = draft.Batch.Reserve(length);
        var n = 0;
        foreach (var a in arguments)
        {
            if (n > 0 && !a.GoesOn) room[n++] = (byte)' ';
            draft.Batch.Slice(a.At, a.Length).CopyTo(room[n..]);
            n += a.Length;
        }
        var at = draft.Batch.Commit(n);
        if (all >= 0) draft.Pieces.Put(all, new(at, n, ValueKind.Text));
        for (var i = 0; i < arguments.Length && one >= 0;)
        {
            length = arguments[i++].Length;
            while (i < arguments.Length && arguments[i].GoesOn) length += arguments[i++].Length;
            draft.Pieces.Put(one, new(at, length, ValueKind.Text));
            at += length + 1;
        }
    }

    /// <summary>a0 a1[0] a1[1] a2 …: a long argument comes in parts.</summary>
    ref struct Arguments(Span<Argument> room)
    {
        readonly Span<Argument> room = room;
        ulong last;

        public int Count { get; private set; }
        /// <summary>The record counts its arguments.</summary>
        public bool Told { get; set; }

        public static bool Numbered(ReadOnlySpan<byte> name, out ulong number, out bool part)
        {
            (number, part) = (0, false);
            if (name.Length < 2 || name[0] != 'a' || !Utf8Parser.TryParse(name[1..], out number, out var used)) return false;
            part = 1 + used < name.Length && name[1 + used] == '[' && name[^1] == ']';
            return part || 1 + used == name.Length;
        }

        public bool TryAdd(in Piece value, ulong number, bool part)
        {
            if (Count == room.Length) return false;
            room[Count] = new(value.At, value.Length, part && Count > 0 && number == last);
            (Count, last) = (Count + 1, number);
            return true;
        }
    }
}
