using System.Globalization;
using System.Security.Claims;
using System.Text.RegularExpressions;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;

namespace Andon.Store.Query.Runtime;

/// <summary>
/// The searches of people: so many at once, so many of one person, a bounded line of those that wait, first come first served among
/// those that may. Each can be ended by its owner, or by an administrator.
/// </summary>
sealed partial class RunningSearches(QueryOptions options, EventStore store, TimeProvider clock)
{
    /// <summary>How long the engine is asked what searches cost; it may be busy with them.</summary>
    static readonly QueryLimits Quick = new(RowsMax: 1000, TimeMsMax: 1000);

    readonly Lock gate = new();
    readonly List<Entry> entries = [];
    long numbers;

    sealed class Entry(string id, string owner, string kql, SearchBudget budget, long startedMs) : IDisposable
    {
        public readonly string Id = id, Owner = owner, Kql = kql;
        public readonly SearchBudget Budget = budget;
        public readonly long StartedMs = startedMs;
        public readonly CancellationTokenSource Ended = new();
        public readonly TaskCompletionSource Turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public bool Running;
        public string? EndedBy;
        public void Dispose() => Ended.Dispose();
    }

    /// <summary>A place among the running ones; disposing it lets the next one in.</summary>
    public sealed class Held : IDisposable
    {
        readonly RunningSearches searches;
        readonly Entry entry;
        readonly CancellationTokenSource either;

        internal Held(RunningSearches searches, object entry, CancellationTokenSource either) => (this.searches, this.entry, this.either) = (searches, (Entry)entry, either);

        public SearchBudget Budget => entry.Budget;
        /// <summary>Stands before the statement, so that the engine's list of what runs can be read.</summary>
        public string Mark => $"/* andon-search {entry.Id} */ ";
        /// <summary>Cancelled when the caller goes or someone ends the search.</summary>
        public CancellationToken Stop => either.Token;
        /// <summary>Who ended it, or null.</summary>
        public string? EndedBy => Volatile.Read(ref entry.EndedBy);

        public void Dispose()
        {
            searches.Leave(entry);
            either.Dispose();
        }
    }

    public SearchBudget BudgetOf(ClaimsPrincipal user)
    {
        var own = user.FindAll(ClaimTypes.Role).Select(r => options.Budgets.GetValueOrDefault(r.Value)).OfType<SearchBudget>().ToList();
        return own.Count == 0 ? SearchBudget.Standard : own.Aggregate(SearchBudget.Best);
    }

    /// <summary>Waits for a turn. Throws <see cref="QueryRefusedException"/> when too many wait.</summary>
    public async Task<Held> Enter(ClaimsPrincipal user, string kql, CancellationToken stop)
    {
        Entry mine;
        lock (gate)
        {
            if (entries.Count(e => !e.Running) >= options.WaitingMax)
                throw new QueryRefusedException([new("KQL070", $"{options.WaitingMax} searches wait already (WaitingMax).", "Try again in a moment; the list of running searches says whose they are.")]) { Passing = true };
            mine = new((++numbers).ToString(CultureInfo.InvariantCulture), Actors.Of(user), kql, BudgetOf(user), clock.NowMs());
            entries.Add(mine);
            LetIn();
        }
        var either = CancellationTokenSource.CreateLinkedTokenSource(stop, mine.Ended.Token);
        try
        {
            await mine.Turn.Task.WaitAsync(either.Token);
            return new(this, mine, either);
        }
        catch (OperationCanceledException)
        {
            Leave(mine);
            either.Dispose();
            if (mine.EndedBy is { } by) throw EndedBy(by);
            throw;
        }
    }

    public static QueryRefusedException EndedBy(string who) => new([new("KQL071", $"The search was ended by {who}.", "Ask them, or search again with a narrower range.")]);

    void Leave(Entry entry)
    {
        lock (gate)
        {
            entries.Remove(entry);
            entry.Dispose();
            LetIn();
        }
    }

    void LetIn()
    {
        foreach (var next in entries)
        {
            if (entries.Count(e => e.Running) >= options.AtOnceMax) return;
            if (next.Running || entries.Count(e => e.Running && e.Owner == next.Owner) >= next.Budget.AtOnceMax) continue;
            next.Running = true;
            next.Turn.TrySetResult();
        }
    }

    /// <summary>What runs and waits now, with what the engine says of its cost.</summary>
    public async Task<IReadOnlyList<RunningSearch>> List(CancellationToken stop)
    {
        List<RunningSearch> now;
        lock (gate) now = [.. entries.Select(e => new RunningSearch(e.Id, e.Owner, e.Kql, e.StartedMs, !e.Running))];
        if (now.All(s => s.Waiting)) return now;
        try
        {
            var answer = await store.Query("SELECT substring(query, 1, 60), toInt64(read_rows), toInt64(read_bytes), toInt64(memory_usage) FROM system.processes", new Dictionary<string, string>(), Quick, stop);
            foreach (var row in answer.Rows)
                if (MarkPattern().Match((string)row[0]!) is { Success: true } mark && now.FindIndex(s => s.SearchId == mark.Groups["id"].Value) is >= 0 and var at)
                    now[at] = now[at] with { ReadRows = (long)row[1]!, ReadBytes = (long)row[2]!, MemoryBytes = (long)row[3]! };
        }
        catch (EngineException) { } // The list is there all the same.
        return now;
    }

    /// <summary>Ends a search. Null when there is none of that number; else it as it was.</summary>
    public RunningSearch? End(string id, string who, Func<string, bool> mayEnd)
    {
        Entry? found;
        lock (gate)
        {
            found = entries.Find(e => e.Id == id);
            if (found is null || !mayEnd(found.Owner)) return null;
            Volatile.Write(ref found.EndedBy, who);
            _ = found.Ended.CancelAsync(); // Under the gate, for whoever leaves disposes it; what it wakes runs elsewhere.
        }
        return new(found.Id, found.Owner, found.Kql, found.StartedMs, !found.Running);
    }

    [GeneratedRegex(@"^/\* andon-search (?<id>\d+) \*/", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MarkPattern();
}
