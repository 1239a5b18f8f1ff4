using System.Text;
using Andon.Intake;
using Andon.Intake.Collect;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

public sealed class FileInputs : IDisposable
{
    readonly TempFolder folder = new();
    readonly MemoryRecordLog log = new();
    readonly FindingList findings = new();
    readonly TestClock clock = new();

    public void Dispose() => folder.Dispose();

    string LogFile => folder.File("app.log");

    sealed class Running(FileReader reader) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await reader.StopAsync(CancellationToken.None);
            reader.Dispose();
        }
    }

    async Task<Running> Follow(bool tail = true, IRecordLog? into = null)
    {
        var marks = new FileMarks(folder.File("state"));
        marks.Load(findings);
        var reader = new FileReader(new FileInput(LogFile, tail), marks, new Listener("file", into ?? log, clock), clock, findings);
        await reader.StartAsync(CancellationToken.None);
        return new(reader);
    }

    async Task<string> Lines(int count)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (log.Next <= (ulong)count)
        {
            stop.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromMilliseconds(Limits.TailPollMs));
            await Task.Yield();
        }
        return string.Join('|', (await log.Read(1, 10_000, int.MaxValue, CancellationToken.None)).Select(r => Encoding.UTF8.GetString(r.Raw.Span)));
    }

    void Write(string text) => File.AppendAllText(LogFile, text);

    [Xunit.Fact]
    public async Task Read_once_to_the_end_with_an_unfinished_last_line()
    {
        Write("one\r\n\ntwo\nlast");
        await using (await Follow(tail: false)) Assert.Equal("one|two|last", await Lines(3));
        await using (await Follow(tail: false))
        {
            Write("\nmore\n");
            Assert.DoesNotContain("one|two|last|one", await Lines(3), StringComparison.Ordinal);
        }
    }

    [Xunit.Fact]
    public async Task An_unfinished_line_waits_for_its_end_and_a_restart_goes_on()
    {
        Write("one\ntw");
        await using (await Follow())
        {
            Assert.Equal("one", await Lines(1));
            Write("o\nthree\n");
            Assert.Equal("one|two|three", await Lines(3));
        }
        Write("four\n");
        await using (await Follow()) Assert.Equal("one|two|three|four", await Lines(4));
    }

    [Xunit.Fact]
    public async Task A_rotated_file_is_read_to_its_end_before_the_new_one()
    {
        Write("one\n");
        await using (await Follow())
        {
            await Lines(1);
            Write("two\nunfinished");
            File.Move(LogFile, LogFile + ".1");
            Write("new\n");
            Assert.Equal("one|two|unfinished|new", await Lines(4));
        }
    }

    [Xunit.Fact]
    public async Task A_file_rotated_while_we_were_away_is_finished_first()
    {
        Write("one\n");
        await using (await Follow()) await Lines(1);
        Write("two\n");
        File.Move(LogFile, LogFile + ".1");
        Write("new\n");
        await using (await Follow()) Assert.Equal("one|two|new", await Lines(3));
    }

    [Xunit.Fact]
    public async Task A_truncated_or_replaced_file_is_read_from_its_beginning()
    {
        Write("first line, rather long\n");
        await using (await Follow())
        {
            await Lines(1);
            File.WriteAllText(LogFile, "");
            Write("b\n");
            Assert.Equal("first line, rather long|b", await Lines(2));
        }
        Assert.Contains(findings.All, f => f.Code == "INT031");
        File.WriteAllText(LogFile, "another file altogether\n"); // Same inode, same or greater length: the fingerprint tells.
        await using (await Follow()) Assert.Equal("first line, rather long|b|another file altogether", await Lines(3));
        Assert.Contains(findings.All, f => f.Code == "INT032");
    }

    [Xunit.Fact]
    public async Task Broken_marks_are_said_and_the_file_is_read_again()
    {
        Write("one\n");
        await using (await Follow()) await Lines(1);
        File.WriteAllText(folder.File("state/files.json"), "{");
        await using (await Follow()) Assert.Equal("one|one", await Lines(2));
        Assert.Contains(findings.All, f => f.Code == "INT033");
    }

    [Xunit.Fact]
    public async Task A_line_beyond_the_limit_is_kept_up_to_it_and_says_so()
    {
        Write(new string('x', Limits.FrameBytesMax * 2) + "\nafter\n");
        await using (await Follow()) await Lines(2);
        var records = await log.Read(1, 10, int.MaxValue, CancellationToken.None);
        Assert.Equal([Limits.FrameBytesMax, 5], records.Select(r => r.Raw.Length));
        using var batch = Lab.Normaliser.Normalise(records);
        Assert.Equal(["INT102"], Lab.Codes(Lab.Fields(batch[0])));
        Assert.Empty(Lab.Codes(Lab.Fields(batch[1])));
    }

    [Xunit.Fact]
    public async Task A_full_log_holds_the_reader_and_loses_nothing()
    {
        var full = new FullLog(0);
        Write("one\ntwo\n");
        await using (await Follow(into: full))
        {
            for (var i = 0; i < 50; i++)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
            Assert.Equal(1ul, full.Next);
            full.Room = 10;
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (full.Next < 3)
            {
                stop.Token.ThrowIfCancellationRequested();
                clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
        }
    }
}
