using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Andon.Model;

namespace Andon.Intake.Collect;

/// <summary>
/// Cuts systemd's journal export format into entries and makes JSON of each: a field a line, binary ones with their length before them, a blank
/// line behind the last. What everybody asks for stands under its ECS name, all of it as it came under <c>journald</c>.
/// </summary>
sealed class JournalEntries
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    readonly List<(Range Name, Range Value)> fields = [];

    /// <summary>The next whole entry in <paramref name="data"/>; false while it is not all here. An entry without fields is a blank line too many.</summary>
    /// <exception cref="InvalidDataException">The sender does not keep to the format.</exception>
    public bool Next(ReadOnlySpan<byte> data, ref int at, out ReadOnlySpan<byte> entry)
    {
        while (at < data.Length && data[at] == '\n') at++;
        fields.Clear();
        entry = data[at..];
        var here = 0;
        while (true)
        {
            var line = entry[here..].IndexOf((byte)'\n');
            if (line < 0) return false;
            if (line == 0)
            {
                entry = entry[..here];
                at += here + 1;
                return true;
            }
            if (fields.Count == Limits.JournalFieldsMax) throw new InvalidDataException($"an entry has more than {Limits.JournalFieldsMax} fields.");
            var equals = entry.Slice(here, line).IndexOf((byte)'=');
            if (equals >= 0)
            {
                fields.Add((here..(here + equals), (here + equals + 1)..(here + line)));
                here += line + 1;
                continue;
            }
            var body = here + line + 1;
            if (entry.Length - body < sizeof(ulong)) return false;
            var length = BinaryPrimitives.ReadUInt64LittleEndian(entry[body..]);
            if (length > Limits.EventBytesMax) throw new InvalidDataException($"a field says that it is {length} bytes long.");
            var from = body + sizeof(ulong);
            if ((ulong)(entry.Length - from) <= length) return false;
            var to = from + (int)length;
            if (entry[to] != '\n') throw new InvalidDataException("a field's length is not its length.");
            fields.Add((here..(here + line), from..to));
            here = to + 1;
        }
    }

    /// <summary>The value of a field of the entry just read; empty when it has none.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name)
    {
        foreach (var (key, value) in fields)
            if (entry[key].SequenceEqual(name)) return entry[value];
        return default;
    }

    public byte[] Json(ReadOnlySpan<byte> entry)
    {
        var into = new ArrayBufferWriter<byte>(entry.Length * 2);
        using (var json = new Utf8JsonWriter(into, Relaxed))
        {
            json.WriteStartObject();
            if (long.TryParse(Of(entry, "__REALTIME_TIMESTAMP"u8), NumberStyles.None, CultureInfo.InvariantCulture, out var us) && us / 1000 < Limits.StorableToMs)
                json.WriteString("@timestamp", string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.FromUnixTimeMilliseconds(us / 1000):yyyy-MM-dd'T'HH:mm:ss.fff}{us % 1000:000}Z"));
            var program = Of(entry, "SYSLOG_IDENTIFIER"u8);
            var pid = Of(entry, "_PID"u8);
            if (program.IsEmpty) program = Of(entry, "_COMM"u8);
            // As journalctl prints it, so that the program's own parser reads it.
            var message = Text(Of(entry, "MESSAGE"u8));
            json.WriteString("message", program.IsEmpty ? message : pid.IsEmpty ? $"{Text(program)}: {message}" : $"{Text(program)}[{Text(pid)}]: {message}");
            Under(json, entry, "host", "name", "_HOSTNAME"u8);
            json.WriteStartObject("journald");
            foreach (var (name, value) in fields) Field(json, entry[name], entry[value]);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return into.WrittenSpan.ToArray();
    }

    void Under(Utf8JsonWriter json, ReadOnlySpan<byte> entry, string group, string name, ReadOnlySpan<byte> field)
    {
        var value = Of(entry, field);
        if (value.IsEmpty) return;
        json.WriteStartObject(group);
        json.WriteString(name, Text(value));
        json.WriteEndObject();
    }

    // What is no text is told as base64, so that nothing of it is lost.
    static void Field(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (System.Text.Unicode.Utf8.IsValid(value)) json.WriteString(Text(name), value);
        else json.WriteBase64String(Text(name) + "_base64", value);
    }

    static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
