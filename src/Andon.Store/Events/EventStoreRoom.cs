using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Facts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Andon.Store.Events;

/// <summary>Puts the event store and its stages into the program.</summary>
public static class EventStoreRoom
{
    /// <summary>
    /// Registers <see cref="EngineSupervisor"/> and <see cref="EventStore"/>, and the stages that fill it: <see cref="EventStoreReader"/> and
    /// <see cref="AlertsReader"/> (both also as <see cref="IStage"/>). Wants in the services: TimeProvider, IFindings, IRecordLog (telemetry), HitLog, EventFeed.
    /// </summary>
    public static IServiceCollection AddEventStore(this IServiceCollection services, EngineOptions engine, EventStoreOptions store)
    {
        services.AddSingleton(engine).AddSingleton(store);
        services.AddSingleton<EngineSupervisor>().AddSingleton<EventStore>();
        services.AddSingleton<EventStoreReader>().AddSingleton<AlertsReader>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<EngineSupervisor>());
        // Before the readers, so that it ends after them.
        services.AddSingleton<EngineDisk>().AddSingleton<IHostedService>(s => s.GetRequiredService<EngineDisk>());
        // Before any row is written.
        services.AddSingleton<IHostedService>(s => new SamplingFacts(s.GetRequiredService<EventStore>(), s.GetRequiredService<IFactLog>()));
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<EventStoreReader>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<AlertsReader>());
        services.AddSingleton<IStage>(s => s.GetRequiredService<EventStoreReader>());
        services.AddSingleton<IStage>(s => s.GetRequiredService<AlertsReader>());
        return services;
    }
}

/// <summary>Gives the store what people said of sampling.</summary>
sealed class SamplingFacts(EventStore store, IFactLog facts) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => facts.Attach(store.Sampling, cancellationToken).AsTask();
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
