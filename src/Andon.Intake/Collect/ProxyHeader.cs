using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Andon.Intake.Collect;

/// <summary>
/// The header of the PROXY protocol, versions 1 and 2, with which a load balancer says for whom a connection is, before anything else and in the clear.
/// It is read to its last byte and not beyond; where it must stand nothing else may.
/// </summary>
static class ProxyHeader
{
    const int LineBytesMax = 107;
    static ReadOnlySpan<byte> Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <returns>The sender; null when the proxy speaks for itself (a check of its own, a connection of another kind).</returns>
    /// <exception cref="WireException">It is no such header.</exception>
    public static async ValueTask<IPAddress?> Read(Stream stream, CancellationToken stop)
    {
        var head = new byte[16];
        await Exactly(stream, head.AsMemory(0, 12), stop);
        if (head.AsSpan(0, 12).SequenceEqual(Signature))
        {
            await Exactly(stream, head.AsMemory(12), stop);
            var length = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(14));
            if (head[12] >> 4 != 2 || (head[12] & 15) > 1) throw new WireException("its PROXY header has a version or command that there is not.");
            if (length > Limits.ProxyHeaderBytesMax) throw new WireException($"its PROXY header is longer than {Limits.ProxyHeaderBytesMax} bytes.");
            var rest = new byte[length];
            await Exactly(stream, rest, stop);
            return (head[12] & 15) == 0 ? null : Binary(head[13], rest);
        }
        if (!head.AsSpan().StartsWith("PROXY "u8)) throw new WireException("it comes from a proxy of the settings and does not begin with a PROXY header.");
        var line = new StringBuilder(Encoding.ASCII.GetString(head, 0, 12));
        var one = new byte[1];
        while (line[^1] != '\n')
        {
            if (line.Length >= LineBytesMax) throw new WireException("its PROXY line does not end.");
            await Exactly(stream, one, stop);
            line.Append((char)one[0]);
        }
        return Line(line.ToString());
    }

    // PROXY TCP4 192.0.2.1 192.0.2.2 56324 443
    static IPAddress? Line(string line)
    {
        if (!line.EndsWith("\r\n", StringComparison.Ordinal)) throw new WireException("its PROXY line does not end as one does.");
        var words = line[..^2].Split(' ');
        if (words[1] == "UNKNOWN") return null;
        var family = words[1] switch { "TCP4" => AddressFamily.InterNetwork, "TCP6" => AddressFamily.InterNetworkV6, _ => AddressFamily.Unknown };
        if (words.Length != 6 || !IPAddress.TryParse(words[2], out var sender) || sender.AddressFamily != family || !IPAddress.TryParse(words[3], out _)
            || !ushort.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out _) || !ushort.TryParse(words[5], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            || (family == AddressFamily.InterNetwork && words[2].Count(c => c == '.') != 3)) throw new WireException("its PROXY line names no addresses.");
        return sender.IsIPv4MappedToIPv6 ? sender.MapToIPv4() : sender;
    }

    static IPAddress? Binary(byte family, byte[] rest)
    {
        var bytes = (family >> 4) switch { 1 => 4, 2 => 16, _ => 0 };
        if (bytes == 0) return null; // Unspecified, or a socket of the proxy's own machine.
        if (rest.Length < 2 * bytes + 4) throw new WireException("its PROXY header is shorter than its addresses.");
        var sender = new IPAddress(rest.AsSpan(0, bytes));
        return sender.IsIPv4MappedToIPv6 ? sender.MapToIPv4() : sender;
    }

    static async ValueTask Exactly(Stream stream, Memory<byte> into, CancellationToken stop)
    {
        try
        {
            await stream.ReadExactlyAsync(into, stop);
        }
        catch (EndOfStreamException)
        {
            throw new WireException("it ended inside its PROXY header.");
        }
    }
}
