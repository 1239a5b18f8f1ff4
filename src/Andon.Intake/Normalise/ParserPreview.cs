using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>A parser as lists show it.</summary>
/// <param name="Own">It is the user's, not one that came with the program.</param>
public sealed record ParserEntry(string Name, int Version, string About, string Dataset, bool Own)
{
    /// <summary>The program reads it itself: there is no file to open.</summary>
    public bool BuiltIn { get; init; }
}

/// <summary>What a parser would make of some lines.</summary>
/// <param name="Parser">Its name; null when it has errors, and nothing was tried.</param>
public sealed record ParserPreview(string? Parser, IReadOnlyList<Finding> Findings, IReadOnlyList<ParserPreviewLine> Lines)
{
    /// <summary>Its cases: those in the text, and those that stand beside the file of its name.</summary>
    public IReadOnlyList<ParserCaseView> Cases { get; init; } = [];
}

/// <summary>One step of a run over a record, in the order of the run. <c>record</c> is what its header and envelope gave, <c>andon</c> what every event gets.</summary>
/// <param name="Parser">Whose step it is: another may be asked first, or for what is common.</param>
/// <param name="Part">The part of the parser in which it stands.</param>
/// <param name="File">Empty for the text that is tried; otherwise the file, such as one that the parser takes parts from.</param>
/// <param name="Line">Its line there, from 1; 0 for what stands in no parser.</param>
/// <param name="Pattern">Of several forms of a line the one that fitted, and its line.</param>
/// <param name="From">Numbers of the steps that cut the pieces it reads.</param>
public sealed record ParserStep(string Parser, string Part, string File, int Line, ParserOutcome Outcome, string? Pattern, int PatternLine, IReadOnlyList<ParserStepField> Fields, IReadOnlyList<int> From);

/// <summary>A field and the very line that gave it.</summary>
public sealed record ParserStepField(string Name, string File, int Line);

/// <summary>What came of a step: it gave fields; it cut pieces only; its condition did not hold; what it reads is absent; no form of it fitted; the fields had values; the value does not fit or means none; the table has no such row; it failed.</summary>
public enum ParserOutcome { Gave, Read, Condition, Absent, Form, Taken, Value, Row, Failed }

/// <param name="Before">Fields of the event as it is made now.</param>
/// <param name="After">Fields as the tried parser makes them.</param>
/// <param name="Changed">Names of the fields that differ.</param>
public sealed record ParserPreviewLine(string Raw, IReadOnlyDictionary<string, IReadOnlyList<string>> Before, IReadOnlyDictionary<string, IReadOnlyList<string>> After, IReadOnlyList<string> Changed)
{
    /// <summary>How the tried parser made <see cref="After"/>; empty when nothing was tried.</summary>
    public IReadOnlyList<ParserStep> Steps { get; init; } = [];
}
