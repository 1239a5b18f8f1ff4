using System.Text;
using Andon.Model;
using Andon.Store.Records;
using Record = Andon.Model.Record;

namespace Andon.Tests.Store;

/// <summary>What the log on disk makes of torn, flipped and lost bytes.</summary>
public sealed class RecordsDamage : IDisposable
{
    readonly TestFolder folder = new();
    readonly TestClock clock = new();

    public void Dispose() => folder.Dispose();

    DiskRecordLog Open(FindingList findings, long segmentBytes = 1 << 20) =>
        DiskRecordLog.Open(folder.Path, new() { SegmentBytesMax = segmentBytes, FreeBytesMin = 0 }, findings, clock);

    async Task<string> Write(int records, long segmentBytes = 1 << 20)
    {
        var findings = new FindingList();
        await using var log = Open(findings, segmentBytes);
        for (var i = 0; i < records; i++) await log.Append([RecordsContract.Draft($"record number {i}")], CancellationToken.None);
        Assert.Empty(findings.All);
        return Directory.GetFiles(folder.Path, "*.log").Order(StringComparer.Ordinal).First();
    }

    static string Text(Record record) => Encoding.UTF8.GetString(record.Raw.Span);

    [Fact]
    public async Task A_tail_torn_at_any_byte_is_cut_and_told()
    {
        var segment = await Write(6);
        var whole = await File.ReadAllBytesAsync(segment);
        var lastFrame = Frame.HeadBytes + "record number 5".Length;
        for (var kept = 0; kept < lastFrame; kept++)
        {
            await File.WriteAllBytesAsync(segment, whole[..(whole.Length - lastFrame + kept)]);
            var findings = new FindingList();
            await using (var log = Open(findings))
            {
                Assert.Equal(6ul, log.Next);
                Assert.Equal(5, (await RecordsContract.ReadAll(log)).Count);
                if (kept == 0) Assert.Empty(findings.All);
                else Assert.StartsWith($"{kept} bytes", Assert.Single(findings.All, f => f.Code == "REC001").Message, StringComparison.Ordinal);
                Assert.Equal(6ul, await log.Append([RecordsContract.Draft("after")], CancellationToken.None));
            }
            await using var again = Open(findings = new());
            Assert.Equal("after", Text((await RecordsContract.ReadAll(again))[^1]));
            Assert.Empty(findings.All);
        }
    }

