using System.Buffers.Binary;
using Andon.Model;

namespace Andon.Intake.Collect.Evtx;

/// <summary>
/// Event logs of Windows (.evtx): each record as JSON text with the members <c>Event.System</c> and <c>Event.EventData</c> or
/// <c>Event.UserData</c>, attributes under <c>#attributes</c>, event data by its names. The normaliser reads that shape.
/// </summary>
public static class EvtxFile
{
    internal const int HeaderBytes = 4096, ChunkBytes = 65_536;

    /// <summary>Do these first bytes of a file say that it is an event log?</summary>
    public static bool Begins(ReadOnlySpan<byte> file) => file.StartsWith("ElfFile\0"u8);

    /// <summary>
    /// The records in the order of the file, in flat memory; each stays valid. How many chunks there are is told by the file's length,
    /// not by its header. Damage never throws: what can be read is given, and at the end a finding per kind of damage with its count.
    /// Records in the unused rest of a chunk are old ones, and are left out.
    /// </summary>
    /// <param name="recover">Also what looks like a record behind a place where a chunk's records break off, and a record that is torn.</param>
    public static IEnumerable<ReadOnlyMemory<byte>> Read(Stream file, Action<Finding> found, bool recover)
    {
        var damage = new Damage(found);
        try
        {
            var chunk = new Chunk(damage, recover);
            var events = new RecordJson(chunk.Bytes, damage);
            var used = Header(file, chunk.Bytes, damage);
            while (chunk.Load(file, used))
                while (chunk.Next() is { } place)
                    yield return events.Write(place);
        }
        finally
        {
            damage.Report();
        }
    }

    // Returns how many chunks the header says are in use.
    static int Header(Stream file, byte[] bytes, Damage damage)
    {
        var length = Fill(file, bytes.AsSpan(0, HeaderBytes), damage);
        var header = bytes.AsSpan(0, length);
        if (!Begins(header) || length < HeaderBytes)
        {
            damage.Add(Harm.NoHeader);
            return 0;
        }
        if (Crc32.Append(0, header[..120]) != BinaryPrimitives.ReadUInt32LittleEndian(header[124..])) damage.Add(Harm.HeaderSum);
        return BinaryPrimitives.ReadUInt16LittleEndian(header[42..]);
    }

    /// <summary>As many bytes as there are. A stream that breaks (a bad zip, a disk error) ends there.</summary>
    internal static int Fill(Stream file, Span<byte> bytes, Damage damage)
    {
        var length = 0;
        try
        {
            while (length < bytes.Length && file.Read(bytes[length..]) is > 0 and var read) length += read;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            damage.Add(Harm.Unreadable);
        }
        return length;
    }
}
