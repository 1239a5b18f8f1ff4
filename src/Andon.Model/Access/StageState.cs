namespace Andon.Model;

/// <summary>How one stage is doing; the house page shows all of them.</summary>
/// <param name="Position">Where it goes on in the log it reads.</param>
/// <param name="Lag">Records of that log which it has not done yet.</param>
/// <param name="State">A word: <c>running</c>, <c>waiting</c>, <c>stopped</c>.</param>
/// <param name="Note">For people: what it waits for, what it set aside; empty when all is well.</param>
public sealed record StageState(string Name, ulong Position, ulong Lag, string State, string Note);

/// <summary>A part of the program that reads a log at its own pace.</summary>
public interface IStage
{
    StageState Stage { get; }
}
