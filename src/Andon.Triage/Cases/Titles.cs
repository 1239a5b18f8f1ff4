using Andon.Model;
using Andon.Triage.Signals;

namespace Andon.Triage.Cases;

/// <summary>Titles that say what happened, where and by whom: from the strongest signals, not all of them.</summary>
internal static class Titles
{
    public static string First(Signal signal) => With([signal], signal.Entities);

    public static string Of(CaseState c)
    {
        return c.Manual || c.Signals.Count == 0 ? c.FirstTitle : Told(c.Signals, places: true);
    }

    /// <summary>
    /// The same without where and by whom: names of rules only, which their authors wrote before anything happened. Null when people or sources gave the case its words;
    /// for those who may not read values (0049).
    /// </summary>
    public static string? OfRules(CaseState c)
    {
        if (c.Manual) return null;
        var byRules = c.Signals.Where(s => s.Opened.RuleId != "manual" && !s.Opened.RuleId.StartsWith("source.", StringComparison.Ordinal)).ToList();
        return byRules.Count == 0 ? null : Told(byRules, places: false);
    }

    static string Told(IEnumerable<Signal> signals, bool places)
    {
        var strongest = signals
            .GroupBy(s => s.Opened.Title)
            .Select(g => g.MaxBy(s => s.Opened.Lambda) ?? g.First())
            .OrderByDescending(s => s.Opened.Lambda)
            .ToList();
        var floor = strongest[0].Opened.Lambda * 0.4;
        var told = strongest.Take(2).Where(s => s.Opened.Lambda >= floor).OrderBy(s => s.Opened.FirstMs).ToList();
        var title = With(told, places ? [.. told.SelectMany(s => s.Entities)] : []);
        var more = strongest.Count(s => s.Opened.Lambda >= floor) - told.Count;
        return more > 0 ? $"{title}, and {more} more" : title;
    }

    static string With(IReadOnlyList<Signal> told, IReadOnlyList<Entity> entities)
    {
        var what = told[0].Opened.Title.TrimEnd('.', ' ');
        if (told.Count > 1 && told[1].Opened.Title.Length > 0) what += ", then " + Lower(told[1].Opened.Title.Trim('.', ' '));
        var where = Most(entities, EntityKind.Host) ?? Most(entities, EntityKind.Container) ?? Most(entities, EntityKind.Principal);
        var who = Most(entities, EntityKind.User);
        if (where is not null && !Says(what, where)) what += " on " + where;
        if (who is not null && !Says(what, who)) what += " by " + who;
        return what;
    }

    static string? Most(IReadOnlyList<Entity> entities, EntityKind kind) => entities
        .Where(e => e.Kind == kind && e.Value.Length is > 0 and < 80)
        .GroupBy(e => e.Value)
        .OrderByDescending(g => g.Count(e => e.Role != EntityRole.Context)).ThenByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
        .FirstOrDefault()?.Key;

    static bool Says(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    // "SSH login", "PowerShell …" and "Wazuh: …" keep their capitals, and so does A Title In Capitals; "New user made" does not.
    static string Lower(string title)
    {
        if (title.Length == 0) return title;
        var word = title.AsSpan(0, title.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space ? space : title.Length);
        foreach (var c in word[1..])
            if (!char.IsLower(c)) return title;
        for (var i = word.Length; i < title.Length - 1; i++)
            if (title[i] == ' ' && char.IsUpper(title[i + 1])) return title;
        return char.ToLowerInvariant(title[0]) + title[1..];
    }
}
