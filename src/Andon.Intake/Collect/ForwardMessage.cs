using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Andon.Intake.Collect;

/// <summary>
/// One message of Fluent forward as records: a JSON object an entry, its own fields first, what the protocol knows under <c>fluent</c>. The last
/// entry names the chunk: where it is in the log, the whole chunk is.
/// </summary>
sealed class ForwardMessage
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public List<ReadOnlyMemory<byte>> Records { get; } = [];
    /// <summary>The chunk that is to be acknowledged, as the sender wrote it; empty for none.</summary>
    public string Chunk { get; private set; } = "";
    /// <summary>Entries that could not be read.</summary>
    public int Broken { get; private set; }

    /// <summary>Null when it is no message of this protocol at all.</summary>
    public static ForwardMessage? Read(ReadOnlySpan<byte> data)
    {
        var reader = new MsgPack(data);
        if (!reader.Next(out var outer, out _) || outer.Kind != PackKind.Array || outer.Number is < 2 or > 4) return null;
        if (!reader.Next(out var tag, out _) || tag.Kind is not (PackKind.Text or PackKind.Binary) || tag.Length > Limits.ForwardTagBytesMax) return null;
        var name = Encoding.UTF8.GetString(reader.Bytes(tag));
        var body = reader.At;
        if (!reader.Next(out var second, out _)) return null;
        var message = new ForwardMessage();
        var packed = second.Kind is PackKind.Text or PackKind.Binary;
        var single = !packed && second.Kind != PackKind.Array;
        if (single && outer.Number < 3) return null;

        // The option stands last and says how to read what stands before it.
        var option = new MsgPack(data[body..]);
        for (var skip = single ? 2 : 1; skip > 0; skip--)
            if (!option.Skip()) return null;
        var gzip = outer.Number == (single ? 4 : 3) && message.Option(ref option);
        if (packed)
        {
            var entries = reader.Bytes(second);
            if (gzip && Unpack(entries) is var plain)
            {
                if (plain is null) return null;
                message.Entries(plain, name, long.MaxValue);
            }
            else message.Entries(entries, name, long.MaxValue);
        }
        else if (single) message.Entry(second, ref reader, name);
        else message.Entries(data[reader.At..], name, second.Number);
        message.NameChunk();
        return message;
    }

    bool Option(ref MsgPack from)
    {
        var gzip = false;
        if (!from.Next(out var map, out _) || map.Kind != PackKind.Map) return false;
        for (var i = 0L; i < map.Number; i++)
        {
            if (!from.Next(out var key, out _)) return gzip;
            var name = key.Kind == PackKind.Text ? from.Bytes(key) : default;
            var value = from;
            if (value.Next(out var item, out _) && item.Kind is PackKind.Text or PackKind.Binary)
            {
                if (name.SequenceEqual("chunk"u8) && item.Length <= Limits.ForwardChunkIdBytesMax) Chunk = Encoding.UTF8.GetString(value.Bytes(item));
                else if (name.SequenceEqual("compressed"u8)) gzip = value.Bytes(item).SequenceEqual("gzip"u8);
            }
            if (!from.Skip()) return gzip;
        }
        return gzip;
    }

    void Entries(ReadOnlySpan<byte> data, string tag, long count)
    {
        var reader = new MsgPack(data);
        for (var i = 0L; i < count && reader.At < data.Length; i++)
        {
            var from = reader.At;
            if (Records.Count + Broken == Limits.ForwardEntriesMax || !reader.Skip())
            {
                Broken++;
                return;
            }
            var entry = new MsgPack(data[from..reader.At]);
            if (!entry.Next(out var pair, out _) || pair.Kind != PackKind.Array || pair.Number < 2 || !entry.Next(out var time, out _)) Broken++;
            else if (time.Kind == PackKind.Array && time.Number >= 1)
            {
                // Newer senders write [[time, metadata], record].
                if (!entry.Next(out var inner, out _)) continue;
                for (var k = 1L; k < time.Number; k++) entry.Skip();
                Entry(inner, ref entry, tag);
            }
            else Entry(time, ref entry, tag);
        }
    }

    void Entry(in PackItem time, ref MsgPack reader, string tag)
    {
        var at = reader;
        if (!reader.Next(out var map, out _) || map.Kind != PackKind.Map)
        {
            Broken++;
            return;
        }
        var into = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(into, Relaxed);
        json.WriteStartObject();
        var told = PackJson.TryTime(at, time, out var when);
        if (told && !HasTime(at)) json.WriteString("@timestamp", when);
        if (!PackJson.Members(ref reader, map.Number, json, depth: 1))
        {
            Broken++;
            return;
        }
        json.WriteStartObject("fluent");
        json.WriteString("tag", tag);
        if (told) json.WriteString("time", when);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        if (into.WrittenCount > Limits.EventBytesMax) Broken++;
        else Records.Add(into.WrittenMemory);
    }

    static bool HasTime(MsgPack map)
    {
        if (!map.Next(out var head, out _)) return false;
        for (var i = 0L; i < head.Number; i++)
        {
            if (!map.Next(out var key, out _)) return false;
            if (key.Kind == PackKind.Text && map.Bytes(key) is var name && (name.SequenceEqual("@timestamp"u8) || name.SequenceEqual("timestamp"u8) || name.SequenceEqual("time"u8))) return true;
            if (key.Kind is PackKind.Array or PackKind.Map || !map.Skip()) return false;
        }
        return false;
    }

    void NameChunk()
    {
        if (Chunk.Length == 0 || Records.Count == 0) return;
        var last = Records[^1].Span;
        var named = Encoding.UTF8.GetBytes($",\"chunk\":{JsonSerializer.Serialize(Chunk)}}}}}");
        var whole = new byte[last.Length - 2 + named.Length];
        last[..^2].CopyTo(whole); // Without the two braces that end fluent and the record.
        named.CopyTo(whole, last.Length - 2);
        Records[^1] = whole;
    }

    /// <summary>The chunk that a record of this listener names, if it is the last of one.</summary>
    public static string? ChunkOf(ReadOnlySpan<byte> record)
    {
        var at = record.LastIndexOf("\"fluent\":{"u8);
        if (at < 0 || !record.EndsWith("}}"u8)) return null;
        try
        {
            var reader = new Utf8JsonReader(record[(at + "\"fluent\":".Length)..^1]);
            while (reader.Read())
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("chunk"u8))
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A record's own text looked like ours.
        }
        return null;
    }

    static byte[]? Unpack(ReadOnlySpan<byte> packed)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            using var into = new MemoryStream();
            var chunk = new byte[32 << 10];
            int read;
            while ((read = gzip.Read(chunk)) > 0)
            {
                if (into.Length + read > Limits.ForwardBytesMax) return null;
                into.Write(chunk, 0, read);
            }
            return into.ToArray();
        }
        catch (Exception e) when (e is InvalidDataException or IOException) // Some damage is told as the one, some as the other.
        {
            return null;
        }
    }
}
