using Andon.Model;

namespace Andon.Triage.Board.Requests;

/// <summary>Where a request to Operations stands. Done is not the end: it is checked first.</summary>
public enum RequestState { Open, Accepted, Done, Verified, Refused, Withdrawn }

/// <summary>One thing that happened to a request.</summary>
internal sealed record RequestMove(long AtMs, string By, string What, string Text, long FactSeq);

/// <summary>A request is what its facts say.</summary>
internal sealed class Request(RemediationRequested asked, string by, long atMs)
{
    public RemediationRequested Asked { get; } = asked;
    public string Id => Asked.RequestId;
    public string By { get; } = by;
    public long AtMs { get; } = atMs;
    public RequestState State { get; set; }
    public string? AcceptedBy { get; set; }
    public string? DoneBy { get; set; }
    public long DoneMs { get; set; }
    public string? VerifiedBy { get; set; }
    /// <summary>One person wore both hats: did it and verified it, or did it and closed the case.</summary>
    public bool SamePerson { get; set; }
    public List<RequestMove> Moves { get; } = [];

    /// <summary>Operations has it.</summary>
    public bool Outside => State is RequestState.Open or RequestState.Accepted;
    /// <summary>The case may not close before it.</summary>
    public bool Pending => Outside || State == RequestState.Done;
    /// <summary>For whom it is: all of Operations, until someone takes it.</summary>
    public bool IsFor(string person) => (AcceptedBy ?? Asked.To) is not { } whose || whose == person || DoneBy == person;
}

/// <summary>All requests, as their facts say.</summary>
internal sealed class RequestBook
{
    readonly Dictionary<string, Request> byId = new(StringComparer.Ordinal);
    readonly List<Request> all = [];

    public IReadOnlyList<Request> All => all;
    public string NextId => "r" + (all.Count + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
    public Request? Find(string id) => byId.GetValueOrDefault(id);
    public IEnumerable<Request> OfCase(string caseId) => all.Where(r => r.Asked.CaseId == caseId);

    /// <summary>The request that the fact is about, or null when it is about none.</summary>
    public Request? Apply(Fact fact)
    {
        var (id, what, text) = fact.Body switch
        {
            RemediationRequested f => (f.RequestId, "asked", f.Why),
            RemediationAccepted f => (f.RequestId, "accepted", ""),
            RemediationDone f => (f.RequestId, "done", f.Evidence),
            RemediationRefused f => (f.RequestId, "refused", f.Why),
            RemediationChecked f => (f.RequestId, f.Passed ? "passed" : "failed", f.Result),
            RemediationVerified f => (f.RequestId, "verified", f.Note),
            RemediationReturned f => (f.RequestId, "returned", f.Why),
            RemediationWithdrawn f => (f.RequestId, "withdrawn", f.Why),
            _ => ("", "", ""),
        };
        if (id.Length == 0) return null;
        var who = Person(fact.Actor);
        if (fact.Body is RemediationRequested asked && !byId.ContainsKey(id)) all.Add(byId[id] = new(asked, who, fact.AtMs));
        if (Find(id) is not { } r) return null;
        switch (fact.Body)
        {
            case RemediationAccepted: (r.State, r.AcceptedBy) = (RequestState.Accepted, who); break;
            case RemediationDone: (r.State, r.DoneBy, r.DoneMs) = (RequestState.Done, who, fact.AtMs); r.AcceptedBy ??= who; break;
            case RemediationRefused: r.State = RequestState.Refused; break;
            case RemediationChecked { Passed: true }: (r.State, r.VerifiedBy) = (RequestState.Verified, "Andon"); break;
            case RemediationChecked or RemediationReturned: r.State = RequestState.Accepted; break;
            case RemediationVerified f: (r.State, r.VerifiedBy, r.SamePerson) = (RequestState.Verified, who, f.SamePerson); break;
            case RemediationWithdrawn: r.State = RequestState.Withdrawn; break;
            default: break;
        }
        r.Moves.Add(new(fact.AtMs, who, what, text, fact.Seq));
        return r;
    }

    public static string Person(string actor) => actor.StartsWith("user:", StringComparison.Ordinal) ? actor[5..] : actor == "andon:triage" ? "Andon" : actor;
}
