namespace Andon.Measure;

/// <summary>Every bound of this room, by name.</summary>
static class Limits
{
    /// <summary>Below this many, counts are shown and no rate, median or interval.</summary>
    public const int SmallN = 5;
    public const int CausesMax = 10;
    public const int RulesShownMax = 20;
    public const int SeriesPointsMax = 31;
    public const int ReadFactsMax = 512;
    /// <summary>Facts read without a gap before the place is saved all the same.</summary>
    public const int SaveEvery = 2000;
    public const long DefaultWindowMs = 7L * 24 * 3600 * 1000;
    public const long WindowMsMax = 10L * 366 * 24 * 3600 * 1000;
}
