using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// Syslog envelopes: RFC 5424, RFC 3164 and the ISO-dated form that rsyslog writes to files. An unreadable envelope is still a line worth keeping.
/// </summary>
static class SyslogHeader
{
    public static readonly FieldId Procid = FieldNames.Intern("log.syslog.procid"), Hostname = FieldNames.Intern("log.syslog.hostname");

    public ref struct Head
    {
        public Text Program;
        public Text Message;
        /// <summary>There was something of an envelope: a priority, or a time with host and program.</summary>
        public bool Found;
    }

    public static Head Read(Text text, EventDraft draft)
    {
        var head = new Head { Message = text };
        var pri = Priority(ref text, draft);
        if ((pri ? !IsCount(text) : IsNewForm(text)) && text.StartsWith("1 "u8) && Rfc5424(text.Slice(2), draft, ref head)) return head;
        if (DeviceHeader.TryRead(text, draft, out var message))
        {
            head.Message = message;
            return head;
        }
        head.Found = Bsd(text, pri, draft, ref head) || pri;
        if (head.Found && head.Program.IsEmpty && IsHeader(head.Message, draft, out var inner))
        {
            // A relay wrote its own header before the sender's: the event is the sender's.
            var (at, length) = draft.HostAt;
            if (length > 0 && draft.TakeOut(Ecs.HostName)) draft.AddAt(Hostname, at, length, ValueKind.Text);
            Bsd(inner, pri: true, draft, ref head);
        }
        if (!head.Found && draft.Origin.Syslog) draft.Flawed(Flaw.PriMissing);
        return head;
    }

