namespace Andon.Intake;

/// <summary>Every limit of this room has a name; reaching one makes a finding or a counter.</summary>
static class Limits
{
    // Collect
    public const int FrameBytesMax = 1 << 20;
    public const int FrameDigitsMax = 9;
    public const int ReadBytes = 16 << 10;
    public const int ConnectionsMax = 1024;
    public const int IdleSecondsMax = 600;
    public const int HalfFrameSecondsMax = 60;
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
    public const int RetryAfterSeconds = 1;
    /// <summary>One event of a request; the record log takes twice that.</summary>
    public const int EventBytesMax = 8 << 20;
    /// <summary>A body of HEC or OTLP, unpacked: it becomes one append, whole or not at all.</summary>
    public const int HttpBytesMax = 32 << 20;
    public const int HttpRequestsMax = 16;
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
    /// <summary>One message of Fluent forward: a chunk of the sender's buffer, and unpacked.</summary>
    public const int ForwardBytesMax = 16 << 20;
    public const int ForwardDepthMax = 64;
    public const int ForwardEntriesMax = 100_000;
    /// <summary>Chunks known to be kept, and how far back in the log they are looked for at a start.</summary>
    public const int ForwardChunksKept = 65_536;
    public const int ForwardTailRecords = 200_000;
    public const int ForwardChunkIdBytesMax = 256;
    public const int OtlpDepthMax = 32;
    public const int TailPollMs = 500;
    public const int FingerprintBytes = 256;

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
    /// <summary>Pairs of a CEF record among which labels are looked for.</summary>
    public const int LabelledPairsMax = 96;
    public const int ParsersMax = 512;
    public const int PreviewLinesMax = 200;
    public const int PreviewCharsMax = 2_000_000;
    public const int ParserCharsMax = 200_000;
    public const int LookupRowsMax = 100_000;
    public const int SourceIdBytesMax = 200;
    public const int OriginsKeptMax = 4096;
    public const long FutureMsMax = 24 * 3600 * 1000L;
    public const long StorableToMs = 7_258_118_400_000; // 2200-01-01

    // Sources
    public const int SourcesMax = 10_000;
    public const int SamplesKept = 20;
    public const int SampleBytesMax = 4096;
    public const int FindingCodesPerSourceMax = 64;
    public const int SnapshotEveryMs = 10_000;
}
