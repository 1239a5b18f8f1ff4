using System.IO.Compression;
using System.Text.Json;
using Andon.Exposure.Assets;
using Andon.Exposure.Vulnerabilities;
using Andon.Exposure.Windows;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Tests.Exposure;

public sealed class ExposureTests : IDisposable
{
    const string Header = "asset_id,name,addresses,zone,criticality,owner,unit,reachable,crown_jewel\n";

    readonly TestClock clock = new();
    readonly MemoryFactLog log;
    readonly World world = new();
    readonly Books books;

    public ExposureTests()
    {
        log = new(clock);
        books = new(log, world);
    }

    public void Dispose() => books.Dispose();

    async Task<int> Take(Func<Scene, IReadOnlyList<FactBody>> changes)
    {
        if (log.Last == 0) await log.Attach(world, default);
        return await books.Take(changes, "user:op", "test", default);
    }

    Task<int> Inventory(string rows) => Take(s => InventoryCsv.Changes(s, InventoryCsv.Read(new StringReader(Header + rows)).Rows));

    Task<int> Threat(params string[] cves) => Take(s => Kev.Changes(s, [.. cves.Select(c => new ThreatKnown(c, "x", "2026-03-01", false))]));

    Task<int> Found(string asset, params string[] cves) => Take(s => Scan.Changes(s, asset, "trivy", [.. cves.Select(c => new Sighting(c, "openssl", "1.0", null, "high"))]));

    IReadOnlyList<WindowRow> Open => [.. world.Windows().Where(w => w.ClosedMs is null)];

    [Fact]
    public async Task A_window_is_open_while_the_vulnerability_is_there_and_the_asset_is_reachable()
    {
        await Found("lab", "CVE-2026-1");
        Assert.Empty(Open);
        await Inventory("lab,Lab VM,10.0.0.5,lan,1,ops,it,no,no");
        Assert.Empty(Open);

        clock.Advance(TimeSpan.FromMinutes(1));
        await Inventory("lab,Lab VM,10.0.0.5,lan,1,ops,it,yes,no"); // the firewall changed
        var window = Assert.Single(Open);
        Assert.False(window.Kev);
        Assert.Contains("reachable", window.Why);

        clock.Advance(TimeSpan.FromMinutes(10));
        await Inventory("lab,Lab VM,10.0.0.5,lan,1,ops,it,no,no");
        Assert.Empty(Open);
        Assert.Equal(10 * 60_000, world.Windows().Single().ClosedMs - world.Windows().Single().OpenedMs);

        await Inventory("lab,Lab VM,10.0.0.5,lan,1,ops,it,yes,no"); // and again: another window
        Assert.Single(Open);
        Assert.NotEqual(window.WindowId, Open[0].WindowId);
        await Found("lab");
        Assert.Empty(Open);
        Assert.Equal(2, world.Windows().Count);
    }

    [Fact]
    public async Task A_threat_that_becomes_known_makes_the_window_a_higher_one()
    {
        await Inventory("web,Web,203.0.113.1,dmz,1.5,ops,it,yes,no");
        await Found("web", "CVE-2026-1", "CVE-2026-2");
        Assert.Equal(2, Open.Count);
        Assert.Equal(4, await Threat("CVE-2026-1", "CVE-2026-9")); // two threats, one closed, one opened
        Assert.Equal(["CVE-2026-1"], Open.Where(w => w.Kev).Select(w => w.Key.Cve));
        Assert.Equal(2, Open.Count);
        Assert.Equal(0, await Threat("CVE-2026-1", "CVE-2026-9"));
        await Found("web", "CVE-2026-1", "CVE-2026-2", "CVE-2026-9");
        Assert.True(Open.Single(w => w.Key.Cve == "CVE-2026-9").Kev);
    }

    [Fact]
    public async Task Only_changes_become_facts_and_each_command_is_one_append()
    {
        await Inventory("web,Web,203.0.113.1,dmz,1.5,ops,it,yes,no\ndb,Db,,lan,2,ops,it,no,yes");
        await Found("web", "CVE-2026-1");
        var before = log.Last;
        Assert.Equal(0, await Inventory("web,Web,203.0.113.1,dmz,1.5,ops,it,yes,no\ndb,Db,,lan,2,ops,it,no,yes"));
        Assert.Equal(0, await Found("web", "CVE-2026-1"));
        Assert.Equal(before, log.Last);
        Assert.Equal(1, await Inventory("db,Db,,lan,1,ops,it,no,yes"));
    }

