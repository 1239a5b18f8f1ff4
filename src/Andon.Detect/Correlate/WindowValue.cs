using Andon.Detect.Sigma.Ast;

namespace Andon.Detect.Correlate;

/// <summary>What a correlation measures in one window, and whether that is enough.</summary>
sealed class WindowValue
{
    readonly CorrelationDocument document;
    readonly List<(int[] With, int[] Without)> ways = [];
    readonly Bound[] bounds;
    readonly bool[] present;
    readonly OrderedChain chain = new();
    int[] stamps = [];
    int stamp;
    double[] numbers = [];

    public WindowValue(CorrelationDocument document)
    {
        this.document = document;
        bounds = [.. document.Bounds];
        present = new bool[document.Rules.Count];
        if (document.Kind != CorrelationKind.TemporalOrdered) return;
        int Number(string name) => document.Rules.ToList().IndexOf(name);
        if (document.Expression is null) ways.Add(([.. Enumerable.Range(0, document.Rules.Count)], []));
        else
            foreach (var (with, without) in RuleExpression.Ways(document.Expression, Limits.CorrelationAlternativesMax) ?? [])
                ways.Add(([.. with.Select(Number)], [.. without.Select(Number)]));
    }

    /// <summary>Rows looked at since it was last set to 0.</summary>
    public long Steps { get; set; }

    public bool Holds(Rows rows, int first, int last, out double value)
    {
        var count = last - first + 1;
        if (document.Kind != CorrelationKind.EventCount) Steps += count;
        switch (document.Kind)
        {
            case CorrelationKind.EventCount: value = count; break;
            case CorrelationKind.ValueCount: value = Distinct(rows, first, last); break;
            case CorrelationKind.Temporal:
                value = Rules(rows, first, last);
                if (document.Expression is { } expression) return RuleExpression.Holds(expression, Present);
                if (bounds.Length == 0) return value >= document.Rules.Count;
                break;
            case CorrelationKind.TemporalOrdered:
                value = 0;
                foreach (var (with, without) in ways)
                    if (!Any(rows, first, last, without) && chain.Has(rows, first, last, with, ties: true) && with.Length > value) value = with.Length;
                return value > 0;
            case CorrelationKind.ValueSum: value = Sum(rows, first, last); break;
            case CorrelationKind.ValueAvg: value = Sum(rows, first, last) / count; break;
            default: value = Percentile(rows, first, last); break;
        }
        foreach (var bound in bounds)
            if (!bound.Holds(value)) return false;
        return true;
    }

    /// <summary>How far an ordered chain has come: rules in order so far, on the way that has come furthest.</summary>
    public int Come(Rows rows, int first, int last)
    {
        var furthest = 0;
        foreach (var (with, without) in ways)
            if (!Any(rows, first, last, without)) furthest = Math.Max(furthest, chain.Reach(rows, first, last, with, ties: true));
        return furthest;
    }

    /// <summary>The value at which it comes true as events are added; null where there is none: an upper bound alone, or an expression.</summary>
    public double? Wanted
    {
        get
        {
            if (document.Expression is not null) return null;
            if (bounds.Length == 0) return document.Rules.Count;
            double? wanted = null;
            foreach (var bound in bounds)
            {
                if (bound.Op is CompareOp.Lt or CompareOp.Lte or CompareOp.Neq) continue;
                // What is counted in ones is above a number when it reaches the next whole one.
                var reached = bound.Op == CompareOp.Gt && !document.IsNumeric ? Math.Floor(bound.Value) + 1 : bound.Value;
                if (wanted is null || reached > wanted) wanted = reached;
            }
            return wanted;
        }
    }

    /// <summary>Do the times alone prove the order, without taking equal ones as in order?</summary>
    public bool OrderIsProven(Rows rows, int first, int last)
    {
        foreach (var (with, without) in ways)
            if (!Any(rows, first, last, without) && chain.Has(rows, first, last, with, ties: false)) return true;
        return false;
    }

