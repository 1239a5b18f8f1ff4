using Andon.Model;

namespace Andon.Detect.Sigma.Compilation;

/// <summary>A field as a rule names it, resolved to the names under which an event may hold it; the first one present counts.</summary>
sealed class FieldSlot(int number, string field, int[] fields)
{
    public int Number { get; } = number;
    public string Field { get; } = field;
    /// <summary>Dense numbers of the names, in the order of the look-up.</summary>
    public int[] Fields { get; private set; } = fields;

    /// <summary>Reads a name too that another rule writes otherwise.</summary>
    public void Also(int dense) => Fields = [.. Fields, dense];
}

/// <summary>
/// The field names that a rule set reads, numbered densely. Look-up order of a Sigma field F: <c>winlog.event_data.F</c>, F as written,
/// what the event's route renames to F, then the aliases of content/mappings/sigma-aliases.yml.
/// </summary>
sealed class FieldTable(FieldAliases aliases)
{
    public static readonly FieldTable Empty = new(FieldAliases.None);

    readonly Dictionary<(string Field, string Renamed), FieldSlot> slots = [];
    readonly Dictionary<int, int> denseOfId = [];
    readonly Lock gate = new();
    volatile int[] dense = [];
    volatile FieldSelection? selection;
    volatile int seen;

    public int FieldCount { get; private set; }
    public int SlotCount => slots.Count;

    /// <summary>Dense number of a field id, or -1 when no rule reads it.</summary>
    public int DenseOf(int id) => (uint)id < (uint)dense.Length ? dense[id] : -1;

    public FieldSlot Slot(string field, Renames renames) => Slot(field, renames.Of(field));

    // Rules are compiled while others are asked: whoever changes the tables holds the gate; readers see a whole array or the one before.
    FieldSlot Slot(string field, string renamed)
    {
        lock (gate)
        {
            if (slots.TryGetValue((field, renamed), out var slot)) return slot;
            var ids = FieldNames.InternAll(NamesOf(field, renamed));
            return slots[(field, renamed)] = new(slots.Count, field, [.. ids.Select(Dense).Distinct()]);
        }
    }

    /// <summary>Makes slots for many fields; cheaper than one by one, because their names become known together.</summary>
    public void Declare(IReadOnlySet<(string Field, string Renamed)> fields)
    {
        lock (gate)
        {
            var news = fields.Where(f => !slots.ContainsKey(f)).ToList();
            if (news.Count == 0) return;
            FieldNames.InternAll([.. news.SelectMany(f => NamesOf(f.Field, f.Renamed))]);
            foreach (var (field, renamed) in news) Slot(field, renamed);
            Complete();
        }
    }

    /// <summary>Names under which an event may hold a Sigma field, where no route renames it.</summary>
    public IReadOnlyList<string> NamesOf(string field) => NamesOf(field, "");

    List<string> NamesOf(string field, string renamed)
    {
        var names = new List<string> { $"winlog.event_data.{field}", field };
        if (renamed.Length > 0) names.AddRange([$"winlog.event_data.{renamed}", renamed]);
        names.AddRange(aliases.Of(field));
        return names;
    }

    /// <summary>A slot that reads exactly that name.</summary>
    public FieldSlot Exact(string name)
    {
        lock (gate)
        {
            if (slots.TryGetValue((name, "="), out var slot)) return slot;
            return slots[(name, "=")] = new(slots.Count, name, [Dense(FieldNames.Intern(name))]);
        }
    }

    // Lets known names that are written otherwise count as what rules call them. One that some rule names as it is written has a number
    // of its own, and is read by the others as well: no rule hides a field from another.
    void Complete()
    {
        var count = FieldNames.Count;
        Room(count - 1);
        for (var id = count - 1; id >= 0; id--)
        {
            if (DenseOfOther(FieldNames.Utf8(new(id))) is not (var field and >= 0) || field == dense[id]) continue;
            if (dense[id] < 0) (dense[id], selection) = (field, null);
            else
                foreach (var ((_, renamed), slot) in slots)
                    if (renamed != "=" && Array.IndexOf(slot.Fields, field) >= 0 && Array.IndexOf(slot.Fields, dense[id]) < 0) slot.Also(dense[id]);
        }
        seen = count;
    }

    /// <summary>Names that became known since rules were read, by a parser for example, count like those that were known before.</summary>
    public void Follow()
    {
        if (seen == FieldNames.Count || slots.Count == 0) return;
        lock (gate)
            if (seen != FieldNames.Count) Complete();
    }

    /// <summary>
    /// Dense number of a name that rules write otherwise, or -1: without blanks (<c>Threat Name</c> is <c>ThreatName</c>), and leaves
    /// of a Windows event's UserData by their bare names, as those of EventData.
    /// </summary>
    public int DenseOfOther(ReadOnlySpan<byte> name)
    {
        if (name.Length > 256) return -1;
        var prefix = name.StartsWith("winlog.user_data."u8) || name.StartsWith("Event.UserData."u8) ? "winlog.event_data."u8 : default;
        if (prefix.IsEmpty && name.IndexOf((byte)' ') < 0) return -1;
        Span<byte> other = stackalloc byte[name.Length + prefix.Length];
        prefix.CopyTo(other);
        var length = prefix.Length;
        foreach (var c in prefix.IsEmpty ? name : name[(name.LastIndexOf((byte)'.') + 1)..])
            if (c != ' ') other[length++] = c;
        return FieldNames.TryFind(other[..length], out var known) ? DenseOf(known.Value) : -1;
    }

    /// <summary>What the rules read, for a normaliser that may leave the rest out.</summary>
    public FieldSelection Selection => selection ??= new(
        Enumerable.Range(0, Math.Min(FieldNames.Count, dense.Length)).Where(id => dense[id] >= 0).Select(id => new FieldId(id)),
        name => FieldNames.TryFind(name, out var known) && DenseOf(known.Value) >= 0 || DenseOfOther(name) >= 0);

    int Dense(FieldId id)
    {
        if (denseOfId.TryGetValue(id.Value, out var number)) return number;
        number = FieldCount++;
        selection = null;
        denseOfId[id.Value] = number;
        Room(id.Value);
        dense[id.Value] = number;
        return number;
    }

    void Room(int id)
    {
        if (dense.Length > id) return;
        var bigger = new int[Math.Max(id + 1024, dense.Length * 2)];
        Array.Fill(bigger, -1);
        dense.CopyTo(bigger, 0);
        dense = bigger;
    }
}

/// <summary>Other names under which a Sigma field may stand in an event.</summary>
sealed class FieldAliases(IReadOnlyDictionary<string, IReadOnlyList<string>> names)
{
    public static readonly FieldAliases None = new(new Dictionary<string, IReadOnlyList<string>>());

    public IReadOnlyList<string> Of(string field) => names.GetValueOrDefault(field, []);
}
