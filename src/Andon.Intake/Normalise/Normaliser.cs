using System.Runtime.CompilerServices;
using Andon.Intake.Normalise.Language;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Intake.Normalise;

/// <summary>
/// Makes events of records: a pure function of the record's bytes, origin and arrival, and of the parsers' version. Bad bytes never throw;
/// they give an event with findings. Safe to call from several threads.
/// </summary>
public sealed class Normaliser
{
    readonly ContentFolder content;
    readonly string? user;
    readonly EventDraft?[] spares = new EventDraft?[Limits.DraftsKeptMax];
    int nextSpare;
    volatile int cellsExpected = 4096;
    volatile Tables tables;
    volatile IReadOnlyList<Finding> findings = [];

    /// <summary>Loads parsers/*.yml of the content folder.</summary>
    /// <param name="user">Folder of the user's own parsers, or null; a faulty one is left out with its findings.</param>
    /// <exception cref="InvalidDataException">Shipped parsers have errors; the message has all of them, a line each.</exception>
    public Normaliser(ContentFolder content, string? user = null)
    {
        (this.content, this.user) = (content, user);
        // A name that is interned while a batch is built is another name in that batch; so all are, before the first.
        RuntimeHelpers.RunClassConstructor(typeof(Ecs).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(Related).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(SyslogHeader).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(EventDraft).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(WindowsTables).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(AccessLog).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(HecEnvelope).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(LokiEnvelope).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(BusEnvelope).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(Formats).TypeHandle);
        tables = Load(out var found);
        findings = found;
        var wrong = tables.Book.Findings.Where(f => f.Level == FindingLevel.Error && f.Place.StartsWith("parsers/", StringComparison.Ordinal)).ToList();
        // Shipped content that is wrong is our own error: refuse to start, with everything there is to say.
        if (wrong.Count > 0) throw new InvalidDataException(string.Join('\n', wrong));
    }

    internal Tables Tables => tables;

    /// <summary>What is wrong with the user's own parsers.</summary>
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Every parser: its name and version, what it is for, its dataset, its file.</summary>
    public IReadOnlyList<ParserEntry> Parsers => [.. tables.Book.Parsers.Select(p => new ParserEntry(p.Name, p.Version, p.About, tables.Constants.Text(p.Dataset), user is not null && tables.Book.Files[p.Name].StartsWith(user, StringComparison.Ordinal)))];

    /// <summary>What the program reads without a parser's file.</summary>
    public IReadOnlyList<ParserEntry> Fixed => BuiltIn.Entries(tables.Constants.Text(tables.Windows.Parser));

    /// <summary>Is that a parser, or a program that one knows?</summary>
    public bool Knows(string format) => tables.Book.Dispatch.Knows(System.Text.Encoding.UTF8.GetBytes(format));

    /// <summary>Text of a parser's file; null when there is none of that name.</summary>
    public string? TextOf(string parser)
    {
        if (!tables.Book.Files.TryGetValue(parser, out var file) || file.Length == 0) return null;
        // One that is being taken back is gone before the tables are read again.
        return File.Exists(file) ? File.ReadAllText(file) : ShippedTextOf(parser);
    }

    /// <summary>Reads all parsers again; batches that are being made keep what they began with.</summary>
    public void Reload()
    {
        tables = Load(out var found);
        findings = found;
    }

