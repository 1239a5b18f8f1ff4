using System.Buffers.Text;
using System.Globalization;

namespace Andon.Detect.Sigma.Ast;

/// <summary>A number for comparison: whole numbers of 64 bits exactly, else a double.</summary>
readonly record struct Number(long Whole, double Real, bool IsWhole)
{
    public static bool TryParse(ReadOnlySpan<byte> text, out Number number)
    {
        number = default;
        if (text.Length == 0 || text.Length > 64) return false;
        var digits = text[0] == '+' ? text[1..] : text;
        if (digits.Length == 0 || (digits.Length < text.Length && digits[0] is ((byte)'+' or (byte)'-'))) return false; // one sign at most
        if (Utf8Parser.TryParse(digits, out long whole, out var read) && read == digits.Length)
        {
            number = new(whole, whole, true);
            return true;
        }
        if (!Utf8Parser.TryParse(digits, out double real, out read) || read != digits.Length || !double.IsFinite(real)) return false;
        number = new(0, real, false);
        return true;
    }

    public int CompareTo(Number other) => IsWhole && other.IsWhole ? Whole.CompareTo(other.Whole) : Real.CompareTo(other.Real);

    public override string ToString() => IsWhole ? Whole.ToString(CultureInfo.InvariantCulture) : Real.ToString("R", CultureInfo.InvariantCulture);
}
