using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Andon.Model;
using Microsoft.Extensions.Hosting;

namespace Andon.Intake.Collect;

/// <summary>What one TCP connection may cost.</summary>
sealed record TcpBudget(int ConnectionsMax, TimeSpan Idle, TimeSpan HalfFrame, int FrameBytesMax)
{
    public static readonly TcpBudget Default = new(Limits.ConnectionsMax, TimeSpan.FromSeconds(Limits.IdleSecondsMax), TimeSpan.FromSeconds(Limits.HalfFrameSecondsMax), Limits.FrameBytesMax);
}

/// <summary>What is spoken behind the door. It reads, appends, answers and only then reads on, so that a slow disk closes the sender's window.</summary>
interface IWire
{
    /// <exception cref="WireException">The peer does not keep to the protocol; what it should be told has been told.</exception>
    Task Serve(TcpConnection connection, CancellationToken stop);
}

/// <summary>The peer does not keep to the protocol.</summary>
sealed class WireException(string message) : Exception(message);

/// <summary>
/// The one way in over TCP, with or without TLS: takes the address, lets in whom the settings name, bounds what a connection may cost. A sender
/// that stalls inside a frame, or forever, loses its connection and nobody else notices.
/// </summary>
sealed partial class TcpDoor(
    IPEndPoint at, IWire wire, TcpBudget budget, TlsFiles? tls, Listener listener, TimeProvider clock, IFindings findings, Microsoft.Extensions.Logging.ILogger<TcpDoor> logger, DoorRoom? shared = null) : BackgroundService
{
    readonly DoorRoom room = shared ?? new(budget.ConnectionsMax, Limits.DoorBytesMax, findings);
    readonly ConcurrentDictionary<TcpConnection, Task> open = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var socket = await Binding.Bind(at, SocketType.Stream, ProtocolType.Tcp, listener, clock, findings, stoppingToken);
        socket.Listen(512);
        var sweeping = Sweep(stoppingToken);
        try
        {
            while (true)
            {
                if (await Accept(socket, stoppingToken) is not { } accepted) continue;
                var peer = (accepted.RemoteEndPoint as IPEndPoint)?.Address;
                if (!listener.Trusts(peer) && Door.Refused(peer, listener, findings))
                {
                    accepted.Dispose();
                    continue;
                }
                var connection = new TcpConnection(accepted, listener, clock, budget.FrameBytesMax, room);
                if (!room.Enter(connection))
                {
                    SayNoRoom(connection);
                    await connection.DisposeAsync();
                    continue;
                }
                listener.Connected();
                open[connection] = Task.CompletedTask;
                open.TryUpdate(connection, Serve(connection, stoppingToken), Task.CompletedTask); // Unless it is over already.
            }
        }
        finally
        {
            await Task.WhenAll(open.Values.Append(sweeping)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Null when one went away before it was let in, or this program may hold no more files open: the door stays, and tries again.</summary>
    async Task<Socket?> Accept(Socket socket, CancellationToken stop)
    {
        try
        {
            return await socket.AcceptAsync(stop);
        }
        catch (SocketException e) when (!stop.IsCancellationRequested)
        {
            listener.Refused();
            findings.Raise("intake", new("INT304", $"{listener.Name} could not take a connection: {e.Message}", "Look for senders that open connections without end, or let this program hold more files open.", listener.Name, FindingLevel.Warning));
            await Task.Delay(TimeSpan.FromMilliseconds(Limits.RetryMs), clock, stop);
            return null;
        }
    }

    async Task Sweep(CancellationToken stop)
    {
        while (true)
        {
            tls?.Refresh();
            await Task.Delay(TimeSpan.FromSeconds(1), clock, stop);
            foreach (var connection in open.Keys)
                if (connection.Stalls(budget)) connection.Abort(); // Its read ends; what came is kept.
        }
    }

    void SayNoRoom(TcpConnection connection)
    {
        listener.Refused();
        findings.Raise("intake", new("INT021", $"{listener.Name} has no room for more connections, of {connection.Peer} the least: it holds as many as anybody.", "Look for a sender that opens connections without end, or let this program hold more files open.", listener.Name, FindingLevel.Warning));
    }

    /// <summary>Who sends, where a proxy of the settings is at the other end; false when he may not.</summary>
    async Task<bool> Settled(TcpConnection connection, CancellationToken stop)
    {
        if (!listener.Trusts(connection.Neighbour)) return true;
        connection.Begins(); // A header that stalls is a frame that stalls.
        if (await ProxyHeader.Read(connection.Stream, stop) is not { } sender) return true;
        if (Door.Refused(sender, listener, findings)) return false;
        if (connection.IsOf(sender)) return true;
        SayNoRoom(connection);
        return false;
    }

    async Task Serve(TcpConnection connection, CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            if (!await Settled(connection, stop)) return;
            if (tls is not null && !await Secure(connection, tls, stop)) return;
            await wire.Serve(connection, stop);
            connection.GiveBack();
        }
        catch (OperationCanceledException)
        {
            // The house stops.
        }
        catch (WireException e)
        {
            listener.Refused();
            findings.Raise("intake", new("INT025", $"{listener.Name} ended a connection: {e.Message}", "Look at what the sender is set to speak.", connection.Peer, FindingLevel.Warning));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The peer went away while it was answered.
        }
        catch (Exception e)
        {
            Broke(e, listener.Name, connection.Peer);
            findings.Raise("intake", new("INT022", $"A connection of {listener.Name} ended with an error of ours: {e.Message}", "Report it; the sender will connect again.", connection.Peer));
        }
        finally
        {
            await connection.DisposeAsync();
            listener.Disconnected();
            open.TryRemove(connection, out _);
        }
    }

    /// <summary>Speaks TLS from here on; false when the peer may not or cannot.</summary>
    async Task<bool> Secure(TcpConnection connection, TlsFiles files, CancellationToken stop)
    {
        var stream = new SslStream(connection.Stream);
        connection.Stream = stream;
        connection.Begins(); // A handshake that stalls is a frame that stalls.
        try
        {
            await stream.AuthenticateAsServerAsync(files.Options(), stop);
            files.Meet(stream.RemoteCertificate, connection.Peer);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            listener.Refused();
            findings.Raise("intake", new("INT026", $"A TLS handshake with {listener.Name} failed: {e.Message}", "Check which certificate the sender trusts and shows.", connection.Peer, FindingLevel.Warning));
            return false;
        }
    }
}
