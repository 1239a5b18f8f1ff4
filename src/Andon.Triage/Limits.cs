namespace Andon.Triage;

/// <summary>Every bound of this room by name. Reaching one makes a finding, never a silent loss.</summary>
internal static partial class Limits
{
    /// <summary>Quiet time that closes a burst of one rule on one entity.</summary>
    public const long SignalGapMs = 30 * Minute;
    /// <summary>A signal of what is usual goes on from hour to hour, but not longer: each day has one of its own.</summary>
    public const long UsualSignalMsMax = Day;
    /// <summary>Bursts of one rule on one entity that late events may still fall into.</summary>
    public const int BurstsPerKeyMax = 4;
    /// <summary>Entities that one rule may fold on; beyond it hits of new entities fold on the rule alone.</summary>
    public const int KeysPerRuleMax = 5_000;
    /// <summary>The same over all rules.</summary>
    public const int KeysMax = 200_000;
    /// <summary>Entities kept of one signal.</summary>
    public const int SignalEntitiesMax = 24;
    /// <summary>Leases that the matcher tells at once; there it is the bound, here it is what the finding is about.</summary>
    public const int LeasesPerBlockMax = 1_000;
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
    /// <summary>Signals of one case that people may put together.</summary>
    public const int CaseByHandMax = 20_000;
    /// <summary>Cases merged in one call.</summary>
    public const int MergeAtOnceMax = 500;
    /// <summary>Constraints that stand at one time.</summary>
    public const int PartingsMax = 2_000;
    /// <summary>A priority below this is under the floor: nobody needs to look unless there is nothing else.</summary>
    public const double FloorPoints = 5;
    /// <summary>Authorised activity stays under the floor, whatever it does.</summary>
    public const double AuthorisedPointsMax = 4;
    /// <summary>So long under the floor and untouched, and a case closes as expired unworked.</summary>
    public const long UnworkedMsMax = 14 * Day;
    public const int ExpiredAtOnceMax = 200;
    /// <summary>Closed cases remembered for what comes back.</summary>
    public const int ClosedCasesMax = 5_000;
    public const long RecurrenceMsMax = 90 * Day;
    /// <summary>Cases looked at for campaigns, newest first, and how far back.</summary>
    public const int CampaignCasesMax = 5_000;
    public const long CampaignMsMax = 30 * Day;
    /// <summary>What more cases than this share is common, and no sign of a campaign.</summary>
    public const int CampaignSharedMax = 10;
    /// <summary>Entries of the allow-list.</summary>
    public const int AuthorisedMax = 1_000;
    /// <summary>Notes that name a person and wait to be read; the oldest go, and stay in their cases.</summary>
    public const int MentionsMax = 200;
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
