using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Andon.Store.Query.Ast;

namespace Andon.Store.Query.Parsing;

/// <summary><c>dynamic(…)</c>: JSON, with Kusto's freedom of quotes.</summary>
internal sealed partial class Parser
{
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    Expr Dynamic()
    {
        var start = Next().At;
        Next();
        var json = new StringBuilder();
        var items = 0;
        if (Peek.Is(")")) json.Append("null");
        else JsonValue(json, ref items);
        Expect(")", "after the dynamic value");
        return panicking ? new Bad(start) : new DynamicLiteral(start, json.ToString());
    }

    void JsonValue(StringBuilder to, ref int items)
    {
        if (!Deeper()) { Shallower(); return; }
        if (++items > Limits.ListItemsMax) Fail("KQL006", Peek.At, $"More than {Limits.ListItemsMax} items in a list (ListItemsMax).", "Split the query.");
        var token = Next();
        switch (token.Kind)
        {
            case TokenKind.String: to.Append(JsonSerializer.Serialize(token.Text, Json)); break;
            case TokenKind.Long: to.Append(CultureInfo.InvariantCulture, $"{(long)token.Value!}"); break;
            case TokenKind.Real: to.Append(CultureInfo.InvariantCulture, $"{(double)token.Value!:R}"); break;
            case TokenKind.Typed: to.Append(JsonSerializer.Serialize(Written(token.Text, (string)token.Value!), Json)); break;
            case TokenKind.Span: to.Append(JsonSerializer.Serialize(TimeSpan.FromMilliseconds((long)token.Value!).ToString("c", CultureInfo.InvariantCulture), Json)); break;
            case TokenKind.Word when token.Text is "true" or "false" or "null": to.Append(token.Text); break;
            default:
                if (token.Is("-") && Peek.Kind is TokenKind.Long or TokenKind.Real)
                {
                    to.Append('-');
                    JsonValue(to, ref items);
                }
                else if (token.Is("[")) JsonList(to, "]", ref items);
                else if (token.Is("{")) JsonList(to, "}", ref items);
                else Fail("KQL003", token.At, $"{token.Shown} is no JSON value.", "Inside dynamic(…) stand strings, numbers, true, false, null, […] and {…}.");
                break;
        }
        Shallower();
    }

    /// <summary>Times and spans inside a dynamic value are the texts that tostring() makes of them.</summary>
    static string Written(string type, string text) => KType.Read(type)?.Kind switch
    {
        Kind.DateTime when Spans.ReadInstant(text) is { } ms => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'0000Z'", CultureInfo.InvariantCulture),
        Kind.TimeSpan when Spans.Read(text) is { } ms => TimeSpan.FromMilliseconds(ms).ToString("c", CultureInfo.InvariantCulture),
        _ => text,
    };

    void JsonList(StringBuilder to, string close, ref int items)
    {
        to.Append(close == "]" ? '[' : '{');
        for (var first = true; !panicking && !Peek.Is(close); first = false)
        {
            if (!first && !Expect(",", "between the items")) return;
            if (!first && Peek.Is(close)) break;
            if (!first) to.Append(',');
            if (close == "}")
            {
                var key = Next();
                if (key.Kind is not (TokenKind.String or TokenKind.Word)) Fail("KQL003", key.At, $"A property name is expected, not {key.Shown}.", "Put it in quotes.");
                to.Append(JsonSerializer.Serialize(key.Text, Json)).Append(':');
                Expect(":", "after the property name");
            }
            if (!panicking) JsonValue(to, ref items);
        }
        Expect(close, "to close the value");
        to.Append(close);
    }
}
