using System.Runtime.CompilerServices;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// Makes events of records: a pure function of the record's bytes, origin and arrival, and of the parsers' version. Bad bytes never throw;
/// they give an event with findings. Safe to call from several threads.
/// </summary>
public sealed class Normaliser
{
    readonly Constants constants = new();
    readonly JsonFormat json;
    readonly ProgramTables programs;
    readonly AccessLog web;
    readonly KeyValue pairs;
    readonly Const syslogDataset, syslogModule, syslogParser, textDataset, textModule, textParser, rawParser;
    readonly WindowsTables windows;
    readonly EventDraft?[] spares = new EventDraft?[Limits.DraftsKeptMax];
    int nextSpare;
    volatile int cellsExpected = 4096;

    /// <summary>Loads parsers/*.yml of the content folder.</summary>
    /// <exception cref="InvalidDataException">The parsers have errors; the message has all of them, a line each.</exception>
    public Normaliser(ContentFolder content)
    {
        // A name that is interned while a batch is built is another name in that batch; so all are, before the first.
        RuntimeHelpers.RunClassConstructor(typeof(Ecs).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(Related).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(SyslogHeader).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(EventDraft).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(WindowsTables).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(AccessLog).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(KeyValue).TypeHandle);
        var folder = Path.Combine(content.Path, "parsers");
        windows = new(Path.Combine(folder, "windows.yml"), constants);
        json = new(windows, constants);
        programs = new(Path.Combine(folder, "linux-auth.yml"), constants);
        web = new(constants);
        pairs = new(constants);
        syslogDataset = constants.Get("syslog.generic");
        syslogModule = constants.Get("syslog");
        syslogParser = constants.Get("syslog@1");
        textDataset = constants.Get("text.generic");
        textModule = constants.Get("text");
        textParser = constants.Get("text@1");
        rawParser = constants.Get("raw@1");
    }

    /// <summary>One sealed-ready batch with an event per record, in order.</summary>
    public EventBatch Normalise(IReadOnlyList<Record> records) => Normalise(records, FieldSelection.Everything);

    /// <summary>The same batch without the cells that <paramref name="only"/> does not want; what nobody wants is not worked out.</summary>
    public EventBatch Normalise(IReadOnlyList<Record> records, FieldSelection only)
    {
        var bytes = 0L;
        foreach (var record in records) bytes += record.Raw.Length;
        // Most values point into the raw copy; what is written anew is little.
        var batch = new EventBatch((int)Math.Clamp(bytes + bytes / 4 + 256L * records.Count, 4096, 64 << 20), cellsExpected);
        var draft = Take(only) ?? new EventDraft(constants, windows, only);
        draft.BeginBatch(batch);
        for (var i = 0; i < records.Count; i++) One(records[i], draft);
        GiveBack(draft);
        cellsExpected = Math.Clamp(batch.Cells, 4096, 1 << 20);
        return batch;
    }

    // A draft has learned its selection's paths; each thread finds one of its own.
    EventDraft? Take(FieldSelection only)
    {
        for (var i = 0; i < spares.Length; i++)
            if (Volatile.Read(ref spares[i]) is { } draft && ReferenceEquals(draft.Only, only) && Interlocked.CompareExchange(ref spares[i], null, draft) == draft) return draft;
        return null;
    }

    void GiveBack(EventDraft draft)
    {
        for (var i = 0; i < spares.Length; i++)
            if (Interlocked.CompareExchange(ref spares[i], draft, null) is null) return;
        Volatile.Write(ref spares[(uint)Interlocked.Increment(ref nextSpare) % Limits.DraftsKeptMax], draft);
    }

    void One(in Record record, EventDraft draft)
    {
        try
        {
            Parse(draft.Begin(record), draft);
            draft.Finish();
        }
        // A parser's own error must not stop the stage for bytes that a stranger chose; the event says so.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            draft.Batch.Undo();
            draft.Begin(record);
            draft.Dataset = textDataset;
            draft.Module = textModule;
            draft.Parser = rawParser;
            draft.Flawed(Flaw.ParseFailed);
            draft.Finish();
        }
    }

    void Parse(Text text, EventDraft draft)
    {
        draft.Dataset = textDataset;
        draft.Module = textModule;
        draft.Parser = textParser;
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
        if (draft.Origin.Format is { } format && Forced(format, text, draft)) return;
        if (text.TrimStart()[0] == '{' && json.TryParse(text, draft)) return;

        var head = SyslogHeader.Read(text, draft);
        if (head.Found || !head.Program.IsEmpty || draft.Origin.Syslog)
        {
            draft.Dataset = syslogDataset;
            draft.Module = syslogModule;
            draft.Parser = syslogParser;
        }
        Message(head.Message, head.Program, draft);
    }

    void Message(Text message, Text program, EventDraft draft)
    {
        var body = message.TrimStart();
        if (body.Length > 1 && body[0] == '{' && json.TryParse(body, draft)) return;
        if (!message.IsEmpty) draft.Add(Ecs.Message, message);
        if (!program.IsEmpty && programs.TryParse(program, message, draft)) return;
        var nginx = draft.Origin.WebServer == "nginx" || program.StartsWith("nginx"u8);
        if (web.TryParse(message, nginx, draft)) return;
        pairs.TryParse(message, draft);
    }

    /// <summary>A format that Operations set for the file: <c>json</c>, <c>syslog</c>, <c>nginx</c>, <c>apache</c>, or a program's name such as <c>sshd</c>.</summary>
    bool Forced(string format, Text text, EventDraft draft)
    {
        switch (format)
        {
            case "json": return json.TryParse(text, draft);
            case "nginx" or "apache" or "syslog" or "text": return false;
        }
        Span<byte> name = stackalloc byte[64];
        if (!System.Text.Encoding.UTF8.TryGetBytes(format, name, out var length)) return false;
        var head = SyslogHeader.Read(text, draft);
        if (!head.Program.IsEmpty) // The line says itself who wrote it.
        {
            Message(head.Message, head.Program, draft);
            return true;
        }
        var at = draft.Batch.Put(name[..length]);
        var program = new Text(name[..length], at);
        if (!draft.Has(Ecs.ProcessName)) draft.Add(Ecs.ProcessName, program);
        if (!head.Message.IsEmpty) draft.Add(Ecs.Message, head.Message);
        return programs.TryParse(program, head.Message, draft);
    }
}
