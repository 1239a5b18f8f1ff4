using System.Buffers;
using System.Text.Unicode;

namespace Andon.Intake.Collect.Evtx;

/// <summary>
/// UTF-8 JSON written straight into blocks that are handed out in pieces: a piece stays valid, a full block is left to whoever still holds
/// pieces of it.
/// </summary>
sealed class JsonText
{
    const int FirstBlockBytes = 64 << 10, BlockBytes = 1 << 20, RoomBytes = 16 << 10;
    static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (char)i), '"', '\\']);

    byte[] block = [];
    int start, end;

    /// <summary>Bytes of the piece so far.</summary>
    public int Length => end - start;

    public void Begin()
    {
        // Most logs are small: the first block is, too.
        if (block.Length - end < RoomBytes) (block, end) = (new byte[block.Length == 0 ? FirstBlockBytes : BlockBytes], 0);
        start = end;
    }

    public ReadOnlyMemory<byte> Done() => block.AsMemory(start, end - start);

    /// <summary>Room for so many bytes, of which <see cref="Wrote"/> keeps some.</summary>
    public Span<byte> Room(int bytes)
    {
        if (block.Length - end < bytes)
        {
            var larger = new byte[Math.Max(BlockBytes, 2 * Length + bytes)];
            block.AsSpan(start, Length).CopyTo(larger);
            (block, end, start) = (larger, Length, 0);
        }
        return block.AsSpan(end);
    }

    public void Wrote(int bytes) => end += bytes;

    public void Raw(ReadOnlySpan<byte> ascii)
    {
        ascii.CopyTo(Room(ascii.Length));
        end += ascii.Length;
    }

    public void Raw(byte ascii)
    {
        Room(1)[0] = ascii;
        end++;
    }

    /// <summary>Text inside quotes that the caller writes. Half of a surrogate pair becomes U+FFFD.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var special = text.IndexOfAny(Escaped);
            var plain = special < 0 ? text : text[..special];
            if (!plain.IsEmpty)
            {
                Utf8.FromUtf16(plain, Room(plain.Length * 3), out _, out var written, replaceInvalidSequences: true, isFinalBlock: true);
                end += written;
            }
            if (special < 0) return;
            Escape(text[special]);
            text = text[(special + 1)..];
        }
    }

    void Escape(char c)
    {
        switch (c)
        {
            case '"': Raw("\\\""u8); break;
            case '\\': Raw("\\\\"u8); break;
            case '\n': Raw("\\n"u8); break;
            case '\r': Raw("\\r"u8); break;
            case '\t': Raw("\\t"u8); break;
            default:
                Raw("\\u00"u8);
                Raw((byte)('0' + (c >> 4)));
                Raw((byte)((c & 15) < 10 ? '0' + (c & 15) : 'a' + (c & 15) - 10));
                break;
        }
    }
}
