using System.Globalization;

namespace Andon.Tests.Intake.Clients;

/// <summary>
/// Every real client of the list: 10,000 numbered messages to a house that is killed twice (kill -9) and started again on the same folder. What a
/// client was told is kept is found; what its protocol cannot promise is said beside it, and that much is tested.
/// </summary>
public sealed class RealClients
{
    /// <summary>What a client may rely on.</summary>
    enum Promise
    {
        /// <summary>It is told what is kept, and that is found.</summary>
        Told,
        /// <summary>It keeps by itself what was not acknowledged: in the end all is found.</summary>
        All,
        /// <summary>Its protocol acknowledges nothing, but what it sends stays in order: a kill costs at most one run of messages, which were on their way.</summary>
        Stream,
        /// <summary>As a stream, but nobody makes it wait either: what is sent to a dead house is gone, and what the kernel dropped is counted.</summary>
        Nothing,
    }

    /// <param name="OnTheirWay">So many messages a kill may double (told, all) or cost (stream).</param>
    sealed record Client(string Listener, Promise Promise, int OnTheirWay, Func<KilledHouse, int, Task<PeerRun.Told>> Send, string? SharedKey = null);

    static readonly Dictionary<string, Client> All = new(StringComparer.Ordinal)
    {
        ["rsyslog tcp, lines"] = new("syslog-tcp", Promise.Stream, 4096, (h, port) => Fed(h, new RsyslogClient(Forward(port, "traditional")))),
        ["rsyslog tcp, octet-counted"] = new("syslog-tcp", Promise.Stream, 4096, (h, port) => Fed(h, new RsyslogClient(Forward(port, "octet-counted")))),
        ["rsyslog tls"] = new("syslog-tls", Promise.Stream, 4096, (h, port) => Fed(h, RsyslogClient.OverTls(h, port))),
        ["rsyslog relp"] = new("syslog-relp", Promise.All, 200, (h, port) => Fed(h, new RsyslogClient(Text($"type=\"omrelp\" target=\"127.0.0.1\" port=\"{port}\" windowSize=\"100\" timeout=\"3\"")) { KeepsAll = true })),
        ["rsyslog udp"] = new("syslog-udp", Promise.Nothing, 512, (h, port) => Fed(h, new RsyslogClient(Text($"type=\"omfwd\" target=\"127.0.0.1\" port=\"{port}\" protocol=\"udp\"")))),
        ["syslog-ng network()"] = new("syslog-tcp", Promise.Stream, 4096, (h, port) => Fed(h, new SyslogNgClient(Text($"network(\"127.0.0.1\" port({port}) transport(\"tcp\") flags(syslog-protocol) time-reopen(1))")))),
        ["syslog-ng elasticsearch-http()"] = new("bulk", Promise.All, 500, (h, port) => Fed(h, SyslogNgClient.OverBulk(port))),
        ["logger tcp"] = new("syslog-tcp", Promise.Stream, 4096, (h, port) => Fed(h, new LoggerClient(port))),
        ["systemd-journal-upload"] = new("journal", Promise.All, 0, (h, port) => Fed(h, new JournalClient(port) { KeepsAll = true })),
        ["@elastic/elasticsearch 8"] = new("bulk", Promise.Told, 500, (h, _) => Node(h, "elastic.mjs", "8")),
        ["@elastic/elasticsearch 9"] = new("bulk", Promise.Told, 500, (h, _) => Node(h, "elastic.mjs", "9")),
        ["winston-elasticsearch"] = new("bulk", Promise.Told, 500, (h, _) => Node(h, "elastic.mjs", "winston")),
        ["splunk-logging"] = new("hec", Promise.Told, 50, (h, _) => Node(h, "hec.mjs", "hec")),
        ["otlp http"] = new("otlp", Promise.Told, 50, (h, _) => Node(h, "otlp.mjs", "otlp", "http")),
        ["otlp proto"] = new("otlp", Promise.Told, 50, (h, _) => Node(h, "otlp.mjs", "otlp", "proto")),
        ["fluent-logger, message"] = new("forward", Promise.Told, 50, (h, port) => Fluent(h, port, "Message")),
        ["fluent-logger, packed"] = new("forward", Promise.Told, 50, (h, port) => Fluent(h, port, "PackedForward")),
        ["fluent-logger, compressed, with a key"] = new("forward", Promise.Told, 50, (h, port) => Fluent(h, port, "CompressedPackedForward", "a shared key"), "a shared key"),
        // It connects anew for each message: those whose connections wait at the door, of which there may be 512, are lost with it.
        ["gelf-pro tcp"] = new("gelf-tcp", Promise.Stream, 1024, (h, port) => Gelf(h, port, "tcp")),
        ["gelf-pro udp"] = new("gelf-udp", Promise.Nothing, 512, (h, port) => Gelf(h, port, "udp")),
    };

