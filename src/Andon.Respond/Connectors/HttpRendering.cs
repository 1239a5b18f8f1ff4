using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Andon.Respond.Playbooks;
using Andon.Respond.Variables;

namespace Andon.Respond.Connectors;

/// <summary>A request with every value in its place: exactly what will be sent.</summary>
sealed record HttpAsk(string Method, Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers, string? Body)
{
    /// <summary>For facts and people; secrets masked.</summary>
    public string Shown()
    {
        var text = new StringBuilder();
        text.Append(Method).Append(' ').Append(Url.OriginalString).Append('\n');
        foreach (var (name, value) in Headers)
            text.Append(name).Append(": ").Append(name.ToLowerInvariant() is "authorization" or "proxy-authorization" or "cookie" or "x-api-key" ? "***" : value).Append('\n');
        if (Body is not null) text.Append('\n').Append(Body);
        return text.Length <= Limits.RenderedCharsMax ? text.ToString() : $"{text.ToString(0, Limits.RenderedCharsMax)}… (cut at {Limits.RenderedCharsMax} of {text.Length} characters)";
    }
}

/// <summary>Puts variables into a request, each encoded for its place. Pure, so what an attacker can write into a variable is tested without a network.</summary>
static class HttpRendering
{
    static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.Default };

    public static HttpAsk Render(HttpCommand command, Func<string, Variable?> variables) =>
        Render(command, command.Method, command.Path, command.Body, variables);

    /// <summary>The question whether the effect happened.</summary>
    public static HttpAsk RenderProbe(HttpCommand command, Func<string, Variable?> variables) =>
        Render(command, "GET", command.Probe ?? throw new InvalidOperationException("A probe without its request passed the check."), body: null, variables);

    static HttpAsk Render(HttpCommand command, string method, string path, string? body, Func<string, Variable?> variables)
    {
        var host = Template.Parse(command.Base.Host).Render(variables, Encode.Host);
        var target = Template.Parse(command.Base.BasePath + path).Render(variables, Encode.Url);
        var end = target.IndexOfAny(['?', '#']);
        foreach (var segment in (end < 0 ? target : target[..end]).Split('/'))
            if (Uri.UnescapeDataString(segment) is "." or "..")
                throw new RenderRefused("A value would make '.' or '..' a part of the path, which names another place.");
        var text = $"{command.Base.Scheme}://{host}{(command.Base.Port.Length > 0 ? ":" + command.Base.Port : "")}{target}";
        // As written: no second reading of what was just encoded.
        if (!Uri.TryCreate(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var url))
            throw new RenderRefused("The rendered URL is no URL.");

        var headers = command.Headers.Select(h => KeyValuePair.Create(h.Key, Template.Parse(h.Value).Render(variables, Encode.Header))).ToList();
        var type = headers.Find(h => h.Key.Equals("content-type", StringComparison.OrdinalIgnoreCase)).Value;
        if (body is not null) body = Body(type, body, variables);
        return new(method, url, headers, body);
    }

    enum BodyForm { Json, Form, Xml, Text }

    static BodyForm? FormOf(string? contentType)
    {
        var type = (contentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
        if (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal)) return BodyForm.Json;
        if (type is "application/xml" or "text/xml" || type.EndsWith("+xml", StringComparison.Ordinal)) return BodyForm.Xml;
        return type switch { "application/x-www-form-urlencoded" => BodyForm.Form, "text/plain" => BodyForm.Text, _ => null };
    }

    /// <summary>Why that body cannot be sent; null when it can.</summary>
    public static string? RefuseBody(string? contentType, string body)
    {
        var form = FormOf(contentType);
        if (form is null && Template.Parse(body).Names.Any()) return $"No encoder for variables in a body of type '{contentType ?? "(none)"}'.";
        if (form != BodyForm.Json) return null;
        try
        {
            return JsonNode.Parse(body) is JsonNode root && NameWithPlace(root) is { } name ? $"A variable names the member '{name}'; only values can hold variables." : null;
        }
        catch (JsonException e)
        {
            return $"The content is no JSON: {e.Message} (put variables in quotes; numbers and booleans lose them when they stand alone)";
        }
    }

    static string Body(string? contentType, string body, Func<string, Variable?> variables) => FormOf(contentType) switch
    {
        BodyForm.Json => Json(JsonNode.Parse(body), variables)?.ToJsonString(Compact) ?? "null",
        BodyForm.Form => Template.Parse(body).Render(variables, Encode.Form),
        BodyForm.Xml => Template.Parse(body).Render(variables, Encode.Xml),
        BodyForm.Text => Template.Parse(body).Render(variables, Encode.Plain),
        _ => body,
    };

    // Values go into the tree, not into the text: whatever they hold, they stay one value.
    static JsonNode? Json(JsonNode? node, Func<string, Variable?> variables)
    {
        switch (node)
        {
            case JsonObject map:
                return new JsonObject(map.Select(m => KeyValuePair.Create(m.Key, Json(m.Value, variables))));
            case JsonArray list:
                return new JsonArray([.. list.Select(i => Json(i, variables))]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                var template = Template.Parse(text);
                return template.Only is { } name && variables(name) is { } only ? Typed(only, Template.Value(variables, name)) : JsonValue.Create(template.Render(variables, Encode.Plain));
            default:
                return node?.DeepClone();
        }
    }

    static JsonNode? Typed(Variable variable, string value) => variable.Type switch
    {
        "bool" => JsonValue.Create(value is "true" or "True" or "1"),
        "integer" or "long" when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        "float" when decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        "dictionary" => JsonNode.Parse(value),
        _ => JsonValue.Create(value),
    };

    static string? NameWithPlace(JsonNode node) => node switch
    {
        JsonObject map => map.Select(m => Template.Parse(m.Key).Names.Any() ? m.Key : m.Value is { } inner ? NameWithPlace(inner) : null).FirstOrDefault(n => n is not null),
        JsonArray list => list.Select(i => i is { } inner ? NameWithPlace(inner) : null).FirstOrDefault(n => n is not null),
        _ => null,
    };
}
