namespace Andon.Triage.Priority;

/// <summary>
/// The evidence of one case as a noisy-or with forward decay: M = sum of lambda * 2^((t - landmark) / H), one addition a signal, and
/// L(now) from it by one multiplication. The landmark moves along before 2^x can overflow. Repeats of a rule on an entity count once, by
/// their maximum.
/// </summary>
internal sealed class Evidence
{
    const double RebaseAfterHalfLives = 256;
    readonly Dictionary<(string Rule, string Entity), Term> terms = [];
    double m;
    long landmarkMs;

    public readonly record struct Term(string SignalId, double Lambda, long AtMs)
    {
        // Compared in logarithms, so that the answer does not depend on the landmark.
        public double Height => Math.Log2(Lambda) + AtMs / Formula.HalfLifeMs;
    }

    public IReadOnlyCollection<Term> Terms => terms.Values;

    public void Put(string rule, string entity, Term term)
    {
        if (terms.Count == 0) (landmarkMs, m) = (term.AtMs, 0);
        if ((term.AtMs - landmarkMs) / Formula.HalfLifeMs > RebaseAfterHalfLives) Rebase(term.AtMs);
        var had = terms.TryGetValue((rule, entity), out var old);
        if (had && old.Height >= term.Height) return;
        terms[(rule, entity)] = term;
        if (had) m -= Share(old);
        m += Share(term);
    }

    public void Clear()
    {
        terms.Clear();
        m = 0;
    }

    public double L(long nowMs) => terms.Count == 0 ? 0 : Math.Max(0, m) * Formula.Decay(landmarkMs, nowMs);

    double Share(Term term) => term.Lambda * Formula.Decay(term.AtMs, landmarkMs);

    void Rebase(long toMs)
    {
        m *= Formula.Decay(landmarkMs, toMs);
        landmarkMs = toMs;
    }
}
