using System.Buffers.Binary;
using System.Net;

namespace Andon.Detect.Sigma.Ast;

/// <summary>An address as a number; IPv4 (also written as <c>::ffff:10.0.0.1</c>) and IPv6 never meet.</summary>
readonly record struct Address(UInt128 Value, bool Four)
{
    /// <summary>Reads an address without allocating. A zone id is dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Address address)
    {
        address = default;
        var zone = text.IndexOf((byte)'%');
        if (zone >= 0) text = text[..zone];
        if (text.Length is < 2 or > 45) return false;
        if (text.IndexOf((byte)':') < 0)
        {
            if (!TryFour(text, out var four)) return false;
            address = new(four, true);
            return true;
        }
        return TrySix(text, out address);
    }

    static bool TryFour(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        var parts = 0;
        var at = 0;
        while (true)
        {
            var part = 0;
            var start = at;
            while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9' && at - start < 4) part = part * 10 + (text[at++] - '0');
            if (at == start || at - start > 3 || part > 255) return false;
            value = value << 8 | (uint)part;
            parts++;
            if (at == text.Length) return parts == 4;
            if (text[at] != '.' || parts == 4) return false;
            at++;
        }
    }

    static bool TrySix(ReadOnlySpan<byte> text, out Address address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[8];
        int count = 0, gap = -1, at = 0;
        if (text.StartsWith("::"u8)) { gap = 0; at = 2; }
        while (at < text.Length)
        {
            if (count == 8) return false;
            var rest = text[at..];
            var colon = rest.IndexOf((byte)':');
            var part = colon < 0 ? rest : rest[..colon];
            if (colon < 0 && part.IndexOf((byte)'.') >= 0)
            {
                if (count > 6 || !TryFour(part, out var four)) return false;
                groups[count++] = (ushort)(four >> 16);
                groups[count++] = (ushort)four;
                at = text.Length;
                break;
            }
            if (part.Length is 0 or > 4) return false;
            var value = 0;
            foreach (var c in part)
            {
                var digit = c switch { >= (byte)'0' and <= (byte)'9' => c - '0', >= (byte)'a' and <= (byte)'f' => c - 'a' + 10, >= (byte)'A' and <= (byte)'F' => c - 'A' + 10, _ => -1 };
                if (digit < 0) return false;
                value = value << 4 | digit;
            }
            groups[count++] = (ushort)value;
            if (colon < 0) { at = text.Length; break; }
            at += colon + 1;
            if (at < text.Length && text[at] == ':')
            {
                if (gap >= 0) return false;
                gap = count;
                at++;
            }
            else if (at == text.Length) return false;
        }
        if (gap < 0 ? count != 8 : count > 7) return false;
        UInt128 number = 0;
        for (var i = 0; i < 8; i++)
        {
            var missing = 8 - count;
            var group = gap < 0 ? groups[i] : i < gap ? groups[i] : i < gap + missing ? (ushort)0 : groups[i - missing];
            number = number << 16 | group;
        }
        address = number >> 32 == 0xFFFF ? new((uint)number, true) : new(number, false);
        return true;
    }
}

/// <summary>A range of addresses.</summary>
readonly record struct Network(Address First, int Bits)
{
    public static bool TryParse(string text, out Network network, out bool hostBits)
    {
        network = default;
        hostBits = false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        if (!Address.TryParse(System.Text.Encoding.UTF8.GetBytes(address), out var first)) return false;
        var width = first.Four ? 32 : 128;
        var bits = width;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out bits))) return false;
        if (slash >= 0 && first.Four && address.Contains(':', StringComparison.Ordinal)) bits -= 96;
        if (bits < 0 || bits > width) return false;
        var mask = Mask(width, bits);
        hostBits = (first.Value & ~mask & Mask(width, width)) != 0;
        network = new(first with { Value = first.Value & mask }, bits);
        return true;
    }

    public bool Contains(Address address) =>
        address.Four == First.Four && (address.Value & Mask(First.Four ? 32 : 128, Bits)) == First.Value;

    static UInt128 Mask(int width, int bits)
    {
        if (bits == 0) return 0;
        var all = width == 128 ? UInt128.MaxValue : uint.MaxValue;
        return all & (all << (width - bits));
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, First.Value);
        var address = new IPAddress(First.Four ? bytes[12..] : bytes);
        return $"{address}/{Bits}";
    }
}
