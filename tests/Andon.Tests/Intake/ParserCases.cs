using System.Text;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>
/// Corpora beside the parsers: <c>content/parsers/*.cases</c>. A case is <c>&gt; raw line</c> (or <c>&gt;&gt; line with \n \\ \xNN</c>) and below it the fields it gives.
/// UPDATE=1 writes what the parsers give now; read the difference before you commit it.
/// </summary>
public sealed class ParserCases
{
    public static TheoryData<string> Files() => [.. Directory.GetFiles(Path.Combine(Lab.Content.Path, "parsers"), "*.cases").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_parser_gives_what_its_cases_say(string file)
    {
        var path = Path.Combine(Lab.Content.Path, "parsers", file);
        var was = File.ReadAllText(path);
        var now = new StringBuilder();
        var origin = Lab.Udp;
        foreach (var line in was.Split('\n'))
        {
            if (line.StartsWith("# origin: ", StringComparison.Ordinal))
            {
                var parts = line["# origin: ".Length..].Split(' ');
                origin = new Origin(parts[0], parts[1], parts.Length > 2 ? parts[2] : "");
            }
            if (line.StartsWith('#')) now.Append(line).Append('\n');
            if (!line.StartsWith('>')) continue;
            var raw = line.StartsWith(">> ", StringComparison.Ordinal) ? Plain(line[3..]) : Encoding.UTF8.GetBytes(line[2..]);
            using var batch = Lab.Normaliser.Normalise([Lab.Record(origin, raw)]);
            now.Append('\n').Append(line).Append('\n');
            foreach (var field in Lab.Print(batch[0]).Split('\n')) now.Append("  ").Append(Visible(field)).Append('\n');
        }
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            File.WriteAllText(path, now.ToString());
            return;
        }
        Assert.Equal(was, now.ToString());
        Assert.Contains(">", was, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void Every_parser_has_cases_that_are_its_own()
    {
        var book = Lab.Normaliser.Tables.Book;
        Assert.Empty(book.Findings);
        Assert.All(book.Parsers, parser =>
        {
            var cases = Path.Combine(Lab.Content.Path, "parsers", parser.Name + ".cases");
            Assert.True(File.Exists(cases), $"{parser.Name} has no cases: write content/parsers/{parser.Name}.cases.");
            var text = File.ReadAllLines(cases);
            var (raws, own) = (text.Count(l => l.StartsWith('>')), text.Count(l => l.StartsWith($"  andon.parser = {parser.Name}@{parser.Version}", StringComparison.Ordinal)));
            Assert.True(raws > 0 && raws == own, $"{own} of {raws} cases of {parser.Name} are events that it made.");
            Assert.Equal(parser.Name, Path.GetFileNameWithoutExtension(book.Files[parser.Name]));
        });
    }

    static string Visible(string text) => text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);

    internal static byte[] Plain(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
                continue;
            }
            switch (text[++i])
            {
                case 'n': bytes.Add((byte)'\n'); break;
                case 'x':
                    bytes.Add(Convert.FromHexString(text.AsSpan(i + 1, 2))[0]);
                    i += 2;
                    break;
                default: bytes.Add((byte)text[i]); break;
            }
        }
        return [.. bytes];
    }
}
