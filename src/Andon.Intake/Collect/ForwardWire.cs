using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>Fluent forward v1: a message becomes records; its chunk is acknowledged when they are on disk, and kept once however often it comes.</summary>
sealed class ForwardWire(ForwardChunks chunks, string? sharedKey, IFindings findings) : IWire
{
    public async Task Serve(TcpConnection connection, CancellationToken stop)
    {
        var origin = new Origin(connection.Listener.Name, connection.Peer);
        if (sharedKey is not null && !await Greet(connection, sharedKey, stop)) throw new WireException("it does not know the shared key.");
        while (await Message(connection, stop, origin) is { Length: > 0 } data)
        {
            var growth = Growth(data.Span);
            await connection.Hold(growth, stop);
            if (ForwardMessage.Read(data.Span) is not { } message)
            {
                // It was whole, so what follows can still be read: the message is kept as it came.
                connection.Listener.Refused();
                Found(connection.Peer, "A message is no Fluent forward message; it is kept as it came.");
                await connection.Append([new(connection.NowMs, origin, data.Length > Limits.EventBytesMax ? data[..Limits.EventBytesMax] : data)], stop);
                connection.LetGo(growth);
                connection.Take(data.Length);
                continue;
            }
            if (message.Broken > 0)
            {
                connection.Listener.Refused(message.Broken);
                Found(connection.Peer, $"{message.Broken} entries of a Fluent message cannot be read; the message is kept as it came beside the others.");
            }
            var chunk = message.Chunk.Length == 0 || message.Records.Count == 0 ? null : ForwardChunks.Key(connection.Peer, message.Chunk, message.Records[^1].Span);
            var fresh = chunk is null || await chunks.Begin(chunk, stop);
            if (fresh)
            {
                var kept = false;
                try
                {
                    var drafts = new List<RecordDraft>(message.Records.Count + 1);
                    if (message.Broken > 0) drafts.Add(new(connection.NowMs, origin, data.Length > Limits.EventBytesMax ? data[..Limits.EventBytesMax] : data));
                    foreach (var record in message.Records) drafts.Add(new(connection.NowMs, origin, record));
                    await connection.Append(drafts, stop);
                    kept = true;
                }
                finally
                {
                    if (chunk is not null) chunks.End(chunk, kept);
                }
            }
            else connection.Listener.Repeated(message.Records.Count);
            connection.LetGo(growth);
            connection.Take(data.Length);
            if (message.Chunk.Length > 0) await connection.Answer(Pack(["ack", message.Chunk], map: true), stop);
        }
    }

    // What a message may become: packed ones up to the limit and their records beside them, others some times themselves.
    static long Growth(ReadOnlySpan<byte> data) => data.IndexOf("gzip"u8) >= 0 ? 3L * Limits.ForwardBytesMax : Math.Min(3L * Limits.ForwardBytesMax, 8L * data.Length);

    /// <summary>The next whole message, or nothing when the sender sends no more. Nils between messages are heartbeats.</summary>
    /// <param name="keeps">Whose record the beginning of a message becomes that never came whole; none before the sender is known.</param>
    async ValueTask<ReadOnlyMemory<byte>> Message(TcpConnection connection, CancellationToken stop, Origin? keeps = null)
    {
        var scan = default(PackScan);
        while (true)
        {
            while (!connection.Data.IsEmpty && connection.Data.Span[0] == 0xc0) connection.Take(1);
            var length = connection.Data.IsEmpty ? 0 : scan.Next(connection.Data.Span);
            if (length > 0) return connection.Data[..length];
            if (length < 0) throw new WireException("its bytes are not MessagePack.");
            if (await connection.Fill(stop)) continue;
            if (connection.Data.IsEmpty) return default;
            await Rest(connection, keeps, stop);
            return default;
        }
    }

