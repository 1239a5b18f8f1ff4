namespace Andon.Store.Records;

/// <summary>
/// One thread that takes whatever waits and commits it together: while one fsync runs, the next group gathers, so that many
/// callers share one. A thread of its own, because fsync blocks and the pool must not.
/// </summary>
internal sealed class GroupCommit<T>
{
    readonly object gate = new();
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Action<List<T>> commit;
    List<T> waiting = [];
    bool stopping;

    /// <param name="commit">Answers every item of its group and throws nothing.</param>
    public GroupCommit(string name, Action<List<T>> commit)
    {
        this.commit = commit;
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    public void Post(T item)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            waiting.Add(item);
            if (waiting.Count == 1) Monitor.Pulse(gate);
        }
    }

    /// <summary>Commits what still waits, then ends the thread.</summary>
    public Task Stop()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }
        return ended.Task;
    }

    void Run()
    {
        var group = new List<T>();
        while (true)
        {
            lock (gate)
            {
                while (waiting.Count == 0 && !stopping) Monitor.Wait(gate);
                if (waiting.Count == 0) break;
                (group, waiting) = (waiting, group);
            }
            commit(group);
            group.Clear();
        }
        ended.SetResult();
    }
}
