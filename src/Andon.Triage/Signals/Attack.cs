using System.Collections.Frozen;

namespace Andon.Triage.Signals;

/// <summary>What Sigma tags say of ATT&amp;CK: tactics in the order in which an attack tends to pass through them, and techniques.</summary>
internal static class Attack
{
    static readonly string[] Ordered =
    [
        "reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation", "defense-evasion",
        "credential-access", "discovery", "lateral-movement", "collection", "command-and-control", "exfiltration", "impact",
    ];

    // Later ATT&CK versions split and renamed defence evasion; for the order they are one.
    static readonly FrozenDictionary<string, int> Ranks = Ordered.Select((name, i) => (name, i))
        .Concat([("stealth", 6), ("defense-impairment", 6)])
        .ToFrozenDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    public static IReadOnlyList<string> Tactics => Ordered;
    public static int Count => Ordered.Length;

    /// <summary>Place of a tactic, or -1 when it is none.</summary>
    public static int Rank(string tactic) => Ranks.GetValueOrDefault(tactic, -1);

    public static (IReadOnlyList<string> Tactics, IReadOnlyList<string> Techniques) Read(IReadOnlyList<string> tags)
    {
        List<string>? tactics = null, techniques = null;
        foreach (var tag in tags)
        {
            if (!tag.StartsWith("attack.", StringComparison.OrdinalIgnoreCase)) continue;
            var word = tag[7..].ToLowerInvariant().Replace('_', '-');
            if (Ranks.ContainsKey(word)) Put(ref tactics, word);
            else if (word.Length > 1 && word[0] == 't' && char.IsAsciiDigit(word[1])) Put(ref techniques, word.ToUpperInvariant());
        }
        return (tactics ?? [], techniques ?? []);
    }

    static void Put(ref List<string>? list, string word)
    {
        list ??= [];
        if (!list.Contains(word)) list.Add(word);
    }
}
