using Andon.Detect.Sigma.Parsing;
using Andon.Model;

namespace Andon.Detect.RuleBook;

/// <summary>
/// The rule files of some folders, read again only where they changed. A file that is broken now stays in use as it last was whole,
/// with a finding. Of imports that hold the same rule the newest counts.
/// </summary>
sealed class RuleShelf(IReadOnlyList<(string Folder, string Label)> folders, ReadingDesk desk)
{
    sealed record Kept(string Stamp, IReadOnlyList<SigmaFile> Files);

    readonly Dictionary<string, Kept> kept = [];
    readonly Dictionary<string, SigmaFile> whole = [];
    volatile string read = "";

    public ReadingDesk Desk => desk;

    public IReadOnlyList<(string Folder, string Label)> Folders => folders;

    /// <summary>Did anything change since the files were read? Looks at sizes and times only.</summary>
    public bool Changed => desk.Refresh() | StampOf(Paths()) != read;

    /// <param name="before">Texts that a file's rules last had, for a file that is broken already when the program begins.</param>
    public List<SigmaFile> Read(Func<string, IReadOnlyList<string>> before)
    {
        if (desk.Refresh()) kept.Clear();
        var reading = desk.Take();
        var all = new List<SigmaFile> { desk.Findings };
        var paths = Paths();
        read = StampOf(paths);
        foreach (var gone in kept.Keys.Except(paths.Select(p => p.Path)).ToList()) kept.Remove(gone);
        var imports = new List<(long Ticks, int At, int Count)>();
        foreach (var (path, label, stamp, ticks) in paths)
        {
            var at = all.Count;
            if (!kept.TryGetValue(path, out var known) || known.Stamp != stamp) kept[path] = known = new(stamp, RuleFiles.Load(path, label, reading));
            foreach (var file in known.Files) all.AddRange(InForce(file, before));
            if (Path.GetFileName(path).StartsWith("import-", StringComparison.Ordinal)) imports.Add((ticks, at, all.Count - at));
        }
        NewestOnly(all, imports);
        var labels = all.Select(f => f.File).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in whole.Keys.Where(w => !labels.Contains(w)).ToList()) whole.Remove(gone);
        return all;
    }

    // A release of a rule collection is imported over the one before: its texts take the place of the older ones, rule by rule.
    static void NewestOnly(List<SigmaFile> all, List<(long Ticks, int At, int Count)> imports)
    {
        var newer = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, at, count) in imports.OrderByDescending(i => i.Ticks))
        {
            for (var i = at; i < at + count; i++)
            {
                var documents = all[i].Documents.Where(d => !newer.Contains(Key(d))).ToList();
                if (documents.Count < all[i].Documents.Count) all[i] = all[i] with { Documents = documents };
            }
            for (var i = at; i < at + count; i++) newer.UnionWith(all[i].Documents.Select(Key));
        }

        static string Key(Sigma.Ast.SigmaDocument document) => document.Header.Id?.ToLowerInvariant() ?? document.Header.RuleId;
    }

    IEnumerable<SigmaFile> InForce(SigmaFile file, Func<string, IReadOnlyList<string>> before)
    {
        if (file.Refused == 0)
        {
            whole[file.File] = file;
            return [file];
        }
        // A zip that cannot be read at all stands for the files that were in it.
        var inside = whole.Where(w => w.Key.StartsWith(file.File + "/", StringComparison.Ordinal)).Select(w => w.Value).ToList();
        if (inside.Count > 0) return [.. inside, file with { Documents = [], Findings = [StaysInForce(file.File), .. file.Findings] }];
        if (!whole.TryGetValue(file.File, out var last) && before(file.File) is { Count: > 0 } texts)
        {
            last = SigmaReader.Read(file.File, string.Join("\n---\n", texts), desk.Now);
            if (last.Refused > 0) last = null;
            else whole[file.File] = last;
        }
        return last is null || last.Documents.Count == 0 ? [file] : [last with { Findings = [StaysInForce(file.File), .. file.Findings], Refused = file.Refused }];
    }

    static Finding StaysInForce(string file) =>
        new("DET040", "The file is broken now; its rules stay in force as they last were whole.", "Mend what the next findings name.", file, FindingLevel.Warning);

    static string StampOf(List<(string Path, string Label, string Stamp, long Ticks)> paths) => RuleFiles.Digest(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', paths.Select(p => $"{p.Path} {p.Stamp}"))));

    List<(string Path, string Label, string Stamp, long Ticks)> Paths()
    {
        var paths = new List<(string, string, string, long)>();
        foreach (var (folder, label) in folders)
        {
            if (!Directory.Exists(folder)) continue;
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (!RuleFiles.IsYaml(path) && !path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) continue;
                var file = new FileInfo(path);
                if (file.Exists) paths.Add((path, Path.Combine(label, Path.GetRelativePath(folder, path)).Replace('\\', '/'), $"{file.Length} {file.LastWriteTimeUtc.Ticks}", file.LastWriteTimeUtc.Ticks));
            }
        }
        return paths;
    }
}
