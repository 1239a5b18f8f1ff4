using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>Which format a record has: told by settings or the sender, else by its envelope, its program, its beginning, the paths of its object.</summary>
readonly struct Formats(Tables tables)
{
    public void Parse(Text text, EventDraft draft)
    {
        Unknown(draft);
        if (draft.Origin.Oversized) draft.Flawed(Flaw.Oversized);
        if (draft.Origin.CutOff) draft.Flawed(Flaw.CutOff);
        if (text.Span.Contains((byte)0)) draft.Flawed(Flaw.Nul);
        // rsyslog counts a trailing LF into its octet-counted frames; exactly one belongs to the frame and not to the message.
        if (text.Length > 0 && text[^1] == '\n') text = text.Slice(0, text.Length - 1);
        if (text.Length > 0 && text[^1] == '\r') text = text.Slice(0, text.Length - 1);
        if (text.StartsWith("\uFEFF"u8)) text = text.Slice(3);
        if (text.TrimStart().IsEmpty)
        {
            draft.Flawed(Flaw.Empty);
            return;
        }
        if (draft.Origin.Columns is { } columns && tables.Book.Dispatch.Named(columns.Parser) is { TakesJson: true } columned && columns.ToJson(text, draft) is { IsEmpty: false } row && tables.Json.TryParse(row, draft, columned)) return;
        if (draft.Origin.Format is { } format && Forced(format, text, draft)) return;
        if (Blanks(text)[0] == '{')
        {
            if (draft.Origin.Loki && new LokiEnvelope(tables).TryParse(Blanks(text), draft)) return;
            if (draft.Origin.Hec ? new HecEnvelope(tables).TryParse(Blanks(text), draft) : Object(Blanks(text), draft, Named(draft.Origin.Told))) return;
        }
        else if (WindowsXml.Is(Blanks(text).Span) && Object(WindowsXml.ToJson(Blanks(text), draft), draft, told: null)) return;
        else if (draft.Origin.Told.Length > 0 && Named(draft.Origin.Told) is { } named && Told(named, text, draft)) return;
        if (Classic(Blanks(text), draft)) return;
        if (OfRecord(text) is { } parser)
        {
            draft.Add(Ecs.Message, text);
            if (parser.Run(text, default, draft, certain: false)) return;
        }
        Message(Envelope(text, draft), draft);
    }

    // A parser that reads either leaves the header of a syslog file to whom it names: "TIME host named: …" begins with a time too.
    Parser? OfRecord(Text text) =>
        tables.Book.Dispatch.OfRecord(text.Span) is { } parser && !(parser.AnyPlace && !SyslogHeader.IsoProgram(text).IsEmpty) ? parser : null;

    void Unknown(EventDraft draft)
    {
        draft.Dataset = tables.TextDataset;
        draft.Module = tables.TextModule;
        draft.Parser = tables.TextParser;
    }

    Parser? Named(ReadOnlySpan<byte> told) => told.IsEmpty ? null : tables.Book.Dispatch.Told(told) is { Name: not "common" } parser ? parser : null;

    /// <summary>An object, and the line of another's that a shipper may have put into it.</summary>
    internal bool Object(Text text, EventDraft draft, Parser? told)
    {
        var reads = told is { TakesJson: true } ? told : null;
        if (BusEnvelope.Is(text.Span) && BusEnvelope.TryParse(text, tables.Json, draft, reads)) return true;
        if (!tables.Json.TryParse(text, draft, reads)) return false;
        if (draft.Inner.Length > 0) Inner(draft.TextAt(draft.Inner.At, draft.Inner.Length), draft, told);
        return true;
    }

    void Inner(Text line, EventDraft draft, Parser? told)
    {
        if (line.TrimStart() is { IsEmpty: false } start && start[0] == '{' && told is null && tables.Json.TryInner(start.TrimEnd(), draft)) return;
        if (WindowsXml.Is(line.TrimStart().Span))
        {
            draft.TakeOut(Ecs.Message); // The event has a text of its own, if any.
            tables.Json.TryParse(WindowsXml.ToJson(line.TrimStart(), draft), draft);
            return;
        }
        var head = SyslogHeader.Read(line, draft);
        var body = head.Message.TrimStart();
        if (body.IsEmpty) return;
        if (WindowsText.IsClassic(body.Span) && WindowsText.ToJson(body, head.Program, draft) is { IsEmpty: false } classic)
        {
            draft.TakeOut(Ecs.Message);
            draft.TextOnly = true;
            tables.Json.TryParse(classic, draft);
            return;
        }
        var dispatch = tables.Book.Dispatch;
        if (told is { TakesJson: false }) told.Run(told.WholeRecord ? line : body, head.Program, draft, certain: true);
        else if (!head.Program.IsEmpty && dispatch.OfProgram(head.Program.Span, body.Span) is { } own) own.Run(body, head.Program, draft, certain: true);
        else if (OfRecord(line) is { } whole && whole.Run(line, default, draft, certain: false)) return;
        else if (dispatch.OfMessage(body.Span, head.Program.Span) is { } parser && parser.Run(body, head.Program, draft, certain: false)) return;
        else tables.Web.TryParse(body, draft.Origin.WebServer == "nginx", draft);
    }

    /// <summary>A line that an envelope holds, as if it had come by itself.</summary>
    internal void Line(Text line, EventDraft draft, Parser? told)
    {
        if (line.TrimStart().IsEmpty) return;
        if (told is not null && Told(told, line, draft)) return;
        if (Blanks(line)[0] == '{' && Object(Blanks(line), draft, told: null)) return;
        if (WindowsXml.Is(Blanks(line).Span) && Object(WindowsXml.ToJson(Blanks(line), draft), draft, told: null)) return;
        if (Classic(Blanks(line), draft)) return;
        if (OfRecord(line) is { } whole)
        {
            if (whole.Run(line, default, draft, certain: false)) return;
        }
        Message(Envelope(line, draft), draft);
    }

    // Splunk's text of a Windows event begins with a time that a header might be taken for.
    bool Classic(Text text, EventDraft draft)
    {
        if (!WindowsText.IsClassic(text.Span) || WindowsText.ToJson(text, default, draft) is not { IsEmpty: false } made) return false;
        draft.TextOnly = true;
        return tables.Json.TryParse(made, draft);
    }

    /// <summary>A line of a program that its sender names, because the line does not.</summary>
    internal void LineOf(ReadOnlySpan<byte> name, Text line, EventDraft draft)
    {
        var start = Blanks(line);
        if (line.TrimStart().IsEmpty || (start[0] == '{' && Object(start, draft, told: null))) return;
        var head = SyslogHeader.Read(line, draft);
        if (head.Program.IsEmpty)
        {
            var program = new Text(name, draft.Batch.Put(name));
            if (!draft.Has(Ecs.ProcessName)) draft.Add(Ecs.ProcessName, program);
            if (tables.Book.Dispatch.OfProgram(program.Span, head.Message.TrimStart().Span) is { } own)
            {
                if (!head.Message.IsEmpty) draft.Add(Ecs.Message, head.Message);
                own.Run(head.Message.TrimStart(), program, draft, certain: true);
                return;
            }
        }
        Message(head, draft);
    }

    // A pretty-printed object may begin with new lines.
    static Text Blanks(Text text)
    {
        var trimmed = text.Slice(text.Length - text.Span.TrimStart(" \t\r\n"u8).Length);
        return trimmed.IsEmpty ? text : trimmed;
    }

    SyslogHeader.Head Envelope(Text text, EventDraft draft)
    {
        var head = SyslogHeader.Read(text, draft);
        if (!head.Found && head.Program.IsEmpty && !draft.Origin.Syslog) return head;
        draft.Dataset = tables.SyslogDataset;
        draft.Module = tables.SyslogModule;
        draft.Parser = tables.SyslogParser;
        return head;
    }

    void Message(SyslogHeader.Head head, EventDraft draft)
    {
        var message = head.Message;
        var program = head.Program;
        var body = message.TrimStart();
        if (body.StartsWith("message repeated "u8)) body = Repeated(body, draft);
        if (body.Length > 1 && body[0] == '{' && tables.Json.TryParse(body, draft)) return;
        if (WindowsXml.Is(body.Span) && tables.Json.TryParse(WindowsXml.ToJson(body, draft), draft)) return;
        if (WindowsText.ToJson(body, program, draft) is { IsEmpty: false } windows)
        {
            draft.TextOnly = !draft.HasStructured;
            if (tables.Json.TryParse(windows, draft)) return;
        }
        if (!message.IsEmpty && !draft.Has(Ecs.Message)) draft.Add(Ecs.Message, message);
        if (draft.HasStructured && tables.Book.Dispatch.OfData(draft.Structured.Span, body.Span) is { } named)
        {
            named.Run(body, program, draft, certain: true);
            return;
        }
        if (!program.IsEmpty && tables.Book.Dispatch.OfProgram(program.Span, body.Span) is { } own)
        {
            own.Run(body, program, draft, certain: true);
            return;
        }
        if (tables.Book.Dispatch.OfMessage(body.Span, program.Span) is { } parser && parser.Run(body, program, draft, certain: false)) return;
        var nginx = draft.Origin.WebServer == "nginx" || program.StartsWith("nginx"u8);
        if (tables.Web.TryParse(message, nginx, draft)) return;
        tables.Pairs.TryParse(message, draft, tables.Book.Common);
    }

    static readonly FieldId RepeatedTimes = FieldNames.Intern("log.syslog.repeated");

    /// <summary>"message repeated 5 times: [ … ]" is what a syslog daemon makes of equal lines: the line itself is read, and how often it came is kept.</summary>
    static Text Repeated(Text body, EventDraft draft)
    {
        var count = body.Slice("message repeated "u8.Length);
        var rest = count;
        if (!Text.Cut(ref rest, (byte)' ', out count) || !rest.StartsWith("times: ["u8) || rest[^1] != ']' || !Times.Digits(count.Span, out _)) return body;
        draft.Add(RepeatedTimes, count, ValueKind.Number);
        return rest.Slice(8, rest.Length - 9).Trim();
    }

    /// <summary>A format that Operations set for the file: a parser's name, <c>json</c>, <c>syslog</c>, or a program's name such as <c>sshd</c>.</summary>
    bool Forced(string format, Text text, EventDraft draft)
    {
        Span<byte> name = stackalloc byte[64];
        if (!System.Text.Encoding.UTF8.TryGetBytes(format, name, out var length)) return false;
        switch (format)
        {
            case "json": return Object(Blanks(text), draft, told: null);
            case "nginx" or "apache" or "syslog" or "text": return false;
        }
        if (tables.Book.Dispatch.Named(name[..length]) is { } told) return Told(told, text, draft);
        var head = SyslogHeader.Read(text, draft);
        if (!head.Program.IsEmpty) // The line says itself who wrote it.
        {
            Message(head, draft);
            return true;
        }
        var at = draft.Batch.Put(name[..length]);
        var program = new Text(name[..length], at);
        if (!draft.Has(Ecs.ProcessName)) draft.Add(Ecs.ProcessName, program);
        if (!head.Message.IsEmpty) draft.Add(Ecs.Message, head.Message);
        if (tables.Book.Dispatch.OfProgram(program.Span, head.Message.Span) is { } own) return own.Run(head.Message.TrimStart(), program, draft, certain: true);
        return false;
    }

    bool Told(Parser parser, Text text, EventDraft draft)
    {
        var start = Blanks(text);
        if (start[0] == '{' && parser.TakesJson && tables.Json.TryParse(start, draft, parser)) return true;
        if (parser.WholeRecord && (!parser.AnyPlace || tables.Book.Dispatch.OfRecord(text.Span) == parser))
        {
            draft.Add(Ecs.Message, text);
            return parser.Run(text, default, draft, certain: true);
        }
        var head = Envelope(text, draft);
        var body = head.Message.TrimStart();
        if (body.Length > 1 && body[0] == '{' && parser.TakesJson && tables.Json.TryParse(body, draft, parser)) return true;
        if (!head.Message.IsEmpty) draft.Add(Ecs.Message, head.Message);
        if (!parser.Run(body, head.Program, draft, certain: true)) tables.Pairs.TryParse(head.Message, draft, tables.Book.Common);
        return true;
    }
}
