using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// A Windows event in the lines that agents make of it: Snare's columns behind MSWinEventLog (parted by tabs, or by #011 where rsyslog escaped them),
/// nxlog's structured data, WinCollect's pairs. Made into the flat object of nxlog, so that one table names the fields of all.
/// </summary>
ref struct WindowsText
{
    // A byte becomes \u00xx at worst; the names written besides are fewer than this.
    const int Grows = 6, Frame = 512;
    const int ColumnsMax = 16;

    readonly Span<byte> json;
    int n;

    WindowsText(Span<byte> json) => this.json = json;

    /// <summary>The object, written behind the record in the batch; empty where the line is none of them.</summary>
    public static Text ToJson(Text body, Text program, EventDraft draft)
    {
        if (body.StartsWith("MSWinEventLog"u8)) return Snare(body, draft);
        if (IsClassic(body.Span)) return Classic(body, draft);
        if (draft.HasStructured && draft.Structured.StartsWith("[NXLOG@"u8) && draft.Structured.Span.IndexOf(" EventID=\""u8) > 0 && draft.Structured.Span.IndexOf(" Channel=\""u8) > 0) return Structured(body, program, draft);
        return body.StartsWith("AgentDevice=WindowsLog"u8) ? Collected(body, draft) : default;
    }

    /// <summary>Is it the text that Splunk's forwarder makes of a Windows event: a time, then a name and a value a line, the text for people last?</summary>
    public static bool IsClassic(ReadOnlySpan<byte> text)
    {
        var names = text[..Math.Min(text.Length, 40)].IndexOf("LogName="u8);
        return names >= 0 && (names == 0 || text[names - 1] == '\n') && text.IndexOf("\nEventCode="u8) > 0;
    }

    static Text Classic(Text body, EventDraft draft)
    {
        var room = draft.Batch.Reserve(body.Length * Grows + Frame);
        var rest = draft.Batch.Slice(body.At, body.Length);
        var writer = new WindowsText(room);
        writer.Put("{"u8);
        for (var first = true; !rest.IsEmpty; first = false)
        {
            var message = rest.StartsWith("Message="u8);
            var end = message ? -1 : rest.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
            rest = end < 0 ? default : rest[(end + 1)..];
            if (first && UsTime(line) is { } time)
            {
                writer.Pair("EventTime"u8, System.Text.Encoding.ASCII.GetBytes(time.ToString("yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)));
                continue;
            }
            var equals = line.IndexOf((byte)'=');
            if (equals <= 0 || equals + 1 == line.Length) continue;
            var name = line[..equals];
            var value = line[(equals + 1)..];
            if (name.SequenceEqual("LogName"u8)) writer.Pair("Channel"u8, value);
            else if (name.SequenceEqual("EventCode"u8)) writer.Pair("EventID"u8, value);
            // What the texts of events call their provider is mostly its name without dashes and with a stop.
            else if (name.SequenceEqual("SourceName"u8)) writer.Pair("SourceName"u8, value.SequenceEqual("Microsoft Windows security auditing."u8) ? "Microsoft-Windows-Security-Auditing"u8 : value);
            else if (name.SequenceEqual("ComputerName"u8)) writer.Pair("Hostname"u8, value);
            else if (name.SequenceEqual("User"u8)) { if (!value.SequenceEqual("NOT_TRANSLATED"u8)) writer.Pair("AccountName"u8, value); }
            else if (name.SequenceEqual("Sid"u8)) writer.Pair("UserID"u8, value);
            else if (name.SequenceEqual("TaskCategory"u8)) writer.Pair("Category"u8, value);
            else if (name.SequenceEqual("OpCode"u8)) writer.Pair("Opcode"u8, value);
            else if (name.SequenceEqual("Type"u8)) writer.Pair("Severity"u8, value);
            else if (name.SequenceEqual("RecordNumber"u8) || name.SequenceEqual("Keywords"u8) || message) writer.Pair(name, value);
        }
        return writer.Done(draft);
    }

    // 03/02/2026 07:59:58 AM, month first on machines of any language.
    static DateTime? UsTime(ReadOnlySpan<byte> line)
    {
        Span<char> text = stackalloc char[32];
        if (line.Length is < 19 or > 32 || !System.Text.Ascii.IsValid(line)) return null;
        var length = System.Text.Encoding.ASCII.GetChars(line, text);
        return DateTime.TryParseExact(text[..length], ["MM/dd/yyyy hh:mm:ss tt", "MM/dd/yyyy HH:mm:ss", "MM/dd/yyyy hh:mm:ss.fff tt"], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var time) ? time : null;
    }

    static Text Snare(Text body, EventDraft draft)
    {
        var rest = body.Slice("MSWinEventLog"u8.Length).Span;
        var parted = rest.StartsWith("\t"u8) ? "\t"u8 : rest.StartsWith("#011"u8) ? "#011"u8 : default;
        if (parted.IsEmpty) return default;
        Span<(int At, int Length)> columns = stackalloc (int, int)[ColumnsMax];
        var count = 0;
        for (var at = parted.Length; count < ColumnsMax && at <= rest.Length;)
        {
            var end = rest[at..].IndexOf(parted);
            columns[count++] = (at, end < 0 ? rest.Length - at : end);
            at = end < 0 ? rest.Length + 1 : at + end + parted.Length;
        }
        if (count < 10) return default;
        var room = draft.Batch.Reserve(body.Length * Grows + Frame);
        rest = draft.Batch.Slice(body.At, body.Length)["MSWinEventLog"u8.Length..];
        var writer = new WindowsText(room);
        writer.Put("{"u8);
        writer.Pair("Channel"u8, Column(rest, columns[1]));
        writer.Pair("EventTime"u8, Column(rest, columns[3]));
        writer.Pair("EventID"u8, Column(rest, columns[4]));
        writer.Pair("SourceName"u8, Column(rest, columns[5]));
        var user = Column(rest, columns[6]);
        var slash = user.IndexOf((byte)'\\');
        if (!user.SequenceEqual("N/A"u8))
        {
            if (slash > 0) writer.Pair("Domain"u8, user[..slash]);
            writer.Pair("AccountName"u8, user[(slash + 1)..]);
        }
        var type = Column(rest, columns[8]);
        writer.Pair("EventType"u8, type.SequenceEqual("Success Audit"u8) ? "AUDIT_SUCCESS"u8 : type.SequenceEqual("Failure Audit"u8) ? "AUDIT_FAILURE"u8 : type.SequenceEqual("Error"u8) ? "ERROR"u8 : type.SequenceEqual("Warning"u8) ? "WARNING"u8 : "INFO"u8);
        writer.Pair("Hostname"u8, Column(rest, columns[9]));
        if (count > 10) writer.Pair("Category"u8, Column(rest, columns[10]));
        // The text is the longest of what follows: versions differ in what stands around it.
        var text = (At: 0, Length: 0);
        for (var i = 11; i < count; i++)
            if (columns[i].Length > text.Length) text = columns[i];
        writer.Pair("Message"u8, Column(rest, text));
        return writer.Done(draft);
    }

    static Text Structured(Text body, Text program, EventDraft draft)
    {
        var data = draft.Structured;
        var room = draft.Batch.Reserve((data.Length + body.Length + program.Length) * Grows + Frame);
        var writer = new WindowsText(room);
        writer.Put("{"u8);
        writer.Pair("SourceName"u8, draft.Batch.Slice(program.At, program.Length));
        var rest = draft.Batch.Slice(data.At, data.Length);
        rest = rest[(rest.IndexOf((byte)' ') + 1)..];
        while (rest.IndexOf("=\""u8) is > 0 and var equals)
        {
            var name = rest[..equals].TrimStart((byte)' ');
            rest = rest[(equals + 2)..];
            var end = 0;
            while (end < rest.Length && rest[end] != '"') end += rest[end] == '\\' && end + 1 < rest.Length ? 2 : 1;
            end = Math.Min(end, rest.Length);
            if (name.IndexOfAny((byte)'[', (byte)']') < 0) writer.Pair(name, rest[..end], escaped: true);
            if (end + 1 >= rest.Length || rest[end + 1] == ']') break;
            rest = rest[(end + 1)..];
        }
        writer.Pair("Message"u8, draft.Batch.Slice(body.At, body.Length));
        return writer.Done(draft);
    }

    static Text Collected(Text body, EventDraft draft)
    {
        var room = draft.Batch.Reserve(body.Length * Grows + Frame);
        var rest = draft.Batch.Slice(body.At, body.Length);
        var writer = new WindowsText(room);
        writer.Put("{"u8);
        while (!rest.IsEmpty)
        {
            var message = rest.StartsWith("Message="u8);
            var end = message ? -1 : rest.IndexOf((byte)'\t');
            var pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            if (equals <= 0 || equals + 1 == pair.Length) continue;
            var name = pair[..equals];
            var value = pair[(equals + 1)..];
            if (name.SequenceEqual("AgentLogFile"u8)) writer.Pair("Channel"u8, value);
            else if (name.SequenceEqual("EventIDCode"u8)) writer.Pair("EventID"u8, value);
            else if (name.SequenceEqual("Source"u8)) writer.Pair("SourceName"u8, value);
            else if (name.SequenceEqual("Computer"u8)) writer.Pair("Hostname"u8, value);
            else if (name.SequenceEqual("User"u8)) writer.Pair("AccountName"u8, value);
            else if (name.SequenceEqual("TimeGenerated"u8)) writer.Pair("EventTime"u8, value);
            else if (name.SequenceEqual("Keywords"u8)) writer.Pair("Keywords"u8, value.IndexOf("AuditFailure"u8) >= 0 ? "Audit Failure"u8 : value.IndexOf("AuditSuccess"u8) >= 0 ? "Audit Success"u8 : value);
            else if (name.SequenceEqual("Domain"u8) || name.SequenceEqual("RecordNumber"u8) || name.SequenceEqual("Task"u8) || name.SequenceEqual("Opcode"u8) || message) writer.Pair(name, value);
        }
        return writer.Done(draft);
    }

    static ReadOnlySpan<byte> Column(ReadOnlySpan<byte> row, (int At, int Length) column) => row.Slice(column.At, column.Length);

    Text Done(EventDraft draft)
    {
        Put("}"u8);
        var length = n;
        return draft.TextAt(draft.Batch.Commit(length), length);
    }

    void Pair(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value, bool escaped = false)
    {
        if (value.IsEmpty) return;
        if (n > 1) Put(","u8);
        Quoted(name, escaped: false);
        Put(":"u8);
        Quoted(value, escaped);
    }

    void Quoted(scoped ReadOnlySpan<byte> value, bool escaped)
    {
        Put("\""u8);
        for (var i = 0; i < value.Length; i++)
        {
            if (escaped && value[i] == '\\' && i + 1 < value.Length && value[i + 1] is (byte)'"' or (byte)'\\' or (byte)']') i++;
            n += JsonText.WriteEscaped(value[i], json[n..]);
        }
        Put("\""u8);
    }

    void Put(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(json[n..]);
        n += bytes.Length;
    }
}
