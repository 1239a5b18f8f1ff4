namespace Andon.Model;

/// <summary>A source sent its first record. Its key is transport, host and program or dataset.</summary>
[Fact("source.discovered", Room.Intake)]
public sealed record SourceDiscovered(string SourceId, string Listener, string Host, string Dataset) : FactBody;

/// <summary>A person gave a source a name and an owner.</summary>
[Fact("source.owned", Room.Intake)]
public sealed record SourceOwned(string SourceId, string Name, string Owner, string Unit) : FactBody;
