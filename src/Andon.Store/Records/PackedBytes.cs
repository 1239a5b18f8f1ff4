using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Andon.Store.Records;

/// <summary>
/// A sealed segment, packed block by block, so that any place can be read by unpacking one block. Little endian:
/// <code>
/// head   "ANDONPAK" 8 | version 4 | block bytes 4 | length 8 | the segment's own header | check 4
/// blocks Brotli, or the bytes as they are where packing gains nothing (then the length is the block's own)
/// index  for each block: offset 8 | length 4 | check 4
/// tail   index offset 8 | blocks 4 | check of the index 4 | "ANDONPAK" 8
/// </code>
/// A block that does not hold reads as zeros: the walk over frames then reports and steps over it as over any damage.
/// </summary>
internal sealed class PackedBytes : SegmentBytes
{
    public const int BlockBytes = 256 << 10;
    const int Quality = 3; // Measured: docs/decisions/0016-keeping.md.
    const int Window = 18;
    const uint Version = 1;
    const int HeadBytes = 24 + SegmentHeader.Bytes + 4;
    const int TailBytes = 24;
    const int EntryBytes = 16;
    static ReadOnlySpan<byte> Magic => "ANDONPAK"u8;

    readonly SafeFileHandle handle;
    readonly byte[] index;
    readonly int blockBytes;
    byte[] block = [];
    byte[] packed = [];
    int blockNumber = -1;
    int blockFilled;

    /// <summary>Reads head and index. Throws <see cref="InvalidDataException"/> when they do not hold.</summary>
    public PackedBytes(SafeFileHandle handle)
    {
        this.handle = handle;
        (Header, Length, blockBytes) = ReadHead(handle) ?? throw new InvalidDataException("The head of a packed segment does not hold.");
        index = ReadIndex(handle) ?? throw new InvalidDataException("The index of a packed segment does not hold.");
        if (index.Length / EntryBytes != (Length + blockBytes - 1) / blockBytes) throw new InvalidDataException("The index of a packed segment has another number of blocks than its length says.");
    }

    public SegmentHeader Header { get; }

    /// <summary>Bytes of the segment as it was written.</summary>
    public long Length { get; }

    public override int Read(Span<byte> to, long at)
    {
        if (at >= Length) return 0;
        var number = (int)(at / blockBytes);
        if (number != blockNumber) Unpack(number);
        var from = (int)(at - (long)number * blockBytes);
        var count = Math.Min(to.Length, blockFilled - from);
        block.AsSpan(from, count).CopyTo(to);
        return count;
    }

    void Unpack(int number)
    {
        if (block.Length == 0) block = ArrayPool<byte>.Shared.Rent(blockBytes);
        blockNumber = number;
        blockFilled = (int)Math.Min(blockBytes, Length - (long)number * blockBytes);
        var to = block.AsSpan(0, blockFilled);
        var entry = index.AsSpan(number * EntryBytes, EntryBytes);
        var offset = BinaryPrimitives.ReadInt64LittleEndian(entry);
        var length = BinaryPrimitives.ReadInt32LittleEndian(entry[8..]);
        if (packed.Length < length)
        {
            if (packed.Length > 0) ArrayPool<byte>.Shared.Return(packed);
            packed = ArrayPool<byte>.Shared.Rent(length);
        }
        var from = packed.AsSpan(0, length);
        var holds = Fill(handle, from, offset) && Frame.Check(Version, from) == BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
        if (holds && length == blockFilled) from.CopyTo(to);
        else if (!holds || !BrotliDecoder.TryDecompress(from, to, out var written) || written != to.Length) to.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        handle.Dispose();
        if (block.Length > 0) ArrayPool<byte>.Shared.Return(block);
        if (packed.Length > 0) ArrayPool<byte>.Shared.Return(packed);
        (block, packed) = ([], []);
    }

    /// <summary>What a packed file says of itself, without unpacking; null when it does not hold.</summary>
    public static (SegmentHeader Header, long Length)? Head(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return ReadHead(handle) is { } head && ReadIndex(handle) is not null ? (head.Header, head.Length) : null;
    }

