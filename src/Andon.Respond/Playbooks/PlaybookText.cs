using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Andon.Respond.Playbooks;

/// <summary>Writes a playbook: canonical JSON (members sorted, no space: what is stored and hashed), and YAML that reads back to the same JSON.</summary>
static class PlaybookText
{
    static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Canonical(JsonNode root) => Sorted(root)?.ToJsonString(Compact) ?? "null";

    public static string Hash(string canonical) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));

    public static string Yaml(JsonObject root)
    {
        var text = new StringBuilder();
        Map(text, root, 0);
        return text.ToString();
    }

    static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        null => null,
        _ => node.DeepClone(),
    };

    static void Map(StringBuilder text, JsonObject map, int indent)
    {
        foreach (var (key, value) in map)
        {
            text.Append(' ', indent).Append(Plain(key) ? key : Quoted(key)).Append(':');
            Value(text, key, value, indent);
        }
    }

    static void Value(StringBuilder text, string key, JsonNode? value, int indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                text.Append('\n');
                Map(text, map, indent + 2);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                foreach (var item in list)
                {
                    text.Append(' ', indent + 2).Append('-');
                    Value(text, key, item, indent + 2);
                }
                break;
            default:
                text.Append(' ').Append(value is null ? "null" : Scalar(key, value)).Append('\n');
                break;
        }
    }

    static string Scalar(string key, JsonNode value) => value switch
    {
        JsonObject => "{}",
        JsonArray => "[]",
        _ when value.GetValueKind() == JsonValueKind.String => Quoted(value.GetValue<string>()),
        _ => Tag(key, value) + value.ToJsonString(Compact),
    };

    // Plain scalars read as text except in properties known to be numbers or booleans; elsewhere a tag says so.
    static string Tag(string key, JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => PlaybookSource.Booleans.Contains(key) ? "" : "!!bool ",
        _ => PlaybookSource.Integers.Contains(key) && value.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-') ? "" : "!!float ",
    };

    // A JSON string is a YAML string in double quotes.
    static string Quoted(string text) => JsonSerializer.Serialize(text);

    static bool Plain(string key) =>
        key.Length > 0 && char.IsAsciiLetter(key[0]) && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') && key is not ("null" or "true" or "false" or "y" or "n");
}
