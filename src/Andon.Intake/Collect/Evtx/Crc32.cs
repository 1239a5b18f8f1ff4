using System.Buffers.Binary;

namespace Andon.Intake.Collect.Evtx;

/// <summary>The checksum of event log files: CRC-32 of ISO 3309 (polynomial 0xEDB88320), eight bytes a step.</summary>
static class Crc32
{
    static readonly uint[] Table = Make();

    static uint[] Make()
    {
        var table = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
            table[i] = crc;
        }
        for (var i = 256; i < table.Length; i++) table[i] = table[i - 256] >> 8 ^ table[table[i - 256] & 0xFF];
        return table;
    }

    /// <summary>Goes on from <paramref name="crc"/>, which is 0 at the beginning.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        static uint Of(int row, uint value) => Table[(row << 8) + (int)(value & 0xFF)];
        while (bytes.Length >= 8)
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = Of(7, low) ^ Of(6, low >> 8) ^ Of(5, low >> 16) ^ Of(4, low >> 24) ^ Of(3, high) ^ Of(2, high >> 8) ^ Of(1, high >> 16) ^ Of(0, high >> 24);
            bytes = bytes[8..];
        }
        foreach (var b in bytes) crc = crc >> 8 ^ Of(0, crc ^ b);
        return ~crc;
    }
}
