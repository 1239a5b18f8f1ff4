using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Andon.Intake.Normalise.Language;

/// <summary>Networks of a table, the longest prefix first. An ordinary IPv4 address is looked up without allocating.</summary>
sealed class Networks
{
    readonly (IPNetwork Network, int Row)[] all;
    readonly (uint Base, uint Mask, int Row)[] four;

    public Networks(IEnumerable<(IPNetwork Network, int Row)> networks)
    {
        all = [.. networks.OrderByDescending(n => n.Network.PrefixLength)];
        four = [.. all.Where(n => n.Network.BaseAddress.AddressFamily == AddressFamily.InterNetwork).Select(n =>
            (BinaryPrimitives.ReadUInt32BigEndian(n.Network.BaseAddress.GetAddressBytes()), n.Network.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - n.Network.PrefixLength), n.Row))];
    }

    /// <summary>The row of the narrowest network that holds the address, -1 when none does or it is none.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        if (TryFour(text, out var address))
        {
            foreach (var (start, mask, row) in four)
                if ((address & mask) == start) return row;
            return -1;
        }
        // An address is short; what is longer is none.
        Span<char> chars = stackalloc char[64];
        if (text.Length > 45 || !Encoding.UTF8.TryGetChars(text, chars, out var n) || !IPAddress.TryParse(chars[..n], out var other)) return -1;
        foreach (var (network, row) in all)
            if (network.Contains(other)) return row;
        return -1;
    }

    // Four decimal numbers without leading zeros; other spellings are the framework's to read.
    static bool TryFour(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        var at = 0;
        for (var part = 0; part < 4; part++)
        {
            if (part > 0 && (at == text.Length || text[at++] != '.')) return false;
            var (start, value) = (at, 0u);
            while (at < text.Length && at - start < 3 && text[at] is >= (byte)'0' and <= (byte)'9') value = value * 10 + (uint)(text[at++] - '0');
            if (at == start || value > 255 || (text[start] == '0' && at - start > 1)) return false;
            address = address << 8 | value;
        }
        return at == text.Length;
    }
}
