using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Host.Live;

/// <summary>What the console hears: that a fact of some type about something happened. It then asks for what it shows.</summary>
sealed record LiveFact(long Seq, string Type, string Subject, long AtMs);

/// <summary>Passes each new fact to every open console by server-sent events (WHATWG HTML, section 9.2).</summary>
sealed class LiveFeed : IFold
{
    /// <summary>Facts waiting for one slow console; then it is told to reload everything.</summary>
    const int WaitingMax = 500;
    const int ConsolesMax = 500;

    readonly ConcurrentDictionary<Guid, Channel<LiveFact>> consoles = new();
    volatile bool live;

    /// <summary>Facts from before the start are history, not news.</summary>
    public void GoLive() => live = true;

    public void Apply(Fact fact)
    {
        if (!live || consoles.IsEmpty) return;
        var note = new LiveFact(fact.Seq, FactTypes.NameOf(fact.Body), Subject(fact.Body), fact.AtMs);
        foreach (var console in consoles.Values)
            console.Writer.TryWrite(note);
    }

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/live", Stream).RequireAuthorization(Policies.Read).ExcludeFromDescription();

    static async Task Stream(LiveFeed feed, HouseBook house, ICaseSight sight, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        if (feed.consoles.Count >= ConsolesMax)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        var id = Guid.NewGuid();
        var mine = Channel.CreateBounded<LiveFact>(new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest });
        feed.consoles[id] = mine;
        try
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            await Write(http, "pulse", house.Now(http.User, sight), stop);
            var pulse = Task.Delay(PulseEvery, clock, stop);
            var fact = mine.Reader.WaitToReadAsync(stop).AsTask();
            while (!stop.IsCancellationRequested)
            {
                var first = await Task.WhenAny(pulse, fact);
                if (first == fact)
                {
                    while (mine.Reader.TryRead(out var next))
                        if (sight.Sees(http.User, next.Subject)) await Write(http, "fact", next, stop);
                    fact = mine.Reader.WaitToReadAsync(stop).AsTask();
                }
                else
                {
                    await pulse;
                    await Write(http, "pulse", house.Now(http.User, sight), stop);
                    pulse = Task.Delay(PulseEvery, clock, stop);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The console closed its page; nothing is owed to it.
        }
        finally
        {
            feed.consoles.TryRemove(id, out _);
        }
    }

    static readonly TimeSpan PulseEvery = TimeSpan.FromSeconds(2);

    static async Task Write<T>(HttpContext http, string name, T data, CancellationToken stop)
    {
        await http.Response.WriteAsync($"event: {name}\ndata: {JsonSerializer.Serialize(data, FactTypes.Json)}\n\n", stop);
        await http.Response.Body.FlushAsync(stop);
    }

    static string Subject(FactBody body) => body switch
    {
        SignalJoined f => f.CaseId,
        CaseOpened f => f.CaseId,
        CaseMerged f => f.IntoCaseId,
        PriorityShifted f => f.CaseId,
        CardPulled f => f.CaseId,
        CardMoved f => f.CaseId,
        CaseNoted f => f.CaseId,
        CaseClosed f => f.CaseId,
        CaseReopened f => f.CaseId,
        CaseWorkFact f => f.CaseId,
        CardClassed f => f.CaseId,
        CardRouted f => f.CaseId,
        CardWaited f => f.CaseId,
        CardResumed f => f.CaseId,
        CardSnoozed f => f.CaseId,
        CardWoken f => f.CaseId,
        CardPlanned f => f.CaseId,
        RunStarted f => f.RunId,
        StepIntended f => f.RunId,
        StepEnded f => f.RunId,
        StepAsked f => f.RunId,
        RunEnded f => f.RunId,
        SourceDiscovered f => f.SourceId,
        SourceOwned f => f.SourceId,
        RuleQueued f => f.RuleId,
        RuleSwitched f => f.RuleId,
        _ => "",
    };
}
