using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Andon.Tests.Intake.Clients;

/// <summary>
/// Every real client of the list: numbered messages (1,000, and 10,000 with ANDON_NIGHTLY=1 or by ./bench clients) to a house that is killed twice
/// (kill -9) and started again on the same folder, while all clients of a group send. What a client was told is kept is found; what its protocol
/// cannot promise is said beside it, and that much is tested. ANDON_CLIENT=NAME takes only those whose name holds that.
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
        /// <summary>A connection for each message: what the house read and ended in order before a kill is found, every one; the others were on their way, in any order.</summary>
        Each,
        /// <summary>As a stream, but nobody makes it wait either: what is sent to a dead house is gone, and what the kernel dropped is counted.</summary>
        Nothing,
    }

    /// <param name="OnTheirWay">So many messages a kill may double (told, all) or cost (stream).</param>
    /// <param name="Open">Makes the client of a house, with the number of its first message and the listener's port.</param>
    sealed record Client(string Listener, Promise Promise, int OnTheirWay, Func<KilledHouse, int, int, Peer> Open);

    /// <summary>Clients that share a house, and what its listener for Fluent forward asks for.</summary>
    sealed record Group(string? SharedKey, Dictionary<string, Client> Clients);

    static readonly Dictionary<string, Group> All = new(StringComparer.Ordinal)
    {
        ["syslog and files"] = new("a shared key", new(StringComparer.Ordinal)
        {
            ["rsyslog tcp, lines"] = new("syslog-tcp", Promise.Stream, 4096, (_, first, port) => new RsyslogClient(Forward(port, "traditional")) { First = first }),
            ["rsyslog tcp, octet-counted"] = new("syslog-tcp", Promise.Stream, 4096, (_, first, port) => new RsyslogClient(Forward(port, "octet-counted")) { First = first }),
            ["rsyslog tls"] = new("syslog-tls", Promise.Stream, 4096, (h, first, port) => RsyslogClient.OverTls(first, h, port)),
            ["rsyslog relp"] = new("syslog-relp", Promise.All, 200, (_, first, port) => RsyslogClient.OverRelp(first, port)),
            ["rsyslog udp"] = new("syslog-udp", Promise.Nothing, 512, (_, first, port) => new RsyslogClient(Text($"type=\"omfwd\" target=\"127.0.0.1\" port=\"{port}\" protocol=\"udp\"")) { First = first }),
            ["syslog-ng network()"] = new("syslog-tcp", Promise.Stream, 4096, (_, first, port) => new SyslogNgClient(Text($"network(\"127.0.0.1\" port({port}) transport(\"tcp\") flags(syslog-protocol) time-reopen(1))")) { First = first }),
            ["logger tcp"] = new("syslog-tcp", Promise.Stream, 4096, (_, first, port) => new LoggerClient(port) { First = first }),
            // Those whose connections wait at the door, of which there may be 512, and those that are being read are lost with it.
            ["gelf-pro tcp"] = new("gelf-tcp", Promise.Each, 1024, (_, first, port) => Gelf(first, port, "tcp")),
            ["gelf-pro udp"] = new("gelf-udp", Promise.Nothing, 512, (_, first, port) => Gelf(first, port, "udp")),
            ["lumberjack-protocol, version 1, tls"] = new("lumberjack", Promise.Told, 1000, (h, first, port) => Beats(first, port, "1", h.File("beats-ca.pem"))),
            ["fluent-logger, compressed, with a key"] = new("forward", Promise.Told, 50, (_, first, port) => Fluent(first, port, "CompressedPackedForward", "a shared key")),
        }),
        ["acknowledged"] = new(null, new(StringComparer.Ordinal)
        {
            ["rsyslog omelasticsearch"] = new("bulk", Promise.All, 1024, (_, first, port) => RsyslogClient.OverBulk(first, port)),
            ["syslog-ng elasticsearch-http()"] = new("bulk", Promise.All, 500, (_, first, port) => SyslogNgClient.OverBulk(first, port)),
            ["systemd-journal-upload"] = new("journal", Promise.All, 0, (_, first, port) => new JournalClient(port) { First = first, KeepsAll = true }),
            ["@elastic/elasticsearch 8"] = new("bulk", Promise.Told, 500, (h, first, _) => Node(h, first, "elastic.mjs", "8")),
            ["@elastic/elasticsearch 9"] = new("bulk", Promise.Told, 500, (h, first, _) => Node(h, first, "elastic.mjs", "9")),
            ["winston-elasticsearch"] = new("bulk", Promise.Told, 500, (h, first, _) => Node(h, first, "elastic.mjs", "winston")),
            ["pino-elasticsearch"] = new("bulk", Promise.Told, 500, (h, first, _) => Node(h, first, "elastic.mjs", "pino")),
            ["splunk-logging"] = new("hec", Promise.Told, 50, (h, first, _) => Node(h, first, "hec.mjs", "hec")),
            ["otlp http"] = new("otlp", Promise.Told, 50, (h, first, _) => Node(h, first, "otlp.mjs", "otlp", "http")),
            ["otlp proto"] = new("otlp", Promise.Told, 50, (h, first, _) => Node(h, first, "otlp.mjs", "otlp", "proto")),
            ["winston-loki, protobuf and snappy"] = new("loki", Promise.Told, 500, (h, first, _) => Node(h, first, "loki.mjs", "winston")),
            ["winston-loki, json"] = new("loki", Promise.Told, 500, (h, first, _) => Node(h, first, "loki.mjs", "winston-json")),
            ["pino-loki"] = new("loki", Promise.Told, 50, (h, first, _) => Node(h, first, "loki.mjs", "pino")),
            ["seq-logging"] = new("seq", Promise.Told, 50, (h, first, _) => Node(h, first, "seq.mjs", "logging")),
            ["bunyan-seq"] = new("seq", Promise.Told, 50, (h, first, _) => Node(h, first, "seq.mjs", "bunyan")),
            ["lumberjack-client, version 2, compressed"] = new("lumberjack", Promise.Told, 100, (_, first, port) => Beats(first, port, "2")),
            ["fluent-logger, message"] = new("forward", Promise.Told, 50, (_, first, port) => Fluent(first, port, "Message")),
            ["fluent-logger, packed"] = new("forward", Promise.Told, 50, (_, first, port) => Fluent(first, port, "PackedForward")),
        }),
    };

    public static IEnumerable<TheoryDataRow<string>> Names() => All.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_was_acknowledged_is_found_after_two_kills(string group)
    {
        var only = Environment.GetEnvironmentVariable("ANDON_CLIENT") ?? "";
        var clients = All[group].Clients.Where(c => c.Key.Contains(only, StringComparison.Ordinal)).ToList();
        Assert.SkipWhen(clients.Count == 0, $"No client of these is called {only}.");
        var watch = Stopwatch.StartNew();
        await using var house = new KilledHouse();
        var ports = clients.Select(c => c.Value.Listener).Distinct().ToDictionary(l => l, l => Port(house, l, All[group].SharedKey), StringComparer.Ordinal);
        await house.Start();
        var peers = new List<Peer>();
        try
        {
            foreach (var (name, client) in clients.ToList())
            {
                try
                {
                    var peer = client.Open(house, peers.Count * 1_000_000, ports[client.Listener]);
                    peers.Add(peer);
                    await peer.Begin();
                }
                catch (Xunit.Sdk.SkipException e)
                {
                    // The others are asked all the same.
                    TestContext.Current.TestOutputHelper?.WriteLine($"{name,-38} {e.Message}");
                    if (peers.Count == clients.FindIndex(c => c.Key == name) + 1) peers.RemoveAt(peers.Count - 1);
                    clients.RemoveAll(c => c.Key == name);
                }
            }
            Assert.SkipWhen(peers.Count == 0, "None of these clients is installed.");
            await PeerRun.Run(house, peers);
        }
        finally
        {
            foreach (var peer in peers) await peer.DisposeAsync();
        }
        // What stays only where nothing is acknowledged: the kernel's own count of drops.
        var listeners = (await house.Says()).GetProperty("listeners").EnumerateArray().ToDictionary(l => l.GetProperty("name").GetString()!, l => (int)l.GetProperty("lost").GetInt64());
        var kills = house.Kills;
        Assert.Equal(2, kills);
        var found = PeerRun.Found(await house.Records());
        var wrong = new StringBuilder();
        for (var i = 0; i < clients.Count; i++)
        {
            var (name, client) = clients[i];
            var outcome = Outcome.Of(peers[i], client.Listener, found, client.Promise == Promise.Nothing ? listeners[client.Listener] : 0, kills);
            TestContext.Current.TestOutputHelper?.WriteLine($"{name,-38} {(client.Promise is Promise.Told or Promise.All ? "acknowledged" : "handed over"),-12} {outcome}");
            foreach (var complaint in Judge(client, outcome)) wrong.AppendLine(CultureInfo.InvariantCulture, $"{name}: {complaint} ({outcome})");
        }
        TestContext.Current.TestOutputHelper?.WriteLine(Text($"{group}: {clients.Count} clients, {PeerRun.Messages} messages each, {kills} kills, {watch.Elapsed.TotalSeconds:F1} s"));
        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    static IEnumerable<string> Judge(Client client, Outcome o)
    {
        if (o.Told != PeerRun.Messages) yield return Text($"it came to {o.Told} of {PeerRun.Messages}");
        if (o.Elsewhere > 0) yield return "another listener has its messages";
        switch (client.Promise)
        {
            case Promise.Told or Promise.All:
                if (o.Lost > 0) yield return "what was acknowledged is lost";
                if (o.Doubled > o.Kills * client.OnTheirWay + o.Again) yield return "more is doubled than was on its way";
                yield break;
            case Promise.Stream:
                if (o.Doubled > o.Kills * client.OnTheirWay) yield return "more is doubled than was on its way";
                // A sender may meet the dead house twice: once on the old connection, once on a new one.
                if (o.Holes.Count > o.Kills * 2) yield return "it lost in more runs than kills can cause";
                if (o.Lost > o.Kills * Math.Min(client.OnTheirWay, PeerRun.Messages / 3)) yield return "it lost more than was on its way";
                break;
            case Promise.Each:
                if (o.ClosedLost > 0) yield return Text($"{o.ClosedLost} whose connection the house had read to its end and closed are lost");
                if (o.Closed < PeerRun.Messages / 2) yield return Text($"only {o.Closed} connections are known to have been ended in order: that says too little");
                if (o.Doubled > o.Kills * client.OnTheirWay) yield return "more is doubled than was on its way";
                if (o.Lost > o.Kills * Math.Min(client.OnTheirWay, PeerRun.Messages / 3)) yield return "it lost more than was on its way";
                break;
            default:
                if (o.Doubled > 0) yield return "something is doubled";
                if (o.Lost - o.Holes.OrderDescending().Take(o.Kills).Sum() > o.Counted + Math.Min(client.OnTheirWay, PeerRun.Messages / 10)) yield return "it lost more than the kills cost and the kernel counted";
                break;
        }
        if (!o.Last) yield return "after the last start messages are not taken again";
    }

    /// <summary>What became of a client's messages.</summary>
    /// <param name="Holes">Lengths of the runs of lost numbers.</param>
    /// <param name="Elsewhere">Messages that another listener took.</param>
    /// <param name="Counted">What the kernel counted as dropped.</param>
    /// <param name="Last">The last message is there.</param>
    /// <param name="Closed">Connections of one message each that the house had ended in order before a kill.</param>
    /// <param name="ClosedLost">Of those, how many messages are not found.</param>
    sealed record Outcome(int Told, int Found, List<int> Holes, int Doubled, int Again, int Elsewhere, int Counted, int Kills, bool Last, int Closed, int ClosedLost)
    {
        public int Lost => Holes.Sum();

        public static Outcome Of(Peer peer, string listener, IReadOnlyDictionary<int, List<string>> found, int counted, int kills)
        {
            var told = peer.Told;
            var own = Enumerable.Range(peer.First, PeerRun.Messages).Where(found.ContainsKey).ToList();
            return new(told.Count, own.Count, Runs([.. told.Where(n => !found.ContainsKey(n)).Order()]), own.Sum(n => found[n].Count - 1), peer.Again,
                own.Sum(n => found[n].Count(l => l != listener)), counted, kills, found.ContainsKey(peer.First + PeerRun.Messages - 1), peer.Closed.Count, peer.Closed.Count(n => !found.ContainsKey(n)));
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

        public override string ToString() => Text($"{Told,6}, found {Found,6}, lost {Lost,5} in {Holes.Count,2} runs, doubled {Doubled,5}, sent anew {Again,5}, counted as lost {Counted}");
    }

    static int Port(KilledHouse house, string listener, string? sharedKey) => listener switch
    {
        "syslog-tcp" or "syslog-udp" => house.Syslog,
        "bulk" or "hec" or "otlp" or "journal" or "loki" or "seq" => house.Http,
        "syslog-tls" => RsyslogClient.ListenTls(house),
        "lumberjack" when sharedKey is not null => BeatsTls(house),
        "forward" when sharedKey is not null => house.Listen("forward", ("sharedKey", sharedKey)),
        _ => house.Listen(listener),
    };

    static ScriptPeer Node(KilledHouse house, int first, string script, params string[] more) => new(script, [house.Address, KilledHouse.Token, Number(PeerRun.Messages), .. more]) { First = first };

    static ScriptPeer Fluent(int first, int port, string mode, params string[] key) => new("forward.mjs", [Number(port), Number(PeerRun.Messages), "forward", mode, .. key]) { First = first };

    static ScriptPeer Beats(int first, int port, string version, params string[] ca) => new("lumberjack.mjs", [Number(port), Number(PeerRun.Messages), version, .. ca]) { First = first };

    static int BeatsTls(KilledHouse house)
    {
        using var authority = Authority.Make("Tests Authority of Beats");
        authority.Give(house.Folder, "beats", "andon.test", days: 300);
        File.WriteAllText(house.File("beats-ca.pem"), authority.Pem);
        return house.Listen("lumberjack", ("certificate", house.File("beats.pem")), ("key", house.File("beats.key")));
    }

    static ScriptPeer Gelf(int first, int port, string over) => new("gelf.mjs", over, Number(port), Number(PeerRun.Messages), "gelf") { First = first };

    static string Forward(int port, string framing) => Text($"type=\"omfwd\" target=\"127.0.0.1\" port=\"{port}\" protocol=\"tcp\" TCP_Framing=\"{framing}\"");

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
