namespace Andon.Triage;

/// <summary>Every bound of this room by name. Reaching one makes a finding, never a silent loss.</summary>
internal static class Limits
{
    /// <summary>Quiet time that closes a burst of one rule on one entity.</summary>
    public const long SignalGapMs = 30 * Minute;
    /// <summary>Bursts of one rule on one entity that late events may still fall into.</summary>
    public const int BurstsPerKeyMax = 4;
    /// <summary>Entities that one rule may fold on; beyond it hits of new entities fold on the rule alone.</summary>
    public const int KeysPerRuleMax = 5_000;
    /// <summary>The same over all rules.</summary>
    public const int KeysMax = 200_000;
    /// <summary>Entities kept of one signal.</summary>
    public const int SignalEntitiesMax = 24;
    /// <summary>Signals of one case; a signal that would be the next opens a case of its own.</summary>
    public const int CaseSignalsMax = 300;
    /// <summary>Signals of a case that were usual where they came; enough for context. A host's further chatter opens the next card.</summary>
    public const int UsualSignalsMax = 20;
    /// <summary>Oldest to newest signal of a case that a merge may make.</summary>
    public const long CaseSpanMsMax = 14 * Day;
    /// <summary>Open cases looked at for one entity; the latest are kept.</summary>
    public const int CasesPerEntityMax = 64;
    /// <summary>Priority moves kept with a case; all of them stay in the fact log.</summary>
    public const int HistoryMax = 500;
    /// <summary>Cards shown in one lane.</summary>
    public const int CardsPerLaneMax = 100;
    /// <summary>Cards that one person may hold in one lane.</summary>
    public const int PersonLaneMax = 3;
    /// <summary>Cards that a working lane may hold in all.</summary>
    public const int LaneMax = 12;
    /// <summary>Notes that name a person and wait to be read; the oldest go, and stay in their cases.</summary>
    public const int MentionsMax = 200;
    /// <summary>Cards that one bulk request may change.</summary>
    public const int BulkMax = 500;
    /// <summary>How far ahead a card may sleep or be due.</summary>
    public const long AheadMsMax = 366 * Day;
    /// <summary>How often requests that are done are looked at again.</summary>
    public const long CheckEveryMs = 15 * Second;
    public const int TextMax = 20_000;
    public const int AlertsPageMax = 500;

    /// <summary>Surprise and salience look back so far.</summary>
    public const int WindowHours = 14 * 24;
    /// <summary>A new house behaves as if it had watched for a day: else all it meets first would be unsurprising.</summary>
    public const int ObservedHoursMin = 24;

    public const long Second = 1000;
    public const long Minute = 60 * Second;
    public const long Hour = 60 * Minute;
    public const long Day = 24 * Hour;
}
