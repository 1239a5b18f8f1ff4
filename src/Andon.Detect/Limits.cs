namespace Andon.Detect;

/// <summary>Every limit of this room, with its name. Reaching one makes a finding or a counter.</summary>
static class Limits
{
    public const int RuleFileBytesMax = 4 << 20;
    public const int YamlDepthMax = 48;
    /// <summary>Nodes of one YAML document after aliases are expanded ("billion laughs").</summary>
    public const int YamlNodesMax = 200_000;
    /// <summary>Documents of one file.</summary>
    public const int DocumentsMax = 10_000;
    /// <summary>Nodes of all documents of one file, after a global document is merged into each of them.</summary>
    public const int FileNodesMax = 1_000_000;
    /// <summary>Findings of one file; one more says that there are others.</summary>
    public const int FindingsMax = 1_000;
    public const int ConditionDepthMax = 64;
    /// <summary>Characters of all conditions of one detection.</summary>
    public const int ConditionCharsMax = 32_768;
    /// <summary>Identifiers that the conditions of one detection name, each pattern with all it takes.</summary>
    public const int ConditionNamesMax = 10_000;
    public const int IdentifiersMax = 1_000;
    public const int ModifiersMax = 12;
    /// <summary>Values that one value becomes when its placeholders are filled in.</summary>
    public const int ExpandedMax = 10_000;
    public const int ListMembersMax = 100_000;
    public const long ListBytesMax = 16 << 20;
    /// <summary>Transformations of one pipeline, those inside others too.</summary>
    public const int TransformationsMax = 2_000;
    public const int PipelineDepthMax = 8;
    /// <summary>Values that one value becomes in a pipeline, and items that one item becomes.</summary>
    public const int RewrittenMax = 1_000;
    public const int TitleCharsMax = 256;
    public const int RulesMax = 100_000;
    /// <summary>Bytes of all rule files in one zip, unpacked.</summary>
    public const long ZipBytesMax = 512L << 20;
    public const int ZipEntriesMax = 200_000;
    public const int ImportBytesMax = 64 << 20;

    /// <summary>Hits that go into one block of the hit log; a batch with more makes several blocks.</summary>
    public const int HitsPerBlockMax = 500;
    /// <summary>Hits that one rule may make in one batch; beyond it only those make one that concern somebody else (DET001).</summary>
    public const int HitsPerRuleAndBatchMax = 500;
    /// <summary>The same, for hits about hosts, users and addresses that the batch did not have yet: noise must not hide another's attack.</summary>
    public const int NewHitsPerRuleAndBatchMax = 2_000;
    public const int HitFieldsMax = 40;
    public const int HitFieldCharsMax = 2_048;
    public const int HitEntitiesMax = 24;
    /// <summary>A block without hits is written after so many records, so that the matcher's place in the record log moves on.</summary>
    public const int QuietRecordsMax = 50_000;
    public static readonly TimeSpan QuietMax = TimeSpan.FromSeconds(5);

    /// <summary>Predicates that sets of rules hand on to the next; beyond that everything is compiled anew.</summary>
    public const int PredicatesKeptMax = 200_000;
    /// <summary>Rules of one plan that may change in place before its index is built anew at once.</summary>
    public const int IndexChangesMax = 16;
    /// <summary>Kinds of events whose plan is remembered; further ones cost a look-up by their routes.</summary>
    public const int PlanKeysMax = 8_192;

    /// <summary>Groups of one correlation; the one that heard nothing for longest goes first (DET011).</summary>
    public const int CorrelationGroupsMax = 100_000;
    /// <summary>Bytes of all correlations' groups together (DET011).</summary>
    public const long CorrelationBytesMax = 512L << 20;
    /// <summary>Events kept of one group; a threshold that needs more gets more (DET013).</summary>
    public const int CorrelationEntriesMax = 10_000;
    /// <summary>Largest threshold of a count; a correlation that asks for more is refused (SIG096).</summary>
    public const int CorrelationThresholdMax = 50_000;
    /// <summary>Members of an array that become groups or values each (DET014).</summary>
    public const int CorrelationMembersMax = 16;
    /// <summary>Correlations that may stand on each other (SIG035).</summary>
    public const int CorrelationChainMax = 16;
    public const int CorrelationGroupFieldsMax = 16;
    /// <summary>An author's <c>fields</c> that a firing carries, besides what outer correlations read; those beyond are left out with a warning (SIG099).</summary>
    public const int CorrelationCarriedMax = 6;
    /// <summary>Bytes of a group-by or counted value that are compared; the rest is cut off (DET014). Less than a hit keeps.</summary>
    public const int CorrelationValueBytesMax = 2_000;
    public const int CorrelationEvidenceMax = 100;
    public const int CorrelationSamplesMax = 5;
    /// <summary>Firings of a group that are remembered, so that a late event does not fire one again.</summary>
    public const int CorrelationFiredMax = 16;
    /// <summary>Rows looked at for one event that came out of order (DET013).</summary>
    public const int CorrelationStepsMax = 2_000_000;
    /// <summary>Ways in which an expression over rule names may come true in order.</summary>
    public const int CorrelationAlternativesMax = 64;
    /// <summary>Groups that a look inside walks over, latest first.</summary>
    public const int CorrelationLookMax = 10_000;
    /// <summary>Groups that a look inside shows (DET085).</summary>
    public const int CorrelationLookShownMax = 200;
    public const long LatenessMs = 5 * 60_000;
    /// <summary>A source without a match for so long is idle: the clock moves its watermark.</summary>
    public const long SourceIdleMs = 5 * 60_000;
    /// <summary>A source further behind the others than this does not hold their windows open.</summary>
    public const long SourceLagMs = 60 * 60_000;
    /// <summary>A quiet group is forgotten so long after nothing can join it any more.</summary>
    public const long CorrelationForgetMs = 60 * 60_000;
    public const long FutureMs = 5 * 60_000;

    /// <summary>Text of one value that a regular expression looks at; longer values are cut and counted.</summary>
    public const int RegexCharsMax = 4 << 20;
    public const int HuntLineBytesMax = 16 << 20;
    /// <summary>What one thread of a hunt takes at a time.</summary>
    public const int HuntChunkRecordsMax = 2_048;
    public const long HuntChunkBytesMax = 8 << 20;
    /// <summary>JSON that is not a value a line is read whole.</summary>
    public const int HuntJsonBytesMax = 512 << 20;
    /// <summary>Archives inside archives; each zip inside another is unpacked in memory.</summary>
    public const int HuntArchiveDepthMax = 4;
    public const long HuntInnerZipBytesMax = 512L << 20;
    public const long HuntEntryBytesMax = 64L << 30;
    /// <summary>What a packed file may always unpack to; beyond that no more than so many times its packed size.</summary>
    public const long HuntEntryBytesSure = 256L << 20;
    public const int HuntEntryRatioMax = 400;
    public const int HuntThreadsMax = 256;
    public static readonly TimeSpan HuntProgressEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Hits of one rule that are kept to be looked at.</summary>
    public const int SamplesPerRuleMax = 20;
    /// <summary>Samples of all rules together in the file that outlives a restart; beyond it each rule keeps fewer.</summary>
    public const int SamplesSavedMax = 20_000;
    public static readonly TimeSpan SamplesSaveEvery = TimeSpan.FromMinutes(10);
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
