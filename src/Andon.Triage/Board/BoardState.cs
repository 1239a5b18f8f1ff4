using Andon.Model;
using Andon.Triage.Board.Requests;
using Andon.Triage.Routing;

namespace Andon.Triage.Board;

internal sealed record Skilled(IReadOnlyList<string> Domains, IReadOnlyList<string> Skills)
{
    /// <summary>Nobody said what this person can do: then they may take anything, as in a team of three.</summary>
    public static readonly Skilled Anything = new([], []);

    public bool May(string domain, string? skill) =>
        (Domains.Count == 0 || Domains.Contains(domain)) && (skill is null || ReferenceEquals(this, Anything) || Skills.Contains(skill));
}

/// <summary>A note that names someone.</summary>
internal sealed record Mention(long Seq, long AtMs, string CaseId, string By, string Text);

/// <summary>A step of a playbook that waits for a person.</summary>
internal sealed record Asked(long AtMs, string RunId, string StepId, string? CaseId, string Prompt);

/// <summary>How the team works together, as facts say it: limits, skills, the split, pulls, requests, what waits for whom.</summary>
internal sealed class BoardState
{
    static readonly Dictionary<string, int> Given = new(StringComparer.Ordinal)
    {
        ["person"] = Limits.PersonLaneMax, ["expedite"] = 2,
        ["triage"] = Limits.LaneMax, ["investigate"] = Limits.LaneMax, ["contain"] = Limits.LaneMax, ["recover"] = Limits.LaneMax, ["validate"] = Limits.LaneMax,
    };

    readonly Dictionary<string, int> stated = new(StringComparer.Ordinal);

    public Dictionary<string, Skilled> People { get; } = new(StringComparer.Ordinal);
    public int PlannedPercent { get; set; } = 10;
    public PullMemory Pulls { get; } = new();
    public RequestBook Requests { get; } = new();
    public LearnedRoutes Learned { get; } = new();
    public Dictionary<string, List<Mention>> Mentions { get; } = new(StringComparer.OrdinalIgnoreCase);
    public Dictionary<(string Run, string Step), Asked> Asked { get; } = [];

    public static IEnumerable<string> LimitNames => Given.Keys;

    public int LimitOf(string what) => stated.TryGetValue(what, out var max) ? max : Given[what];

    public int? LimitOf(Lane lane) => lane is Lane.New or Lane.Closed ? null : LimitOf(lane.ToString().ToLowerInvariant());

    public bool IsStated(string what) => stated.ContainsKey(what);

    public void State(string what, int max) => stated[what] = max;

    public Skilled Of(string person) => People.GetValueOrDefault(person) ?? Skilled.Anything;
}
