using System.Reflection;
using System.Security.Claims;
using Andon.Host.Access;
using Andon.Intake;
using Andon.Model;
using Andon.Store.Records;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Host.Live;

sealed record EngineView(string State, string Note);

/// <summary>How the house stands: its stages and how far each lags, the engine, what it found wrong.</summary>
/// <param name="Listeners">What each listener took, refused and lost since the start.</param>
/// <param name="EventsPerSecond">Records taken in over the last ten seconds.</param>
sealed record House(
    string Version, long StartedMs, long NowMs, IReadOnlyList<StageState> Stages, EngineView Engine, double EventsPerSecond, ulong Records,
    IReadOnlyList<ListenerState> Listeners, IReadOnlyList<FindingRow> Findings);

sealed class HouseBook(TimeProvider clock, IRecordLog records, IEnumerable<IStage> stages, Func<EngineView> engine, Func<IReadOnlyList<ListenerState>> listeners, FindingBook findings)
{
    readonly long startedMs = clock.NowMs();
    readonly Lock gate = new();
    readonly Queue<(long Ms, ulong Next)> marks = [];

    public static string Version { get; } =
        typeof(HouseBook).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public House Now() => new(
        Version, startedMs, clock.NowMs(), stages.Select(s => s.Stage).ToList(), engine(), Rate(), records.Next - 1, listeners(), findings.Rows.Take(200).ToList());

    /// <summary>The same without findings about cases that this person may not see.</summary>
    public House Now(ClaimsPrincipal user, ICaseSight sight) => Now() is var now && sight.Hides(user) ? now with { Findings = [.. now.Findings.Where(f => sight.SeesFinding(user, f.Place))] } : now;

    double Rate()
    {
        lock (gate)
        {
            var now = clock.NowMs();
            marks.Enqueue((now, records.Next));
            while (marks.Count > 2 && now - marks.Peek().Ms > 10_000) marks.Dequeue();
            var (ms, next) = marks.Peek();
            return now == ms ? 0 : Math.Round((records.Next - next) * 1000.0 / (now - ms), 1);
        }
    }

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/house", Read).RequireAuthorization(Policies.Read).WithTags("Host").WithName("ReadHouse");

    static Ok<House> Read(HouseBook house, ClaimsPrincipal user, ICaseSight sight) => TypedResults.Ok(house.Now(user, sight));
}
