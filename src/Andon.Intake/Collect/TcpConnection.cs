using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>
/// One connection as its protocol sees it: a window over the bytes that came and were not taken yet. The window grows up to what one frame may
/// need and never beyond, so memory is bounded however the peer cuts its stream.
/// </summary>
sealed class TcpConnection(Socket socket, Listener listener, TimeProvider clock, int frameBytesMax, DoorRoom room) : IAsyncDisposable
{
    const int HeadRoom = 128; // For what stands before a frame: counts, commands.

    byte[] buffer = [];
    int at, filled, lastRead;
    long lastMs = clock.NowMs();
    long halfSinceMs;
    int half;
    long held;
    bool busy;

    public string Peer { get; private set; } = (socket.RemoteEndPoint as IPEndPoint)?.Address.ToPlainString() ?? "?";
    /// <summary>With whom it shares what one sender may have.</summary>
    public string Sender { get; private set; } = DoorRoom.SenderOf((socket.RemoteEndPoint as IPEndPoint)?.Address);
    /// <summary>Who is at the other end of the wire: a proxy, where it speaks for others.</summary>
    public IPAddress? Neighbour { get; } = (socket.RemoteEndPoint as IPEndPoint)?.Address;
    public Listener Listener => listener;
    public Stream Stream { get; set; } = new NetworkStream(socket, ownsSocket: true);
    public long NowMs => clock.NowMs();
    public long LastMs => Volatile.Read(ref lastMs);
    public bool Busy => Volatile.Read(ref busy);
    public bool Spoke => Volatile.Read(ref lastRead) > 0;

    /// <summary>What came and was not taken. Valid until <see cref="Fill"/>.</summary>
    public ReadOnlyMemory<byte> Data => buffer.AsMemory(at, filled - at);

    public void Take(int bytes) => at += bytes;

    /// <summary>Waits for more; false when the peer sends no more.</summary>
    public async ValueTask<bool> Fill(CancellationToken stop)
    {
        var left = filled - at;
        Volatile.Write(ref halfSinceMs, left == 0 ? 0 : at > 0 || halfSinceMs == 0 ? clock.NowMs() : halfSinceMs);
        Volatile.Write(ref half, left);
        if (at > 0)
        {
            buffer.AsSpan(at, left).CopyTo(buffer);
            (at, filled) = (0, left);
        }
        if (filled == buffer.Length && filled > 0)
        {
            if (filled >= frameBytesMax + HeadRoom) throw new WireException($"a frame is longer than {frameBytesMax} bytes.");
            await Widen(Math.Min(buffer.Length * 2, Math.Max(frameBytesMax + HeadRoom, buffer.Length + 1)), stop);
        }
        else if (lastRead > buffer.Length / 2) Burst();
        try
        {
            // Who is quiet holds no window: it waits without one, and gets one when something is there.
#pragma warning disable CA2022 // Nothing is to be read yet.
            if (left == 0 && lastRead < Limits.ReadBytes / 2)
            {
                GiveBack();
                _ = await Stream.ReadAsync(Memory<byte>.Empty, stop);
#pragma warning restore CA2022
                buffer = ArrayPool<byte>.Shared.Rent(Limits.ReadBytes);
            }
            var read = await Stream.ReadAsync(buffer.AsMemory(filled), stop);
            Volatile.Write(ref lastMs, clock.NowMs());
            filled += read;
            Volatile.Write(ref lastRead, read);
            return read > 0;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Passes over bytes that are not wanted, however many.</summary>
    public async ValueTask<bool> Skip(long bytes, CancellationToken stop)
    {
        while (true)
        {
            var now = (int)Math.Min(bytes, filled - at);
            at += now;
            bytes -= now;
            if (bytes == 0) return true;
            if (!await Fill(stop)) return false;
        }
    }

    /// <summary>Returns when the drafts are on disk. The peer is not judged slow while we are.</summary>
    public async ValueTask Append(List<RecordDraft> drafts, CancellationToken stop)
    {
        if (drafts.Count == 0) return;
        Volatile.Write(ref busy, true);
        await listener.AppendWhenRoom(drafts, stop);
        drafts.Clear();
        Volatile.Write(ref lastMs, clock.NowMs());
        Volatile.Write(ref busy, false);
    }

    public async ValueTask Answer(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await Stream.WriteAsync(bytes, stop);
        await Stream.FlushAsync(stop);
    }

    public Task Pause(int ms, CancellationToken stop) => Task.Delay(TimeSpan.FromMilliseconds(ms), clock, stop);

    /// <summary>From now on the peer owes us the rest of something.</summary>
    public void Begins() => Volatile.Write(ref halfSinceMs, clock.NowMs());

    /// <summary>Silent too long; or longer in the middle of a frame than so many bytes take of the slowest sender that is waited for.</summary>
    public bool Stalls(TcpBudget budget)
    {
        if (Volatile.Read(ref busy)) return false;
        var now = clock.NowMs();
        var since = Volatile.Read(ref halfSinceMs);
        return now - Volatile.Read(ref lastMs) > budget.Idle.TotalMilliseconds
            || (since > 0 && now - since > budget.HalfFrame.TotalMilliseconds + Volatile.Read(ref half) * 1000.0 / Limits.FrameBytesPerSecondMin);
    }

    public void Abort() => socket.Dispose();

    /// <summary>A proxy said for whom it is: from now on it counts as that sender's. False when that one has no room for more.</summary>
    public bool IsOf(IPAddress sender)
    {
        room.Leave(this);
        (Peer, Sender) = (sender.ToPlainString(), DoorRoom.SenderOf(sender));
        return room.Enter(this);
    }

    /// <summary>Waits for memory beyond the window of everybody; it is given back by <see cref="LetGo"/>, or with the connection.</summary>
    public async ValueTask Hold(long bytes, CancellationToken stop)
    {
        if (!room.TryTake(this, bytes))
        {
            room.SayWaits(this);
            Volatile.Write(ref busy, true); // We are the slow one.
            while (!room.TryTake(this, bytes)) await Pause(Limits.RetryMs, stop);
            Volatile.Write(ref lastMs, clock.NowMs());
            Volatile.Write(ref busy, false);
        }
        held += bytes;
    }

    public void LetGo(long bytes)
    {
        room.GiveBack(this, bytes);
        held -= bytes;
    }

    /// <summary>Nobody reads the window any more: not after an error, when an append may still do so.</summary>
    public void GiveBack()
    {
        if (buffer.Length == 0) return;
        LetGo(Above(buffer.Length));
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        at = filled = 0;
    }

    // Each window is an append, and each append waits for the disk: who sends faster than a window holds gets a wider one, until it falls quiet.
    void Burst()
    {
        if (buffer.Length >= Limits.BurstBytes || !room.TryTake(this, buffer.Length)) return;
        held += buffer.Length;
        Replace(ArrayPool<byte>.Shared.Rent(buffer.Length * 2));
    }

    async ValueTask Widen(int size, CancellationToken stop)
    {
        var next = (int)BitOperations.RoundUpToPowerOf2((uint)size); // What the pool gives.
        await Hold(next - buffer.Length, stop);
        Replace(ArrayPool<byte>.Shared.Rent(next));
    }

    static long Above(int size) => size - Limits.ReadBytes;

    void Replace(byte[] other)
    {
        buffer.AsSpan(0, filled).CopyTo(other);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = other;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Stream.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The peer was gone before we could say goodbye.
        }
        socket.Dispose();
        room.GiveBack(this, held);
        held = 0;
        room.Leave(this);
    }
}
