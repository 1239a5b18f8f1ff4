using System.Runtime.InteropServices;
using System.Text;

namespace Andon.Intake.Collect;

/// <summary>
/// How a file writes its lines: bytes of any kind, or UTF-16 of either order, as its first two bytes say. A record is UTF-8 in both cases; half of a
/// surrogate pair becomes the three bytes that it would be, which are not UTF-8, so that nothing is lost and the event says so.
/// </summary>
sealed class FileText
{
    static readonly FileText Bytes = new(1, '\n'), Little = new(2, '\n'), Big = new(2, (char)0x0A00);

    readonly char lineFeed;

    FileText(int unit, char lineFeed) => (Unit, this.lineFeed) = (unit, lineFeed);

    /// <summary>Bytes of a line feed.</summary>
    public int Unit { get; }

    public static FileText Of(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xFE] => Little,
        [0xFE, 0xFF] => Big,
        _ => Bytes,
    };

    /// <summary>Where the first line ends, in bytes; below zero when it does not.</summary>
    public int LineEnd(ReadOnlySpan<byte> bytes)
    {
        if (Unit == 1) return bytes.IndexOf((byte)'\n');
        var at = MemoryMarshal.Cast<byte, char>(bytes).IndexOf(lineFeed);
        return at < 0 ? at : at * 2;
    }

    /// <summary>The line as a record holds it.</summary>
    public ReadOnlyMemory<byte> Line(ReadOnlyMemory<byte> line)
    {
        if (Unit == 1) return line;
        var units = MemoryMarshal.Cast<byte, char>(line.Span);
        var text = new byte[units.Length * 3 + 1];
        var at = 0;
        for (var i = 0; i < units.Length; i++)
        {
            var unit = Ordered(units[i]);
            if (char.IsHighSurrogate(unit) && i + 1 < units.Length && Rune.TryCreate(unit, Ordered(units[i + 1]), out var pair))
            {
                at += pair.EncodeToUtf8(text.AsSpan(at));
                i++;
            }
            else if (char.IsSurrogate(unit))
            {
                text[at++] = (byte)(0xE0 | (unit >> 12));
                text[at++] = (byte)(0x80 | ((unit >> 6) & 0x3F));
                text[at++] = (byte)(0x80 | (unit & 0x3F));
            }
            else at += new Rune(unit).EncodeToUtf8(text.AsSpan(at));
        }
        if (line.Length % 2 != 0) text[at++] = line.Span[^1]; // Half a unit, at the end of a file that was cut.
        return text.AsMemory(0, at);
    }

    char Ordered(char unit) => lineFeed == '\n' ? unit : (char)System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(unit);
}
