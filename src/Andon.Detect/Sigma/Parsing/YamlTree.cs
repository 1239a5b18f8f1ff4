using System.Globalization;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>Line and column of a YAML node in its file, both from 1.</summary>
readonly record struct Mark(int Line, int Column)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}");
}

/// <summary>A YAML node that still knows where it stood.</summary>
abstract class YamlNode(Mark at)
{
    public Mark At { get; } = at;
    /// <summary>Nodes below and including this one: what an alias to it costs.</summary>
    public abstract int Size { get; }
}

enum ScalarKind { Text, Null, True, False, Integer, Float }

/// <summary>A scalar with its source text, typed by the YAML 1.2 core schema.</summary>
sealed class YamlScalar(Mark at, string text, ScalarKind kind) : YamlNode(at)
{
    public string Text { get; } = text;
    public ScalarKind Kind { get; } = kind;
    public override int Size => 1;
    public bool IsNumber => Kind is ScalarKind.Integer or ScalarKind.Float;

    /// <summary>The number as JSON would write it, where that differs from the source text (<c>0x17</c> is 23, <c>1e3</c> is 1000).</summary>
    public string CanonicalNumber()
    {
        if (Kind == ScalarKind.Integer)
        {
            var (digits, radix) = Text.StartsWith("0x", StringComparison.Ordinal) ? (Text[2..], 16)
                : Text.StartsWith("0o", StringComparison.Ordinal) ? (Text[2..], 8)
                : (Text, 10);
            try
            {
                return radix == 10
                    ? System.Numerics.BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
                    : Convert.ToUInt64(digits, radix).ToString(CultureInfo.InvariantCulture);
            }
            catch (OverflowException) { return Text; }
        }
        return double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d)
            ? d.ToString("R", CultureInfo.InvariantCulture) : Text;
    }

    public override string ToString() => Text;
}

sealed class YamlList(Mark at, IReadOnlyList<YamlNode> items, int size) : YamlNode(at)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;
    public override int Size => size;
}

sealed class YamlMap(Mark at, IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> entries, int size) : YamlNode(at)
{
    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries { get; } = entries;
    public override int Size => size;

    public YamlNode? Get(string key)
    {
        foreach (var (k, v) in Entries)
            if (k.Text == key) return v;
        return null;
    }
}

/// <summary>One document of a YAML stream.</summary>
/// <param name="Number">Place in the stream, from 1.</param>
/// <param name="Text">Its source text.</param>
sealed record YamlDocument(int Number, YamlNode Root, string Text);
