using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Andon.Respond.Conditions;

/// <summary>An address or a network in CIDR form; host bits may be set and are ignored.</summary>
readonly record struct Network(IPAddress Address, int Bits)
{
    public static Network? Parse(string text)
    {
        var slash = text.IndexOf('/');
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address) || text.Contains('%', StringComparison.Ordinal)) return null;
        var max = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (slash < 0) return new(address, max);
        return int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= max ? new(address, bits) : null;
    }

    /// <summary>Every address of this network is in the other one.</summary>
    public bool IsIn(Network other)
    {
        if (Address.AddressFamily != other.Address.AddressFamily || Bits < other.Bits) return false;
        var (mine, theirs) = (Address.GetAddressBytes(), other.Address.GetAddressBytes());
        for (var bit = 0; bit < other.Bits; bit++)
        {
            var mask = 0x80 >> (bit & 7);
            if ((mine[bit >> 3] & mask) != (theirs[bit >> 3] & mask)) return false;
        }
        return true;
    }
}
