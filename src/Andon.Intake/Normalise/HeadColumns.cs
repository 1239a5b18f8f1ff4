using System.Buffers;
using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// Names of a line's columns, as lines at the head of its file told them (Zeek's <c>#fields</c>, W3C's <c>#Fields:</c>). They travel with each record as
/// part of <see cref="Origin.Hint"/>: <c>columns=zeek/conn/ts#,uid,id.orig_h,tx_hosts*,local_orig?</c>, where <c>#</c> marks a number, <c>?</c> a truth
/// value, <c>*</c> a list. A line is made into the object that the same sender writes as JSON, so that one parser reads both.
/// </summary>
sealed class HeadColumns
{
    // A byte becomes \u00xx at worst; signs around a value are fewer than this.
    const int Grows = 6, Frame = 8;

    // What the lines of IIS's parser call them.
    static readonly Dictionary<string, string> Iis = new(StringComparer.Ordinal)
    {
        ["date"] = "_date", ["time"] = "_clock", ["s-sitename"] = "site", ["s-computername"] = "_server", ["s-ip"] = "_server_ip", ["s-port"] = "_port", ["cs-method"] = "_method", ["cs-uri-stem"] = "_path", ["cs-uri-query"] = "_query",
        ["cs-username"] = "_user", ["c-ip"] = "_client", ["cs-version"] = "_version", ["cs(User-Agent)"] = "_agent", ["cs(Cookie)"] = "_cookie", ["cs(Referer)"] = "_referrer", ["cs-host"] = "_host", ["sc-status"] = "_status",
        ["sc-substatus"] = "substatus", ["sc-win32-status"] = "win32_status", ["sc-bytes"] = "_sent", ["cs-bytes"] = "_received", ["time-taken"] = "_took",
    };

    static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789."u8);

    readonly byte[][] names;
    readonly byte[] kinds;
    readonly byte[] path;
    readonly byte separator;
    readonly int frame;

    HeadColumns(string parser, byte[] path, string[] columns)
    {
        Parser = Encoding.UTF8.GetBytes(parser);
        this.path = path;
        separator = parser == "zeek" ? (byte)'\t' : (byte)' ';
        names = new byte[columns.Length][];
        kinds = new byte[columns.Length];
        frame = 64 + path.Length;
        for (var i = 0; i < columns.Length; i++)
        {
            var kind = columns[i].Length > 1 && columns[i][^1] is '#' or '?' or '*' ? columns[i][^1] : ' ';
            var name = kind == ' ' ? columns[i] : columns[i][..^1];
            names[i] = Encoding.UTF8.GetBytes(parser == "iis" && Iis.TryGetValue(name, out var own) ? own : name);
            kinds[i] = (byte)kind;
            frame += names[i].Length + Frame;
        }
    }

    /// <summary>Name of the parser that reads the objects.</summary>
    public byte[] Parser { get; }

    /// <summary>Reads what stands behind <c>columns=</c>; null where it says nothing.</summary>
    public static HeadColumns? Of(string hint)
    {
        var first = hint.IndexOf('/', StringComparison.Ordinal);
        var second = first < 0 ? -1 : hint.IndexOf('/', first + 1);
        if (second < 0 || hint[..first] is not ("zeek" or "iis")) return null;
        var columns = hint[(second + 1)..].Split(',');
        return columns.Length is < 2 or > Limits.ColumnsMax ? null : new(hint[..first], Encoding.UTF8.GetBytes(hint[(first + 1)..second]), columns);
    }

    /// <summary>The object, written behind the record in the batch; empty where the line has other columns than were named.</summary>
    public Text ToJson(Text line, EventDraft draft)
    {
        if (line.IsEmpty || line[0] == '#' || line.Span.Count(separator) + 1 != names.Length) return default;
        var room = draft.Batch.Reserve(line.Length * Grows + frame);
        var rest = draft.Batch.Slice(line.At, line.Length);
        var n = 0;
        Put("{"u8, room, ref n);
        if (path.Length > 0)
        {
            Put("\"_path\":\""u8, room, ref n);
            Put(path, room, ref n);
            Put("\""u8, room, ref n);
        }
        for (var i = 0; i < names.Length; i++)
        {
            var end = rest.IndexOf(separator);
            var value = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (value.IsEmpty || value.SequenceEqual("-"u8) || value.SequenceEqual("(empty)"u8)) continue;
            if (n > 1) Put(","u8, room, ref n);
            Put("\""u8, room, ref n);
            Put(names[i], room, ref n);
            Put("\":"u8, room, ref n);
            switch (kinds[i])
            {
                case (byte)'#' when IsNumber(value): Put(value, room, ref n); break;
                case (byte)'?' when value is [(byte)'T' or (byte)'F']: Put(value[0] == 'T' ? "true"u8 : "false"u8, room, ref n); break;
                case (byte)'*': List(value, room, ref n); break;
                default: Quoted(value, room, ref n); break;
            }
        }
        Put("}"u8, room, ref n);
        return draft.TextAt(draft.Batch.Commit(n), n);
    }

    static bool IsNumber(ReadOnlySpan<byte> value)
    {
        var text = value[0] == '-' ? value[1..] : value;
        return text.Length > 0 && text.Count((byte)'.') <= 1 && text[0] != '.' && text[^1] != '.' && !text.ContainsAnyExcept(Digits) && (text[0] != '0' || text.Length == 1 || text[1] == '.');
    }

    static void List(ReadOnlySpan<byte> value, Span<byte> into, ref int n)
    {
        Put("["u8, into, ref n);
        for (var first = true; ; first = false)
        {
            var comma = value.IndexOf((byte)',');
            if (!first) Put(","u8, into, ref n);
            Quoted(comma < 0 ? value : value[..comma], into, ref n);
            if (comma < 0) break;
            value = value[(comma + 1)..];
        }
        Put("]"u8, into, ref n);
    }

    // Zeek writes what would part columns as \x09, and what is no text as \xff: only the first stands for a letter that is meant.
    static void Quoted(ReadOnlySpan<byte> value, Span<byte> into, ref int n)
    {
        Put("\""u8, into, ref n);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 3 < value.Length && value[i + 1] == 'x' && Hex(value[i + 2]) is >= 0 and < 8 and var high && Hex(value[i + 3]) is >= 0 and var low)
            {
                n += JsonText.WriteEscaped((byte)(high << 4 | low), into[n..]);
                i += 3;
            }
            else n += JsonText.WriteEscaped(value[i], into[n..]);
        }
        Put("\""u8, into, ref n);
    }

    static int Hex(byte b) => b switch { >= (byte)'0' and <= (byte)'9' => b - '0', >= (byte)'a' and <= (byte)'f' => b - 'a' + 10, >= (byte)'A' and <= (byte)'F' => b - 'A' + 10, _ => -1 };

    static void Put(ReadOnlySpan<byte> bytes, Span<byte> into, ref int n)
    {
        bytes.CopyTo(into[n..]);
        n += bytes.Length;
    }
}
