using Andon.Host.Demo;
using Andon.Model;
using Andon.Triage.Cases;

namespace Andon.Tests.Story;

/// <summary>What <c>./andon demo</c> shows: within the office's day the whole intrusion stands on one card, on top.</summary>
public class DemoIntrusion
{
    static readonly DateTimeOffset Morning = new(2026, 2, 24, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(20_26)]
    [InlineData(7)]
    public async Task The_whole_intrusion_is_one_case_on_top(int seed)
    {
        await using var tale = await Tale.Begin(seed);
        for (var at = Morning.AddHours(-20); at < Morning; at = at.AddSeconds(1))
            foreach (var line in tale.Office.Second(at, 0.06 * Office.Busy(at)).OrderBy(l => l.At)) await tale.Hear(line);

        var planned = Intrusion.Lines(tale.Office, Morning.AddSeconds(20)).ToHashSet();
        var truth = new HashSet<string>();
        var office = Enumerable.Range(0, 140).SelectMany(s => tale.Office.Second(Morning.AddSeconds(s), 4)).ToList();
        foreach (var line in planned.Concat(office).OrderBy(l => l.At))
        {
            var (before, hits) = (tale.Desk.State.SignalCount, tale.Hits.Log.Next);
            await tale.Hear(line);
            if (!planned.Contains(line) || tale.Hits.Log.Next == hits) continue;
            foreach (var (_, block) in await tale.Hits.Read(hits, 64, tale.Stop))
                truth.UnionWith(block.Hits.Where(h => h.Queue == RuleQueue.Production).Select(h => h.Key));
        }

        // Signals that an alert of the intrusion opened; what folded into the office's own bursts is theirs.
        var signals = tale.Desk.State.OpenCases().SelectMany(c => c.Signals, (c, s) => (Case: c, Signal: s)).Where(p => truth.Contains(p.Signal.Opened.FirstHit)).ToList();
        Assert.True(signals.Count >= 8, $"only {signals.Count} signals");
        var cases = signals.GroupBy(s => s.Case.Id).ToDictionary(g => g.Key, g => string.Join("; ", g.Select(s => $"{s.Signal.Opened.Title} [{string.Join(' ', s.Signal.Entities.Select(e => e.Value))}] u {s.Signal.Opened.Surprise:0.00}")));
        Assert.True(cases.Count == 1, string.Join("\n", cases));
        Assert.Equal(cases.Keys.Single(), tale.OnTop().CaseId);
    }
}
