using Andon.Model;

namespace Andon.Triage.Priority;

/// <summary>
/// rho: how often a rule is right, from verdicts, per rule and shrunk to that per rule and entity. A verdict ages only the counts that
/// speak against it and is the only thing that moves rho, so a true positive never lowers it and a false one never raises it.
/// </summary>
internal sealed class Reliability
{
    /// <summary>Prior: two imagined right alarms and two wrong ones.</summary>
    public const double PriorRight = 2, PriorWrong = 2;
    /// <summary>Weight of the rule's own rho within that of rule and entity.</summary>
    public const double RulePull = 2;
    /// <summary>No rule goes silent.</summary>
    public const double Floor = 0.1;
    const double HalfLifeMs = 90.0 * Limits.Day;

    readonly Dictionary<string, Counts> rules = [];
    readonly Dictionary<(string, string), Counts> pairs = [];

    public double Rule(string rule) => rules.TryGetValue(rule, out var c) ? Math.Max(Floor, c.Mean(PriorRight, PriorRight + PriorWrong)) : 0.5;

    public double Of(string rule, string entity)
    {
        var mean = Rule(rule);
        return pairs.TryGetValue((rule, entity), out var c) ? Math.Max(Floor, c.Mean(RulePull * mean, RulePull)) : mean;
    }

    public Counts? CountsOf(string rule) => rules.GetValueOrDefault(rule);

    public void Add(string rule, IEnumerable<string> entities, Verdict verdict, long atMs)
    {
        Take(rules, rule).Add(verdict, atMs);
        foreach (var entity in entities) Take(pairs, (rule, entity)).Add(verdict, atMs);
    }

    /// <summary>A reopened case takes its verdict back.</summary>
    public void Remove(string rule, IEnumerable<string> entities, Verdict verdict)
    {
        Take(rules, rule).Remove(verdict);
        foreach (var entity in entities) Take(pairs, (rule, entity)).Remove(verdict);
    }

    static Counts Take<TKey>(Dictionary<TKey, Counts> from, TKey key) where TKey : notnull
    {
        if (!from.TryGetValue(key, out var counts)) from[key] = counts = new();
        return counts;
    }

    internal sealed class Counts
    {
        public double Right { get; private set; }
        public double Benign { get; private set; }
        public double Wrong { get; private set; }
        double rightAt, wrongAt; // mean time of the verdicts counted

        public double Mean(double right, double all) => (right + Right + 0.5 * Benign) / (all + Right + Benign + Wrong);

        public void Add(Verdict verdict, long atMs)
        {
            switch (verdict)
            {
                case Verdict.TruePositive:
                    (Wrong, wrongAt) = Age(Wrong, wrongAt, atMs);
                    rightAt = (Right * rightAt + atMs) / (Right + 1);
                    Right++;
                    break;
                case Verdict.FalsePositive:
                    (Right, rightAt) = Age(Right, rightAt, atMs);
                    wrongAt = (Wrong * wrongAt + atMs) / (Wrong + 1);
                    Wrong++;
                    break;
                case Verdict.BenignPositive:
                    Benign++;
                    break;
                default:
                    break;
            }
        }

        public void Remove(Verdict verdict)
        {
            if (verdict == Verdict.TruePositive) Right = Math.Max(0, Right - 1);
            if (verdict == Verdict.FalsePositive) Wrong = Math.Max(0, Wrong - 1);
            if (verdict == Verdict.BenignPositive) Benign = Math.Max(0, Benign - 1);
        }

        static (double, double) Age(double count, double at, long nowMs) => (count * Math.Pow(2, -Math.Max(0, nowMs - at) / HalfLifeMs), nowMs);
    }
}
