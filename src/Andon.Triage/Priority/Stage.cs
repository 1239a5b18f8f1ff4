using Andon.Triage.Signals;

namespace Andon.Triage.Priority;

/// <summary>Which tactics a case has shown, and whether a later one in the order of attacks also came later in time.</summary>
internal sealed class Stage
{
    readonly long[] first = Filled(long.MaxValue);
    readonly long[] last = Filled(long.MinValue);

    public int Tactics { get; private set; }
    public bool InOrder { get; private set; }
    public double K => Formula.Stage(Tactics, InOrder);

    public void Add(IReadOnlyList<string> tactics, long ms)
    {
        foreach (var tactic in tactics)
        {
            var rank = Attack.Rank(tactic);
            if (rank < 0) continue;
            if (first[rank] == long.MaxValue) Tactics++;
            first[rank] = Math.Min(first[rank], ms);
            last[rank] = Math.Max(last[rank], ms);
        }
        // Any pair will do, so that a further signal can only add one.
        var earliest = long.MaxValue;
        for (var r = 0; r < Attack.Count && !InOrder; r++)
        {
            if (earliest < last[r]) InOrder = true;
            earliest = Math.Min(earliest, first[r]);
        }
    }

    public bool Has(int rank) => first[rank] != long.MaxValue;

    /// <summary>Would a signal of that tactic at that time be a new step onward?</summary>
    public bool AdvancesTo(int rank, long ms)
    {
        if (Has(rank)) return false;
        for (var r = 0; r < rank; r++)
            if (first[r] < ms) return true;
        return false;
    }

    /// <summary>K if one more tactic were met.</summary>
    public double KWithOneMore => Formula.Stage(Tactics + 1, InOrder || Tactics > 0);

    public void Clear()
    {
        Array.Fill(first, long.MaxValue);
        Array.Fill(last, long.MinValue);
        (Tactics, InOrder) = (0, false);
    }

    static long[] Filled(long value)
    {
        var all = new long[Attack.Count];
        Array.Fill(all, value);
        return all;
    }
}
