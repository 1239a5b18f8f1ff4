using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Andon.Tests.Power.Cut;

/// <summary>
/// Power cuts in the middle of a backup and of a restore, by the command line. What was said to be finished is whole on any disk that a cut leaves
/// after it; what was not is refused by name or whole too; and an older backup in the same place stays good.
/// </summary>
sealed partial class KeepCuts(CutLayer layer, string work, int seed, Action<string> say)
{
    readonly Random dice = new(seed);
    readonly Faults faults = new(Path.Combine(work, "faults"));

    public List<string> Wrong { get; } = [];
    /// <summary>Cuts by what the disk held: whole, or refused by a code.</summary>
    public SortedDictionary<string, int> Found { get; } = new(StringComparer.Ordinal);

    [GeneratedRegex(@"\b(?:BAK|VER|CLI|REC|FCT|STO)\d{3}\b")]
    private static partial Regex Code();

    [GeneratedRegex(@"(\d+) events")]
    private static partial Regex Events();

    string At(string name) => Path.Combine(work, name);

    public async Task Run(int cuts)
    {
        var (data, place) = (At("data"), At("place"));
        Directory.CreateDirectory(data);
        Directory.CreateDirectory(place);
        await Load(data);
        var (first, _) = await Watched(place, "backup", Path.Combine(place, "b"), "--data", data);
        await Cuts(cuts, "the first backup", first, (disk, owed) => Restores(Path.Combine(disk, "b"), owed));
        var older = Directory.GetFiles(Path.Combine(place, "b"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Single();
        await Load(data);
        var (second, _) = await Watched(place, "backup", Path.Combine(place, "b"), "--data", data);
        await Cuts(cuts, "a second backup", second, async (disk, owed) =>
        {
            await Restores(Path.Combine(disk, "b"), owed: true, older);
            if (owed) await Restores(Path.Combine(disk, "b"), owed: true, second.Name);
            return await Restores(Path.Combine(disk, "b"), owed);
        });
        var back = At("back");
        Directory.CreateDirectory(back);
        var (restore, events) = await Watched(back, "restore", Path.Combine(place, "b"), "--data", Path.Combine(back, "r"));
        await Cuts(cuts, "a restore", restore, (disk, owed) => Opens(Path.Combine(disk, "r"), owed, events));
    }

    async Task Load(string data)
    {
        await using var house = new CutHouse(data, work, engine: true);
        await house.Start();
        await new CutLoad(house, new CutBook { Journal = faults.Path }, dice).Run(TimeSpan.FromSeconds(2), people: true, anew: false);
    }

    async Task Cuts(int cuts, string what, Watch watch, Func<string, bool, Task<string>> check)
    {
        var journal = await File.ReadAllBytesAsync(watch.Journal);
        var changes = CutJournal.Changes(journal, CutJournal.Base(journal));
        for (var i = 0; i < cuts; i++)
        {
            // The first is right after the end; half of the others are near it, where it is decided.
            var owed = i == 0;
            var at = owed ? journal.Length : changes[i % 2 == 0 ? dice.Next(changes.Count) : dice.Next(Math.Max(0, changes.Count - 40), changes.Count)];
            var disk = new CutDisk(CutMode.Strict);
            disk.Apply(CutJournal.Read(journal.AsMemory(0, at)));
            var folder = At("cut");
            // Right after the end: once nothing that was not flushed, in the rounds of other seeds any of it.
            disk.Cut(owed && seed % 2 == 0 ? null : new Random(dice.Next()), folder);
            var before = Wrong.Count;
            var found = await check(folder, owed);
            Found[found] = Found.GetValueOrDefault(found) + 1;
            if (Wrong.Count > before) Wrong[^1] = $"seed {seed}, {what}, cut {i + 1} at {at} of {journal.Length}: {Wrong[^1]}";
            say($"{what}, cut {i + 1} at {at} of {journal.Length}: {found}");
            Directory.Delete(folder, recursive: true);
        }
        File.Delete(watch.Journal);
    }

    /// <summary>Restores from a place and holds the result against its own account.</summary>
    async Task<string> Restores(string place, bool owed, string? name = null)
    {
        var target = At("restored");
        try
        {
            var (code, said) = await Andon(null, ["restore", place, "--data", target, .. name is null ? (string[])[] : ["--backup", name]]);
            if (code == 0) return await Opens(target, owed: true, Number(said));
            var why = Code().Match(said).Value;
            if (owed || why.Length == 0) Wrong.Add($"{(name is null ? "the newest" : name)} is not restored: {said.Trim()}");
            return $"refused {why}";
        }
        finally
        {
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        }
    }

    async Task<string> Opens(string data, bool owed, long events)
    {
        // A name that never came to the disk, or an empty folder: nothing that could be taken for a house.
        if (!owed && (!Directory.Exists(data) || !Directory.EnumerateFileSystemEntries(data).Any())) return "nothing";
        var (code, said) = await Andon(null, ["verify", "--data", data]);
        var why = Code().Match(said).Value;
        if (code != 0 && (owed || why != "BAK011")) Wrong.Add($"{data} does not verify: {said.Trim()}");
        if (code != 0) return $"refused {why}";
        var (asked, rows) = await Andon(null, ["search", "--data", data, "--json", "Events | summarize n = count()"]);
        if (asked != 0 || !rows.Contains(string.Create(CultureInfo.InvariantCulture, $"{events}"), StringComparison.Ordinal)) Wrong.Add($"{data} should have {events} events: {rows.Trim()}");
        return "whole";
    }

    sealed record Watch(string Journal, string Name);

    async Task<(Watch Watch, long Events)> Watched(string root, params string[] arguments)
    {
        var journal = At("journal");
        var (code, said) = await Andon(layer.Watch(root, journal, faults), arguments);
        if (code != 0) throw new InvalidOperationException(said);
        return (new(journal, Directory.Exists(Path.Combine(root, "b")) ? Directory.GetFiles(Path.Combine(root, "b"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal).Last() : ""), Number(said));
    }

    static long Number(string said) => long.Parse(Events().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);

    static async Task<(int Code, string Said)> Andon(IReadOnlyDictionary<string, string>? watch, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "andon.dll"), .. arguments])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, StandardErrorEncoding = Encoding.UTF8, StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in watch ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
