using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Andon.Tests.Intake;

/// <summary>A real client that sends numbered messages to a house that is killed meanwhile, and what became of them.</summary>
static partial class PeerRun
{
    public const int Messages = 10_000;
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Path of a client of tests/peers; skips the test where they are not installed.</summary>
    public static string Script(string name)
    {
        var peers = Path.Combine(SharedData.RepositoryRoot, "tests", "peers");
        Assert.SkipUnless(Directory.Exists(Path.Combine(peers, "node_modules")), "tests/peers is not installed: npm ci in that folder.");
        return Path.Combine(peers, name);
    }

    /// <summary>What a client says of its own sending.</summary>
    /// <param name="Acknowledged">Numbers that the house acknowledged.</param>
    /// <param name="Again">Records that it sent anew because no answer came in its time: each may be there twice, since its protocol names no record.</param>
    public sealed record Told(HashSet<int> Acknowledged, int Again);

    /// <summary>Runs the script, which prints each number that was acknowledged and what it sends anew, and kills the house when a third and two thirds are.</summary>
    public static async Task<Told> Send(KilledHouse house, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [Script(script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var node = Process.Start(start) ?? throw new InvalidOperationException();
        try
        {
            var said = node.StandardError.ReadToEndAsync(Stop);
            var acknowledged = new HashSet<int>();
            var again = 0;
            int[] killAt = [Messages / 3, Messages * 2 / 3, int.MaxValue];
            var killing = Task.CompletedTask;
            var kills = 0;
            while (await node.StandardOutput.ReadLineAsync(Stop) is { } line)
            {
                if (line.StartsWith("again ", StringComparison.Ordinal))
                {
                    again += int.Parse(line.AsSpan(6), CultureInfo.InvariantCulture);
                    continue;
                }
                acknowledged.Add(int.Parse(line, CultureInfo.InvariantCulture));
                if (acknowledged.Count < killAt[kills] || !killing.IsCompleted) continue;
                kills++;
                killing = Again(house); // While the client goes on.
            }
            await killing;
            await node.WaitForExitAsync(Stop);
            Assert.True(node.ExitCode == 0, await said);
            return new(acknowledged, again);
        }
        finally
        {
            if (!node.HasExited) node.Kill();
        }
    }

    static async Task Again(KilledHouse house)
    {
        await house.Kill();
        await house.Start();
    }

    /// <summary>How often each number stands in the log of the house, which dies for it.</summary>
    public static async Task<IReadOnlyDictionary<int, int>> Found(KilledHouse house, string listener) =>
        (await house.Records()).Where(r => r.Listener == listener).Select(r => Number().Match(r.Text)).Where(m => m.Success)
            .GroupBy(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToDictionary(g => g.Key, g => g.Count());

    [GeneratedRegex("(?<![a-z_])_?number[\"= :]+([0-9]+)")]
    private static partial Regex Number();
}
