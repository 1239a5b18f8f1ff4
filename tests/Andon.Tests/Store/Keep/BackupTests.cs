using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Keep.Backup;

namespace Andon.Tests.Store.Keep;

/// <summary>A backup of a living store, put back, is the same row for row; a broken or unfinished one is refused by its name.</summary>
public sealed class BackupTests : IDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    internal static Task<RestoreReport> Restore(string place, string data, string? name = null) => BackupRestorer.Restore(place, name, data, async (at, _) =>
    {
        var engine = await EngineHouse.Start(EngineHouse.Options("/") with { DataFolder = at }, new FindingList());
        return new(new EventStore(engine, new(), TimeProvider.System), async () =>
        {
            await engine.StopAsync(CancellationToken.None);
            engine.Dispose();
        });
    }, Stop);

    [Fact]
    public async Task Taken_twice_while_it_grows_each_is_restored_row_for_row_and_the_second_copies_only_what_is_new()
    {
        var place = folder.At("place");
        IReadOnlyList<(string, ulong, ulong)> first, second;
        BackupReport one, two;
        await using (var house = await KeepHouse.Open(folder.At("data")))
        {
            await house.Append(6000, time: i => EventMaker.Noon + i % 3 * 86_400_000L + i);
            await house.AppendHits(200);
            await house.Facts.Append("user:anna", "", new CaseNoted("case-1", "first"), Stop);
            await File.WriteAllTextAsync(Path.Combine(house.Data, "sources.json"), "{}", Stop);
            await house.Settled();
            first = await house.Sums();
            one = await house.Taker.Take(place, "user:anna", Stop);
            Assert.Equal((6000, 200, 6001), (one.Events, one.Alerts, one.RecordsTo));

            await house.Append(3000, 6000);
            await house.AppendHits(50, 200);
            await house.Settled();
            second = await house.Sums();
            two = await house.Taker.Take(place, "user:anna", Stop);
            Assert.True(two.BytesCopied < two.Bytes, $"{two.BytesCopied} of {two.Bytes} bytes were copied again.");
            Assert.Equal(2, house.Facts.Last - 1);
            Assert.Empty(Directory.Exists(Path.Combine(house.Data, "events", "shadow")) ? Directory.GetDirectories(Path.Combine(house.Data, "events", "shadow")) : []);
            Assert.True((await house.Check()).Ok);
        }

        // The deletion of the mark is the one step that nobody flushes: a power cut brings it back beside a finished backup.
        await File.WriteAllTextAsync(Path.Combine(place, two.Name + ".unfinished"), "", Stop);
        foreach (var (name, sums, records) in ((string, IReadOnlyList<(string, ulong, ulong)>, long)[])[(one.Name, first, one.RecordsTo), (two.Name, second, two.RecordsTo)])
        {
            var data = folder.At("restored-" + name);
            var report = await Restore(place, data, name);
            Assert.Equal((long)sums[0].Item2, report.Events);
            Assert.Equal("{}", await File.ReadAllTextAsync(Path.Combine(data, "sources.json"), Stop));
            await using var back = await KeepHouse.Open(data);
            await back.Settled();
            Assert.Equal(sums, await back.Sums());
            Assert.Equal((ulong)records, back.Records.Next);
            Assert.IsType<CaseNoted>((await back.Facts.Find(1, Stop))?.Body);
            var check = await back.Check();
            Assert.True(check.Ok, string.Join('\n', check.Findings));
            // It goes on where it was.
            await back.Append(10, 20_000);
            await back.Settled();
            Assert.Equal(sums[0].Item2 + 10, (await back.Sums())[0].Rows);
        }
    }

    [Fact]
    public async Task Taken_in_the_middle_of_ingest_it_becomes_whole_by_reading_on_and_doubles_nothing()
    {
        var place = folder.At("place");
        await using (var house = await KeepHouse.Open(folder.At("data")))
        {
            await house.Append(1000);
            await house.Settled();
            using var enough = new CancellationTokenSource();
            var sending = Task.Run(async () =>
            {
                for (var at = 1000; !enough.IsCancellationRequested; at += 200) await house.Append(200, at);
            }, Stop);
            for (var i = 0; i < 3; i++) await house.Taker.Take(place, "user:anna", Stop);
            await enough.CancelAsync();
            await sending;
        }
        var report = await Restore(place, folder.At("restored"));
        Assert.True(report.Events > 0);
        await using var back = await KeepHouse.Open(folder.At("restored"));
        await back.Settled();
        // Every record that the backup holds is a row, once.
        Assert.Equal((ulong)report.RecordsTo - 1, await back.Store.Number("SELECT count() FROM events", Stop));
        Assert.Equal((ulong)report.RecordsTo - 1, await back.Store.Number("SELECT uniqExact(id) FROM events", Stop));
        Assert.True((await back.Check()).Ok);
    }

    /// <summary>The house goes on after one step of the backup, or after each: what is copied later knows more, and the manifest says what was copied.</summary>
    [Theory]
    [InlineData("records")]
    [InlineData("")]
    public async Task Whatever_comes_between_its_steps_it_says_what_it_holds_and_becomes_whole(string after)
    {
        var place = folder.At("place");
        BackupReport taken;
        (ulong, ulong) events, alerts;
        Manifest manifest;
        await using (var house = await KeepHouse.Open(folder.At("data")))
        {
            await house.Append(1500);
            await house.AppendHits(30);
            await house.Settled();
            var at = 1500;
            taken = await house.TakerWith(async step =>
            {
                if (after.Length > 0 && step != after) return;
                // More than a segment, so that one is sealed and passed by all readers meanwhile.
                await house.Append(700, at);
                await house.AppendHits(30, 30 + (at - 1500) / 700 * 30);
                at += 700;
                // A file in a folder, then the fact that names it; a state at the top.
                await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(house.Data, "rule-texts")).FullName, step), step, Stop);
                await house.Facts.Append("user:anna", "", new CaseNoted("case-1", step), Stop);
                await File.WriteAllTextAsync(Path.Combine(house.Data, "state-" + step), step, Stop);
                await house.Settled();
            }).Take(place, "user:anna", Stop);
            manifest = Manifest.Read(place, taken.Name);
            (events, alerts) = (await house.SumBefore(EventTables.Events, (ulong)taken.RecordsTo), await house.SumBefore(EventTables.Alerts, (ulong)manifest.Positions.HitsNext));
        }
        var data = folder.At("restored");
        await Restore(place, data);
        await using var back = await KeepHouse.Open(data);
        await back.Settled();
        Assert.Equal(((ulong)taken.RecordsTo, (ulong)manifest.Positions.HitsNext, taken.FactsTo), (back.Records.Next, back.Hits.Log.Next, back.Facts.Last));
        Assert.Equal((ulong)taken.RecordsTo - 1, events.Item1);
        Assert.Equal([events, alerts], (await back.Sums()).Select(s => (s.Rows, s.Sum)));
        foreach (var fact in await back.Facts.Read(0, 100, Stop))
            if (fact.Body is CaseNoted named) Assert.True(File.Exists(Path.Combine(data, "rule-texts", named.Text)), $"A fact names the file {named.Text}, which is not in the backup.");
        Assert.True((await back.Check()).Ok);
    }

    [Fact]
    public async Task Frozen_rows_that_are_not_those_counted_are_refused()
    {
        await using var house = await KeepHouse.Open(folder.At("data"));
        await house.Append(300);
        await house.Settled();
        var taker = house.TakerWith(step =>
        {
            // A disk that loses a part.
            if (step == "tables") Directory.Delete(Directory.GetFiles(Path.Combine(house.Data, "events", "shadow"), "count.txt", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!).First(), recursive: true);
            return Task.CompletedTask;
        });
        Assert.Equal("BAK016", (await Refused(() => taker.Take(folder.At("place"), "user:anna", Stop))).Code);
        Assert.Equal("BAK003", (await Refused(() => Restore(folder.At("place"), folder.At("new")))).Code);
    }

    [Fact]
    public async Task What_is_unfinished_damaged_or_in_the_way_is_refused_by_name()
    {
        var place = folder.At("place");
        string name;
        await using (var house = await KeepHouse.Open(folder.At("data")))
        {
            await house.Append(500);
            await house.Settled();
            name = (await house.Taker.Take(place, "user:anna", Stop)).Name;
            Assert.Equal("BAK009", (await Refused(() => house.Taker.Take(Path.Combine(house.Data, "sub"), "user:anna", Stop))).Code);
            Directory.CreateDirectory(folder.At("full"));
            await File.WriteAllTextAsync(folder.At("full/mine"), "mine", Stop);
            Assert.Equal("BAK001", (await Refused(() => house.Taker.Take(folder.At("full"), "user:anna", Stop))).Code);
        }
        Assert.Equal("BAK012", (await Refused(() => Restore(place, folder.At("data")))).Code);
        Assert.Equal("BAK002", (await Refused(() => Restore(folder.At("nowhere"), folder.At("new")))).Code);
        Assert.Equal("BAK002", (await Refused(() => Restore(place, folder.At("new"), "20000101T000000Z"))).Code);

        var cut = Path.Combine(place, "29991231T235959Z.unfinished"); // What a killed backup leaves.
        await File.WriteAllTextAsync(cut, "", Stop);
        var refusal = await Refused(() => Restore(place, folder.At("new")));
        Assert.Equal("BAK003", refusal.Code);
        Assert.Contains("29991231T235959Z", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(name, refusal.Hint, StringComparison.Ordinal);
        File.Delete(cut);

        // A byte of the largest kept file.
        var kept = Directory.GetFiles(Path.Combine(place, "objects"), "*", SearchOption.AllDirectories).MaxBy(f => new FileInfo(f).Length) ?? "";
        var bytes = await File.ReadAllBytesAsync(kept, Stop);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(kept, bytes, Stop);
        Assert.Equal("BAK007", (await Refused(() => Restore(place, folder.At("new")))).Code);
        Assert.Equal("BAK011", (await Refused(() => { BackupRestorer.Refuse(folder.At("new")); return Task.CompletedTask; })).Code);

        var manifest = Directory.GetFiles(place, "*.json").Single();
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest, Stop)).Replace("\"rows\":500", "\"rows\":501", StringComparison.Ordinal), Stop);
        Assert.Equal("BAK004", (await Refused(() => Restore(place, folder.At("newer")))).Code);
    }

    static async Task<Finding> Refused(Func<Task> act) => (await Assert.ThrowsAsync<BackupRefusedException>(act)).Finding;
}
