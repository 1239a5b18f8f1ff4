using Andon.Exposure.Slices;
using Andon.Exposure.Windows;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Andon.Exposure;

/// <summary>Settings of the room Exposure; there are none yet.</summary>
public sealed record ExposureOptions;

/// <summary>Windows of exposure: vulnerability, reach and threat at the same time.</summary>
public static class ExposureRoom
{
    /// <summary>Registers the room: the fold of assets, vulnerabilities, threats and windows, and its commands.</summary>
    public static IServiceCollection AddExposure(this IServiceCollection services, ExposureOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<World>();
        services.AddSingleton<Books>();
        services.AddHostedService<Begin>();
        return services;
    }

    /// <summary>Maps the room's slices on the group <c>/api</c>.</summary>
    public static void MapExposure(this IEndpointRouteBuilder api) => ExposureSlices.Map(api);

    sealed class Begin(IFactLog facts, World world) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken) => await facts.Attach(world, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
