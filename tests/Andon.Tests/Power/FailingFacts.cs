using Andon.Host.Live;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Tests.Power;

/// <summary>A disk under the facts that fails for a while.</summary>
public sealed class FailingFacts
{
    sealed class Broken(IFactLog inner) : IFactLog
    {
        public int Failures { get; set; }
        public long Last => inner.Last;
        public ValueTask<IReadOnlyList<Model.Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop) =>
            Failures-- > 0 ? throw new FactLogFullException("The disk fails.", new IOException()) : inner.Append(drafts, checkpoints, stop);
        public ValueTask Attach(IFold fold, CancellationToken stop) => inner.Attach(fold, stop);
        public ValueTask<IReadOnlyList<Model.Fact>> Read(long after, int max, CancellationToken stop) => inner.Read(after, max, stop);
        public ValueTask WaitAfter(long seq, CancellationToken stop) => inner.WaitAfter(seq, stop);
        public ValueTask<Model.Fact?> Find(long seq, CancellationToken stop) => inner.Find(seq, stop);
        public ValueTask<IReadOnlyList<Model.Fact>> ReadSubject(string subject, int max, CancellationToken stop) => inner.ReadSubject(subject, max, stop);
        public ulong Checkpoint(string reader) => inner.Checkpoint(reader);
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    [Xunit.Fact]
    public async Task A_finding_that_cannot_be_stored_waits_and_ends_nothing()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var facts = new MemoryFactLog(TimeProvider.System);
        await using var broken = new Broken(facts) { Failures = 1 };
        var book = new FindingBook(TimeProvider.System);
        using var writer = new FindingWriter(book, broken);
        await writer.StartAsync(stop);
        book.Raise("facts", new("FCT001", "Facts could not be stored.", "Look at the disk.", "facts.db"));
        await facts.WaitAfter(0, stop).AsTask().WaitAsync(TimeSpan.FromSeconds(20), stop);
        Assert.False(writer.ExecuteTask!.IsCompleted);
        await writer.StopAsync(stop);
    }
}
