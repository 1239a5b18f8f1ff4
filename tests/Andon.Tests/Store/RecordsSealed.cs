using System.Text;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Store;

/// <summary>Full segments are sealed, packed and checked: nothing of that changes what readers see, and a changed byte is named.</summary>
public sealed class RecordsSealed : IDisposable
{
    readonly TestFolder folder = new();
    readonly FindingList findings = new();

    public void Dispose() => folder.Dispose();

    DiskRecordLog Open(bool pack = true) => DiskRecordLog.Open(folder.Path,
        new() { SegmentBytesMax = 50_000, FreeBytesMin = 0, Pack = pack, Readers = ["reader"] }, findings, TimeProvider.System);

    static RecordDraft Line(int n) => new(1, new("file", $"/var/log/{n % 3}"), Encoding.UTF8.GetBytes($"<13>Mar  2 12:00:00 web{n % 7} sshd[{n}]: Failed password for invalid user u{n % 100} from 10.0.0.{n % 250} port {n} ssh2"));

    static async Task Fill(DiskRecordLog log, int count, int from = 0)
    {
        for (var at = from; at < from + count; at += 50) await log.Append([.. Enumerable.Range(at, 50).Select(Line)], CancellationToken.None);
    }

    static async Task Until(Func<bool> holds)
    {
        for (var i = 0; !holds(); i++)
        {
            Assert.True(i < 1000, "It never came.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    IReadOnlyList<Finding> Check((ulong, long)? active = null) => RecordLogCheck.Run("records", folder.Path, active, CancellationToken.None).Findings;

    async Task<IReadOnlyList<string>> Texts(DiskRecordLog log) => [.. (await RecordsContract.ReadAll(log)).Select(r => $"{r.Position} {r.Origin.Peer} {Encoding.UTF8.GetString(r.Raw.Span)}")];

    [Fact]
    public async Task Packed_segments_read_as_before_and_survive_a_restart()
    {
        IReadOnlyList<string> plain;
        await using (var log = Open())
        {
            await Fill(log, 3000);
            plain = await Texts(log);
            var before = log.Bytes;
            await log.SaveCheckpoint("reader", log.Next, CancellationToken.None);
            await Until(() => Directory.GetFiles(folder.Path, "*.log").Length == 1);
            Assert.True(log.Bytes < before / 3, $"{before} bytes became {log.Bytes}.");
            Assert.Equal(plain, await Texts(log));
            // Any place, also in the middle of a block.
            for (var position = 1ul; position < log.Next; position += 97)
            {
                var one = await log.Read(position, 1, 1, CancellationToken.None);
                Assert.Equal(plain[(int)position - 1], $"{one[0].Position} {one[0].Origin.Peer} {Encoding.UTF8.GetString(one[0].Raw.Span)}");
            }
            Assert.Empty(Check());
        }
        await using var again = Open();
        Assert.Equal(plain, await Texts(again));
        await Fill(again, 50, 3000);
        Assert.Equal(3050, (await Texts(again)).Count);
        Assert.Empty(findings.All);
    }

    [Fact]
    public async Task A_start_after_a_kill_between_packing_and_taking_the_plain_file_away_takes_the_packed_one()
    {
        IReadOnlyList<string> plain;
        await using (var log = Open(pack: false))
        {
            await Fill(log, 2000);
            plain = await Texts(log);
            await Until(() => log.Seals.Count == Directory.GetFiles(folder.Path, "*.log").Length - 1);
        }
        var first = Directory.GetFiles(folder.Path, "*.log").Order(StringComparer.Ordinal).First();
        var kept = await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken);
        await using (var log = Open())
        {
            await log.SaveCheckpoint("reader", log.Next, CancellationToken.None);
            await Until(() => Directory.GetFiles(folder.Path, "*.log").Length == 1);
        }
        await File.WriteAllBytesAsync(first, kept, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.ChangeExtension(first, ".logz.tmp"), kept.AsMemory(0, 1000), TestContext.Current.CancellationToken);
        await using var again = Open();
        Assert.Equal(plain, await Texts(again));
        Assert.False(File.Exists(first));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_flipped_byte_is_named_with_its_segment_and_the_other_records_stay_readable(bool pack)
    {
        await using (var log = Open(pack))
        {
            await Fill(log, 3000);
            await log.SaveCheckpoint("reader", log.Next, CancellationToken.None);
            await Until(() => log.Seals.Count == Directory.GetFiles(folder.Path, "*.log*").Length - 1 && (!pack || Directory.GetFiles(folder.Path, "*.log").Length == 1));
        }
        Assert.Empty(Check());
        var file = Directory.GetFiles(folder.Path, pack ? "*.logz" : "*.log").Order(StringComparer.Ordinal).ElementAt(1);
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var found = Assert.Single(Check());
        Assert.Equal("VER003", found.Code);
        Assert.Contains(Path.GetFileName(file), found.Message, StringComparison.Ordinal);
        await using var again = Open(pack);
        Assert.InRange((await Texts(again)).Count, pack ? 2000 : 2990, 2999);
        Assert.Equal("REC002", findings.All[^1].Code);
    }

    [Fact]
    public async Task A_packed_segment_whose_index_breaks_while_it_is_open_is_stepped_over_and_told_once()
    {
        await using var log = Open();
        await Fill(log, 3000);
        await log.SaveCheckpoint("reader", log.Next, CancellationToken.None);
        await Until(() => Directory.GetFiles(folder.Path, "*.log").Length == 1);
        var file = Directory.GetFiles(folder.Path, "*.logz").Order(StringComparer.Ordinal).ElementAt(1);
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var lost = log.Seals[1].Next - log.Seals[1].First;
        Assert.Equal(3000 - (int)lost, (await Texts(log)).Count);
        Assert.Equal(3000 - (int)lost, (await Texts(log)).Count);
        var told = Assert.Single(findings.All);
        Assert.Equal("REC002", told.Code);
        Assert.Contains($"hide {lost} records", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_written_anew_a_missing_one_and_a_changed_seal_are_each_named()
    {
        await using (var log = Open(pack: false))
        {
            await Fill(log, 3000);
            await Until(() => log.Seals.Count == Directory.GetFiles(folder.Path, "*.log").Length - 1);
        }
        var files = Directory.GetFiles(folder.Path, "*.log").Order(StringComparer.Ordinal).ToList();
        Assert.True(files.Count > 4);

        // A forger who knows the format makes every frame hold; the seal still does not.
        using (var other = new TestFolder())
        {
            await using (var log = DiskRecordLog.Open(other.Path, new() { FreeBytesMin = 0 }, findings, TimeProvider.System)) await Fill(log, 300);
            var kept = await File.ReadAllBytesAsync(files[0], TestContext.Current.CancellationToken);
            File.Copy(Directory.GetFiles(other.Path, "*.log").Single(), files[0], overwrite: true);
            Assert.Contains(Check(), f => f.Code == "VER003" && f.Place == "records:1");
            await File.WriteAllBytesAsync(files[0], kept, TestContext.Current.CancellationToken);
        }
        File.Move(files[2], files[2] + ".away");
        Assert.Equal(["VER002"], Check().Select(f => f.Code));
        File.Move(files[2] + ".away", files[2]);
        Assert.Empty(Check());

        var seals = Path.Combine(folder.Path, "seals");
        var lines = await File.ReadAllLinesAsync(seals, TestContext.Current.CancellationToken);
        lines[1] = lines[1].Replace(lines[1].Split(' ')[3], new string('a', 64), StringComparison.Ordinal);
        await File.WriteAllTextAsync(seals, string.Join('\n', lines) + "\n", TestContext.Current.CancellationToken);
        Assert.Equal(["VER001", "VER003"], Check().Select(f => f.Code));
    }

    [Fact]
    public async Task What_retention_deletes_keeps_its_seal_and_a_pin_holds_it_back()
    {
        var options = new RecordLogOptions { SegmentBytesMax = 50_000, FreeBytesMin = 0, KeepBytesMax = 100_000, Readers = ["reader"] };
        await using var log = DiskRecordLog.Open(folder.Path, options, findings, TimeProvider.System);
        await Fill(log, 3000);
        using (log.Pin())
        {
            await log.SaveCheckpoint("reader", log.Next, CancellationToken.None);
            Assert.Equal(1ul, log.First);
        }
        Assert.True(log.Retain() > 0);
        Assert.Equal(log.First, log.Seals.Single(s => s.Next == log.First).Next);
        Assert.Equal(1ul, log.Seals[0].First);
        Assert.Empty(Check());
    }
}
