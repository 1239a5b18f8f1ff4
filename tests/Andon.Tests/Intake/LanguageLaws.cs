using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>The parser language: each step and change gives what it says, faulty parsers are refused with all there is to say, and no bytes harm.</summary>
public sealed class LanguageLaws
{
    static readonly string Head = "name: tried\nversion: 1\ndataset: tried.log\nnamespace: v\n";

    static ParserPreview Try(string parser, params string[] lines) => Lab.Normaliser.Preview(Head + parser, lines, Lab.File, TimeProvider.System);

    static string Print(ParserPreviewLine line, params string[] fields) => string.Join(" ", fields.Select(f => $"{f}={string.Join('|', line.After.GetValueOrDefault(f) ?? [])}"));

    public static TheoryData<string, string, string> Forms() => new()
    {
        { "extract: kv\nmap: {a: user.name}", "a=1 b=\"x \\\"y\\\"\" c= d=e=f a=2", "user.name=1 v.a=1|2 v.b=x \"y\" v.c= v.d=e=f" },
        { "extract: {kv: {separator: ';', equals: ':'}}", "a:1; b:two words;c:", "v.a=1 v.b=two words v.c=" },
        { "extract: {kv: {values: blanks}}", "a=one two b=x\\=y c=3", "v.a=one two v.b=x=y v.c=3" },
        { "extract: {csv: a - user.name source.ip}", "\"x, \"\"y\"\"\",skip, anna ,203.0.113.5", "v.a=x, \"y\" user.name=anna source.ip=203.0.113.5" },
        { "extract: {csv: {by: 0, columns: {A: [t, user.name], '*': [t, host.name]}}}", "A,anna", "user.name=anna host.name=" },
        { "extract: {csv: {by: 0, columns: {A: [t, user.name], '*': [t, host.name]}}}", "B,anna", "user.name= host.name=anna" },
        { "extract: json\nmap: {'t[type=User].id': user.id, 't[1].id': user.target.id}", """{"t":[{"type":"App","id":"1"},{"id":"2","type":"user"}]}""", "user.id=2 user.target.id=2 v.t.id=1|2" },
        { "extract: json\nlists: {P: [n, v]}\nmap: {P.agent: user_agent.original}", """{"P":[{"n":"x","v":"1"},{"v":"curl","n":"agent"}]}""", "user_agent.original=curl" },
        { "extract: xml\nmap: {System.Code: event.code, Data.user: user.name}", "<e xmlns='u'><System><Code>7</Code><Time At=\"1\"/></System><Data><Item Name='x'>a &amp; b</Item><user>anna</user></Data></e>", "event.code=7 user.name=anna v.System.Time.At=1 v.Data.x=a & b" },
        { "extract: cef\nmap: {Zone: observer.ingress.zone, msg: event.reason}", "x CEF:0|a\\|b|p|1|9|n|5|msg=one \\= two cs1Label=Zone cs1=in side dst=10.0.0.1", "v.DeviceVendor=a|b event.reason=one = two observer.ingress.zone=in side v.dst=10.0.0.1" },
        { "extract: leef\nmap: {usrName: user | account}", "LEEF:2.0|v|p|1|e|x5E|usrName=CORP\\anna^cat=x y", "user.name=anna user.domain=CORP v.cat=x y" },
        { "extract: [{lines: ['%{user.name} did %[quickly %]%(this%|that%) to %{>.what}']}]", "anna did quickly that to a did this to b", "user.name=anna v.what=a did this to b" },
        { "extract: [{lines: ['%{_a} %{_n:n} %{>_rest}']}]\nmap: {_a: user.name, _n: event.code, _rest: event.reason}", "two words 7 rest", "user.name=two words event.code=7 event.reason=rest" },
        { "extract: {grok: '%{IP:source.ip} (?:%{WORD:v.x} )?\\[%{DATA:v.when}\\]: %{GREEDYDATA:event.reason}'}", "10.0.0.1 word [now]: all of it", "source.ip=10.0.0.1 v.x=word v.when=now event.reason=all of it" },
        { "extract: {grok: '%{IP:source.ip} (?:%{WORD:v.x} )?\\[%{DATA:v.when}\\]: %{GREEDYDATA:event.reason}'}", "10.0.0.1 [now]: all of it", "source.ip=10.0.0.1 v.x= v.when=now event.reason=all of it" },
        { "extract: kv\nmap: {u: url | url, e: source | endpoint, h: file | hash, d: event.duration | clock, m: host.mac | mac, b: source.bytes | kb, x: process.pid | hex, p: file | file}", "u=https://a@h.example:8443/p/q.php?x=1#f e=[2001:db8::1]:443 h=D41D8CD98F00B204E9800998ECF8427E d=1:02:03 m=00:1b:44:11:3a:b7 b=2 x=0x1F p=C:\\t\\a.exe",
          "url.domain=h.example url.port=8443 url.path=/p/q.php url.query=x=1 url.fragment=f url.username=a url.extension=php source.ip=2001:db8::1 source.port=443 file.hash.md5=d41d8cd98f00b204e9800998ecf8427e event.duration=3723000000000 host.mac=00-1B-44-11-3A-B7 source.bytes=2048 process.pid=31 file.name=a.exe file.extension=exe" },
        { "extract: kv\nvalues: [{of: s, to: event.outcome, table: {OK|fine: success, '*': failure}}, {of: [s, t], table: {ok/x: {category: network, type: [a, b]}}}]\nset: [{when: {s: {not: [ok]}}, set: {action: never}}, {action: 'yes'}]", "s=Ok t=X", "event.outcome=success event.category=network event.type=a|b event.action=yes" },
        { "extract: kv\ntime: {of: [d, t], as: 'dd/MM/yyyy HH:mm:ss', zone: z}", "d=02/03/2026 t=07:59:58 z=+0100", "@timestamp=2026-03-02T06:59:58.000Z" },
        { "extract: kv\ntime: t", "t=1772438398123456789", "@timestamp=2026-03-02T07:59:58.123Z" },
        { "extract: kv\nnil: [N/A]\nmap: {a: [user.name], b: user.name, src: source.ip, port: source.port}", "a=N/A b=anna src=no address port=12a", "user.name=anna source.ip= source.port= v.a=N/A" },
        { "extract: kv\nmap: {a: source.ip, b: host.ip | split(;)}", "a=web.example b=10.0.0.1;x;10.0.0.2", "source.domain=web.example source.address=web.example source.ip= host.ip=10.0.0.1|10.0.0.2" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_parser_gives_what_its_text_says(string parser, string line, string expected)
    {
        var preview = Try(parser, line);
        Assert.Empty(preview.Findings);
        var names = System.Text.RegularExpressions.Regex.Matches(expected, @"(?:^| )(@?[a-z_][\w.]*)=").Select(m => m.Groups[1].Value).ToArray();
        var fields = names.Where(n => n is "@timestamp" || n.Contains('.', StringComparison.Ordinal)).ToArray();
        Assert.Equal(expected, Print(preview.Lines[0], fields));
    }

    /// <summary>A program that many products have is whose its header's structured data says; without it, or with another's, it is not.</summary>
    [Theory]
    [InlineData("<13>1 2026-03-02T07:59:58Z h sshd - - [junos@2636.1 username=\"anna\"] x", "juniper-junos")]
    [InlineData("<13>1 2026-03-02T07:59:58Z h sshd - - [other@1 username=\"anna\" ] x", "linux-auth")]
    [InlineData("<13>1 2026-03-02T07:59:58Z h sshd - - - x", "linux-auth")]
    public void A_header_says_whose_data_it_holds(string line, string parser)
    {
        using var batch = Lab.Normaliser.Normalise([Lab.Record(Lab.Udp, Encoding.UTF8.GetBytes(line))]);
        Assert.Contains($"andon.parser = {parser}@", Lab.Print(batch[0]), StringComparison.Ordinal);
        Assert.DoesNotContain("INT124", Lab.Print(batch[0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("extract: kv\nbogus: 1", "PAR101")]
    [InlineData("extract: nothing", "PAR153")]
    [InlineData("map: {a: user.name}", "PAR151")]
    [InlineData("extract: kv\nmap: {a: user.name | turn}", "PAR122")]
    [InlineData("extract: kv\nmap: {a: user.name | before}", "PAR123")]
    [InlineData("extract: kv\nmap: {a: url | url | lower}", "PAR124")]
    [InlineData("extract: kv\nvalues: [{of: a, table: {X: {action: b}, x: {action: c}}}]", "PAR132")]
    [InlineData("extract: kv\ntime: {of: a, as: 'what'}", "PAR134")]
    [InlineData("extract: kv\nmatch: {prefix: a}", "PAR114")]
    [InlineData("extract: kv\nmatch: {smell: a}", "PAR112")]
    [InlineData("extract: [{lines: ['%{a']}]", "PAR163")]
    [InlineData("extract: [{lines: ['%{>a} x %{>b}']}]", "PAR164")]
    [InlineData("extract: [{lines: ['%{a}%{b}']}]", "PAR165")]
    [InlineData("extract: [{lines: ['%{a:zz}']}]", "PAR167")]
    [InlineData("extract: [{lines: ['%[a%[b%[c%[d%[e%[f%[g']}]", "PAR162")]
    [InlineData("extract: kv\nenrich: [{of: a, table: ../x.csv, to: {b: c}}]", "PAR142")]
    [InlineData("extract: kv\nset: [{when: {a: {like: b}}, set: {action: c}}]", "PAR108")]
    [InlineData("extract: kv\nwith: nowhere", "PAR109")]
    [InlineData("extract: {grok: '%{NOSUCH:a}'}", "PAR168")]
    [InlineData("extract: {grok: '[a-z]+'}", "PAR169")]
    [InlineData("extract: [kv\n", "PAR001")]
    public void A_faulty_parser_is_refused_with_its_place(string parser, string code)
    {
        var preview = Try(parser, "a=1");
        Assert.Null(preview.Parser);
        Assert.Contains(preview.Findings, f => f.Code == code && f.Place.StartsWith("trial:", StringComparison.Ordinal) && f.Hint.Length > 0);
    }

    [Xunit.Fact]
    public void All_findings_come_at_once()
    {
        var codes = Try("extract: [{lines: ['%{a']}, nothing]\nbogus: 1\nmap: {a: user.name | turn}").Findings.Select(f => f.Code).ToHashSet();
        Assert.Superset(new HashSet<string> { "PAR101", "PAR122", "PAR153", "PAR163" }, codes);
    }

    [Xunit.Fact]
    public void A_users_parser_takes_the_place_of_the_shipped_one_and_a_faulty_one_does_not()
    {
        using var folder = new TempFolder();
        var normaliser = new Normaliser(Lab.Content, folder.Path);
        const string line = """{"eventType":"e","published":"2026-03-02T07:59:58Z","actor":{"id":"1"},"outcome":{"result":"SUCCESS"}}""";
        string Parser()
        {
            using var batch = normaliser.Normalise([Lab.Record(Lab.Bulk, Encoding.UTF8.GetBytes(line))]);
            return batch[0].Text(Ecs.AndonParser) ?? "";
        }
        Assert.StartsWith("okta@", Parser(), StringComparison.Ordinal);

        string Text(string expected) => "name: okta\nversion: 900\ndataset: own.okta\nmatch: {json: [eventType, published, actor.id]}\nextract: json\nmap: {eventType: event.action}\ncases:\n  - raw: '" + line + "'\n    expect: {action: " + expected + "}\n";
        File.WriteAllText(Path.Combine(folder.Path, "okta.yml"), Text("e"));
        normaliser.Reload();
        Assert.Empty(normaliser.Findings);
        Assert.Equal("okta@900", Parser());
        Assert.Contains(normaliser.Parsers, p => p is { Name: "okta", Own: true });

        File.WriteAllText(Path.Combine(folder.Path, "okta.yml"), Text("other"));
        normaliser.Reload();
        Assert.Contains(normaliser.Findings, f => f.Code == "PAR181");
        Assert.NotEqual("okta@900", Parser());

        File.WriteAllText(Path.Combine(folder.Path, "okta.yml"), "name: okta\nextract: [");
        normaliser.Reload();
        Assert.Contains(normaliser.Findings, f => f.Code == "PAR001");
        Assert.StartsWith("okta@", Parser(), StringComparison.Ordinal);
    }

    static (string Parser, byte[] Raw)[] Cases() =>
        [.. Directory.GetFiles(Path.Combine(Lab.Content.Path, "parsers"), "*.cases").SelectMany(f => File.ReadAllLines(f).Where(l => l.StartsWith("> ", StringComparison.Ordinal)).Select(l => (Path.GetFileNameWithoutExtension(f), Encoding.UTF8.GetBytes(l[2..]))))];

    [Xunit.Fact]
    public void Changed_bytes_harm_no_parser()
    {
        var random = new Random(20261122);
        var cases = Cases();
        Assert.True(cases.Length > 60);
        ulong position = 0;
        foreach (var (parser, raw) in cases)
            for (var round = 0; round < 40; round++)
            {
                var changed = RecordSamples.Mutated(raw, random);
                Origin[] origins = [Lab.Udp, Lab.Bulk, new("hec", "10.9.8.7", "t"), new("file", "/x", "format=" + parser)];
                var record = Lab.Record(origins[round % 4], changed, ++position);
                using var batch = Lab.Normaliser.Normalise([record]);
                Assert.True(batch[0].Raw.SequenceEqual(changed));
                var fields = Lab.Fields(batch[0]);
                Assert.True(!Lab.Codes(fields).Contains("INT199"), parser + ": " + Encoding.UTF8.GetString(changed));
                foreach (var cell in batch[0].Cells) Assert.True(System.Text.Unicode.Utf8.IsValid(batch[0].Value(cell)), $"{parser} {Encoding.UTF8.GetString(batch[0].Name(cell))}: {Convert.ToHexString(batch[0].Value(cell))} of {Convert.ToHexString(changed)}");
            }
    }

    [Xunit.Fact]
    public void An_event_costs_no_allocation_whatever_its_parser()
    {
        var costly = new List<string>();
        foreach (var (parser, raw) in Cases())
        {
            const int count = 1000;
            var records = Enumerable.Range(0, count).Select(i => Lab.Record(Lab.Bulk, raw, (ulong)i + 1)).ToList();
            for (var i = 0; i < 3; i++) Lab.Normaliser.Normalise(records).Dispose(); // Pools and JIT warm.
            // Other tests take from the same pools; the least of several runs is the parser's own.
            var each = double.MaxValue;
            for (var i = 0; i < 200 && each > 32; i++)
            {
                if (i >= 20) Thread.Sleep(5);
                var before = GC.GetAllocatedBytesForCurrentThread();
                Lab.Normaliser.Normalise(records).Dispose();
                each = Math.Min(each, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count);
            }
            if (each > 32) costly.Add($"{parser} {each:F0}: {Encoding.UTF8.GetString(raw)}");
        }
        Assert.True(costly.Count == 0, string.Join('\n', costly));
    }
}
