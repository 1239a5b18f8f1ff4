using System.Buffers.Binary;
using System.Text;

namespace Andon.Tests.Power.Cut;

/// <summary>One entry of the layer's journal.</summary>
readonly record struct CutEntry(char Kind, ulong A, ulong B, string Text, ReadOnlyMemory<byte> Rest);

/// <summary>What the layer wrote down. A cut is a place in it: everything before happened, nothing after.</summary>
static class CutJournal
{
    const int HeadBytes = 25;

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
