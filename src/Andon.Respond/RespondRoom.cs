using Andon.Model;
using Andon.Respond.Connectors;
using Andon.Respond.Playbooks;
using Andon.Respond.Runs;
using Andon.Respond.Slices;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Respond;

/// <summary>Settings of the room Respond.</summary>
public sealed record RespondOptions
{
    /// <summary>Folder for the site's own playbooks, beside those of the content folder; null for none.</summary>
    public string? PlaybookFolder { get; init; }
    /// <summary>Hosts that http-api steps may call: names, addresses, networks. Empty means none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
    /// <summary>Lets http-api steps call this machine itself: for demonstrations and tests.</summary>
    public bool AllowLoopback { get; init; }
}

/// <summary>Playbooks (CACAO 2.0), durable runs and connectors.</summary>
public static class RespondRoom
{
    /// <summary>Registers the room: library, run and case folds, commands and the driver of runs.</summary>
    public static IServiceCollection AddRespond(this IServiceCollection services, RespondOptions options)
    {
        services.AddSingleton(s => new Library([.. new[] { Path.Combine(s.GetRequiredService<ContentFolder>().Path, "playbooks"), options.PlaybookFolder }.OfType<string>()]));
        services.AddSingleton<RunBook>();
        services.AddSingleton<CaseBook>();
        services.AddSingleton<Runner>();
        services.AddSingleton(s => new HttpConnector(new AddressGuard(options.AllowedHosts, options.AllowLoopback), HttpConnector.ResolveBySystem, s.GetRequiredService<TimeProvider>()));
        services.AddHostedService<RunDriver>();
        return services;
    }

    /// <summary>Maps the room's slices on the group <c>/api</c>.</summary>
    public static void MapRespond(this IEndpointRouteBuilder api)
    {
        PlaybookSlices.Map(api);
        RunSlices.Map(api);
    }
}
