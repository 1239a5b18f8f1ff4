using System.Buffers.Text;
using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>What is done with a value on its way to its field; written <c>field | lower | after(:)</c>.</summary>
enum ChangeKind
{
    Lower, Upper, Trim, Unquote, Base, Dir, Ext, Before, After, AfterLast, BeforeLast, Strip, Seconds, Millis, Micros, Nanos, Minutes, Clock, Kb, Mb, Hex, Mac, Number, Bool, Ip, Text, Date, UrlDecode, FormDecode, Cn, Template, All, First,
    // Fill several fields below the one named; nothing comes after them.
    Split, Url, Endpoint, Account, Hash, Hashes, Email, File,
}

sealed record Change(ChangeKind Kind, byte[] Text, FieldId[] Fields);

/// <summary>One key's way to one field.</summary>
sealed partial class Mapping(int key, Condition when, Target target, Change[] changes)
{
    public int Key => key;
    public Condition When => when;
    public FieldId Field => target.Field;
    public Place At { get; init; }
    /// <summary>Fields that it fills or asks for.</summary>
    public IEnumerable<FieldId> Fields => changes.SelectMany(c => c.Fields).Concat([target.Field, target.Domain, target.Address]);

    public void Apply(EventDraft draft, byte[][] nil)
    {
        if (!draft.Pieces.TryGet(key, out var piece) || !when.Holds(draft)) return;
        var all = target.Many || (changes.Length > 0 && changes[0].Kind == ChangeKind.All);
        do
        {
            if (piece.Length == 0 || piece.Kind == ValueKind.Null || IsNil(draft.Batch.Slice(piece.At, piece.Length), nil)) continue;
            One(draft, piece);
            if (!all && target.Taken(draft)) return;
        }
        while ((all || !draft.Has(target.Field)) && draft.Pieces.TryNext(ref piece));
    }

    // What a quote or bracket ends with; -1 for other bytes.
    static int Closing(byte open) => open switch { (byte)'"' or (byte)'\'' => open, (byte)'[' => (byte)']', (byte)'(' => (byte)')', (byte)'<' => (byte)'>', (byte)'{' => (byte)'}', _ => -1 };

    public static bool IsNil(ReadOnlySpan<byte> value, byte[][] nil)
    {
        if (value is [(byte)'-']) return true;
        foreach (var none in nil)
            if (FoldedNames.Same(value, none)) return true;
        return false;
    }

    void One(EventDraft draft, Piece piece)
    {
        var (at, length, kind) = (piece.At, piece.Length, piece.Kind);
        foreach (var change in changes)
        {
            if (change.Kind >= ChangeKind.Split)
            {
                FanOut(draft, change, at, length);
                return;
            }
            if (!Step(draft, change, ref at, ref length, ref kind)) return;
        }
        if (changes is [.., { Kind: ChangeKind.All }]) Append(draft, at, length, kind);
        else target.Write(draft, at, length, kind);
    }

    void Append(EventDraft draft, int at, int length, ValueKind kind) => draft.AddAt(target.Field, at, length, kind);

