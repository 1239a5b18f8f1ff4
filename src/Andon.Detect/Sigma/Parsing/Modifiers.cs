using System.Collections.Concurrent;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>The modifiers of one item, checked for what may stand together. Illegal chains are errors that name the modifier.</summary>
sealed class Modifiers
{
    static readonly HashSet<string> Known =
    [
        "contains", "startswith", "endswith", "all", "re", "i", "m", "s", "ignorecase", "multiline", "dotall", "cased", "cidr", "windash",
        "base64", "base64offset", "wide", "utf16", "utf16le", "utf16be", "exists", "neq", "lt", "lte", "gt", "gte", "fieldref", "expand",
        "minute", "hour", "day", "week", "month", "year",
    ];
    static readonly string[] Placing = ["contains", "startswith", "endswith"];
    static readonly string[] Compares = ["lt", "lte", "gt", "gte"];
    static readonly string[] Times = ["minute", "hour", "day", "week", "month", "year"];
    static readonly string[] Wides = ["wide", "utf16le", "utf16", "utf16be"];
    static readonly string[] Base64s = ["base64", "base64offset"];

    // A handful of chains stand in thousands of items. Kept are legal ones written without blanks, which are few.
    static readonly ConcurrentDictionary<(string Chain, bool HasField), Modifiers> Seen = new();
    static readonly Modifiers None = new([]);

    readonly string[] chain;

    Modifiers(string[] chain)
    {
        this.chain = chain;
        Place = One(Placing);
        Compare = One(Compares);
        Time = One(Times);
        Wide = One(Wides);
        Base64 = One(Base64s);
    }

    public IReadOnlyList<string> Chain => chain;
    public string? Place { get; }
    public string? Compare { get; }
    public string? Time { get; }
    public string? Wide { get; }
    public string? Base64 { get; }
    public bool IgnoreCase => Has("i") || Has("ignorecase");
    public bool MultiLine => Has("m") || Has("multiline");
    public bool DotAll => Has("s") || Has("dotall");

    public bool Has(string name) => Array.IndexOf(chain, name) >= 0;

    string? One(string[] of) => Array.Find(chain, of.Contains);

    /// <param name="chain">What follows the field and its bar: <c>contains|all</c>.</param>
    public static Modifiers? Read(string chain, bool hasField, Mark at, FindingSink sink)
    {
        if (chain.Length == 0 && hasField) return None;
        if (Seen.TryGetValue((chain, hasField), out var known)) return known;
        var findings = sink.Count;
        if (chain.AsSpan().Count('|') >= Limits.ModifiersMax)
        {
            sink.Error("SIG061", at, $"A chain of more than {Limits.ModifiersMax} modifiers.", "No meaning needs so many.");
            return null;
        }
        var read = Read([.. chain.Split('|').Select(n => n.Trim())], hasField, at, sink);
        if (read is not null && findings == sink.Count && !chain.Any(char.IsWhiteSpace)) Seen[(chain, hasField)] = read;
        return read;
    }

    static Modifiers? Read(string[] names, bool hasField, Mark at, FindingSink sink)
    {
        var errors = sink.Errors;
        var m = new Modifiers(names);
        foreach (var name in names)
            if (!Known.Contains(name)) sink.Error("SIG060", at, $"There is no modifier '{name}'.", Known.Contains(name.ToLowerInvariant()) ? $"Modifiers are lower case: '{name.ToLowerInvariant()}'." : "Known: " + string.Join(", ", Known.Order()) + ".");
        if (sink.Errors > errors) return null;

        void Refuse(string message, string hint) => sink.Error("SIG061", at, message, hint);
        void Only(string what, params string[] others)
        {
            foreach (var name in names)
                if (name != what && !others.Contains(name)) Refuse($"'{name}' cannot stand with '{what}'.", others.Length == 0 ? $"'{what}' stands alone." : $"With '{what}' go only: {string.Join(", ", others)}.");
        }
        void First(string what)
        {
            if (names[0] != what) Refuse($"'{what}' must come first in the chain.", $"Write '{what}' directly after the field.");
        }

        foreach (var twice in names.GroupBy(n => n).Where(g => g.Count() > 1)) Refuse($"'{twice.Key}' stands twice.", "Remove one.");
        AtMostOne(Placing);
        AtMostOne(Compares);
        AtMostOne(Times);
        AtMostOne(Wides);
        AtMostOne(Base64s);

        if (m.Has("re"))
        {
            First("re");
            Only("re", "i", "m", "s", "ignorecase", "multiline", "dotall", "all", "neq", "expand", "contains", "startswith", "endswith");
        }
        else
            foreach (var flag in new[] { "i", "m", "s", "ignorecase", "multiline", "dotall" })
                if (m.Has(flag)) Refuse($"'{flag}' is a flag of 're' only.", "Write 're|" + flag + "', or remove it.");
        if (m.Has("cidr")) { First("cidr"); Only("cidr", "all", "neq", "expand"); }
        if (m.Has("exists")) { First("exists"); Only("exists"); }
        if (m.Has("fieldref")) Only("fieldref", "contains", "startswith", "endswith", "neq", "cased", "all");
        if (m.Time is { } time) { First(time); Only(time, "lt", "lte", "gt", "gte", "neq"); }
        else if (m.Compare is { } compare) { First(compare); Only(compare); }
        if (m.Wide is { } wide && (m.Base64 is null || Array.IndexOf(names, wide) > Array.IndexOf(names, m.Base64)))
            Refuse($"'{wide}' encodes for base64, which does not follow.", $"Write '{wide}|base64offset|contains'.");
        if (m.Base64 is { } base64)
        {
            if (m.Has("windash")) Refuse($"'windash' cannot stand with '{base64}'.", "Write the variants as a list.");
            if (m.Place is { } place && Array.IndexOf(names, place) < Array.IndexOf(names, base64)) Refuse($"'{place}' before '{base64}' would encode its wildcards.", $"Write '{base64}|{place}'.");
            if (m.Place is null) sink.Warn("SIG062", at, $"'{base64}' without 'contains' matches only a field that is nothing else.", $"Write '{base64}|contains'.");
        }
        if (!hasField)
            foreach (var needs in new[] { "exists", "fieldref", "cidr", m.Compare, m.Time })
                if (needs is not null && m.Has(needs)) Refuse($"'{needs}' needs a field.", "Write the field before the modifier.");
        return sink.Errors > errors ? null : m;

        void AtMostOne(string[] of)
        {
            var found = names.Where(of.Contains).Distinct().ToList();
            if (found.Count > 1) Refuse($"'{found[0]}' and '{found[1]}' exclude each other.", "Keep one.");
        }
    }
}
