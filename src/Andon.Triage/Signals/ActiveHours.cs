namespace Andon.Triage.Signals;

/// <summary>
/// The hours in which something was active, as runs of hours. A burst leaves out no hour between its first and its last, so these two
/// give its hours exactly: surprise can be derived from the few facts that a storm writes.
/// </summary>
internal sealed class ActiveHours
{
    const int RunsMax = Limits.WindowHours / 2 + 2;
    readonly List<(int From, int To)> runs = [];

    public static int Of(long ms) => (int)Math.Clamp(Math.Floor((double)ms / Limits.Hour), int.MinValue / 2, int.MaxValue / 2);

    /// <summary>Adds all hours from the first to the last.</summary>
    public void Add(int from, int to)
    {
        if (runs.Count > 0 && runs[^1] is var last && from >= last.From && from <= last.To + 1)
        {
            if (to > last.To) runs[^1] = (last.From, to);
            return;
        }
        var at = runs.Count;
        while (at > 0 && runs[at - 1].From > from) at--;
        if (at > 0 && runs[at - 1].To >= from - 1) { at--; from = runs[at].From; to = Math.Max(to, runs[at].To); runs.RemoveAt(at); }
        while (at < runs.Count && runs[at].From <= to + 1) { to = Math.Max(to, runs[at].To); runs.RemoveAt(at); }
        runs.Insert(at, (from, to));
        if (runs.Count > RunsMax) runs.RemoveAt(0);
    }

    /// <summary>Active hours from one hour up to, not including, another.</summary>
    public int Count(int from, int before)
    {
        var sum = 0;
        for (var i = runs.Count - 1; i >= 0 && runs[i].To >= from; i--)
            sum += Math.Max(0, Math.Min(runs[i].To, before - 1) - Math.Max(runs[i].From, from) + 1);
        return sum;
    }

    public int Last => runs.Count == 0 ? int.MinValue : runs[^1].To;
}
