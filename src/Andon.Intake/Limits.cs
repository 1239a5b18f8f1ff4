namespace Andon.Intake;

/// <summary>Every limit of this room has a name; reaching one makes a finding or a counter.</summary>
static class Limits
{
    // Collect
    public const int FrameBytesMax = 1 << 20;
    public const int FrameDigitsMax = 9;
    public const int ReadBytes = 16 << 10;
    /// <summary>What a connection may hold that sends faster than we store; beyond that only for one long frame.</summary>
    public const int BurstBytes = 256 << 10;
    /// <summary>Of all TCP doors together; fewer where this program may hold fewer files open.</summary>
    public const int ConnectionsMax = 16_384;
    /// <summary>Windows wider than everybody's, and what packed messages become, of all TCP doors together; half of it for one sender.</summary>
    public const long DoorBytesMax = 256 << 20;
    /// <summary>Addresses of a forwarding header that are looked at, and bytes of a PROXY header with all that a proxy adds.</summary>
    public const int ProxyHopsMax = 16;
    public const int ProxyHeaderBytesMax = 4096;
    public const int IdleSecondsMax = 600;
    public const int HalfFrameSecondsMax = 60;
    /// <summary>A long frame may take longer, while its sender is not slower than this.</summary>
    public const int FrameBytesPerSecondMin = 2048;
    public const int DatagramBytesMax = 65_535;
    public const int DatagramsWaitingMax = 65_536;
    public const int DatagramBytesWaitingMax = 64 << 20;
    public const int ReceiveBufferBytes = 8 << 20;
    public const int AppendRecordsMax = 4096;
    public const int AppendBytesMax = 4 << 20;
    public const int PeersKeptMax = 4096;
    public const int RetryMs = 250;
    public const int PaceMs = 20;
    public const int BulkBytesMax = 100 << 20;
    public const int BulkRequestsMax = 16;
    /// <summary>How long a request waits for one of them to end before it is refused.</summary>
    public const int BulkRoomWaitMs = 1000;
    public const int RetryAfterSeconds = 1;
    /// <summary>One event of a request; the record log takes twice that.</summary>
    public const int EventBytesMax = 8 << 20;
    /// <summary>A body of HEC or OTLP, unpacked: it becomes one append, whole or not at all.</summary>
    public const int HttpBytesMax = 32 << 20;
    public const int HttpRequestsMax = 16;
    /// <summary>All records of one OTLP or Loki request: what they share (resource, labels) stands in each of them.</summary>
    public const int MadeBytesMax = 128 << 20;
    public const int AckBytesMax = 1 << 20;
    public const int EventsPerRequestMax = 100_000;
    /// <summary>How often certificate files are looked at, and how often it is said that one ends, from how many days before.</summary>
    public const int TlsLookMs = 30_000;
    public const int TlsSayMs = 24 * 3600 * 1000;
    public const int CertificateDaysMin = 30;
    public const int RelpFrameHeadMax = 64;
    public const int GelfChunksMax = 128;
    public const int GelfSetsMax = 4096;
    public const int GelfSetsPerSenderMax = 256;
    public const int GelfPendingBytesMax = 64 << 20;
    public const int GelfPendingMs = 5000;
    public const int GelfLookMs = 1000;
    /// <summary>One message of Fluent forward: a chunk of the sender's buffer, and unpacked.</summary>
    public const int ForwardBytesMax = 16 << 20;
    /// <summary>It stands in every record of its message.</summary>
    public const int ForwardTagBytesMax = 512;
    public const int ForwardDepthMax = 64;
    public const int ForwardEntriesMax = 100_000;
    /// <summary>Chunks known to be kept, and how far back in the log they are looked for at a start.</summary>
    public const int ForwardChunksKept = 65_536;
    public const int ForwardTailRecords = 200_000;
    public const int ForwardChunkIdBytesMax = 256;
    public const int OtlpDepthMax = 32;
    public const int JournalFieldsMax = 1024;
    /// <summary>Entries known to be kept, and how far back in the log they are looked for at a start.</summary>
    public const int JournalEntriesKept = 262_144;
    public const int JournalTailRecords = 300_000;
    /// <summary>A file that is uploaded, as it was given; what may come out of it; and of each packed byte, where it is more than a little.</summary>
    /// <summary>Labels of one Loki stream, or pairs of structured metadata of one entry.</summary>
    public const int LokiLabelsMax = 256;
    public const int LokiDepthMax = 64;
    public const int TenantCharsMax = 150;
    public const int SeqDepthMax = 256;
    /// <summary>A compressed frame of Lumberjack as it comes; and all that may come out of it, passed on piece by piece.</summary>
    public const int LumberjackBytesMax = 16 << 20;
    public const long LumberjackUnpackedMax = 512L << 20;
    public const int LumberjackPairsMax = 4096;
    /// <summary>A sender that waits for a slow disk hears so often that we are still there.</summary>
    public const int LumberjackAliveMs = 5000;
    public const long UploadBytesMax = 1L << 30;
    public const long UploadUnpackedBytesMax = 8L << 30;
    public const long UploadRatioFromBytes = 16 << 20;
    public const long UploadRatioMax = 200;
    public const int UploadEntriesMax = 10_000;
    /// <summary>An archive in an archive.</summary>
    public const int UploadNestingMax = 1;
    public const int UploadJsonBytesMax = 64 << 20;
    public const int UploadFindingsMax = 200;
    public const int UploadNameCharsMax = 120;
    public const int UploadsAtOnceMax = 2;
    public const int TailPollMs = 500;
    public const int FingerprintBytes = 256;
    /// <summary>How long a renamed file may still get the rest of its last line, and how long its writer may go on in it.</summary>
    public const int RotatedRestMs = 2000;
    public const int RotatedLateMs = 60_000;

