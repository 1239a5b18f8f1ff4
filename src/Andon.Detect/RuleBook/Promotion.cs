using Andon.Detect.Sigma.Ast;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>What speaks for a rule's promotion, gathered at this moment, and what is missing.</summary>
static class Promotion
{
    const long Day = 86_400_000;

    public static PromotionEvidence Gather(RuleBook book, SigmaDocument document, long nowMs)
    {
        var id = document.Header.RuleId;
        var story = book.History.Read(id);
        var version = book.VersionOf(document);
        var (queue, enabled) = book.Active.Of(id);
        // It gathers experience while this very text is in use, in this queue, switched on.
        var since = new[] { story.Versions.Count > 0 ? story.Versions[^1].AtMs : nowMs, story.QueuedMs ?? 0, story.SwitchedMs ?? 0 }.Max();
        var days = queue == RuleQueue.Testing && enabled ? Math.Max(0, nowMs - since) / (double)Day : 0;
        var hits = queue == RuleQueue.Testing ? book.Counters.Since(id, since) : 0;
        var backtest = story.Backtests.GetValueOrDefault(version);
        var cost = book.Tally.CostOf(id);
        var evidence = new PromotionEvidence(
            version, Math.Round(days, 2), hits, Math.Round(hits / Math.Max(1, days), 2), book.VerdictsOf(id), backtest, cost is { } c ? Math.Round(c.Micros, 2) : null, []);
        return evidence with { Missing = Missing(evidence, document is CorrelationDocument) };
    }

    /// <summary>Pure: what is not known, or speaks against it.</summary>
    internal static IReadOnlyList<Finding> Missing(PromotionEvidence e, bool correlation)
    {
        var missing = new List<Finding>();
        if (e.DaysInTesting < Limits.PromoteTestingDaysMin)
            Lacks("DET061", $"This version has been in testing for {e.DaysInTesting:0.##} days; at least {Limits.PromoteTestingDaysMin:0.##} is wanted.", "Wait, or say why it cannot wait.", "/daysInTesting");
        if (e.Backtest is null) Lacks("DET062", "This version was not run over stored history.", "Run a backtest; it takes seconds.", "/backtest");
        else if (!e.Backtest.Complete) Lacks("DET063", $"Its backtest did not read all of the range asked for: {e.Backtest.Note}", "Run it over a range that is stored.", "/backtest");
        var perDay = Math.Max(e.HitsPerDay, e.Backtest?.HitsPerDay ?? 0);
        if (perDay > Limits.PromoteHitsPerDayMax) Lacks("DET064", $"It makes {perDay:0.#} hits a day; more than {Limits.PromoteHitsPerDayMax:0} tire people.", "Narrow it, or add a filter.", "/hitsPerDay");
        var wanted = (int)Math.Min(Limits.PromoteVerdictsMin, Math.Max(e.Hits, e.Backtest?.Hits ?? 0));
        if (e.Verdicts.Decided < wanted) Lacks("DET065", $"{e.Verdicts.Decided} of its hits were judged; {wanted} are wanted.", "Judge the samples below.", "/verdicts");
        else if (e.Verdicts.Precision < Limits.PromotePrecisionMin) Lacks("DET066", $"{e.Verdicts.Precision:P0} of its judged hits were true positives; at least {Limits.PromotePrecisionMin:P0} are wanted.", "Narrow it, or add a filter.", "/verdicts");
        if (!correlation && e.MicrosPerEvent is null) Lacks("DET067", "Its cost was not measured: no event of its log source was looked at yet.", "Bring the log source in, or say why it is promoted without.", "/microsPerEvent");
        else if (e.MicrosPerEvent > Limits.SlowMicros) Lacks("DET068", $"It takes {e.MicrosPerEvent:0.#} µs an event; more than {Limits.SlowMicros:0} is slow.", "Put a cheaper condition in front.", "/microsPerEvent");
        return missing;

        void Lacks(string code, string message, string hint, string place) => missing.Add(new(code, message, hint, place, FindingLevel.Warning));
    }
}
