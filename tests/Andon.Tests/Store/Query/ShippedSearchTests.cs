using Andon.Model;
using Andon.Store.Query;

namespace Andon.Tests.Store.Query;

/// <summary>The searches that come with the program: read without a finding, and each answers its cases on a real engine.</summary>
public sealed class ShippedSearchTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    static string Content => Path.Combine(SharedData.RepositoryRoot, "content");

    internal static ShippedFiles Load(string content) =>
        ShippedFiles.Load(content, new QueryEngine(null!, new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(EventMaker.Noon))).Check);

    public static TheoryData<string> Every() => new(Directory.EnumerateFiles(Path.Combine(Content, "searches"), "*.yml").Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal));

    [Fact]
    public void All_files_are_read_without_a_finding()
    {
        var shipped = Load(Content);
        Assert.Empty(shipped.Findings.Select(f => f.ToString()));
        Assert.Equal(Directory.GetFiles(Path.Combine(Content, "searches"), "*.yml").Length, shipped.Searches.Count);
        Assert.Equal(Directory.GetFiles(Path.Combine(Content, "dashboards"), "*.yml").Length, shipped.Dashboards.Count);
        Assert.All(shipped.Searches, s => Assert.NotEmpty(s.Cases));
        // One click from any entity that people look into.
        var entities = shipped.Searches.SelectMany(s => s.Search.Now.Parameters).Select(p => p.Entity).OfType<string>().ToHashSet();
        Assert.Superset(new HashSet<string> { "ip", "user", "host", "hash", "domain", "process" }, entities);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_search_answers_its_cases(string id)
    {
        var (search, cases) = Load(Content).Searches.Single(s => s.Search.Id == id);
        foreach (var one in cases)
        {
            var store = await EngineHouse.Store();
            var batch = new EventBatch();
            for (var i = 0; i < one.Events.Count; i++)
                EventMaker.Add(batch, (ulong)i + 1, EventMaker.Utf8(one.Events[i].Raw), one.Events[i].TimeMs, [.. one.Events[i].Fields.Select(f => (f.Key, EventMaker.Utf8(f.Value), ValueKind.Text))]);
            if (one.Events.Count > 0) await EventMaker.Insert(store, batch.Seal());
            var engine = new QueryEngine(store, new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(EventMaker.Noon)));
            var answer = await engine.Search(new(search.Now.Kql, FromMs: 0, Values: SearchValues.Of(search.Now.Parameters, one.With)), Stop);
            Assert.Equal(one.Rows.Select(r => string.Join(" | ", r)), answer.Rows.Select(r => string.Join(" | ", r.Select(CsvText.Plain))));
        }
    }

    [Fact]
    public void A_faulty_file_is_left_out_with_all_that_is_wrong()
    {
        var folder = Directory.CreateTempSubdirectory("andon-searches-");
        Directory.CreateDirectory(Path.Combine(folder.FullName, "searches"));
        Directory.CreateDirectory(Path.Combine(folder.FullName, "dashboards"));
        File.WriteAllText(Path.Combine(folder.FullName, "searches", "good.yml"), "id: good\nname: Good\nrange: 24h\nkql: Events | where user.name == who\nparameters: [{ name: who, type: string }]\n");
        File.WriteAllText(Path.Combine(folder.FullName, "searches", "bad.yml"), "id: worse\nname: ''\nrange: 2y\nkql: Events | wher x\nparameters: [{ name: message, type: text }]\n");
        File.WriteAllText(Path.Combine(folder.FullName, "searches", "torn.yml"), "id: [\n");
        File.WriteAllText(Path.Combine(folder.FullName, "dashboards", "board.yml"), "id: board\nname: B\nrange: 24h\npanels: [{ title: T, search: nowhere, chart: pie, width: 9 }]\n");
        var shipped = Load(folder.FullName);
        Assert.Equal("good", Assert.Single(shipped.Searches).Search.Id);
        Assert.Empty(shipped.Dashboards);
        Assert.Superset(new HashSet<string> { "LIB001", "LIB002", "LIB005", "LIB007", "LIB009", "LIB012", "LIB013", "LIB014", "LIB015", "KQL004" }, shipped.Findings.Select(f => f.Code).ToHashSet());
        folder.Delete(recursive: true);
    }
}
