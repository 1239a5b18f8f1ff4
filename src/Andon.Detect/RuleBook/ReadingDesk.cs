using Andon.Detect.Sigma.Parsing;
using Andon.Detect.Sigma.Pipelines;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>
/// What stands beside the rules of the house: lists of content/lists and of the data folder's <c>lists</c>, of the inventory, and pipelines
/// of content/pipelines and the data folder's <c>pipelines</c>. A member that comes or goes reaches rules in use at once; a list
/// or pipeline that comes or goes makes the rules be read again.
/// </summary>
sealed class ReadingDesk
{
    readonly string[] listFolders, pipelineFolders;
    readonly AssetLists assets;
    readonly List<Finding> mapping = [];
    readonly PlaceholderLists lists = new();
    List<Finding> listed = [];
    string listStamp = "", pipelineStamp = "";
    (int Names, string Pipelines) read = (-1, "");

    public ReadingDesk(string contentFolder, string dataFolder)
    {
        listFolders = [Path.Combine(contentFolder, "lists"), Path.Combine(dataFolder, "lists")];
        pipelineFolders = [Path.Combine(contentFolder, "pipelines"), Path.Combine(dataFolder, "pipelines")];
        assets = new(lists, AssetLists.Load(contentFolder, mapping.Add));
        Now = new(lists, PipelineSet.None);
    }

    public Reading Now { get; private set; }

    /// <summary>What is wrong with lists and pipelines, as a file of its own beside those of rules.</summary>
    public SigmaFile Findings => new("lists and pipelines", [], [.. mapping, .. listed, .. Now.Pipelines.Findings], 0);

    public void State(AssetStated asset) => assets.State(asset);

    /// <summary>Takes in what changed on disk; true when rules must be read again.</summary>
    public bool Refresh()
    {
        var stamp = Stamp(ListFiles.Paths(listFolders));
        if (stamp != listStamp)
        {
            List<Finding> found = [];
            lists.Replace(ListFiles.Read(listFolders, found.Add));
            (listed, listStamp) = (found, stamp);
        }
        stamp = Stamp(PipelineReader.Files(pipelineFolders.Where(Directory.Exists)));
        if (stamp != pipelineStamp)
        {
            Now = Now with { Pipelines = PipelineReader.Load(pipelineFolders.Where(Directory.Exists)) };
            pipelineStamp = stamp;
        }
        return read != (lists.NamesVersion, pipelineStamp);
    }

    /// <summary>The rules are being read with what is here now.</summary>
    public Reading Take()
    {
        Refresh();
        read = (lists.NamesVersion, pipelineStamp);
        return Now;
    }

    static string Stamp(IEnumerable<string> paths) => string.Join('\n', paths.Select(p => new FileInfo(p)).Where(f => f.Exists).Select(f => $"{f.FullName} {f.Length} {f.LastWriteTimeUtc.Ticks}"));
}
