using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Andon.Tests.Intake.Clients;

namespace Andon.Tests.Intake;

/// <summary>Real clients that send numbered messages to one house, which is killed twice while all of them send.</summary>
static partial class PeerRun
{
    /// <summary>Messages of each client.</summary>
    public static readonly int Messages = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? 10_000 : 1_000;
    const int WithinSeconds = 120;
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Path of a client of tests/peers; skips the test where they are not installed.</summary>
    public static string Script(string name)
    {
        var peers = Path.Combine(SharedData.RepositoryRoot, "tests", "peers");
        Assert.SkipUnless(Directory.Exists(Path.Combine(peers, "node_modules")), "tests/peers is not installed: npm ci in that folder.");
        return Path.Combine(peers, name);
    }

    /// <summary>
    /// Everyone sends a third, and goes on while the house is killed and started again; so again at two thirds. The last sixth is for a house that
    /// lives, whatever was lost before.
    /// </summary>
    public static async Task Run(KilledHouse house, IReadOnlyList<Peer> peers)
    {
        await All(house, peers, Messages / 3);
        foreach (var to in new[] { Messages * 2 / 3, Messages * 5 / 6 })
        {
            foreach (var peer in peers) peer.Allow(to);
            await Task.Delay(20, Stop); // They are in the middle of it.
            foreach (var peer in peers) peer.BeforeKill();
            await house.Kill();
            await house.Start();
            await Task.Delay(2000, Stop); // Who waits a second before it connects again is there then, and meets the second kill too.
            foreach (var peer in peers) peer.AfterKill();
            await All(house, peers, to);
        }
        await All(house, peers, Messages);
        foreach (var peer in peers) await peer.End();
        await Quiet(house, peers);
    }

    static async Task All(KilledHouse house, IReadOnlyList<Peer> peers, int messages)
    {
        foreach (var peer in peers) peer.Allow(messages);
        for (var watch = Stopwatch.StartNew(); peers.Any(p => p.Reached < messages); await Task.Delay(10, Stop))
        {
            foreach (var peer in peers) peer.Check();
            if (watch.Elapsed.TotalSeconds > WithinSeconds) Assert.Fail($"After {WithinSeconds} s these have not sent {messages}: {string.Join("; ", peers.Where(p => p.Reached < messages).Select(p => $"the client from {p.First} on, {p.Reached}"))}");
            await Bounded(house, peers);
        }
    }

    // A client that sends the same again and again must not fill this process or the disk.
    static async Task Bounded(KilledHouse house, IReadOnlyList<Peer> peers)
    {
        var records = await house.RecordsNow();
        Assert.True(records <= 4L * Messages * peers.Count, $"{records} records of {Messages} messages of {peers.Count} clients: one of them sends the same again and again.");
    }

    /// <summary>Waits until no more comes; a client that keeps everything has all there then.</summary>
    static async Task Quiet(KilledHouse house, IReadOnlyList<Peer> peers)
    {
        var begun = Stopwatch.StartNew();
        var still = Stopwatch.StartNew();
        for (long before = -1; ; await Task.Delay(100, Stop))
        {
            await Bounded(house, peers);
            var now = await house.RecordsNow();
            if (now != before) still.Restart();
            before = now;
            if (still.ElapsedMilliseconds < 500 || begun.ElapsedMilliseconds < 2500) continue;
            if (begun.Elapsed.TotalSeconds > WithinSeconds || !peers.Any(p => p.KeepsAll)) return;
            var found = Found(await house.RecordsSoFar());
            if (peers.Where(p => p.KeepsAll).All(p => Enumerable.Range(p.First, Messages).All(found.ContainsKey))) return;
        }
    }

    /// <summary>Where each number stands in the log: the listeners it came by, once for each time.</summary>
    public static IReadOnlyDictionary<int, List<string>> Found(IReadOnlyList<(string Listener, string Text)> records) =>
        records.Select(r => (r.Listener, Match: Number().Match(r.Text))).Where(r => r.Match.Success)
            .GroupBy(r => int.Parse(r.Match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).ToDictionary(g => g.Key, g => g.Select(r => r.Listener).ToList());

    [GeneratedRegex("(?<![a-z_])_?number[\\\\\"= :]+([0-9]+)")]
    private static partial Regex Number();
}