    [Fact]
    public async Task Two_scanners_make_one_window_and_both_must_stop_seeing_it()
    {
        await Inventory("web,Web,,dmz,1,ops,it,yes,no");
        await Found("web", "CVE-2026-1");
        await Take(s => Scan.Changes(s, "web", "grype", [new("CVE-2026-1", "openssl", "1.0", null, "high")]));
        Assert.Single(Open);
        await Found("web");
        Assert.Single(Open);
        await Take(s => Scan.Changes(s, "web", "grype", []));
        Assert.Empty(Open);
    }

    [Fact]
    public async Task For_any_history_the_open_windows_are_what_the_conditions_say()
    {
        var random = new Random(11);
        for (var round = 0; round < 400; round++)
        {
            var asset = $"a{random.Next(4)}";
            switch (random.Next(3))
            {
                case 0: await Inventory($"{asset},{asset},,lan,1,o,u,{(random.Next(2) == 0 ? "yes" : "no")},no"); break;
                case 1: await Found(asset, [.. Enumerable.Range(0, 6).Where(_ => random.Next(2) == 0).Select(i => $"CVE-2026-{i}")]); break;
                default: if (random.Next(4) == 0) await Threat($"CVE-2026-{random.Next(6)}"); break;
            }
            var scene = world.Look();
            var expected = scene.Vulnerabilities.Keys.Where(k => scene.Assets.TryGetValue(k.AssetId, out var a) && a.Reachable)
                .Select(k => $"{k.AssetId} {k.Cve} {scene.Threats.ContainsKey(k.Cve)}").Distinct().Order();
            Assert.Equal(expected, Open.Select(w => $"{w.Key.AssetId} {w.Key.Cve} {w.Kev}").Order());
        }
        var opened = (await log.Read(0, 100_000, default)).Select(f => f.Body).OfType<WindowOpened>().ToList();
        Assert.Equal(opened.Count, opened.Select(w => w.WindowId).Distinct().Count());
        var rebuilt = new World();
        await log.Attach(rebuilt, default);
        Assert.Equal(world.Windows().OrderBy(w => w.WindowId), rebuilt.Windows().OrderBy(w => w.WindowId));
    }

    [Theory]
    [InlineData("a,A,10.0.0.1,lan,1,o,u,yes,no", 1, "")]
    [InlineData("a,A,10.0.0.1; 10.0.0.2 fd00::1,lan,high,o,u,1,0", 1, "")]
    [InlineData("a,\"A, the first\",,,,,,,", 1, "")]
    [InlineData(",A,,,,,,,", 0, "EXP008")]
    [InlineData("a,A,300.1.1.1,,,,,,", 0, "EXP009")]
    [InlineData("a,A,,,7,,,,", 0, "EXP010")]
    [InlineData("a,A,,,,,,maybe,", 0, "EXP011")]
    [InlineData("a,A,,,,,,,perhaps", 0, "EXP011")]
    [InlineData("a,A,,,,,,,\na,B,,,,,,,", 1, "EXP006")]
    [InlineData("b,B,,,9,,,,\na,A,,,,,,,", 1, "EXP010")]
    [InlineData("a,A", 1, "")]
    public void Inventory_rows(string rows, int good, string code)
    {
        var read = InventoryCsv.Read(new StringReader(Header + rows));
        Assert.Equal(good, read.Rows.Count);
        Assert.Equal(code.Length == 0 ? [] : [code], read.Findings.Select(f => f.Code));
    }

    [Fact]
    public void An_inventory_without_its_columns_is_refused_with_all_findings()
    {
        Assert.Equal(["EXP001"], InventoryCsv.Read(new StringReader("")).Findings.Select(f => f.Code));
        Assert.Equal(["EXP002", "EXP002", "EXP003"], InventoryCsv.Read(new StringReader("colour\nred")).Findings.Select(f => f.Code));
        Assert.Single(InventoryCsv.Read(new StringReader("\uFEFFName,ASSET_ID\nx,1\n")).Rows);
    }

