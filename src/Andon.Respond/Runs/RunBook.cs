using System.Collections.Immutable;
using System.Threading.Channels;
using Andon.Model;
using Andon.Respond.Playbooks;
using Andon.Store.Facts;

namespace Andon.Respond.Runs;

/// <summary>All runs and all playbook versions ever loaded, folded from facts.</summary>
sealed class RunBook : IFold
{
    readonly Lock gate = new();
    readonly Dictionary<string, RunState> runs = [];
    readonly Dictionary<string, List<string>> byCase = [];
    readonly HashSet<string> open = [];
    readonly Dictionary<string, Playbook> versions = [];
    readonly HashSet<(string Id, string Version, string Hash)> loaded = [];
    readonly Channel<bool> changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Becomes readable whenever a run changed.</summary>
    public ChannelReader<bool> Changed => changed.Reader;

    public void Wake() => changed.Writer.TryWrite(true);

    public void Apply(Fact fact)
    {
        lock (gate)
        {
            switch (fact.Body)
            {
                case PlaybookLoaded f:
                    loaded.Add((f.PlaybookId, f.Version, f.Hash));
                    if (!versions.ContainsKey(f.Hash) && PlaybookReader.Read(f.Name, f.Document).Playbook is { } playbook) versions[f.Hash] = playbook;
                    return;
                case RunStarted f:
                    var pinned = versions.GetValueOrDefault(f.Hash) ?? Unreadable(f);
                    runs[f.RunId] = new(f.RunId, f.CaseId, pinned, RunStatus.Running, fact.AtMs)
                    {
                        At = pinned.Start, LastMs = fact.AtMs, Variables = f.Variables.ToImmutableDictionary(),
                    };
                    open.Add(f.RunId);
                    if (!byCase.TryGetValue(f.CaseId, out var list)) byCase[f.CaseId] = list = [];
                    list.Add(f.RunId);
                    break;
                case StepIntended f: Put(f.RunId, fact); break;
                case StepAsked f: Put(f.RunId, fact); break;
                case StepEnded f: Put(f.RunId, fact); break;
                case RunEnded f: Put(f.RunId, fact); break;
                case CaseMerged f when byCase.Remove(f.CaseId, out var moved):
                    if (!byCase.TryGetValue(f.IntoCaseId, out var into)) byCase[f.IntoCaseId] = into = [];
                    into.AddRange(moved);
                    return;
                default:
                    return;
            }
        }
        Wake();
    }

    void Put(string runId, Fact fact)
    {
        if (!runs.TryGetValue(runId, out var run)) return;
        runs[runId] = run = run.Apply(fact);
        if (run.Ended) open.Remove(runId);
    }

    static Playbook Unreadable(RunStarted f) => new(
        f.PlaybookId, f.Version, f.PlaybookId, "", f.Hash, "", Revoked: false, null, null, [], "",
        ImmutableDictionary<string, Variables.Variable>.Empty, "unreadable", null, ImmutableDictionary<string, Step>.Empty);

    public RunState? Find(string runId) { lock (gate) return runs.GetValueOrDefault(runId); }

    public IReadOnlyList<RunState> Open() { lock (gate) return [.. open.Select(id => runs[id])]; }

    public IReadOnlyList<RunState> OfCase(string caseId) { lock (gate) return byCase.TryGetValue(caseId, out var ids) ? [.. ids.Select(id => runs[id])] : []; }

    public bool IsLoaded(Playbook playbook) { lock (gate) return loaded.Contains((playbook.Id, playbook.Version, playbook.Hash)); }

    /// <summary>The hash under which that version was taken in before, when it was.</summary>
    public string? HashOf(string playbookId, string version) { lock (gate) return loaded.Where(l => l.Id == playbookId && l.Version == version).Select(l => l.Hash).FirstOrDefault(); }

    public (int Count, long? LastMs) Runs(string playbookId)
    {
        lock (gate)
        {
            var mine = runs.Values.Where(r => r.Playbook.Id == playbookId).ToList();
            return (mine.Count, mine.Count == 0 ? null : mine.Max(r => r.StartedMs));
        }
    }
}
