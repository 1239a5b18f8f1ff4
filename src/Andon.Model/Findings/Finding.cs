namespace Andon.Model;

/// <summary>How far a finding stops what its author wanted.</summary>
public enum FindingLevel { Note, Warning, Error }

/// <summary>
/// Something wrong that someone can mend. One shape serves API, console and command line.
/// </summary>
/// <param name="Code">Stable code, for example <c>SIG012</c>: three letters of the room, three digits.</param>
/// <param name="Message">What is wrong, in one sentence.</param>
/// <param name="Hint">What to do about it.</param>
/// <param name="Place">Where: <c>file:line</c>, a JSON pointer, a key path, a source id; empty when there is no place.</param>
/// <param name="Level">An error refuses the thing; a warning lets it load; a note informs.</param>
public sealed record Finding(string Code, string Message, string Hint, string Place = "", FindingLevel Level = FindingLevel.Error)
{
    public override string ToString() => Place.Length == 0 ? $"{Code} {Message} {Hint}" : $"{Place}: {Code} {Message} {Hint}";
}