    // A priority or none, a time, a host and a program's tag. A message that only begins with a time is a message: what stands where a host
    // would may be a level, so without a priority an ISO time needs a tag with a number, and another time no word that levels have.
    static bool IsHeader(Text text, EventDraft draft, out Text header)
    {
        header = text;
        if (text.Length < 20) return false;
        var pri = text[0] == '<' && text.Span[..6].IndexOf((byte)'>') is >= 2 and var close && Times.Digits(text.Span[1..close], out var value) && value <= 191;
        if (pri) header = text.Slice(text.Span.IndexOf((byte)'>') + 1);
        var bsd = Times.TryBsd(header.Span, draft.Batch.Current.ReceivedMs, out _, out var used);
        if (!bsd && (!Times.TryIso(header.Span, out _, out _, out used) || used >= header.Length || header[used] != ' ')) return false;
        var rest = header.Slice(used);
        if (rest.Length > 0 && rest[0] == ' ') rest = rest.Slice(1);
        if (!Text.Cut(ref rest, (byte)' ', out var host) || host.IsEmpty || host[^1] == ':' || host.Span.IndexOf((byte)'[') >= 0) return false;
        var tag = TagLength(rest);
        return tag > 0 && (pri || rest[tag] == '[' || (bsd && host.Span.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') >= 0));
    }

    // "1 1772438398.1 …" is a device that counts seconds, and no time of RFC 5424.
    static bool IsCount(Text text)
    {
        if (text.Length < 4) return false;
        var end = text.Span[2..].IndexOf((byte)' ');
        return end > 0 && text.Span.Slice(2, end).IndexOfAnyExceptInRange((byte)'.', (byte)'9') < 0;
    }

    // Files often hold RFC 5424 lines without their priority.
    static bool IsNewForm(Text text) => text.Length > 22 && text[0] == '1' && text[1] == ' ' && Times.TryIso(text.Span[2..], out _, out _, out _);

    static bool Priority(scoped ref Text text, EventDraft draft)
    {
        if (text.Length < 3 || text[0] != '<') return false;
        var close = text.Span[..Math.Min(text.Length, 8)].IndexOf((byte)'>');
        if (close < 0)
        {
            if (draft.Origin.Syslog) draft.Flawed(Flaw.PriBad);
            return false;
        }
        if (close is < 2 or > 4 || !Times.Digits(text.Span[1..close], out var value) || value > 191)
        {
            if (!draft.Origin.Syslog) return false;
            draft.Flawed(Flaw.PriBad);
        }
        else
        {
            draft.PutNumber(Ecs.LogSyslogFacility, value >> 3);
            draft.PutNumber(Ecs.LogSyslogSeverity, value & 7);
        }
        text = text.Slice(close + 1);
        return true;
    }

    static bool Rfc5424(Text text, EventDraft draft, scoped ref Head head)
    {
        var rest = text;
        if (!Text.Cut(ref rest, (byte)' ', out var time) || !Text.Cut(ref rest, (byte)' ', out var host) || !Text.Cut(ref rest, (byte)' ', out var app)
            || !Text.Cut(ref rest, (byte)' ', out var procid) || !Text.Cut(ref rest, (byte)' ', out var msgid))
        {
            draft.Flawed(Flaw.HeaderBad);
            return false;
        }
        if (!IsNil(time))
        {
            if (Times.TryIso(time.Span, out var ms, out var zone, out var used) && used == time.Length) draft.Time(ms, zone);
            else draft.Flawed(Flaw.TimeBad);
        }
        if (!IsNil(host)) draft.Host(host);
        if (!IsNil(app)) Program(app, draft, ref head);
        if (!IsNil(procid))
        {
            if (IsNumber(procid)) Pid(procid, draft);
            else draft.Add(Procid, procid);
        }
        if (!IsNil(msgid)) draft.Add(Ecs.LogSyslogMsgid, draft.Msgid = msgid);
        var structured = rest;
        if (rest.Length > 0 && rest[0] == '-') rest = rest.Slice(1);
        else if (!StructuredData(ref rest, draft))
        {
            // [key:"value"; …] is what Check Point writes there, and its parser reads it.
            if (!IsPairs(structured.Span)) draft.Flawed(Flaw.SdBad);
            rest = structured; // It may be a message that begins with a bracket.
        }
        else draft.Structured = structured.Slice(0, structured.Length - rest.Length);
        if (rest.Length > 0 && rest[0] == ' ') rest = rest.Slice(1);
        if (rest.StartsWith("\uFEFF"u8)) rest = rest.Slice(3);
        head.Message = rest;
        return head.Found = true;
    }

    static bool IsPairs(ReadOnlySpan<byte> text)
    {
        var quote = text.IndexOf((byte)'"');
        return text.Length > 4 && text[0] == '[' && quote > 2 && text[quote - 1] == ':' && text[1..quote].IndexOf((byte)' ') < 0;
    }

    static bool StructuredData(scoped ref Text text, EventDraft draft)
    {
        Span<byte> name = stackalloc byte[Limits.PathBytesMax];
        ReadOnlySpan<byte> prefix = "log.syslog.structured_data."u8;
        prefix.CopyTo(name);
        if (text.IsEmpty || text[0] != '[') return false;
        while (text.Length > 0 && text[0] == '[')
        {
            var idLength = text.Span[1..].IndexOfAny((byte)' ', (byte)']');
            if (idLength < 1 || idLength > 100) return false;
            text.Span.Slice(1, idLength).CopyTo(name[prefix.Length..]);
            var at = prefix.Length + idLength;
            name[at++] = (byte)'.';
            text = text.Slice(1 + idLength);
            while (text.Length > 0 && text[0] == ' ')
            {
                text = text.Slice(1);
                if (text.Length > 0 && text[0] == ']') break; // Check Point leaves a blank before it.
                var equals = text.Span.IndexOf("=\""u8);
                if (equals < 1 || at + equals > name.Length) return false;
                text.Span[..equals].CopyTo(name[at..]);
                text = text.Slice(equals + 2);
                var end = 0;
                var escaped = false;
                while (end < text.Length && text[end] != '"')
                {
                    if (text[end] == '\\' && end + 1 < text.Length && text[end + 1] is (byte)'"' or (byte)'\\' or (byte)']')
                    {
                        escaped = true;
                        end++;
                    }
                    end++;
                }
                if (end >= text.Length) return false;
                var field = draft.Batch.NameOf(name[..(at + equals)]);
                if (escaped) PutUnescaped(draft, field, text.Slice(0, end));
                else if (!draft.AddData(field, text.At, end, ValueKind.Text)) return true;
                text = text.Slice(end + 1);
            }
            if (text.IsEmpty || text[0] != ']') return false;
            text = text.Slice(1);
        }
        return true;
    }

    static void PutUnescaped(EventDraft draft, FieldId field, Text value)
    {
        var room = draft.Batch.Reserve(value.Length);
        var n = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length && value[i + 1] is (byte)'"' or (byte)'\\' or (byte)']') i++;
            room[n++] = value[i];
        }
        draft.AddData(field, draft.Batch.Commit(n), n, ValueKind.Text);
    }

