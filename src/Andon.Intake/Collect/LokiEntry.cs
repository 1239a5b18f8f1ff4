using System.Buffers;
using System.Text;

namespace Andon.Intake.Collect;

/// <summary>
/// One entry of a Loki push as a record: <c>{"ts":…,"tenant":…,"stream":{labels},"metadata":{…},"line":"…"}</c>. Of the line only what JSON must
/// escape is escaped; its other bytes stand as they came, also those that are no text.
/// </summary>
static class LokiEntry
{
    /// <param name="time">Nanoseconds since 1970 or a time in words, without quotes.</param>
    /// <param name="stream">The labels as a JSON object.</param>
    /// <param name="metadata">Structured metadata as a JSON object; empty where there is none.</param>
    /// <param name="line">The line as a JSON string, with its quotes.</param>
    public static byte[] Record(ReadOnlySpan<byte> time, string tenant, ReadOnlySpan<byte> stream, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> line)
    {
        var into = new ArrayBufferWriter<byte>(64 + time.Length + stream.Length + metadata.Length + line.Length);
        into.Write("{\"ts\":"u8);
        Quote(into, time);
        if (tenant.Length > 0)
        {
            into.Write(",\"tenant\":"u8);
            Quote(into, Encoding.UTF8.GetBytes(tenant));
        }
        into.Write(",\"stream\":"u8);
        into.Write(stream);
        if (metadata.Length > 2)
        {
            into.Write(",\"metadata\":"u8);
            into.Write(metadata);
        }
        into.Write(",\"line\":"u8);
        into.Write(line);
        into.Write("}"u8);
        return into.WrittenSpan.ToArray();
    }

    public static void Quote(ArrayBufferWriter<byte> into, ReadOnlySpan<byte> text)
    {
        into.Write("\""u8);
        foreach (var b in text)
        {
            switch (b)
            {
                case (byte)'"': into.Write("\\\""u8); break;
                case (byte)'\\': into.Write("\\\\"u8); break;
                case (byte)'\n': into.Write("\\n"u8); break;
                case (byte)'\r': into.Write("\\r"u8); break;
                case (byte)'\t': into.Write("\\t"u8); break;
                case < 0x20:
                    into.Write("\\u00"u8);
                    into.Write([Digit(b >> 4), Digit(b & 15)]);
                    break;
                default:
                    into.GetSpan(1)[0] = b;
                    into.Advance(1);
                    break;
            }
        }
        into.Write("\""u8);
    }

    static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    /// <summary>Pairs as a JSON object.</summary>
    public static byte[] Object(IEnumerable<(byte[] Name, byte[] Value)> pairs)
    {
        var into = new ArrayBufferWriter<byte>();
        into.Write("{"u8);
        foreach (var (name, value) in pairs)
        {
            if (into.WrittenCount > 1) into.Write(","u8);
            Quote(into, name);
            into.Write(":"u8);
            Quote(into, value);
        }
        into.Write("}"u8);
        return into.WrittenSpan.ToArray();
    }
}
