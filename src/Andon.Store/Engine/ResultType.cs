using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;

namespace Andon.Store.Engine;

/// <summary>Walks over the bytes of an answer.</summary>
ref struct ResultBytes(ReadOnlySpan<byte> all)
{
    readonly ReadOnlySpan<byte> all = all;

    public int At { get; private set; }
    public readonly bool AtEnd => At >= all.Length;

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > all.Length - At) throw new EndOfStreamException();
        At += length;
        return all.Slice(At - length, length);
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) break;
        }
        return value;
    }

    public ReadOnlySpan<byte> Text() => Take(checked((int)Varint()));
}

/// <summary>How to read one ClickHouse type from RowBinary.</summary>
abstract class ResultType
{
    public abstract object? Read(ref ResultBytes from);

    public static ResultType Of(string type)
    {
        var (name, arguments) = Split(type);
        return name switch
        {
            "String" => new Plain((ref ResultBytes b) => Encoding.UTF8.GetString(b.Text())),
            "FixedString" => FixedText(int.Parse(arguments[0], CultureInfo.InvariantCulture)),
            "UInt8" => new Plain((ref ResultBytes b) => (long)b.Take(1)[0]),
            "Bool" => new Plain((ref ResultBytes b) => b.Take(1)[0] != 0),
            "Int8" => new Plain((ref ResultBytes b) => (long)(sbyte)b.Take(1)[0]),
            "UInt16" => new Plain((ref ResultBytes b) => (long)BinaryPrimitives.ReadUInt16LittleEndian(b.Take(2))),
            "Int16" => new Plain((ref ResultBytes b) => (long)BinaryPrimitives.ReadInt16LittleEndian(b.Take(2))),
            "UInt32" => new Plain((ref ResultBytes b) => (long)BinaryPrimitives.ReadUInt32LittleEndian(b.Take(4))),
            "Int32" => new Plain((ref ResultBytes b) => (long)BinaryPrimitives.ReadInt32LittleEndian(b.Take(4))),
            "UInt64" => new Plain((ref ResultBytes b) => BinaryPrimitives.ReadUInt64LittleEndian(b.Take(8))),
            "Int64" => new Plain((ref ResultBytes b) => BinaryPrimitives.ReadInt64LittleEndian(b.Take(8))),
            "UInt128" => Big(16, isUnsigned: true),
            "Int128" => Big(16, isUnsigned: false),
            "UInt256" => Big(32, isUnsigned: true),
            "Int256" => Big(32, isUnsigned: false),
            "Float32" => new Plain((ref ResultBytes b) => (double)BinaryPrimitives.ReadSingleLittleEndian(b.Take(4))),
            "Float64" => new Plain((ref ResultBytes b) => BinaryPrimitives.ReadDoubleLittleEndian(b.Take(8))),
            "Date" => new Plain((ref ResultBytes b) => DateTimeOffset.UnixEpoch.AddDays(BinaryPrimitives.ReadUInt16LittleEndian(b.Take(2)))),
            "Date32" => new Plain((ref ResultBytes b) => DateTimeOffset.UnixEpoch.AddDays(BinaryPrimitives.ReadInt32LittleEndian(b.Take(4)))),
            "DateTime" => new Plain((ref ResultBytes b) => DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(b.Take(4)))),
            "DateTime64" => Time64(int.Parse(arguments[0], CultureInfo.InvariantCulture)),
            "IPv4" => new Plain((ref ResultBytes b) => new IPAddress(BinaryPrimitives.ReverseEndianness(BinaryPrimitives.ReadUInt32LittleEndian(b.Take(4)))).ToString()),
            "IPv6" => new Plain((ref ResultBytes b) => Address(new IPAddress(b.Take(16)))),
            "UUID" => new Plain((ref ResultBytes b) => Uuid(b.Take(16))),
            "Decimal" => Fraction(int.Parse(arguments[0], CultureInfo.InvariantCulture), int.Parse(arguments[1], CultureInfo.InvariantCulture)),
            "Enum8" or "Enum16" => Named(name, type),
            "Nothing" => new Plain((ref ResultBytes _) => null),
            "Nullable" => new Maybe(Of(arguments[0])),
            "LowCardinality" => Of(arguments[0]),
            "SimpleAggregateFunction" => Of(arguments[^1]),
            "Array" => new Many(Of(arguments[0])),
            "Tuple" => new Several([.. arguments.Select(a => Of(Unnamed(a)))]),
            "Map" => new Pairs(Of(arguments[0]), Of(arguments[1])),
            _ when name.StartsWith("Interval", StringComparison.Ordinal) => new Plain((ref ResultBytes b) => BinaryPrimitives.ReadInt64LittleEndian(b.Take(8))),
            _ => throw new EngineException(EngineException.Unreadable, $"The answer has a column of the type {type}, which the client does not read."),
        };
    }

    delegate object? Reader(ref ResultBytes from);

    sealed class Plain(Reader reader) : ResultType
    {
        public override object? Read(ref ResultBytes from) => reader(ref from);
    }

    sealed class Maybe(ResultType of) : ResultType
    {
        public override object? Read(ref ResultBytes from) => from.Take(1)[0] == 1 ? null : of.Read(ref from);
    }

    sealed class Many(ResultType of) : ResultType
    {
        public override object? Read(ref ResultBytes from)
        {
            var all = new object?[checked((int)from.Varint())];
            for (var i = 0; i < all.Length; i++) all[i] = of.Read(ref from);
            return all;
        }
    }

    sealed class Several(ResultType[] of) : ResultType
    {
        public override object? Read(ref ResultBytes from)
        {
            var all = new object?[of.Length];
            for (var i = 0; i < all.Length; i++) all[i] = of[i].Read(ref from);
            return all;
        }
    }

    sealed class Pairs(ResultType key, ResultType value) : ResultType
    {
        public override object? Read(ref ResultBytes from)
        {
            var count = checked((int)from.Varint());
            var all = new Dictionary<string, object?>(StringComparer.Ordinal);
            for (; count > 0; count--)
            {
                var name = Convert.ToString(key.Read(ref from), CultureInfo.InvariantCulture) ?? "";
                all[name] = value.Read(ref from);
            }
            return all;
        }
    }

    static Plain FixedText(int length) => new((ref ResultBytes b) => Encoding.UTF8.GetString(b.Take(length)));

    static Plain Big(int bytes, bool isUnsigned) =>
        new((ref ResultBytes b) => new BigInteger(b.Take(bytes), isUnsigned).ToString(CultureInfo.InvariantCulture));

    static Plain Time64(int digits)
    {
        var ticksEach = (long)Math.Pow(10, 7 - Math.Min(digits, 7));
        var perTick = (long)Math.Pow(10, Math.Max(digits, 7) - 7);
        return new((ref ResultBytes b) =>
            DateTimeOffset.UnixEpoch.AddTicks(BinaryPrimitives.ReadInt64LittleEndian(b.Take(8)) / perTick * ticksEach));
    }

    static Plain Fraction(int precision, int scale)
    {
        var bytes = precision switch { <= 9 => 4, <= 18 => 8, <= 38 => 16, _ => 32 };
        return new((ref ResultBytes b) =>
        {
            var whole = new BigInteger(b.Take(bytes));
            return bytes <= 8 ? (decimal)whole / (decimal)BigInteger.Pow(10, scale) : (object)((double)whole / Math.Pow(10, scale));
        });
    }

    static Plain Named(string kind, string type)
    {
        var names = new Dictionary<int, string>();
        foreach (var part in Split(type).Arguments)
        {
            var equals = part.LastIndexOf('=');
            names[int.Parse(part.AsSpan(equals + 1), CultureInfo.InvariantCulture)] = part[..equals].Trim().Trim('\'').Replace("\\'", "'", StringComparison.Ordinal);
        }
        return new((ref ResultBytes b) =>
        {
            var value = kind == "Enum8" ? (sbyte)b.Take(1)[0] : BinaryPrimitives.ReadInt16LittleEndian(b.Take(2));
            return names.TryGetValue(value, out var name) ? name : value.ToString(CultureInfo.InvariantCulture);
        });
    }

    static string Address(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    /// <summary>Two halves, each with its bytes reversed.</summary>
    static string Uuid(ReadOnlySpan<byte> bytes)
    {
        Span<byte> text = stackalloc byte[16];
        for (var i = 0; i < 8; i++) (text[i], text[8 + i]) = (bytes[7 - i], bytes[15 - i]);
        return new Guid(text, bigEndian: true).ToString();
    }

    /// <summary>A tuple's element may have a name before its type.</summary>
    static string Unnamed(string element)
    {
        var space = element.IndexOf(' ');
        var bracket = element.IndexOf('(');
        return space > 0 && (bracket < 0 || space < bracket) ? element[(space + 1)..] : element;
    }

    /// <summary>Name and arguments of a type, at the top level; quotes and nested brackets are kept whole.</summary>
    static (string Name, string[] Arguments) Split(string type)
    {
        var open = type.IndexOf('(');
        if (open < 0) return (type, []);
        var arguments = new List<string>();
        var depth = 0;
        var quoted = false;
        var start = open + 1;
        for (var i = start; i < type.Length - 1; i++)
        {
            var c = type[i];
            if (quoted)
            {
                if (c == '\\') i++;
                else if (c == '\'') quoted = false;
            }
            else if (c == '\'') quoted = true;
            else if (c == '(') depth++;
            else if (c == ')') depth--;
            else if (c == ',' && depth == 0)
            {
                arguments.Add(type[start..i].Trim());
                start = i + 1;
            }
        }
        arguments.Add(type[start..^1].Trim());
        return (type[..open], [.. arguments]);
    }
}
