using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>One place a time may stand: keys whose texts are joined by a blank, the forms it may have, and perhaps a key that holds the zone.</summary>
sealed record TimeRule(int[] Keys, TimeFormat[] Formats, int Zone, Place At)
{
    public bool TryApply(EventDraft draft)
    {
        Span<byte> joined = stackalloc byte[96];
        var n = 0;
        foreach (var key in Keys)
        {
            if (!draft.Pieces.TryGet(key, out var piece) || piece.Length == 0 || n + piece.Length + 1 > joined.Length) return false;
            if (n > 0) joined[n++] = (byte)' ';
            draft.Batch.Slice(piece.At, piece.Length).CopyTo(joined[n..]);
            n += piece.Length;
        }
        var near = draft.Batch.Current.ReceivedMs;
        var text = joined[..n].Trim(" \"[]"u8);
        if (text.IsEmpty || text is [(byte)'-']) return false;
        long ms = 0;
        var (read, zoneKnown, yearKnown) = (false, false, false);
        foreach (var format in Formats)
            if (read = format.TryRead(text, near, out ms, out zoneKnown, out yearKnown)) break;
        if (Formats.Length == 0) read = TimeFormat.TryAny(text, near, out ms, out zoneKnown, out yearKnown);
        if (!read)
        {
            draft.Flawed(Flaw.TimeBad);
            return false;
        }
        if (!zoneKnown && Zone >= 0 && draft.Pieces.TryGet(Zone, out var zone) && TimeFormat.TryZone(draft.Batch.Slice(zone.At, zone.Length).Trim("\" "u8), out var minutes, out _))
        {
            ms -= minutes * 60_000L;
            zoneKnown = true;
        }
        draft.Time(ms, zoneKnown, yearKnown);
        return true;
    }
}

/// <summary>What the codes of one key (or of several, joined by a slash) mean: constants by value.</summary>
sealed record ValueTable(int[] Keys, Condition When, Dictionary<byte[], Constant[]> Rows, Constant[] Other, Place At)
{
    public void Apply(EventDraft draft)
    {
        if (!When.Holds(draft)) return;
        if (Keys.Length == 1)
        {
            if (!draft.Pieces.TryGet(Keys[0], out var piece) || piece.Length == 0) return;
            // Of a list the first value that the table knows counts.
            do
            {
                if (!Rows.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(draft.Batch.Slice(piece.At, piece.Length), out var row)) continue;
                Constant.Apply(row, draft);
                return;
            }
            while (draft.Pieces.TryNext(ref piece));
            Constant.Apply(Other, draft);
            return;
        }
        Span<byte> joined = stackalloc byte[Limits.PathBytesMax];
        var n = 0;
        for (var i = 0; i < Keys.Length; i++)
        {
            if (i > 0 && n < joined.Length) joined[n++] = (byte)'/';
            if (!draft.Pieces.TryGet(Keys[i], out var piece) || n + piece.Length >= joined.Length) continue;
            draft.Batch.Slice(piece.At, piece.Length).CopyTo(joined[n..]);
            n += piece.Length;
        }
        Constant.Apply(Rows.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(joined[..n], out var found) ? found : Other, draft);
    }
}

/// <summary>A look-up of a key in a table from a file: by its text, or by the network that holds its address.</summary>
sealed record Enrichment(int Key, Dictionary<byte[], int> Rows, Networks? Networks, (FieldId Field, Const?[] Column)[] Fields, Place At)
{
    public void Apply(EventDraft draft)
    {
        if (!draft.Pieces.TryGet(Key, out var piece) || piece.Length == 0) return;
        var value = draft.Batch.Slice(piece.At, piece.Length);
        var row = -1;
        if (Networks is not null) row = Networks.Find(value);
        else if (!Rows.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(value, out row)) row = -1;
        if (row < 0) return;
        foreach (var (field, column) in Fields)
            if (column[row] is { } text && !draft.Has(field)) draft.Add(field, text);
    }
}

/// <summary>Takes a piece out of a list of objects: <c>target[type=User].id</c>, <c>target[0].id</c>.</summary>
sealed record Selector(int Into, int From, int Where, byte[] Value, int Item)
{
    public void Apply(EventDraft draft)
    {
        if (!draft.Pieces.TryGet(From, out var piece)) return;
        do
        {
            if (Where < 0 ? piece.Item == Item : Stands(draft, piece.Element)) draft.Pieces.Put(Into, piece with { Next = 0 });
        }
        while (draft.Pieces.TryNext(ref piece));
    }

