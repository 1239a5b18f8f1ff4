using System.Net;

namespace Andon.Store.Events;

/// <summary>
/// Reads a plain IP address: four decimal numbers, or hexadecimal groups with colons. What the system's parser also takes (<c>1.2</c>,
/// <c>0x7f.1</c>, a zone, a prefix) is no address to us: an address that was changed while it was read would match rules it should not.
/// </summary>
static class AddressText
{
    /// <summary>Writes 16 bytes, IPv4 mapped.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, Span<byte> into)
    {
        if (text.Length is < 2 or > 45) return false;
        if (text.IndexOf((byte)':') < 0) return TryReadFour(text, into);

        Span<char> chars = stackalloc char[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiHexDigit((char)text[i]) && text[i] is not ((byte)':' or (byte)'.')) return false;
            chars[i] = (char)text[i];
        }
        return IPAddress.TryParse(chars, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            && address.TryWriteBytes(into, out _);
    }

    static bool TryReadFour(ReadOnlySpan<byte> text, Span<byte> into)
    {
        into[..10].Clear();
        into[10] = into[11] = 0xff;
        var at = 0;
        for (var part = 0; part < 4; part++)
        {
            if (part > 0 && (at >= text.Length || text[at++] != '.')) return false;
            int value = 0, digits = 0;
            for (; at < text.Length && char.IsAsciiDigit((char)text[at]); at++)
            {
                value = value * 10 + text[at] - '0';
                if (++digits > 3 || value > 255 || (digits == 2 && value < 10) || (digits == 3 && value < 100)) return false;
            }
            if (digits == 0) return false;
            into[12 + part] = (byte)value;
        }
        return at == text.Length;
    }
}
