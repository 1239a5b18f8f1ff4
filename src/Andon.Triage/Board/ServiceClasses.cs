using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Board;

/// <summary>Which class of service a card has: by rule, unless a person said otherwise.</summary>
internal static class ServiceClasses
{
    public const double ExpediteFrom = 85;
    /// <summary>A date as near as this when it was set is a matter for now.</summary>
    public const long ExpediteTierMs = 3 * Limits.Day;
    public static readonly IReadOnlyList<string> Works = ["tuning", "validation", "gap"];

    public static (ServiceClass Class, string Why) Of(CaseState c, double priority)
    {
        var card = c.Card;
        // A law does not give way to what a person thinks of the card; only what goes before all others is stronger.
        if (card.Legal is { } law && card.Said is not ServiceClass.Expedite && (card.Said is not null || card.Work is not null || priority < ExpediteFrom))
            return (ServiceClass.FixedDate, $"{law.Rule.Source} sets its date: {law.Rule.Name}");
        if (card.Said is { } said) return (said, $"{card.SaidBy} said so: {card.SaidWhy}");
        if (card.Work is null && priority >= ExpediteFrom) return (ServiceClass.Expedite, $"priority {Math.Floor(priority)} is {ExpediteFrom} or more");
        if (card.DueMs is { } due)
            return due - card.DueSetMs <= ExpediteTierMs
                ? (ServiceClass.Expedite, "its date was set within three days")
                : (ServiceClass.FixedDate, "it has a date");
        return card.Work is { } work ? (ServiceClass.Intangible, $"planned work: {work}") : (ServiceClass.Standard, "nothing makes it anything else");
    }

    /// <summary>Expedite cards that someone has in hand; beyond the limit the next one waits its turn like any other.</summary>
    public static int InWork(TriageState state, long nowMs, CaseState? but = null, Func<CaseState, bool>? which = null) => state.OpenCases().Count(c =>
        c != but && which?.Invoke(c) != false && c.Owner is not null && c.Lane != Lane.New && !c.Card.Asleep(nowMs) && Of(c, c.Priority(nowMs, state.Estate)).Class == ServiceClass.Expedite);

    /// <summary>An expedite card may break the limits of work in hand, as long as there are few of them.</summary>
    public static bool BreaksLimits(TriageState state, CaseState c, long nowMs) =>
        Of(c, c.Priority(nowMs, state.Estate)).Class == ServiceClass.Expedite && InWork(state, nowMs, c) < state.Board.LimitOf("expedite");
}
