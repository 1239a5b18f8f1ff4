using System.IO.Compression;
using System.Runtime.InteropServices;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>
/// Lumberjack, as Filebeat, Winlogbeat and Logstash send to a Logstash. A number is acknowledged when its document is on disk, and with it all
/// before; while the disk lets wait, the last number is said again, so that the sender knows we are there. Version 1 is read too, and answered
/// in its own words.
/// </summary>
sealed class LumberjackWire(int documentBytesMax) : IWire
{
    public Task Serve(TcpConnection connection, CancellationToken stop) => new Session(connection, documentBytesMax).Serve(stop);

    sealed class Session(TcpConnection connection, int documentBytesMax)
    {
        readonly Origin origin = new(connection.Listener.Name, connection.Peer);
        readonly List<RecordDraft> drafts = [];
        byte[] window = [];
        byte version = (byte)'2';
        uint last, told;
        bool unpacking;

        public async Task Serve(CancellationToken stop)
        {
            while (true)
            {
                var taken = await Frame(connection.Data, stop);
                if (taken > 0)
                {
                    var here = (int)Math.Min(taken, connection.Data.Length);
                    connection.Take(here);
                    if (taken == here) continue;
                    await Flush(stop); // What was taken moves when more is read.
                    if (!await connection.Skip(taken - here, stop)) return;
                    continue;
                }
                // All that is here is taken, or waits for its rest: what is taken goes to the disk, and is answered.
                await Flush(stop);
                if (!await connection.Fill(stop)) return; // What was not acknowledged is sent again.
            }
        }

        /// <summary>Takes the frame that begins these bytes; gives its length, which may reach beyond them, or 0 while too little of it is here.</summary>
        async ValueTask<long> Frame(ReadOnlyMemory<byte> data, CancellationToken stop)
        {
            var frame = LumberjackFrame.Read(data.Span);
            switch (frame.Kind)
            {
                case FrameKind.More: return 0;
                case FrameKind.Window:
                    (version, told) = (frame.Version, 0); // Numbers begin anew.
                    return frame.Head;
                case FrameKind.Json or FrameKind.Pairs: return await Document(frame, data, stop);
                case FrameKind.Packed when unpacking: return await Wrong("a compressed frame stands in a compressed frame.", stop);
                case FrameKind.Packed when frame.Length > Limits.LumberjackBytesMax:
                    return await Wrong($"a compressed frame is longer than {Limits.LumberjackBytesMax} bytes; set the sender's bulk_max_size lower.", stop);
                case FrameKind.Packed:
                    if (data.Length < frame.Head + frame.Length) return 0;
                    await Unpack(data.Slice(frame.Head, (int)frame.Length), stop);
                    return frame.Head + frame.Length;
                default: return await Wrong("its bytes are no frame of Lumberjack, version 1 or 2.", stop);
            }
        }

        async ValueTask<long> Document(LumberjackFrame frame, ReadOnlyMemory<byte> data, CancellationToken stop)
        {
            var kept = (int)Math.Min(frame.Length, documentBytesMax);
            if (data.Length < frame.Head + kept) return 0;
            // A number that goes back begins a window: what came before it is answered before.
            if (frame.Number <= last) await Flush(stop);
            var document = data.Slice(frame.Head, kept);
            if (frame.Kind == FrameKind.Pairs && kept == frame.Length) document = LumberjackFrame.Object(document.Span);
            if (frame.Kind == FrameKind.Pairs && (kept < frame.Length || document.Length > Limits.EventBytesMax)) return await Wrong($"the pairs of a document are longer than {documentBytesMax} bytes.", stop);
            if (kept < frame.Length) connection.Listener.Oversized();
            (version, last) = (frame.Version, frame.Number);
            drafts.Add(new(connection.NowMs, kept < frame.Length ? origin with { Hint = Hints.Oversized } : origin, document));
            if (drafts.Count == Limits.AppendRecordsMax) await Flush(stop);
            return frame.Head + frame.Length;
        }

        /// <summary>The frames of a compressed one, taken as they come out: memory holds one document, however many there are.</summary>
        async ValueTask Unpack(ReadOnlyMemory<byte> packed, CancellationToken stop)
        {
            unpacking = true;
            using var zlib = new ZLibStream(MemoryMarshal.TryGetArray(packed, out var bytes) ? new MemoryStream(bytes.Array ?? [], bytes.Offset, bytes.Count) : new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            if (window.Length == 0) window = new byte[Limits.ReadBytes];
            var (at, filled, total, skip) = (0, 0, 0L, 0L);
            while (true)
            {
                while (skip == 0 && await Frame(window.AsMemory(at, filled - at), stop) is > 0 and var taken)
                {
                    var here = (int)Math.Min(taken, filled - at);
                    at += here;
                    skip = taken - here;
                }
                await Flush(stop); // What was taken moves now.
                if (skip > 0) at = filled;
                window.AsSpan(at, filled - at).CopyTo(window);
                (at, filled) = (0, filled - at);
                if (filled == window.Length)
                {
                    if (filled > documentBytesMax) await Wrong($"a document is longer than {documentBytesMax} bytes.", stop);
                    Array.Resize(ref window, window.Length * 2);
                }
                else if (filled == 0 && total > Limits.BurstBytes && window.Length < Limits.BurstBytes) window = new byte[Limits.BurstBytes]; // Fewer, larger appends.
                var read = Read(zlib, filled);
                if (read == 0) break;
                if ((total += read) > Limits.LumberjackUnpackedMax) await Wrong($"a compressed frame holds more than {Limits.LumberjackUnpackedMax} bytes.", stop);
                var passed = (int)Math.Min(skip, read);
                skip -= passed;
                if (passed > 0) window.AsSpan(filled + passed, read - passed).CopyTo(window.AsSpan(filled));
                filled += read - passed;
            }
            if (filled > 0 || skip > 0) throw new WireException("a compressed frame ends inside a document.");
            unpacking = false;
        }

        int Read(ZLibStream zlib, int filled)
        {
            try
            {
                return zlib.Read(window, filled, window.Length - filled);
            }
            catch (InvalidDataException)
            {
                throw new WireException("a compressed frame is broken.");
            }
        }

        async ValueTask<long> Wrong(string why, CancellationToken stop)
        {
            await Flush(stop); // What was good before it is kept, and answered.
            throw new WireException(why);
        }

        /// <summary>Puts what was taken on disk and acknowledges it; while that takes long the sender hears that we are there.</summary>
        async ValueTask Flush(CancellationToken stop)
        {
            if (drafts.Count == 0) return;
            var appending = connection.Append(drafts, stop).AsTask();
            while (!appending.IsCompleted)
            {
                using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
                var alive = connection.Pause(Limits.LumberjackAliveMs, waiting.Token);
                if (await Task.WhenAny(appending, alive) == alive && alive.IsCompletedSuccessfully) await connection.Answer(LumberjackFrame.Ack(version, told), stop);
                await waiting.CancelAsync();
            }
            await appending;
            told = last;
            await connection.Answer(LumberjackFrame.Ack(version, last), stop);
        }
    }
}