    /// <summary>What came of a message that broke off was not acknowledged, but a sender that asks for none will not send it again: it is kept as it came.</summary>
    async ValueTask Rest(TcpConnection connection, Origin? keeps, CancellationToken stop)
    {
        connection.Listener.Refused();
        if (keeps is null) return;
        var came = connection.Data.Length;
        await connection.Append([new(connection.NowMs, keeps with { Hint = Hints.CutOff }, connection.Data[..Math.Min(came, Limits.EventBytesMax)])], stop);
        findings.Raise("intake", new("INT270", $"A connection ended inside a Fluent message, of which {came} bytes had come; they are kept as they came, and were not acknowledged.", "A sender that asks for acknowledgements sends it again; look for what ends its connections.", connection.Peer, FindingLevel.Warning));
    }

    void Found(string peer, string what) => findings.Raise("intake", new("INT036", what, "Look at what the sender's plugin writes.", peer, FindingLevel.Warning));

    // Shared key ------------------------------------------------------------------------------------------------

    async Task<bool> Greet(TcpConnection connection, string key, CancellationToken stop)
    {
        var nonce = RandomNumberGenerator.GetHexString(32);
        var helo = new ArrayBufferWriter<byte>();
        helo.Write((ReadOnlySpan<byte>)[0x92]);
        Put(helo, "HELO");
        helo.Write((ReadOnlySpan<byte>)[0x83]);
        Put(helo, "nonce");
        Put(helo, nonce);
        Put(helo, "auth");
        Put(helo, "");
        Put(helo, "keepalive");
        helo.Write((ReadOnlySpan<byte>)[0xc3]);
        await connection.Answer(helo.WrittenMemory, stop);
        var ping = await Message(connection, stop);
        var said = Texts(ping.Span);
        connection.Take(ping.Length);
        var known = said is ["PING", var host, var salt, var digest, ..] && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(digest.ToLowerInvariant()), Hex(SHA512.HashData([.. Encoding.Latin1.GetBytes(salt), .. Encoding.Latin1.GetBytes(host), .. Encoding.ASCII.GetBytes(nonce), .. Encoding.UTF8.GetBytes(key)])));
        var pong = new ArrayBufferWriter<byte>();
        pong.Write((ReadOnlySpan<byte>)[0x95]);
        Put(pong, "PONG");
        pong.Write((ReadOnlySpan<byte>)[known ? (byte)0xc3 : (byte)0xc2]);
        Put(pong, known ? "" : "shared key mismatch");
        Put(pong, "andon");
        Put(pong, known ? Encoding.ASCII.GetString(Hex(SHA512.HashData([.. Encoding.Latin1.GetBytes(said[2]), .. "andon"u8, .. Encoding.ASCII.GetBytes(nonce), .. Encoding.UTF8.GetBytes(key)]))) : "");
        await connection.Answer(pong.WrittenMemory, stop);
        return known;
    }

    /// <summary>The texts of an array, a character a byte.</summary>
    static List<string> Texts(ReadOnlySpan<byte> data)
    {
        var texts = new List<string>();
        var reader = new MsgPack(data);
        if (!reader.Next(out var array, out _) || array.Kind != PackKind.Array) return texts;
        while (texts.Count < array.Number && reader.Next(out var item, out _) && item.Kind is PackKind.Text or PackKind.Binary) texts.Add(Encoding.Latin1.GetString(reader.Bytes(item)));
        return texts;
    }

    static byte[] Hex(byte[] bytes) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes));

    static ReadOnlyMemory<byte> Pack(string[] texts, bool map)
    {
        var into = new ArrayBufferWriter<byte>();
        into.Write((ReadOnlySpan<byte>)[(byte)(map ? 0x80 + texts.Length / 2 : 0x90 + texts.Length)]);
        foreach (var text in texts) Put(into, text);
        return into.WrittenMemory;
    }

    static void Put(ArrayBufferWriter<byte> into, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        into.Write(bytes.Length < 32 ? [(byte)(0xa0 + bytes.Length)] : (ReadOnlySpan<byte>)[0xda, (byte)(bytes.Length >> 8), (byte)bytes.Length]);
        into.Write(bytes);
    }
}
