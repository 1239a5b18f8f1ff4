namespace Andon.Detect.Correlate;

/// <summary>A correlation from inside: what it has gathered, what it could not count, and the groups nearest to firing.</summary>
/// <param name="AtOnce">True: fires on the event that makes it true. False: each window is decided at its end.</param>
/// <param name="WatermarkMs">Windows that end before this event time are over; null before the first match.</param>
/// <param name="Wanted">The value at which a group fires; null where more events bring it no nearer.</param>
sealed record CorrelationLook(
    string RuleId, string Title, string Type, string Window, long TimespanMs, string Threshold, bool AtOnce, int Groups, int GroupsMax, long? WatermarkMs, double? Wanted,
    long Missing, long Late, long Evicted, long Cut, long Shortened, long NotNumbers, IReadOnlyList<NotCounted> Samples, IReadOnlyList<GroupLook> Nearest);

/// <summary>One group now.</summary>
/// <param name="Value">The current value, to be read against the threshold.</param>
/// <param name="EndsMs">Event time at which the window is over, or its oldest event leaves it.</param>
sealed record GroupLook(
    IReadOnlyList<GroupValue> Group, double Value, bool Holds, int Events, long FirstMs, long LastMs, long EndsMs, long LeftMs, long? FiredMs);

sealed record GroupValue(string Field, string Value);

/// <summary>One event that was not counted, and why.</summary>
sealed record NotCounted(string Event, long TimeMs, string Why);
