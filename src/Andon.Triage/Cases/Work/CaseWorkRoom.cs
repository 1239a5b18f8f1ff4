using Andon.Model;
using Andon.Store.Query;
using Andon.Triage.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Andon.Triage.Cases.Work;

/// <summary>What the work on cases stands on, and its routes.</summary>
internal static class CaseWorkRoom
{
    public static void AddCaseWork(this IServiceCollection services, TriageOptions options)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<CaseSight>().AddSingleton<ICaseSight>(s => s.GetRequiredService<CaseSight>()).AddSingleton<IRowGuard>(s => s.GetRequiredService<CaseSight>());
        services.AddSingleton(s => new TemplateBook(Content(s), options.DataFolder));
        services.AddSingleton(new EvidenceStore(options.DataFolder));
        services.AddSingleton(s => Told(s, StateBook.Load(Content(s)), b => b.Findings));
        services.AddSingleton(s => Told(s, ClockBook.Load(Content(s)), b => b.Findings));
        services.AddSingleton(s => Told(s, TechniqueNames.Load(Content(s)), b => b.Findings));
        services.AddSingleton(s => Started(s.GetRequiredService<TriageDesk>(), s.GetRequiredService<ClockBook>())).AddSingleton<WorkViews>().AddSingleton<ObservableBook>().AddSingleton<EvidenceSearch>();
        services.AddSingleton<CaseWatch>().AddSingleton<IHostedService>(s => s.GetRequiredService<CaseWatch>());
    }

    static Clocks Started(TriageDesk desk, ClockBook book)
    {
        lock (desk.Gate) desk.State.LegalRules = book.Legal;
        return new(desk, book);
    }

    static string Content(IServiceProvider services) => services.GetRequiredService<ContentFolder>().Path;

    static T Told<T>(IServiceProvider services, T book, Func<T, IReadOnlyList<Finding>> findings)
    {
        foreach (var finding in findings(book)) services.GetRequiredService<IFindings>().Raise(TriageStage.Reader, finding);
        return book;
    }

    public static void MapCaseWork(RouteGroupBuilder cases, RouteGroupBuilder triage)
    {
        TaskSlices.Map(cases);
        ObservableSlices.Map(cases);
        EvidenceSlices.Map(cases);
        ExportEvidence.Map(cases);
        MarkSlices.Map(cases);
        LegalSlices.Map(cases);
        TimelineSlices.Map(cases);
        GraphSlice.Map(cases);
        MissingSlices.Map(cases, triage);
        triage.MapGet("/templates", (TemplateBook templates) => TypedResults.Ok(templates.Read())).WithName("ShowTemplates").RequireAuthorization(Policies.Read);
    }
}