    /// <summary>False when nothing is left that could be a value.</summary>
    static bool Step(EventDraft draft, Change change, ref int at, ref int length, ref ValueKind kind)
    {
        var value = draft.Batch.Slice(at, length);
        var cut = -1;
        switch (change.Kind)
        {
            case ChangeKind.Lower or ChangeKind.Upper: return Cased(draft, change.Kind == ChangeKind.Upper, ref at, length);
            case ChangeKind.Trim:
                var from = value.Length - value.TrimStart(" \t\r\n"u8).Length;
                return Keep(ref at, ref length, from, value.Trim(" \t\r\n"u8).Length);
            case ChangeKind.Unquote:
                return value.Length < 2 || Closing(value[0]) != value[^1] || Keep(ref at, ref length, 1, length - 2);
            case ChangeKind.Base:
                cut = value.LastIndexOfAny((byte)'\\', (byte)'/');
                return Keep(ref at, ref length, cut + 1, length - cut - 1);
            case ChangeKind.Dir:
                cut = value.LastIndexOfAny((byte)'\\', (byte)'/');
                return cut > 0 && Keep(ref at, ref length, 0, cut);
            case ChangeKind.Ext:
                cut = value.LastIndexOf((byte)'.');
                return cut > value.LastIndexOfAny((byte)'\\', (byte)'/') && Keep(ref at, ref length, cut + 1, length - cut - 1);
            case ChangeKind.Before or ChangeKind.BeforeLast:
                cut = change.Kind == ChangeKind.Before ? value.IndexOf(change.Text) : value.LastIndexOf(change.Text);
                return cut < 0 || Keep(ref at, ref length, 0, cut);
            case ChangeKind.After or ChangeKind.AfterLast:
                cut = change.Kind == ChangeKind.After ? value.IndexOf(change.Text) : value.LastIndexOf(change.Text);
                return cut < 0 ? change.Kind == ChangeKind.AfterLast : Keep(ref at, ref length, cut + change.Text.Length, length - cut - change.Text.Length);
            case ChangeKind.Strip:
                if (value.StartsWith(change.Text)) Keep(ref at, ref length, change.Text.Length, length - change.Text.Length);
                if (length > 0 && draft.Batch.Slice(at, length).EndsWith(change.Text)) length -= change.Text.Length;
                return length > 0;
            case ChangeKind.Seconds: return Scaled(draft, 1_000_000_000m, ref at, ref length, ref kind);
            case ChangeKind.Millis: return Scaled(draft, 1_000_000m, ref at, ref length, ref kind);
            case ChangeKind.Micros: return Scaled(draft, 1000m, ref at, ref length, ref kind);
            case ChangeKind.Nanos or ChangeKind.Number: return Scaled(draft, 1m, ref at, ref length, ref kind);
            case ChangeKind.Minutes: return Scaled(draft, 60_000_000_000m, ref at, ref length, ref kind);
            case ChangeKind.Kb: return Scaled(draft, 1024m, ref at, ref length, ref kind);
            case ChangeKind.Mb: return Scaled(draft, 1024m * 1024, ref at, ref length, ref kind);
            case ChangeKind.Clock: return Clock(draft, ref at, ref length, ref kind);
            case ChangeKind.Hex:
                var digits = value.StartsWith("0x"u8) || value.StartsWith("0X"u8) ? value[2..] : value;
                return Utf8Parser.TryParse(digits, out ulong hex, out var used, 'x') && used == digits.Length && hex <= long.MaxValue && PutNumber(draft, (long)hex, ref at, ref length, ref kind);
            case ChangeKind.Mac: return Mac(draft, ref at, ref length);
            case ChangeKind.Ip: return EventDraft.IsIp(value);
            case ChangeKind.Bool:
                if (Target.TruthOf(value) is not { } truth) return false;
                kind = truth ? ValueKind.True : ValueKind.False;
                at = draft.Batch.Put(truth ? "true"u8 : "false"u8);
                length = truth ? 4 : 5;
                return true;
            case ChangeKind.Text:
                kind = ValueKind.Text;
                return true;
            case ChangeKind.Template: return Rendered(draft, ref at, ref length, ref kind);
            case ChangeKind.UrlDecode: return UrlDecode(draft, plus: (byte)'+', ref at, ref length);
            case ChangeKind.FormDecode: return UrlDecode(draft, plus: (byte)' ', ref at, ref length);
            case ChangeKind.Cn:
                cut = IndexOfFold(value, "cn="u8);
                if (cut < 0) return false;
                var end = value[cut..].IndexOfAny((byte)',', (byte)'/');
                return Keep(ref at, ref length, cut + 3, (end < 0 ? value.Length - cut : end) - 3);
            default: return true;
        }
    }

    static bool Rendered(EventDraft draft, ref int at, ref int length, ref ValueKind kind)
    {
        var room = System.Buffers.ArrayPool<byte>.Shared.Rent(Limits.TemplateBytesMax);
        var message = room.AsSpan(0, Limits.TemplateBytesMax);
        var written = MessageTemplate.Render(draft.TextAt(at, length).Span, message);
        if (written > 0) (at, length, kind) = (draft.Batch.Put(message[..written]), written, ValueKind.Text);
        System.Buffers.ArrayPool<byte>.Shared.Return(room);
        if (written >= Limits.TemplateBytesMax - 3) draft.Flawed(Flaw.MessageLong);
        return written > 0;
    }

    static bool Keep(ref int at, ref int length, int from, int count)
    {
        at += from;
        length = count;
        return count > 0;
    }

    static int IndexOfFold(ReadOnlySpan<byte> value, ReadOnlySpan<byte> lower)
    {
        for (var i = 0; i + lower.Length <= value.Length; i++)
            if (FoldedNames.Same(value.Slice(i, lower.Length), lower)) return i;
        return -1;
    }

