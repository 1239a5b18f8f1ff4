using Andon.Model;

namespace Andon.Tests.Triage;

/// <summary>Measures the memory of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "triage: alone";
}

[Collection(Alone.Name)]
public class StormTests
{
    [Fact]
    public void A_million_hits_of_one_rule_are_one_signal_a_few_facts_and_flat_memory()
    {
        var desk = new Desk();
        const int Hits = 1_000_000, Block = 2000;
        long early = 0;
        for (var i = 0; i < Hits; i += Block)
        {
            desk.Take(Enumerable.Range(i + 1, Block).Select(n => Desk.Hit((ulong)n, n / 20_000.0, "scan", host: "web01", user: $"user{n}", ip: $"203.0.113.{n % 250}")));
            if (i == 100_000) early = GC.GetTotalMemory(forceFullCollection: true);
        }
        desk.Apply(desk.Core.CloseBursts(desk.NowMs + 31 * 60_000));
        var late = GC.GetTotalMemory(forceFullCollection: true);

        Assert.Equal(1, desk.State.SignalCount);
        Assert.InRange(desk.Facts.Count, 3, 30);
        Assert.Equal(Hits, desk.Open.Single().Signals.Single().Count);
        Assert.Equal(Hits, desk.Facts.Select(f => f.Body).OfType<SignalRepeated>().Last().Count);
        Assert.InRange(desk.Open.Single().Signals.Single().Entities.Count, 3, Andon.Triage.Limits.SignalEntitiesMax);
        Assert.True(late - early < 4 << 20, $"{late - early} bytes more after 900,000 hits");
    }
}
