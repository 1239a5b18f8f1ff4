using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Andon.Tests.House;

/// <summary>The engine is a child that may die. Collection goes on, nothing is lost or doubled, and nobody has to lend a hand.</summary>
[Collection(RealHouses.Name)]
public sealed class EngineDeath
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task Killed_in_the_middle_of_ingest_it_comes_back_and_nothing_is_lost_or_doubled()
    {
        await using var house = await RealHouse.Start();
        var acknowledged = new List<int>();
        var sent = 0;
        using var enough = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                var numbers = Enumerable.Range(sent, 50).ToList();
                sent += 50;
                // Collection does not depend on the engine: each batch is acknowledged, whatever became of it.
                Assert.Equal(50, await house.Bulk(numbers.Select(n => JsonSerializer.Serialize(new { message = "during", peer = new { number = n } }))));
                acknowledged.AddRange(numbers);
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
            }
        }, Stop);

        var deaths = new List<int>();
        for (var round = 0; round < 3; round++)
        {
            var before = await house.Count("Events");
            await RealHouse.Until(async () => await house.Count("Events") > before, "events come in");
            var worker = house.Engine.WorkerId ?? throw new InvalidOperationException("There is no worker.");
            Assert.DoesNotContain(worker, deaths);
            deaths.Add(worker);
            using (var process = Process.GetProcessById(worker))
            {
                process.Kill();
                await process.WaitForExitAsync(Stop);
            }
            await RealHouse.Until(async () => (await house.Admin.GetAsync("/healthz", Stop)).StatusCode == HttpStatusCode.ServiceUnavailable, "healthz says 503");
            await RealHouse.Until(async () => (await house.Admin.GetAsync("/healthz", Stop)).StatusCode == HttpStatusCode.OK, "healthz says 200 again");
        }
        await enough.CancelAsync();
        await sending;

        await house.Settled();
        Assert.True(acknowledged.Count > 500, $"Only {acknowledged.Count} were sent.");
        Assert.Equal(acknowledged.Count, await house.Count("Events | where message == 'during'"));
        var numbers = await house.Search("Events | where message == 'during' | summarize n = count() by number = ['peer.number'] | where n > 1 | take 10");
        Assert.Empty(numbers);
        Assert.Equal(acknowledged.Count, await house.Count("Events | where message == 'during' | distinct ['peer.number']"));
        var findings = (await house.Get("/api/house")).GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()).ToList();
        Assert.Contains("ENG022", findings);
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"sent {sent}, acknowledged {acknowledged.Count}, {deaths.Count} workers killed"));
    }
}
