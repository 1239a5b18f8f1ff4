using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Query.Known;
using Andon.Store.Query.Runtime;
using Andon.Store.Query.Slices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Andon.Store.Query;

/// <summary>What searches may cost together and by role; further bounds are in the room's Limits.</summary>
public sealed record QueryOptions
{
    /// <summary>The data folder; null keeps people's search histories in memory.</summary>
    public string? Folder { get; init; }

    /// <summary>Budgets by role; who has none of these roles has <see cref="SearchBudget.Standard"/>.</summary>
    public IReadOnlyDictionary<string, SearchBudget> Budgets { get; init; } = new Dictionary<string, SearchBudget>();

    /// <summary>Searches that run at once. One less than the engine has connections, so that looking at single events never waits for them.</summary>
    public int AtOnceMax { get; init; } = Math.Max(3, Environment.ProcessorCount - 1);

    /// <summary>Searches that wait for their turn; the next one is refused.</summary>
    public int WaitingMax { get; init; } = 64;

    /// <summary>Fields that are pseudonyms to people without one of <see cref="ClearRoles"/>; <c>*</c> stands for any text. Empty: nothing is masked.</summary>
    public IReadOnlyList<string> Masked { get; init; } = [];

    /// <summary>Roles that see masked fields in clear.</summary>
    public IReadOnlyList<string> ClearRoles { get; init; } = ["admin"];
}

/// <summary>Search: the query language over the event store, saved and scheduled searches, dashboards, and their slices.</summary>
public static class QueryRoom
{
    /// <summary>
    /// Registers <see cref="QueryEngine"/> and the stage of scheduled searches. Wants EventStore, EventStoreReader, IRecordLog, HitLog,
    /// IFactLog, IFindings, ContentFolder and TimeProvider.
    /// </summary>
    public static IServiceCollection AddQuery(this IServiceCollection services, QueryOptions options)
    {
        services.AddSingleton(options).AddSingleton<FactMirror>().AddSingleton<Unmasking>().AddSingleton<Sights>()
            .AddSingleton(s => new QueryEngine(s.GetRequiredService<EventStore>(), s.GetRequiredService<TimeProvider>()) { Mirror = s.GetRequiredService<FactMirror>(), Sights = s.GetRequiredService<Sights>() })
            .AddSingleton<RunningSearches>();
        services.AddSingleton<SearchHistory>().AddSingleton<ExportGate>().AddSingleton<TailGate>();
        services.AddSingleton<SearchShelf>().AddSingleton<SearchViews>().AddSingleton<ScheduleBook>().AddSingleton<ScheduleStep>();
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<ScheduleRunner>(s, (Func<ulong>)(() => s.GetRequiredService<EventStoreReader>().Stage.Position)));
        services.AddHostedService(s => s.GetRequiredService<Unmasking>());
        services.AddHostedService<SearchLibrary>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<ScheduleRunner>());
        services.AddSingleton<IStage>(s => s.GetRequiredService<ScheduleRunner>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<FactMirror>());
        services.AddSingleton<IStage>(s => s.GetRequiredService<FactMirror>());
        return services;
    }

    /// <summary>Puts the mask over the answers of every room, for people who see pseudonyms. After authorization, before the routes.</summary>
    public static void UseMask(this IApplicationBuilder app) => MaskedAnswers.UseMask(app);

    /// <summary>Maps search and its asides, single events, saved searches and dashboards onto the group <c>/api</c>.</summary>
    public static void MapQuery(this IEndpointRouteBuilder api)
    {
        var search = api.MapGroup("").WithTags("query").RequireAuthorization(Policies.Read);
        RunSearch.Map(search);
        CountByTime.Map(search);
        ExplainSearch.Map(search);
        CompleteText.Map(search);
        EndSearch.Map(search);
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
        Unmask.Map(search);

        var saved = api.MapGroup("/searches").WithTags("query").RequireAuthorization(Policies.Read);
        ListSearches.Map(saved);
        SaveSearch.Map(saved);
        RemoveSearch.Map(saved);
        ScheduleSearch.Map(saved);
        SaveDashboard.Map(api.MapGroup("/dashboards").WithTags("query").RequireAuthorization(Policies.Read));
    }
}
