using System.Security.Claims;

namespace Andon.Model;

/// <summary>Names of the permissions that slices ask for. Host decides which role has which.</summary>
public static class Policies
{
    /// <summary>Read evidence, cases, rules, sources, measures.</summary>
    public const string Read = "Read";
    /// <summary>See cases with all that is in them. Operations work on requests and do not have it.</summary>
    public const string Cases = "Cases";
    /// <summary>Say how the team works: limits, skills, the wished split of planned and discovered work.</summary>
    public const string Lead = "Lead";
    /// <summary>Work cases: pull, move, note, close; run playbooks.</summary>
    public const string Response = "Response";
    /// <summary>Change sources, rules, assets, integrations.</summary>
    public const string Operations = "Operations";
    /// <summary>Users, tokens, retention.</summary>
    public const string Admin = "Admin";
    /// <summary>Send telemetry (a token, not a person).</summary>
    public const string Ingest = "Ingest";
}

/// <summary>Who did it, as facts name them.</summary>
public static class Actors
{
    public static string Of(ClaimsPrincipal user) => $"user:{user.Identity?.Name ?? "?"}";
    public static string Of(Room room) => $"andon:{room.ToString().ToLowerInvariant()}";
}

/// <summary>Where the program's own parts put what someone should mend. Host counts them and writes <see cref="FindingRaised"/>, once per code and place an hour.</summary>
public interface IFindings
{
    void Raise(string stage, Finding finding);
}

/// <summary>Drops nothing, keeps all: for tests and tools.</summary>
public sealed class FindingList : IFindings
{
    readonly Lock gate = new();
    readonly List<Finding> all = [];
    public IReadOnlyList<Finding> All { get { lock (gate) return [.. all]; } }
    public void Raise(string stage, Finding finding) { lock (gate) all.Add(finding); }
}
