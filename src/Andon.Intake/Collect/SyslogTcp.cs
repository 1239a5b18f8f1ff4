using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Andon.Intake.Normalise;
using Andon.Model;
using Microsoft.Extensions.Hosting;

namespace Andon.Intake.Collect;

/// <summary>What one TCP connection may cost.</summary>
sealed record TcpBudget(int ConnectionsMax, TimeSpan Idle, TimeSpan HalfFrame, int FrameBytesMax)
{
    public static readonly TcpBudget Default = new(Limits.ConnectionsMax, TimeSpan.FromSeconds(Limits.IdleSecondsMax), TimeSpan.FromSeconds(Limits.HalfFrameSecondsMax), Limits.FrameBytesMax);
}

/// <summary>
/// Syslog over TCP. A connection reads, cuts frames, appends them and only then reads on: while the log waits for its disk, the sender's
/// window closes. A sender that stalls inside a frame, or forever, loses its connection and nobody else notices.
/// </summary>
sealed partial class SyslogTcp(IPEndPoint at, bool octetCounting, TcpBudget budget, Listener listener, TimeProvider clock, IFindings findings, Microsoft.Extensions.Logging.ILogger<SyslogTcp> logger) : BackgroundService
{
    sealed class Connection(Socket socket, long nowMs)
    {
        public readonly Socket Socket = socket;
        public long LastMs = nowMs;
        /// <summary>Since when the frame at hand is unfinished; 0 when there is none.</summary>
        public long HalfSinceMs;
    }

    readonly ConcurrentDictionary<Connection, Task> open = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var socket = await Binding.Bind(at, SocketType.Stream, ProtocolType.Tcp, listener, clock, findings, stoppingToken);
        socket.Listen(512);
        var sweeping = Sweep(stoppingToken);
        try
        {
            while (true)
            {
                var accepted = await socket.AcceptAsync(stoppingToken);
                if (listener.Connected() > budget.ConnectionsMax)
                {
                    listener.Disconnected();
                    listener.Refused();
                    findings.Raise("intake", new("INT021", $"More than {budget.ConnectionsMax} syslog connections.", "Look for a sender that opens connections without end, or raise the limit.", "syslog-tcp", FindingLevel.Warning));
                    accepted.Dispose();
                    continue;
                }
                var connection = new Connection(accepted, clock.NowMs());
                open[connection] = Task.CompletedTask;
                open.TryUpdate(connection, Serve(connection, stoppingToken), Task.CompletedTask); // Unless it is over already.
            }
        }
        finally
        {
            await Task.WhenAll(open.Values.Append(sweeping)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task Sweep(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), clock, stop);
            var now = clock.NowMs();
            foreach (var connection in open.Keys)
            {
                var half = Volatile.Read(ref connection.HalfSinceMs);
                if (now - Volatile.Read(ref connection.LastMs) > budget.Idle.TotalMilliseconds || (half > 0 && now - half > budget.HalfFrame.TotalMilliseconds))
                    connection.Socket.Dispose(); // Its read ends with an error; what came is kept.
            }
        }
    }

    async Task Serve(Connection connection, CancellationToken stop)
    {
        await Task.Yield();
        var peer = (connection.Socket.RemoteEndPoint as IPEndPoint)?.Address.ToPlainString() ?? "?";
        var origin = new Origin(listener.Name, peer);
        var frames = new SyslogFrames(octetCounting, budget.FrameBytesMax);
        var buffer = ArrayPool<byte>.Shared.Rent(Limits.ReadBytes);
        var filled = 0;
        var drafts = new List<RecordDraft>();
        try
        {
            while (true)
            {
                if (filled == buffer.Length) Grow(ref buffer, filled);
                int read;
                try
                {
                    read = await connection.Socket.ReceiveAsync(buffer.AsMemory(filled), stop);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    read = 0;
                }
                if (read == 0) break;
                filled += read;
                Volatile.Write(ref connection.LastMs, clock.NowMs());
                var at = 0;
                while (frames.Next(buffer.AsSpan(0, filled), ref at, out var start, out var length, out var oversized))
                {
                    if (oversized) listener.Oversized();
                    drafts.Add(new(clock.NowMs(), oversized ? origin with { Hint = Hints.Oversized } : origin, buffer.AsMemory(start, length)));
                    if (drafts.Count == Limits.AppendRecordsMax) await Flush(drafts, stop);
                }
                await Flush(drafts, stop);
                buffer.AsSpan(at, filled - at).CopyTo(buffer);
                filled -= at;
                var half = filled == 0 ? 0 : at > 0 || connection.HalfSinceMs == 0 ? clock.NowMs() : connection.HalfSinceMs;
                Volatile.Write(ref connection.HalfSinceMs, half);
            }
            if (filled > 0)
            {
                drafts.Add(new(clock.NowMs(), origin with { Hint = Hints.CutOff }, buffer.AsMemory(0, Math.Min(filled, budget.FrameBytesMax))));
                await Flush(drafts, stop);
            }
            ArrayPool<byte>.Shared.Return(buffer); // Not after an error: an append may still read it.
        }
        catch (OperationCanceledException)
        {
            // The house stops.
        }
        catch (Exception e)
        {
            Broke(e, peer);
            findings.Raise("intake", new("INT022", $"A syslog connection ended with an error of ours: {e.Message}", "Report it; the sender will connect again.", peer));
        }
        finally
        {
            connection.Socket.Dispose();
            listener.Disconnected();
            open.TryRemove(connection, out _);
        }
    }

    async ValueTask Flush(List<RecordDraft> drafts, CancellationToken stop)
    {
        if (drafts.Count == 0) return;
        await listener.AppendWhenRoom(drafts, stop);
        drafts.Clear();
    }

    static void Grow(ref byte[] buffer, int filled)
    {
        var bigger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, filled).CopyTo(bigger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = bigger;
    }
}
