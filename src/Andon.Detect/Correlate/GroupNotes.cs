using System.Buffers.Binary;
using System.Text;
using Andon.Model;

namespace Andon.Detect.Correlate;

/// <summary>
/// Small byte texts: parts with their lengths before them. A group's key is its folded values; its notes are those values as first
/// seen, where folding changed them, and the entities of its events.
/// </summary>
static class GroupNotes
{
    public static void Put(ref Scratch into, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(into.Next(2), (ushort)part.Length);
        part.CopyTo(into.Next(part.Length));
    }

    public static List<string> Parts(ReadOnlySpan<byte> key)
    {
        var parts = new List<string>();
        while (key.Length >= 2)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(key);
            parts.Add(Encoding.UTF8.GetString(key.Slice(2, length)));
            key = key[(2 + length)..];
        }
        return parts;
    }

    public static void Put(ref Scratch into, Entity entity)
    {
        var head = into.Next(2);
        head[0] = (byte)entity.Kind;
        head[1] = (byte)entity.Role;
        var length = Encoding.UTF8.GetByteCount(entity.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(into.Next(2), (ushort)length);
        Encoding.UTF8.GetBytes(entity.Value, into.Next(length));
    }

    public static List<Entity> Entities(ReadOnlySpan<byte> notes)
    {
        var all = new List<Entity>();
        while (notes.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(notes[2..]);
            all.Add(new((EntityKind)notes[0], Encoding.UTF8.GetString(notes.Slice(4, length)), (EntityRole)notes[1]));
            notes = notes[(4 + length)..];
        }
        return all;
    }

    /// <summary>Is that entity among the notes? Its bytes are those <see cref="Put(ref Scratch, Entity)"/> wrote.</summary>
    public static bool Has(ReadOnlySpan<byte> notes, ReadOnlySpan<byte> entity, out int count)
    {
        count = 0;
        while (notes.Length >= 4)
        {
            var length = 4 + BinaryPrimitives.ReadUInt16LittleEndian(notes[2..]);
            // The role does not make it another one.
            if (notes[0] == entity[0] && notes[2..length].SequenceEqual(entity[2..])) return true;
            notes = notes[length..];
            count++;
        }
        return false;
    }
}

/// <summary>A buffer that grows and is used again.</summary>
struct Scratch()
{
    byte[] bytes = new byte[512];

    public int Length { get; set; }
    public readonly ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public Span<byte> Next(int length)
    {
        var room = Room(length);
        Length += length;
        return room[..length];
    }

    /// <summary>Space for so many bytes more, not yet taken.</summary>
    public Span<byte> Room(int length)
    {
        if (bytes.Length - Length < length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + length));
        return bytes.AsSpan(Length);
    }
}
