using System.Text.Json;
using Andon.Store.Records;

namespace Andon.Store.Events;

/// <summary>
/// What the event reader is about to send: the records from <paramref name="From"/> up to, not including, <paramref name="To"/>, and the days
/// (since 1970) that their events touch. Written before sending, so that after a death the same stretch is looked for in the store
/// before it is sent again.
/// </summary>
sealed record EventPlan(ulong From, ulong To, IReadOnlyList<long> Days, int Rows);

/// <summary>Keeps the last plan in a file, durably; without a file, in memory.</summary>
sealed class EventPlanFile(string? path)
{
    EventPlan? kept;

    public EventPlan? Read()
    {
        if (path is null || !File.Exists(path)) return kept;
        // Written whole or not at all (see below): a text that is not a plan is a fault of ours or of the disk, and must not be guessed at.
        return JsonSerializer.Deserialize<EventPlan>(File.ReadAllText(path));
    }

    public void Write(EventPlan plan)
    {
        kept = plan;
        if (path is null) return;
        DurableFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(plan));
    }
}
