using Andon.Model;
using Andon.Triage.Priority;
using Andon.Triage.Signals;

namespace Andon.Triage.Cases;

/// <summary>How a case became part of another.</summary>
/// <param name="OwnerGiven">The other had no owner and got this one's.</param>
internal sealed record MergeTie(string IntoId, JoinReason Reason, string Actor, string Cause, long AtMs, bool OwnerGiven)
{
    public long Seq { get; set; }
    public bool ByHand => Actor.StartsWith("user:", StringComparison.Ordinal);
}

/// <summary>What a case is made of, and how that is taken apart again.</summary>
internal sealed partial class CaseState
{
    /// <summary>How it became part of another; null while it stands on its own.</summary>
    public MergeTie? Tie { get; set; }
    /// <summary>The closed case that this one repeats.</summary>
    public CaseRecurred? RecurrenceOf { get; set; }
    public List<string> RecurredAs { get; } = [];
    int authorised;

    /// <summary>All of it is by those whom the allow-list names. One alert by anybody else, and it is a case like any other.</summary>
    public bool Authorised => authorised > 0 && authorised == Signals.Count;
    /// <summary>Since when its priority is under the floor; in the future while it is above and decays.</summary>
    public long UnderFloorMs { get; set; } = openedMs;

    public double Capped(double points) => Authorised ? Math.Min(points, Limits.AuthorisedPointsMax) : points;

    public void CountAuthorised() => authorised = Signals.Count(s => s.Authorised is not null);

    public void Drop(HashSet<Signal> leaving) => Signals.RemoveAll(leaving.Contains);

    /// <summary>Everything that is derived from its signals, anew. The alerts per hour belong to the case that a signal lives in, so a merge leaves them alone; what moved is counted at its last hour.</summary>
    public void Rebuild(Reliability reliability, bool spark)
    {
        var all = Signals.ToList();
        Signals.Clear();
        Entities.Clear();
        Leased.Clear();
        Array.Clear(touches);
        Array.Clear(rareTouches);
        Rules.Clear();
        placeOfRule.Clear();
        Attackers.Clear();
        People.Clear();
        Evidence.Clear();
        Stage.Clear();
        (Level, FirstMs, LastMs, Usual, authorised) = (default, long.MaxValue, 0, 0, 0);
        if (spark) Spark.Clear();
        foreach (var signal in all)
        {
            Hold(signal, reliability.Of(signal.Opened.RuleId, signal.Opened.Entity));
            if (spark && signal.CaseId == Id) Heard(signal.LastMs, signal.SeenMs, signal.Count);
        }
        estateSeen = -1;
    }
}
