using System.IO.Compression;
using System.Text.Json;
using Andon.Intake.Collect.Evtx;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>The reader over recorded logs: as many records as another reader counts, and damage named.</summary>
public sealed class EvtxData(ITestOutputHelper output)
{
    // Damaged on purpose, by their names.
    static readonly string[] Damaged = ["bad_chunk_magic", "no_crc32", "irregular-bool", "bad_string_cache"];

    [Theory]
    [InlineData("windows/evtx-attack-samples.zip")]
    [InlineData("windows/evtx-to-mitre-attack.zip")]
    [InlineData("windows/evtx-parser-samples.zip")]
    [InlineData("sigma/sigma-regression.zip")]
    public void Undamaged_files_have_the_records_that_libevtx_counts(string zipName)
    {
        using var counts = JsonDocument.Parse(File.ReadAllText(SharedData.Require("windows/evtx-record-counts.json")));
        var expected = counts.RootElement.GetProperty(zipName);
        using var zip = ZipFile.OpenRead(SharedData.Require(zipName));
        var (equal, wrong) = (0, new List<string>());
        foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".evtx", StringComparison.OrdinalIgnoreCase)))
        {
            var findings = new List<Finding>();
            using var file = entry.Open();
            var records = 0;
            foreach (var record in EvtxFile.Read(file, findings.Add, recover: false))
            {
                records++;
                using var json = JsonDocument.Parse(record);
                Assert.Equal(JsonValueKind.Object, json.RootElement.GetProperty("Event").GetProperty("System").ValueKind);
            }
            foreach (var finding in findings) output.WriteLine($"{entry.Name}: {finding}");
            var damaged = Damaged.Any(d => entry.Name.Contains(d, StringComparison.Ordinal));
            if (damaged) Assert.NotEmpty(findings);
            var libevtx = expected.GetProperty(entry.FullName).GetProperty("records").GetInt32();
            if (records == libevtx) equal++;
            else if (damaged) output.WriteLine($"{entry.Name}: {records}, libevtx {libevtx}");
            else wrong.Add($"{entry.FullName}: {records}, libevtx {libevtx}");
        }
        output.WriteLine($"{equal} equal, {wrong.Count} not");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("sample_with_a_bad_chunk_magic.evtx", "INT072 INT075 INT078")]
    [InlineData("Application_no_crc32.evtx", "INT071 INT076")]
    [InlineData("sample-with-irregular-bool-values.evtx", "INT082")]
    [InlineData("security_bad_string_cache.evtx", "INT074")]
    // Its records break off in two chunks, and the checksums of both say so.
    [InlineData("2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx", "INT075 INT078")]
    public void Damage_is_named_and_recovering_gives_no_less(string name, string codes)
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("windows/evtx-parser-samples.zip"));
        var findings = new List<Finding>();
        var kept = Read(recover: false, findings.Add);
        Assert.Equal(codes, string.Join(' ', findings.Select(f => f.Code)));
        var recovered = Read(recover: true, _ => { });
        output.WriteLine($"{name}: {kept}, with what can be recovered {recovered}");
        Assert.Equal(codes.Contains("INT078", StringComparison.Ordinal), recovered > kept);

        int Read(bool recover, Action<Finding> found)
        {
            using var file = zip.GetEntry(name)!.Open();
            return EvtxFile.Read(file, found, recover).Count();
        }
    }
}
