using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Andon.Store.Events;

/// <summary>Bytes that grow in one rented array.</summary>
sealed class ByteBuffer : IDisposable
{
    byte[] data = ArrayPool<byte>.Shared.Rent(256);

    public int Length { get; private set; }
    public ReadOnlyMemory<byte> Memory => data.AsMemory(0, Length);
    public ReadOnlySpan<byte> Slice(int start, int length) => data.AsSpan(start, length);

    public Span<byte> Add(int length)
    {
        if (data.Length - Length < length)
        {
            var bigger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + length), data.Length * 2));
            data.AsSpan(0, Length).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(data);
            data = bigger;
        }
        Length += length;
        return data.AsSpan(Length - length, length);
    }

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Add(bytes.Length));
    public void Add(byte value) => Add(1)[0] = value;
    public void Add(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Add(8), value);

    public void AddVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Add((byte)(value | 0x80));
        Add((byte)value);
    }

    /// <summary>A string as Native has it: length, bytes. Any bytes.</summary>
    public void AddText(ReadOnlySpan<byte> bytes)
    {
        AddVarint((ulong)bytes.Length);
        Add(bytes);
    }

    public void AddText(string text) => AddText(Encoding.UTF8.GetBytes(text));

    public void Clear() => Length = 0;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(data);
        data = [];
        Length = 0;
    }
}

/// <summary>
/// Bytes that grow piece by piece: what is written never moves, and the pieces stay for the next block, so that a column which is filled
/// again and again allocates nothing. Pieces grow with what is in them, for a thousand days may each have a block.
/// </summary>
sealed class PieceBuffer : IDisposable
{
    const int PieceBytesMin = 256, PieceBytesMax = 64 << 10;

    readonly List<byte[]> pieces = [];
    readonly List<int> filled = [];
    byte[] piece = [];
    int at = -1, used;
    long before;

    public long Length => before + used;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Add(int length)
    {
        var start = used;
        if (piece.Length - start < length) return Next(length);
        used = start + length;
        return piece.AsSpan(start, length);
    }

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Add(bytes.Length));
    public void Add(byte value) => Add(1)[0] = value;
    public void Add(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Add(4), value);
    public void Add(long value) => BinaryPrimitives.WriteInt64LittleEndian(Add(8), value);
    public void Add(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Add(8), value);

    /// <summary>A string as Native has it: length, bytes. Any bytes.</summary>
    public void AddText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 0x80)
        {
            var all = Add(bytes.Length + 1);
            all[0] = (byte)bytes.Length;
            bytes.CopyTo(all[1..]);
            return;
        }
        var value = (uint)bytes.Length;
        for (; value >= 0x80; value >>= 7) Add((byte)(value | 0x80));
        Add((byte)value);
        Add(bytes);
    }

    public void AddText(string text)
    {
        Span<byte> utf8 = stackalloc byte[512];
        if (Encoding.UTF8.TryGetBytes(text, utf8, out var length)) AddText(utf8[..length]);
        else AddText(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The same value of that many bytes, so many times.</summary>
    public void Repeat(ulong value, int bytes, int times)
    {
        if (value == 0)
        {
            for (var left = (long)bytes * times; left > 0;)
            {
                var step = (int)Math.Min(left, PieceBytesMin);
                Add(step).Clear();
                left -= step;
            }
            return;
        }
        Span<byte> one = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(one, value);
        for (var i = 0; i < times; i++) Add(one[..bytes]);
    }

    public int Pieces => at + 1;
    public ReadOnlyMemory<byte> Piece(int index) => pieces[index].AsMemory(0, index == at ? used : filled[index]);

    public async ValueTask WriteTo(Stream to, CancellationToken stop)
    {
        for (var i = 0; i < Pieces; i++)
            if (Piece(i) is { Length: > 0 } bytes) await to.WriteAsync(bytes, stop);
    }

    public void Clear()
    {
        if (at < 0) return;
        (at, used, before) = (0, 0, 0);
        piece = pieces[0];
    }

    public void Dispose()
    {
        foreach (var one in pieces) ArrayPool<byte>.Shared.Return(one);
        pieces.Clear();
        filled.Clear();
        (piece, at, used, before) = ([], -1, 0, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    Span<byte> Next(int length)
    {
        if (at >= 0) filled[at] = used;
        before += used;
        at++;
        if (at == pieces.Count)
        {
            pieces.Add(ArrayPool<byte>.Shared.Rent(Math.Max(length, (int)Math.Clamp(before, PieceBytesMin, PieceBytesMax))));
            filled.Add(0);
        }
        else if (pieces[at].Length < length)
        {
            ArrayPool<byte>.Shared.Return(pieces[at]);
            pieces[at] = ArrayPool<byte>.Shared.Rent(length);
        }
        piece = pieces[at];
        used = length;
        return piece.AsSpan(0, length);
    }
}
