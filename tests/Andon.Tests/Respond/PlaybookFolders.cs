using System.Globalization;
using Andon.Tests.Respond;

[assembly: AssemblyFixture(typeof(PlaybookFolders))]

namespace Andon.Tests.Respond;

/// <summary>Folders of playbooks that tests write: all below one, which goes with the run.</summary>
public sealed class PlaybookFolders : IDisposable
{
    static readonly Lazy<string> Root = new(() => Directory.CreateTempSubdirectory("andon-playbooks-").FullName);
    static int count;

    /// <summary>The path of an empty folder.</summary>
    public static string New() => Directory.CreateDirectory(Path.Combine(Root.Value, Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture))).FullName;

    public void Dispose()
    {
        if (Root.IsValueCreated) Directory.Delete(Root.Value, recursive: true);
    }
}
