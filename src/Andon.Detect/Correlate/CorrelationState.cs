using System.Globalization;
using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.Correlate;

/// <summary>One correlation's groups and counters.</summary>
sealed class CorrelationState(CorrelationDocument document)
{
    readonly record struct Entry(long TimeMs, EventId Event, int Rule, GroupKey Value) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => TimeMs != other.TimeMs ? TimeMs.CompareTo(other.TimeMs) : Event.CompareTo(other.Event);
    }

    sealed class Group
    {
        public required (string Field, string Value)[] Shown { get; init; }
        public List<Entry> Entries { get; } = [];
        public List<Entity> Entities { get; } = [];
        public string SourceId { get; set; } = "";
        public long NewestMs { get; set; } = long.MinValue;
        public bool Above { get; set; }
        public long? FiredMs { get; set; }
    }

    Dictionary<GroupKey, Group> groups = [];

    public CorrelationDocument Document { get; } = document;
    /// <summary>The listed rules, as they were resolved.</summary>
    public Header?[] Inputs { get; } = new Header?[document.Rules.Count];
    /// <summary>Earliest end of a window that waits for its end.</summary>
    public long NextCloseMs { get; private set; } = long.MaxValue;
    public int Groups => groups.Count;

    /// <summary>Hits without one of the group-by fields: not counted, shown.</summary>
    public long Missing { get; private set; }
    public long Evicted { get; private set; }
    /// <summary>Events taken out of a full window before their time.</summary>
    public long Cut { get; private set; }
    public long Late { get; private set; }

    /// <summary>While this is the same, gathered state survives a reload.</summary>
    public static string SignatureOf(CorrelationDocument d) =>
        $"{d.Header.RuleId}\n{d.Kind}\n{string.Join('\n', d.Rules)}\n\n{string.Join('\n', d.GroupBy)}\n\n{d.TimespanMs}\n{string.Join('\n', d.ValueFields)}\n{d.Monotone}\n"
        + string.Join('\n', d.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => a.Key + ":" + string.Join(',', a.Value.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Key + "=" + v.Value))));

    public string Signature => SignatureOf(Document);

    public CorrelationState With(CorrelationDocument newer) =>
        new(newer) { groups = groups, NextCloseMs = NextCloseMs, Missing = Missing, Evicted = Evicted, Cut = Cut, Late = Late };

    // Without a number, every listed rule must have matched.
    long Needed => Document.Bounds.Count == 0 ? Document.Rules.Count : 0;

    bool Holds(long n) => Document.Bounds.Count == 0 ? n >= Needed : Document.Bounds.All(b => b.Holds(n));

    public void Take(Hit hit, int rule, List<Firing> fired)
    {
        if (Inputs[rule] is not { } input) return;
        var names = Document.GroupBy;
        var choices = new List<string>[names.Count];
        for (var i = 0; i < names.Count; i++)
        {
            choices[i] = Members(hit, CorrelationFields.FieldOf(Document, names[i], input));
            if (choices[i].Count == 0) { Missing++; return; }
        }
        var values = Values(hit, input);
        if (values is null) { Missing++; return; }
        foreach (var shown in Tuples(choices))
        {
            var key = GroupKey.Of(shown);
            if (!groups.TryGetValue(key, out var group))
            {
                Evict();
                groups[key] = group = new() { Shown = [.. names.Zip(shown)] };
            }
            foreach (var value in values) Put(group, new(hit.TimeMs, hit.Event, rule, value), hit, fired);
        }
    }

    void Put(Group group, Entry entry, Hit hit, List<Firing> fired)
    {
        var entries = group.Entries;
        var at = entries.BinarySearch(entry);
        if (at >= 0)
        {
            // One event counts once, also when two listed rules match it; a temporal needs to know both.
            if (Document.Kind == CorrelationKind.EventCount) return;
            while (at < entries.Count && entries[at].CompareTo(entry) == 0)
                if (entries[at++] == entry) return;
        }
        else at = ~at;
        if (group.NewestMs != long.MinValue && entry.TimeMs < group.NewestMs - Document.TimespanMs - Limits.LatenessMs) { Late++; return; }
        entries.Insert(at, entry);
        group.NewestMs = Math.Max(group.NewestMs, entry.TimeMs);
        group.SourceId = hit.SourceId;
        foreach (var entity in hit.Entities)
            if (group.Entities.Count < Limits.HitEntitiesMax && !group.Entities.Contains(entity)) group.Entities.Add(entity);

        if (!Document.Monotone)
        {
            if (entries.Count > Limits.CorrelationEntriesMax) { entries.RemoveAt(1); Cut++; }
            NextCloseMs = Math.Min(NextCloseMs, entries[0].TimeMs + Document.TimespanMs + 1);
            return;
        }
        Prune(group);
        var (count, first, last) = Best(entries, entry);
        var now = Document.Kind == CorrelationKind.TemporalOrdered ? count > 0 : Holds(count);
        var again = group.FiredMs is not { } before || !group.Above || entry.TimeMs - before >= Document.TimespanMs;
        group.Above = now;
        if (!now || !again) return;
        group.FiredMs = Math.Max(entry.TimeMs, group.FiredMs ?? long.MinValue);
        fired.Add(Fire(group, first, last, count, entry.Event));
    }

    /// <summary>Decides the windows that end before event time <paramref name="watermarkMs"/>: each begins with the oldest event not yet in one.</summary>
    public void Close(long watermarkMs, List<Firing> fired)
    {
        NextCloseMs = long.MaxValue;
        List<GroupKey>? empty = null;
        foreach (var (key, group) in groups.OrderBy(g => g.Value.Entries.Count > 0 ? g.Value.Entries[0].TimeMs : long.MaxValue).ThenBy(g => g.Value.Entries.Count > 0 ? g.Value.Entries[0].Event.Value : 0))
        {
            var entries = group.Entries;
            while (entries.Count > 0 && entries[0].TimeMs + Document.TimespanMs < watermarkMs)
            {
                var last = 0;
                while (last + 1 < entries.Count && entries[last + 1].TimeMs - entries[0].TimeMs <= Document.TimespanMs) last++;
                var count = CountOf(entries, 0, last);
                if (Holds(count)) fired.Add(Fire(group, 0, last, count, entries[last].Event));
                entries.RemoveRange(0, last + 1);
            }
            if (entries.Count == 0) (empty ??= []).Add(key);
            else NextCloseMs = Math.Min(NextCloseMs, entries[0].TimeMs + Document.TimespanMs + 1);
        }
        foreach (var key in empty ?? []) groups.Remove(key);
    }

    // The window with the most that contains the new entry. In order of time there is only one: the one that ends with it.
    (long Count, int First, int Last) Best(List<Entry> entries, Entry entry)
    {
        var at = entries.IndexOf(entry);
        (long Count, int First, int Last) best = (0, at, at);
        for (var first = at; first >= 0 && entry.TimeMs - entries[first].TimeMs <= Document.TimespanMs; first--)
        {
            // Only a window that begins as early as it can, or that reaches later events, can hold more.
            var earliest = first == 0 || entry.TimeMs - entries[first - 1].TimeMs > Document.TimespanMs;
            if (!earliest && at == entries.Count - 1) continue;
            var last = at;
            while (last + 1 < entries.Count && entries[last + 1].TimeMs - entries[first].TimeMs <= Document.TimespanMs) last++;
            var count = CountOf(entries, first, last);
            if (count > best.Count) best = (count, first, last);
        }
        return best;
    }

    long CountOf(List<Entry> entries, int first, int last)
    {
        switch (Document.Kind)
        {
            case CorrelationKind.EventCount:
                return last - first + 1;
            case CorrelationKind.ValueCount:
                var values = new HashSet<GroupKey>();
                for (var i = first; i <= last; i++) values.Add(entries[i].Value);
                return values.Count;
            case CorrelationKind.Temporal:
                var rules = new HashSet<int>();
                for (var i = first; i <= last; i++) rules.Add(entries[i].Rule);
                return rules.Count;
            default:
                return Ordered(entries, first, last) ? Document.Rules.Count : 0;
        }
    }

    // Keeps the latest start of a chain for each position, else "a a b" would fail when the first a is too old.
    bool Ordered(List<Entry> entries, int first, int last)
    {
        var latest = new (long StartMs, EventId LastEvent)?[Document.Rules.Count];
        for (var i = first; i <= last;)
        {
            var end = i;
            while (end <= last && entries[end].Event == entries[i].Event) end++;
            // Positions of one event from the last down, so that it is not used twice in one chain.
            for (var position = latest.Length - 1; position >= 0; position--)
                for (var k = i; k < end; k++)
                {
                    if (entries[k].Rule != position) continue;
                    if (position == 0) latest[0] = (entries[k].TimeMs, entries[k].Event);
                    else if (latest[position - 1] is { } chain && (latest[position] is not { } known || chain.StartMs >= known.StartMs)) latest[position] = (chain.StartMs, entries[k].Event);
                    if (position == latest.Length - 1 && latest[position] is { } whole && entries[k].TimeMs - whole.StartMs <= Document.TimespanMs) return true;
                }
            i = end;
        }
        return false;
    }

    void Prune(Group group)
    {
        var entries = group.Entries;
        var old = 0;
        while (old < entries.Count && entries[old].TimeMs < group.NewestMs - Document.TimespanMs - Limits.LatenessMs) old++;
        if (old > 0) entries.RemoveRange(0, old);
        // A count needs no more events than twice its threshold; what is left out can only be more of what is already enough.
        var most = Document.Kind == CorrelationKind.EventCount
            ? (int)Math.Min(Limits.CorrelationEntriesMax, Math.Max(256, 2 * Document.Bounds.Select(b => b.Value).DefaultIfEmpty(0).Max() + 2))
            : Limits.CorrelationEntriesMax;
        if (entries.Count <= most) return;
        Cut += entries.Count - most;
        entries.RemoveRange(0, entries.Count - most);
    }

    void Evict()
    {
        if (groups.Count < Limits.CorrelationGroupsMax) return;
        var stalest = groups.OrderBy(g => g.Value.NewestMs).Take(Limits.CorrelationGroupsMax / 50).Select(g => g.Key).ToList();
        foreach (var key in stalest) groups.Remove(key);
        Evicted += stalest.Count;
    }

    Firing Fire(Group group, int first, int last, long count, EventId trigger)
    {
        var entries = group.Entries;
        var ids = new List<EventId>();
        for (var i = first; i <= last; i++)
            if (ids.Count == 0 || ids[^1] != entries[i].Event) ids.Add(entries[i].Event);
        if (ids.Count > Limits.CorrelationEvidenceMax + 1) ids = [.. ids.Take(Limits.CorrelationEvidenceMax), ids[^1]];
        var values = new List<string>();
        if (Document.Kind == CorrelationKind.ValueCount)
            for (var i = first; i <= last && values.Count < 20; i++)
                if (string.Join(", ", entries[i].Value.Parts) is var text && !values.Contains(text)) values.Add(text);
        return new(Document, trigger, entries[last].TimeMs, group.Shown, count, entries[first].TimeMs, ids, [.. group.Entities], group.SourceId, values);
    }

    // Values of value_count; for the other kinds one empty tuple. Null when a field is missing.
    List<GroupKey>? Values(Hit hit, Header input)
    {
        if (Document.Kind != CorrelationKind.ValueCount) return [new([])];
        var choices = new List<string>[Document.ValueFields.Count];
        for (var i = 0; i < choices.Length; i++)
        {
            choices[i] = Members(hit, CorrelationFields.FieldOf(Document, Document.ValueFields[i], input));
            if (choices[i].Count == 0) return null;
        }
        return [.. Tuples(choices).Select(GroupKey.Of)];
    }

    static List<string> Members(Hit hit, string field)
    {
        var members = new List<string>();
        if (hit.Fields.TryGetValue(field, out var first)) members.Add(first);
        for (var i = 1; i < Limits.CorrelationMembersMax && hit.Fields.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]"), out var more); i++)
            if (!members.Contains(more)) members.Add(more);
        return members;
    }

    static IEnumerable<string[]> Tuples(List<string>[] choices)
    {
        IEnumerable<string[]> all = [[]];
        foreach (var choice in choices) all = all.SelectMany(_ => choice, (before, value) => (string[])[.. before, value]);
        return all.Take(Limits.CorrelationMembersMax);
    }
}
