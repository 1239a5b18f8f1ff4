namespace Andon.Detect;

/// <summary>Every limit of this room, with its name. Reaching one makes a finding or a counter.</summary>
static class Limits
{
    public const int RuleFileBytesMax = 4 << 20;
    public const int YamlDepthMax = 48;
    /// <summary>Nodes of one YAML document after aliases are expanded ("billion laughs").</summary>
    public const int YamlNodesMax = 200_000;
    public const int ConditionDepthMax = 64;
    public const int ConditionCharsMax = 32_768;
    public const int TitleCharsMax = 256;
    public const int RulesMax = 100_000;
    /// <summary>Bytes of all rule files in one zip, unpacked.</summary>
    public const long ZipBytesMax = 512L << 20;
    public const int ZipEntriesMax = 200_000;
    public const int ImportBytesMax = 64 << 20;

    /// <summary>Hits that go into one block of the hit log; a batch with more makes several blocks.</summary>
    public const int HitsPerBlockMax = 500;
    /// <summary>Hits that one rule may make in one batch; the rest is counted (DET001).</summary>
    public const int HitsPerRuleAndBatchMax = 500;
    public const int HitFieldsMax = 40;
    public const int HitFieldCharsMax = 2_048;
    public const int HitEntitiesMax = 24;
    /// <summary>A block without hits is written after so many records, so that the matcher's place in the record log moves on.</summary>
    public const int QuietRecordsMax = 50_000;
    public static readonly TimeSpan QuietMax = TimeSpan.FromSeconds(5);

    public const int CorrelationGroupsMax = 100_000;
    public const int CorrelationEntriesMax = 10_000;
    public const int CorrelationMembersMax = 16;
    public const int CorrelationEvidenceMax = 100;
    public const long LatenessMs = 5 * 60_000;
    public const long FutureMs = 5 * 60_000;

    /// <summary>Text of one value that a regular expression looks at; longer values are cut and counted.</summary>
    public const int RegexCharsMax = 4 << 20;
    public const int HuntLineBytesMax = 16 << 20;

    /// <summary>Hits of one rule that are kept to be looked at.</summary>
    public const int SamplesPerRuleMax = 20;
    public const int SampleFieldsMax = 12;
    public const int SampleCharsMax = 200;
    /// <summary>Versions and decisions of one rule kept in memory; the facts hold all of them.</summary>
    public const int HistoryPerRuleMax = 200;
    public static readonly TimeSpan ReloadQuiet = TimeSpan.FromMilliseconds(400);
    public static readonly TimeSpan ReloadPoll = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan TallySaveEvery = TimeSpan.FromSeconds(30);

    /// <summary>One event in so many is looked at for fields and cost.</summary>
    public const int TallyEvery = 512;
    /// <summary>Rules whose cost is taken on such an event.</summary>
    public const int TallyRulesMax = 32;
    public const int SuppressedPairsMax = 10_000;
    public const int SeenFieldsMax = 200_000;

    public const double PromoteTestingDaysMin = 1;
    public const double PromoteHitsPerDayMax = 100;
    public const double PromotePrecisionMin = 0.3;
    /// <summary>Verdicts wanted; a rule with fewer hits needs one for each.</summary>
    public const int PromoteVerdictsMin = 3;

    public const long NeverFiredDays = 14;
    public const long NoisyHitsPerDay = 200;
    public const double NoisyShare = 0.5;
    public const long NoisyShareHitsMin = 50;
    public const long MissingSourceDays = 3;
    public const long FieldSamplesMin = 100;
    public const double SlowMicros = 50;
    public const long SlowSamplesMin = 20;

    public const int BacktestQueueMax = 8;
    public const int BacktestsKeptMax = 50;
    public const long BacktestRecordsMax = 50_000_000;
    public static readonly TimeSpan BacktestTimeMax = TimeSpan.FromMinutes(20);
    public const int BacktestSamplesMax = 20;
    public const int BacktestHostsMax = 10_000;
    public const int BacktestRangeDaysMax = 400;
}
