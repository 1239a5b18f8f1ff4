using Andon.Store.Query.Runtime;
using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Store.Query;

/// <summary>What searches may cost together and by role; further bounds are in the room's Limits.</summary>
public sealed record QueryOptions
{
    /// <summary>Budgets by role; who has none of these roles has <see cref="SearchBudget.Standard"/>.</summary>
    public IReadOnlyDictionary<string, SearchBudget> Budgets { get; init; } = new Dictionary<string, SearchBudget>();

    /// <summary>Searches that run at once. One less than the engine has connections, so that looking at single events never waits for them.</summary>
    public int AtOnceMax { get; init; } = Math.Max(3, Environment.ProcessorCount - 1);

    /// <summary>Searches that wait for their turn; the next one is refused.</summary>
    public int WaitingMax { get; init; } = 64;
}

/// <summary>Search: the query language over the event store, and its slices.</summary>
public static class QueryRoom
{
    /// <summary>Registers <see cref="QueryEngine"/>; wants EventStore and TimeProvider.</summary>
    public static IServiceCollection AddQuery(this IServiceCollection services, QueryOptions options) =>
        services.AddSingleton(options).AddSingleton<QueryEngine>().AddSingleton<RunningSearches>();

    /// <summary>Maps search, explain, completion, histogram, search box, schema and single events onto the group <c>/api</c>.</summary>
    public static void MapQuery(this IEndpointRouteBuilder api)
    {
        var search = api.MapGroup("").WithTags("query").RequireAuthorization(Model.Policies.Read);
        RunSearch.Map(search);
        CountByTime.Map(search);
        ExplainSearch.Map(search);
        CompleteText.Map(search);
        EndSearch.Map(search);
        ReadBox.Map(search);
        ShowSchema.Map(search);
        ShowEvents.Map(search);
    }
}