    bool Present(string name)
    {
        for (var i = 0; i < present.Length; i++)
            if (document.Rules[i] == name) return present[i];
        return false;
    }

    int Rules(Rows rows, int first, int last)
    {
        Array.Clear(present);
        var rules = 0;
        for (var row = last; row >= first && rules < present.Length; row--)
        {
            ref var seen = ref present[(int)rows.Value(row)];
            if (seen) continue;
            seen = true;
            rules++;
        }
        return rules;
    }

    int Distinct(Rows rows, int first, int last)
    {
        stamp++;
        var distinct = 0;
        for (var row = first; row <= last; row++)
        {
            var id = (int)rows.Value(row);
            if (id >= stamps.Length) Array.Resize(ref stamps, Math.Max(id + 1, Math.Max(64, stamps.Length * 2)));
            if (stamps[id] == stamp) continue;
            stamps[id] = stamp;
            distinct++;
        }
        return distinct;
    }

    static double Sum(Rows rows, int first, int last)
    {
        var sum = 0.0;
        for (var row = first; row <= last; row++) sum += rows.Number(row);
        return sum;
    }

    // Between the two nearest ranks in a straight line.
    double Percentile(Rows rows, int first, int last)
    {
        var count = last - first + 1;
        if (numbers.Length < count) numbers = new double[Math.Max(count, 256)];
        for (var i = 0; i < count; i++) numbers[i] = rows.Number(first + i);
        Array.Sort(numbers, 0, count);
        var rank = document.Percentile / 100 * (count - 1);
        var low = (int)Math.Floor(rank);
        return low + 1 >= count ? numbers[count - 1] : numbers[low] + (rank - low) * (numbers[low + 1] - numbers[low]);
    }

    static bool Any(Rows rows, int first, int last, int[] rules)
    {
        if (rules.Length == 0) return false;
        for (var row = first; row <= last; row++)
            if (Array.IndexOf(rules, (int)rows.Value(row)) >= 0) return true;
        return false;
    }
}

/// <summary>
/// Do the rows of one window hold a chain of rules in order, by different events? Rows of equal time stand in any order; there each
/// position takes an event of its own, which is a matching of positions to events.
/// </summary>
sealed class OrderedChain
{
    readonly HashSet<ulong> tried = [];
    int[] rowOf = [];

    public bool Has(Rows rows, int first, int last, int[] chain, bool ties) => Reach(rows, first, last, chain, ties) == chain.Length;

    /// <summary>How many positions of the chain, from its beginning, the rows hold.</summary>
    public int Reach(Rows rows, int first, int last, int[] chain, bool ties)
    {
        var position = 0;
        for (var row = first; row <= last && position < chain.Length;)
        {
            var end = row;
            var events = 1;
            while (end < last && rows.Time(end + 1) == rows.Time(row))
                if (rows.Event(++end) != rows.Event(end - 1)) events++;
            if (events == 1 || !ties)
            {
                for (var i = row; i <= end; i++)
                    if (rows.Value(i) == chain[position]) { position++; break; }
            }
            else
            {
                if (rowOf.Length < chain.Length) rowOf = new int[chain.Length];
                Array.Fill(rowOf, -1);
                while (position < chain.Length)
                {
                    tried.Clear();
                    if (!Place(rows, row, end, chain, position)) break;
                    position++;
                }
            }
            row = end + 1;
        }
        return position;
    }

    // An event for that position; one that is taken is given up when its holder finds another.
    bool Place(Rows rows, int first, int last, int[] chain, int position)
    {
        for (var row = first; row <= last; row++)
        {
            if (rows.Value(row) != chain[position] || !tried.Add(rows.Event(row))) continue;
            var holder = -1;
            for (var i = 0; i < chain.Length; i++)
                if (i != position && rowOf[i] >= 0 && rows.Event(rowOf[i]) == rows.Event(row)) holder = i;
            if (holder >= 0 && !Place(rows, first, last, chain, holder)) continue;
            rowOf[position] = row;
            return true;
        }
        return false;
    }
}
