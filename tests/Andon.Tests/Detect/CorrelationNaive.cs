using System.Globalization;
using Andon.Detect.Sigma.Ast;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>
/// One correlation the plain way: every event is kept for ever, every window is made anew with LINQ. It is written from the reference's
/// text (SG61–SG77), not from the fast one, and knows no limits, pools or shortcuts.
/// </summary>
sealed class CorrelationNaive(CorrelationDocument d)
{
    const long Lateness = 300_000, Idle = 300_000, Lag = 3_600_000;

    sealed record Seen(long T, ulong Id, int Rule, string[] Values, double[] Numbers);

    sealed class Pile
    {
        public List<Seen> Events = [];
        public long? Newest, Decided;
        public List<long> Fired = [];
        public bool Above;
    }

    public sealed record Fired(string Group, double Value, long First, long Last, int Events)
    {
        public override string ToString() => $"{Group} {Math.Round(Value, 6)} {First}..{Last} of {Events}";
    }

    readonly Dictionary<string, Pile> groups = [];
    readonly Dictionary<string, (long Newest, long Heard)> sources = [];
    long clock = long.MinValue;
    long? watermark;

    public List<Fired> All { get; } = [];
    public long Late { get; private set; }

    public void Take(Hit hit, int rule)
    {
        Clock(hit.TimeMs);
        var newest = sources.TryGetValue(hit.SourceId, out var known) ? Math.Max(known.Newest, hit.TimeMs) : hit.TimeMs;
        sources[hit.SourceId] = (newest, Math.Max(clock, hit.TimeMs));
        Move();
        var names = d.GroupBy.Select(g => Members(hit, g)).ToList();
        if (names.Any(n => n.Count == 0)) return;
        var values = d.ValueFields.Select(f => Members(hit, f)).ToList();
        if (values.Any(v => v.Count == 0)) return;
        double[] numbers = d.IsNumeric ? [.. values[0].Where(v => double.TryParse(v, CultureInfo.InvariantCulture, out _)).Select(v => double.Parse(v, CultureInfo.InvariantCulture))] : [];
        if (d.IsNumeric && numbers.Length == 0) return;
        foreach (var group in Tuples(names).Distinct()) Put(group, new(hit.TimeMs, hit.Event.Value, rule, [.. Tuples(values)], numbers));
    }

    /// <summary>The stream is at its end.</summary>
    public void End()
    {
        watermark = long.MaxValue;
        Close();
    }

    /// <summary>Event time goes on, also with events of rules that are not listed.</summary>
    public void Clock(long ms)
    {
        if (ms <= clock) return;
        clock = ms;
        Move();
    }

    void Move()
    {
        var most = sources.Count > 0 ? sources.Values.Max(s => s.Newest) : long.MinValue + Lag;
        var active = sources.Values.Where(s => s.Heard + Idle >= clock).Select(s => s.Newest).ToList();
        var slowest = active.Count > 0 ? active.Min() : Math.Max(clock, most);
        var now = Math.Max(slowest, most - Lag) - Lateness;
        if (watermark is null || now > watermark) watermark = now;
        Close();
    }

    void Put(string group, Seen e)
    {
        if (!groups.TryGetValue(group, out var pile))
        {
            if (!d.AtOnce && EndOf(e.T) < watermark) { Late++; return; }
            groups[group] = pile = new();
        }
        else if (d.AtOnce ? pile.Newest is { } n && e.T < Math.Min(n - Lateness, watermark ?? long.MinValue) : e.T <= pile.Decided || EndOf(e.T) < watermark) { Late++; return; }
        pile.Newest = Math.Max(pile.Newest ?? long.MinValue, e.T);
        var once = d.Kind == CorrelationKind.EventCount || d.IsNumeric;
        if (pile.Events.Any(x => x.Id == e.Id && (once || x.Rule == e.Rule))) return;
        pile.Events.Add(e);
        pile.Events = [.. pile.Events.OrderBy(x => x.T).ThenBy(x => x.Id)];
        if (d.AtOnce) Test(group, pile, e);
    }

    void Test(string group, Pile pile, Seen e)
    {
        Fired? found = null;
        var all = pile.Events;
        var last = all[^1].Id;
        // Windows end with an event; those at or after the new one and near enough to it have it in them.
        foreach (var id in all.SkipWhile(x => x.Id != e.Id).Select(x => x.Id).Distinct().ToList())
        {
            var until = all.FindLastIndex(x => x.Id == id);
            var end = all[until];
            var window = WindowOf([.. all.Take(until + 1)], end.T);
            if (!window.Any(x => x.Id == e.Id)) continue;
            var (holds, value) = Measure(window);
            if (holds && found is null && Again(pile, all, end.T, id == last)) found = new(group, value, window[0].T, end.T, window.Count);
            if (id == last) pile.Above = holds;
        }
        if (found is null) return;
        All.Add(found);
        pile.Fired.Add(found.Last);
    }

