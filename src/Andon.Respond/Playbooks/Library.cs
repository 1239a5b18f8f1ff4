using Andon.Model;

namespace Andon.Respond.Playbooks;

/// <summary>The playbooks of the content folder and of the data folder, as they were last read: loaded ones and refused ones.</summary>
sealed class Library(IReadOnlyList<string> folders)
{
    volatile IReadOnlyList<PlaybookLoad> loads = [];

    public IReadOnlyList<PlaybookLoad> Loads => loads;

    public IEnumerable<PlaybookLoad> Ready => loads.Where(l => l.Playbook is not null);

    public Playbook? Find(string playbookId) => Ready.Select(l => l.Playbook).FirstOrDefault(p => p?.Id == playbookId);

    /// <summary>Reads all files anew. Of several versions of one playbook the latest counts; a file that cannot be read is a finding.</summary>
    public async Task<IReadOnlyList<PlaybookLoad>> Read(CancellationToken stop)
    {
        var read = new List<PlaybookLoad>();
        foreach (var folder in folders.Where(Directory.Exists))
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsPlaybook).Order(StringComparer.Ordinal))
            {
                var name = Path.GetRelativePath(folder, file);
                if (read.Count >= Limits.PlaybooksMax)
                {
                    read.Add(new(name, null, [new("RES110", $"More than {Limits.PlaybooksMax} playbooks; the rest is not read.", "Remove what is not used.", name)]));
                    break;
                }
                try
                {
                    read.Add(new FileInfo(file).Length > Limits.PlaybookBytesMax
                        ? new(name, null, [new("CAX000", $"The playbook is larger than {Limits.PlaybookBytesMax} bytes.", "Split it.", name)])
                        : PlaybookReader.Read(name, await File.ReadAllTextAsync(file, stop)));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    read.Add(new(name, null, [new("RES111", $"The file cannot be read: {e.Message}", "Look at its permissions.", name)]));
                }
            }
        return loads = Latest(read);
    }

    static List<PlaybookLoad> Latest(List<PlaybookLoad> read)
    {
        var kept = read.Where(l => l.Playbook is null).ToList();
        foreach (var versions in read.Where(l => l.Playbook is not null).GroupBy(l => l.Playbook?.Id))
        {
            var ordered = versions.OrderByDescending(l => l.Playbook?.Version, StringComparer.Ordinal).ToList();
            var twice = ordered.Count > 1 && ordered[0].Playbook?.Version == ordered[1].Playbook?.Version && ordered[0].Playbook?.Hash != ordered[1].Playbook?.Hash;
            kept.Add(!twice ? ordered[0] : ordered[0] with
            {
                Findings = [.. ordered[0].Findings, new("CAX002", $"'{ordered[0].File}' and '{ordered[1].File}' are different and claim the same version.", "Give the later one a later 'modified'.", ordered[0].File, FindingLevel.Warning)],
            });
        }
        return kept;
    }

    // The cases beside a playbook (name.cases.yml) are not playbooks.
    static bool IsPlaybook(string file) =>
        Path.GetExtension(file).ToLowerInvariant() is ".yml" or ".yaml" or ".json" && !Path.GetFileNameWithoutExtension(file).EndsWith(".cases", StringComparison.Ordinal);
}
