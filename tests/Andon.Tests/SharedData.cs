using System.Runtime.CompilerServices;

namespace Andon.Tests;

/// <summary>Real data beside the checkout (<c>../shared/data</c>). Tests that need it skip, with a message, where it is absent.</summary>
public static class SharedData
{
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Path of a data file; skips the test when it is not there.</summary>
    public static string Require(string relative)
    {
        var path = Path.Combine(RepositoryRoot, "..", "shared", "data", relative);
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"shared/data/{relative} is not on this machine.");
        return path;
    }

    static string FindRoot([CallerFilePath] string here = "")
    {
        for (var at = new DirectoryInfo(Path.GetDirectoryName(here)!); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Andon.slnx"))) return at.FullName;
        throw new DirectoryNotFoundException($"No Andon.slnx above {here}.");
    }
}
