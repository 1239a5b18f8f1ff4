namespace Andon.Model;

/// <summary>A stage of the house that shows where it stands: store reader, matcher, triage and their like.</summary>
public interface IStage
{
    StageState State { get; }
}
