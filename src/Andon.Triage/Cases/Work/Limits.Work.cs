namespace Andon.Triage;

/// <summary>Bounds of the work on a case.</summary>
internal static partial class Limits
{
    /// <summary>Tasks of one case.</summary>
    public const int TasksMax = 500;
    /// <summary>Observables that people stated on one case; those of alerts are not counted.</summary>
    public const int StatedMax = 5_000;
    /// <summary>Pieces of evidence of one case.</summary>
    public const int ExhibitsMax = 2_000;
    /// <summary>One piece of evidence.</summary>
    public const long EvidenceBytesMax = 512L << 20;
    /// <summary>All pieces of one export together.</summary>
    public const long ExportBytesMax = 2L << 30;
    /// <summary>Items of one call that does the same to many.</summary>
    public const int BulkMax = 1_000;
    public const int NameMax = 300;
    /// <summary>How long ago the house may have become aware of what makes a legal duty.</summary>
    public const long AwareMsMax = 366 * Day;
    /// <summary>Cases shown as similar.</summary>
    public const int SimilarMax = 20;
    /// <summary>Nodes of a graph that the server gives at once; more are asked for by expanding one.</summary>
    public const int GraphNodesMax = 200;
    /// <summary>Days that a clock of business hours looks over.</summary>
    public const int ClockDaysMax = 3_660;
    /// <summary>Template files read of one folder.</summary>
    public const int TemplatesMax = 500;
    /// <summary>Lines of a timeline; the oldest of an attack and the newest deeds are kept.</summary>
    public const int TimelineMax = 5_000;
}
