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

    readonly List<string> chain;

    Modifiers(List<string> chain) => this.chain = chain;

    public bool Has(string name) => chain.Contains(name);
    public IReadOnlyList<string> Chain => chain;
    public string? Place => One(Placing);
    public string? Compare => One(Compares);
    public string? Time => One(Times);
    public string? Wide => One(Wides);
    public string? Base64 => One(Base64s);
    public bool IgnoreCase => Has("i") || Has("ignorecase");
    public bool MultiLine => Has("m") || Has("multiline");
    public bool DotAll => Has("s") || Has("dotall");

    string? One(string[] of) => chain.Find(of.Contains);

    public static Modifiers? Read(IReadOnlyList<string> names, bool hasField, Mark at, FindingSink sink)
    {
        var errors = sink.Errors;
        var m = new Modifiers([.. names]);
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
        if (m.Wide is { } wide && (m.Base64 is null || names.IndexOf(wide) > names.IndexOf(m.Base64)))
            Refuse($"'{wide}' encodes for base64, which does not follow.", $"Write '{wide}|base64offset|contains'.");
        if (m.Base64 is { } base64)
        {
            if (m.Has("windash")) Refuse($"'windash' cannot stand with '{base64}'.", "Write the variants as a list.");
            if (m.Place is { } place && names.IndexOf(place) < names.IndexOf(base64)) Refuse($"'{place}' before '{base64}' would encode its wildcards.", $"Write '{base64}|{place}'.");
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

static class ListSearch
{
    public static int IndexOf(this IReadOnlyList<string> list, string what)
    {
        for (var i = 0; i < list.Count; i++)
            if (list[i] == what) return i;
        return -1;
    }
}
