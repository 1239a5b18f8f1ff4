using Andon.Model;
using Andon.Triage.Grouping;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases.Work;

/// <param name="Kind">case, rule, report, or the kind of an entity.</param>
/// <param name="Grey">Not of this case: another that shares something with it, or what belongs to that.</param>
/// <param name="More">Neighbours that are not shown; expanding the node shows them.</param>
public sealed record GraphNode(string Key, string Kind, string Text, bool Grey, long FirstMs, long LastMs, long Count, int More);

public sealed record GraphEdge(string From, string To, long FirstMs, long LastMs, long Count);

/// <param name="Left">Nodes that the limit left out.</param>
public sealed record GraphView(IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges, int Left);

/// <summary>What a case hangs together by: its rules and entities, and other cases that share an entity with it. Callers see no red case of others.</summary>
static class GraphSlice
{
    const int NodesDefault = 60;
    const int OthersPerEntity = 3;
    const int ExpandMax = 40;

    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id}/graph", Handle).WithName("ShowGraph").RequireAuthorization(Policies.Read);

    /// <param name="expand">Keys of nodes, a line each, whose neighbours are wanted too.</param>
    static Results<Ok<GraphView>, NotFound> Handle(string id, string? expand, int? most, TriageDesk desk, ObservableBook book) =>
        WorkTurn.Show(id, desk, c => View(c, desk.State, book, (expand ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(ExpandMax).ToHashSet(), Math.Clamp(most ?? NodesDefault, 5, Limits.GraphNodesMax)));

    internal static GraphView View(CaseState c, TriageState state, ObservableBook book, IReadOnlySet<string> expand, int most)
    {
        state.Observables.Follow(state.Cases);
        var drawing = new Drawing(most);
        drawing.Node(CaseKey(c), "case", $"#{c.Number}", grey: false, c.FirstMs == long.MaxValue ? c.OpenedMs : c.FirstMs, c.LastMs, c.Signals.Count);
        // Rules first: they are few and everything hangs on them. Then entities by how many signals name them.
        foreach (var rule in c.Signals.GroupBy(s => s.Opened.RuleId).OrderByDescending(g => g.Sum(s => s.Opened.Lambda)))
        {
            var key = "rule:" + rule.Key;
            drawing.Node(key, rule.Key == "manual" ? "report" : "rule", rule.First().Opened.Title, grey: false, rule.Min(s => s.Opened.FirstMs), rule.Max(s => s.LastMs), rule.Sum(s => s.Count));
            drawing.Edge(CaseKey(c), key, rule.Min(s => s.Opened.FirstMs), rule.Max(s => s.LastMs), rule.Sum(s => s.Count));
        }
        var weight = c.Signals.SelectMany(s => s.Entities.Select(e => (Key: ObservableIndex.Key(e), Entity: e, Signal: s))).Where(e => e.Entity.Value.Length > 0).GroupBy(e => e.Key)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.First().Entity.Kind).ThenBy(g => g.Key, StringComparer.Ordinal);
        foreach (var g in weight)
        {
            var signals = g.Select(e => e.Signal).Distinct().ToList();
            if (!drawing.Node(g.Key, g.First().Entity.Kind.ToString().ToLowerInvariant(), g.First().Entity.Value, grey: false, signals.Min(s => s.Opened.FirstMs), signals.Max(s => s.LastMs), signals.Sum(s => s.Count))) continue;
            foreach (var rule in signals.GroupBy(s => s.Opened.RuleId))
                drawing.Edge("rule:" + rule.Key, g.Key, rule.Min(s => s.Opened.FirstMs), rule.Max(s => s.LastMs), rule.Sum(s => s.Count));
        }
        foreach (var (key, said) in c.Work.Observables)
            if (drawing.Node(key, said.Said.Type, said.Said.Value, grey: false, said.AtMs, said.AtMs, 0)) drawing.Edge(CaseKey(c), key, said.AtMs, said.AtMs, 0);
        foreach (var key in drawing.Keys.Where(k => !k.StartsWith("case:", StringComparison.Ordinal) && !k.StartsWith("rule:", StringComparison.Ordinal)).ToList())
        {
            var others = book.Others(c, key).OrderByDescending(o => o.Open).ThenByDescending(o => o.LastMs).ToList();
            var shown = others.Take(expand.Contains(key) ? others.Count : OthersPerEntity).ToList();
            foreach (var other in shown) Other(drawing, key, other);
            drawing.More(key, others.Count - shown.Count);
        }
        foreach (var key in expand.Where(k => k.StartsWith("case:", StringComparison.Ordinal)))
            if (drawing.Has(key) && state.Case(key[5..]) is { } other && other != c)
                foreach (var e in other.Entities.Values.Where(e => e.Entity.Value.Length > 0).OrderByDescending(e => e.Count))
                    if (drawing.Node(ObservableIndex.Key(e.Entity), e.Entity.Kind.ToString().ToLowerInvariant(), e.Entity.Value, grey: true, e.First.AtMs, e.First.AtMs, e.Count))
                        drawing.Edge(ObservableIndex.Key(e.Entity), key, e.First.AtMs, e.First.AtMs, e.Count);
        return drawing.Done();
    }

    static void Other(Drawing drawing, string key, CaseState other)
    {
        var at = other.Entities.Values.Where(e => ObservableIndex.Key(e.Entity) == key).Select(e => (long?)e.First.AtMs).FirstOrDefault() ?? other.OpenedMs;
        if (drawing.Node(CaseKey(other), "case", $"#{other.Number} {Titles.Of(other)}", grey: true, other.FirstMs == long.MaxValue ? other.OpenedMs : other.FirstMs, other.LastMs, other.Signals.Count))
            drawing.Edge(key, CaseKey(other), at, other.LastMs, 1);
    }

    static string CaseKey(CaseState c) => "case:" + c.Id;

    /// <summary>Nodes up to a limit; what does not fit is counted.</summary>
    sealed class Drawing(int most)
    {
        readonly Dictionary<string, GraphNode> nodes = [];
        readonly Dictionary<(string, string), GraphEdge> edges = [];
        readonly HashSet<string> left = [];

        public IEnumerable<string> Keys => nodes.Keys;
        public bool Has(string key) => nodes.ContainsKey(key);

        public bool Node(string key, string kind, string text, bool grey, long first, long last, long count)
        {
            if (nodes.ContainsKey(key)) return true;
            if (nodes.Count >= most)
            {
                left.Add(key);
                return false;
            }
            nodes[key] = new(key, kind, text, grey, first, Math.Max(first, last), count, 0);
            return true;
        }

        public void Edge(string from, string to, long first, long last, long count)
        {
            if (nodes.ContainsKey(from) && nodes.ContainsKey(to)) edges.TryAdd((from, to), new(from, to, first, Math.Max(first, last), count));
        }

        public void More(string key, int more) => nodes[key] = nodes[key] with { More = Math.Max(0, more) };

        public GraphView Done() => new([.. nodes.Values], [.. edges.Values], left.Count);
    }
}