    /// <summary>Packs so many bytes of a segment into a new file; durable on return but for its name. False when it was told to end early.</summary>
    public static bool Write(string path, SegmentBytes from, SegmentHeader header, long length, Func<bool> goOn)
    {
        var plain = ArrayPool<byte>.Shared.Rent(BlockBytes);
        var packed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(BlockBytes));
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
            Span<byte> head = stackalloc byte[HeadBytes];
            Magic.CopyTo(head);
            BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Version);
            BinaryPrimitives.WriteInt32LittleEndian(head[12..], BlockBytes);
            BinaryPrimitives.WriteInt64LittleEndian(head[16..], length);
            header.Write(head[24..]);
            BinaryPrimitives.WriteUInt32LittleEndian(head[^4..], Frame.Check(Version, head[..^4]));
            RandomAccess.Write(handle, head, 0);

            var blocks = (int)((length + BlockBytes - 1) / BlockBytes);
            var index = new byte[blocks * EntryBytes + TailBytes];
            long at = HeadBytes;
            for (var number = 0; number < blocks; number++)
            {
                if (!goOn()) return false;
                var source = plain.AsSpan(0, (int)Math.Min(BlockBytes, length - (long)number * BlockBytes));
                if (!Fill(from, source, (long)number * BlockBytes)) throw new EndOfStreamException("A segment is shorter than it was.");
                ReadOnlySpan<byte> written = BrotliEncoder.TryCompress(source, packed, out var count, Quality, Window) && count < source.Length ? packed.AsSpan(0, count) : source;
                RandomAccess.Write(handle, written, at);
                var entry = index.AsSpan(number * EntryBytes);
                BinaryPrimitives.WriteInt64LittleEndian(entry, at);
                BinaryPrimitives.WriteInt32LittleEndian(entry[8..], written.Length);
                BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], Frame.Check(Version, written));
                at += written.Length;
            }
            var tail = index.AsSpan(blocks * EntryBytes);
            BinaryPrimitives.WriteInt64LittleEndian(tail, at);
            BinaryPrimitives.WriteInt32LittleEndian(tail[8..], blocks);
            BinaryPrimitives.WriteUInt32LittleEndian(tail[12..], Frame.Check(Version, index.AsSpan(0, blocks * EntryBytes)));
            Magic.CopyTo(tail[16..]);
            RandomAccess.Write(handle, index, at);
            DurableFiles.Flush(handle);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    static (SegmentHeader Header, long Length, int BlockBytes)? ReadHead(SafeFileHandle handle)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        if (!Fill(handle, head, 0) || !head.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(head[^4..]) != Frame.Check(Version, head[..^4])) return null;
        var version = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        if (version != Version) throw new NotSupportedException($"A packed record segment has format {version}; this program reads format {Version}. Use the program that wrote it or a newer one.");
        var block = BinaryPrimitives.ReadInt32LittleEndian(head[12..]);
        return SegmentHeader.TryRead(head[24..], out var header) && block > 0 ? (header, BinaryPrimitives.ReadInt64LittleEndian(head[16..]), block) : null;
    }

    static byte[]? ReadIndex(SafeFileHandle handle)
    {
        Span<byte> tail = stackalloc byte[TailBytes];
        var length = RandomAccess.GetLength(handle);
        if (length < HeadBytes + TailBytes || !Fill(handle, tail, length - TailBytes) || !tail[16..].SequenceEqual(Magic)) return null;
        var (at, blocks) = (BinaryPrimitives.ReadInt64LittleEndian(tail), BinaryPrimitives.ReadInt32LittleEndian(tail[8..]));
        if (blocks < 0 || at < HeadBytes || at + (long)blocks * EntryBytes != length - TailBytes) return null;
        var index = new byte[blocks * EntryBytes];
        return Fill(handle, index, at) && Frame.Check(Version, index) == BinaryPrimitives.ReadUInt32LittleEndian(tail[12..]) ? index : null;
    }

    static bool Fill(SafeFileHandle handle, Span<byte> to, long at)
    {
        for (int read; to.Length > 0; to = to[read..], at += read)
            if ((read = RandomAccess.Read(handle, to, at)) == 0) return false;
        return true;
    }

    static bool Fill(SegmentBytes from, Span<byte> to, long at)
    {
        for (int read; to.Length > 0; to = to[read..], at += read)
            if ((read = from.Read(to, at)) == 0) return false;
        return true;
    }
}
