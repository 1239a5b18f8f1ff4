using Andon.Detect.Sigma.Ast;
using Andon.Detect.Sigma.Compilation;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>What a person decided about a rule.</summary>
readonly record struct RuleDecision(RuleQueue? Queue, bool? Enabled)
{
    public static readonly RuleDecision None = new(null, null);
}

/// <summary>A rule set with the queue and switch of each rule: what a batch is matched against, swapped as a whole.</summary>
sealed class ActiveRules
{
    readonly Dictionary<string, (RuleQueue Queue, bool Enabled)> correlations = [];
    readonly Dictionary<string, int> indexes = [];
    readonly Dictionary<string, SigmaDocument> documents = [];

    public static readonly ActiveRules Empty = new(RuleSet.Empty, _ => RuleDecision.None, _ => RuleQueue.Testing);

    public ActiveRules(RuleSet set, Func<string, RuleDecision> decided, Func<Header, RuleQueue> byDefault, RuleScopes? scopes = null)
    {
        Set = set;
        Enabled = new bool[set.Rules.Count];
        Queues = new RuleQueue[set.Rules.Count];
        // A rule that a correlation without `generate` is made of alerts by itself only when a person put it into a queue.
        var inputs = set.Correlations.Where(c => !c.Generate).SelectMany(c => c.Rules).ToHashSet(StringComparer.OrdinalIgnoreCase);
        bool Input(Header h) => (h.Id is not null && inputs.Contains(h.Id)) || (h.Name is not null && inputs.Contains(h.Name));
        for (var i = 0; i < Enabled.Length; i++)
        {
            var header = set.Rules[i].Header;
            indexes.TryAdd(header.RuleId, i);
            documents.TryAdd(header.RuleId, set.Rules[i]);
            var decision = decided(header.RuleId);
            Enabled[i] = (decision.Enabled ?? InForce(header)) && scopes?.Of(set.Rules[i]) is null;
            Queues[i] = QueueOf(header, decision);
        }
        foreach (var correlation in set.Correlations)
        {
            var decision = decided(correlation.Header.RuleId);
            documents.TryAdd(correlation.Header.RuleId, correlation);
            correlations[correlation.Header.RuleId] = (QueueOf(correlation.Header, decision), decision.Enabled ?? InForce(correlation.Header));
        }

        // Informational rules enrich; they never alert, whatever queue they are in.
        RuleQueue QueueOf(Header header, RuleDecision decision) =>
            header.Level == Level.Informational ? RuleQueue.Input
            : decision.Queue ?? (Input(header) ? RuleQueue.Input : header.Queue ?? byDefault(header));
    }

    // Its author took it out of use; it is kept and shown, and a person may switch it on.
    public static bool InForce(Header header) => header.Status is not ("deprecated" or "unsupported");

    public RuleSet Set { get; }
    public bool[] Enabled { get; }
    public RuleQueue[] Queues { get; }

    /// <summary>Number of a rule in the set, or -1.</summary>
    public int IndexOf(string ruleId) => indexes.GetValueOrDefault(ruleId, -1);

    public SigmaDocument? Find(string ruleId) => documents.GetValueOrDefault(ruleId);

    public (RuleQueue Queue, bool Enabled) Of(CorrelationDocument correlation) => correlations[correlation.Header.RuleId];

    public (RuleQueue Queue, bool Enabled) Of(string ruleId) =>
        correlations.TryGetValue(ruleId, out var found) ? found
        : indexes.TryGetValue(ruleId, out var index) ? (Queues[index], Enabled[index])
        : (RuleQueue.Testing, false);
}
