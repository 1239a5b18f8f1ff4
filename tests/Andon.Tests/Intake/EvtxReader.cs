using System.Buffers.Binary;
using System.Text;
using Andon.Intake.Collect.Evtx;
using Andon.Model;
using static Andon.Tests.Intake.EvtxMaker;

namespace Andon.Tests.Intake;

/// <summary>The reader over logs written here, byte by byte.</summary>
public sealed class EvtxReader
{
    static (List<string> Records, List<Finding> Findings) Read(byte[] file, bool recover = false)
    {
        var findings = new List<Finding>();
        return ([.. EvtxFile.Read(new MemoryStream(file), findings.Add, recover).Select(r => Encoding.UTF8.GetString(r.Span))], findings);
    }

    static string One(Action<Xml> xml)
    {
        var maker = new EvtxMaker();
        maker.Add(xml);
        var (records, findings) = Read(maker.File());
        Assert.Equal([], findings);
        return Assert.Single(records);
    }

    static string Data(Value value, string quoted = "") => One(x => x.Template(t => t.Element("Event", e => e.Element("EventData", d => d.Element("Data", v => v.Put(0), attributes: ("Name", n => n.Text("x"))))), value))
        .Replace("{\"Event\":{\"EventData\":{\"x\":", quoted, StringComparison.Ordinal)[..^3];

    [Fact]
    public void An_event_has_the_shape_of_the_normaliser()
    {
        var json = One(x => x.Template(
            t => t.Element("Event", e => e
                .Element("System", s => s
                    .Element("Provider", attributes: [("Name", n => n.Text("P")), ("Guid", g => g.PutOptional(3, 0x0F))])
                    .Element("EventID", v => v.Put(0, 0x06), attributes: ("Qualifiers", q => q.PutOptional(1, 0x06)))
                    .Element("Correlation", attributes: ("ActivityID", a => a.PutOptional(2, 0x0F))))
                .Element("EventData", d => d
                    .Element("Data", v => v.Put(4), attributes: ("Name", n => n.Text("CommandLine")))
                    .Element("Data", v => v.PutOptional(2), attributes: ("Name", n => n.Text("Nothing")))
                    .Element("Data", v => v.Text("one"))
                    .Element("Data", v => v.Put(5, 0x81))),
                attributes: ("xmlns", n => n.Text("urn:e"))),
            new Value(0x06, [0x10, 0x12]), new Value(0x06, [0, 0x40]), Value.Null, new Value(0x0F, new Guid("5770385f-c22a-43e0-bf4c-06f5698ffbd9").ToByteArray()),
            Value.Text("\"C:\\a b\"\t\u0001é\uD83D\uDE00\uD83D "), new Value(0x81, Encoding.Unicode.GetBytes("two\0\0three\0"))));
        Assert.Equal("""{"Event":{"#attributes":{"xmlns":"urn:e"},"System":{"Provider":{"#attributes":{"Name":"P","Guid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9"}},"EventID":{"#attributes":{"Qualifiers":16384},"#text":4624},"Correlation":null},"EventData":{"CommandLine":"\"C:\\a b\"\t\u0001é"""
            + "\U0001F600\uFFFD \"" + ""","Nothing":null,"Data":["one","two","","three"]}}}""", json);
    }