    static bool Bsd(Text text, bool pri, EventDraft draft, scoped ref Head head)
    {
        var found = false;
        var isoFile = false;
        var sentence = false;
        ref readonly var at = ref draft.Batch.Current;
        if (Times.TryBsd(text.Span, at.ReceivedMs, out var ms, out var used))
        {
            draft.Time(ms, zoneKnown: false, yearKnown: false);
            found = true;
        }
        else if (Times.TryIso(text.Span, out ms, out var zone, out used) && used < text.Length && (text[used] == ' ' || (text[used] == ':' && used + 1 < text.Length && text[used + 1] == ' ')))
        {
            draft.Time(ms, zone);
            found = isoFile = true;
        }
        else used = 0;
        // Java's collector and lighttpd write "2026-03-02T07:59:58.123+0000: " and then what they say: no host stands there.
        if (isoFile && text[used] == ':')
        {
            used++;
            sentence = !pri;
        }
        var rest = text.Slice(used);
        if (found && rest.Length > 0 && rest[0] == ' ') rest = rest.Slice(1);
        // The host may be missing: then the tag, which ends with a colon or a number in brackets, comes first.
        var next = rest;
        if (found && CutHost(ref next, out var host) && host.Length > 0 && host[^1] != ':' && host.Span.IndexOfAny((byte)'[', (byte)',') < 0
            // Many logs begin with such a time and go on with a sentence: there, a host is one that a program's tag follows.
            && (pri || !isoFile || (!sentence && IsFileHeader(text[10] == 'T', host, next))))
        {
            draft.Host(host);
            rest = next;
        }
        // Without a priority and a time, "error: …" is a sentence and no program.
        if ((pri || found || IsTag(rest)) && Tag(rest, draft, ref head, out var message)) rest = message;
        head.Message = rest;
        return found;
    }

    // Behind an ISO time without a priority a host is one that looks so and has a program's tag behind it. Logs of their own have a level there, a peer
    // or a sentence: where the tag has no number a level is no host, and behind a time with a blank in it no word with a capital is one.
    static bool IsFileHeader(bool iso8601, Text host, Text next)
    {
        var tag = TagLength(next);
        if (tag == 0 || !IsHostName(host.Span) || next.Span[..tag].IndexOfAny("\"',<>"u8) >= 0) return false;
        if (next[tag] == '[') return true;
        return iso8601 ? !IsLevel(host.Span) : !IsLevel(host.Span) && !host.Span.ContainsAnyInRange((byte)'A', (byte)'Z');
    }

    static readonly SearchValues<byte> hostBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%"u8);

    // One colon parts an address from its port.
    static bool IsHostName(ReadOnlySpan<byte> host) => host.Length <= 255 && host.IndexOfAnyExcept(hostBytes) < 0 && host.Count((byte)':') != 1;

    static bool IsLevel(ReadOnlySpan<byte> word)
    {
        foreach (var level in levels)
            if (Ascii.EqualsIgnoreCase(word, level)) return true;
        return false;
    }

    static readonly byte[][] levels = [.. "trace debug info information notice warn warning error err crit critical alert emerg fatal severe".Split(' ').Select(Encoding.ASCII.GetBytes)];

    /// <summary>The program that a line of a syslog file names behind an ISO time and a host. Empty when the text is none, or may be a log's own line.</summary>
    public static Text IsoProgram(Text text)
    {
        if (!Times.TryIso(text.Span, out _, out _, out var used) || used >= text.Length || text[used] != ' ') return text.Slice(0, 0);
        var rest = text.Slice(used + 1);
        if (!Text.Cut(ref rest, (byte)' ', out var host) || host.IsEmpty || host[^1] == ':' || !IsFileHeader(text[10] == 'T', host, rest)) return text.Slice(0, 0);
        var tag = TagLength(rest);
        return text[10] == 'T' || rest[tag] == '[' ? rest.Slice(0, tag) : text.Slice(0, 0);
    }

