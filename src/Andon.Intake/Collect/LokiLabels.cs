using System.Text;

namespace Andon.Intake.Collect;

/// <summary>Reads <c>{job="web", path="C:\\x \"y\""}</c>: the labels of a stream as Prometheus writes them, texts quoted as Go does.</summary>
static class LokiLabels
{
    /// <summary>The labels as a JSON object; null where this is not their form.</summary>
    public static byte[]? Read(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t"u8);
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}') return null;
        text = text[1..^1];
        var pairs = new List<(byte[], byte[])>();
        while (!(text = text.TrimStart(" \t,"u8)).IsEmpty)
        {
            var equals = text.IndexOf((byte)'=');
            if (equals <= 0 || pairs.Count == Limits.LokiLabelsMax) return null;
            var name = text[..equals].Trim(" \t"u8);
            text = text[(equals + 1)..].TrimStart(" \t"u8);
            if (name.IsEmpty || text.IsEmpty || text[0] is not ((byte)'"' or (byte)'`') || !TryQuoted(ref text, out var value)) return null;
            // A name may stand in quotes itself.
            pairs.Add((name.Length > 1 && name[0] == '"' && name[^1] == '"' ? name[1..^1].ToArray() : name.ToArray(), value));
        }
        return LokiEntry.Object(pairs);
    }

    static bool TryQuoted(ref ReadOnlySpan<byte> text, out byte[] value)
    {
        value = [];
        var quote = text[0];
        var bytes = new List<byte>();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                value = [.. bytes];
                text = text[(i + 1)..];
                return true;
            }
            if (text[i] != '\\' || quote == '`') bytes.Add(text[i]);
            else if (!TryEscape(text, ref i, bytes)) return false;
        }
        return false;
    }

    static bool TryEscape(ReadOnlySpan<byte> text, ref int i, List<byte> into)
    {
        if (++i >= text.Length) return false;
        var digits = text[i] switch { (byte)'x' => 2, (byte)'u' => 4, (byte)'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (i + digits >= text.Length || !uint.TryParse(text.Slice(i + 1, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code)) return false;
            i += digits;
            if (digits == 2) into.Add((byte)code);
            else if (Rune.TryCreate(code, out var rune)) into.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
            else into.AddRange("\uFFFD"u8);
            return true;
        }
        into.Add(text[i] switch { (byte)'n' => (byte)'\n', (byte)'r' => (byte)'\r', (byte)'t' => (byte)'\t', (byte)'a' => 7, (byte)'b' => 8, (byte)'f' => 12, (byte)'v' => 11, var plain => plain });
        return true;
    }
}
