using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>A version of a rule: when it came into use, through whom, from which file.</summary>
public sealed record RuleVersionView(string Version, string? Before, long AtMs, string Actor, string Cause, string File);

/// <summary>One thing that someone did to a rule.</summary>
/// <param name="What">A word: promoted, demoted, asked, declined, on, off, judged.</param>
public sealed record RuleEntry(long Seq, long AtMs, string Actor, string What, string Why, string? Version, PromotionEvidence? Evidence, string? Override, string? AskedBy);

/// <summary>A promotion that waits for a second person.</summary>
public sealed record PendingPromotion(string Version, string AskedBy, long AtMs, string Why, string? Override, PromotionEvidence Evidence);

/// <summary>What was done to each rule, as the facts say: versions, decisions, what waits to be decided.</summary>
sealed class RuleHistory
{
    sealed class Story
    {
        public readonly List<RuleVersionView> Versions = [];
        public readonly List<RuleEntry> Entries = [];
        public readonly Dictionary<string, Verdict> Judged = [];
        public PendingPromotion? Pending;
        public (string Version, string File, string Title)? Now;
        public long? QueuedMs, SwitchedMs;
        public readonly Dictionary<string, BacktestFigures> Backtests = [];
        public string? PromotedVersion;
    }

    readonly Lock gate = new();
    readonly Dictionary<string, Story> stories = [];

    public void Apply(Fact fact)
    {
        lock (gate)
        {
            switch (fact.Body)
            {
                case RuleVersioned f:
                    Of(f.RuleId).Now = (f.Version, f.File, f.Title);
                    Add(Of(f.RuleId).Versions, new(f.Version, f.Before, fact.AtMs, fact.Actor, fact.Cause, f.File));
                    break;
                case RuleGone f:
                    Of(f.RuleId).Now = null;
                    Note(f.RuleId, "gone", "", f.Version);
                    break;
                case RuleQueued f:
                    var story = Of(f.RuleId);
                    (story.Pending, story.QueuedMs) = (null, fact.AtMs);
                    if (f.Queue == RuleQueue.Production) story.PromotedVersion = f.Version;
                    Add(story.Entries, new(fact.Seq, fact.AtMs, fact.Actor, f.Queue == RuleQueue.Production ? "promoted" : "demoted", f.Why, f.Version, f.Evidence, f.Override, f.AskedBy));
                    break;
                case PromotionAsked f:
                    Of(f.RuleId).Pending = new(f.Version, fact.Actor, fact.AtMs, f.Why, f.Override, f.Evidence);
                    Add(Of(f.RuleId).Entries, new(fact.Seq, fact.AtMs, fact.Actor, "asked", f.Why, f.Version, f.Evidence, f.Override, null));
                    break;
                case PromotionDeclined f:
                    Of(f.RuleId).Pending = null;
                    Add(Of(f.RuleId).Entries, new(fact.Seq, fact.AtMs, fact.Actor, f.AskedBy == fact.Actor ? "withdrawn" : "declined", f.Why, f.Version, null, null, f.AskedBy));
                    break;
                case RuleSwitched f:
                    Of(f.RuleId).SwitchedMs = fact.AtMs;
                    Note(f.RuleId, f.Enabled ? "on" : "off", f.Why, f.Version);
                    break;
                case RuleHitJudged f:
                    if (Of(f.RuleId).Judged.Count < Limits.HistoryPerRuleMax * 10) Of(f.RuleId).Judged[f.Event] = f.Verdict;
                    Note(f.RuleId, "judged", $"{f.Event}: {Word(f.Verdict)}{(f.Why.Length > 0 ? $", {f.Why}" : "")}", f.Version);
                    break;
                case RuleBacktested f:
                    Keep(Of(f.RuleId).Backtests, f.Figures);
                    Note(f.RuleId, "backtested", $"{f.Figures.Hits} hits in {f.Figures.Events} events", f.Figures.Version);
                    break;
            }
        }

        void Note(string ruleId, string what, string why, string? version) => Add(Of(ruleId).Entries, new(fact.Seq, fact.AtMs, fact.Actor, what, why, version, null, null, null));
    }

    /// <summary>Version and file of every rule that is in use, as the facts say.</summary>
    public Dictionary<string, (string Version, string File, string Title)> InUse()
    {
        lock (gate) return stories.Where(s => s.Value.Now is not null).ToDictionary(s => s.Key, s => s.Value.Now!.Value);
    }

    public RuleStory Read(string ruleId)
    {
        lock (gate)
        {
            var story = stories.GetValueOrDefault(ruleId) ?? new();
            return new([.. story.Versions], [.. story.Entries], new Dictionary<string, Verdict>(story.Judged), story.Pending, story.QueuedMs, story.SwitchedMs, new Dictionary<string, BacktestFigures>(story.Backtests), story.PromotedVersion);
        }
    }

    public PendingPromotion? Pending(string ruleId)
    {
        lock (gate) return stories.GetValueOrDefault(ruleId)?.Pending;
    }

    public string? VersionOf(string ruleId)
    {
        lock (gate) return stories.GetValueOrDefault(ruleId)?.Now?.Version;
    }

    public long? VersionMs(string ruleId)
    {
        lock (gate) return stories.GetValueOrDefault(ruleId)?.Versions.LastOrDefault()?.AtMs;
    }

    Story Of(string ruleId)
    {
        if (!stories.TryGetValue(ruleId, out var story)) stories[ruleId] = story = new();
        return story;
    }

    // The last one of each text; one that read less than was asked for does not take the place of a whole one.
    static void Keep(Dictionary<string, BacktestFigures> backtests, BacktestFigures figures)
    {
        if (!figures.Complete && backtests.TryGetValue(figures.Version, out var before) && before.Complete) return;
        if (backtests.Count >= Limits.HistoryPerRuleMax) backtests.Remove(backtests.Keys.First());
        backtests[figures.Version] = figures;
    }

    static string Word(Verdict verdict) => verdict switch
    {
        Verdict.TruePositive => "true positive", Verdict.BenignPositive => "benign positive", Verdict.FalsePositive => "false positive", _ => "undecided",
    };

    // What people ask for is the newest; the facts hold the rest.
    static void Add<T>(List<T> list, T item)
    {
        if (list.Count == Limits.HistoryPerRuleMax) list.RemoveAt(0);
        list.Add(item);
    }
}

/// <summary>A rule's story at one moment.</summary>
sealed record RuleStory(
    IReadOnlyList<RuleVersionView> Versions, IReadOnlyList<RuleEntry> Entries, IReadOnlyDictionary<string, Verdict> Judged, PendingPromotion? Pending,
    long? QueuedMs, long? SwitchedMs, IReadOnlyDictionary<string, BacktestFigures> Backtests, string? PromotedVersion);
