using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;

namespace Andon.Tests.Store;

/// <summary>
/// Kill -9 in the middle of appends. The child is this test program itself: with the variable below set it appends, tells each
/// acknowledgement on its standard output, and never comes to the tests.
/// </summary>
public sealed class RecordsCrash : IDisposable
{
    const string ChildVariable = "ANDON_TEST_CRASH_FOLDER";
    const int Kills = 6;

    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Killed_in_the_middle_nothing_acknowledged_is_lost_and_positions_stay_gapless()
    {
        var random = new Random(11);
        ulong acknowledged = 0;
        long facts = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var (records, lastFact) = await RunAndKill(acknowledgements: random.Next(20, 200));
            Assert.True(records > acknowledged);
            (acknowledged, facts) = (records, lastFact);

            var findings = new FindingList();
            await using var log = DiskRecordLog.Open(folder.Path, Options, findings, TimeProvider.System);
            var read = await RecordsContract.ReadAll(log);
            Assert.True(log.Next > acknowledged, $"{acknowledged} was acknowledged and the log ends before {log.Next}");
            Assert.Equal(Enumerable.Range(1, read.Count).Select(p => (ulong)p), read.Select(r => r.Position));
            Assert.Equal(log.Next, (ulong)read.Count + 1);
            Assert.All(read, r => Assert.True(r.Raw.Span.IndexOfAnyExcept(Fill(r.Position)) < 0));
            Assert.All(findings.All, f => Assert.Equal("REC001", f.Code)); // At most a torn tail.

            await using var factLog = SqliteFactLog.Open(folder.Path, findings, TimeProvider.System);
            Assert.True(factLog.Last >= facts);
            Assert.Null(factLog.Verify());
            // Facts and their checkpoint stand or fall together.
            Assert.Equal((ulong)factLog.Last, factLog.Checkpoint("child"));
        }
    }

    [Fact]
    public async Task A_copy_taken_at_any_moment_of_eight_appenders_opens_with_all_that_was_acknowledged_before()
    {
        await using var log = DiskRecordLog.Open(folder.Path, Options, new FindingList(), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var appending = Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await log.Append([.. Enumerable.Range(0, 1 + worker).Select(n => RecordsContract.Draft($"worker {worker} {new string('x', 300)}"))], CancellationToken.None);
        })).ToList();
        for (var copy = 0; copy < 10; copy++)
        {
            var before = log.Next;
            await log.WaitFor(before + 20, CancellationToken.None);
            using var at = folder.Copy();
            var findings = new FindingList();
            await using var opened = DiskRecordLog.Open(at.Path, Options, findings, TimeProvider.System);
            Assert.True(opened.Next >= before + 20);
            Assert.Equal(opened.Next, (ulong)(await RecordsContract.ReadAll(opened)).Count + 1);
            Assert.All(findings.All, f => Assert.Equal("REC001", f.Code));
        }
        await stop.CancelAsync();
        await Task.WhenAll(appending);
    }

    static RecordLogOptions Options => new() { SegmentBytesMax = 200_000, FreeBytesMin = 0 };

    static byte Fill(ulong position) => (byte)(position % 251);

    async Task<(ulong Records, long Facts)> RunAndKill(int acknowledgements)
    {
        var program = typeof(RecordsCrash).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true, UseShellExecute = false, Environment = { [ChildVariable] = folder.Path } };
        using var child = Process.Start(start) ?? throw new InvalidOperationException("No child process.");
        ulong records = 0;
        long facts = 0;
        var seen = 0;
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is not ["ack", var record, var fact, "."]) continue; // The last line may be cut.
            (records, facts) = (ulong.Parse(record, CultureInfo.InvariantCulture), long.Parse(fact, CultureInfo.InvariantCulture));
            if (++seen == acknowledgements) child.Kill(); // What was told before it died is read, too.
        }
        await child.WaitForExitAsync();
        Assert.True(seen >= acknowledgements, $"The child ended by itself after {seen} acknowledgements.");
        return (records, facts);
    }

#pragma warning disable CA2255 // The one way into a test program that has no Main of its own.
    [ModuleInitializer]
    internal static void BecomeChild()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is { Length: > 0 } at) AppendForever(at);
    }
#pragma warning restore CA2255

    /// <summary>
    /// Runs on one thread: no other may enter this assembly before its initializer ends, and it never does. Plain arrays for the same
    /// reason: a list that the compiler makes would be a type of this assembly, and the log's own thread walks it.
    /// </summary>
    static void AppendForever(string at)
    {
        var log = DiskRecordLog.Open(at, Options, new FindingList(), TimeProvider.System);
        var facts = SqliteFactLog.Open(at, new FindingList(), TimeProvider.System);
        var random = new Random(5);
        using var output = Console.OpenStandardOutput();
        while (true)
        {
            var batch = new RecordDraft[random.Next(1, 40)];
            for (var i = 0; i < batch.Length; i++)
            {
                var raw = new byte[random.Next(0, 2000)];
                raw.AsSpan().Fill(Fill(log.Next + (ulong)i));
                batch[i] = new(1, new("bulk", $"peer {random.Next(20)}"), raw);
            }
            var first = log.Append(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            var drafts = new FactDraft[] { FactsContract.Note("case-1", "a"), FactsContract.Note("case-1", "b") };
            var marks = new Checkpoint[] { new("child", (ulong)facts.Last + 2) };
            var fact = facts.Append(drafts, marks, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ack {first + (ulong)batch.Length - 1} {fact[^1].Seq} .\n")));
            output.Flush();
        }
    }
}
