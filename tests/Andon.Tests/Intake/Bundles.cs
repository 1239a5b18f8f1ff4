using System.Text;
using Andon.Intake.Collect.Uploads;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>Records of several events: each is an event, and its raw bytes are its own part of the record.</summary>
public sealed class Bundles
{
    static readonly Origin Hec = new("hec", "10.9.8.7", "tests");
    const string SignIn = """{"time":"2026-03-02T07:59:58Z","resourceId":"/tenants/x","operationName":"Sign-in activity","category":"SignInLogs","properties":{"userPrincipalName":"anna@corp.example","ipAddress":"203.0.113.5"}}""";
    const string CreateUser = """{"eventVersion":"1.08","eventTime":"2026-03-02T07:59:59Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.6","userIdentity":{"type":"IAMUser","userName":"otto"}}""";

    static List<(string Id, string Raw, Dictionary<string, List<string>> Fields)> Events(Origin origin, params string[] raws)
    {
        using var batch = Lab.Normaliser.Normalise(Lab.Records(origin, raws));
        return [.. Enumerable.Range(0, batch.Count).Select(i => (batch[i].Id.ToString(), Encoding.UTF8.GetString(batch[i].Raw), Lab.Fields(batch[i])))];
    }

    public static TheoryData<string> Shapes() =>
    [
        $$"""{"records":[{{SignIn}},{{CreateUser}}]}""",
        $$"""  { "records" : [ {{SignIn}} , {{CreateUser}} ] } """,
        $$"""{"Records":[{{SignIn}},{{CreateUser}}]}""",
        $"[{SignIn},\n{CreateUser}]",
    ];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Each_is_read_as_if_it_had_come_alone(string raw)
    {
        var events = Events(Lab.File, "<13>Mar  2 07:59:58 web01 app: before", raw, "<13>Mar  2 07:59:58 web01 app: behind");
        Assert.Equal(["1.0", "2.0", "2.1", "3.0"], events.Select(e => e.Id));
        Assert.Equal([SignIn, CreateUser], events.Skip(1).Take(2).Select(e => e.Raw));
        Assert.Equal(Lab.Parse(Lab.File, SignIn), events[1].Fields);
        Assert.Equal(Lab.Parse(Lab.File, CreateUser), events[2].Fields);
        Assert.Equal(["anna@corp.example"], events[1].Fields["user.name"]);
        Assert.Equal(["otto"], events[2].Fields["user.name"]);
    }

    [Xunit.Fact]
    public void What_the_collector_says_around_them_holds_for_each()
    {
        var events = Events(Hec, $$$"""{"host":"hub-1","sourcetype":"azure:eventhub","event":{"records":[{{{SignIn}}},{{{CreateUser}}}]}}""");
        Assert.Equal(2, events.Count);
        Assert.All(events, e => Assert.Equal(["azure:eventhub"], e.Fields["hec.sourcetype"]));
        Assert.All(events, e => Assert.StartsWith("hec:hub-1:", e.Fields["log.source.id"][0], StringComparison.Ordinal));
        Assert.Equal(["2026-03-02T07:59:58.000Z"], events[0].Fields["@timestamp"]);
        Assert.Equal(["CreateUser"], events[1].Fields["event.action"]);
    }

    [Theory]
    [InlineData("""{"records":[]}""")]
    [InlineData("""{"records":[1,2]}""")]
    [InlineData("""{"records":[{"a":1}],"more":1}""")]
    [InlineData("""{"records":[{"a":1},{"b":""")]
    [InlineData("""[{"a":1},2]""")]
    [InlineData("""[{"a":1}] and words""")]
    public void What_is_more_or_less_than_a_list_of_objects_is_one_event(string raw)
    {
        var one = Assert.Single(Events(Lab.File, raw));
        Assert.Equal(raw, one.Raw);
    }

    [Xunit.Fact]
    public void More_than_one_record_may_hold_are_said()
    {
        var events = Events(Lab.File, "[" + string.Join(',', Enumerable.Range(0, EventId.PerRecordMax + 3).Select(i => $$$"""{"n":{{{i}}}}""")) + "]");
        Assert.Equal(EventId.PerRecordMax, events.Count);
        Assert.Equal(["INT250"], Lab.Codes(events[^1].Fields));
        Assert.DoesNotContain("andon.findings", events[0].Fields);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(3)]
    public void Files_of_them_are_taken_apart_however_they_are_read(int chunk)
    {
        const string odd = """{"a":"]}\\\"{","b":[{"c":[]}]}""";
        var file = $$"""{"Records":[{{SignIn}}, {{odd}}]}""" + "\n" + $$"""{"Records":[{{CreateUser}}]}""" + "\n";
        using var stream = new Slow(Encoding.UTF8.GetBytes(file), chunk);
        Assert.True(UploadParts.Begins(Encoding.UTF8.GetBytes(file)));
        Assert.Equal([SignIn, odd, CreateUser], UploadParts.Read(stream, 4096).Select(r => Encoding.UTF8.GetString(r.Raw.Span)));
        using var again = new Slow(Encoding.UTF8.GetBytes(file), chunk);
        Assert.Equal([(20, true), (20, true), (20, true)], UploadParts.Read(again, 20).Select(r => (r.Raw.Length, r.Oversized)));
    }

    sealed class Slow(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, chunk));
    }
}
