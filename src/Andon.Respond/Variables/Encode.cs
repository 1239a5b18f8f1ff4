using System.Security;
using System.Xml;

namespace Andon.Respond.Variables;

/// <summary>Encoders by the place a value stands in. Each lets any value through unharmed or refuses it by name; none lets it change the shape around it.</summary>
static class Encode
{
    /// <summary>URL path and query: everything but unreserved characters is percent-encoded.</summary>
    public static string Url(string value)
    {
        if (value.Length == 0) throw new RenderRefused("An empty value in a URL would name something else.");
        try
        {
            return Uri.EscapeDataString(value);
        }
        catch (UriFormatException)
        {
            throw new RenderRefused("A value is no valid text (a lone surrogate).");
        }
    }

    public static string Header(string value)
    {
        foreach (var c in value)
            if (c is < ' ' and not '\t' or '\x7f' or > '\x7e')
                throw new RenderRefused($"A value has the character U+{(int)c:X4}, which a header must not have.");
        return value;
    }

    /// <summary>Part of an address: a host name or address, nothing that could begin a path, a port or a user name.</summary>
    public static string Host(string value) =>
        value.Length is > 0 and < 254 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
            ? value
            : throw new RenderRefused("A value is no host name, so it cannot be part of an address.");

    public static string Form(string value) => Uri.EscapeDataString(value);

    public static string Xml(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (XmlConvert.IsXmlChar(value[i])) continue;
            if (i + 1 >= value.Length || !XmlConvert.IsXmlSurrogatePair(value[i + 1], value[i])) throw new RenderRefused("A value has a character that XML must not have.");
            i++;
        }
        return SecurityElement.Escape(value) ?? "";
    }

    /// <summary>Text for people or a plain body: as it is.</summary>
    public static string Plain(string value) => value;
}
