namespace Andon.Store.Query;

/// <summary>Bounds of the query language. Reaching one is a finding that names it, never a silent cut.</summary>
internal static class Limits
{
    /// <summary>Characters of one query.</summary>
    public const int QueryCharsMax = 64 * 1024;
    /// <summary>Brackets and calls inside each other.</summary>
    public const int DepthMax = 120;
    /// <summary>Operators of one pipeline, sub-pipelines included.</summary>
    public const int OperatorsMax = 500;
    /// <summary>Findings of one query; an author mends these first.</summary>
    public const int FindingsMax = 100;
    /// <summary>Items of one list (<c>in</c>, <c>has_any</c>, <c>dynamic([…])</c>).</summary>
    public const int ListItemsMax = 5_000;
    /// <summary>Strings of one <c>has_any</c> or <c>has_all</c>: each is a test of its own on every row.</summary>
    public const int TermListMax = 500;
    /// <summary>Rows of an answer when the request names no limit.</summary>
    public const int RowsDefault = 10_000;
    /// <summary>Rows of an answer at most.</summary>
    public const int RowsMax = 100_000;
    /// <summary>Items of one make_set or make_list when the query names no limit.</summary>
    public const int SetItemsDefault = 10_000;
    public const int SetItemsMax = 1_048_576;
    /// <summary>Characters of the SQL that a query may become: substituted columns can grow.</summary>
    public const int SqlCharsMax = 200_000;
    /// <summary>An extended column longer than this is computed once in a subquery instead of being repeated.</summary>
    public const int InlineCharsMax = 160;
    public const int RegexCharsMax = 2_000;
    public const int BucketsMax = 1_000;
    /// <summary>What an editor is offered at most for one place.</summary>
    public const int CompletionMax = 400;
    public const int BoxCharsMax = 4_000;
    public const int EventsByIdMax = 200;
    /// <summary>Seconds that one search may run.</summary>
    public const int SecondsMax = 60;
    /// <summary>Lets and functions of one's own inside each other.</summary>
    public const int LetDepthMax = 32;
    /// <summary>Uses of lets and functions in one query: each is put in where it stands.</summary>
    public const int LetUsesMax = 5_000;
    /// <summary>Columns that pivot or bag_unpack may find in the data.</summary>
    public const int FoundColumnsMax = 200;
    /// <summary>First queries for the columns of pivot and bag_unpack in one search.</summary>
    public const int QuestionsMax = 8;
    /// <summary>Rows of one <c>range</c>.</summary>
    public const int RangeRowsMax = 1_000_000;
    /// <summary>Values of one <c>datatable</c>.</summary>
    public const int DatatableCellsMax = 20_000;
    /// <summary>Points of one series of make-series.</summary>
    public const int SeriesPointsMax = 100_000;
    /// <summary>Tables of one union, wildcards included.</summary>
    public const int UnionTablesMax = 100;
    /// <summary>Columns that one parse or parse-kv may make.</summary>
    public const int ParsedColumnsMax = 100;

    /// <summary>Parameters of one search.</summary>
    public const int ParametersMax = 30;
    /// <summary>Most frequent values of a field that are told at once.</summary>
    public const int TopValuesMax = 100;
    /// <summary>Fields of a query that found nothing which are looked at one by one.</summary>
    public const int WhyFieldsMax = 12;

    /// <summary>Searches that people saved.</summary>
    public const int SavedSearchesMax = 2_000;
    /// <summary>Versions kept of one search or dashboard for show; the facts keep all.</summary>
    public const int VersionsShownMax = 50;
    public const int NameCharsMax = 120;
    public const int DescriptionCharsMax = 2_000;
    public const int TagsMax = 20;
    /// <summary>Searches remembered for one person, the oldest going first.</summary>
    public const int HistoryMax = 200;
    public const int DashboardsMax = 500;
    public const int PanelsMax = 24;

    /// <summary>Rows of one export.</summary>
    public const int ExportRowsMax = 1_000_000;
    /// <summary>Bytes of one export.</summary>
    public const long ExportBytesMax = 1L << 30;
    /// <summary>Exports at the same time.</summary>
    public const int ExportsAtOnceMax = 4;

    /// <summary>Characters of a live tail's query: it travels in an address.</summary>
    public const int TailCharsMax = 4_000;
    /// <summary>Rows of a live tail in one step; when more come they are sampled, and it says so.</summary>
    public const int TailRowsMax = 250;
    public const int TailsAtOnceMax = 50;
    public static readonly TimeSpan TailEvery = TimeSpan.FromSeconds(1);
}
