using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Triage.Board;

/// <summary>How full it is where a card would go.</summary>
/// <param name="Breaks">An expedite card: limits do not hold it.</param>
internal readonly record struct WorkInHand(int Held, int PersonMax, int InLane, int LaneMax, bool Breaks)
{
    public static WorkInHand Of(TriageDesk desk, CaseState card, string? person, Lane lane)
    {
        var (state, now) = (desk.State, desk.NowMs);
        return new(
            person is null ? 0 : Queue.Held(state, person, lane, now), state.Board.LimitOf("person"),
            card.Lane == lane ? 0 : Queue.InLane(state, lane, now), state.Board.LimitOf(lane) ?? int.MaxValue, ServiceClasses.BreaksLimits(state, card, now));
    }

    public bool PersonFull => !Breaks && Held >= PersonMax;
    public bool LaneFull => !Breaks && InLane >= LaneMax;
}
