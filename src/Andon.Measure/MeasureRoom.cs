using Andon.Measure.Gaps;
using Andon.Measure.Services;
using Andon.Measure.Slices;
using Andon.Measure.Vectors;
using Andon.Model;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Measure;

/// <summary>Settings of the room Measure; there are none yet.</summary>
public sealed record MeasureOptions;

/// <summary>Vectors with their causes, gaps by control, catalogues.</summary>
public static class MeasureRoom
{
    /// <summary>Registers the room: the ledger fold and the recorder of gaps.</summary>
    public static IServiceCollection AddMeasure(this IServiceCollection services, MeasureOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<Ledger>();
        services.AddSingleton(s => new Catalogues(s.GetRequiredService<ContentFolder>().Path, s.GetRequiredService<IFindings>()));
        services.AddHostedService<GapRecorder>();
        return services;
    }

    /// <summary>Maps the room's slices on the group <c>/api</c>.</summary>
    public static void MapMeasure(this IEndpointRouteBuilder api) => MeasureSlices.Map(api);
}
