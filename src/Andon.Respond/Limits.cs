namespace Andon.Respond;

/// <summary>Every bound of this room, by name. Reaching one is a finding or a failed step, never silence.</summary>
static class Limits
{
    public const int PlaybookBytesMax = 1 << 20;
    public const int PlaybookDepthMax = 32;
    public const int StepsMax = 500;
    public const int PlaybooksMax = 5000;

    public const int ConditionCharsMax = 4096;
    public const int ConditionDepthMax = 32;
    /// <summary>A subject or pattern longer than this does not match; the step says so.</summary>
    public const int MatchSubjectCharsMax = 64 * 1024;

    public const int VariableCharsMax = 16 * 1024;
    public const int VariableNameCharsMax = 250;

    /// <summary>Output of one step kept in the fact log; the rest is cut, and the output says so.</summary>
    public const int OutputCharsMax = 16 * 1024;
    public const int RenderedCharsMax = 16 * 1024;
    public const int RequestBodyBytesMax = 1 << 20;
    public const int ResponseBytesMax = 1 << 20;

    public const int StepsPerRunMax = 1000;
    /// <summary>A pure or keyed step that the program never outlived is given up after so many beginnings.</summary>
    public const int AttemptsMax = 5;
    public const int RunsDrivenMax = 32;
    public const int RunsOpenMax = 2000;

    public const long HttpTimeoutMs = 30_000;
    public const long HttpTimeoutMsMax = 600_000;
    /// <summary>No manual step blocks for ever: without a timeout of its own it ends after so long.</summary>
    public const long ManualTimeoutMs = 14L * 24 * 3600 * 1000;
    public const long DelayMsMax = 30L * 24 * 3600 * 1000;
    public const long RetryDriveMs = 5_000;
}
