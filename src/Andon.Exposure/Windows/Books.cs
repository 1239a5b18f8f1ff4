using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Exposure.Windows;

/// <summary>Takes in what an upload says: only changes become facts, and the windows they open or close go into the same append.</summary>
sealed class Books(IFactLog facts, World world) : IDisposable
{
    readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Appends what is new; gives how many facts were written.</summary>
    public async Task<int> Take(Func<Scene, IReadOnlyList<FactBody>> changes, string actor, string cause, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            var scene = world.Look();
            var bodies = Watch.With(scene, changes(scene));
            if (bodies.Count > 0) await facts.Append([.. bodies.Select(b => new FactDraft(actor, cause, b))], stop);
            return bodies.Count;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
