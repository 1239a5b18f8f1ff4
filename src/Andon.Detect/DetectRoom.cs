using Andon.Detect.RuleBook;
using Andon.Detect.Stage;
using Andon.Model;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Detect;

/// <summary>The Detect room: rules, matching, correlation, the rule book.</summary>
public static class DetectRoom
{
    /// <summary>The matcher's name as a reader of the record log.</summary>
    public const string Reader = MatcherStage.Name;

    /// <summary>Registers the rule book and the matcher stage.</summary>
    public static IServiceCollection AddDetect(this IServiceCollection services, DetectOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<RuleBook.RuleBook>();
        services.AddSingleton<IRuleReach, RuleReach>();
        services.AddSingleton<MatcherStage>();
        services.AddHostedService(p => p.GetRequiredService<MatcherStage>());
        services.AddSingleton<IStage>(p => p.GetRequiredService<MatcherStage>());
        services.AddSingleton<RuleKeeper>().AddSingleton<BacktestDesk>();
        services.AddHostedService(p => p.GetRequiredService<RuleKeeper>());
        services.AddHostedService(p => p.GetRequiredService<BacktestDesk>());
        return services;
    }

    /// <summary>Maps the slices under <c>/rules</c>.</summary>
    public static void MapDetect(this IEndpointRouteBuilder api)
    {
        ListRules.Map(api);
        ReadRule.Map(api);
        LookRule.Map(api);
        QueueRule.Map(api);
        SwitchRule.Map(api);
        CheckRules.Map(api);
        ImportRules.Map(api);
        ReadVersion.Map(api);
        PromoteRule.Map(api);
        JudgeHit.Map(api);
        SwitchScope.Map(api);
        ExplainRule.Map(api);
        BacktestRule.Map(api);
    }
}
