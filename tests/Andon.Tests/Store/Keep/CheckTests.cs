using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Microsoft.Data.Sqlite;

namespace Andon.Tests.Store.Keep;

/// <summary>One changed thing at a time: the check names it, and nothing else.</summary>
public sealed class CheckTests : IDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_whole_store_holds_and_each_damage_is_named()
    {
        await using (var house = await KeepHouse.Open(folder.Path))
        {
            await house.Append(4000);
            await house.AppendHits(300);
            for (var i = 0; i < 5; i++) await house.Facts.Append("user:anna", "", new CaseNoted("case-1", $"note {i}"), Stop);
            await house.Settled();
            for (var i = 0; house.Records.Seals.Count == 0; i++)
            {
                Assert.True(i < 500, "No segment was sealed.");
                await Task.Delay(20, Stop);
            }
            var seal = house.Records.Seals[0];
            await house.Facts.Append("andon:store", "", new SegmentSealed("records", (long)seal.First, (long)seal.Next, seal.Bytes, seal.Hash), Stop);
            var whole = await house.Check();
            Assert.True(whole.Ok, string.Join('\n', whole.Findings));
            Assert.Equal(["records", "hits", "facts", "seals", "events", "alerts", "ids", "sample"], whole.Parts.Select(p => p.Name));
            Assert.Contains("200 rows compared", whole.Parts[^1].Detail, StringComparison.Ordinal);

            // A row twice.
            await house.Store.Client.Execute("INSERT INTO events SELECT * FROM events ORDER BY id LIMIT 1 OFFSET 7", Stop);
            Assert.Equal(["VER021 event:8.0"], Named(await house.Check()));
            await house.Store.Client.Execute("ALTER TABLE events DELETE WHERE id = 8 * 4096 SETTINGS mutations_sync = 1", Stop);
            // Rows that are gone without a proof.
            await house.Store.Client.Execute("ALTER TABLE events DELETE WHERE id < 30 * 4096 SETTINGS mutations_sync = 1", Stop);
            Assert.Equal(["VER023 record:1"], Named(await house.Check()));
            // With one they are lawfully gone.
            await house.Facts.Append("andon:store", "", new DeletionPlanned("d1", "events", "default", "2026-03-02", 29, 0, "1.0", "29.0", "", "", 0), Stop);
            Assert.True((await house.Check()).Ok);
            // A row whose text is another.
            await house.Store.Client.Execute("ALTER TABLE events UPDATE raw = 'forged' WHERE 1 SETTINGS mutations_sync = 1", Stop);
            Assert.StartsWith("VER022", Assert.Single(Named(await house.Check())), StringComparison.Ordinal);
        }
        await using (var facts = new SqliteConnection($"Data Source={folder.At("facts.db")};Pooling=False"))
        {
            facts.Open();
            await using var forge = facts.CreateCommand();
            forge.CommandText = "UPDATE facts SET body = replace(body, 'note 2', 'note X') WHERE seq = 3";
            Assert.Equal(1, forge.ExecuteNonQuery());
        }
        await using (var house = await KeepHouse.Open(folder.Path)) Assert.Equal("VER010 fact:3", Named(await house.Check())[0]);
    }

    [Fact]
    public async Task A_damaged_part_of_a_table_is_named()
    {
        await using (var house = await KeepHouse.Open(folder.Path))
        {
            await house.Append(2000);
            await house.Settled();
            await house.Pause();
            var path = (await house.Store.Query("SELECT path FROM system.parts WHERE table = 'events' AND active LIMIT 1", new Dictionary<string, string>(), QueryLimits.Standard, Stop)).Rows[0][0] as string ?? "";
            var data = Directory.GetFiles(path, "*.bin").MaxBy(f => new FileInfo(f).Length) ?? "";
            var bytes = await File.ReadAllBytesAsync(data, Stop);
            bytes[bytes.Length / 2] ^= 0x10;
            await File.WriteAllBytesAsync(data, bytes, Stop);
            var report = await house.Check();
            Assert.False(report.Ok);
            Assert.Equal("VER020", report.Findings[0].Code);
            Assert.Contains(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), report.Findings[0].Place, StringComparison.Ordinal);
        }
    }

    static IReadOnlyList<string> Named(Andon.Store.Keep.Verify.CheckReport report) => [.. report.Findings.Select(f => $"{f.Code} {f.Place}")];
}
