using Andon.Detect.Sigma.Parsing;
using Andon.Detect.Sigma.Pipelines;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>Lists and pipelines of a command: those that are shipped, and those it was given.</summary>
static class HuntReading
{
    public static Reading Of(ContentFolder content, IReadOnlyList<string> lists, IReadOnlyList<string> pipelines, Action<Finding> found)
    {
        foreach (var folder in lists.Where(l => !Directory.Exists(l))) found(new("SIG074", "There is no such folder of lists.", "Give a folder with files NAME.txt.", folder));
        var given = new PlaceholderLists();
        given.Replace(ListFiles.Read([Path.Combine(content.Path, "lists"), .. lists], found));
        var shipped = Path.Combine(content.Path, "pipelines");
        var set = PipelineReader.Load(Directory.Exists(shipped) ? [shipped, .. pipelines] : pipelines);
        foreach (var finding in set.Findings) found(finding);
        return new(given, set);
    }
}
