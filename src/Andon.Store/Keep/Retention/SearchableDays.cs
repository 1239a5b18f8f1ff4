using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Keep.Slices;

namespace Andon.Store.Keep.Retention;

/// <summary>What the page of retention shows, for those who judge sources by it.</summary>
sealed class SearchableDays(RetentionBook book, KeepOptions options, EventStore store) : IKeptDays
{
    public async Task<IReadOnlyList<KeptDays>> Read(CancellationToken stop) =>
        [.. (await ShowRetention.Sources(book, options, store, stop)).Select(s => new KeptDays(s.SourceId, s.FirstMs, s.PromisedDays))];
}
