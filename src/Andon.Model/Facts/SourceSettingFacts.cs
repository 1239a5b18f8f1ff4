namespace Andon.Model;

/// <summary>People set how many false alarms about silence something that speaks may make in a month.</summary>
/// <param name="SubjectId">For example <c>source:ID</c>, <c>group:web</c>, or <c>house:house</c> for all that have none of their own.</param>
/// <param name="After">Null: it has none of its own any more.</param>
[Fact("source.budgeted", Room.Intake)]
public sealed record SourceBudgeted(string SubjectId, double? Before, double? After, string Why) : FactBody;

/// <summary>People set on which days sources rest.</summary>
/// <param name="After">Null: the calendar is gone.</param>
[Fact("source.calendar_set", Room.Intake)]
public sealed record SourceCalendarSet(string CalendarId, HolidayCalendar? Before, HolidayCalendar? After, string Why) : FactBody;

/// <summary>A user's parser was saved, or taken back so that the shipped one of its name is used again.</summary>
/// <param name="After">Null: it was taken back.</param>
[Fact("parser.saved", Room.Intake)]
public sealed record ParserSaved(string Parser, string? Before, string? After, string Why) : FactBody;

/// <summary>Days on which the people who make the events rest.</summary>
/// <param name="Days"><c>2026-05-15</c> is that day, <c>12-25</c> each year's, <c>easter-2</c> and <c>easter+39</c> are counted from Easter Sunday.</param>
/// <param name="Groups">Groups of sources that keep it; none named means all sources.</param>
public sealed record HolidayCalendar(string Name, IReadOnlyList<string> Days, IReadOnlyList<string> Groups);

/// <summary>Of which events of a source only a part is kept in the event table. Rules see all of them, and the record log keeps all.</summary>
/// <param name="OneIn">One in so many keys is kept, with all of its events.</param>
/// <param name="Kinds">Kinds of event (<c>event.code</c>, else <c>event.action</c>) that this holds for.</param>
/// <param name="Key">Fields whose values together are the key: events that agree in them stay together.</param>
public sealed record SamplingTerms(int OneIn, IReadOnlyList<string> Kinds, IReadOnlyList<string> Key);

/// <summary>People set that of some events of a source only a part is stored as rows.</summary>
/// <param name="After">Null: all are stored again.</param>
/// <param name="FromRecord">It holds for records from this one on, so that reading them again decides the same.</param>
[Fact("source.sampled", Room.Intake)]
public sealed record SourceSampled(string SourceId, SamplingTerms? Before, SamplingTerms? After, long FromRecord, string Why) : FactBody;
