using Andon.Detect.RuleBook;
using Andon.Detect.Stage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Detect;

/// <summary>The Detect room: rules, matching, correlation, the rule book.</summary>
public static class DetectRoom
{
    /// <summary>Registers the rule book and the matcher stage.</summary>
    public static IServiceCollection AddDetect(this IServiceCollection services, DetectOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<RuleBook.RuleBook>();
        services.AddSingleton<MatcherStage>();
        services.AddHostedService(p => p.GetRequiredService<MatcherStage>());
        services.AddSingleton<MatcherPosition>(p => new(() => p.GetRequiredService<MatcherStage>().Position));
        return services;
    }

    /// <summary>Maps the slices under <c>/rules</c>.</summary>
    public static void MapDetect(this IEndpointRouteBuilder api)
    {
        ListRules.Map(api);
        ReadRule.Map(api);
        QueueRule.Map(api);
        SwitchRule.Map(api);
        CheckRules.Map(api);
        ImportRules.Map(api);
    }
}

/// <summary>Where the matcher is in the record log: for the page of the house.</summary>
public sealed class MatcherPosition(Func<ulong> now)
{
    public ulong Now => now();
}