    [Fact]
    public async Task A_tail_of_zeros_as_some_file_systems_leave_it_is_cut()
    {
        var segment = await Write(3);
        await File.AppendAllTextAsync(segment, new string('\0', 5000));
        var findings = new FindingList();
        await using var log = Open(findings);
        Assert.Equal(4ul, log.Next);
        Assert.Contains("5000 bytes", Assert.Single(findings.All).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Any_flipped_byte_costs_at_most_its_own_record(bool reopen)
    {
        // Five records, the third damaged at each of its bytes; before that also the header and the origin at each of theirs.
        var segment = await Write(5);
        var whole = await File.ReadAllBytesAsync(segment);
        var frame = Frame.HeadBytes + "record number 0".Length;
        var third = whole.Length - 3 * frame;
        for (var at = 0; at < third + frame; at++)
        {
            await File.WriteAllBytesAsync(segment, whole);
            var findings = new FindingList();
            await using var log = Open(findings);
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x10;
            List<Record> read;
            if (reopen)
            {
                await log.DisposeAsync();
                await File.WriteAllBytesAsync(segment, damaged);
                await using var again = Open(findings);
                Assert.Equal(6ul, again.Next);
                read = await RecordsContract.ReadAll(again);
            }
            else
            {
                // Damage beside a running log: the header was read already, the frames are read now.
                await File.WriteAllBytesAsync(segment, damaged);
                read = await RecordsContract.ReadAll(log);
                Assert.Equal(read.Count, (await RecordsContract.ReadAll(log)).Count);
            }
            var lost = at < third - 2 * frame ? 0 : 1;
            Assert.True(read.Count == 5 - lost, $"byte {at}: {read.Count} records");
            Assert.All(read, r => Assert.Equal($"record number {r.Position - 1}", Text(r)));
            // The running log read the origin when it opened and does not look again.
            if (at >= (reopen ? SegmentHeader.Bytes : third - 2 * frame)) Assert.Equal("REC002", Assert.Single(findings.All).Code);
        }
    }

    [Fact]
    public async Task A_hole_in_a_sealed_segment_tells_which_records_it_hid()
    {
        var segment = await Write(200, segmentBytes: 2000);
        Assert.True(Directory.GetFiles(folder.Path, "*.log").Length > 3);
        var bytes = await File.ReadAllBytesAsync(segment);
        bytes.AsSpan(300, 400).Fill(0xEE);
        await File.WriteAllBytesAsync(segment, bytes);
        var findings = new FindingList();
        await using var log = Open(findings, 2000);
        var read = await RecordsContract.ReadAll(log);
        var missing = Enumerable.Range(1, 200).Select(p => (ulong)p).Except(read.Select(r => r.Position)).ToList();
        Assert.InRange(missing.Count, 5, 12);
        var told = Assert.Single(findings.All);
        Assert.Contains($"hide {missing.Count} records, {missing[0]} to {missing[^1]}", told.Message, StringComparison.Ordinal);
        // Asked for a lost record, the log answers with the next one that stands.
        Assert.Equal(missing[^1] + 1, (await log.Read(missing[0], 1, 1, CancellationToken.None))[0].Position);
    }

    [Fact]
    public async Task A_segment_without_header_is_set_aside_and_its_positions_are_not_given_again()
    {
        var segment = await Write(10);
        var bytes = await File.ReadAllBytesAsync(segment);
        bytes.AsSpan(0, SegmentHeader.Bytes).Clear();
        await File.WriteAllBytesAsync(segment, bytes);
        var findings = new FindingList();
        await using var log = Open(findings);
        Assert.True(log.Next > 10);
        Assert.True(File.Exists(segment + ".damaged"));
        Assert.Equal("REC002", Assert.Single(findings.All).Code);
        var position = await log.Append([RecordsContract.Draft("after")], CancellationToken.None);
        Assert.Equal(position, Assert.Single(await RecordsContract.ReadAll(log)).Position);
    }

    [Fact]
    public async Task A_reader_ahead_of_a_shortened_log_misses_no_new_record()
    {
        var segment = await Write(10);
        await using (var log = Open(new())) await log.SaveCheckpoint("event-store", 11, CancellationToken.None);
        await using (var cut = new FileStream(segment, FileMode.Open)) cut.SetLength(cut.Length - 100);
        var findings = new FindingList();
        await using var again = Open(findings);
        Assert.Contains(findings.All, f => f.Code == "REC008");
        Assert.Equal(11ul, await again.Append([RecordsContract.Draft("new")], CancellationToken.None));
        Assert.Equal("new", Text((await again.Read(again.Checkpoint("event-store"), 1, 1, CancellationToken.None))[0]));
        await again.DisposeAsync();
        await using var third = Open(findings = new());
        Assert.Equal(12ul, third.Next);
        Assert.Empty(findings.All);
    }

    [Fact]
    public async Task Who_waits_in_a_hole_at_the_end_wakes_at_the_first_record_after_it()
    {
        await Write(10);
        await using (var log = Open(new())) await log.SaveCheckpoint("event-store", 11, CancellationToken.None);
        var segment = Directory.GetFiles(folder.Path, "*.log").Single();
        await using (var cut = new FileStream(segment, FileMode.Open)) cut.SetLength(cut.Length - 100);
        await using var again = Open(new());
        var waiting = again.WaitFor(10, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        await again.Append([RecordsContract.Draft("new")], CancellationToken.None);
        await waiting;
        Assert.Equal(11ul, (await again.Read(10, 5, 1000, CancellationToken.None))[0].Position);
    }

    [Fact]
    public async Task A_frame_that_a_sender_wrote_into_a_payload_is_never_taken_for_one()
    {
        // The sender copies a true frame of its own, seen on another machine, and the record around it is damaged.
        var forged = new byte[Frame.HeadBytes + 6];
        Frame.Of(FrameKind.Record, 0, 7, 1, "forged"u8, salt: 12345).Write(forged, salt: 12345);
        "forged"u8.CopyTo(forged.AsSpan(Frame.HeadBytes));
        string segment;
        await using (var log = Open(new()))
        {
            await log.Append([RecordsContract.Draft("before"), new(1, new("bulk", "x"), forged), RecordsContract.Draft("after")], CancellationToken.None);
            segment = Directory.GetFiles(folder.Path, "*.log").Single();
        }
        var bytes = await File.ReadAllBytesAsync(segment);
        var inside = bytes.AsSpan().IndexOf(forged);
        bytes[inside - 1] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes);
        await using var again = Open(new());
        Assert.Equal(["before", "after"], (await RecordsContract.ReadAll(again)).Select(Text));
    }
}