    // Event logs (EVTX), for one record each
    public const int EvtxDepthMax = 64;
    public const int EvtxTokensMax = 65_536;
    public const int EvtxNodesMax = 8_192;
    /// <summary>Values put into all templates of the record.</summary>
    public const int EvtxValuesMax = 16_384;
    public const int EvtxNameCharsMax = 256;
    /// <summary>Text beyond this is left out; a value may be put in many places.</summary>
    public const int EvtxJsonBytesMax = 4 << 20;

    // Normalise
    public const int JsonDepthMax = 32;
    public const int JsonReaderDepthMax = 20_000;
    public const int LeavesPerEventMax = 800;
    public const int PathBytesMax = 256;
    /// <summary>Columns that the head of a file may name, and bytes of a line of that head.</summary>
    public const int ColumnsMax = 128, HeadLineBytesMax = 8192;
    /// <summary>Values that are read out of the text of one Windows event.</summary>
    public const int WindowsLabelsMax = 40;
    /// <summary>A record may cause at most so many bytes of field names for each of its own: nesting multiplies them.</summary>
    public const int PathBytesPerRawByte = 4;
    /// <summary>Paths of JSON leaves whose meaning is remembered from event to event; the rest is looked up each time.</summary>
    public const int PathsLearnedMax = 2048;
    public const int PathProbesMax = 8;
    /// <summary>After so many batches a full table begins anew, so that a passing stranger's names do not hold it for ever.</summary>
    public const int PathsRenewBatches = 64;
    /// <summary>Drafts that wait for the next batch, each with what it learned.</summary>
    public const int DraftsKeptMax = 4;
    public const int RelatedPerEventMax = 32;
    /// <summary>Pieces of one record that its parser asks for.</summary>
    public const int PiecesPerEventMax = 4096;
    /// <summary>Values of one list that get into one field.</summary>
    public const int ValuesPerFieldMax = 32;
    public const int NamedValuesMax = 1024;
    public const int KeyBytesMax = 128;
    /// <summary>Arguments of a program that one record of auditd tells; beyond, only their own fields are kept.</summary>
    public const int ArgumentsMax = 256;
    /// <summary>Pairs of a CEF record among which labels are looked for.</summary>
    public const int LabelledPairsMax = 96;
    public const int ParsersMax = 512;
    public const int PreviewLinesMax = 200;
    public const int PreviewCharsMax = 2_000_000;
    public const int ParserCharsMax = 200_000;
    /// <summary>A parser is tried on so many blocks of the record log, spread evenly, each of so many records and bytes.</summary>
    public const int TrialBlocksMax = 200, TrialBlockRecords = 50, TrialBlockBytes = 256 << 10;
    public const int TrialFieldsMax = 200;
    /// <summary>Kinds of differences that a trial shows an example of.</summary>
    public const int TrialExamplesMax = 20;
    public const int LookupRowsMax = 100_000;
    /// <summary>Of a message template: what is put into it, and the text it may become.</summary>
    public const int TemplateHolesMax = 256;
    public const int TemplateValuesMax = 512;
    public const int TemplateBytesMax = 64 << 10;
    public const int SourceIdBytesMax = 200;
    /// <summary>Events of one record with what is wrapped around them, which each of them is read in; beyond a few for each of its bytes.</summary>
    public const long BundleBytesMax = 32 << 20;
    public const int OriginsKeptMax = 4096;
    public const long FutureMsMax = 24 * 3600 * 1000L;
    public const long StorableToMs = 7_258_118_400_000; // 2200-01-01

