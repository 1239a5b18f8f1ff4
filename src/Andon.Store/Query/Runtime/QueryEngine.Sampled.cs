using System.Globalization;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Parsing;
using Andon.Store.Query.Runtime;

namespace Andon.Store.Query;

/// <summary>Where a part of the events has no row, an answer says so, and for how many events its rows stand.</summary>
public sealed partial class QueryEngine
{
    /// <summary>Sources of which something in that time was sampled.</summary>
    IReadOnlyList<string> SampledWithin(long? fromMs, long? toMs) => store is { Sampling.Any: true } ? store.Sampling.Within(fromMs, toMs) : [];

    /// <param name="reads">How often the query reads the table of events.</param>
    async ValueTask NoteSampled(Faults faults, SearchAsk ask, SearchHow how, Statement statement, int reads, int rows, CancellationToken stop)
    {
        // Asides of an answer ask no asides of their own.
        if (how.Aside || SampledWithin(ask.FromMs, ask.ToMs) is not { Count: > 0 } sources) return;
        if (!ReadsPlainly(statement))
        {
            SampledRows.NotWeighed(faults, sources);
            return;
        }
        var read = statement with { Body = statement.Body with { Operators = [.. statement.Body.Operators.TakeWhile(o => o is Where)] } };
        long sampled, stand, all;
        try
        {
            var answer = await Search(
                ask with { Kql = $"{read} | summarize sampled = countif(isnotnull({SampledRows.Rate})), stand = sum(coalesce({SampledRows.Rate}, 1)), rows = count()", Limit = 1, Values = null, Remember = false }, how with { Aside = true }, stop);
            (sampled, stand, all) = answer.Rows is [var row] ? (Of(row[0]), Of(row[1]), Of(row[2])) : (0, 0, 0);
        }
        catch (QueryRefusedException)
        {
            SampledRows.Unknown(faults, sources);
            return;
        }
        if (SampledRows.Note(faults, sources, sampled, all, stand)) return;
        if (rows == 0) SampledRows.NoRow(faults, sources);
        else if (reads > 1) SampledRows.NotWeighed(faults, sources); // A join, a union or a let read events besides.
    }

    /// <summary>Begins with rows of events as they are stored: a family is a view of them; a let of that name is not.</summary>
    static bool ReadsPlainly(Statement statement) =>
        statement.Body.Source is TableSource { Name: var name } && Tables.All.TryGetValue(name, out var table) && table.HasBag && !statement.Lets.Any(l => l.Name == name);

    static long Of(object? value) => value is null ? 0 : Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
