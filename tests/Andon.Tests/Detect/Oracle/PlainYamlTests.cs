using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Andon.Detect.Sigma.Parsing;

namespace Andon.Tests.Detect.Oracle;

/// <summary>The reader of plain YAML gives the library's tree or nothing; places, kinds and sizes included.</summary>
public class PlainYamlTests(ITestOutputHelper output)
{
    [Fact]
    public void All_published_rules_are_read_as_the_library_reads_them()
    {
        int plain = 0, all = 0;
        foreach (var (name, text) in Rules())
        {
            all++;
            if (Same(text) is { } wrong) Assert.Fail($"{name}: {wrong}");
            if (PlainYaml.TryRead(text, 0) is not null) plain++;
        }
        output.WriteLine($"{plain} of {all} files without the library");
        Assert.True(plain > all * 95 / 100);
    }

    [Fact]
    public void Mutated_rules_are_read_as_the_library_reads_them()
    {
        var random = new Random(17);
        var texts = Rules().Where((_, i) => i % 20 == 0).Select(r => r.Text).Append(Corner).ToList();
        string[] odd = ["'", "\"", ":", ": ", " ", "  ", "\n", "\n\n", "- ", "-", "#", " #", "|", ">", "|-", "\\", "\t", "\r\n", "[", "]", "{", "&a ", "*a", "!t ", "? ", "%", "---\n", "...", "''", "é", "😀", ",", "key: v\n", "  - x\n", "`", "@", "null", "~", "0x1f", "\u2028", "\uFEFF"];
        var read = 0;
        for (var i = 0; i < (Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? 200_000 : 12_000); i++)
        {
            var text = texts[random.Next(texts.Count)];
            // A short piece, so that most changes meet the structure.
            if (text.Length > 600 && random.Next(3) > 0)
            {
                var from = text.IndexOf('\n', random.Next(text.Length - 500)) + 1;
                text = random.Next(2) == 0 ? text[from..] : text[..from];
            }
            for (var k = random.Next(4); k >= 0; k--)
            {
                var at = random.Next(text.Length + 1);
                text = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(4), text.Length - at)),
                    1 when at > 0 => text.Insert(text.LastIndexOf('\n', at - 1) + 1, odd[random.Next(odd.Length)]),
                    _ => text.Insert(at, odd[random.Next(odd.Length)]),
                };
            }
            if (Same(text) is { } wrong) Assert.Fail($"{wrong} in\n{text}");
            if (PlainYaml.TryRead(text, 0) is not null) read++;
        }
        output.WriteLine($"{read} mutated texts without the library");
        Assert.True(read > 1_000);
    }

    const string Corner = """
        # remark
        title: a 'quoted' "word"   # remark
        'key': 'it''s'
        list:
        - a
        -   b: c
            d:
              - e
              -
                f: g
        - "x\\y\n\"z\""
        text: |
          one
            two

          three
        folded: >-
          one
          two

          three
        keep: |+
          x

        plain: begins
          goes on

          after a blank line
        neg: -5
        colon: a:b
        url: http://x/#y
        hash: a#b
        dash: -enc
        sp : v
        last: 12:30

        """;

    [Fact]
    public void Corners_are_read_without_the_library()
    {
        Assert.NotNull(PlainYaml.TryRead(Corner.ReplaceLineEndings("\n"), 0));
        Assert.Null(Same(Corner.ReplaceLineEndings("\n")));
    }

    [Fact]
    public void Numbers_are_what_the_core_schema_says()
    {
        const string Letters = "0123456789+-.eExoabf_ :";
        var random = new Random(23);
        for (var i = 0; i < 200_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, 1 + random.Next(6)).Select(_ => Letters[random.Next(Letters.Length)])]);
            var expected = Regex.IsMatch(text, @"\A[-+]?[0-9]+\z|\A0o[0-7]+\z|\A0x[0-9a-fA-F]+\z") ? ScalarKind.Integer
                : Regex.IsMatch(text, @"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z") ? ScalarKind.Float : ScalarKind.Text;
            Assert.True(expected == YamlReader.KindOf(text, plain: true), text);
        }
    }

    /// <summary>What differs, or null. Where the plain reader is silent nothing can.</summary>
    static string? Same(string text)
    {
        if (PlainYaml.TryRead(text, 7) is not { } plain) return null;
        var sink = new FindingSink("f");
        var documents = new List<YamlDocument>();
        YamlReader.Library(text, 7, 1, documents, sink);
        if (sink.Errors > 0 || documents.Count != 1) return $"the library says {documents.Count} documents, {string.Join(' ', sink.All)}";
        var (a, b) = (new StringBuilder(), new StringBuilder());
        Print(plain, a);
        Print(documents[0].Root, b);
        if (a.Equals(b)) return null;
        var (x, y) = (a.ToString().Split('\n'), b.ToString().Split('\n'));
        var at = Enumerable.Range(0, Math.Max(x.Length, y.Length)).First(i => i >= x.Length || i >= y.Length || x[i] != y[i]);
        return $"plain: {x.ElementAtOrDefault(at)}, library: {y.ElementAtOrDefault(at)}";
    }

    static void Print(YamlNode node, StringBuilder into)
    {
        into.Append(node.At).Append(' ').Append(node.Size).Append(' ');
        switch (node)
        {
            case YamlScalar scalar: into.Append(scalar.Kind).Append(' ').Append(scalar.Text.Replace("\n", "⏎", StringComparison.Ordinal)).Append('\n'); break;
            case YamlList list:
                into.Append("list\n");
                foreach (var item in list.Items) Print(item, into);
                break;
            case YamlMap map:
                into.Append("map\n");
                foreach (var (key, value) in map.Entries) { Print(key, into); Print(value, into); }
                break;
        }
        into.Append("end\n");
    }

    static IEnumerable<(string Name, string Text)> Rules()
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("sigma/sigma-rules.zip"));
        foreach (var entry in zip.Entries.Where(e => e.FullName.EndsWith(".yml", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(entry.Open());
            yield return (entry.FullName, reader.ReadToEnd());
        }
    }
}