    // Sources
    public const int SourcesMax = 10_000;
    public const int SamplesKept = 20;
    public const int SampleBytesMax = 4096;
    public const int FindingCodesPerSourceMax = 64;
    public const int SnapshotEveryMs = 10_000;
    /// <summary>Kinds of events of one source that the ledger tells apart, and fields of each.</summary>
    public const int KindsPerSourceMax = 64;
    public const int FieldsPerKindMax = 96;
    /// <summary>One event in so many is looked into for its fields.</summary>
    public const int UsageLookEvery = 64;
    public const int GroupsMax = 500;
    public const int CalendarsMax = 50;
    public const int CalendarDaysMax = 400;
    public const int CalendarTextMax = 100;
    public const int BudgetsMax = 1000;
    /// <summary>False alarms a month that may be set: below, nothing would be told; above, nobody would look.</summary>
    public const double BudgetMin = 0.0001;
    public const double BudgetMax = 30;
    /// <summary>Sources of one page of the list, and values that it offers to narrow by.</summary>
    public const int SourcesPerPageMax = 200, SourceChoicesMax = 500;
    public const int SampledSourcesMax = 500;
    public const int SampleOneInMax = 100_000;
    public const int SampleKeyMax = 5;
    public const int CasesPerSourceMax = 50;
    /// <summary>Signals that have not joined a case yet.</summary>
    public const int SignalsWaitingMax = 10_000;
    /// <summary>Days of figures that are kept for comparing, and rows of one day.</summary>
    public const int QualityDaysKept = 400;
    public const int QualityRowsMax = 500;
    public const int BaselineBytesMax = 8 << 20;
    /// <summary>Stored samples on which a filter is tried, and texts that it may look for.</summary>
    public const int FilterSamplesMax = 2000;
    public const int FilterReadMax = 20_000;
    public const int IdleSaveMs = 300_000;
    public const int PastAlarmsKept = 500;
    public const int CertificatesMax = 4096;
    public const int RangesPerFactMax = 32;
    /// <summary>After so long without a missing number the alarm about loss ends.</summary>
    public const long LossForgottenMs = 24 * 3600 * 1000L;
    /// <summary>Addresses known for one host; a host of more has no newcomers.</summary>
    public const int SpeakersPerHostMax = 8;
    /// <summary>So long everybody who speaks for a host is its own; so long apart two must be heard that speak beside each other.</summary>
    public const long SpeakersLearnMs = 24 * 3600 * 1000L, SpeakersApartMs = 10_000;
    /// <summary>Who follows those that are silent so long took their place.</summary>
    public const long SpeakerMovedMs = 24 * 3600 * 1000L;
    /// <summary>A host is told once in that time.</summary>
    public const long SpeakersTellMs = 7 * 24 * 3600 * 1000L;
    /// <summary>Hosts that relays share, and hosts of one newcomer that make one alarm.</summary>
    public const int PartnerHostsMin = 3;
    public const int SpeakerPairsPerLook = 64;
    public const int AlarmSourcesMax = 256;
    public const int AlarmRulesMax = 64;
    /// <summary>How often the clock is looked at for silences.</summary>
    public const int LookEveryMs = 10_000;
    /// <summary>False alarms about silence that a source may make in a month, by default.</summary>
    public const double FalseAlarmsPerMonth = 0.02;
    /// <summary>Health is judged over so long, or longer until so many events came.</summary>
    public const long WindowMs = 10 * 60_000;
    public const long WindowMsMax = 24 * 3600 * 1000L;
    public const int WindowEventsMin = 20;
    public const int ShapesPerSourceMax = 64;
    public const long ShapesLearnMs = 6 * 3600 * 1000L;
    public const long ShapeStrangeMs = 24 * 3600 * 1000L;
    public const int CountersPerSourceMax = 8;
    /// <summary>A missing number may still come for so long, or until so many came after it.</summary>
    public const long ReorderMs = 60_000;
    public const int ReorderNumbers = 1024;
    public const int OpenGapsMax = 32;
    public const long CounterJumpMax = 10_000_000;
    public const int LateSeconds = 300;
    public const int SkewSeconds = 60;
    /// <summary>No silence is told before: a restart takes less.</summary>
    public const long SilenceMsMin = 5 * 60_000;
    /// <summary>A silence that was told and passed by itself within that counts among the source's own pauses from then on.</summary>
    public const long SilenceForgivenMs = 15 * 60_000;
    /// <summary>Days of the year on which a source is known to rest.</summary>
    public const int QuietDaysMax = 40;
    /// <summary>Beginnings of one day that are kept until it is over: the longest.</summary>
    public const int StartsPerDayMax = 8;
}
