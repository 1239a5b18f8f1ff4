using System.IO.Compression;
using System.Text;
using Andon.Detect.Hunt;
using Andon.Intake.Collect.Evtx;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Detect;

/// <summary>
/// Each regression case comes as an event log and as JSON of the same events: what the normaliser makes of both is the same. Only blanks
/// at the end of a text differ: the tool that wrote the JSON cut them off, and the log has them. They are kept, because rules ask for
/// them (CommandLine ends with "chcp  ").
/// </summary>
public sealed class RegressionTwins(ITestOutputHelper output)
{
    // Written by another tool or by hand: "Explorer.exe" where the log has "Explorer.EXE", and a finer time.
    const string OtherTwin = "ad691d92-15f2-4181-9aa4-723c74f9ddc3.evtx";

    [Fact]
    public void An_event_log_gives_the_same_cells_as_its_twin_in_json()
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("sigma/sigma-regression.zip"));
        var normaliser = new Normaliser(Events.Content);
        var (events, wrong) = (0, new List<string>());
        foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".evtx", StringComparison.Ordinal)))
        {
            using var log = entry.Open();
            var left = Cells(normaliser, [.. EvtxFile.Read(log, f => wrong.Add($"{entry.Name}: {f}"), recover: false)]);
            using var text = zip.GetEntry(Path.ChangeExtension(entry.FullName, ".json"))!.Open();
            var right = Cells(normaliser, [.. ParseCli.Records(text).Select(r => (ReadOnlyMemory<byte>)r)]);
            if (left.Count != right.Count) wrong.Add($"{entry.Name}: {left.Count} records, {right.Count} in JSON");
            events += right.Count;
            if (entry.Name == OtherTwin) continue;
            foreach (var (a, b) in left.Zip(right))
            {
                wrong.AddRange(a.Except(b).Select(c => $"{entry.Name}: only in the log: {c}"));
                wrong.AddRange(b.Except(a).Select(c => $"{entry.Name}: only in JSON: {c}"));
            }
        }
        output.WriteLine($"{events} events, {wrong.Count} differences");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(100)));
    }

    static List<List<string>> Cells(Normaliser normaliser, List<ReadOnlyMemory<byte>> records)
    {
        using var batch = normaliser.Normalise([.. records.Select((r, i) => new Andon.Model.Record((ulong)i + 1, 4_000_000_000_000, new("file", "x"), r))]).Seal();
        var all = new List<List<string>>();
        for (var i = 0; i < batch.Count; i++)
        {
            var cells = new List<string>();
            var view = batch[i];
            foreach (ref readonly var cell in view.Cells) cells.Add($"{Encoding.UTF8.GetString(view.Name(cell))} {cell.Kind} {Encoding.UTF8.GetString(view.Value(cell)).TrimEnd()}");
            cells.Add($"time {view.TimeMs}");
            all.Add(cells);
        }
        return all;
    }
}
