using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.Data.Sqlite;
using Fact = Andon.Model.Fact;

namespace Andon.Tests.Store;

/// <summary>What only the durable fact log must do: survive, chain, own its folder, read what it does not know.</summary>
public sealed class FactsOnDisk : IDisposable
{
    readonly TestFolder folder = new();
    readonly TestClock clock = new();
    FindingList findings = new();

    public void Dispose() => folder.Dispose();

    SqliteFactLog Open() => SqliteFactLog.Open(folder.Path, findings, clock);

    [Fact]
    public async Task Facts_checkpoints_and_the_chain_survive_a_reopen()
    {
        var random = new Random(3);
        var wrote = new List<Fact>();
        for (var round = 0; round < 4; round++)
        {
            await using var log = Open();
            Assert.Equal(wrote.Count, log.Last);
            Assert.Equal((ulong)wrote.Count, log.Checkpoint("triage"));
            var drafts = FactsContract.RandomFacts(random, 30);
            wrote.AddRange(await log.Append(drafts, [new("triage", (ulong)(wrote.Count + drafts.Length))], CancellationToken.None));
            Assert.Equal(wrote, await log.Read(0, 1000, CancellationToken.None));
            Assert.Null(log.Verify());
        }
        Assert.Empty(findings.All);
    }

    [Theory]
    [InlineData("at_ms = at_ms + 1")]
    [InlineData("actor = actor || 'x'")]
    [InlineData("cause = replace(cause, 'own', 'oWn')")]
    [InlineData("type = 'case.reopened'")]
    [InlineData("body = replace(body, 'text', 'tezt')")]
    [InlineData("subject = 'case-2'")]
    [InlineData("hash = zeroblob(32)")]
    public async Task A_change_of_any_row_is_named_by_its_first_fact(string change)
    {
        const int Facts = 7;
        for (var row = 1; row <= Facts; row++)
        {
            using var at = new TestFolder();
            await using var log = SqliteFactLog.Open(at.Path, findings, clock);
            for (var i = 1; i <= Facts; i++) await log.Append([FactsContract.Note("case-1", $"note {i}")], CancellationToken.None);
            Assert.Null(log.Verify());
            Tamper(at, $"UPDATE facts SET {change} WHERE seq = {row}");
            Assert.Equal(row, log.Verify()?.Seq);
        }
    }

    [Fact]
    public async Task A_removed_row_is_named_in_the_middle_and_at_the_end()
    {
        await using var log = Open();
        for (var i = 1; i <= 5; i++) await log.Append([FactsContract.Note("case-1", $"note {i}")], CancellationToken.None);
        Tamper(folder, "DELETE FROM facts WHERE seq = 5");
        Assert.Equal(5, log.Verify()?.Seq);
        Tamper(folder, "DELETE FROM facts WHERE seq = 2");
        Assert.Equal(2, log.Verify()?.Seq);
    }

    [Fact]
    public async Task A_second_owner_of_the_folder_is_refused()
    {
        await using (Open())
        {
            var e = Assert.Throws<FolderInUseException>(Open);
            Assert.Contains(folder.Path, e.Message, StringComparison.Ordinal);
        }
        await using var now = Open();
        Assert.Equal(0, now.Last);
    }

    [Fact]
    public async Task Facts_of_a_newer_program_are_kept_and_found_as_they_are()
    {
        const string Json = """{"caseId":"case-7","novelty":{"ruleId":"not-top-level"},"deep":[1,[2]],"signalId":"sig-7"}""";
        await using (var log = Open())
        {
            await log.Append("andon:future", "", new UnknownFact("future.thing", Json), CancellationToken.None);
            await log.Append("andon:future", "", new UnknownFact("case.noted", """{"caseId":["not","a","text"]}"""), CancellationToken.None);
        }
        await using var again = Open();
        Assert.Equal(new UnknownFact("future.thing", Json), Assert.Single(await again.ReadSubject("sig-7", 10, CancellationToken.None)).Body);
        Assert.Single(await again.ReadSubject("case-7", 10, CancellationToken.None));
        Assert.Empty(await again.ReadSubject("not-top-level", 10, CancellationToken.None));
        // A known name with a shape that this version cannot read: kept, told, and no obstacle to starting.
        var tally = new FactsContract.Tally();
        await again.Attach(tally, CancellationToken.None);
        Assert.IsType<UnknownFact>(tally.Seen[1].Body);
        Assert.Contains(findings.All, f => f.Code == "FCT003");
        Assert.Null(again.Verify());
    }

    [Fact]
    public async Task What_cannot_be_stored_stores_nothing_of_its_append()
    {
        await using var log = Open();
        await log.Append([FactsContract.Note("case-1", "before")], [new("triage", 1)], CancellationToken.None);
        Tamper(folder, "CREATE TRIGGER refuse BEFORE INSERT ON facts WHEN NEW.body LIKE '%poison%' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        await Assert.ThrowsAsync<SqliteException>(async () =>
            await log.Append([FactsContract.Note("case-1", "first"), FactsContract.Note("case-1", "poison")], [new("triage", 2)], CancellationToken.None));
        Assert.Equal(1, log.Last);
        Assert.Equal(1ul, log.Checkpoint("triage"));
        Assert.Equal("FCT001", Assert.Single(findings.All).Code);
        var next = await log.Append([FactsContract.Note("case-1", "after")], [new("triage", 3)], CancellationToken.None);
        Assert.Equal(2, next[0].Seq);
        Assert.Equal(["before", "after"], (await log.Read(0, 10, CancellationToken.None)).Select(f => ((CaseNoted)f.Body).Text));
        Assert.Null(log.Verify());
    }

    [Fact]
    public async Task Closing_finishes_what_was_accepted()
    {
        var log = Open();
        var appends = Enumerable.Range(0, 50).Select(i => log.Append([FactsContract.Note("case-1", $"{i}")], CancellationToken.None).AsTask()).ToList();
        await log.DisposeAsync();
        await Task.WhenAll(appends);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.Append([FactsContract.Note("case-1", "late")], CancellationToken.None));
        await using var again = Open();
        Assert.Equal(50, again.Last);
    }

    static void Tamper(TestFolder at, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = at.At("facts.db"), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // This file's own constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
