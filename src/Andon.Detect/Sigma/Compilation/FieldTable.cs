using Andon.Model;

namespace Andon.Detect.Sigma.Compilation;

/// <summary>A field as a rule names it, resolved to the names under which an event may hold it; the first one present counts.</summary>
sealed class FieldSlot(int number, string field, int[] fields)
{
    public int Number { get; } = number;
    public string Field { get; } = field;
    /// <summary>Dense numbers of the names, in the order of the look-up.</summary>
    public int[] Fields { get; } = fields;
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
    int[] dense = [];

    public int FieldCount { get; private set; }
    public int SlotCount => slots.Count;

    /// <summary>Dense number of a field id, or -1 when no rule reads it.</summary>
    public int DenseOf(int id) => (uint)id < (uint)dense.Length ? dense[id] : -1;

    public FieldSlot Slot(string field, IReadOnlyDictionary<string, string> renames)
    {
        var renamed = renames.GetValueOrDefault(field, "");
        if (slots.TryGetValue((field, renamed), out var slot)) return slot;
        var names = new List<string> { $"winlog.event_data.{field}", field };
        if (renamed.Length > 0) names.AddRange([$"winlog.event_data.{renamed}", renamed]);
        names.AddRange(aliases.Of(field));
        var ids = FieldNames.InternAll(names);
        slot = new(slots.Count, field, [.. ids.Select(Dense).Distinct()]);
        slots[(field, renamed)] = slot;
        return slot;
    }

    /// <summary>A slot that reads exactly that name.</summary>
    public FieldSlot Exact(string name)
    {
        if (slots.TryGetValue((name, "="), out var slot)) return slot;
        slot = new(slots.Count, name, [Dense(FieldNames.Intern(name))]);
        slots[(name, "=")] = slot;
        return slot;
    }

    int Dense(FieldId id)
    {
        if (denseOfId.TryGetValue(id.Value, out var number)) return number;
        number = FieldCount++;
        denseOfId[id.Value] = number;
        if (dense.Length <= id.Value)
        {
            var bigger = new int[Math.Max(id.Value + 1024, dense.Length * 2)];
            Array.Fill(bigger, -1);
            dense.CopyTo(bigger, 0);
            dense = bigger;
        }
        dense[id.Value] = number;
        return number;
    }
}

/// <summary>Other names under which a Sigma field may stand in an event.</summary>
sealed class FieldAliases(IReadOnlyDictionary<string, IReadOnlyList<string>> names)
{
    public static readonly FieldAliases None = new(new Dictionary<string, IReadOnlyList<string>>());

    public IReadOnlyList<string> Of(string field) => names.GetValueOrDefault(field, []);
}
