using System.Text.Json;

namespace Andon.Intake.Collect;

/// <summary>One item of a _bulk request: what was asked, and either its document or why it was refused.</summary>
readonly record struct BulkItem(string Verb, string Index, string? Id, ReadOnlyMemory<byte> Document, int Status, string Error, string Reason);

/// <summary>
/// Reads the lines of a _bulk body: an action line, then (not for delete) a document line. A bad line costs that item only. Action lines are
/// read leniently: clients put further keys into and around the action.
/// </summary>
static class BulkLines
{
    static readonly JsonReaderOptions Deep = new() { MaxDepth = Limits.JsonReaderDepthMax };

    public static List<BulkItem> Read(ReadOnlyMemory<byte> body, string defaultIndex)
    {
        var items = new List<BulkItem>();
        var rest = body;
        while (Line(ref rest, out var action))
        {
            if (action.Span.Trim(" \t\r"u8).IsEmpty) continue;
            if (!TryAction(action.Span, out var verb, out var index, out var id))
            {
                items.Add(new("index", defaultIndex, null, default, 400, "illegal_argument_exception", "Malformed action/metadata line: expected create, index, update or delete."));
                // Its document would be taken for an action; skip it unless it is one.
                var peek = rest;
                if (Line(ref peek, out var next) && !TryAction(next.Span, out _, out _, out _)) rest = peek;
                continue;
            }
            if (index.Length == 0) index = defaultIndex;
            if (verb == "delete")
            {
                items.Add(new(verb, index, id, default, 400, "illegal_argument_exception", "Andon keeps what it received; delete is not accepted."));
                continue;
            }
            if (!Line(ref rest, out var document))
            {
                items.Add(new(verb, index, id, default, 400, "illegal_argument_exception", "The action has no document line."));
                break;
            }
            if (verb == "update") items.Add(new(verb, index, id, default, 400, "illegal_argument_exception", "Andon keeps what it received; update is not accepted."));
            else if (document.Length > Limits.EventBytesMax) items.Add(new(verb, index, id, default, 413, "illegal_argument_exception", $"The document is longer than {Limits.EventBytesMax} bytes."));
            else if (!IsObject(document.Span, out var reason)) items.Add(new(verb, index, id, default, 400, "document_parsing_exception", reason));
            else items.Add(new(verb, index, id, document, 201, "", ""));
        }
        return items;
    }

    static bool Line(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> line)
    {
        line = default;
        if (rest.IsEmpty) return false;
        var end = rest.Span.IndexOf((byte)'\n');
        line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        if (line.Length > 0 && line.Span[^1] == '\r') line = line[..^1];
        return true;
    }

    static bool TryAction(ReadOnlySpan<byte> line, out string verb, out string index, out string? id)
    {
        verb = index = "";
        id = null;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueTextEquals("index"u8) ? "index" : reader.ValueTextEquals("create"u8) ? "create" : reader.ValueTextEquals("delete"u8) ? "delete" : reader.ValueTextEquals("update"u8) ? "update" : "";
                reader.Read();
                if (name.Length == 0 || reader.TokenType != JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }
                verb = name;
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isIndex = reader.ValueTextEquals("_index"u8);
                    var isId = reader.ValueTextEquals("_id"u8);
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String && isIndex) index = reader.GetString() ?? "";
                    else if (reader.TokenType == JsonTokenType.String && isId) id = reader.GetString();
                    else reader.Skip();
                }
            }
            return verb.Length > 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    static bool IsObject(ReadOnlySpan<byte> document, out string reason)
    {
        reason = "The document is not a JSON object.";
        try
        {
            var reader = new Utf8JsonReader(document, Deep);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException e)
        {
            reason = $"failed to parse: {e.Message}";
            return false;
        }
    }
}
