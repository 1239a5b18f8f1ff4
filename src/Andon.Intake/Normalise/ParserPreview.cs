using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>A parser as lists show it.</summary>
/// <param name="Own">It is the user's, not one that came with the program.</param>
public sealed record ParserEntry(string Name, int Version, string About, string Dataset, bool Own);

/// <summary>What a parser would make of some lines.</summary>
/// <param name="Parser">Its name; null when it has errors, and nothing was tried.</param>
public sealed record ParserPreview(string? Parser, IReadOnlyList<Finding> Findings, IReadOnlyList<ParserPreviewLine> Lines)
{
    /// <summary>Its cases: those in the text, and those that stand beside the file of its name.</summary>
    public IReadOnlyList<ParserCaseView> Cases { get; init; } = [];
}

/// <param name="Before">Fields of the event as it is made now.</param>
/// <param name="After">Fields as the tried parser makes them.</param>
/// <param name="Changed">Names of the fields that differ.</param>
public sealed record ParserPreviewLine(string Raw, IReadOnlyDictionary<string, IReadOnlyList<string>> Before, IReadOnlyDictionary<string, IReadOnlyList<string>> After, IReadOnlyList<string> Changed);
