using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Andon.Intake.Collect.Uploads;

/// <summary>
/// Rows of a CSV file as JSON objects with the names of its first row: a row without them says nothing. Values stay the texts that they are; quoted
/// ones may hold commas and new lines.
/// </summary>
static class UploadRows
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<UploadRecord> Read(Stream file, int rowBytesMax)
    {
        List<byte[]>? names = null;
        var row = new List<byte[]>();
        var separator = (byte)',';
        foreach (var (text, oversized) in Rows(file, rowBytesMax))
        {
            if (names is null)
            {
                if (Array.IndexOf(text, separator) < 0 && text.Contains((byte)';')) separator = (byte)';';
                names = [];
                Cut(text, separator, names);
                for (var i = 0; i < names.Count; i++) names[i] = Short(names[i]);
                continue;
            }
            row.Clear();
            Cut(text, separator, row);
            yield return new(Json(names, row), oversized);
        }
    }

    // A name stands in every row's record: a long one would make any number of bytes of a short row.
    static byte[] Short(byte[] name)
    {
        if (name.Length <= Limits.PathBytesMax) return name;
        var end = Limits.PathBytesMax;
        while (end > 0 && (name[end] & 0xC0) == 0x80) end--; // Not inside a letter.
        return name[..end];
    }

    static byte[] Json(List<byte[]> names, List<byte[]> row)
    {
        var into = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(into, Relaxed))
        {
            json.WriteStartObject();
            for (var i = 0; i < row.Count; i++)
            {
                // More values than names: nothing of a row is left out.
                var name = i < names.Count && names[i].Length > 0 ? Encoding.UTF8.GetString(names[i]) : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"column_{i + 1}");
                json.WriteString(name, Encoding.UTF8.GetString(row[i]));
            }
            json.WriteEndObject();
        }
        return into.WrittenSpan.ToArray();
    }

    // A row goes on over new lines while a quote is open.
    static IEnumerable<(byte[] Text, bool Oversized)> Rows(Stream file, int rowBytesMax)
    {
        var open = new MemoryStream();
        foreach (var line in UploadLines.Read(file, rowBytesMax))
        {
            if (open.Length > 0) open.WriteByte((byte)'\n');
            open.Write(line.Raw.Span);
            var whole = line.Oversized || open.Length >= rowBytesMax;
            if (!whole && open.GetBuffer().AsSpan(0, (int)open.Length).Count((byte)'"') % 2 == 1) continue;
            yield return (open.ToArray(), whole);
            open.SetLength(0);
        }
        if (open.Length > 0) yield return (open.ToArray(), false);
    }

    static void Cut(byte[] row, byte separator, List<byte[]> into)
    {
        var value = new MemoryStream();
        var quoted = false;
        for (var i = 0; i < row.Length; i++)
        {
            var b = row[i];
            if (quoted && b == '"' && i + 1 < row.Length && row[i + 1] == '"') value.WriteByte(row[++i]);
            else if (b == '"' && (quoted || value.Length == 0)) quoted = !quoted;
            else if (b == separator && !quoted)
            {
                into.Add(value.ToArray());
                value.SetLength(0);
            }
            else value.WriteByte(b);
        }
        into.Add(value.ToArray());
    }
}
