using System.Globalization;
using Andon.Store.Events;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Parsing;
using Andon.Store.Query.Runtime;

namespace Andon.Store.Query;

/// <summary>Where a part of the events has no row, an answer says so, and for how many events its rows stand.</summary>
public sealed partial class QueryEngine
{
    const string Rate = "tolong(['" + Sampling.RateField + "'])";

    async ValueTask NoteSampled(Faults faults, SearchAsk ask, SearchHow how, Statement statement, int rows, CancellationToken stop)
    {
        // Asides of an answer ask no asides of their own.
        if (how.Aside || statement.Body.Source is not TableSource { Name: "Events" }) return;
        var sources = store.Sampling.Within(ask.FromMs, ask.ToMs);
        if (sources.Count == 0) return;
        var named = string.Join(", ", sources.Take(3)) + (sources.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {sources.Count - 3} more") : "");
        var read = statement with { Body = statement.Body with { Operators = [.. statement.Body.Operators.TakeWhile(o => o is Where)] } };
        long sampled, stand, all;
        try
        {
            var answer = await Search(
                ask with { Kql = $"{read} | summarize sampled = countif(isnotnull({Rate})), stand = sum(coalesce({Rate}, 1)), rows = count()", Limit = 1, Values = null, Remember = false }, how with { Aside = true }, stop);
            (sampled, stand, all) = answer.Rows is [var row] ? (Of(row[0]), Of(row[1]), Of(row[2])) : (0, 0, 0);
        }
        catch (QueryRefusedException)
        {
            faults.Warn("INT331", 0, $"Some events of {named} have no row: they are sampled. For how many events these rows stand could not be worked out.", $"Rows that stand for more than one carry {Sampling.RateField}.");
            return;
        }
        if (sampled > 0)
            faults.Warn("INT330", 0, string.Create(CultureInfo.InvariantCulture, $"Sampled: {sampled} of the {all} rows read stand for others too; together the rows stand for about {stand} events ({named})."),
                $"Counts are of rows. For an estimate: summarize sum(coalesce({Rate}, 1)). The record log has every event.");
        else if (rows == 0 || all == 0)
            faults.Note("INT330", 0, $"Some events of {named} have no row: they are sampled. What is asked for may be among them.", "The record log has every event, and rules saw all of them.");
    }

    static long Of(object? value) => value is null ? 0 : Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
