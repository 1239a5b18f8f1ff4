using Andon.Model;
using Andon.Triage.Signals;

namespace Andon.Triage.Grouping;

/// <summary>
/// A rule that hardly ever comes up and now comes up on one host after the other has one cause: a scan, a worm, a change rolled out. Its
/// signals belong together though they share no entity, and take one place in the queue instead of one for each host. Only signals that
/// name nobody are tied so: where a person, a session or an address acts, that says whose story it is.
/// </summary>
internal sealed class Sweeps
{
    /// <summary>Weight of "the same rule", as that of a place.</summary>
    const double Weight = 0.7;
    /// <summary>A sweep goes from host to host in minutes; the pause that ends a signal halves the tie.</summary>
    const double HalfLifeMs = Limits.SignalGapMs;
    /// <summary>Last members known of one rule.</summary>
    const int MembersMax = 8;

    const string Via = "rule:";

    readonly Dictionary<string, List<Signal>> lately = [];

    /// <summary>Was a signal joined because its rule went from host to host?</summary>
    public static bool IsTie(JoinReason? reason) => reason?.Via.StartsWith(Via, StringComparison.Ordinal) == true;

    public static string ViaOf(string rule) => Via + rule;

    /// <summary>A signal opened. Derived from facts alone.</summary>
    public void Met(Signal signal)
    {
        if (!signal.Rare || !NamesNobody(signal)) return;
        if (!lately.TryGetValue(signal.Opened.RuleId, out var members)) lately[signal.Opened.RuleId] = members = new(1);
        members.Add(signal);
        if (members.Count > MembersMax) members.RemoveAt(0);
    }

    /// <summary>Signals that the same sweep may have left, and how strongly each is tied to this one.</summary>
    public IEnumerable<(Signal Member, double Part)> Of(Signal signal, Func<string, long, double> surpriseAnywhere)
    {
        if (!signal.Rare || !lately.TryGetValue(signal.Opened.RuleId, out var members) || !NamesNobody(signal)) yield break;
        var unusual = surpriseAnywhere(signal.Opened.RuleId, signal.Opened.FirstMs);
        foreach (var member in members)
        {
            if (member == signal || member.Opened.Entity == signal.Opened.Entity) continue;
            var gap = Math.Abs(signal.Opened.FirstMs - member.Opened.FirstMs);
            yield return (member, Weight * unusual * Math.Pow(2, -gap / HalfLifeMs));
        }
    }

    /// <summary>Nothing in it that could say whose story it is: only where it happened.</summary>
    static bool NamesNobody(Signal signal)
    {
        var places = 0;
        foreach (var entity in signal.Opened.Entities)
        {
            if (entity.Kind is EntityKind.Host or EntityKind.Container) places++;
            else if (Salience.Default.TypeWeight(entity) > 0) return false;
        }
        return places > 0;
    }
}
