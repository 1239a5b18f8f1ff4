using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Andon.Intake.Collect;

/// <summary>How many datagrams the kernel dropped for a socket because its buffer was full: last column of /proc/net/udp.</summary>
static class KernelDrops
{
    public static long Of(Socket socket)
    {
        try
        {
            if (socket.LocalEndPoint is not IPEndPoint local) return 0;
            var table = local.AddressFamily == AddressFamily.InterNetwork ? "/proc/net/udp" : "/proc/net/udp6";
            return File.Exists(table) ? Read(File.ReadLines(table), local) : 0;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    internal static long Read(IEnumerable<string> lines, IPEndPoint local)
    {
        var port = ":" + local.Port.ToString("X4", CultureInfo.InvariantCulture);
        var address = AddressHex(local.Address);
        foreach (var line in lines.Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 12 && columns[1] == address + port && long.TryParse(columns[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var drops)) return drops;
        }
        return 0;
    }

    // Each 32-bit word in the machine's own byte order.
    static string AddressHex(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var text = "";
        for (var i = 0; i < bytes.Length; i += 4) text += BitConverter.ToUInt32(bytes, i).ToString("X8", CultureInfo.InvariantCulture);
        return text;
    }
}