    // Some agents part the host from what follows by a tab.
    static bool CutHost(scoped ref Text text, out Text host)
    {
        var at = text.Span.IndexOfAny((byte)' ', (byte)'\t');
        return Text.Cut(ref text, at < 0 ? (byte)' ' : text[at], out host);
    }

    // name[123]: says who wrote the line even where nothing else does.
    static bool IsTag(Text text)
    {
        var open = text.Span[..Math.Min(text.Length, 64)].IndexOf((byte)'[');
        if (open < 2 || text.Span[..open].IndexOfAny((byte)' ', (byte)'"', (byte)'=') >= 0) return false;
        var close = text.Span[open..].IndexOf((byte)']');
        return close > 1 && IsNumber(text.Slice(open + 1, close - 1)) && open + close + 2 < text.Length && text[open + close + 1] == ':' && text[open + close + 2] == ' ';
    }

    static int TagLength(Text text)
    {
        var n = 0;
        while (n < text.Length && n < 64 && text[n] is not ((byte)':' or (byte)'[' or (byte)' ' or (byte)'=')) n++;
        if (n == 0 || n >= text.Length || n == 64 || text[n] is (byte)' ' or (byte)'=') return 0;
        if (text[n] == ':') return n + 1 == text.Length || text[n + 1] == ' ' ? n : 0;
        var close = text.Span[n..].IndexOf((byte)']');
        return close > 1 && n + close + 1 < text.Length && text[n + close + 1] == ':' ? n : 0;
    }

    // program[123]: or program:
    static bool Tag(Text text, EventDraft draft, scoped ref Head head, out Text message)
    {
        message = text;
        var n = 0;
        while (n < text.Length && n < 64 && text[n] is not ((byte)':' or (byte)'[' or (byte)' ' or (byte)'=')) n++;
        if (n == 0 || n >= text.Length || n == 64) return false;
        var program = text.Slice(0, n);
        if (text[n] == '[')
        {
            var close = text.Span[n..].IndexOf((byte)']');
            if (close < 1) return false;
            var pid = text.Slice(n + 1, close - 1);
            var after = n + close + 1;
            if (after < text.Length && text[after] == ':') after++;
            else if (!IsNumber(pid)) return false;
            if (IsNumber(pid)) Pid(pid, draft);
            else draft.Add(Procid, pid);
            message = text.Slice(after);
        }
        // "CEF: 0|…" is the format's own beginning.
        else if (text[n] == ':' && (n + 1 == text.Length || text[n + 1] == ' ') && !program.Is("CEF"u8)) message = text.Slice(n + 1);
        else return false;
        Program(program, draft, ref head);
        if (message.Length > 0 && message[0] == ' ') message = message.Slice(1);
        SolarisId(ref message, draft);
        return true;
    }

    // Solaris numbers its messages: "[ID 800047 auth.info] ".
    static void SolarisId(scoped ref Text message, EventDraft draft)
    {
        if (!message.StartsWith("[ID "u8)) return;
        var close = message.Span[..Math.Min(message.Length, 48)].IndexOf("] "u8);
        if (close < 6) return;
        var inside = message.Slice(4, close - 4);
        if (!Text.Cut(ref inside, (byte)' ', out var id) || !IsNumber(id) || inside.Span.IndexOfAny((byte)' ', (byte)'[') >= 0) return;
        draft.Add(Ecs.LogSyslogMsgid, id);
        message = message.Slice(close + 2);
    }

    static void Pid(Text number, EventDraft draft)
    {
        draft.Add(Ecs.ProcessPid, number, ValueKind.Number);
        draft.Procid = (number.At, number.Length);
    }

    static void Program(Text name, EventDraft draft, scoped ref Head head)
    {
        head.Program = name;
        draft.Add(Ecs.LogSyslogAppname, name);
        // A path is the executable; its last part is the program's name.
        var slash = name.Span.LastIndexOf((byte)'/');
        draft.Add(Ecs.ProcessName, slash >= 0 && slash + 1 < name.Length ? name.Slice(slash + 1) : name);
    }

    static bool IsNil(Text value) => value.IsEmpty || value.Is("-"u8);
    static bool IsNumber(Text value) => value.Length is > 0 and <= 18 && value.Span.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
}
