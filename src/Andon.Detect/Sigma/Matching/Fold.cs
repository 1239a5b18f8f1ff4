using System.Buffers;
using System.Text;

namespace Andon.Detect.Sigma.Matching;

/// <summary>
/// The one case fold of this room: simple Unicode case folding, no culture. Patterns, values, group keys and routes all use it,
/// because .NET's own comparers disagree with each other about ſ, K, ς and others.
/// </summary>
static class Fold
{
    static readonly char[] Table = Build();

    public static Rune Of(Rune rune) => rune.IsBmp ? new Rune(Table[rune.Value]) : Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune));

    public static string Text(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) folded.Append(Of(rune).ToString());
        return folded.ToString();
    }

    /// <summary>Folded UTF-8 of an author's text. A lone surrogate becomes U+FFFD.</summary>
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(Text(text));

    /// <summary>Bytes that a folded value may need at most: some two-byte letters fold to three bytes.</summary>
    public static int Room(int length) => length + (length + 1) / 2 + 4;

    /// <summary>Folds UTF-8 into another place and tells the length. Bytes that are not UTF-8 stay as they are.</summary>
    public static int Into(ReadOnlySpan<byte> utf8, Span<byte> into)
    {
        var written = 0;
        while (true)
        {
            Ascii.ToLower(utf8, into[written..], out var plain);
            written += plain;
            utf8 = utf8[plain..];
            if (utf8.IsEmpty) return written;
            do
            {
                if (Rune.DecodeFromUtf8(utf8, out var rune, out var read) == OperationStatus.Done)
                    written += Of(rune).EncodeToUtf8(into[written..]);
                else
                {
                    utf8[..read].CopyTo(into[written..]);
                    written += read;
                }
                utf8 = utf8[read..];
            } while (!utf8.IsEmpty && utf8[0] >= 0x80);
        }
    }

    // Lower of upper joins all letters that CaseFolding.txt joins by its C and S lines; the exceptions are those where the
    // runtime's invariant mapping differs from that file.
    static char[] Build()
    {
        var table = new char[char.MaxValue + 1];
        for (var i = 0; i < table.Length; i++)
        {
            var c = (char)i;
            table[i] = char.IsSurrogate(c) ? c : char.ToLowerInvariant(char.ToUpperInvariant(c));
        }
        table['\u0130'] = '\u0130'; // İ folds only under full or Turkic folding
        table['\u0131'] = '\u0131'; // ı is not i
        table['\u017F'] = 's';
        table['\u212A'] = 'k';
        table['\u212B'] = '\u00E5';
        table['\u2126'] = '\u03C9';
        table['\u1E9E'] = '\u00DF'; // capital sharp s is ß, never ss
        table['\u00B5'] = '\u03BC';
        table['\u0345'] = '\u03B9';
        table['\u1FBE'] = '\u03B9';
        return table;
    }
}
