using System.Net;
using Andon.Model;
using Microsoft.AspNetCore.Connections;

namespace Andon.Intake.Collect;

/// <summary>
/// Connections of HTTP, which people and senders share: so many in all, that files stay for what is stored, and half of them for one sender. Who opens
/// them without end shuts himself out.
/// </summary>
sealed class HttpShares(int connectionsMax, Func<IFindings?> findings)
{
    readonly Lock gate = new();
    readonly Dictionary<string, int> senders = new(StringComparer.Ordinal);
    int connections;

    public async Task Serve(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var sender = DoorRoom.SenderOf(address);
        if (!Enter(sender))
        {
            connection.Abort();
            findings()?.Raise("intake", new("INT275", $"HTTP has no room for more connections of {address?.ToPlainString() ?? "?"}.", "Look for a sender that opens connections without end, or let this program hold more files open.", "http", FindingLevel.Warning));
            return;
        }
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(sender);
        }
    }

    bool Enter(string sender)
    {
        lock (gate)
        {
            var own = senders.GetValueOrDefault(sender);
            if (connections >= connectionsMax || own >= Math.Max(1, connectionsMax / 2)) return false;
            connections++;
            senders[sender] = own + 1;
            return true;
        }
    }

    void Leave(string sender)
    {
        lock (gate)
        {
            connections--;
            if (--senders[sender] == 0) senders.Remove(sender);
        }
    }
}
