using System.Text;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Every parser with its own cases, changed: bytes flipped, cut, doubled, spliced with another's. None falls over, and each record is kept as it came.</summary>
public sealed class ParserFuzz
{
    static readonly int Rounds = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? 400 : 8;
    static readonly byte[][] Splinters = ["\""u8.ToArray(), "\\"u8.ToArray(), "|"u8.ToArray(), "="u8.ToArray(), "{"u8.ToArray(), "]}"u8.ToArray(), [0], [0xFF], [0xED, 0xA0, 0x80], "\n"u8.ToArray(), "\r\n"u8.ToArray(), "<"u8.ToArray(), "&#x0;"u8.ToArray(), "\\ud800"u8.ToArray(), "9999999999999999999999"u8.ToArray(), "-1e999"u8.ToArray(), "%"u8.ToArray(), ",,"u8.ToArray(), "\uFEFF"u8.ToArray(), "\t"u8.ToArray()];

    public static IReadOnlyList<(Origin Origin, byte[] Raw)> Cases()
    {
        var cases = new List<(Origin, byte[])>();
        foreach (var file in Directory.GetFiles(Path.Combine(Lab.Content.Path, "parsers"), "*.cases").Order(StringComparer.Ordinal))
        {
            var origin = Lab.Udp;
            foreach (var line in File.ReadLines(file))
            {
                if (line.StartsWith("# origin: ", StringComparison.Ordinal))
                {
                    var parts = line["# origin: ".Length..].Split(' ');
                    origin = new Origin(parts[0], parts[1], parts.Length > 2 ? parts[2] : "");
                }
                else if (line.StartsWith("> ", StringComparison.Ordinal)) cases.Add((origin, Encoding.UTF8.GetBytes(line[2..])));
                else if (line.StartsWith(">> ", StringComparison.Ordinal)) cases.Add((origin, ParserCases.Plain(line[3..])));
            }
        }
        return cases;
    }

    [Xunit.Fact]
    public void No_parser_falls_over_its_own_cases_when_they_are_damaged()
    {
        var cases = Cases();
        Assert.True(cases.Count > 300, $"Only {cases.Count} cases were found.");
        var random = new Random(20260314);
        var fallen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            var records = cases.Select((c, i) => Lab.Record(c.Origin, Damaged(c.Raw, cases[random.Next(cases.Count)].Raw, random), (ulong)i + 1)).ToList();
            using var batch = Lab.Normaliser.Normalise(records);
            Assert.True(batch.Count >= records.Count);
            var at = 0;
            foreach (var record in records)
            {
                // A parser may make several events of one record; the first stands for it.
                while (at < batch.Count && batch[at].Id.Position < record.Position) at++;
                Assert.True(at < batch.Count && batch[at].Id.Position == record.Position, $"No event stands for {Encoding.UTF8.GetString(record.Raw.Span)}");
                Assert.True(batch[at].Raw.SequenceEqual(record.Raw.Span));
                if (Lab.Codes(Lab.Fields(batch[at])).Contains("INT199")) fallen[Lab.Fields(batch[at]).GetValueOrDefault("andon.parser")?[0] ?? "?"] = Encoding.UTF8.GetString(record.Raw.Span);
            }
        }
        Assert.True(fallen.Count == 0, string.Join('\n', fallen.Select(f => $"{f.Key}: {f.Value}")));
    }

    static byte[] Damaged(byte[] raw, byte[] other, Random random)
    {
        var bytes = raw.ToList();
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.InsertRange(at, Splinters[random.Next(Splinters.Length)]); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, 60)))); break;
                case 5: bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 30))); break;
                default:
                    var from = other.Length == 0 ? 0 : random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 80))]);
                    break;
            }
        }
        return [.. bytes];
    }
}
