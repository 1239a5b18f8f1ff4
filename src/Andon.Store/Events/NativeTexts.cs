using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Andon.Store.Events;

/// <summary>Texts one after the other, as a column or as a part of one.</summary>
abstract class NativeTexts : IDisposable
{
    public static NativeTexts Of(string type) => type switch
    {
        "String" => new PlainTexts(),
        "LowCardinality(String)" => new DictionaryTexts(),
        _ => throw new InvalidOperationException($"{type} holds no texts."),
    };

    public int Count { get; private set; }
    /// <summary>What stands before everything else of the column.</summary>
    public abstract ReadOnlyMemory<byte> Prefix { get; }
    public abstract long Bytes { get; }

    public void Add(ReadOnlySpan<byte> value)
    {
        Put(value);
        Count++;
    }

    public void Add(string value)
    {
        Span<byte> utf8 = stackalloc byte[512];
        if (Encoding.UTF8.TryGetBytes(value, utf8, out var length)) Add(utf8[..length]);
        else Add(Encoding.UTF8.GetBytes(value));
    }

    public void AddEmpty(int times)
    {
        PutEmpty(times);
        Count += times;
    }

    public abstract ValueTask WriteTo(Stream to, CancellationToken stop);

    public void Clear()
    {
        Count = 0;
        Empty();
    }

    public abstract void Dispose();
    protected abstract void Put(ReadOnlySpan<byte> value);
    protected abstract void PutEmpty(int times);
    protected abstract void Empty();
}

sealed class PlainTexts : NativeTexts
{
    readonly PieceBuffer bytes = new();

    public override ReadOnlyMemory<byte> Prefix => default;
    public override long Bytes => bytes.Length;
    public override ValueTask WriteTo(Stream to, CancellationToken stop) => bytes.WriteTo(to, stop);
    public override void Dispose() => bytes.Dispose();
    protected override void Put(ReadOnlySpan<byte> value) => bytes.AddText(value);
    protected override void PutEmpty(int times) => bytes.Repeat(0, 1, times);
    protected override void Empty() => bytes.Clear();
}

/// <summary>
/// Each text once and for each row its number: LowCardinality as the engine keeps it. Sent as plain strings, the names in the maps alone were three
/// times the raw bytes, and the engine looked each of them up.
/// </summary>
sealed class DictionaryTexts : NativeTexts
{
    // Of ClickHouse's SerializationLowCardinality: keys come with the data, and the table's own dictionary takes them up.
    const ulong Version = 1, AdditionalKeys = 1 << 9, UpdateDictionary = 1 << 10;
    const int SlotsMin = 64, IndexBytes = sizeof(int);

    static readonly ReadOnlyMemory<byte> VersionBytes = Number(Version);
    // Texts come from log lines: whoever writes those must not choose which of them fall together.
    static readonly ulong SeedOne = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)), SeedTwo = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    /// <param name="After">Which text came after this one when it came last: texts keep company.</param>
    record struct Known(int Start, int Length, uint Hash, int After);

    readonly ByteBuffer texts = new();
    readonly PieceBuffer indexes = new();
    Known[] known = new Known[SlotsMin];
    int[] slots = new int[SlotsMin * 2];
    int count, last;

    public override ReadOnlyMemory<byte> Prefix => VersionBytes;
    public override long Bytes => Count == 0 ? 0 : 3 * sizeof(ulong) + KeyBytes + (long)Count * Width;

    int Width => count <= 1 << 8 ? 1 : count <= 1 << 16 ? 2 : 4;

    // The empty text is always the first.
    int KeyBytes => texts.Length + 1;

    public DictionaryTexts() => Empty();

    protected override void Put(ReadOnlySpan<byte> value)
    {
        ref var before = ref known[last];
        var guess = before.After;
        if (guess >= count || !value.SequenceEqual(TextOf(known[guess])))
        {
            guess = value.IsEmpty ? 0 : Find(value);
            known[last].After = guess;
        }
        last = guess;
        indexes.Add((uint)guess);
    }

    protected override void PutEmpty(int times) => indexes.Repeat(0, IndexBytes, times);

    protected override void Empty()
    {
        texts.Clear();
        indexes.Clear();
        Array.Clear(slots);
        known[0] = default;
        (count, last) = (1, 0);
    }

    public override void Dispose()
    {
        texts.Dispose();
        indexes.Dispose();
    }

    public override async ValueTask WriteTo(Stream to, CancellationToken stop)
    {
        if (Count == 0) return;
        var kind = Width switch { 1 => 0UL, 2 => 1UL, _ => 2UL };
        await to.WriteAsync(Number(kind | AdditionalKeys | UpdateDictionary), stop);
        await to.WriteAsync(Number((ulong)count), stop);
        await to.WriteAsync(new byte[1], stop);
        await to.WriteAsync(texts.Memory, stop);
        await to.WriteAsync(Number((ulong)Count), stop);
        if (Width == IndexBytes)
        {
            await indexes.WriteTo(to, stop);
            return;
        }
        var narrow = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            for (var i = 0; i < indexes.Pieces; i++)
                await to.WriteAsync(narrow.AsMemory(0, Narrow(indexes.Piece(i).Span, narrow, Width)), stop);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(narrow);
        }
    }

    static int Narrow(ReadOnlySpan<byte> piece, Span<byte> into, int width)
    {
        var wide = MemoryMarshal.Cast<byte, int>(piece);
        if (width == 1)
        {
            for (var i = 0; i < wide.Length; i++) into[i] = (byte)wide[i];
            return wide.Length;
        }
        var half = MemoryMarshal.Cast<byte, ushort>(into);
        for (var i = 0; i < wide.Length; i++) half[i] = (ushort)wide[i];
        return wide.Length * 2;
    }

    ReadOnlySpan<byte> TextOf(in Known one) => texts.Slice(one.Start, one.Length);

    int Find(ReadOnlySpan<byte> value)
    {
        var hash = Hash(value);
        var mask = slots.Length - 1;
        var slot = (int)hash & mask;
        for (; slots[slot] is > 0 and var index; slot = (slot + 1) & mask)
            if (known[index].Hash == hash && value.SequenceEqual(TextOf(known[index]))) return index;

        if (count == known.Length) Array.Resize(ref known, count * 2);
        texts.AddText(value);
        known[count] = new(texts.Length - value.Length, value.Length, hash, 0);
        slots[slot] = count;
        if (++count * 2 > slots.Length) Grow();
        return count - 1;
    }

    void Grow()
    {
        slots = new int[slots.Length * 2];
        var mask = slots.Length - 1;
        for (var index = 1; index < count; index++)
        {
            var slot = (int)known[index].Hash & mask;
            while (slots[slot] != 0) slot = (slot + 1) & mask;
            slots[slot] = index;
        }
    }

    // Sixteen bytes at a time, each pair multiplied to 128 bits and folded.
    static uint Hash(ReadOnlySpan<byte> value)
    {
        var hash = SeedOne ^ (ulong)value.Length;
        for (; value.Length > 16; value = value[16..]) hash = Mixed(Word(value) ^ SeedTwo, Word(value[8..]) ^ hash);
        Span<byte> end = stackalloc byte[16];
        end.Clear();
        value.CopyTo(end);
        hash = Mixed(Word(end) ^ SeedTwo, Word(end[8..]) ^ hash);
        return (uint)(hash ^ hash >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Mixed(ulong one, ulong other) => Math.BigMul(one, other, out var low) ^ low;

    static ulong Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    static byte[] Number(ulong value)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
