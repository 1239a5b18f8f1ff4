using Andon.Model;

namespace Andon.Triage.Signals;

/// <summary>
/// A signal: one rule on one entity until half an hour of quiet; what is usual there, until an hour by the clock is without it. Counts run ahead of the facts; what is not yet in a fact is
/// <see cref="Unwritten"/> and comes back by reading the hit log again from <see cref="UnwrittenFrom"/>.
/// </summary>
internal sealed class Signal(SignalOpened opened, long seq, long atMs)
{
    public SignalOpened Opened { get; } = opened;
    public string Id => Opened.SignalId;
    /// <summary>Fact that opened it; 0 while that fact is on its way to the log.</summary>
    public long Seq { get; set; } = seq;
    /// <summary>When it became known: the time that its evidence decays from.</summary>
    public long AtMs { get; } = atMs;

    public long Count { get; set; } = 1;
    public long LastMs { get; set; } = opened.FirstMs;
    public string LastHit { get; set; } = opened.FirstHit;
    /// <summary>Processing time of the last hit; tells when a burst is over although no later hit comes.</summary>
    public long SeenMs { get; set; } = atMs;

    public long WrittenCount { get; set; } = 1;
    public long WrittenMs { get; set; } = opened.FirstMs;
    public ulong UnwrittenFrom { get; set; }
    public bool Unwritten => Count != WrittenCount;

    /// <summary>All entities met, those of the first hit and those that repeats brought.</summary>
    public List<Entity> Entities { get; } = [.. opened.Entities];
    public List<Entity>? Fresh { get; set; }
    /// <summary>Hosts that had its addresses by lease: they tie, and are no entities of it.</summary>
    public List<LeasedHost> Leased { get; } = [.. opened.Leased ?? []];
    public List<LeasedHost>? FreshLeased { get; set; }

    /// <summary>The case that it lives in; that one may be part of another.</summary>
    public string? CaseId { get; set; }
    /// <summary>Entry of the allow-list that names who acted; null for all that is not authorised.</summary>
    public string? Authorised { get; set; }
    public JoinReason? Join { get; set; }
    /// <summary>The entity that its evidence counts for: its own, or where a sweep was first met, for a sweep is one story however far it goes.</summary>
    public string CountsAs { get; set; } = opened.Entity;
    public long JoinSeq { get; set; }

    /// <summary>Rare enough to keep a case open: its weight if the rule is taken at its word.</summary>
    public bool Rare { get; } = IsRare(opened.Base, opened.Surprise);

    public static bool IsRare(double b, double surprise) => b * (0.05 + 0.95 * surprise * surprise) >= 0.15;

    /// <summary>Does an event of that time belong to this burst?</summary>
    public bool Covers(long ms) => ms >= Opened.FirstMs - Limits.SignalGapMs && ms <= LastMs + Limits.SignalGapMs;

    /// <summary>
    /// Does what is usual go on in it? Each hour of a job that runs hourly says nothing new. No hour by the clock is left out, so first
    /// and last time still give the active hours exactly.
    /// </summary>
    public bool GoesOn(long ms) =>
        !Rare && ms >= Opened.FirstMs && ms - Opened.FirstMs < Limits.UsualSignalMsMax && ActiveHours.Of(ms) <= ActiveHours.Of(LastMs) + 1;

    /// <summary>Facts grow with the logarithm of the count and of the length, so a storm of a million hits writes about twenty.</summary>
    public bool StepReached =>
        (Count & (Count - 1)) == 0 || LastMs - WrittenMs >= Math.Clamp((LastMs - Opened.FirstMs) / 2, Limits.SignalGapMs, 6 * Limits.Hour);

    public SignalRepeated Write() => new(Id, Count, LastMs, LastHit) { Entities = Fresh, Leased = FreshLeased };
}

/// <summary>One rule on one entity over time.</summary>
internal sealed class SignalKey
{
    public List<Signal> Bursts { get; } = new(1);
    public ActiveHours Hours { get; } = new();
    /// <summary>Newest event counted. A hit that is not newer in the log was counted before: a second delivery, or a restart reading again.</summary>
    public ulong LastEvent { get; set; }

    /// <param name="open">Is it in a case that is open? What goes on after the verdict is told anew.</param>
    public Signal? Covering(long ms, Func<Signal, bool> open)
    {
        for (var i = Bursts.Count - 1; i >= 0; i--)
            if (Bursts[i].Covers(ms)) return Bursts[i];
        return Bursts.Count > 0 && Bursts[^1].GoesOn(ms) && open(Bursts[^1]) ? Bursts[^1] : null;
    }
}
