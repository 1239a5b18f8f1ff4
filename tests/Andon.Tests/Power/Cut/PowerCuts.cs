using System.Diagnostics;

namespace Andon.Tests.Power.Cut;

/// <summary>
/// Rounds of: load on the real program, watched; then power cuts at moments of that time, each with its own disk, on each of which the real
/// program starts again and is held against what was promised. The last disk of a round is the one that the next goes on with.
/// </summary>
sealed class PowerCuts(CutLayer layer, string work, int seed, Action<string> say)
{
    public CutReport Report { get; } = new();

    public async Task Run(int cuts, int cutsARound, TimeSpan load, bool engine, CutMode mode, bool failing = false, bool anew = false)
    {
        var dice = new Random(seed);
        var book = new CutBook();
        var data = Path.Combine(work, "disk-0");
        Directory.CreateDirectory(data);
        var faults = new Faults(Path.Combine(work, "faults"));
        for (var done = 0; done < cuts;)
        {
            book.Journal = Path.Combine(work, $"journal-{done}");
            var house = new CutHouse(data, work, engine);
            // The folder has its name, as after any earlier start of the machine; all within it is the house's to keep.
            await house.Start(layer.Watch(data, book.Journal, faults));
            var began = book.Now;
            var run = new CutLoad(house, book, dice).Run(load, people: true, anew);
            if (failing) await Fail(faults, new Random(dice.Next()), run);
            await run;
            var end = book.Now;
            if (house.Ended) Report.Wrong.Add($"seed {seed}: the program ended by itself: {house.Said}");
            await house.Kill();
            var journal = await File.ReadAllBytesAsync(book.Journal);
            var changes = CutJournal.Changes(journal.AsSpan(0, (int)end), done == 0 ? began / 2 : began);
            (string Disk, List<(int, string)> Events, List<(string, string)> Facts)? last = null;
            for (var i = 0; i < cutsARound && done < cuts; i++, done++)
            {
                // The first of all may fall into the making of the house.
                long at = changes[dice.Next(changes.Count)];
                var disk = new CutDisk(mode);
                disk.Apply(CutJournal.Read(journal.AsMemory(0, (int)at)));
                var folder = Path.Combine(work, $"disk-{done + 1}");
                // The first of each round keeps nothing that was not flushed: what is missing then was never flushed.
                disk.Cut(i == 0 ? null : new Random(dice.Next()), folder);
                var watch = Stopwatch.StartNew();
                var promised = book.Promised(at);
                var facts = book.Answered.Where(a => a.At <= at).Select(a => (a.Path, a.Mark)).ToList();
                var label = $"seed {seed}, cut {done + 1} at {at} of {end}";
                var check = new CutCheck(book, Report, engine);
                await using (var again = new CutHouse(folder, work, engine))
                    await check.Run(again, label, promised, facts, watch: null);
                say($"{label}: {promised.Count} events and {facts.Count} facts promised, checked in {watch.Elapsed.TotalSeconds:F1} s, {Report.Wrong.Count} wrong");
                if (last is { } older) Directory.Delete(older.Disk, recursive: true);
                last = (folder, [.. promised, .. check.Standing], facts);
            }
            Directory.Delete(data, recursive: true);
            File.Delete(book.Journal);
            if (last is not { } next) break;
            data = next.Disk;
            book.Settle(next.Events, next.Facts);
        }
    }

    /// <summary>While the load runs: now and then a few writes or flushes fail, of one kind of file, with one error.</summary>
    async Task Fail(Faults faults, Random dice, Task load)
    {
        string[] places = ["records/0", "records/0", "facts.db", "checkpoints/", "hits/", "files.json", "sources"];
        while (!load.IsCompleted)
        {
            await Task.WhenAny(load, Task.Delay(dice.Next(50, 400)));
            var write = dice.Next(2) == 0;
            var error = write ? new[] { Faults.InputOutput, Faults.NoSpace, Faults.Short }[dice.Next(3)] : new[] { Faults.InputOutput, Faults.NoSpace }[dice.Next(2)];
            faults.Arm(write ? 'W' : 'F', dice.Next(5), dice.Next(1, 4), error, places[dice.Next(places.Length)]);
        }
        faults.Arm('-', 0, 0, 0, "");
        Report.Faults = faults.Failed;
    }
}