    bool Stands(EventDraft draft, int element)
    {
        if (!draft.Pieces.TryGet(Where, out var where)) return false;
        do
            if (where.Element == element && FoldedNames.Same(draft.Batch.Slice(where.At, where.Length), Value)) return true;
        while (draft.Pieces.TryNext(ref where));
        return false;
    }
}

/// <summary>Lists of {name, value} objects: each value is asked for by its name, as <c>List.Name</c>.</summary>
sealed record NamedList(byte[] Prefix, int Name, int Value)
{
    public void Apply(EventDraft draft, Keys keys)
    {
        if (!draft.Pieces.TryGet(Name, out var name)) return;
        Span<byte> path = stackalloc byte[Limits.PathBytesMax];
        Prefix.CopyTo(path);
        var budget = Limits.NamedValuesMax;
        do
        {
            if (name.Length + Prefix.Length > path.Length) continue;
            draft.Batch.Slice(name.At, name.Length).CopyTo(path[Prefix.Length..]);
            var key = keys.Find(path[..(Prefix.Length + name.Length)]);
            if (key < 0 || !draft.Pieces.TryGet(Value, out var value)) continue;
            do
                if (value.Element == name.Element) draft.Pieces.Put(key, value with { Next = 0 });
            while (--budget > 0 && draft.Pieces.TryNext(ref value));
        }
        while (budget > 0 && draft.Pieces.TryNext(ref name));
    }
}

/// <summary>A compiled parser: steps that take the text apart, then what the pieces mean. Never changes once made; safe for several threads.</summary>
sealed class Parser
{
    public required string Name { get; init; }
    public required string About { get; init; }
    public required int Version { get; init; }
    public required int Number { get; init; }
    public required Const Id { get; init; }
    public required Const Dataset { get; init; }
    public required Const Module { get; init; }
    /// <summary>Where the vendor's own fields stand, with its dot; empty when they keep their names.</summary>
    public required byte[] Namespace { get; init; }
    public required Keys Keys { get; init; }
    public required HashSet<string> Drop { get; init; }
    public required Step[] Steps { get; init; }
    public required TimeRule[] Times { get; init; }
    public required ValueTable[] Tables { get; init; }
    public required Mapping[] Mappings { get; init; }
    public required (Condition When, Constant[] Set, Place At)[] Sets { get; init; }
    public required Enrichment[] Enrichments { get; init; }
    public required Selector[] Selectors { get; init; }
    public required NamedList[] Lists { get; init; }
    public required byte[][] Nil { get; init; }
    /// <summary>Beginnings that keys of pairs lose.</summary>
    public required byte[][] Strip { get; init; }
    public required Match[] Matches { get; init; }
    /// <summary>What senders call its records, besides its name.</summary>
    public required string[] Told { get; init; }
    /// <summary>It reads the record before a syslog header is looked for.</summary>
    public required bool WholeRecord { get; init; }
    /// <summary>It reads the record as well as the message after a header: programs whose own lines look like one.</summary>
    public bool AnyPlace { get; init; }
    public required bool TakesJson { get; init; }
    /// <summary>Some of what it reads is JSON, be it the record or a text inside it.</summary>
    public bool ReadsJson => Array.Exists(Steps, s => s is JsonStep);
    /// <summary>A form that many products write: asked after all others.</summary>
    public bool General { get; init; }
    /// <summary>Fields that it fills itself, and so asks whether the event has them.</summary>
    public required HashSet<FieldId> Fills { get; init; }
    public Place NameAt { get; init; }
    public Place DatasetAt { get; init; }
    public Place ModuleAt { get; init; }
    public int ProgramKey { get; init; } = -1;
    public int MessageKey { get; init; } = -1;
    public int MsgidKey { get; init; } = -1;

    /// <summary>Takes the text apart and fills the event. False when it has none of the forms that the parser knows.</summary>
    /// <param name="certain">The record is this parser's, known or not; otherwise nothing is said of one that it does not know.</param>
    public bool Run(Text text, Text program, EventDraft draft, bool certain)
    {
        var (dataset, module, parser) = (draft.Dataset, draft.Module, draft.Parser);
        Begin(text, program, draft);
        var trace = draft.Trace;
        var known = false;
        var missed = false;
        foreach (var step in Steps)
        {
            trace?.Turn("extract", step.At, step.Of);
            if (!step.When.Holds(draft))
            {
                trace?.Done(ParserOutcome.Condition);
                continue;
            }
            Text from;
            if (step.Of < 0) from = text;
            else if (draft.Pieces.TryGet(step.Of, out var piece) && piece.Length > 0) from = draft.TextAt(piece.At, piece.Length);
            else
            {
                trace?.Done(ParserOutcome.Absent);
                continue;
            }
            var read = step.Run(from, draft, this);
            trace?.Done(read ? ParserOutcome.Read : ParserOutcome.Form);
            if (read) known = true;
            else if (!step.Optional) missed = true;
        }
        if (!known && !certain)
        {
            (draft.Dataset, draft.Module, draft.Parser) = (dataset, module, parser);
            return false;
        }
        if (missed || !known) draft.Flawed(Flaw.LineUnknown);
        Finish(draft);
        return known;
    }

