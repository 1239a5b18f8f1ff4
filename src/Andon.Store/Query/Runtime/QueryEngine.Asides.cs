using System.Globalization;
using Andon.Model;
using Andon.Store.Query.Runtime;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Parsing;

namespace Andon.Store.Query;

/// <summary>Questions about a query: is it right, which values does a field have in all of its rows, which events stand behind a row.</summary>
public sealed partial class QueryEngine
{
    /// <summary>All that is wrong with a query, without running it. What is given for parameters without a value does not matter then.</summary>
    internal IReadOnlyList<Finding> Check(string kql, IReadOnlyList<SearchParameter> parameters)
    {
        var values = parameters.Where(p => SearchValues.Types.Contains(p.Type)).Select(p => new SearchValue(p.Name, p.Type, p.Default ?? Sample(p.Type))).ToList();
        return Check(kql, values, stretch: null);
    }

    internal IReadOnlyList<Finding> Check(string kql, IReadOnlyList<SearchValue> values, Stretch? stretch)
    {
        var faults = new Faults(kql);
        var statement = SearchValues.Bind(Parser.Parse(kql, faults), values, faults);
        new Compiler(faults, new(clock.NowMs()) { Stretch = stretch }).Compile(statement);
        return faults.All;
    }

    static string Sample(string type) => type switch
    {
        "long" or "real" => "0",
        "bool" => "false",
        "datetime" => "2026-01-01",
        "timespan" => "1d",
        _ => "",
    };

    /// <summary>Counts the values of a column over all rows of a query, not over those that are shown. Throws <see cref="QueryRefusedException"/>.</summary>
    internal async ValueTask<FieldValues> CountValues(SearchAsk ask, string field, int top, CancellationToken stop, Sight? sight = null)
    {
        var how = new SearchHow(Sight: sight);
        var all = WithoutOrder(Read(ask));
        var name = Printer.Text(new Name(0, field));
        var asked = ask with { Limit = Limits.TopValuesMax, Values = null };
        var counted = await Search(asked with { Kql = $"{all} | summarize total_rows = count(), filled_rows = countif(isnotempty({name})), different_values = dcount({name})" }, how, stop);
        SearchAnswer values;
        try
        {
            values = await Search(asked with { Kql = string.Create(CultureInfo.InvariantCulture, $"{all} | summarize value_rows = count() by found_value = {name} | top {top} by value_rows") }, how with { Aside = true }, stop);
        }
        catch (QueryRefusedException refused) when (refused.Findings.Any(f => f.Code == "KQL013"))
        {
            values = await Search(asked with { Kql = string.Create(CultureInfo.InvariantCulture, $"{all} | summarize value_rows = count() by found_value = tostring({name}) | top {top} by value_rows") }, how with { Aside = true }, stop);
        }
        long Of(int column) => counted.Rows is [var row] ? Convert.ToInt64(row[column], CultureInfo.InvariantCulture) : 0;
        return new(
            Of(0), Of(1), Of(2), [.. values.Rows.Select(r => new FieldValue(r[0], Convert.ToInt64(r[1], CultureInfo.InvariantCulture)))],
            counted.Stats.State == SearchState.Partial || values.Stats.State == SearchState.Partial ? SearchState.Partial : SearchState.Complete,
            counted.Stats.ScannedBytes + values.Stats.ScannedBytes, counted.Stats.ElapsedMs + values.Stats.ElapsedMs, SampledRows.Of(counted.Findings));
    }

    /// <summary>How many rows a query has. Throws <see cref="QueryRefusedException"/>.</summary>
    internal async ValueTask<long> Count(SearchAsk ask, Stretch? stretch, CancellationToken stop, Sight? sight = null)
    {
        var answer = await Search(ask with { Kql = $"{WithoutOrder(Read(ask))} | count", Limit = 1, Values = null, Remember = false }, new SearchHow(Stretch: stretch, Sight: sight), stop);
        return answer.Rows is [[{ } n]] ? Convert.ToInt64(n, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The query whose rows are the events behind one row of this one; null when its rows stand for no events. Throws <see cref="QueryRefusedException"/>.</summary>
    internal string? Behind(SearchAsk ask, IReadOnlyList<RowValue> row) => Drill.Behind(Read(ask), row);

    /// <summary>Only tests and chooses columns: rows come and go one by one.</summary>
    internal bool Streams(SearchAsk ask) => Read(ask).Body is { Source: TableSource } body && body.Operators.All(o => o.KeepsRows || o is Project or ProjectAway or ProjectKeep or ProjectRename or ProjectReorder);

    /// <summary>The query's tree with its values bound; throws when it cannot be read.</summary>
    internal static Statement Read(SearchAsk ask)
    {
        var faults = new Faults(ask.Kql);
        var statement = SearchValues.Bind(Parser.Parse(ask.Kql, faults), ask.Values, faults);
        return faults.Any ? throw new QueryRefusedException(faults.All) : statement;
    }

    static Statement WithoutOrder(Statement statement)
    {
        var steps = statement.Body.Operators.ToList();
        while (steps.Count > 0 && steps[^1] is Sort or Take or Render) steps.RemoveAt(steps.Count - 1);
        return statement with { Body = statement.Body with { Operators = steps } };
    }
}

/// <summary>A value of a field and how many rows have it.</summary>
public sealed record FieldValue(object? Value, long Count);

/// <summary>The values of a field over all rows of a query.</summary>
/// <param name="Rows">Rows of the query.</param>
/// <param name="Filled">Rows in which the field has a value.</param>
/// <param name="Different">Different values.</param>
/// <param name="Findings">What to know of these counts: INT330 where rows stand for several events.</param>
public sealed record FieldValues(
    long Rows, long Filled, long Different, IReadOnlyList<FieldValue> Top, SearchState State, long ScannedBytes, double ElapsedMs, IReadOnlyList<Finding> Findings);

/// <summary>A cell of a row: its column, the column's type, its value as text; null for none.</summary>
public sealed record RowValue(string Name, string Type, string? Value);