    // A parser of the user's that fails its own cases is left out, and the shipped one of its name stays.
    Tables Load(out IReadOnlyList<Finding> found)
    {
        var loaded = new Tables(content.Path, user);
        List<Finding> all = [.. loaded.Book.Findings];
        var refused = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, cases) in loaded.Book.Cases)
        {
            var wrong = ParserTrial.Check(this, loaded, name, cases);
            if (wrong.Count > 0) refused.Add(name);
            all.AddRange(wrong);
        }
        found = all;
        return refused.Count == 0 ? loaded : new(content.Path, user, refused: refused);
    }

    /// <summary>The events that these tables make of the records.</summary>
    internal EventBatch Normalise(IReadOnlyList<Record> records, Tables with)
    {
        var batch = new EventBatch();
        var draft = new EventDraft(with, FieldSelection.Everything);
        draft.BeginBatch(batch);
        foreach (var record in records) One(with, record, draft);
        return batch;
    }

    /// <summary>The same of one record, watched.</summary>
    internal EventBatch Normalise(in Record record, Tables with, out IReadOnlyList<ParserStep> steps)
    {
        var batch = new EventBatch();
        var draft = new EventDraft(with, FieldSelection.Everything);
        draft.BeginBatch(batch);
        draft.Trace = new(draft);
        One(with, record, draft);
        steps = draft.Trace.Steps();
        return batch;
    }

    /// <summary>What a parser's text makes of some lines, beside what is made of them now. Nothing is kept.</summary>
    public ParserPreview Preview(string parser, IReadOnlyList<string> lines, Origin origin, TimeProvider clock)
    {
        var tried = new Tables(content.Path, user, parser);
        var preview = ParserTrial.Run(this, tried, parser, lines, origin, clock.NowMs());
        return preview.Parser is { } name ? preview with { Cases = CaseRun.Of(this, tried, name, user) } : preview;
    }

    /// <summary>What a parser's text would change in the records that the log holds. Nothing is kept.</summary>
    internal async ValueTask<ParserStreamTrial> TryOnStream(string parser, IRecordLog log, CancellationToken stop)
    {
        var tried = new Tables(content.Path, user, parser);
        var (name, findings) = ParserTrial.Read(this, tried, parser);
        if (name is null || findings.Any(f => f.Level == FindingLevel.Error)) return new(null, (long)(log.Next - log.First), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, [], [], findings);
        return (await StreamTrial.Run(this, tried, name, log, stop)) with { Findings = findings };
    }

    /// <summary>Cases of a parser, each with what it gives now; null when there is no such parser.</summary>
    internal IReadOnlyList<ParserCaseView>? CasesOf(string parser) => tables.Book.Files.ContainsKey(parser) ? CaseRun.Of(this, tables, parser, user) : null;

    /// <summary>Folder of the user's own parsers; null when there are none to be.</summary>
    internal string? UserFolder => user;

    /// <summary>Text of the shipped parser of that name; null when none was shipped.</summary>
    internal string? ShippedTextOf(string parser)
    {
        var path = Path.Combine(content.Path, "parsers", parser + ".yml");
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>One sealed-ready batch with an event per record, in order.</summary>
    public EventBatch Normalise(IReadOnlyList<Record> records) => Normalise(records, FieldSelection.Everything);

    /// <summary>The same batch without the cells that <paramref name="only"/> does not want; what nobody wants is not worked out.</summary>
    public EventBatch Normalise(IReadOnlyList<Record> records, FieldSelection only)
    {
        var now = tables;
        var bytes = 0L;
        foreach (var record in records) bytes += record.Raw.Length;
        // Most values point into the raw copy; what is written anew is little.
        var batch = new EventBatch((int)Math.Clamp(bytes + bytes / 4 + 256L * records.Count, 4096, 64 << 20), cellsExpected);
        var draft = Take(only, now) ?? new EventDraft(now, only);
        draft.BeginBatch(batch);
        for (var i = 0; i < records.Count; i++) One(now, records[i], draft);
        GiveBack(draft);
        cellsExpected = Math.Clamp(batch.Cells, 4096, 1 << 20);
        return batch;
    }

    // A draft has learned its selection's paths; each thread finds one of its own.
    EventDraft? Take(FieldSelection only, Tables now)
    {
        for (var i = 0; i < spares.Length; i++)
            if (Volatile.Read(ref spares[i]) is { } draft && ReferenceEquals(draft.Only, only) && ReferenceEquals(draft.Tables, now) && Interlocked.CompareExchange(ref spares[i], null, draft) == draft) return draft;
        return null;
    }

    void GiveBack(EventDraft draft)
    {
        for (var i = 0; i < spares.Length; i++)
            if (Interlocked.CompareExchange(ref spares[i], draft, null) is null) return;
        Volatile.Write(ref spares[(uint)Interlocked.Increment(ref nextSpare) % Limits.DraftsKeptMax], draft);
    }

    static void One(Tables now, in Record record, EventDraft draft)
    {
        var text = draft.Begin(record);
        var bundle = draft.Bundle;
        // Bytes that are not UTF-8 have another place in the repaired text: such a record stays one event.
        var held = Bundle.Begins(text.Span, draft.Origin, out var line) && text.At == draft.RawAt;
        if (held && line)
        {
            // Where the message begins only the header tells; what reading it says of the event is taken back.
            var message = SyslogHeader.Read(text, draft).Message;
            held = !message.IsEmpty && message.At >= text.At && message.At <= text.At + text.Length && bundle.TryReadLine(text.Span, message.At - text.At);
            draft.Batch.Undo();
            text = draft.Begin(record);
        }
        else if (held) held = bundle.TryRead(text.Span, draft.Origin);
        if (!held)
        {
            Guarded(now, record, draft, text, number: -1);
            return;
        }
        if (bundle.Bytes(text.Length) > Limits.BundleBytesMax)
        {
            draft.Flawed(Flaw.BundleWide);
            Guarded(now, record, draft, text, number: -1);
            return;
        }
        draft.Batch.Undo();
        for (var i = 0; i < bundle.Parts.Count; i++)
        {
            var part = draft.Part(record, i);
            if (bundle.More && i == bundle.Parts.Count - 1) draft.Flawed(Flaw.BundleLong);
            Guarded(now, record, draft, part, i);
        }
    }

    static void Guarded(Tables now, in Record record, EventDraft draft, Text text, int number)
    {
        try
        {
            new Formats(now).Parse(text, draft);
            draft.Finish();
        }
        // A parser's own error must not stop the stage for bytes that a stranger chose; the event says so.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            draft.Trace?.Failed();
            draft.Batch.Undo();
            if (number < 0) draft.Begin(record);
            else draft.Part(record, number);
            draft.Dataset = now.TextDataset;
            draft.Module = now.TextModule;
            draft.Parser = now.RawParser;
            draft.Flawed(Flaw.ParseFailed);
            draft.Finish();
        }
    }
}
