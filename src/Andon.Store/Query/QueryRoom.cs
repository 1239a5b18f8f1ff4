using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Store.Query;

/// <summary>Nothing to set yet; bounds are in the room's Limits.</summary>
public sealed record QueryOptions;

/// <summary>Search: the query language over the event store, and its slices.</summary>
public static class QueryRoom
{
    /// <summary>Registers <see cref="QueryEngine"/>; wants EventStore and TimeProvider.</summary>
    public static IServiceCollection AddQuery(this IServiceCollection services, QueryOptions options) =>
        services.AddSingleton(options).AddSingleton<QueryEngine>();

    /// <summary>Maps search, explain, completion, histogram, search box, schema and single events onto the group <c>/api</c>.</summary>
    public static void MapQuery(this IEndpointRouteBuilder api)
    {
        var search = api.MapGroup("").WithTags("query").RequireAuthorization(Model.Policies.Read);
        RunSearch.Map(search);
        CountByTime.Map(search);
        ExplainSearch.Map(search);
        CompleteText.Map(search);
        ReadBox.Map(search);
        ShowSchema.Map(search);
        ShowEvents.Map(search);
    }
}
