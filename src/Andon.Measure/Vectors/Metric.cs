namespace Andon.Measure.Vectors;

/// <summary>A number with everything it needs to mean something. There is no other way for a number to leave this room.</summary>
/// <param name="N">Numerator; for times, how many cases were measured.</param>
/// <param name="D">Denominator; for times, how many cases there were.</param>
/// <param name="Value">The rate, or the median; null when <paramref name="SmallN"/>.</param>
/// <param name="Ci">95 % interval of <paramref name="Value"/>.</param>
/// <param name="CiMethod">How the interval was made, or why there is none.</param>
/// <param name="Delta">Value less the previous one, when both stand.</param>
/// <param name="Population">What was counted.</param>
/// <param name="Clock">Whose clock gave the times.</param>
/// <param name="Coverage">What is not seen.</param>
public sealed record Metric(
    string Key, string Title, string Unit, long N, long D, double? Value, double? Median, double? P90, IReadOnlyList<double>? Ci, string CiMethod,
    Period Period, Before Previous, double? Delta, string Population, string Clock, string Coverage, bool SmallN,
    IReadOnlyList<Cause> Causes, IReadOnlyList<Point> Series);

public sealed record Period(long FromMs, long ToMs);

public sealed record Before(long N, long D, double? Value);

/// <param name="Effect">Part of the delta that the arithmetic gives to it; null when only the time and scope fit.</param>
/// <param name="FactSeq">The change, in the fact log.</param>
public sealed record Cause(string Text, double? Effect, long? FactSeq);

public sealed record Point(long Ms, long N, long D, double? Value);
