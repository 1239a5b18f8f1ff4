namespace Andon.Store.Events;

/// <summary>
/// Up to where a table is known to hold what its log has. A start goes back behind the checkpoint, to look for what a power cut took; until
/// it is through, the checkpoint says more than is sure, and whoever takes rows away would have them fed again.
/// </summary>
sealed class TableReach
{
    readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ulong position;

    /// <summary>First position that the table may lack; 0 while its reader has not begun.</summary>
    public ulong Position => Volatile.Read(ref position);

    /// <summary>Ended once the reader is past everything that may stand or lack since before its start.</summary>
    public Task Settled => settled.Task;

    /// <summary>The reader stored everything before <paramref name="reached"/>; up to <paramref name="uncertain"/> rows may stand that it has not looked for yet.</summary>
    public void Pass(ulong reached, ulong uncertain)
    {
        Volatile.Write(ref position, reached);
        if (reached >= uncertain) settled.TrySetResult();
    }
}
