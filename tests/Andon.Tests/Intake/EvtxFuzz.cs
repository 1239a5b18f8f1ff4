using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Andon.Intake.Collect.Evtx;
using Andon.Model;
using static Andon.Tests.Intake.EvtxMaker;

namespace Andon.Tests.Intake;

/// <summary>Changed, cut and mixed-up logs: always an end, never an exception, always JSON, and bounded findings.</summary>
public sealed class EvtxFuzz(ITestOutputHelper output)
{
    const int Rounds = 3000, RealRounds = 60, FilesMax = 40;

    [Fact]
    public void A_log_written_here_can_be_changed_anywhere()
    {
        var maker = new EvtxMaker();
        for (var i = 0; i < 6; i++)
            maker.Add(x => x.Template(t => t.Element("Event", e => e
                    .Element("System", s => s.Element("EventID", v => v.Put(0, 6), attributes: ("Qualifiers", q => q.PutOptional(1))))
                    .Element("EventData", d => d.Element("Data", v => v.Put(2), attributes: ("Name", n => n.Text("a"))).Element("Data", v => v.Put(3, 0x81)))
                    .Element("UserData", u => u.Put(4, 0x21))),
                new Value(6, [1, 2]), Value.Null, Value.Text($"text {i}"), new Value(0x81, Encoding.Unicode.GetBytes("a\0b\0")),
                new Value(0x21, place => new Xml(place).Template(t => t.Element("In", v => v.Put(0, 0x13)), new Value(0x13, [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0])).Written)));
        // Only what is used: zeros behind it are dull to change.
        var file = maker.File();
        var records = Mutate(file, HeaderBytes + 4096, new Random(20_260_302), Rounds);
        Assert.True(records > Rounds, "The changes leave nothing to read.");
    }

    [Fact]
    public void Recorded_logs_can_be_changed_anywhere()
    {
        var random = new Random(20_260_303);
        var records = 0L;
        using var zip = ZipFile.OpenRead(SharedData.Require("windows/evtx-to-mitre-attack.zip"));
        foreach (var entry in zip.Entries.Where(e => e.Length is > 0 and <= HeaderBytes + ChunkBytes).Take(FilesMax))
        {
            using var file = entry.Open();
            var bytes = new byte[entry.Length];
            file.ReadExactly(bytes);
            records += Mutate(bytes, bytes.Length, random, RealRounds);
        }
        Assert.True(records > RealRounds, "The changes leave nothing to read.");
    }

    long Mutate(byte[] whole, int used, Random random, int rounds)
    {
        var watch = Stopwatch.StartNew();
        long records = 0, slowest = 0;
        for (var round = 0; round < rounds; round++)
        {
            var file = (byte[])whole.Clone();
            for (var i = random.Next(1, 24); i > 0; i--)
            {
                var at = random.Next(random.Next(4) == 0 ? 0 : HeaderBytes, used);
                switch (random.Next(6))
                {
                    case 0: file[at] ^= (byte)(1 << random.Next(8)); break;
                    case 1: file[at] = (byte)random.Next(256); break;
                    case 2: file[at] = byte.MaxValue; break;
                    case 3: file.AsSpan(at, Math.Min(4, used - at)).Fill((byte)random.Next(2)); break;
                    case 4:
                        // Pieces of the log itself make things that nearly fit.
                        var length = random.Next(1, 64);
                        var from = random.Next(HeaderBytes, used);
                        file.AsSpan(from, Math.Min(length, used - Math.Max(from, at))).CopyTo(file.AsSpan(at));
                        break;
                    default: BitConverter.TryWriteBytes(file.AsSpan(at), (ushort)random.Next(used)); break;
                }
            }
            if (random.Next(8) == 0) file = file[..random.Next(file.Length)];
            var began = watch.ElapsedMilliseconds;
            var findings = new List<Finding>();
            foreach (var record in EvtxFile.Read(new MemoryStream(file), findings.Add, recover: round % 2 == 0))
            {
                records++;
                var reader = new Utf8JsonReader(record.Span, new JsonReaderOptions { MaxDepth = 1024 });
                while (reader.Read()) { }
            }
            slowest = Math.Max(slowest, watch.ElapsedMilliseconds - began);
            Assert.Equal(findings.Select(f => f.Code).Distinct().Count(), findings.Count);
        }
        if (rounds > RealRounds) output.WriteLine($"{rounds} changed logs, {records} records, {watch.ElapsedMilliseconds} ms, slowest {slowest} ms");
        // A stall, not a speed: one log of one chunk takes some milliseconds.
        Assert.True(slowest < 20_000, $"One log took {slowest} ms.");
        return records;
    }
}