    [Theory]
    [InlineData("{}", "EXP020")]
    [InlineData("[]", "EXP020")]
    [InlineData("{\"vulnerabilities\":{}}", "EXP020")]
    [InlineData("{\"vulnerabilities\":[{\"cveID\":7},{\"x\":1},3]}", "EXP021")]
    [InlineData("{\"count\":2,\"vulnerabilities\":[{\"cveID\":\"CVE-2026-1\"}]}", "EXP022")]
    public void A_list_that_is_no_KEV_is_a_finding(string json, string code)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Contains(Kev.Read(document.RootElement).Findings, f => f.Code == code);
    }

    [Fact]
    public async Task The_KEV_lists_load_in_order()
    {
        var sizes = new List<int>();
        foreach (var day in new[] { "2025-03-03", "2025-05-13", "2025-08-25" })
        {
            await using var stream = new GZipStream(File.OpenRead(SharedData.Require($"exposure/kev/kev-{day}.json.gz")), CompressionMode.Decompress);
            using var document = await JsonDocument.ParseAsync(stream);
            var read = Kev.Read(document.RootElement);
            Assert.Empty(read.Findings);
            await Take(s => Kev.Changes(s, read.Rows));
            sizes.Add(world.Look().Threats.Count);
        }
        Assert.Equal([1285, 1341, 1404], sizes);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("{\"bomFormat\":\"CycloneDX\"}")]
    public void An_unknown_report_closes_nothing(string json)
    {
        using var document = JsonDocument.Parse(json);
        var read = Scan.Read(document.RootElement);
        Assert.Null(read.Scanner);
        Assert.Equal(["EXP030"], read.Findings.Select(f => f.Code));
    }

    [Fact]
    public void An_old_empty_report_is_a_scan_that_found_nothing()
    {
        using var document = JsonDocument.Parse("[]");
        var read = Scan.Read(document.RootElement);
        Assert.Equal("trivy", read.Scanner);
        Assert.Empty(read.Rows);
        Assert.Empty(read.Findings);
    }

    /// <summary>Each finding of the file is read: as many (CVE, package) pairs as the file itself holds.</summary>
    [Theory]
    [InlineData("trivy/juice-shop-v10.2.0.json", "trivy", true)]
    [InlineData("trivy/juice-shop-v12.10.2-empty-results.json", "trivy", false)]
    [InlineData("trivy/juice-shop-v12.10.2-no-results.json", "trivy", false)]
    [InlineData("trivy/local-k8s-scan-result.json", "trivy", true)]
    [InlineData("trivy/trivy--k8s-scan-results.json", "trivy", true)]
    [InlineData("anchoregrype/anchore_grype.json", "grype", true)]
    public void Real_reports_are_read_whole(string member, string scanner, bool some)
    {
        using var zip = ZipFile.OpenRead(SharedData.Require($"exposure/scanner-outputs-{(scanner == "grype" ? "saf" : "securecodebox")}.zip"));
        var entry = zip.Entries.First(e => e.FullName.EndsWith(member, StringComparison.Ordinal));
        using var document = JsonDocument.Parse(entry.Open());
        var read = Scan.Read(document.RootElement);
        Assert.Equal(scanner, read.Scanner);
        Assert.Empty(read.Findings);
        Assert.Equal(some, read.Rows.Count > 0);
        if (scanner == "trivy") Assert.Equal(Pairs(document.RootElement).Distinct().Count(), read.Rows.Count);
        else Assert.Contains(read.Rows, r => r.Cve.StartsWith("CVE-", StringComparison.Ordinal));
    }

    // A reading of its own: every object anywhere with a VulnerabilityID and a PkgName.
    static IEnumerable<(string, string)> Pairs(JsonElement at) => at.ValueKind switch
    {
        JsonValueKind.Array => at.EnumerateArray().SelectMany(Pairs),
        JsonValueKind.Object when at.TryGetProperty("VulnerabilityID", out var id) && at.TryGetProperty("PkgName", out var name) => [(id.GetString()!.ToUpperInvariant(), name.GetString()!)],
        JsonValueKind.Object => at.EnumerateObject().SelectMany(p => Pairs(p.Value)),
        _ => [],
    };
}
