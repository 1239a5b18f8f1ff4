using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Andon.Intake.Collect;

/// <summary>Takes a push of Loki apart: JSON of today and of the older path, and protobuf.</summary>
/// <param name="take">Gets each entry as a record, or nothing where it can never be one.</param>
sealed class LokiPush(string tenant, Action<byte[]> take)
{
    static readonly JsonDocumentOptions Deep = new() { MaxDepth = Limits.LokiDepthMax };

    long made;

    /// <summary>False when this is no push; then nothing was taken.</summary>
    public bool Json(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Deep);
            if (!document.RootElement.TryMember("streams"u8, out var streams) || streams.ValueKind != JsonValueKind.Array) return false;
            foreach (var stream in streams.EnumerateArray()) Stream(stream);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    void Stream(JsonElement stream)
    {
        if (stream.ValueKind != JsonValueKind.Object) take([]);
        else if (stream.TryMember("values"u8, out var values) && values.ValueKind == JsonValueKind.Array)
        {
            var labels = stream.TryMember("stream"u8, out var own) && own.ValueKind == JsonValueKind.Object ? JsonMarshal.GetRawUtf8Value(own) : "{}"u8;
            foreach (var value in values.EnumerateArray())
            {
                // [time, line] or [time, line, metadata]
                var parts = value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 0;
                if (parts < 2) take([]);
                else Entry(labels, value[0], value[1], parts > 2 ? value[2] : default);
            }
        }
        else if (stream.TryMember("entries"u8, out var entries) && entries.ValueKind == JsonValueKind.Array)
        {
            var labels = stream.TryMember("labels"u8, out var written) && written.ValueKind == JsonValueKind.String ? LokiLabels.Read(Encoding.UTF8.GetBytes(written.Plain())) : null;
            foreach (var entry in entries.EnumerateArray())
                if (labels is not null && entry.ValueKind == JsonValueKind.Object && entry.TryMember("line"u8, out var line)) Entry(labels, entry.TryMember("ts"u8, out var time) ? time : default, line, default);
                else take([]);
        }
        else take([]);
    }

    void Entry(ReadOnlySpan<byte> labels, JsonElement time, JsonElement line, JsonElement metadata)
    {
        if (line.ValueKind != JsonValueKind.String)
        {
            take([]);
            return;
        }
        var at = time.ValueKind is JsonValueKind.String or JsonValueKind.Number ? JsonMarshal.GetRawUtf8Value(time).Trim((byte)'"') : default;
        take(Record(at, labels, metadata.ValueKind == JsonValueKind.Object ? JsonMarshal.GetRawUtf8Value(metadata) : default, JsonMarshal.GetRawUtf8Value(line)));
    }

    // Labels stand in every record: a few bytes of a push may not become any number of them.
    byte[] Record(ReadOnlySpan<byte> time, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> line)
    {
        if (made > Limits.MadeBytesMax) return [];
        var record = LokiEntry.Record(time, tenant, labels, metadata, line);
        made += record.Length;
        return record;
    }

    /// <summary>Field numbers are those of Loki's push.proto. False when the bytes are no such message.</summary>
    public bool Proto(ReadOnlySpan<byte> data)
    {
        var request = new Protobuf(data);
        while (request.Next())
            if (request is { Field: 1, Wire: Protobuf.Bytes } && !Stream(request.Data)) return false;
        return !request.Broken;
    }

    bool Stream(ReadOnlySpan<byte> data)
    {
        byte[]? labels = null;
        var head = new Protobuf(data);
        while (head.Next()) // The labels may stand behind the entries.
            if (head is { Field: 1, Wire: Protobuf.Bytes }) labels = LokiLabels.Read(head.Data);
        if (head.Broken) return false;
        var entries = new Protobuf(data);
        while (entries.Next())
            if (entries is { Field: 2, Wire: Protobuf.Bytes }) take(labels is null ? [] : Entry(labels, entries.Data));
        return true;
    }

    byte[] Entry(byte[] labels, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> line = default;
        decimal nanos = 0;
        var metadata = new List<(byte[], byte[])>();
        var fields = new Protobuf(data);
        while (fields.Next())
            switch (fields.Field, fields.Wire)
            {
                case (1, Protobuf.Bytes): nanos = Nanos(fields.Data); break;
                case (2, Protobuf.Bytes): line = fields.Data; break;
                case (3, Protobuf.Bytes) when metadata.Count < Limits.LokiLabelsMax: metadata.Add(Pair(fields.Data)); break;
            }
        if (fields.Broken) return [];
        var text = new ArrayBufferWriter<byte>(line.Length + 2);
        LokiEntry.Quote(text, line);
        return Record(Encoding.ASCII.GetBytes(nanos.ToString(CultureInfo.InvariantCulture)), labels, metadata.Count == 0 ? default : LokiEntry.Object(metadata), text.WrittenSpan);
    }

    static decimal Nanos(ReadOnlySpan<byte> data)
    {
        long seconds = 0, nanos = 0;
        var fields = new Protobuf(data);
        while (fields.Next())
        {
            if (fields is { Field: 1, Wire: Protobuf.Varint }) seconds = (long)fields.Number;
            else if (fields is { Field: 2, Wire: Protobuf.Varint }) nanos = (long)fields.Number;
        }
        return seconds * 1_000_000_000m + nanos;
    }

    static (byte[], byte[]) Pair(ReadOnlySpan<byte> data)
    {
        var (name, value) = (Array.Empty<byte>(), Array.Empty<byte>());
        var fields = new Protobuf(data);
        while (fields.Next())
        {
            if (fields is { Field: 1, Wire: Protobuf.Bytes }) name = fields.Data.ToArray();
            else if (fields is { Field: 2, Wire: Protobuf.Bytes }) value = fields.Data.ToArray();
        }
        return (name, value);
    }
}
