using Andon.Model;

namespace Andon.Store.Facts;

/// <summary>
/// The fact log: everything that a person may act on, in one order, hash-chained. SQLite on one machine, PostgreSQL on several, memory in tests.
/// </summary>
public interface IFactLog : IAsyncDisposable
{
    /// <summary>Number of the last fact; 0 when there is none.</summary>
    long Last { get; }

    /// <summary>
    /// Appends all or none, durable on return, together with the checkpoints given; then every fold has taken them in.
    /// Returns the facts with their numbers. An empty list with checkpoints saves just those.
    /// </summary>
    ValueTask<IReadOnlyList<Fact>> Append(IReadOnlyList<FactDraft> drafts, IReadOnlyList<Checkpoint> checkpoints, CancellationToken stop);

    /// <summary>
    /// Gives a fold every fact from the first on, then each new one inside <see cref="Append"/>, in order, one at a time.
    /// A fold is quick, does no IO, does not append, and guards its own state against readers.
    /// </summary>
    ValueTask Attach(IFold fold, CancellationToken stop);

    /// <summary>Facts after that number, in order.</summary>
    ValueTask<IReadOnlyList<Fact>> Read(long after, int max, CancellationToken stop);

    /// <summary>Completes when a fact after that number exists.</summary>
    ValueTask WaitAfter(long seq, CancellationToken stop);

    /// <summary>The fact of that number, or null.</summary>
    ValueTask<Fact?> Find(long seq, CancellationToken stop);

    /// <summary>The newest facts that name this id (case, run, signal, rule, source, window, playbook, asset …), oldest first; at most so many.</summary>
    ValueTask<IReadOnlyList<Fact>> ReadSubject(string subject, int max, CancellationToken stop);

    /// <summary>Where a reader goes on (in whatever it reads: hit log, fact log); 0 when it never saved.</summary>
    ulong Checkpoint(string reader);
}

/// <summary>
/// The facts are stored, all of them, and a fold could not take one in. The program is wrong, not the caller: doing it again would store them twice.
/// </summary>
public sealed class FoldFailedException(string message, Exception inner) : Exception(message, inner);

/// <summary>The disk is full or fails; nothing of the append was stored.</summary>
public sealed class FactLogFullException(string message, Exception inner) : IOException(message, inner);

/// <summary>How far a reader's effects are in the fact log.</summary>
public readonly record struct Checkpoint(string Reader, ulong Position);

/// <summary>State that is what the facts say.</summary>
public interface IFold
{
    void Apply(Fact fact);
}

/// <summary>Shorter calls for the common cases.</summary>
public static class FactLogCalls
{
    public static ValueTask<IReadOnlyList<Fact>> Append(this IFactLog log, string actor, string cause, FactBody body, CancellationToken stop) =>
        log.Append([new(actor, cause, body)], [], stop);

    public static ValueTask<IReadOnlyList<Fact>> Append(this IFactLog log, IReadOnlyList<FactDraft> drafts, CancellationToken stop) =>
        log.Append(drafts, [], stop);
}
