using System.Buffers.Text;
using System.Net;
using Andon.Intake.Normalise.Language;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// The event being built. One draft serves a whole batch and is used again for the next, so that an event costs no allocation.
/// </summary>
sealed class EventDraft(Tables tables, FieldSelection only)
{
    readonly Constants constants = tables.Constants;
    static readonly FieldId TimeAssumed = FieldNames.Intern("andon.time_assumed");

    EventBatch batch = null!; // Set by BeginBatch, before anything else is called.
    int[] constantAt = [];
    int[] seen = [];
    int[] seenLocal = new int[256];
    int serial;
    uint flaws;
    int hostAt, hostLength, structuredAt, structuredLength, msgidAt, msgidLength;
    bool assumedYear, assumedZone;
    ReadOnlyMemory<byte> rawMemory;
    readonly Dictionary<Origin, OriginView> origins = [];
    Origin? lastOrigin;
    readonly KnownSource[] sources = new KnownSource[64];
    OriginView lastView = new(new("none", ""));

    public readonly JsonLeaves Leaves = new();
    JsonLeaves? inside;
    /// <summary>For an object inside a value of the object that <see cref="Leaves"/> holds.</summary>
    public JsonLeaves Inside => inside ??= new();
    public readonly Pieces Pieces = new();
    public EventBatch Batch => batch;
    public FieldSelection Only => only;
    public Tables Tables => tables;
    public Projection Projection { get; private set; } = null!; // Set by BeginBatch.
    public int BatchNumber { get; private set; }
    public OriginView Origin => lastView;
    public int DataCells { get; private set; }
    public Const Module { get; set; }
    public Const Parser { get; set; }
    public Const Dataset { get; set; }
    /// <summary>A line that stands inside a shipper's object: its place in the arena.</summary>
    public (int At, int Length) Inner { get; set; }
    /// <summary>A dataset that no table names, for example of an unknown Windows channel: its place in the arena.</summary>
    public (int At, int Length) OwnDataset { get; set; }
    public bool TimeKnown { get; private set; }
    /// <summary>Watches the run of a parser that is tried; null where records are read.</summary>
    public Trace? Trace { get; set; }

    public void BeginBatch(EventBatch into)
    {
        batch = into;
        BatchNumber++;
        if (Projection is null || Projection.KnownNames != into.KnownNames)
        {
            Projection = new(only, tables.Windows, into.KnownNames);
            Leaves.Learned.Clear();
        }
        else Leaves.Learned.BeginBatch();
        if (constantAt.Length < constants.Count) constantAt = new int[constants.Count];
        Array.Fill(constantAt, -1);
        if (seen.Length < FieldNames.Count) seen = new int[FieldNames.Count + 256];
        // Batch-only names get their numbers anew in each batch; the serial goes on, so old stamps mean nothing.
    }

