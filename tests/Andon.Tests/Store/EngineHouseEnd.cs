using Andon.Tests.Store;

[assembly: AssemblyFixture(typeof(EngineHouseEnd))]

namespace Andon.Tests.Store;

/// <summary>Ends the shared worker with the run: closing the engine takes seconds, and at the process's exit that looks like a thread that hangs.</summary>
public sealed class EngineHouseEnd : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await EngineHouse.End();
}
