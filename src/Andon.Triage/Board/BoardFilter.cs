using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Board;

/// <summary>
/// Filter tokens of the board: <c>domain:identity,owner:anna,class:expedite,work:planned,entity:web01,state:waiting</c>. Tokens of one kind
/// are alternatives, kinds must all fit. What it does not know fits nothing, so that a mistyped token is seen.
/// </summary>
internal sealed class BoardFilter
{
    readonly ILookup<string, string> tokens;

    BoardFilter(ILookup<string, string> tokens) => this.tokens = tokens;

    public bool Empty => tokens.Count == 0;
    /// <summary>Cards that sleep are shown only to who asks for them.</summary>
    public bool WantsAsleep => tokens["state"].Contains("asleep");

    public static BoardFilter Read(string? text) => new((text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(t => t.Split(':', 2)).Where(p => p.Length == 2 && p[1].Length > 0)
        .ToLookup(p => p[0].ToLowerInvariant(), p => p[1], StringComparer.Ordinal));

    public bool Fits(CaseState c, TriageState state, long nowMs)
    {
        foreach (var kind in tokens)
            if (!kind.Any(value => Fits(kind.Key, value, c, state, nowMs))) return false;
        return WantsAsleep || !c.Card.Asleep(nowMs);
    }

    static bool Fits(string kind, string value, CaseState c, TriageState state, long nowMs) => kind switch
    {
        "domain" => Same(c.Domain, value),
        "owner" => value == "nobody" ? c.Owner is null : Same(c.Owner, value),
        "class" => Same(ServiceClasses.Of(c, c.Priority(nowMs, state.Estate)).Class.ToString(), value),
        "work" => value == "planned" ? c.Card.Work is not null : value == "discovered" ? c.Card.Work is null : Same(c.Card.Work, value),
        "skill" => Same(c.Card.Skill, value),
        "entity" => c.Entities.Values.Any(e => e.Entity.Value.Contains(value, StringComparison.OrdinalIgnoreCase)),
        "rule" => c.Rules.Contains(value),
        "text" => Titles.Of(c).Contains(value, StringComparison.OrdinalIgnoreCase),
        "state" => value switch { "waiting" => c.Card.Waiting is not null, "asleep" => c.Card.Asleep(nowMs), "due" => c.Card.NextDueMs is not null, _ => false },
        _ => false,
    };

    static bool Same(string? a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