    /// <summary>The same of an object that is read already.</summary>
    public void RunJson(Text text, EventDraft draft, JsonLeaves leaves)
    {
        Begin(text, default, draft);
        var trace = draft.Trace;
        trace?.Turn("extract", Steps[0].At);
        JsonStep.Emit(draft, this, leaves);
        draft.Batch.Current.OwnCells = draft.Batch[draft.Batch.Count - 1].Cells.Length;
        foreach (var list in Lists) list.Apply(draft, Keys);
        foreach (var selector in Selectors) selector.Apply(draft);
        trace?.Done(ParserOutcome.Read);
        foreach (var step in Steps)
        {
            if (step.Of < 0) continue;
            trace?.Turn("extract", step.At, step.Of);
            if (!step.When.Holds(draft))
            {
                trace?.Done(ParserOutcome.Condition);
                continue;
            }
            if (!draft.Pieces.TryGet(step.Of, out var piece) || piece.Length == 0)
            {
                trace?.Done(ParserOutcome.Absent);
                continue;
            }
            var read = step.Run(draft.TextAt(piece.At, piece.Length), draft, this);
            trace?.Done(read ? ParserOutcome.Read : ParserOutcome.Form);
            if (!read && !step.Optional) draft.Flawed(Flaw.LineUnknown);
        }
        Finish(draft);
    }

    void Begin(Text text, Text program, EventDraft draft)
    {
        draft.Pieces.Begin(Keys.Count);
        draft.Dataset = Dataset;
        draft.Module = Module;
        draft.Parser = Id;
        if (ProgramKey >= 0 && !program.IsEmpty) draft.Pieces.Put(ProgramKey, new(program.At, program.Length, ValueKind.Text));
        if (MessageKey >= 0) draft.Pieces.Put(MessageKey, new(text.At, text.Length, ValueKind.Text));
        if (MsgidKey >= 0 && !draft.Msgid.IsEmpty) draft.Pieces.Put(MsgidKey, new(draft.Msgid.At, draft.Msgid.Length, ValueKind.Text));
        draft.Trace?.Begin(this);
    }

    void Finish(EventDraft draft)
    {
        var trace = draft.Trace;
        foreach (var time in Times)
        {
            trace?.Turn("time", time.At, time.Keys);
            var told = time.TryApply(draft);
            if (told) trace?.Timed();
            trace?.Done(Reasons.Of(time, draft));
            if (told) break;
        }
        Mean(draft);
    }

    /// <summary>What the pieces mean.</summary>
    public void Mean(EventDraft draft)
    {
        var trace = draft.Trace;
        foreach (var table in Tables)
        {
            trace?.Turn("values", table.At, table.Keys);
            table.Apply(draft);
            trace?.Done(Reasons.Of(table, draft));
        }
        foreach (var mapping in Mappings)
        {
            trace?.Turn("map", mapping.At, mapping.Key);
            mapping.Apply(draft, Nil);
            trace?.Done(Reasons.Of(mapping, draft));
        }
        foreach (var (when, set, at) in Sets)
        {
            trace?.Turn("set", at);
            var holds = when.Holds(draft);
            if (holds) Constant.Apply(set, draft);
            trace?.Done(holds ? ParserOutcome.Taken : ParserOutcome.Condition);
        }
        foreach (var enrichment in Enrichments)
        {
            trace?.Turn("enrich", enrichment.At, enrichment.Key);
            enrichment.Apply(draft);
            trace?.Done(Reasons.Of(enrichment, draft));
        }
    }

