using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Andon.Intake.Collect.Evtx;

/// <summary>
/// Values of binary XML as JSON: whole numbers and truth values as such, all else as text. Ids are spelled as tools that dump event logs
/// spell them (GUIDs in upper case without braces, addresses and masks as 0x… in lower case), because rules expect that.
/// </summary>
sealed class ValueJson(byte[] chunk, JsonText json, Damage damage)
{
    // Windows-1252 where it is not Latin-1; the code page of the machine that wrote the log is not known.
    const string Ansi80 = "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";
    const long FileTimeEpochTicks = 504_911_232_000_000_000;

    static readonly Lazy<bool> LittleEndian = new(() => BitConverter.IsLittleEndian ? true : throw new PlatformNotSupportedException("Event logs are read on little-endian machines."));

    public static ReadOnlySpan<char> Chars(ReadOnlySpan<byte> utf16)
    {
        _ = LittleEndian.Value;
        return MemoryMarshal.Cast<byte, char>(utf16);
    }

    /// <summary>A text without the NULs that some writers count to it.</summary>
    public static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> utf16)
    {
        while (utf16.Length >= 2 && utf16[^1] == 0 && utf16[^2] == 0) utf16 = utf16[..^2];
        return utf16;
    }

    /// <summary>A value by itself. An array gives its members with commas, without brackets.</summary>
    public void Write(in XmlNode node)
    {
        var value = chunk.AsSpan(node.At, node.Length);
        if (!IsArray(node)) Single(node.Type, value, quote: true);
        else Members(node.Type & ~ValueType.Array, value, quote: true, ","u8);
    }

    /// <summary>A value inside a longer text, between quotes that stand already.</summary>
    public void WriteInText(in XmlNode node)
    {
        var value = chunk.AsSpan(node.At, node.Length);
        if (IsArray(node)) Members(node.Type & ~ValueType.Array, value, quote: false, ", "u8);
        else Single(node.Type, value, quote: false);
    }

    public static bool IsArray(in XmlNode node) => node.Kind == XmlKind.Value && (node.Type & ValueType.Array) != 0;

    void Members(ValueType type, ReadOnlySpan<byte> value, bool quote, ReadOnlySpan<byte> between)
    {
        var first = true;
        while (!value.IsEmpty)
        {
            var (length, skip) = Member(type, value);
            if (!first) json.Raw(between);
            first = false;
            Single(type, value[..length], quote);
            value = value[skip..];
        }
    }

    static (int Length, int Skip) Member(ValueType type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case ValueType.Text:
                var nul = Chars(value).IndexOf('\0');
                return nul < 0 ? (value.Length, value.Length) : (2 * nul, 2 * nul + 2);
            case ValueType.Ansi:
                nul = value.IndexOf((byte)0);
                return nul < 0 ? (value.Length, value.Length) : (nul, nul + 1);
            case ValueType.Sid when value.Length >= 8:
                var sid = Math.Min(8 + 4 * value[1], value.Length);
                return (sid, sid);
            default:
                var bytes = type == ValueType.Size ? value.Length % 8 == 0 ? 8 : 4 : type.Bytes();
                bytes = bytes == 0 ? value.Length : Math.Min(bytes, value.Length);
                return (bytes, bytes);
        }
    }

    void Single(ValueType type, ReadOnlySpan<byte> value, bool quote)
    {
        var bytes = type.Bytes();
        if (bytes > 0 && value.Length != bytes && type != ValueType.Bool)
        {
            damage.Add(Harm.Value, inRecord: true);
            type = ValueType.Binary;
        }
        switch (type)
        {
            case ValueType.Null: if (quote) json.Raw("null"u8); break;
            case ValueType.Int8: Number((sbyte)value[0]); break;
            case ValueType.UInt8: Number(value[0]); break;
            case ValueType.Int16: Number(BinaryPrimitives.ReadInt16LittleEndian(value)); break;
            case ValueType.UInt16: Number(BinaryPrimitives.ReadUInt16LittleEndian(value)); break;
            case ValueType.Int32: Number(BinaryPrimitives.ReadInt32LittleEndian(value)); break;
            case ValueType.UInt32: Number(BinaryPrimitives.ReadUInt32LittleEndian(value)); break;
            case ValueType.Int64: Number(BinaryPrimitives.ReadInt64LittleEndian(value)); break;
            case ValueType.UInt64: Number(BinaryPrimitives.ReadUInt64LittleEndian(value)); break;
            case ValueType.Bool: json.Raw(Truth(value) ? "true"u8 : "false"u8); break;
            case ValueType.Real32: Real(BinaryPrimitives.ReadSingleLittleEndian(value), quote); break;
            case ValueType.Real64: Real(BinaryPrimitives.ReadDoubleLittleEndian(value), quote); break;
            default:
                if (quote) json.Raw((byte)'"');
                Text(type, value);
                if (quote) json.Raw((byte)'"');
                break;
        }
    }

    void Text(ValueType type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case ValueType.Text or ValueType.Xml: json.Text(Chars(Trimmed(value))); break;
            case ValueType.Ansi: Ansi(value.TrimEnd((byte)0)); break;
            case ValueType.Guid: Guid(value); break;
            case ValueType.Hex32: Hex(BinaryPrimitives.ReadUInt32LittleEndian(value)); break;
            case ValueType.Hex64: Hex(BinaryPrimitives.ReadUInt64LittleEndian(value)); break;
            case ValueType.Size or ValueType.Handle when value.Length == 4: Hex(BinaryPrimitives.ReadUInt32LittleEndian(value)); break;
            case ValueType.Size or ValueType.Handle when value.Length == 8: Hex(BinaryPrimitives.ReadUInt64LittleEndian(value)); break;
            case ValueType.FileTime: FileTime(BinaryPrimitives.ReadInt64LittleEndian(value)); break;
            case ValueType.SystemTime: SystemTime(value); break;
            case ValueType.Sid when value.Length >= 8 && value.Length == 8 + 4 * value[1]: Sid(value); break;
            default:
                if (type is not (ValueType.Binary or ValueType.BinXml)) damage.Add(Harm.Value, inRecord: true);
                Bytes(value);
                break;
        }
    }

    // Truth values are four bytes long and 0 or 1; other writers have other lengths and other numbers.
    bool Truth(ReadOnlySpan<byte> value)
    {
        if (value.Length != 4 || BinaryPrimitives.ReadUInt32LittleEndian(value) > 1) damage.Add(Harm.Value, inRecord: true);
        return value.IndexOfAnyExcept((byte)0) >= 0;
    }

    void Number(long number)
    {
        Utf8Formatter.TryFormat(number, json.Room(20), out var written);
        json.Wrote(written);
    }

    void Number(ulong number)
    {
        Utf8Formatter.TryFormat(number, json.Room(20), out var written);
        json.Wrote(written);
    }

    void Real(double number, bool quote)
    {
        // JSON has no word for these two.
        var text = quote && !double.IsFinite(number);
        if (text) json.Raw((byte)'"');
        number.TryFormat(json.Room(32), out var written, "R", CultureInfo.InvariantCulture);
        json.Wrote(written);
        if (text) json.Raw((byte)'"');
    }

    void Real(float number, bool quote)
    {
        if (!float.IsFinite(number))
        {
            Real((double)number, quote);
            return;
        }
        number.TryFormat(json.Room(32), out var written, "R", CultureInfo.InvariantCulture);
        json.Wrote(written);
    }

    void Hex(ulong number)
    {
        json.Raw("0x"u8);
        number.TryFormat(json.Room(16), out var written, "x", CultureInfo.InvariantCulture);
        json.Wrote(written);
    }

    void Guid(ReadOnlySpan<byte> value)
    {
        var room = json.Room(36);
        new Guid(value).TryFormat(room, out var written, "D");
        System.Text.Ascii.ToUpperInPlace(room[..written], out _);
        json.Wrote(written);
    }

    void Bytes(ReadOnlySpan<byte> value)
    {
        Convert.TryToHexString(value, json.Room(2 * value.Length), out var written);
        json.Wrote(written);
    }

    void Ansi(ReadOnlySpan<byte> value)
    {
        foreach (var b in value)
        {
            var c = b is >= 0x80 and < 0xA0 ? Ansi80[b - 0x80] : (char)b;
            json.Text([c]);
        }
    }

    void Sid(ReadOnlySpan<byte> value)
    {
        json.Raw("S-"u8);
        Number(value[0]);
        json.Raw((byte)'-');
        var authority = (ulong)BinaryPrimitives.ReadUInt16BigEndian(value[2..]) << 32 | BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        // Windows writes an authority of more than 32 bits in hex.
        if (authority > uint.MaxValue) Hex(authority);
        else Number(authority);
        for (var part = value[8..]; !part.IsEmpty; part = part[4..])
        {
            json.Raw((byte)'-');
            Number(BinaryPrimitives.ReadUInt32LittleEndian(part));
        }
    }

    public void FileTime(long ticks)
    {
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks - FileTimeEpochTicks)
        {
            damage.Add(Harm.Value, inRecord: true);
            Number(ticks);
            return;
        }
        new DateTime(ticks + FileTimeEpochTicks, DateTimeKind.Utc).TryFormat(json.Room(32), out var written, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        json.Wrote(written);
    }

    void SystemTime(ReadOnlySpan<byte> value)
    {
        // Year, month, day of the week, day, hour, minute, second, millisecond.
        Digits(value, 0, 4, "-"u8);
        Digits(value, 2, 2, "-"u8);
        Digits(value, 6, 2, "T"u8);
        Digits(value, 8, 2, ":"u8);
        Digits(value, 10, 2, ":"u8);
        Digits(value, 12, 2, "."u8);
        Digits(value, 14, 3, "Z"u8);
    }

    void Digits(ReadOnlySpan<byte> value, int at, byte digits, ReadOnlySpan<byte> after)
    {
        Utf8Formatter.TryFormat(BinaryPrimitives.ReadUInt16LittleEndian(value[at..]), json.Room(8), out var written, new('D', digits));
        json.Wrote(written);
        json.Raw(after);
    }
}
