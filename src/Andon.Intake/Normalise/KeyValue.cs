using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary><c>key=value key="quoted value"</c> lines, and netfilter's log lines among them. Keys keep their names; a few that everyone writes alike get ECS names too.</summary>
sealed class KeyValue(Constants constants)
{
    const int PairsMin = 3;
    static readonly FieldId In = FieldNames.Intern("IN"), Out = FieldNames.Intern("OUT");

    readonly Const dataset = constants.Get("kv.generic"), module = constants.Get("kv"), parser = constants.Get("kv@1");
    readonly Const network = constants.Get("network"), connection = constants.Get("connection"), tcp = constants.Get("tcp"), udp = constants.Get("udp"), icmp = constants.Get("icmp");

    readonly Dictionary<byte[], (FieldId Field, bool Address)> known = Known();

    static Dictionary<byte[], (FieldId, bool)> Known()
    {
        var map = new Dictionary<byte[], (FieldId, bool)>(Utf8Names.Instance);
        void Say(string name, FieldId field, bool address = false) => map[System.Text.Encoding.UTF8.GetBytes(name)] = (field, address);
        foreach (var name in new[] { "SRC", "src", "srcip", "src_ip", "source_ip" }) Say(name, Ecs.SourceIp, address: true);
        foreach (var name in new[] { "DST", "dst", "dstip", "dst_ip", "dest_ip", "destination_ip" }) Say(name, Ecs.DestinationIp, address: true);
        foreach (var name in new[] { "SPT", "srcport", "src_port", "spt" }) Say(name, Ecs.SourcePort);
        foreach (var name in new[] { "DPT", "dstport", "dst_port", "dpt" }) Say(name, Ecs.DestinationPort);
        foreach (var name in new[] { "user", "username" }) Say(name, Ecs.UserName);
        return map;
    }

    /// <summary>True when at least three pairs stand in the text and most of it is pairs; otherwise nothing was added.</summary>
    public bool TryParse(Text text, EventDraft draft)
    {
        int pairs = 0, words = 0;
        var rest = text;
        while (Next(ref rest, out var key, out _)) if (key.IsEmpty) words++; else pairs++;
        if (pairs < PairsMin || words > pairs * 2) return false;
        rest = text;
        var netfilter = false;
        while (Next(ref rest, out var key, out var value))
        {
            if (key.IsEmpty) continue;
            var name = JsonFormat.Guarded(draft, key.Span);
            if (!draft.AddData(name, value.At, value.Length, ValueKind.Text)) break;
            netfilter |= name == In || name == Out;
            if (value.Length > 0 && known.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key.Span, out var ecs) && !draft.Has(ecs.Field)) Ecs_(draft, ecs.Field, ecs.Address, value);
            if (value.Length > 0 && (key.Is("PROTO"u8) || key.Is("proto"u8)) && Transport(value) is { } transport) draft.Add(Ecs.NetworkTransport, transport);
        }
        if (netfilter && draft.Has(Ecs.SourceIp))
        {
            draft.Add(Ecs.EventCategory, network);
            draft.Add(Ecs.EventType, connection);
        }
        draft.Dataset = dataset;
        draft.Module = module;
        draft.Parser = parser;
        return true;
    }

    static void Ecs_(EventDraft draft, FieldId field, bool address, Text value)
    {
        if (address)
        {
            if (EventDraft.IsIp(value.Span)) draft.Add(field, value);
        }
        else if (field == Ecs.UserName || value.Span.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) draft.Add(field, value, field == Ecs.UserName ? ValueKind.Text : ValueKind.Number);
    }

    Const? Transport(Text value) =>
        System.Text.Ascii.EqualsIgnoreCase(value.Span, "tcp"u8) || value.Is("6"u8) ? tcp
        : System.Text.Ascii.EqualsIgnoreCase(value.Span, "udp"u8) || value.Is("17"u8) ? udp
        : System.Text.Ascii.EqualsIgnoreCase(value.Span, "icmp"u8) || value.Is("1"u8) ? icmp : null;

    /// <summary>The next pair, or a word that is none (its key is empty).</summary>
    static bool Next(scoped ref Text rest, out Text key, out Text value)
    {
        key = default;
        value = default;
        var i = 0;
        while (i < rest.Length && rest[i] is (byte)' ' or (byte)'\t' or (byte)',' or (byte)';') i++;
        rest = rest.Slice(i);
        if (rest.IsEmpty) return false;
        var n = 0;
        while (n < rest.Length && IsKey(rest[n])) n++;
        if (n is 0 or > 128 || n >= rest.Length || rest[n] != '=')
        {
            while (n < rest.Length && rest[n] != ' ') n++;
            rest = rest.Slice(n);
            return true;
        }
        key = rest.Slice(0, n);
        rest = rest.Slice(n + 1);
        if (rest.Length > 0 && rest[0] is (byte)'"' or (byte)'\'')
        {
            var quote = rest[0];
            var end = 1;
            while (end < rest.Length && rest[end] != quote) end += rest[end] == '\\' && end + 1 < rest.Length ? 2 : 1;
            if (end < rest.Length)
            {
                value = rest.Slice(1, end - 1);
                rest = rest.Slice(end + 1);
                return true;
            }
        }
        var stop = rest.Span.IndexOfAny((byte)' ', (byte)'\t');
        value = stop < 0 ? rest : rest.Slice(0, stop);
        rest = rest.Slice(value.Length);
        if (value.Length > 0 && value[^1] is (byte)',' or (byte)';') value = value.Slice(0, value.Length - 1);
        return true;
    }

    static bool IsKey(byte b) => b is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9' or (byte)'_' or (byte)'-' or (byte)'.' or (byte)'@';
}
