using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Andon.Intake;
using Andon.Tests.Intake;

namespace Andon.Tests.House;

/// <summary>
/// Every poison through the real listeners of one house, one after the other: what was received is kept to the byte, an event stands for it with its
/// findings, the messages before and behind it are whole, and the house lives and stays small.
/// </summary>
[Collection(RealHouses.Name)]
public sealed class PoisonTable
{
    const int IdleConnections = 300;
    static readonly string[] Tcp = ["syslog-relp", "gelf-tcp", "forward", "syslog-tls"];
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task Every_poison_is_kept_found_and_harmless()
    {
        using var folder = new TempFolder();
        using (var authority = Authority.Make("Tests Authority")) authority.Give(folder, "server", "andon.test", days: 300);
        var listeners = Tcp.Append("gelf-udp").ToDictionary(l => l, l => new ListenerSettings(new(IPAddress.Loopback, 0), Certificate: l == "syslog-tls" ? folder.File("server.pem") : null, Key: l == "syslog-tls" ? folder.File("server.key") : null));
        await using var house = await RealHouse.Start(null, o => o with { Listeners = listeners });
        var ports = (await house.Get("/api/house")).GetProperty("listeners").EnumerateArray().Where(l => l.GetProperty("address").GetString() is { Length: > 0 } at && IPEndPoint.TryParse(at, out _))
            .ToDictionary(l => l.GetProperty("name").GetString()!, l => IPEndPoint.Parse(l.GetProperty("address").GetString()!).Port);
        var senders = new PoisonSenders(house, ports);
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var wrong = new List<string>();

        // Who only sits there costs a connection and nothing else.
        var idle = new List<Socket>();
        for (var i = 0; i < IdleConnections; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, ports[i % 2 == 0 ? "syslog-tcp" : Tcp[i / 2 % Tcp.Length]], Stop);
            idle.Add(socket);
        }
        var poisons = Poisons.All().ToList();
        var told = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (poison, n) in poisons.Select((p, n) => (p, n)))
        {
            var status = await senders.Send(poison, Mark(n));
            if (poison.Status >= 0 && status >= 0 && status != poison.Status) wrong.Add($"{poison.Name} ({poison.Via}): answered {status}, expected {poison.Status}");
            if (poison.Told is not { } code) continue;
            var was = told.GetValueOrDefault(code);
            for (var waited = 0; waited < 200 && told.GetValueOrDefault(code) == was; waited++)
            {
                told[code] = await Count(house, code);
                if (told[code] == was) await Task.Delay(25, Stop);
            }
            if (told[code] == was) wrong.Add($"{poison.Name} ({poison.Via}): nobody is told {code}");
        }
        await senders.SendOverTls(PoisonSenders.Good("tls", "after"));
        foreach (var socket in idle) socket.Dispose();

        await RealHouse.Until(async () => await house.Count("Events | where ['user.name'] startswith 'poison' and ['user.name'] endswith '-after'") >= poisons.Count, "the last neighbours are found");
        await house.Settled();
        Assert.Equal(1, await house.Count("Events | where ['user.name'] == 'tls-after'"));
        Assert.InRange(await house.Count("Events"), (long)house.Records.Next - 1, long.MaxValue); // An event for each record, at least.
        wrong.AddRange(await Neighbours(house, poisons));
        wrong.AddRange(await Kept(house, poisons));
        Assert.Equal(HttpStatusCode.OK, (await house.Admin.GetAsync("/healthz", Stop)).StatusCode);
        Assert.Equal(0, await Count(house, "INT022"));
        Assert.Equal(0, await house.Count("Events | where tostring(['andon.findings']) contains 'INT199'"));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, 512L << 20);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    static string Mark(int n) => string.Create(CultureInfo.InvariantCulture, $"poison{n:D3}");

    static async Task<long> Count(RealHouse house, string code) =>
        (await house.Get("/api/house")).GetProperty("findings").EnumerateArray().Where(f => f.GetProperty("code").GetString() == code).Sum(f => f.GetProperty("count").GetInt64());

    /// <summary>Each good message is an event, once, with its fields and nothing to say about it.</summary>
    static async Task<IReadOnlyList<string>> Neighbours(RealHouse house, IReadOnlyList<Poison> poisons)
    {
        var rows = (await house.Search("Events | where ['user.name'] startswith 'poison' | project ['user.name'], ['event.outcome'], ['source.ip'], ['andon.findings']")).ToLookup(r => r["user.name"].GetString());
        var wrong = new List<string>();
        for (var n = 0; n < poisons.Count; n++)
            foreach (var which in new[] { "before", "after" })
            {
                var found = rows[$"{Mark(n)}-{which}"].ToList();
                if (found is not [{ } one]) wrong.Add($"{poisons[n].Name} ({poisons[n].Via}): the message {which} it is found {found.Count} times");
                else if (one["event.outcome"].GetString() != "failure" || one["source.ip"].GetString() != "203.0.113.9" || one["andon.findings"].GetRawText() != "[]")
                    wrong.Add($"{poisons[n].Name} ({poisons[n].Via}): the message {which} it is not whole: {string.Join(", ", one.Select(f => f.Value.GetRawText()))}");
            }
        return wrong;
    }

    /// <summary>Each record is in the log to the byte, and its event is in the store with the findings that the table says, and no others.</summary>
    static async Task<IReadOnlyList<string>> Kept(RealHouse house, IReadOnlyList<Poison> poisons)
    {
        var records = (await house.Records.Read(house.Records.First, int.MaxValue, int.MaxValue, Stop)).ToLookup(r => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(r.Raw.Span)), r => r.Position);
        var wrong = new List<string>();
        var says = new StringBuilder();
        foreach (var poison in poisons)
        {
            var kept = poison.Kept ?? [poison.Sent];
            for (var i = 0; i < kept.Count; i++)
            {
                var at = records[Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(kept[i]))].ToList();
                if (at.Count == 0) wrong.Add($"{poison.Name} ({poison.Via}): record {i} is not in the log to the byte");
                if (at.Count == 0 || i > 0) continue; // One of them stands for all; that there is an event for each is counted.
                using var answer = await house.Admin.GetAsync($"/api/events/{at[^1].ToString(CultureInfo.InvariantCulture)}.0", Stop);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    wrong.Add($"{poison.Name} ({poison.Via}): no event stands for record {i}");
                    continue;
                }
                var stored = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement;
                if (stored.GetProperty("raw").GetString() != Encoding.UTF8.GetString(kept[i])) wrong.Add($"{poison.Name} ({poison.Via}): the event shows other raw bytes");
                var codes = stored.GetProperty("fields").TryGetProperty("andon.findings", out var found) ? found.EnumerateArray().Select(f => f.GetString()![..6]).Order().ToArray() : [];
                says.AppendLine(CultureInfo.InvariantCulture, $"{poison.Via,-28} {poison.Name,-50} kept {kept.Count} {string.Join(' ', codes)} {poison.Told}");
                if (!codes.SequenceEqual(poison.Codes.Where(c => c.Length > 0).Order())) wrong.Add($"{poison.Name} ({poison.Via}): findings {string.Join(' ', codes)}, expected {string.Join(' ', poison.Codes)}");
            }
            if (kept.Count == 0) says.AppendLine(CultureInfo.InvariantCulture, $"{poison.Via,-28} {poison.Name,-50} refused {poison.Told ?? poison.Status.ToString(CultureInfo.InvariantCulture)}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine(says.ToString());
        return wrong;
    }
}
