using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Andon.Respond.Variables;

/// <summary>A variable of a playbook. A null value is "unknown", which is not the same as empty.</summary>
sealed record Variable(string Name, string Type, string? Value, bool Constant, bool External, string Description);

/// <summary>CACAO's variable types (an open vocabulary; unknown types hold any text).</summary>
static class VariableTypes
{
    public static readonly IReadOnlySet<string> Known = new HashSet<string>
    {
        "bool", "dictionary", "float", "hexstring", "integer", "ipv4-addr", "ipv6-addr", "long", "mac-addr",
        "hash", "md5-hash", "sha256-hash", "string", "uri", "uuid",
    };

    /// <summary><c>__name__</c>: begins with a letter, ASCII, 250 characters at most with its four underscores.</summary>
    public static bool NameIsLegal(string name) =>
        name.Length is >= 5 and <= Limits.VariableNameCharsMax
        && name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal)
        && char.IsAsciiLetter(name[2])
        && name.AsSpan(2, name.Length - 4).IndexOfAnyExcept(NameChars) < 0;

    static readonly System.Buffers.SearchValues<char> NameChars =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <summary>What is wrong with that value for that type; null when nothing.</summary>
    public static string? Refuse(string type, string value)
    {
        if (value.Length > Limits.VariableCharsMax) return $"is longer than {Limits.VariableCharsMax} characters";
        var fits = type switch
        {
            "bool" => value is "true" or "false" or "1" or "0" or "True" or "False",
            "integer" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "long" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "float" => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "ipv4-addr" => Address(value, AddressFamily.InterNetwork),
            "ipv6-addr" => Address(value, AddressFamily.InterNetworkV6),
            "mac-addr" => value.Length == 17 && value.Split(value[2] == '-' ? '-' : ':') is { Length: 6 } parts && parts.All(p => p.Length == 2 && p.All(char.IsAsciiHexDigit)),
            "hash" => value.Length >= 32 && Hex(value),
            "md5-hash" => value.Length == 32 && Hex(value),
            "sha256-hash" => value.Length == 64 && Hex(value),
            "hexstring" => Hex(value),
            "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
            "uuid" => Guid.TryParseExact(value, "D", out _),
            "dictionary" => IsObject(value),
            _ => true,
        };
        return fits ? null : $"is no {type}";
    }

    static bool Hex(string value) => value.Length > 0 && value.All(char.IsAsciiHexDigit);

    static bool Address(string value, AddressFamily family)
    {
        var slash = value.IndexOf('/');
        var address = slash < 0 ? value : value[..slash];
        // IPAddress.Parse takes "1" and "0x7f.1" too; a variable of this type is the dotted form and no other.
        return Conditions.Network.Parse(value) is { } network && network.Address.AddressFamily == family
            && (family == AddressFamily.InterNetworkV6 || network.Address.ToString() == address);
    }

    static bool IsObject(string value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
