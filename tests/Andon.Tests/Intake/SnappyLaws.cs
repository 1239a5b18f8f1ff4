using Andon.Intake.Collect;

namespace Andon.Tests.Intake;

public sealed class SnappyLaws
{
    /// <summary>A block of random pieces, with the text that it stands for: every kind of piece, copies that reach into themselves, long texts.</summary>
    static (byte[] Packed, byte[] Plain) Block(Random random)
    {
        var (packed, plain) = (new List<byte>(), new List<byte>());
        for (var pieces = random.Next(1, 30); pieces > 0; pieces--)
        {
            var kind = plain.Count == 0 ? 0 : random.Next(4);
            if (kind == 0)
            {
                var text = new byte[random.Next(4) switch { 0 => random.Next(1, 61), 1 => random.Next(61, 257), 2 => random.Next(257, 3000), _ => random.Next(1, 9) }];
                random.NextBytes(text);
                Text(packed, text, random);
                plain.AddRange(text);
                continue;
            }
            var back = Math.Min(kind switch { 1 => random.Next(1, 2048), 2 => random.Next(1, 65536), _ => random.Next(1, int.MaxValue) }, plain.Count);
            if (random.Next(3) == 0) back = Math.Min(back, random.Next(1, 5));
            var length = kind == 1 ? random.Next(4, 12) : random.Next(1, 65);
            packed.AddRange(kind switch
            {
                1 => [(byte)(1 | (length - 4) << 2 | back >> 8 << 5), (byte)back],
                2 => [(byte)(2 | (length - 1) << 2), (byte)back, (byte)(back >> 8)],
                _ => [(byte)(3 | (length - 1) << 2), .. BitConverter.GetBytes(back)],
            });
            for (var i = 0; i < length; i++) plain.Add(plain[^back]);
        }
        return ([.. Length(plain.Count), .. packed], [.. plain]);
    }

    // A length may be written longer than it must be.
    static void Text(List<byte> into, byte[] text, Random random)
    {
        var size = text.Length - 1;
        var bytes = size < 60 && random.Next(3) > 0 ? 0 : Math.Max(size < 256 ? 1 : size < 65536 ? 2 : 3, random.Next(1, 5));
        into.Add((byte)((bytes == 0 ? size : 59 + bytes) << 2));
        for (var i = 0; i < bytes; i++) into.Add((byte)(size >> (8 * i)));
        into.AddRange(text);
    }

    public static byte[] Length(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    /// <summary>A block that holds its text as it is.</summary>
    public static byte[] Pack(byte[] plain)
    {
        var packed = new List<byte>(Length(plain.Length));
        foreach (var part in plain.Chunk(60_000)) Text(packed, part, new(1));
        return [.. packed];
    }

    [Xunit.Fact]
    public void Every_piece_is_read()
    {
        var random = new Random(20260301);
        for (var round = 0; round < 2000; round++)
        {
            var (packed, plain) = Block(random);
            if (plain.Length > packed.Length * 20) continue; // Nobody packs so well.
            Assert.Equal(plain, Snappy.Unpack(packed, 1 << 20, out _));
            Assert.Null(Snappy.Unpack(packed, plain.Length - 1, out var why));
            Assert.Contains("longer", why, StringComparison.Ordinal);
            Assert.Null(Snappy.Unpack(packed.AsSpan(..^1), 1 << 20, out _));
        }
    }

    [Xunit.Fact]
    public void Random_bytes_break_nothing_and_a_lie_about_the_length_costs_nothing()
    {
        var random = new Random(20260302);
        for (var round = 0; round < 20_000; round++)
        {
            var (packed, _) = Block(random);
            for (var changes = random.Next(1, 4); changes > 0; changes--) packed[random.Next(packed.Length)] = (byte)random.Next(256);
            Assert.InRange(Snappy.Unpack(packed.AsSpan(..random.Next(packed.Length + 1)), 100_000, out _)?.Length ?? 0, 0, 100_000);
        }
        byte[] lie = [.. Length(32 << 20), 0, (byte)'x'];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(Snappy.Unpack(lie, 64 << 20, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }
}