    /// <summary>Works out what a name of the record's own means: its key, its field.</summary>
    public void Judge(ref LeafField field, ReadOnlySpan<byte> name, EventDraft draft)
    {
        field.Key = KeyOf(name);
        field.Use = LeafUse.Known;
        if (Drop.Count > 0 && Drop.Contains(System.Text.Encoding.UTF8.GetString(name))) return;
        var whole = Whole(name, stackalloc byte[NameRoom], out var hostile);
        if (FieldNames.TryFind(whole, out field.Field) && field.Field.Value < draft.Projection.KnownNames)
        {
            field.Use |= draft.Projection.Use(field.Field) & LeafUse.Keep;
            if (Namespace.Length == 0 && Fills.Contains(field.Field)) field.Use |= LeafUse.Stamp;
        }
        else if (draft.Projection.KeepsOther(whole)) field.Use |= LeafUse.Local | LeafUse.Keep;
        if (hostile) field.Use |= LeafUse.Hostile;
    }

    int KeyOf(ReadOnlySpan<byte> name)
    {
        var key = Keys.Find(name);
        foreach (var prefix in Strip)
            if (key < 0 && name.Length > prefix.Length && name.StartsWith(prefix)) key = Keys.Find(name[prefix.Length..]);
        return key;
    }

    /// <summary>Adds what the object's usual names mean to an event that keeps its own fields and its own dataset.</summary>
    public void Overlay(EventDraft draft, JsonLeaves leaves)
    {
        draft.Pieces.Begin(Keys.Count);
        draft.Trace?.Begin(this);
        for (var i = 0; i < leaves.Count; i++)
        {
            ref var leaf = ref leaves[i];
            ref var field = ref leaf.Node.Of(Number);
            if ((field.Use & LeafUse.Known) == 0) Judge(ref field, leaves.Path(leaf.Node), draft);
            if (field.Key < 0) continue;
            JsonLeaves.Plain(ref leaf, draft);
            draft.Pieces.Put(field.Key, new(leaf.At, leaf.Length, leaf.Kind, leaf.Element, leaf.Item));
        }
        Mean(draft);
    }

    public FieldId NameOf(EventDraft draft, ReadOnlySpan<byte> name) => draft.Batch.NameOf(Whole(name, stackalloc byte[NameRoom], out _));

    const int NameRoom = 128 + Limits.PathBytesMax;

    ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> name, Span<byte> room, out bool hostile)
    {
        if (Namespace.Length == 0) return JsonFormat.Guarded(name, room, out hostile);
        hostile = false;
        if (name.Length > Limits.PathBytesMax) name = name[..Limits.PathBytesMax];
        Namespace.CopyTo(room);
        name.CopyTo(room[Namespace.Length..]);
        return room[..(Namespace.Length + name.Length)];
    }
}

/// <summary>An object of JSON: every leaf by its path.</summary>
sealed class JsonStep(JsonFormat json) : Step
{
    public override bool Run(Text text, EventDraft draft, Parser parser)
    {
        var open = text.Span.IndexOf((byte)'{');
        if (open < 0 || !draft.Leaves.Read(text.Slice(open), json, draft)) return false;
        Emit(draft, parser, draft.Leaves);
        foreach (var list in parser.Lists) list.Apply(draft, parser.Keys);
        foreach (var selector in parser.Selectors) selector.Apply(draft);
        return true;
    }

    public static void Emit(EventDraft draft, Parser parser, JsonLeaves leaves)
    {
        for (var i = 0; i < leaves.Count; i++)
        {
            ref var leaf = ref leaves[i];
            ref var field = ref leaf.Node.Of(parser.Number);
            if ((field.Use & LeafUse.Known) == 0) parser.Judge(ref field, leaves.Path(leaf.Node), draft);
            if (field.Key < 0 && (field.Use & (LeafUse.Keep | LeafUse.Stamp)) == 0)
            {
                draft.CountData();
                continue;
            }
            JsonLeaves.Plain(ref leaf, draft);
            if (field.Key >= 0) draft.Pieces.Put(field.Key, new(leaf.At, leaf.Length, leaf.Kind, leaf.Element, leaf.Item));
            if ((field.Use & (LeafUse.Keep | LeafUse.Stamp)) == 0) continue;
            if ((field.Use & LeafUse.Hostile) != 0) draft.Flawed(Flaw.HostileName);
            if ((field.Use & LeafUse.Local) != 0 && field.Batch != draft.BatchNumber)
            {
                field.Field = parser.NameOf(draft, leaves.Path(leaf.Node));
                field.Batch = draft.BatchNumber;
            }
            if (draft.Projection.Whole && !leaf.InArray && draft.Has(field.Field) && leaves.Repeats(i)) draft.Flawed(Flaw.JsonDuplicate);
            if (!draft.AddData(field.Field, leaf.At, leaf.Length, leaf.Kind)) return;
        }
    }
}
