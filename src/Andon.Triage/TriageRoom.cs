using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Query;
using Andon.Triage.Board;
using Andon.Triage.ByHand;
using Andon.Triage.Board.Requests;
using Andon.Triage.Cases;
using Andon.Triage.Cases.Work;
using Andon.Triage.Core;
using Andon.Triage.Grouping;
using Andon.Triage.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Andon.Triage;

/// <summary>What the room needs to know from outside; its settings lie in <c>content/triage</c>.</summary>
public sealed record TriageOptions
{
    /// <summary>Where evidence and the house's own templates lie; without it no file is kept.</summary>
    public string? DataFolder { get; init; }
    /// <summary>Accounts that may work cases: where there are two, nobody verifies what they did themselves.</summary>
    public Func<IReadOnlyList<string>> Responders { get; init; } = () => [];
}

/// <summary>The door of the Triage room: hits become signals, signals become cases, cases become the next best card.</summary>
public static class TriageRoom
{
    /// <summary>Name of the stage as a reader of the hit log.</summary>
    public const string Reader = TriageStage.Reader;

    public static IServiceCollection AddTriage(this IServiceCollection services, TriageOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(s => new TriageDesk(s.GetRequiredService<IFactLog>(), s.GetRequiredService<TimeProvider>()) { Responders = options.Responders });
        services.AddSingleton(s => Salience.From(s.GetRequiredService<ContentFolder>().Path));
        services.AddSingleton(s => new Linker(s.GetRequiredService<Salience>()));
        services.AddSingleton(s =>
        {
            var rules = DomainRules.Load(s.GetRequiredService<ContentFolder>().Path);
            foreach (var finding in rules.Findings) s.GetRequiredService<IFindings>().Raise(TriageStage.Reader, finding);
            return rules;
        });
        services.AddSingleton(s =>
        {
            var allowed = AllowList.Load(s.GetRequiredService<ContentFolder>().Path);
            foreach (var finding in allowed.Findings) s.GetRequiredService<IFindings>().Raise(TriageStage.Reader, finding);
            return allowed;
        });
        services.AddSingleton(s => new TriageCore(s.GetRequiredService<TriageDesk>(), s.GetRequiredService<Linker>(), s.GetRequiredService<DomainRules>()) { Allowed = s.GetRequiredService<AllowList>() });
        services.AddSingleton(s => new FactReaction(s.GetRequiredService<TriageDesk>(), s.GetRequiredService<TriageCore>()));
        services.AddSingleton(s => new ControlBook(s.GetRequiredService<ContentFolder>().Path));
        services.AddSingleton<Views>();
        services.AddSingleton<GroupingViews>();
        services.AddCaseWork(options);
        services.AddSingleton(s => new AcceptanceChecks(s.GetRequiredService<TriageDesk>(), s.GetService<QueryEngine>(), s.GetService<IRuleReach>()));
        services.AddSingleton<AcceptanceRunner>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<AcceptanceRunner>());
        services.AddSingleton<TriageStage>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<TriageStage>());
        services.AddSingleton<IStage>(s => s.GetRequiredService<TriageStage>());
        return services;
    }

    public static void MapTriage(this IEndpointRouteBuilder api)
    {
        var board = api.MapGroup("/board").WithTags("Triage");
        ShowBoard.Map(board);
        PullNext.Map(board);
        BulkCards.Map(board);
        BoardSettings.Map(board);

        // Whatever is about a case needs the right to see cases, so that Operations cannot come to one by a side door.
        var cases = api.MapGroup("/cases").WithTags("Triage").RequireAuthorization(Policies.Cases);
        var requests = api.MapGroup("/requests").WithTags("Triage");
        ListCases.Map(cases);
        ShowCase.Map(cases);
        ShowAlerts.Map(cases);
        ReportCase.Map(cases);
        PullCard.Map(cases);
        MoveCard.Map(cases);
        NoteCase.Map(cases);
        CloseCase.Map(cases);
        ReopenCase.Map(cases);
        ClassCard.Map(cases);
        RouteCard.Map(cases);
        PauseCard.Map(cases);
        PlanCard.Map(board, cases);
        AskOperations.Map(cases, requests);
        AnswerRequest.Map(requests);
        ShowInbox.Map(api.MapGroup("/inbox").WithTags("Triage"));

        GroupingRoutes.Map(api, cases);
        TechniqueNames.Map(api);
        CaseWorkRoom.MapCaseWork(cases, api.MapGroup("/triage").WithTags("Triage").RequireAuthorization(Policies.Cases));

        ShowStops.Map(api.MapGroup("/triage").WithTags("Triage"));
    }
}
