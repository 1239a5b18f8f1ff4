using Andon.Model;

namespace Andon.Intake.Sources.Health;

/// <summary>What an event looks like, whatever it says: the names of its own fields, or the first words of its text without those that hold digits.</summary>
static class Shape
{
    const int WordsMax = 5, FieldsMax = 64, FieldsMin = 4;
    const ulong Basis = 14_695_981_039_346_656_037, Prime = 1_099_511_628_211;

    public static ulong Of(EventView view)
    {
        ref readonly var head = ref view.Head;
        // Of a line of text the envelope is always the same; what it says is not.
        if (view.Raw is not [(byte)'{' or (byte)'[', ..] && view.TryGet(Ecs.Message, out var said) && said.Length > 0) return OfText(said);
        var own = Math.Min(head.OwnCells, FieldsMax);
        if (own >= FieldsMin)
        {
            // Their order says nothing.
            ulong sum = 0;
            var cells = view.Cells;
            for (var i = 0; i < own && i < cells.Length; i++) sum += Hash(view.Name(cells[i])) * Prime;
            return sum;
        }
        return OfText(view.Raw);
    }

    public static ulong OfText(ReadOnlySpan<byte> text)
    {
        var hash = Basis;
        for (var words = 0; words < WordsMax && !text.IsEmpty; words++)
        {
            var end = text.IndexOfAny((byte)' ', (byte)'=', (byte)':');
            var word = end < 0 ? text : text[..end];
            hash = (hash ^ (word.IndexOfAnyInRange((byte)'0', (byte)'9') >= 0 ? 1 : Hash(word))) * Prime;
            text = end < 0 ? default : text[(end + 1)..];
        }
        return hash;
    }

    /// <summary>FNV-1a, eight bytes at a time: the same from run to run, unlike <see cref="HashCode"/>.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = Basis;
        for (; bytes.Length >= 8; bytes = bytes[8..]) hash = (hash ^ System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Prime;
        foreach (var b in bytes) hash = (hash ^ b) * Prime;
        return hash ^ (hash >> 32);
    }
}
