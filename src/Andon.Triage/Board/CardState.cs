using Andon.Model;

namespace Andon.Triage.Board;

/// <summary>A card waits for someone outside.</summary>
/// <param name="ByRequest">A remediation request began it and its answer ends it.</param>
internal sealed record Wait(long SinceMs, string On, string Why, bool ByRequest);

internal sealed record Sleep(long UntilMs, string Why, string By);

/// <summary>What the board knows of a case beyond the case itself.</summary>
internal sealed class CardState
{
    public ServiceClass? Said { get; set; }
    public string SaidWhy { get; set; } = "";
    public string SaidBy { get; set; } = "";
    public long? DueMs { get; set; }
    /// <summary>When the date was set; the time between the two is its tier.</summary>
    public long DueSetMs { get; set; }
    /// <summary>The nearest date that a law sets and that is still open.</summary>
    public Cases.Work.LegalClock? Legal { get; set; }
    /// <summary>The date that counts: its own, or that of the law when it is nearer.</summary>
    public long? NextDueMs => DueMs is { } own && Legal is { } law ? Math.Min(own, law.DueMs) : DueMs ?? Legal?.DueMs;
    /// <summary>tuning, validation or gap; null for what was discovered.</summary>
    public string? Work { get; set; }
    public string? Skill { get; set; }
    public string? Routed { get; set; }
    public int Reroutes { get; set; }
    public Wait? Waiting { get; set; }
    /// <summary>Waits that are over, together.</summary>
    public long WaitedMs { get; set; }
    public Sleep? Sleep { get; set; }
    public PullWhy? Chosen { get; set; }

    public bool Asleep(long nowMs) => Sleep is { } s && nowMs < s.UntilMs;

    public long OutsideMs(long nowMs) => WaitedMs + (Waiting is { } w ? Math.Max(0, nowMs - w.SinceMs) : 0);

    public void Resume(long atMs)
    {
        if (Waiting is not { } w) return;
        WaitedMs += Math.Max(0, atMs - w.SinceMs);
        Waiting = null;
    }
}