    bool Again(Pile pile, List<Seen> all, long t, bool newest)
    {
        if (d.Refire != Refire.Timespan || pile.Fired.Count == 0) return true;
        if (d.Window == WindowKind.Sliding && newest && !pile.Above && t > pile.Fired.Max()) return true;
        return !pile.Fired.Any(f => d.Window switch
        {
            WindowKind.Sliding => Math.Abs(t - f) < d.TimespanMs,
            WindowKind.Tumbling => Bucket(f) == Bucket(t),
            _ => Linked(all.Select(x => x.T).Where(x => x >= Math.Min(f, t) && x <= Math.Max(f, t)).Append(f).Append(t).Order().ToList()),
        });
    }

    List<Seen> WindowOf(List<Seen> until, long t)
    {
        if (d.Window == WindowKind.Sliding) return [.. until.Where(x => x.T >= t - d.TimespanMs && x.T <= t)];
        if (d.Window == WindowKind.Tumbling) return [.. until.Where(x => Bucket(x.T) == Bucket(t))];
        var from = until.Count - 1;
        while (from > 0 && until[from].T - until[from - 1].T <= d.TimespanMs) from--;
        return until[from..];
    }

    void Close()
    {
        while (!d.AtOnce)
        {
            var next = groups.Where(g => g.Value.Events.Count > 0).Select(g => (Group: g.Key, Pile: g.Value, Window: First(g.Value.Events)))
                .Select(w => (w.Group, w.Pile, w.Window, End: d.Window == WindowKind.Session ? w.Window[^1].T + d.TimespanMs : EndOf(w.Window[0].T)))
                .OrderBy(w => w.End).ThenBy(w => w.Window[0].Id).Cast<(string Group, Pile Pile, List<Seen> Window, long End)?>().FirstOrDefault();
            if (next is not { } due || !(due.End < watermark)) return;
            var (holds, value) = Measure(due.Window);
            if (holds) All.Add(new(due.Group, value, due.Window[0].T, due.Window[^1].T, due.Window.Count));
            due.Pile.Decided = due.End;
            due.Pile.Events.RemoveRange(0, due.Window.Count);
        }
    }

    List<Seen> First(List<Seen> all)
    {
        if (d.Window == WindowKind.Sliding) return [.. all.TakeWhile(x => x.T <= all[0].T + d.TimespanMs)];
        if (d.Window == WindowKind.Tumbling) return [.. all.TakeWhile(x => Bucket(x.T) == Bucket(all[0].T))];
        var count = 1;
        while (count < all.Count && all[count].T - all[count - 1].T <= d.TimespanMs) count++;
        return all[..count];
    }

    (bool Holds, double Value) Measure(List<Seen> window)
    {
        var numbers = window.SelectMany(x => x.Numbers).Order().ToList();
        var rules = window.Select(x => x.Rule).Distinct().ToList();
        switch (d.Kind)
        {
            case CorrelationKind.Temporal when d.Expression is { } expression:
                return (RuleExpression.Holds(expression, name => rules.Contains(d.Rules.ToList().IndexOf(name))), rules.Count);
            case CorrelationKind.Temporal when d.Bounds.Count == 0:
                return (rules.Count == d.Rules.Count, rules.Count);
            case CorrelationKind.TemporalOrdered:
                return (Ordered(window, 0, long.MinValue, []), d.Rules.Count);
        }
        var value = d.Kind switch
        {
            CorrelationKind.EventCount => window.Count,
            CorrelationKind.ValueCount => window.SelectMany(x => x.Values).Distinct().Count(),
            CorrelationKind.Temporal => rules.Count,
            CorrelationKind.ValueSum => numbers.Sum(),
            CorrelationKind.ValueAvg => numbers.Average(),
            _ => Percentile(numbers),
        };
        return (d.Bounds.All(b => b.Holds(value)), value);
    }

    // Every choice of events is tried: times must not fall, and no event stands twice.
    bool Ordered(List<Seen> window, int position, long after, HashSet<ulong> used)
    {
        if (position == d.Rules.Count) return true;
        foreach (var x in window.Where(x => x.Rule == position && x.T >= after && !used.Contains(x.Id)))
            if (Ordered(window, position + 1, x.T, [.. used, x.Id])) return true;
        return false;
    }

    double Percentile(List<double> sorted)
    {
        var rank = d.Percentile * (sorted.Count - 1) / 100;
        var below = sorted[(int)Math.Floor(rank)];
        var above = sorted[(int)Math.Ceiling(rank)];
        return below + (above - below) * (rank - Math.Floor(rank));
    }

    bool Linked(List<long> times) => times.Zip(times.Skip(1)).All(p => p.Second - p.First <= d.TimespanMs);

    long Bucket(long t) => (long)Math.Floor((double)t / d.TimespanMs);

    long EndOf(long t) => d.Window == WindowKind.Tumbling ? (Bucket(t) + 1) * d.TimespanMs - 1 : t + d.TimespanMs;

    static List<string> Members(Hit hit, string field) =>
        [.. new[] { field }.Concat(Enumerable.Range(1, 15).Select(i => $"{field}[{i}]")).TakeWhile(hit.Fields.ContainsKey).Select(f => hit.Fields[f].ToLowerInvariant())];

    static IEnumerable<string> Tuples(List<List<string>> choices) =>
        choices.Aggregate((IEnumerable<string>)[""], (all, choice) => all.SelectMany(_ => choice, (before, value) => $"{before}|{value.Length}:{value}"));
}