    // One alone: -trait "client=rsyslog tls".
    public static IEnumerable<TheoryDataRow<string>> Names() => All.Keys.Select(name => new TheoryDataRow<string>(name).WithTrait("client", name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_was_acknowledged_is_found_after_two_kills(string name)
    {
        var client = All[name];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await using var house = new KilledHouse();
        var port = client.Listener switch
        {
            "syslog-tcp" or "syslog-udp" => house.Syslog,
            "bulk" or "hec" or "otlp" or "journal" => house.Http,
            "syslog-tls" => RsyslogClient.ListenTls(house),
            "forward" when client.SharedKey is { } key => house.Listen("forward", ("sharedKey", key)),
            _ => house.Listen(client.Listener),
        };
        await house.Start();
        var (told, again) = await client.Send(house, port);
        // What stays only where nothing is acknowledged: the kernel's own count of drops.
        var counted = client.Promise == Promise.Nothing ? (int)(await house.Says()).GetProperty("listeners").EnumerateArray().Single(l => l.GetProperty("name").GetString() == client.Listener).GetProperty("lost").GetInt64() : 0;
        var kills = house.Kills;
        var found = await PeerRun.Found(house, client.Listener);
        var lost = told.Where(n => !found.ContainsKey(n)).Order().ToList();
        var doubled = found.Values.Sum(n => n - 1);
        var holes = Runs(lost);
        TestContext.Current.TestOutputHelper?.WriteLine(Text(
            $"{name}: sent {PeerRun.Messages}, {(client.Promise is Promise.Told or Promise.All ? "acknowledged" : "handed over")} {told.Count}, found {found.Count}, lost {lost.Count} in {holes.Count} runs, doubled {doubled}, sent anew {again}, counted as lost {counted}, kills {kills}; {watch.Elapsed.TotalSeconds:F1} s"));

        Assert.Equal(2, kills);
        Assert.Equal(PeerRun.Messages, told.Count);
        switch (client.Promise)
        {
            case Promise.Told or Promise.All:
                Assert.Empty(lost);
                Assert.InRange(doubled, 0, kills * client.OnTheirWay + again);
                break;
            case Promise.Stream:
                Assert.InRange(doubled, 0, kills * client.OnTheirWay);
                Assert.InRange(holes.Count, 0, kills * 2); // A sender may meet the dead house twice: once on the old connection, once on a new one.
                Assert.InRange(lost.Count, 0, kills * client.OnTheirWay);
                Assert.True(found.ContainsKey(PeerRun.Messages - 1), "After the last start messages are taken again.");
                break;
            default:
                Assert.Equal(0, doubled);
                Assert.InRange(lost.Count - holes.OrderDescending().Take(kills).Sum(), 0, counted + client.OnTheirWay);
                Assert.True(found.ContainsKey(PeerRun.Messages - 1), "After the last start messages are taken again.");
                break;
        }
    }

    // Lengths of the runs of numbers that follow each other.
    static List<int> Runs(List<int> numbers)
    {
        var runs = new List<int>();
        for (var i = 0; i < numbers.Count; i++)
            if (i > 0 && numbers[i] == numbers[i - 1] + 1) runs[^1]++;
            else runs.Add(1);
        return runs;
    }

    static async Task<PeerRun.Told> Fed(KilledHouse house, FedClient client)
    {
        await using var _ = client;
        await client.Run(house);
        return new(Enumerable.Range(0, PeerRun.Messages).ToHashSet(), 0);
    }

    static async Task<PeerRun.Told> Node(KilledHouse house, string script, params string[] more) =>
        await PeerRun.Send(house, script, [house.Address, KilledHouse.Token, Number(PeerRun.Messages), .. more]);

    static async Task<PeerRun.Told> Fluent(KilledHouse house, int port, string mode, params string[] key) =>
        await PeerRun.Send(house, "forward.mjs", [Number(port), Number(PeerRun.Messages), "forward", mode, .. key]);

    static async Task<PeerRun.Told> Gelf(KilledHouse house, int port, string over) =>
        await PeerRun.Send(house, "gelf.mjs", over, Number(port), Number(PeerRun.Messages), "gelf");

    static string Forward(int port, string framing) => Text($"type=\"omfwd\" target=\"127.0.0.1\" port=\"{port}\" protocol=\"tcp\" TCP_Framing=\"{framing}\"");

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
