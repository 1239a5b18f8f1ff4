using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Andon.Store.Facts;

/// <summary>A fact as it is stored.</summary>
internal sealed record FactRow(long Seq, long AtMs, string Actor, string Cause, string Type, string Body);

/// <summary>The first fact at which the chain does not hold.</summary>
public sealed record FactFault(long Seq, string Why);

/// <summary>
/// Each fact's hash covers the one before, so a change of any old fact shows unless everything after it was written anew. SHA-256 over
/// the previous hash, number, time, and the UTF-8 texts, each behind its length.
/// </summary>
internal static class FactChain
{
    public const int HashBytes = 32;

    /// <summary>What stands before the first fact.</summary>
    public static byte[] Genesis() => new byte[HashBytes];

    public static byte[] Next(ReadOnlySpan<byte> previous, FactRow row)
    {
        var size = HashBytes + 2 * sizeof(long) + Size(row.Actor) + Size(row.Cause) + Size(row.Type) + Size(row.Body);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var at = buffer.AsSpan();
            previous.CopyTo(at);
            at = at[HashBytes..];
            BinaryPrimitives.WriteInt64LittleEndian(at, row.Seq);
            BinaryPrimitives.WriteInt64LittleEndian(at[sizeof(long)..], row.AtMs);
            at = at[(2 * sizeof(long))..];
            Put(ref at, row.Actor);
            Put(ref at, row.Cause);
            Put(ref at, row.Type);
            Put(ref at, row.Body);
            return SHA256.HashData(buffer.AsSpan(0, buffer.Length - at.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static int Size(string text) => sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length);

    static void Put(ref Span<byte> at, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, at[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(at, length);
        at = at[(sizeof(int) + length)..];
    }
}
