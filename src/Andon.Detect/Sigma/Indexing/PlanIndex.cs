using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Sigma.Matching;
using Andon.Model;

namespace Andon.Detect.Sigma.Indexing;

/// <summary>
/// The witnesses of all rules of one plan, field by field. For an event it marks the rules that may match; a rule that is not marked
/// cannot. Immutable, shared by threads.
/// </summary>
sealed class PlanIndex
{
    readonly SlotIndex[] slots;
    readonly KeywordTable? keywords;
    readonly RawKeywords? raw;
    readonly ulong[] always;

    public int Words => always.Length;

    public PlanIndex(IReadOnlyList<CompiledRule> rules)
    {
        always = new ulong[(rules.Count + 63) / 64];
        var naming = Naming(rules);
        var lists = new Dictionary<(FieldSlot? Slot, WitnessKind Kind), Dictionary<byte[], Entry>>();
        for (var i = 0; i < rules.Count; i++)
        {
            var witnesses = WitnessFinder.Of(rules[i].Root, w => w.Frequency(naming.GetValueOrDefault(w.Slot?.Number ?? -1)?.GetValueOrDefault(w.Literal, 1) ?? 1));
            if (witnesses is null)
            {
                always[i >> 6] |= 1UL << i; // asked of every event
                continue;
            }
            foreach (var witness in witnesses)
            {
                if (!lists.TryGetValue((witness.Slot, witness.Kind), out var entries)) lists[(witness.Slot, witness.Kind)] = entries = new(Utf8Names.Instance);
                if (!entries.TryGetValue(witness.Literal, out var entry)) entries[witness.Literal] = entry = new(witness.Literal);
                if (entry.Rules.Count == 0 || entry.Rules[^1] != i) entry.Rules.Add(i);
            }
        }
        IReadOnlyList<Entry> Of(FieldSlot? slot, WitnessKind kind) => lists.TryGetValue((slot, kind), out var entries) ? [.. entries.Values] : [];
        slots = [.. lists.Keys.Select(k => k.Slot).OfType<FieldSlot>().Distinct().Select(slot => new SlotIndex(slot, kind => Of(slot, kind)))];
        if (Of(null, WitnessKind.Keyword) is { Count: > 0 } words)
        {
            keywords = new(words);
            raw = new(words);
        }
    }

    PlanIndex(PlanIndex from, IReadOnlyList<int> rules)
    {
        (slots, keywords, raw) = (from.slots, from.keywords, from.raw);
        always = [.. from.always];
        foreach (var rule in rules) always[rule >> 6] |= 1UL << rule;
        Asks = from.Asks + rules.Count;
    }

    /// <summary>Rules that are asked of every event although they have witnesses, because they changed after the index was built.</summary>
    public int Asks { get; }

    /// <summary>The same index over rules of which some, by their places, are others now.</summary>
    public PlanIndex Asking(IReadOnlyList<int> rules) => rules.Count == 0 ? this : new(this, rules);

    /// <summary>Sets the bit of each rule that may match the loaded event.</summary>
    public void Mark(EventValues values, Span<ulong> candidates)
    {
        always.CopyTo(candidates);
        foreach (var slot in slots) slot.Mark(values, candidates);
        keywords?.Mark(values, candidates);
    }

    /// <summary>
    /// The same for an event of which only the fields that rules read were kept. False where its keywords cannot be ruled out by the raw
    /// record alone: it must be read whole.
    /// </summary>
    public bool TryMarkPart(EventValues values, Span<ulong> candidates)
    {
        if (raw is not null && raw.Possible(values)) return false;
        always.CopyTo(candidates);
        foreach (var slot in slots) slot.Mark(values, candidates);
        return true;
    }

    // How many rules name a literal, for each field.
    static Dictionary<int, Dictionary<byte[], int>> Naming(IReadOnlyList<CompiledRule> rules)
    {
        var naming = new Dictionary<int, Dictionary<byte[], int>>();
        foreach (var rule in rules)
            foreach (var witness in WitnessFinder.Named(rule.Root))
            {
                var slot = witness.Slot?.Number ?? -1;
                if (!naming.TryGetValue(slot, out var literals)) naming[slot] = literals = new(Utf8Names.Instance);
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(literals, witness.Literal, out _)++;
            }
        return naming;
    }
}

/// <summary>Witnesses that look at one field.</summary>
sealed class SlotIndex
{
    readonly FieldSlot slot;
    readonly Entry[] present;
    readonly ExactTable? exact;
    readonly EndTable? prefixes, suffixes;
    readonly SubstringTable? substrings;

    public SlotIndex(FieldSlot slot, Func<WitnessKind, IReadOnlyList<Entry>> of)
    {
        this.slot = slot;
        present = [.. of(WitnessKind.Present)];
        if (of(WitnessKind.Exact) is { Count: > 0 } exacts) exact = new(exacts);
        if (of(WitnessKind.Prefix) is { Count: > 0 } starts) prefixes = new(starts, suffix: false);
        if (of(WitnessKind.Suffix) is { Count: > 0 } ends) suffixes = new(ends, suffix: true);
        if (of(WitnessKind.Substring) is { Count: > 0 } inner) substrings = new(inner);
    }

    public void Mark(EventValues values, Span<ulong> candidates)
    {
        var cell = values.First(slot);
        if (cell < 0) return;
        foreach (var entry in present) entry.Mark(candidates);
        if (exact is null && prefixes is null && suffixes is null && substrings is null) return;
        for (; cell >= 0; cell = values.Next(cell))
        {
            if (values.Kind(cell) == ValueKind.Null) continue;
            var value = values.Folded(cell);
            exact?.Mark(value, candidates);
            prefixes?.Mark(value, candidates);
            suffixes?.Mark(value, candidates);
            substrings?.Mark(value, candidates);
        }
    }
}
