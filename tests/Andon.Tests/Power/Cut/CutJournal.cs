using System.Buffers.Binary;
using System.Text;

namespace Andon.Tests.Power.Cut;

/// <summary>One entry of the layer's journal.</summary>
readonly record struct CutEntry(char Kind, ulong A, ulong B, string Text, ReadOnlyMemory<byte> Rest);

/// <summary>What the layer wrote down. A cut is a place in it: everything before happened, nothing after.</summary>
static class CutJournal
{
    const int HeadBytes = 25;

    /// <summary>Places at which something had just been changed and nothing after was flushed yet, from one place on: where a cut hurts most.</summary>
    public static List<int> Changes(ReadOnlySpan<byte> journal, long from)
    {
        var ends = new List<int>();
        for (var at = 0; at + HeadBytes <= journal.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(journal[at..]);
            if (at + length > journal.Length) break;
            var changes = journal[at + 4] is (byte)'W' or (byte)'T' or (byte)'O' or (byte)'R' or (byte)'U' or (byte)'M' or (byte)'X' or (byte)'L';
            at += length;
            if (changes && at > from) ends.Add(at);
        }
        return ends;
    }

    /// <summary>Where the account of what stood in the folder before ends.</summary>
    public static long Base(ReadOnlySpan<byte> journal)
    {
        for (var at = 0; at + HeadBytes <= journal.Length;)
        {
            var kind = journal[at + 4];
            at += BinaryPrimitives.ReadInt32LittleEndian(journal[at..]);
            if (kind == (byte)'B') return at;
        }
        return journal.Length;
    }

    /// <summary>The whole entries of its first so many bytes.</summary>
    public static IEnumerable<CutEntry> Read(ReadOnlyMemory<byte> journal)
    {
        for (var at = 0; at + HeadBytes <= journal.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(journal.Span[at..]);
            if (at + length > journal.Length) yield break;
            var entry = journal.Slice(at, length);
            var text = BinaryPrimitives.ReadInt32LittleEndian(entry.Span[21..]);
            yield return new((char)entry.Span[4], BinaryPrimitives.ReadUInt64LittleEndian(entry.Span[5..]), BinaryPrimitives.ReadUInt64LittleEndian(entry.Span[13..]),
                Encoding.UTF8.GetString(entry.Span.Slice(HeadBytes, text)), entry[(HeadBytes + text)..]);
            at += length;
        }
    }
}