    /// <summary>Begins the event and gives its text: the raw bytes where they are UTF-8, else a repaired copy.</summary>
    public Text Begin(in Record record)
    {
        if (!ReferenceEquals(record.Origin, lastOrigin))
        {
            lastOrigin = record.Origin;
            if (!origins.TryGetValue(record.Origin, out var view))
            {
                if (origins.Count >= Limits.OriginsKeptMax) origins.Clear();
                origins[record.Origin] = view = new(record.Origin);
            }
            lastView = view;
        }
        Clear();
        rawMemory = record.Raw;
        var raw = record.Raw.Span;
        batch.Begin(record);
        RawAt = batch.Bytes - raw.Length; // The raw copy is what the batch put last.
        if (System.Text.Unicode.Utf8.IsValid(raw)) return new(raw, RawAt);
        var repaired = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(raw));
        var at = batch.Put(repaired);
        Flawed(Flaw.InvalidUtf8);
        return new(repaired, at);
    }

    void Clear()
    {
        serial++;
        flaws = 0;
        hostAt = hostLength = 0;
        DataCells = 0;
        OwnDataset = default;
        Inner = default;
        TimeKnown = assumedYear = assumedZone = TextOnly = false;
        structuredAt = structuredLength = msgidAt = msgidLength = 0;
    }

    /// <summary>Where the record's raw bytes stand in the arena.</summary>
    public int RawAt { get; private set; }
    /// <summary>Events of a record that holds several.</summary>
    public readonly Bundle Bundle = new();

    /// <summary>Begins one of several events of the record that was begun last: its raw bytes are its part, and its text is that in its wrapping.</summary>
    public Text Part(in Record record, int number)
    {
        Clear();
        var raw = record.Raw.Span;
        var (at, length) = Bundle.Parts[number];
        var (from, to) = (Bundle.Value.At, Bundle.Value.At + Bundle.Value.Length);
        var alone = from == 0 && to == raw.Length;
        if (Bundle.Escaped)
        {
            var plain = JsonText.Unescape(raw.Slice(at, length), batch.Reserve(length + JsonText.Slack), out _);
            batch.BeginShared(record, number, batch.Commit(plain), plain);
        }
        else batch.BeginShared(record, number, RawAt + at, length);
        if (alone) return TextAt(RawAt + at, length);
        var room = batch.Reserve(from + length + raw.Length - to);
        raw[..from].CopyTo(room);
        raw.Slice(at, length).CopyTo(room[from..]);
        raw[to..].CopyTo(room[(from + length)..]);
        return TextAt(batch.Commit(room.Length), room.Length);
    }

    /// <summary>A text by its place. What stands in the record is read there, because the arena may move while it is taken apart.</summary>
    public Text TextAt(int at, int length)
    {
        if (at >= RawAt && at + length <= RawAt + rawMemory.Length) return new(rawMemory.Span.Slice(at - RawAt, length), at);
        batch.Reserve(4 * length + 4096); // So that what a step writes has room without moving it.
        return new(batch.Slice(at, length), at);
    }

    /// <summary>Structured data and message id of a syslog header.</summary>
    public Text Structured
    {
        get => TextAt(structuredAt, structuredLength);
        set => (structuredAt, structuredLength) = (value.At, value.Length);
    }

    public bool HasStructured => structuredLength > 0;

    /// <summary>Of a Windows event its sender gave the text for people, and no event data.</summary>
    public bool TextOnly { get; set; }

    public Text Msgid
    {
        get => TextAt(msgidAt, msgidLength);
        set => (msgidAt, msgidLength) = (value.At, value.Length);
    }

    public bool Has(FieldId field) => field.Value >= 0
        ? field.Value < seen.Length && seen[field.Value] == serial
        : ~field.Value < seenLocal.Length && seenLocal[~field.Value] == serial;

    /// <summary>Counts the field as one that the event has, without a cell.</summary>
    public void Stamp(FieldId field)
    {
        if (field.Value >= 0)
        {
            if (field.Value >= seen.Length) Array.Resize(ref seen, Math.Max(FieldNames.Count, field.Value + 1) + 256);
            seen[field.Value] = serial;
            return;
        }
        var local = ~field.Value;
        if (local >= seenLocal.Length) Array.Resize(ref seenLocal, Math.Max(local + 1, seenLocal.Length * 2));
        seenLocal[local] = serial;
    }

    /// <summary>Takes back what was said of a field; false where nothing was.</summary>
    public bool TakeOut(FieldId field)
    {
        if (!Has(field)) return false;
        seen[field.Value] = 0;
        Trace?.TakenOut(field);
        batch.TakeOut(field);
        return true;
    }

    /// <summary>Process number of a syslog header: its place in the arena.</summary>
    public (int At, int Length) Procid { get; set; }
    /// <summary>The host that names the source, as last told.</summary>
    public (int At, int Length) HostAt => (hostAt, hostLength);

    public void Add(FieldId field, Text value, ValueKind kind = ValueKind.Text) => AddAt(field, value.At, value.Length, kind);

    public void AddAt(FieldId field, int at, int length, ValueKind kind)
    {
        if (!Keeps(field) || batch.Add(field, at, length, kind)) Stamp(field);
    }

    /// <summary>Does the event get a cell of that field? Where not, it still counts as one that the event has.</summary>
    public bool Keeps(FieldId field) => Projection.Whole || (field.Value >= 0 ? Projection.Keeps(field) : Projection.KeepsOther(batch.NameUtf8(field)));

    /// <summary>Counts a value of the sender's that gets no cell, so that limits hold alike whatever is wanted.</summary>
    public bool CountData() => ++DataCells <= Limits.LeavesPerEventMax;

    /// <summary>Adds what a sender named itself; these are limited, so that a record cannot push out Andon's own fields.</summary>
    public bool AddData(FieldId field, int at, int length, ValueKind kind)
    {
        if (++DataCells > Limits.LeavesPerEventMax)
        {
            Flawed(Flaw.JsonLeaves);
            return false;
        }
        AddAt(field, at, length, kind);
        return true;
    }

    public void Add(FieldId field, Const value, ValueKind kind) => AddAt(field, At(value), constants.Utf8(value).Length, kind);

    public void Add(FieldId field, Const value) => AddAt(field, At(value), constants.Utf8(value).Length, ValueKind.Text);

    public void Put(FieldId field, ReadOnlySpan<byte> value, ValueKind kind = ValueKind.Text) => AddAt(field, Keeps(field) ? batch.Put(value) : 0, value.Length, kind);

    public void PutNumber(FieldId field, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var length);
        Put(field, digits[..length], ValueKind.Number);
    }

    public void Flawed(Flaw flaw)
    {
        if ((flaws & (1u << (int)flaw)) != 0) return;
        flaws |= 1u << (int)flaw;
        Add(Ecs.AndonFindings, new Const((int)flaw));
    }

    public void Host(int at, int length)
    {
        if (length == 0 || (length == 1 && batch.Slice(at, 1)[0] == '-')) return;
        if (!Has(Ecs.HostName)) AddAt(Ecs.HostName, at, length, ValueKind.Text);
        HostIs(at, length);
    }

    /// <summary>The host that names the source, without a cell of its own.</summary>
    public void HostIs(int at, int length) => (hostAt, hostLength) = (at, length);

    public void Host(Text name) => Host(name.At, name.Length);

    /// <summary>Adds an address as <c>*.ip</c>, or as <c>*.domain</c> when it is a name. <c>-</c> and empty are no address.</summary>
    public void Address(FieldId ip, FieldId domain, int at, int length)
    {
        var value = batch.Slice(at, length);
        if (length == 0 || (length == 1 && value[0] == '-')) return;
        if (value.StartsWith("::ffff:"u8) && IsIp(value[7..])) (at, length) = (at + 7, length - 7);
        else if (!IsIp(value))
        {
            AddAt(domain, at, length, ValueKind.Text);
            return;
        }
        AddAt(ip, at, length, ValueKind.Text);
    }

    public static bool IsIp(ReadOnlySpan<byte> value)
    {
        if (value.Length is < 2 or > 45) return false;
        var separators = false;
        foreach (var b in value)
        {
            if (b is (byte)'.' or (byte)':') separators = true;
            else if (b is not (>= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'f' or >= (byte)'A' and <= (byte)'F' or (byte)'%')) return false;
        }
        return separators && IPAddress.IsValidUtf8(value) && (value.Contains((byte)':') || value.Count((byte)'.') == 3);
    }

    public void Time(long ms, bool zoneKnown, bool yearKnown = true)
    {
        ref var head = ref batch.Current;
        if (ms < 0 || ms >= Limits.StorableToMs)
        {
            Flawed(Flaw.TimeUnstorable);
            TimeKnown = true;
            return;
        }
        if (ms > head.ReceivedMs + Limits.FutureMsMax) Flawed(Flaw.TimeFuture);
        head.TimeMs = ms;
        TimeKnown = true;
        assumedYear = !yearKnown;
        assumedZone = !zoneKnown;
    }

    /// <summary>Puts what every event has: dataset, module, parser, source, related.</summary>
    public void Finish()
    {
        Trace?.Finish();
        if (assumedYear || assumedZone) Put(TimeAssumed, !assumedYear ? "zone"u8 : !assumedZone ? "year"u8 : "year,zone"u8);
        if (OwnDataset.Length > 0) AddAt(Ecs.EventDataset, OwnDataset.At, OwnDataset.Length, ValueKind.Text);
        else if (!Has(Ecs.EventDataset)) Add(Ecs.EventDataset, Dataset);
        if (!Has(Ecs.EventModule)) Add(Ecs.EventModule, Module);
        Add(Ecs.AndonParser, Parser);
        if (hostLength == 0 && lastView.HostTold && !Has(Ecs.HostName)) Put(Ecs.HostName, lastView.Host);
        if (Keeps(Ecs.LogSourceId)) PutSourceId();
        if (Projection.Related) Related.Fill(this);
        if (Projection.Narrows) batch.Narrow(only);
    }

    /// <summary>A source id that stands in this batch already, with what it was made of.</summary>
    struct KnownSource
    {
        public int Batch, HostAt, HostLength, Dataset, At, Length;
        public OriginView Origin;
    }

    void PutSourceId()
    {
        var host = hostLength > 0 ? batch.Slice(hostAt, hostLength) : default;
        var own = OwnDataset.Length > 0;
        // Few sources write most of a batch; what two of them share a place for is written anew.
        ref var known = ref sources[(Dataset.Id * 31 + host.Length * 7 + (host.IsEmpty ? 0 : host[0] + host[host.Length / 2] * 3)) & (sources.Length - 1)];
        if (!own && known.Batch == BatchNumber && known.Dataset == Dataset.Id && ReferenceEquals(known.Origin, lastView) && batch.Slice(known.HostAt, known.HostLength).SequenceEqual(host))
        {
            AddAt(Ecs.LogSourceId, known.At, known.Length, ValueKind.Text);
            return;
        }
        var (at, length) = SourceId();
        AddAt(Ecs.LogSourceId, at, length, ValueKind.Text);
        if (!own) known = new() { Batch = BatchNumber, HostAt = hostAt, HostLength = hostLength, Dataset = Dataset.Id, At = at, Length = length, Origin = lastView };
    }

    (int At, int Length) SourceId()
    {
        Span<byte> id = stackalloc byte[Limits.SourceIdBytesMax];
        var dataset = OwnDataset.Length > 0 ? batch.Slice(OwnDataset.At, OwnDataset.Length) : constants.Utf8(Dataset);
        if (dataset.Length > 60) dataset = dataset[..60];
        var n = Append(id, 0, lastView.Listener);
        id[n++] = (byte)':';
        var host = hostLength > 0 && !lastView.Upload ? batch.Slice(hostAt, hostLength) : lastView.Host;
        var room = id.Length - n - 1 - dataset.Length;
        n = Append(id, n, host.Length > room ? host[..room] : host);
        id[n++] = (byte)':';
        n = Append(id, n, dataset);
        return (batch.Put(id[..n]), n);
    }

    static int Append(Span<byte> to, int at, ReadOnlySpan<byte> part)
    {
        foreach (var b in part)
            to[at++] = b switch
            {
                >= (byte)'A' and <= (byte)'Z' => (byte)(b | 0x20),
                >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9' or (byte)'.' or (byte)'_' or (byte)'-' => b,
                _ => (byte)'-',
            };
        return at;
    }

    int At(Const constant)
    {
        ref var at = ref constantAt[constant.Id];
        if (at < 0) at = batch.Put(constants.Utf8(constant));
        return at;
    }
}
