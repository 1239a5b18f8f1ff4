using Andon.Model;

namespace Andon.Triage.Board;

/// <summary>What the pulls so far say about the next one: the shares of the oldest and of planned work are kept by counting facts, never by chance.</summary>
internal sealed class PullMemory
{
    /// <summary>Of so many pulls in a row one is the oldest standard card's.</summary>
    public const int OldestEvery = 10;
    /// <summary>The planned share is kept over so many pulls.</summary>
    public const int SplitOver = 20;
    const int KeptMax = 5_000;

    readonly Dictionary<string, int> sinceOldest = new(StringComparer.Ordinal);
    readonly Queue<(long AtMs, string CaseId, bool Planned, bool Oldest, ServiceClass Class)> kept = new();
    int since;

    public void Add(string person, string caseId, long atMs, PullWhy why)
    {
        since = why.Oldest ? 0 : since + 1;
        sinceOldest[person] = why.Oldest ? 0 : sinceOldest.GetValueOrDefault(person) + 1;
        kept.Enqueue((atMs, caseId, why.Planned, why.Oldest, why.Class));
        if (kept.Count > KeptMax) kept.Dequeue();
    }

    /// <summary>Pulls since the oldest had its turn: the team's or this person's, whichever is more.</summary>
    public int SinceOldest(string person) => Math.Max(since, sinceOldest.GetValueOrDefault(person));

    /// <summary>With this pull planned work would have less than its share of the last ones. A team that just begins owes it nothing yet.</summary>
    public bool PlannedDue(int percent)
    {
        var last = Math.Min(kept.Count, SplitOver - 1);
        return kept.TakeLast(last).Count(p => p.Planned) < percent * (last + 1) / 100;
    }

    public (int Pulls, int Planned, int Oldest, int Expedite) Since(long fromMs, Func<string, bool> which)
    {
        var (pulls, planned, oldest, expedite) = (0, 0, 0, 0);
        foreach (var p in kept)
        {
            if (p.AtMs < fromMs || !which(p.CaseId)) continue;
            pulls++;
            if (p.Planned) planned++;
            if (p.Oldest) oldest++;
            if (p.Class == ServiceClass.Expedite) expedite++;
        }
        return (pulls, planned, oldest, expedite);
    }
}
