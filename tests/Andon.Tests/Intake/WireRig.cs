using System.Net;
using System.Net.Sockets;
using System.Text;
using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Andon.Tests.Intake;

/// <summary>A door on a loopback port with one protocol behind it.</summary>
sealed class WireRig : IAsyncDisposable
{
    public readonly IRecordLog Log;
    public readonly FindingList Findings = new();
    public readonly Listener Listener;
    readonly TcpDoor server;

    public readonly DoorRoom Room;

    public WireRig(string name, Func<WireRig, IWire> wire, IRecordLog? log = null, int frameBytesMax = 1 << 20, Func<WireRig, TlsFiles>? tls = null, TimeProvider? clock = null, int connectionsMax = 1000, long bytesMax = 256 << 20, Andon.Intake.ListenerSettings? settings = null)
    {
        clock ??= TimeProvider.System;
        Room = new(connectionsMax, bytesMax, Findings);
        Log = log ?? new MemoryRecordLog();
        Listener = new(name, Log, clock, settings);
        server = new(new(IPAddress.Loopback, 0), wire(this), TcpBudget.Default with { FrameBytesMax = frameBytesMax }, tls?.Invoke(this), Listener, clock, Findings, NullLogger<TcpDoor>.Instance, Room);
    }

    /// <param name="from">Another address of this machine, for another sender.</param>
    public async Task<Socket> Connect(string? from = null)
    {
        if (Listener.Address.Length == 0) await server.StartAsync(CancellationToken.None);
        while (Listener.Address.Length == 0) await Task.Delay(1);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 20_000 };
        if (from is not null) socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        for (var tries = 0; ; tries++)
        {
            try
            {
                await socket.ConnectAsync(IPEndPoint.Parse(Listener.Address));
                return socket;
            }
            catch (SocketException) when (tries < 100)
            {
                await Task.Delay(5); // Bound, and about to listen.
            }
        }
    }

    /// <summary>Sends it in pieces, ends, and returns everything that was answered until the other side ended too.</summary>
    public async Task<byte[]> Say(byte[] bytes, int piece = int.MaxValue)
    {
        using var socket = await Connect();
        using var answer = new MemoryStream();
        try
        {
            for (var at = 0; at < bytes.Length; at += piece) await socket.SendAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It was turned away before it had said all.
        }
        var buffer = new byte[4096];
        try
        {
            while (socket.Receive(buffer) is > 0 and var read) answer.Write(buffer, 0, read);
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
        return answer.ToArray();
    }

    public async Task<string[]> Records() => Log.Next == 1 ? [] : [.. (await Log.Read(1, 100_000, int.MaxValue, CancellationToken.None)).Select(r => Encoding.UTF8.GetString(r.Raw.Span))];

    /// <summary>Sends the session many times with bytes changed, cut off and put in; no error of ours may come of it, and a good session still works.</summary>
    public async Task Fuzz(byte[] session, int rounds, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var bytes = session.ToList();
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                var at = random.Next(bytes.Count);
                if (random.Next(3) == 0) bytes.Insert(at, (byte)random.Next(256));
                else if (random.Next(4) == 0) bytes.RemoveAt(at);
                else bytes[at] = (byte)random.Next(256);
            }
            await Say([.. bytes[..(random.Next(3) == 0 ? random.Next(bytes.Count) : bytes.Count)]], random.Next(1, 64));
        }
        Assert.DoesNotContain(Findings.All, f => f.Code == "INT022");
        for (var waited = 0; Listener.Snapshot().Connections > 0 && waited < 500; waited++) await Task.Delay(20);
        Assert.Equal(0, Listener.Snapshot().Connections);
    }

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync(CancellationToken.None);
        server.Dispose();
    }
}
