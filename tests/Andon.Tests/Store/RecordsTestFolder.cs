namespace Andon.Tests.Store;

/// <summary>A folder that goes away with its test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("andon-test-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A copy of everything as it stands at this moment, as a crash would leave it.</summary>
    public TestFolder Copy()
    {
        var copy = new TestFolder();
        foreach (var file in Directory.GetFiles(Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("lock", StringComparison.Ordinal)))
        {
            var target = copy.At(System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target) ?? copy.Path);
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (from.Length == 0) { File.WriteAllBytes(target, []); continue; }
            using var to = new FileStream(target, FileMode.Create);
            from.CopyTo(to);
        }
        return copy;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
