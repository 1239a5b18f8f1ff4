namespace Andon.Model;

/// <summary>A person or a script gave a file of telemetry. Its records are in the record log.</summary>
/// <param name="Sha256">Of the file as it was given: the same file again is known by it.</param>
/// <param name="FromPosition">Where its records begin in the record log; others may stand between them.</param>
/// <param name="Findings">What was wrong with it, in words.</param>
[Fact("source.uploaded", Room.Intake)]
public sealed record SourceUploaded(string SourceId, string Sha256, long Bytes, long Records, long FromPosition, long ToPosition, IReadOnlyList<string> Findings) : FactBody;
