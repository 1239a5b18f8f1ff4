using Andon.Model;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Functions;
using Andon.Store.Query.Operators;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

public sealed record SchemaColumn(string Name, string Type, string Meaning);
public sealed record SchemaTable(string Name, string Meaning, IReadOnlyList<SchemaColumn> Columns);
public sealed record SchemaFunction(string Name, string Signature, string Meaning, bool Aggregate);

/// <summary>What the editor completes: tables with their fields, operators, functions, words of comparison.</summary>
public sealed record Schema(IReadOnlyList<SchemaTable> Tables, IReadOnlyList<string> Operators, IReadOnlyList<SchemaFunction> Functions, IReadOnlyList<string> Relations);

static class ShowSchema
{
    static readonly Schema Known = Make();

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/search/schema", Handle).WithName("SearchSchema");

    internal static Ok<Schema> Handle() => TypedResults.Ok(Known);

    static Schema Make() => new(
        [.. Tables.All.Values.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => new SchemaTable(t.Name, t.Meaning, [.. Columns(t)]))],
        [.. OperatorTable.All.Keys.Order(StringComparer.Ordinal)],
        [.. FunctionTable.All.Values.Select(f => new SchemaFunction(f.Name, f.Signature, f.Meaning, Aggregate: false))
            .Concat(AggregateTable.All.Values.Select(f => new SchemaFunction(f.Name, f.Signature, f.Meaning, Aggregate: true)))
            .Append(new("arg_max", "arg_max(value, column or *, …) → columns", "The row in which the value is greatest.", Aggregate: true))
            .Append(new("arg_min", "arg_min(value, column or *, …) → columns", "The row in which the value is least.", Aggregate: true))
            .Concat(Binder.WindowFunctions.Select(f => new SchemaFunction(f.Name, f.Signature, f.Meaning, Aggregate: false)))
            .Append(new("toscalar", "toscalar(query) → any", "The first column of the query's first row.", Aggregate: false))
            .Append(new("percentiles", "percentiles(number, percent, …) → columns", "Several percentiles; exact.", Aggregate: true))
            .OrderBy(f => f.Name, StringComparer.Ordinal)],
        [.. Words.Relations.Concat(Words.ListRelations).Append("between").Append("!between").Order(StringComparer.Ordinal)]);

    static IEnumerable<SchemaColumn> Columns(Table table)
    {
        foreach (var column in table.Columns) yield return new(column.Name, column.Type.Name, column.Meaning);
        if (!table.HasBag) yield break;
        foreach (var field in Tables.Plain.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
            yield return new(field.Name, field.Type == FieldType.Long ? KType.Long.Name : KType.Loose.Name, field.Meaning);
    }
}
