namespace Andon.Triage.Priority;

/// <summary>
/// The evidence of one case as a noisy-or with forward decay: M = sum of lambda * 2^((t - landmark) / H), and L(now) from it by one
/// multiplication. The landmark moves along before 2^x can overflow. Repeats of a rule on an entity count once, by their maximum. One rule
/// on several entities is one opinion: if the rule errs it errs on all of them, so the strongest counts in full and each further one half
/// as much as the one before, while independent rules agree in full.
/// </summary>
internal sealed class Evidence
{
    const double RebaseAfterHalfLives = 256;
    /// <summary>What the next entity of the same rule counts, of the one before.</summary>
    public const double SameRule = 0.5;

    readonly Dictionary<string, Opinion> rules = [];
    double m;
    long landmarkMs;

    public readonly record struct Term(string SignalId, double Lambda, long AtMs)
    {
        // Compared in logarithms, so that the answer does not depend on the landmark.
        public double Height => Math.Log2(Lambda) + AtMs / Formula.HalfLifeMs;
    }

    /// <summary>What counts, each with its lambda as far as it counts: their sum, decayed, is L.</summary>
    public IEnumerable<Term> Terms
    {
        get
        {
            foreach (var opinion in rules.Values)
            {
                var part = 1.0;
                foreach (var (_, term) in opinion.Terms)
                {
                    yield return term with { Lambda = term.Lambda * part };
                    part *= SameRule;
                }
            }
        }
    }

    public void Put(string rule, string entity, Term term)
    {
        if (rules.Count == 0) (landmarkMs, m) = (term.AtMs, 0);
        if ((term.AtMs - landmarkMs) / Formula.HalfLifeMs > RebaseAfterHalfLives) Rebase(term.AtMs);
        if (!rules.TryGetValue(rule, out var opinion)) rules[rule] = opinion = new();
        if (!opinion.Put(entity, term)) return;
        m -= opinion.Sum;
        opinion.Sum = 0;
        var part = 1.0;
        foreach (var (_, each) in opinion.Terms)
        {
            opinion.Sum += part * each.Lambda * Formula.Decay(each.AtMs, landmarkMs);
            part *= SameRule;
        }
        m += opinion.Sum;
    }

    public void Clear()
    {
        rules.Clear();
        m = 0;
    }

    public double L(long nowMs) => rules.Count == 0 ? 0 : Math.Max(0, m) * Formula.Decay(landmarkMs, nowMs);

    void Rebase(long toMs)
    {
        var factor = Formula.Decay(landmarkMs, toMs);
        m *= factor;
        foreach (var opinion in rules.Values) opinion.Sum *= factor;
        landmarkMs = toMs;
    }

    /// <summary>One rule's terms, highest first. All decay alike, so that order stays.</summary>
    sealed class Opinion
    {
        public List<(string Entity, Term Term)> Terms { get; } = new(1);
        /// <summary>Its share of M.</summary>
        public double Sum { get; set; }

        /// <summary>False when the entity has one as high.</summary>
        public bool Put(string entity, Term term)
        {
            var height = term.Height;
            for (var i = 0; i < Terms.Count; i++)
            {
                if (Terms[i].Entity != entity) continue;
                if (Terms[i].Term.Height >= height) return false;
                Terms.RemoveAt(i);
                break;
            }
            var at = Terms.Count;
            while (at > 0 && Terms[at - 1].Term.Height < height) at--;
            Terms.Insert(at, (entity, term));
            return true;
        }
    }
}