    static bool Cased(EventDraft draft, bool upper, ref int at, int length)
    {
        var value = draft.Batch.Slice(at, length);
        if (upper ? value.IndexOfAnyInRange((byte)'a', (byte)'z') < 0 : value.IndexOfAnyInRange((byte)'A', (byte)'Z') < 0) return true;
        var room = draft.Batch.Reserve(length);
        value = draft.Batch.Slice(at, length); // Reserve may have moved the arena.
        for (var i = 0; i < length; i++)
            room[i] = upper ? value[i] is >= (byte)'a' and <= (byte)'z' ? (byte)(value[i] & ~0x20) : value[i] : value[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(value[i] | 0x20) : value[i];
        at = draft.Batch.Commit(length);
        return true;
    }

    static bool Scaled(EventDraft draft, decimal scale, ref int at, ref int length, ref ValueKind kind)
    {
        var value = draft.Batch.Slice(at, length);
        // A unit may stand behind the number: 12s, 0.5 ms.
        if (!Utf8Parser.TryParse(value, out decimal number, out var used) || value[used..].IndexOfAnyInRange((byte)'0', (byte)'9') >= 0) return false;
        if (scale == 1m && used == length && value.IndexOf((byte)'.') < 0 && value[0] != '+')
        {
            kind = ValueKind.Number;
            return true;
        }
        return number is > -9_000_000_000m and < 9_000_000_000_000_000_000m && number * scale is > -9e18m and < 9e18m && PutNumber(draft, (long)(number * scale), ref at, ref length, ref kind);
    }

    // 1:02:03, 02:03.5, "1h:2m:3s" and "2d 1h …" as nanoseconds.
    static bool Clock(EventDraft draft, ref int at, ref int length, ref ValueKind kind)
    {
        var value = draft.Batch.Slice(at, length);
        decimal seconds = 0, part = 0, scale = 0;
        var digits = false;
        foreach (var b in value)
        {
            switch (b)
            {
                case >= (byte)'0' and <= (byte)'9':
                    digits = true;
                    if (scale > 0) (part, scale) = (part + (b - '0') * scale, scale / 10);
                    else part = part * 10 + (b - '0');
                    if (part > 1e9m) return false;
                    break;
                case (byte)'.': scale = 0.1m; break;
                case (byte)'d': (seconds, part, scale) = (seconds + part * 86_400, 0, 0); break;
                case (byte)'h': (seconds, part, scale) = (seconds + part * 3600, 0, 0); break;
                case (byte)'m': (seconds, part, scale) = (seconds + part * 60, 0, 0); break;
                case (byte)'s': (seconds, part, scale) = (seconds + part, 0, 0); break;
                case (byte)':' when value.IndexOfAny((byte)'h', (byte)'m', (byte)'s') < 0: (seconds, part, scale) = ((seconds + part) * 60, 0, 0); break;
                case (byte)':' or (byte)' ': break;
                default: return false;
            }
        }
        seconds += part;
        return digits && seconds < 9e9m && PutNumber(draft, (long)(seconds * 1_000_000_000m), ref at, ref length, ref kind);
    }

    static bool PutNumber(EventDraft draft, long number, ref int at, ref int length, ref ValueKind kind)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out length);
        at = draft.Batch.Put(digits[..length]);
        kind = ValueKind.Number;
        return true;
    }

    // Twelve hexadecimal digits, however they are parted, as ECS writes them.
    internal static bool Mac(EventDraft draft, ref int at, ref int length)
    {
        if (length is not (12 or 14 or 17)) return false;
        Span<byte> made = stackalloc byte[17];
        var n = 0;
        foreach (var b in draft.Batch.Slice(at, length))
        {
            if (b is (byte)':' or (byte)'-' or (byte)'.') continue;
            if (!char.IsAsciiHexDigit((char)b) || n == 17) return false;
            if (n % 3 == 2) made[n++] = (byte)'-';
            made[n++] = (byte)(b is >= (byte)'a' ? b & ~0x20 : b);
        }
        if (n != 17) return false;
        at = draft.Batch.Put(made);
        length = 17;
        return true;
    }

    /// <param name="plus">What a plus stands for: a blank behind the question mark of an address, itself elsewhere.</param>
    static bool UrlDecode(EventDraft draft, byte plus, ref int at, ref int length)
    {
        if (draft.Batch.Slice(at, length).IndexOfAny((byte)'%', plus == ' ' ? (byte)'+' : (byte)'%') < 0) return true;
        var room = draft.Batch.Reserve(length);
        var value = draft.Batch.Slice(at, length);
        var n = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '%' && i + 2 < value.Length && Utf8Parser.TryParse(value.Slice(i + 1, 2), out byte b, out var used, 'x') && used == 2)
            {
                room[n++] = b;
                i += 2;
            }
            else room[n++] = value[i] == '+' ? plus : value[i];
        }
        if (!System.Text.Unicode.Utf8.IsValid(room[..n])) return true; // Left as it is rather than broken.
        at = draft.Batch.Commit(n);
        length = n;
        return n > 0;
    }
}
