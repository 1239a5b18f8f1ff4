using System.Globalization;
using Andon.Store.Events;
using Andon.Store.Query;

namespace Andon.Tests.Store.Query.Oracle;

/// <summary>One small random world: the same events in memory, in one store in a single batch without indexes, and in one in many with them.</summary>
sealed class World
{
    static readonly string[] Columns = ["@timestamp", "event.original", "andon.event_id", "host.name", "user.name", "source.ip", "source.port", "event.category", "process.command_line", "event.severity", "n", "note"];

    static readonly string[] Words = ["alice", "Alice", "root", "ROOT", "foo_bar", "a.b-c", "x", "café", "Straße", "10.0.0.1", "100%", "-enc", "Failed", "password", "abcdefgh", "日本語", "it's", "\\d", "a\"b"];
    static readonly string?[] Ips = [null, "10.0.0.1", "10.0.0.2", "192.168.1.7", "2001:db8::1"];
    static readonly string[] Loose = ["", "5", "10", "-3", "1.5", "x", "2026-03-02T08:00:00Z", "true"];

    public Rows Events { get; }
    public required QueryEngine One { get; init; }
    public required QueryEngine Many { get; init; }

    World(Rows events) => Events = events;

    public static async Task<World> Make(int seed, int rows)
    {
        var random = new Random(seed);
        string Text() => string.Join(random.Next(4) == 0 ? "-" : " ", Enumerable.Range(0, random.Next(5)).Select(_ => Words[random.Next(Words.Length)]));
        var memory = new List<object?[]>();
        var values = new List<string>();
        for (var i = 1; i <= rows; i++)
        {
            var at = new DateTimeOffset(2026, 3, 1, 22, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() + random.Next(6) * 3_600_000L + random.Next(3) * 500;
            var (host, user, raw, command) = (Words[random.Next(4)], random.Next(3) == 0 ? "" : Words[random.Next(Words.Length)], Text(), random.Next(2) == 0 ? "" : Text());
            var ip = Ips[random.Next(Ips.Length)];
            long? port = random.Next(3) == 0 ? null : random.Next(-2, 6), severity = random.Next(2) == 0 ? null : random.Next(4);
            string[] category = [.. new[] { "process", "network", "web" }.Where(_ => random.Next(3) == 0)];
            var (n, note) = (Loose[random.Next(Loose.Length)], random.Next(2) == 0 ? "" : Words[random.Next(Words.Length)]);
            memory.Add([new Instant(at), raw, $"{i}.0", host, user, ip ?? "", port, Dyn.Of(category), command, severity, new Loose(n), new Loose(note)]);
            var bag = string.Join(", ", new[] { ("n", n), ("note", note) }.Where(p => p.Item2.Length > 0).Select(p => $"{Quoted(p.Item1)}: {Quoted(p.Item2)}"));
            var time = $"fromUnixTimestamp64Milli({at}, 'UTC')";
            values.Add($"({i << 12}, {time}, {time}, {Quoted(raw)}, {{{bag}}}, {Quoted(host)}, {Quoted(user)}, {(ip is null ? "NULL" : Quoted(ip.Contains(':', StringComparison.Ordinal) ? ip : $"::ffff:{ip}"))}, {Maybe(port)}, [{string.Join(", ", category.Select(Quoted))}], {Quoted(command)}, {Maybe(severity)})");
        }
        var clock = new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(QueryCorpusTests.Now));
        return new(new(Columns, memory)) { One = new(await Store(values, rows, indexes: false), clock), Many = new(await Store(values, 4, indexes: true), clock) };
    }

    static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
    static string Maybe(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "NULL";

    static async Task<EventStore> Store(List<string> values, int batch, bool indexes)
    {
        var store = await EngineHouse.Store();
        if (!indexes)
            foreach (var index in EventTables.Events.Indexes) await store.Client.Execute($"ALTER TABLE events DROP INDEX {index.Split(' ')[0]}", CancellationToken.None);
        foreach (var some in values.Chunk(batch))
            await store.Client.Execute($"INSERT INTO events (id, timestamp, event_ingested, raw, bag, host_name, user_name, source_ip, source_port, event_category, process_command_line, event_severity) VALUES {string.Join(", ", some)}", CancellationToken.None);
        return store;
    }
}
