using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>
/// What the TCP doors may cost together, shared out by sender: connections, and memory for windows and messages. Where there is no more room,
/// whoever holds the most gives way: a stranger who opens connections or begins long frames takes from himself first.
/// </summary>
sealed class DoorRoom(int connectionsMax, long bytesMax, IFindings findings)
{
    readonly Lock gate = new();
    readonly Dictionary<string, HashSet<TcpConnection>> senders = new(StringComparer.Ordinal);
    readonly Dictionary<string, long> bytesOf = new(StringComparer.Ordinal);
    int connections;
    long bytes;

    /// <summary>Half of the files that this program may hold open, or fewer: the other half is for what it stores and for HTTP.</summary>
    public static DoorRoom OfThisProgram(IFindings findings) => new(Math.Min(Limits.ConnectionsMax, OpenFilesMax() / 2), Limits.DoorBytesMax, findings);

    public int Connections { get { lock (gate) return connections; } }
    public long Bytes { get { lock (gate) return bytes; } }

    /// <summary>Who shares: an address, or the network that one sender of IPv6 has to himself.</summary>
    public static string SenderOf(IPAddress? address)
    {
        if (address is null) return "?";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() : Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8));
    }

    /// <summary>False when there is no room and nobody holds more than this sender would; else whoever holds the most may have lost a connection for it.</summary>
    public bool Enter(TcpConnection connection)
    {
        TcpConnection? given = null;
        lock (gate)
        {
            var own = senders.TryGetValue(connection.Sender, out var mine) ? mine.Count : 0;
            if (connections >= connectionsMax)
            {
                var most = senders.Values.MaxBy(s => s.Count);
                if (most is null || most.Count <= own + 1 || (given = Idlest(most)) is null) return false;
                Remove(given); // It leaves by itself; its place is taken now.
            }
            if (mine is null) senders[connection.Sender] = mine = [];
            mine.Add(connection);
            connections++;
        }
        if (given is null) return true;
        findings.Raise("intake", new("INT272", $"There is no room for more connections: one of {given.Peer}, which holds the most, was ended for one of {connection.Peer}.", "Look for a sender that opens connections without end.", given.Listener.Name, FindingLevel.Warning));
        given.Listener.Refused();
        given.Abort();
        return true;
    }

    public void Leave(TcpConnection connection)
    {
        lock (gate) Remove(connection);
    }

    /// <summary>False when so much memory is too much now: for all, or for one sender.</summary>
    public bool TryTake(TcpConnection connection, long more)
    {
        lock (gate)
        {
            var own = bytesOf.GetValueOrDefault(connection.Sender);
            if (bytes + more > bytesMax || (own > 0 && own + more > bytesMax / 2)) return false;
            bytes += more;
            bytesOf[connection.Sender] = own + more;
            return true;
        }
    }

    public void GiveBack(TcpConnection connection, long fewer)
    {
        if (fewer == 0) return;
        lock (gate)
        {
            bytes -= fewer;
            if ((bytesOf[connection.Sender] -= fewer) == 0) bytesOf.Remove(connection.Sender);
        }
    }

    public void SayWaits(TcpConnection connection) => findings.Raise("intake", new("INT273", $"A long message of {connection.Peer} waits: the memory for unfinished and packed messages is in use ({Limits.DoorBytesMax >> 20} MiB, half of it for one sender).",
        "Look for a sender that begins messages and does not end them, or let senders make smaller batches.", connection.Listener.Name, FindingLevel.Warning));

    void Remove(TcpConnection connection)
    {
        if (!senders.TryGetValue(connection.Sender, out var of) || !of.Remove(connection)) return;
        connections--;
        if (of.Count == 0) senders.Remove(connection.Sender);
    }

    // Who never spoke goes first, then who is silent longest; nobody whose messages are on their way to the disk.
    static TcpConnection? Idlest(HashSet<TcpConnection> of) => of.Where(c => !c.Busy).OrderBy(c => c.Spoke).ThenBy(c => c.LastMs).FirstOrDefault();

    public static int OpenFilesMax()
    {
        try
        {
            foreach (var line in File.ReadLines("/proc/self/limits"))
                if (line.StartsWith("Max open files", StringComparison.Ordinal))
                    return int.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], NumberStyles.None, CultureInfo.InvariantCulture, out var max) ? max : int.MaxValue; // The hard limit: .NET raises its own to it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            // Another system: its own limits hold.
        }
        return int.MaxValue;
    }
}
