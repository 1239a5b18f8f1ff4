using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Andon.Tests.Detect.Oracle;

/// <summary>One item, <c>field|modifier|…: value or list</c>, as SG14–SG38 describe it.</summary>
sealed class OracleItem
{
    readonly string field;
    readonly string[] modifiers;
    readonly List<Func<OracleEvent, FieldOrder, bool>> values;

    public OracleItem(string key, YamlNode value)
    {
        var parts = key.Split('|');
        field = parts[0].Replace(" ", "", StringComparison.Ordinal);
        modifiers = [.. parts.Skip(1).Select(p => p.Trim())];
        values = (value is YamlSequenceNode list ? [.. list.Children] : new List<YamlNode> { value }).ConvertAll(v => Value((YamlScalarNode)v));
    }

    bool Has(params string[] any) => any.Any(modifiers.Contains);

    /// <summary>OR over the values, AND under all (SG14, SG27); neq is NOT of the whole item (SG35).</summary>
    public bool Holds(OracleEvent e, FieldOrder order)
    {
        var met = Has("all") ? values.TrueForAll(v => v(e, order)) : values.Exists(v => v(e, order));
        return met != Has("neq");
    }

    Func<OracleEvent, FieldOrder, bool> Value(YamlScalarNode node)
    {
        var kind = Kind(node);
        if (kind == "null") return (e, order) => Cells(e, order) is var cells && (cells.Count == 0 || cells.Any(c => c.IsNull)); // SG16
        if (Has("exists")) return (e, order) => Cells(e, order).Count > 0 == (kind == "true");                                      // SG34
        var text = node.Value ?? "";
        if (Has("fieldref"))
        {
            // SG37: either side absent = no match; any member against any member.
            var other = text.Replace(" ", "", StringComparison.Ordinal);
            return (e, order) => Cells(e, order).Any(a => !a.IsNull && e.Find(order(other)).Any(b => !b.IsNull && Compare(a, b)));
        }
        // SG20: any member of an array; SG17: nothing of what follows is true of an absent or null field.
        var test = Test(text, kind);
        return (e, order) => Cells(e, order).Any(c => !c.IsNull && test(c));
    }

    IReadOnlyList<OracleValue> Cells(OracleEvent e, FieldOrder order) => field.Length > 0 ? e.Find(order(field)) : e.Searched;

    bool Compare(OracleValue a, OracleValue b)
    {
        var (left, right) = Has("cased") ? (a.Scalars, b.Scalars) : (a.Folded, b.Folded);
        if (Has("startswith")) return left.AsSpan().StartsWith(right);
        if (Has("endswith")) return left.AsSpan().EndsWith(right);
        return Has("contains") ? left.AsSpan().IndexOf(right) >= 0 : left.AsSpan().SequenceEqual(right);
    }

    Func<OracleValue, bool> Test(string text, string kind)
    {
        if (Has("re")) return Re(text);
        if (Has("cidr")) return Cidr(text);
        if (OracleTime.Parts.FirstOrDefault(p => Has(p)) is { } part)
            return v => OracleTime.Part(v.Text, part) is { } time && Ordered(time.CompareTo(long.Parse(text, CultureInfo.InvariantCulture)));
        if (Has("lt", "lte", "gt", "gte")) return v => Order(v.Text.Trim() == v.Text ? v.Text : "", text.Trim()) is { } order && Ordered(order);
        if (Has("base64", "base64offset")) return Base64(text);

        // SG15: everything else is text; a boolean is "true" or "false", a number its source or its plain decimal form.
        string[] texts = kind switch
        {
            "true" or "false" => [kind],
            "number" when !Has("contains", "startswith", "endswith", "windash") && field.Length > 0 => [text, Plain(text)],
            _ => [text],
        };
        return Any(texts.Select(t => Wild(kind == "text" ? OracleText.Parse(t) : [new('a', OracleText.Scalars(t))], Has("cased"))));
    }

    // SG18, SG26, SG29, SG30; keywords are "contains" (SG21).
    Func<OracleValue, bool> Wild(List<OracleText.Token> tokens, bool cased)
    {
        if (Has("windash")) tokens = OracleText.WithDashes(tokens);
        var keyword = field.Length == 0 && !Has("startswith", "endswith");
        if (keyword || Has("contains", "endswith")) tokens = [OracleText.Token.Any, .. tokens];
        if (keyword || Has("contains", "startswith")) tokens = [.. tokens, OracleText.Token.Any];
        if (!cased) tokens = tokens.ConvertAll(t => t with { Literal = OracleText.Folded(t.Literal) });
        return v => OracleText.Matches(tokens, cased ? v.Scalars : v.Folded);
    }

