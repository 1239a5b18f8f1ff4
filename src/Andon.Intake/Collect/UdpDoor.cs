using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Andon.Model;
using Microsoft.Extensions.Hosting;

namespace Andon.Intake.Collect;

/// <summary>
/// Syslog or GELF over UDP: one reader empties the socket, one writer appends in batches. When the log is slow the queue between them fills, the
/// socket's buffer fills, and the kernel drops: it counts that, and we show its count.
/// </summary>
sealed class UdpDoor(IPEndPoint at, Listener listener, TimeProvider clock, IFindings findings, GelfChunks? gelf = null) : BackgroundService
{
    const int SlabBytes = 1 << 20;

    readonly Channel<RecordDraft> waiting = Channel.CreateBounded<RecordDraft>(new BoundedChannelOptions(Limits.DatagramsWaitingMax) { SingleReader = true, SingleWriter = true });
    readonly Dictionary<SocketAddress, (Origin Origin, bool Heard)> peers = [];
    long waitingBytes;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var socket = await Binding.Bind(at, SocketType.Dgram, ProtocolType.Udp, listener, clock, findings, stoppingToken);
        socket.ReceiveBufferSize = Limits.ReceiveBufferBytes;
        listener.Lost = () => KernelDrops.Of(socket);
        var writing = Write(stoppingToken);
        try
        {
            await Receive(socket, stoppingToken);
        }
        finally
        {
            var last = listener.Lost();
            listener.Lost = () => last;
            waiting.Writer.Complete();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task Receive(Socket socket, CancellationToken stop)
    {
        var address = new SocketAddress(socket.AddressFamily);
        var slab = new byte[SlabBytes];
        var used = 0;
        while (true)
        {
            if (slab.Length - used < Limits.DatagramBytesMax)
            {
                slab = new byte[SlabBytes];
                used = 0;
            }
            var coming = socket.ReceiveFromAsync(slab.AsMemory(used, Limits.DatagramBytesMax), SocketFlags.None, address, stop);
            var length = gelf is null || gelf.Waiting == 0 ? await coming : await Meanwhile(coming.AsTask(), gelf, stop);
            if (length == 0) continue; // An empty datagram says nothing.
            while (Volatile.Read(ref waitingBytes) > Limits.DatagramBytesWaitingMax) await Task.Delay(TimeSpan.FromMilliseconds(1), clock, stop);
            Interlocked.Add(ref waitingBytes, length);
            var (origin, heard) = OriginOf(address, socket.AddressFamily);
            if (!heard)
            {
                Interlocked.Add(ref waitingBytes, -length);
                listener.Refused();
                continue;
            }
            ReadOnlyMemory<byte> message = slab.AsMemory(used, length);
            if (gelf is not null)
            {
                var taken = gelf.Take(origin.Peer, message, clock.NowMs());
                await KeepTorn(gelf, stop);
                if (taken is not { Length: > 0 } whole)
                {
                    Interlocked.Add(ref waitingBytes, -length); // Chunks that wait have their own bound.
                    continue;
                }
                Interlocked.Add(ref waitingBytes, whole.Length - length);
                message = whole;
                if (gelf.Cut) origin = origin with { Hint = Normalise.Hints.Oversized };
            }
            if (!listener.TryTake(1))
            {
                // There is no way to make this sender wait.
                Interlocked.Add(ref waitingBytes, -message.Length);
                listener.Lose();
                findings.Raise("intake", new("INT035", $"{listener.Name} receives more records a second than it is set to take; the rest is lost.", "Raise the rate, or let the senders use TCP.", listener.Name, FindingLevel.Warning));
                continue;
            }
            await waiting.Writer.WriteAsync(new(clock.NowMs(), origin, message), stop);
            used += length;
        }
    }

    /// <summary>The next datagram; while none comes, what waits for its other chunks is told by the clock.</summary>
    async Task<int> Meanwhile(Task<int> coming, GelfChunks chunks, CancellationToken stop)
    {
        while (!coming.IsCompleted && chunks.Waiting > 0)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(coming, Task.Delay(TimeSpan.FromMilliseconds(Limits.GelfLookMs), clock, waiting.Token));
            await waiting.CancelAsync();
            chunks.Expire(clock.NowMs());
            await KeepTorn(chunks, stop);
        }
        return await coming;
    }

    async ValueTask KeepTorn(GelfChunks chunks, CancellationToken stop)
    {
        while (chunks.TryTorn(out var peer, out var datagram))
        {
            Interlocked.Add(ref waitingBytes, datagram.Length);
            await waiting.Writer.WriteAsync(new(clock.NowMs(), new(listener.Name, peer, Normalise.Hints.CutOff), datagram), stop);
        }
    }

    (Origin Origin, bool Heard) OriginOf(SocketAddress address, AddressFamily family)
    {
        if (peers.TryGetValue(address, out var known)) return known;
        if (peers.Count >= Limits.PeersKeptMax) peers.Clear();
        var any = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var sender = ((IPEndPoint)any.Create(address)).Address;
        var heard = listener.Allows(sender);
        if (!heard) Door.Said(sender, listener, findings);
        var copy = new SocketAddress(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        return peers[copy] = (new(listener.Name, sender.ToPlainString()), heard);
    }

    async Task Write(CancellationToken stop)
    {
        var drafts = new List<RecordDraft>();
        // What was received before the stop is written: the stop ends the reading side.
        while (await waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var size = 0;
            while (drafts.Count < Limits.AppendRecordsMax && size < Limits.AppendBytesMax && waiting.Reader.TryRead(out var draft))
            {
                drafts.Add(draft);
                size += draft.Raw.Length;
            }
            await listener.AppendWhenRoom(drafts, stop);
            Interlocked.Add(ref waitingBytes, -size);
            drafts.Clear();
        }
    }
}
