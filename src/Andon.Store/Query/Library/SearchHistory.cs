using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Store.Query;

/// <summary>A search that someone ran: its text, its time, what came of it.</summary>
internal sealed record PastSearch(string Kql, string? Box, long? FromMs, long? ToMs, IReadOnlyList<SearchValue>? Values, long AtMs, int Rows, double ElapsedMs, SearchState State);

/// <summary>
/// What each person asked, for that person alone; bounded, the oldest going first. Not facts: nobody acts on them, and they are many.
/// One small file a person, named by the hash of the name, so that no name becomes a path.
/// </summary>
internal sealed class SearchHistory(QueryOptions options, TimeProvider clock)
{
    readonly ConcurrentDictionary<string, List<PastSearch>> people = new();

    public IReadOnlyList<PastSearch> Of(string person)
    {
        var mine = Open(person);
        lock (mine) return [.. mine];
    }

    public void Remember(string person, SearchAsk ask, SearchAnswer answer)
    {
        var mine = Open(person);
        lock (mine)
        {
            mine.RemoveAll(p => p.Kql == ask.Kql && p.Box == ask.Box && Same(p.Values, ask.Values));
            mine.Insert(0, new(ask.Kql, ask.Box, ask.FromMs, ask.ToMs, ask.Values, clock.NowMs(), answer.Stats.Rows, answer.Stats.ElapsedMs, answer.Stats.State));
            if (mine.Count > Limits.HistoryMax) mine.RemoveRange(Limits.HistoryMax, mine.Count - Limits.HistoryMax);
            Keep(person, mine);
        }
    }

    public void Forget(string person)
    {
        var mine = Open(person);
        lock (mine)
        {
            mine.Clear();
            Keep(person, mine);
        }
    }

    static bool Same(IReadOnlyList<SearchValue>? a, IReadOnlyList<SearchValue>? b) => (a ?? []).SequenceEqual(b ?? []);

    List<PastSearch> Open(string person) => people.GetOrAdd(person, p =>
    {
        if (PathOf(p) is not { } path || !File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize<List<PastSearch>>(File.ReadAllBytes(path), FactTypes.Json) ?? [];
        }
        catch (JsonException)
        {
            // Of another program's making; a history is no evidence, so it begins anew.
            return [];
        }
    });

    void Keep(string person, List<PastSearch> mine)
    {
        if (PathOf(person) is not { } path) return;
        DurableFiles.MakeFolder(Path.GetDirectoryName(path) ?? ".");
        DurableFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(mine, FactTypes.Json));
    }

    string? PathOf(string person) =>
        options.Folder is null ? null : Path.Combine(options.Folder, "search-history", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(person)))[..32] + ".json");
}
