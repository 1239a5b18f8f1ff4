using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>
/// One connection as its protocol sees it: a window over the bytes that came and were not taken yet. The window grows up to what one frame may
/// need and never beyond, so memory is bounded however the peer cuts its stream.
/// </summary>
sealed class TcpConnection(Socket socket, Listener listener, TimeProvider clock, int frameBytesMax) : IAsyncDisposable
{
    const int HeadRoom = 128; // For what stands before a frame: counts, commands.

    byte[] buffer = ArrayPool<byte>.Shared.Rent(Limits.ReadBytes);
    int at, filled, lastRead;
    long lastMs = clock.NowMs();
    long halfSinceMs;
    bool busy;

    public string Peer { get; } = (socket.RemoteEndPoint as IPEndPoint)?.Address.ToPlainString() ?? "?";
    public Listener Listener => listener;
    public Stream Stream { get; set; } = new NetworkStream(socket, ownsSocket: true);
    public long NowMs => clock.NowMs();

    /// <summary>What came and was not taken. Valid until <see cref="Fill"/>.</summary>
    public ReadOnlyMemory<byte> Data => buffer.AsMemory(at, filled - at);

    public void Take(int bytes) => at += bytes;

    /// <summary>Waits for more; false when the peer sends no more.</summary>
    public async ValueTask<bool> Fill(CancellationToken stop)
    {
        var left = filled - at;
        Volatile.Write(ref halfSinceMs, left == 0 ? 0 : at > 0 || halfSinceMs == 0 ? clock.NowMs() : halfSinceMs);
        if (at > 0)
        {
            buffer.AsSpan(at, left).CopyTo(buffer);
            (at, filled) = (0, left);
        }
        Fit(left);
        if (filled == buffer.Length)
        {
            if (filled >= frameBytesMax + HeadRoom) throw new WireException($"a frame is longer than {frameBytesMax} bytes.");
            Grow();
        }
        try
        {
            var read = await Stream.ReadAsync(buffer.AsMemory(filled), stop);
            Volatile.Write(ref lastMs, clock.NowMs());
            filled += read;
            lastRead = read;
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

    public bool Stalls(TcpBudget budget)
    {
        if (Volatile.Read(ref busy)) return false;
        var now = clock.NowMs();
        var half = Volatile.Read(ref halfSinceMs);
        return now - Volatile.Read(ref lastMs) > budget.Idle.TotalMilliseconds || (half > 0 && now - half > budget.HalfFrame.TotalMilliseconds);
    }

    public void Abort() => socket.Dispose();

    /// <summary>Nobody reads the window any more: not after an error, when an append may still do so.</summary>
    public void GiveBack()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        at = filled = 0;
    }

    // Each window is an append, and each append waits for the disk: who sends faster than a window holds gets a wider one, until it falls quiet.
    void Fit(int left)
    {
        if (lastRead > buffer.Length / 2 && buffer.Length < Limits.BurstBytes) Replace(ArrayPool<byte>.Shared.Rent(buffer.Length * 2));
        else if (left == 0 && lastRead < Limits.ReadBytes / 2 && buffer.Length > Limits.ReadBytes) Replace(ArrayPool<byte>.Shared.Rent(Limits.ReadBytes));
    }

    void Grow() => Replace(ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 2, Math.Max(frameBytesMax + HeadRoom, buffer.Length + 1))));

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
    }
}