    [Theory]
    [InlineData(0x01, "6100 0000", "\"a\"")]
    [InlineData(0x02, "80 e9 41 00", "\"€éA\"")]
    [InlineData(0x03, "ff", "-1")]
    [InlineData(0x04, "ff", "255")]
    [InlineData(0x05, "feff", "-2")]
    [InlineData(0x06, "feff", "65534")]
    [InlineData(0x07, "00000080", "-2147483648")]
    [InlineData(0x08, "ffffffff", "4294967295")]
    [InlineData(0x09, "ffffffffffffffff", "-1")]
    [InlineData(0x0A, "ffffffffffffffff", "18446744073709551615")]
    [InlineData(0x0B, "0000c03f", "1.5")]
    [InlineData(0x0C, "000000000000f8bf", "-1.5")]
    [InlineData(0x0C, "000000000000f87f", "\"NaN\"")]
    [InlineData(0x0D, "01000000", "true")]
    [InlineData(0x0D, "00000000", "false")]
    [InlineData(0x0E, "00abff", "\"00ABFF\"")]
    [InlineData(0x10, "10000000", "\"0x10\"")]
    [InlineData(0x10, "1000000000000080", "\"0x8000000000000010\"")]
    [InlineData(0x11, "993ffa3b4160dc01", "\"2025-11-28T08:30:20.966901Z\"")]
    [InlineData(0x12, "e907 0b00 0500 1c00 0800 1e00 1400 4300", "\"2025-11-28T08:30:20.067Z\"")]
    [InlineData(0x13, "0101000000000005 12000000", "\"S-1-5-18\"")]
    [InlineData(0x13, "010200000000000520000000 20020000", "\"S-1-5-32-544\"")]
    [InlineData(0x14, "e7030000", "\"0x3e7\"")]
    [InlineData(0x15, "0000000000000080", "\"0x8000000000000000\"")]
    [InlineData(0x86, "01000200", "[1,2]")]
    [InlineData(0x8D, "0100000000000000", "[true,false]")]
    [InlineData(0x93, "010100000000000512000000 010100000000000513000000", "[\"S-1-5-18\",\"S-1-5-19\"]")]
    [InlineData(0x82, "6100 6200", "[\"a\",\"b\"]")]
    public void Values_are_spelled_by_their_type(int type, string hex, string expected) =>
        Assert.Equal(expected, Data(new((byte)type, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)))));

    [Theory]
    [InlineData(0x0D, "02000000", "true")]
    [InlineData(0x0D, "01", "true")]
    [InlineData(0x08, "0102", "\"0102\"")]
    [InlineData(0x0F, "000102030405060708090a0b0c0d0e0f10", "\"000102030405060708090A0B0C0D0E0F10\"")]
    [InlineData(0x13, "0109000000000005", "\"0109000000000005\"")]
    [InlineData(0x11, "ffffffffffffffff", "\"-1\"")]
    public void A_value_of_another_form_is_kept_and_named(int type, string hex, string expected)
    {
        var maker = new EvtxMaker();
        maker.Add(x => x.Template(t => t.Element("Event", e => e.Element("V", v => v.Put(0))), new Value((byte)type, Convert.FromHexString(hex))));
        var (records, findings) = Read(maker.File());
        Assert.Equal("{\"Event\":{\"V\":" + expected + "}}", Assert.Single(records));
        Assert.Equal("INT082", Assert.Single(findings).Code);
    }

    [Fact]
    public void Text_in_pieces_is_one_text_and_elements_that_repeat_are_a_list()
    {
        Assert.Equal("""{"Event":{"UserData":{"A":{"#attributes":{"xmlns":"n"},"b":["1",2,null],"c":"x<&foo;]]>é7"}}}}""", One(x => x.Template(t => t.Element("Event", e => e
            .Element("UserData", u => u.Element("A", a => a
                .Element("b", v => v.Text("1")).Element("b", v => v.Put(0, 4)).Element("b")
                .Element("c", v => v.Text("x").Entity("lt").Entity("foo").CData("]]>").Bytes(0x08).U16('é').Put(1, 4)),
                attributes: ("xmlns", n => n.Text("n"))))), new Value(4, [2]), new Value(4, [7]))));
    }

    [Fact]
    public void Templates_stand_in_values_and_are_used_again()
    {
        // <UserData>%1</UserData>, where %1 is binary XML with a template of its own; then the first record's template for a second record.
        var maker = new EvtxMaker();
        const int first = FirstRecord + 24 + 4 + 10;
        maker.Add(x => x.Template(t => t.Element("Event", e => e.Element("UserData", u => u.Put(0, 0x21))),
            new Value(0x21, place => new Xml(place).Bytes(0x0F, 1, 1, 0).Template(t => t.Element("In", i => i.Put(0)), Value.Text("deep")).Bytes(0).Written)));
        maker.Add(x => x.Again(first, new Value(0x21, place => new Xml(place).Element("Bare", b => b.Text("no number"), bare: true).Written)));
        var (records, findings) = Read(maker.File());
        Assert.Equal([], findings);
        Assert.Equal(["""{"Event":{"UserData":{"In":"deep"}}}""", """{"Event":{"UserData":{"Bare":"no number"}}}"""], records);
    }

    [Fact]
    public void A_wrong_count_in_the_header_does_not_matter_and_unused_chunks_are_silent()
    {
        var maker = new EvtxMaker();
        maker.Add(x => x.Element("Event", e => e.Element("A", a => a.Text("1"))));
        var file = maker.File();
        byte[] two = [.. file, .. file[HeaderBytes..], .. new byte[ChunkBytes]];
        var (records, findings) = Read(two);
        Assert.Equal((2, 0), (records.Count, findings.Count));
    }

    [Fact]
    public void Damage_is_named_once_and_the_rest_is_read()
    {
        var maker = new EvtxMaker();
        var places = Enumerable.Range(0, 4).Select(i => maker.Add(x => x.Element("Event", e => e.Element("N", n => n.Text($"{i}"))))).ToList();
        var whole = maker.File();
        Assert.Equal(4, Read(whole).Records.Count);

        Check([0], "INT070", 4); // the file's mark
        Check([16], "INT071", 4);
        Check([HeaderBytes + 1], "INT072", 4); // the chunk's mark
        Check([HeaderBytes + 140], "INT074", 4); // its table of names
        Check([HeaderBytes + 48 + 3], "INT073 INT074", 4); // where free space begins: beyond the chunk
        Check([HeaderBytes + places[1] + 28], "INT075 INT080", 4);
        Check([HeaderBytes + places[2]], "INT075 INT078", 2, recovered: 3);
        Check([HeaderBytes + places[2] - 4], "INT075 INT078", 1, recovered: 4);
        var (records, findings) = Read(whole[..(HeaderBytes + places[3] + 8)]);
        Assert.Equal("INT077", Assert.Single(findings, f => f.Code != "INT078").Code);
        Assert.Equal(3, records.Count);

        void Check(int[] flips, string codes, int records, int? recovered = null)
        {
            var file = (byte[])whole.Clone();
            foreach (var flip in flips) file[flip] ^= 0x55;
            var read = Read(file);
            Assert.Equal(codes, string.Join(' ', read.Findings.Select(f => f.Code)));
            Assert.Equal(records, read.Records.Count);
            Assert.Equal(recovered ?? records, Read(file, recover: true).Records.Count);
        }
    }

    [Fact]
    public void A_record_that_cannot_be_read_keeps_its_number_and_time()
    {
        var maker = new EvtxMaker();
        maker.Add(x => x.Bytes(0x3F, 0x3F));
        var (records, findings) = Read(maker.File());
        Assert.Equal("""{"Event":{"System":{"EventRecordID":1,"TimeCreated":{"#attributes":{"SystemTime":"2022-06-18T04:26:40.000000Z"}}}}}""", Assert.Single(records));
        Assert.Equal("INT080", Assert.Single(findings).Code);
    }

    [Fact]
    public void A_template_that_names_itself_and_a_value_put_everywhere_end_at_a_limit()
    {
        var maker = new EvtxMaker();
        // The definition's own place is where the instance says; in it stands an instance of the same place.
        maker.Add(x => x.Template(t => t.Element("Event", e => e.Again(FirstRecord + 24 + 4 + 10))));
        maker.Add(x => x.Template(t => t.Element("Event", e =>
        {
            for (var i = 0; i < 1200; i++) e.Element("a", a => a.Put(0));
        }), Value.Text(new string('x', 4000))));
        var (records, findings) = Read(maker.File());
        Assert.Equal(2, records.Count);
        Assert.True(records[1].Length < 5 << 20);
        var finding = Assert.Single(findings);
        Assert.Equal("INT081", finding.Code);
        Assert.Contains("2 times", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checksum_is_the_one_of_the_standard()
    {
        Assert.Equal(0xCBF43926, Crc32.Append(0, "123456789"u8));
        var bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        for (var cut = 0; cut < 40; cut++) Assert.Equal(Crc(bytes), Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
    }
}
