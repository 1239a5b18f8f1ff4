using System.Globalization;
using Andon.Model;

namespace Andon.Store.Query.Parsing;

/// <summary>Collects all findings of one query, each with its line and column.</summary>
internal sealed class Faults(string text)
{
    readonly List<Finding> all = [];
    readonly HashSet<(string, int, string)> seen = [];

    public IReadOnlyList<Finding> All => all;
    public bool Any { get; private set; }

    public void Add(string code, int at, string message, string hint, FindingLevel level = FindingLevel.Error)
    {
        if (level == FindingLevel.Error) Any = true;
        if (all.Count >= Limits.FindingsMax || !seen.Add((code, at, message))) return;
        all.Add(new(code, message, hint, Place(at), level));
    }

    public void Warn(string code, int at, string message, string hint) => Add(code, at, message, hint, FindingLevel.Warning);
    public void Note(string code, int at, string message, string hint) => Add(code, at, message, hint, FindingLevel.Note);

    public string Place(int at)
    {
        var before = text.AsSpan(0, Math.Clamp(at, 0, text.Length));
        var line = before.Count('\n') + 1;
        var column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{line}:{column}");
    }
}
