using System.Collections.Concurrent;
using System.Collections.Immutable;
using Andon.Model;

namespace Andon.Detect.Sigma.Parsing;

/// <summary>A member of a list.</summary>
/// <param name="Literal">False: Sigma text, in which <c>*</c> and <c>?</c> are wildcards, as files have it.</param>
readonly record struct ListMember(string Text, bool Literal);

/// <summary>A list at one moment. Never changes; a change makes another one.</summary>
sealed record ListState(ImmutableArray<ListMember> FromFiles, ImmutableDictionary<string, ImmutableArray<string>> FromAssets)
{
    public static readonly ListState Empty = new([], ImmutableDictionary<string, ImmutableArray<string>>.Empty);

    public bool IsEmpty => FromFiles.Length == 0 && FromAssets.IsEmpty;

    public IEnumerable<ListMember> Members => FromFiles.Concat(FromAssets.SelectMany(a => a.Value).Select(name => new ListMember(name, Literal: true)));
}

/// <summary>A named list. Rules that use it hold this object; whoever reads <see cref="Now"/> next sees a change.</summary>
sealed class LiveList(string name)
{
    volatile ListState now = ListState.Empty;

    public string Name => name;
    public ListState Now { get => now; set => now = value; }
}

/// <summary>
/// Lists for <c>expand</c>: of files <c>lists/NAME.txt</c> and of what the house knows about assets. All sources of one name make one
/// list; case does not matter. A list is there from its first member or its file on: until then rules that need it are refused.
/// </summary>
sealed class PlaceholderLists
{
    readonly ConcurrentDictionary<string, LiveList> lists = new(StringComparer.OrdinalIgnoreCase);
    readonly Lock turn = new();
    HashSet<string> fromFiles = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A place without lists.</summary>
    public static PlaceholderLists None => new();

    /// <summary>Grows when a list appears or goes: then rules must be read again. A new member alone needs nothing.</summary>
    public int NamesVersion { get; private set; }

    public LiveList? Find(string name) => lists.GetValueOrDefault(name);

    public IReadOnlyCollection<string> Names => [.. lists.Keys.Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Says that an asset is in a list under these names; none = it is not, or no longer.</summary>
    public void State(string list, string asset, ImmutableArray<string> names)
    {
        lock (turn)
        {
            if (names.IsEmpty && !lists.ContainsKey(list)) return;
            var live = Take(list);
            live.Now = live.Now with { FromAssets = names.IsEmpty ? live.Now.FromAssets.Remove(asset) : live.Now.FromAssets.SetItem(asset, names) };
        }
    }

    /// <summary>Takes the lists of files in place of those that files had before.</summary>
    public void Replace(IReadOnlyDictionary<string, ImmutableArray<ListMember>> files)
    {
        lock (turn)
        {
            foreach (var (name, members) in files)
            {
                var live = Take(name);
                if (!live.Now.FromFiles.SequenceEqual(members)) live.Now = live.Now with { FromFiles = members };
            }
            foreach (var gone in fromFiles.Where(n => !files.ContainsKey(n)))
            {
                var live = lists[gone];
                live.Now = live.Now with { FromFiles = [] };
                if (live.Now.FromAssets.IsEmpty && lists.TryRemove(gone, out _)) NamesVersion++;
            }
            fromFiles = new(files.Keys, StringComparer.OrdinalIgnoreCase);
        }
    }

    LiveList Take(string name)
    {
        if (lists.TryGetValue(name, out var known)) return known;
        NamesVersion++;
        return lists[name] = new(name);
    }
}

/// <summary>Reads <c>NAME.txt</c> of some folders: a value a line, what follows <c>#</c> at a line's begin is a remark.</summary>
static class ListFiles
{
    public static Dictionary<string, ImmutableArray<ListMember>> Read(IEnumerable<string> folders, Action<Finding> found)
    {
        var lists = new Dictionary<string, ImmutableArray<ListMember>>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in Paths(folders))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            try
            {
                if (new FileInfo(path).Length > Limits.ListBytesMax)
                {
                    found(new("SIG074", $"The list '{name}' is larger than {Limits.ListBytesMax >> 20} MiB.", "Split it into lists of their own.", path));
                    continue;
                }
                var members = File.ReadLines(path).Select(l => l.Trim().TrimStart('\uFEFF')).Where(l => l.Length > 0 && l[0] != '#').Distinct(StringComparer.Ordinal)
                    .Select(l => new ListMember(l, Literal: false)).ToImmutableArray();
                if (members.Length > Limits.ListMembersMax)
                {
                    found(new("SIG074", $"The list '{name}' has more than {Limits.ListMembersMax} values; the rest is not read.", "Split it into lists of their own.", path));
                    members = members[..Limits.ListMembersMax];
                }
                lists[name] = lists.TryGetValue(name, out var before) ? [.. before.Union(members)] : members;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                found(new("SIG074", $"The list '{name}' cannot be read: {e.Message}", "Check its permissions.", path));
            }
        }
        return lists;
    }

    public static IEnumerable<string> Paths(IEnumerable<string> folders) =>
        folders.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*.txt").Order(StringComparer.Ordinal));
}