    // SG28: the text goes to the regex engine as it is; case-sensitive, unanchored.
    Func<OracleValue, bool> Re(string text)
    {
        var options = RegexOptions.CultureInvariant;
        if (Has("i", "ignorecase")) options |= RegexOptions.IgnoreCase;
        if (Has("m", "multiline")) options |= RegexOptions.Multiline;
        if (Has("s", "dotall")) options |= RegexOptions.Singleline;
        var regex = new Regex(Has("startswith") ? $"\\A(?:{text})" : Has("endswith") ? $"(?:{text})\\z" : text, options, TimeSpan.FromSeconds(20));
        return v => regex.IsMatch(v.Text);
    }

    // SG33: the first so many bits are equal; an IPv4 address in IPv6 clothes is IPv4.
    static Func<OracleValue, bool> Cidr(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var written = slash < 0 ? text : text[..slash];
        var network = OracleTime.Address(written) ?? throw new FormatException(text);
        var bits = slash < 0 ? network.Length * 8 : int.Parse(text[(slash + 1)..], CultureInfo.InvariantCulture) - (network.Length == 4 && written.Contains(':', StringComparison.Ordinal) ? 96 : 0);
        return v => OracleTime.Address(v.Text) is { } address && address.Length == network.Length
            && Enumerable.Range(0, bits).All(i => (address[i / 8] >> (7 - i % 8) & 1) == (network[i / 8] >> (7 - i % 8) & 1));
    }

    // SG31, SG32: encode, then compare case-sensitively. With an offset keep the characters all of whose six bits are the value's.
    Func<OracleValue, bool> Base64(string text)
    {
        var literal = new StringBuilder();
        foreach (var token in OracleText.Parse(text))
            foreach (var scalar in token.Kind == 'a' ? token.Literal : throw new FormatException("A wildcard under base64."))
                literal.Append(new Rune(scalar).ToString());
        var plain = literal.ToString();
        byte[] bytes = Has("wide", "utf16le") ? Encoding.Unicode.GetBytes(plain)
            : Has("utf16be") ? Encoding.BigEndianUnicode.GetBytes(plain)
            : Has("utf16") ? [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(plain)]
            : Encoding.UTF8.GetBytes(plain);
        if (Has("base64")) return Wild([new('a', OracleText.Scalars(Convert.ToBase64String(bytes)))], cased: true);
        var forms = new List<string>();
        for (var offset = 0; offset < 3; offset++)
        {
            var whole = Convert.ToBase64String([.. new byte[offset], .. bytes]);
            var own = Enumerable.Range(0, whole.Length).Where(k => k * 6 >= offset * 8 && k * 6 + 6 <= (offset + bytes.Length) * 8).ToList();
            if (own.Count > 0) forms.Add(new([.. own.Select(k => whole[k])]));
        }
        return Any(forms.Select(f => Wild([new('a', OracleText.Scalars(f))], cased: true)));
    }

    // SG36: 64-bit integers exactly, else as doubles; null where the event's text is no number.
    static int? Order(string value, string asked)
    {
        const string Number = @"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\z";
        if (!Regex.IsMatch(value, Number)) return null;
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var a) && long.TryParse(asked, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var b)) return a.CompareTo(b);
        var real = double.Parse(value, CultureInfo.InvariantCulture);
        return double.IsFinite(real) ? real.CompareTo(double.Parse(asked, CultureInfo.InvariantCulture)) : null;
    }

    bool Ordered(int order) => Has("lt") ? order < 0 : Has("lte") ? order <= 0 : Has("gt") ? order > 0 : Has("gte") ? order >= 0 : order == 0;

    static Func<OracleValue, bool> Any(IEnumerable<Func<OracleValue, bool>> tests)
    {
        var all = tests.ToList();
        return v => all.Exists(t => t(v));
    }

    // SG9: YAML 1.2 core types of plain scalars; anything quoted is text.
    static string Kind(YamlScalarNode node)
    {
        if (node.Style != ScalarStyle.Plain || (!node.Tag.IsEmpty && node.Tag.Value == "tag:yaml.org,2002:str")) return "text";
        return node.Value switch
        {
            null or "" or "~" or "null" or "Null" or "NULL" => "null",
            "true" or "True" or "TRUE" => "true",
            "false" or "False" or "FALSE" => "false",
            var v => Regex.IsMatch(v, @"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)\z") ? "number" : "text",
        };
    }

    static string Plain(string number)
    {
        if (number.StartsWith("0x", StringComparison.Ordinal)) return Convert.ToUInt64(number[2..], 16).ToString(CultureInfo.InvariantCulture);
        if (number.StartsWith("0o", StringComparison.Ordinal)) return Convert.ToUInt64(number[2..], 8).ToString(CultureInfo.InvariantCulture);
        return BigInteger.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? whole.ToString(CultureInfo.InvariantCulture) : double.Parse(number, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
    }
}
