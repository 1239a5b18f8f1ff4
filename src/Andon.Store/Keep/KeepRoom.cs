using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Keep.Backup;
using Andon.Store.Keep.Reparse;
using Andon.Store.Keep.Retention;
using Andon.Store.Keep.Slices;
using Andon.Store.Keep.Verify;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Andon.Store.Keep;

/// <summary>Where the data is that is kept.</summary>
/// <param name="DataFolder">The one data folder.</param>
/// <param name="Engine">Where the engine's files are, or its server.</param>
public sealed record KeepOptions(string DataFolder, EngineOptions Engine)
{
    /// <summary>Sources whose class the catalogue names: source id to class. Goes before patterns.</summary>
    public Func<IReadOnlyDictionary<string, string>> SourceClasses { get; init; } = () => new Dictionary<string, string>();
}

/// <summary>Keeping and letting go: backup, check, retention, holds.</summary>
public static class KeepRoom
{
    /// <summary>Wants in the services: TimeProvider, IRecordLog, HitLog, IFactLog, EventFeed and the event store's.</summary>
    public static IServiceCollection AddKeep(this IServiceCollection services, KeepOptions options)
    {
        services.AddSingleton(options).AddSingleton<KeepTurn>().AddSingleton<BackupTaker>();
        services.AddSingleton<Func<StoreCheck>>(s => () => new(
            options.DataFolder, s.GetRequiredService<IRecordLog>(), s.GetRequiredService<HitLog>(), s.GetRequiredService<IFactLog>(), s.GetRequiredService<EventStore>(), s.GetRequiredService<EventFeed>().Normalise));
        services.AddSingleton<RetentionBook>().AddSingleton<Retainer>().AddSingleton<RetentionTermsFile>().AddSingleton<RetentionStage>().AddSingleton<Reparser>();
        services.AddSingleton<Model.IKeptDays, SearchableDays>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<RetentionStage>());
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<Reparser>());
        return services;
    }

    /// <summary>Maps the slices onto the group <c>/api</c>.</summary>
    public static void MapKeep(this IEndpointRouteBuilder api)
    {
        var keep = api.MapGroup("/keep").WithTags("keep").RequireAuthorization(Model.Policies.Read);
        BackupSlice.Map(keep);
        RunCheck.Map(keep);
        ShowRetention.Map(keep);
        StateRetention.Map(keep);
        HoldEvidence.Map(keep);
        ReadAnew.Map(keep);
    }

    /// <summary>Takes a backup of a house that is not running; all its parts are opened by the caller.</summary>
    public static Task<BackupReport> TakeBackup(KeepOptions options, string place, IRecordLog records, HitLog hits, IFactLog facts, EventStore store, TimeProvider clock, CancellationToken stop) =>
        new BackupTaker(options, new(), records, hits, facts, store, clock).Take(place, Model.Actors.Of(Model.Room.Store), stop);
}
