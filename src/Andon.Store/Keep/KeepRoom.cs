using Andon.Store.Engine;

namespace Andon.Store.Keep;

/// <summary>Where the data is that is kept, and how long by default.</summary>
/// <param name="DataFolder">The one data folder.</param>
/// <param name="Engine">Where the engine's files are, or its server.</param>
public sealed record KeepOptions(string DataFolder, EngineOptions Engine)
{
    /// <summary>Sources whose class the catalogue names: source id to class. Goes before patterns.</summary>
    public Func<IReadOnlyDictionary<string, string>> SourceClasses { get; init; } = () => new Dictionary<string, string>();
}
