using System.Globalization;
using System.Security.Claims;
using Andon.Model;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;
using Andon.Store.Query.Operators;
using Andon.Store.Query.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query.Slices;

/// <summary>Kinds of nothing.</summary>
internal enum NothingKind
{
    /// <summary>There is data, of all fields asked for; none of it fits.</summary>
    NothingMatched,
    /// <summary>The table has no event in this time.</summary>
    NoData,
    /// <summary>A field that the query tests is empty in every event of this time.</summary>
    FieldEmpty,
    /// <summary>A host, source or data set that the query names sent nothing in this time.</summary>
    Silent,
    /// <summary>A value was asked for where there are pseudonyms, or a pseudonym where there are values.</summary>
    Masked,
}

/// <param name="Subject">The field, or the value that was silent.</param>
/// <param name="LastMs">When there was something last, within the 30 days before; null when there was not.</param>
/// <param name="Looked">Events of this time that the answer rests on.</param>
internal sealed record Nothing(NothingKind Kind, string Subject, string Message, string Hint, long? LastMs, long Looked);

/// <summary>A search found nothing: which kind of nothing is it?</summary>
static class WhyNothing
{
    const long BeforeMs = 30L * 86_400_000;
    static readonly string[] Senders = ["log.source.id", "host.name", "event.dataset", "event.module"];

    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/search/nothing", Handle).WithName("SearchNothing");

    internal static async Task<Results<Ok<Nothing>, JsonHttpResult<SearchRefusal>>> Handle(SearchAsk ask, QueryEngine engine, Sights? sights, ClaimsPrincipal user, CancellationToken stop)
    {
        try
        {
            return TypedResults.Ok(await Look(ask, engine, sights is null ? engine.Seen(null) : await sights.Of(user), sights?.Least.Mask, stop));
        }
        catch (QueryRefusedException refused)
        {
            return Refused.As(refused);
        }
    }

    static async Task<Nothing> Look(SearchAsk ask, QueryEngine engine, Sight sight, Mask? house, CancellationToken stop)
    {
        var statement = QueryEngine.Read(ask);
        if (WhyMasked.Of(statement, sight.Mask, house) is { } masked) return masked;
        var how = new SearchHow(Sight: sight) { Aside = true };
        var nothing = new Nothing(NothingKind.NothingMatched, "", "Nothing matched.", "There is data in this time. Take a filter away, or widen the time.", null, 0);
        if (statement.Body.Source is not TableSource { Name: var table } || !Tables.All.ContainsKey(table)) return nothing;

        var tests = statement.Body.Operators.TakeWhile(o => o.KeepsRows).OfType<Where>().Select(w => w.Test).ToList();
        var made = statement.Body.Operators.OfType<Extend>().SelectMany(e => e.Items).Select(i => i.Name).ToHashSet();
        List<string> fields = [.. tests.SelectMany(Names).Where(n => !Tables.TimeNames.Contains(n) && !made.Contains(n) && statement.Lets.All(l => l.Name != n)).Distinct().Take(Limits.WhyFieldsMax)];
        List<(string Field, string Value)> senders = [.. tests.SelectMany(Parts).Select(Sender).OfType<(string, string)>().Take(Limits.WhyFieldsMax)];

        // One look at the table answers all: rows, rows with each field, rows of each sender.
        var counts = string.Concat(fields.Select((f, i) => string.Create(CultureInfo.InvariantCulture, $", filled_{i} = countif(isnotempty({Printer.Text(new Name(0, f))}))"))
            .Concat(senders.Select((s, i) => string.Create(CultureInfo.InvariantCulture, $", sent_{i} = countif({Is(s)})"))));
        var answer = await engine.Search(new($"{table} | summarize rows_here = count(){counts}", ask.FromMs, ask.ToMs, 1), how, stop);
        long Of(int column) => answer.Rows is [var row] ? Convert.ToInt64(row[column], CultureInfo.InvariantCulture) : 0;
        var looked = Of(0);
        if (looked == 0)
            return new(NothingKind.NoData, table, $"No data: {table} holds nothing in this time.", "Choose another time, or look whether sources are silent.", await Last(engine, table, ask, how, stop), 0);
        for (var i = 0; i < senders.Count; i++)
            if (Of(1 + fields.Count + i) == 0)
                return new(NothingKind.Silent, senders[i].Value, $"Silent: nothing has {senders[i].Field} {senders[i].Value} in this time.", "Look at its source, or at how it is written.",
                    await Last(engine, $"{table} | where {Is(senders[i])}", ask, how, stop), looked);
        for (var i = 0; i < fields.Count; i++)
            if (Of(1 + i) == 0)
                return new(NothingKind.FieldEmpty, fields[i], $"Never seen: no event of this time has a value in {fields[i]}.", "Is the field named so? The field list shows what there is.",
                    await Last(engine, $"{table} | where isnotempty({Printer.Text(new Name(0, fields[i]))})", ask, how, stop), looked);
        return nothing with { Looked = looked };
    }

    static async Task<long?> Last(QueryEngine engine, string kql, SearchAsk ask, SearchHow how, CancellationToken stop)
    {
        if (ask.FromMs is not { } from) return null;
        var answer = await engine.Search(new($"{kql} | summarize last_time = max(timestamp)", from - BeforeMs, from, 1), how, stop);
        return answer.Rows is [[string iso]] ? Parsing.Spans.ReadInstant(iso) : null;
    }

    static string Is((string Field, string Value) sender) =>
        Printer.Text(new Binary(0, "=~", new Name(0, sender.Field), new Literal(0, KType.String, sender.Value)));

    static (string Field, string Value)? Sender(Expr test) =>
        test is Binary { Operator: "==" or "=~", Left: Name { Text: var field }, Right: Literal { Value: string value } } && Senders.Contains(field) ? (field, value) : null;

    static IEnumerable<Expr> Parts(Expr test) => test is Binary { Operator: "and" } both ? Parts(both.Left).Concat(Parts(both.Right)) : [test];

    static IEnumerable<string> Names(Expr of) => of switch
    {
        Name n => [n.Text],
        Binary { Operator: "or" } => [], // One side may be empty while the other is what is meant.
        Binary b => Names(b.Left).Concat(Names(b.Right)),
        Call { Function: "not" or "isempty" or "isnull" } => [],
        Call c => c.Arguments.SelectMany(Names),
        InList l => Names(l.Left),
        Between b => Names(b.Of),
        Member m => Names(m.Of),
        Ast.Index i => Names(i.Of),
        Negate n => Names(n.Of),
        _ => [],
    };
}
