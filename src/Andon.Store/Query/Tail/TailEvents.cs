using System.Text.Json;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Query.Runtime;
using Andon.Store.Query.Compilation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Andon.Store.Query;

/// <summary>Rows that came since the step before.</summary>
/// <param name="Matched">How many there were; more than are shown when they are sampled.</param>
internal sealed record TailStep(IReadOnlyList<SearchColumn> Columns, IReadOnlyList<object?[]> Rows, long Matched, long AtMs);

/// <summary>How many live tails are open.</summary>
internal sealed class TailGate
{
    int open;
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref open) <= Limits.TailsAtOnceMax) return true;
        Interlocked.Decrement(ref open);
        return false;
    }
    public void Leave() => Interlocked.Decrement(ref open);
}

/// <summary>
/// New events that a query keeps, as server-sent events. Each step reads the records that became searchable since the one before, so
/// nothing is shown twice and a late event is shown when it comes. Steps that hold more rows than can be shown are sampled, and say of how many.
/// </summary>
static class TailEvents
{
    static readonly TimeSpan PulseEvery = TimeSpan.FromSeconds(10);

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/search/tail", Stream).ExcludeFromDescription();

    static async Task Stream(string q, string? values, QueryEngine engine, Sights sights, EventStoreReader reader, TailGate gate, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        // A refusal is told in the stream: a page that listens cannot read an error's body.
        if (Refuse(q, values, engine, out var bound) is { Count: > 0 } wrong)
        {
            await Write(http, "refused", new SearchRefusal(wrong), stop);
            return;
        }
        if (!gate.TryEnter())
        {
            await Write(http, "refused", new SearchRefusal([new("KQL125", $"{Limits.TailsAtOnceMax} live tails are open (TailsAtOnceMax).", "Close one.")]), stop);
            return;
        }
        try
        {
            await Follow(q, bound, engine, sights, reader, clock, http, stop);
        }
        catch (OperationCanceledException)
        {
            // The page was closed; nothing is owed to it.
        }
        finally
        {
            gate.Leave();
        }
    }

    static async Task Follow(string kql, IReadOnlyList<SearchValue> values, QueryEngine engine, Sights sights, EventStoreReader reader, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        var from = reader.Stage.Position;
        var toldMs = clock.NowMs();
        await Write(http, "begun", new { position = from }, stop);
        using var timer = new PeriodicTimer(Limits.TailEvery, clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            var to = reader.Stage.Position;
            if (to > from)
            {
                try
                {
                    if (await Step(new(kql, Limit: Limits.TailRowsMax, Values: values), new(from, to), engine, clock, stop, await sights.Of(http.User)) is { Matched: > 0 } step) await Write(http, "rows", step, stop);
                    from = to;
                    toldMs = clock.NowMs();
                }
                catch (QueryRefusedException refused)
                {
                    // The engine is away: the same stretch is asked for again.
                    await Write(http, "waiting", new SearchRefusal(refused.Findings), stop);
                }
            }
            else if (clock.NowMs() - toldMs > PulseEvery.TotalMilliseconds)
            {
                await Write(http, "pulse", new { position = from }, stop);
                toldMs = clock.NowMs();
            }
        }
    }

    internal static async ValueTask<TailStep> Step(SearchAsk ask, Stretch stretch, QueryEngine engine, TimeProvider clock, CancellationToken stop, Sight? sight = null)
    {
        var answer = await engine.Search(ask, new SearchHow(Stretch: stretch, Sight: sight), stop);
        var matched = answer.Stats.State == SearchState.Complete ? answer.Rows.Count : await engine.Count(ask, stretch, stop, sight);
        return new(answer.Columns, answer.Rows, matched, clock.NowMs());
    }

    internal static IReadOnlyList<Finding> Refuse(string kql, string? values, QueryEngine engine, out IReadOnlyList<SearchValue> bound)
    {
        bound = [];
        if (kql.Length > Limits.TailCharsMax) return [new("KQL126", $"A live tail's query is longer than {Limits.TailCharsMax} characters (TailCharsMax).", "Shorten it.")];
        try
        {
            if (values is not null) bound = JsonSerializer.Deserialize<List<SearchValue>>(values, FactTypes.Json) ?? [];
        }
        catch (JsonException)
        {
            return [new("KQL113", "The values cannot be read.", "A JSON list of name, type, value.")];
        }
        var wrong = engine.Check(kql, bound, new Stretch(0, 1)).Where(f => f.Level == FindingLevel.Error).ToList();
        if (wrong.Count > 0) return wrong;
        return engine.Streams(new(kql, Values: bound)) ? [] : [new("KQL127", "This query joins rows together; a live tail shows them one by one.", "Keep where, extend and project, beginning with a table.")];
    }

    static async Task Write<T>(HttpContext http, string name, T data, CancellationToken stop)
    {
        await http.Response.WriteAsync($"event: {name}\ndata: {JsonSerializer.Serialize(data, FactTypes.Json)}\n\n", stop);
        await http.Response.Body.FlushAsync(stop);
    }
}
