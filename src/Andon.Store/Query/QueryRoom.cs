using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Andon.Store.Query;

/// <param name="Folder">The data folder; null keeps people's search histories in memory.</param>
public sealed record QueryOptions(string? Folder = null);

/// <summary>Search: the query language over the event store, saved and scheduled searches, dashboards, and their slices.</summary>
public static class QueryRoom
{
    /// <summary>
    /// Registers <see cref="QueryEngine"/> and the stage of scheduled searches. Wants EventStore, EventStoreReader, IRecordLog, HitLog,
    /// IFactLog, IFindings, ContentFolder and TimeProvider.
    /// </summary>
    public static IServiceCollection AddQuery(this IServiceCollection services, QueryOptions options)
    {
        services.AddSingleton(options).AddSingleton<QueryEngine>();
        services.AddSingleton<SearchHistory>().AddSingleton<ExportGate>().AddSingleton<TailGate>();
        services.AddSingleton<SearchShelf>().AddSingleton<SearchViews>().AddSingleton<ScheduleBook>().AddSingleton<ScheduleStep>();
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<ScheduleRunner>(s, (Func<ulong>)(() => s.GetRequiredService<EventStoreReader>().Stage.Position)));
        services.AddHostedService<SearchLibrary>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<ScheduleRunner>());
        services.AddSingleton<IStage>(s => s.GetRequiredService<ScheduleRunner>());
        return services;
    }

    /// <summary>Maps search and its asides, single events, saved searches and dashboards onto the group <c>/api</c>.</summary>
    public static void MapQuery(this IEndpointRouteBuilder api)
    {
        var search = api.MapGroup("").WithTags("query").RequireAuthorization(Policies.Read);
        RunSearch.Map(search);
        CountByTime.Map(search);
        CountValues.Map(search);
        WhyNothing.Map(search);
        ShowBehind.Map(search);
        CheckQuery.Map(search);
        ReadBox.Map(search);
        ShowSchema.Map(search);
        ShowEvents.Map(search);
        ShowHistory.Map(search);
        ExportRows.Map(search);
        TailEvents.Map(search);

        var saved = api.MapGroup("/searches").WithTags("query").RequireAuthorization(Policies.Read);
        ListSearches.Map(saved);
        SaveSearch.Map(saved);
        RemoveSearch.Map(saved);
        ScheduleSearch.Map(saved);
        SaveDashboard.Map(api.MapGroup("/dashboards").WithTags("query").RequireAuthorization(Policies.Read));
    }
}
