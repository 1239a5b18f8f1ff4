using System.Buffers.Binary;

namespace Andon.Intake.Collect.Uploads;

/// <summary>Counts what a zip's directory lists, without building it: a directory of millions must not fill memory.</summary>
static class ZipDirectory
{
    const int EndBytes = 22, CommentBytesMax = 65_535, HeaderBytes = 46;

    /// <summary>Entries up to one more than <paramref name="max"/>; 0 when no directory is found. The stream stands anywhere afterwards.</summary>
    public static int Count(Stream zip, int max)
    {
        var tail = new byte[(int)Math.Min(zip.Length, EndBytes + CommentBytesMax)];
        zip.Position = zip.Length - tail.Length;
        zip.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || tail.Length - end < EndBytes) return 0;
        var at = (long)BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        // Zip64 says elsewhere where its directory is; it is for more than is taken here.
        if (at == uint.MaxValue || BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(end + 10)) == ushort.MaxValue) return max + 1;
        var header = new byte[HeaderBytes];
        for (var count = 0; ; count++)
        {
            if (count > max || at + HeaderBytes > zip.Length) return count;
            zip.Position = at;
            zip.ReadExactly(header);
            if (!header.AsSpan().StartsWith("PK\x01\x02"u8)) return count;
            at += HeaderBytes + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28)) + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(30)) + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(32));
        }
    }
}
