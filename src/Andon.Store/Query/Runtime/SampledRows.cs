using System.Globalization;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query.Runtime;

/// <summary>
/// What is told of counts over rows that stand for several events: of answers, bars, tops of fields and panels alike. Counts stay those of
/// rows, which are what is shown; the estimate stands beside them (decision 0034).
/// </summary>
internal static class SampledRows
{
    /// <summary>For how many events a row stands; null: for itself.</summary>
    public static readonly Expr RateOf = new Call(0, "tolong", [new Name(0, Sampling.RateField)]);
    public static readonly string Rate = Printer.Text(RateOf);

    /// <param name="sampled">Rows that carry a rate.</param>
    /// <param name="rows">All rows that were counted.</param>
    /// <param name="stand">For how many events these stand.</param>
    /// <returns>Was there anything to tell?</returns>
    public static bool Note(Faults faults, IReadOnlyList<string> sources, long sampled, long rows, long stand)
    {
        if (sampled > 0)
            faults.Warn("INT330", 0, string.Create(CultureInfo.InvariantCulture, $"Sampled: {sampled} of the {rows} rows read stand for others too; together the rows stand for about {stand} events ({Named(sources)})."),
                $"Counts are of rows. For an estimate: summarize sum(coalesce({Rate}, 1)). The record log has every event.");
        else if (rows == 0) NoRow(faults, sources);
        return sampled > 0 || rows == 0;
    }

    /// <summary>Nothing was found where something has no row.</summary>
    public static void NoRow(Faults faults, IReadOnlyList<string> sources) =>
        faults.Note("INT330", 0, $"Some events of {Named(sources)} have no row: they are sampled. What is asked for may be among them.", "The record log has every event, and rules saw all of them.");

    /// <summary>Rows of several tables, or of a table that was made: nobody can say for how many events one of them stands.</summary>
    public static void NotWeighed(Faults faults, IReadOnlyList<string> sources) =>
        faults.Note("INT330", 0, $"Some events of {Named(sources)} have no row: they are sampled. Where this query read them, its counts are of rows.", $"Rows that stand for more than one carry {Sampling.RateField}.");

    public static void Unknown(Faults faults, IReadOnlyList<string> sources) =>
        faults.Warn("INT331", 0, $"Some events of {Named(sources)} have no row: they are sampled. For how many events these rows stand could not be worked out.", $"Rows that stand for more than one carry {Sampling.RateField}.");

    /// <summary>Those findings that are about sampling.</summary>
    public static IReadOnlyList<Finding> Of(IReadOnlyList<Finding> findings) => [.. findings.Where(f => f.Code is "INT330" or "INT331")];

    static string Named(IReadOnlyList<string> sources) =>
        string.Join(", ", sources.Take(3)) + (sources.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {sources.Count - 3} more") : "");
}
