using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Andon.Tests.Intake.Clients;

/// <summary>The real Serilog with its sink for Seq: every message arrives once, and its text is what Serilog itself makes of template and values.</summary>
public sealed class SerilogClient
{
    /// <summary>What Serilog says the message is.</summary>
    sealed class Said : ILogEventSink
    {
        public List<string> Messages { get; } = [];
        public void Emit(LogEvent logEvent) => Messages.Add(logEvent.RenderMessage(CultureInfo.InvariantCulture));
    }

    [Xunit.Fact]
    public async Task Its_messages_read_as_it_writes_them_itself()
    {
        using var folder = new TempFolder();
        await using var house = await IntakeHouse.Start(folder.Path);
        var said = new Said();
        var address = house.Http.BaseAddress!.ToString();
        await using (var log = new LoggerConfiguration().MinimumLevel.Verbose().Enrich.WithProperty("Application", "shop").Enrich.WithProperty("MachineName", "web01")
            .WriteTo.Sink(said).WriteTo.Seq(address, apiKey: "secret-token", batchPostingLimit: 50, formatProvider: CultureInfo.InvariantCulture).CreateLogger())
        {
            for (var i = 0; i < 300; i++)
            {
                log.Information("User {User:l} bought {Count} of {Item:l} for {Price:0.00} at {Where:l}", "anna \"" + i, i, "tea", i / 3.0, new { Shop = "Köln", Row = i });
                log.Warning("{0} of {1} {{left}} {Missing}", i, 300);
                log.Error(new InvalidOperationException("broken " + i), "Failed {@Order} {Ok}", new { Id = i, Lines = new[] { 1, 2 } }, i % 2 == 0);
            }
        }
        Assert.Equal(900, said.Messages.Count);
        await house.Log.WaitFor(900, TestContext.Current.CancellationToken);
        var kept = await house.Log.Read(1, 2000, 64 << 20, TestContext.Current.CancellationToken);
        Assert.Equal(900, kept.Count);
        using var batch = Lab.Normaliser.Normalise(kept);
        var events = Enumerable.Range(0, batch.Count).Select(i => Lab.Fields(batch[i])).ToList();
        // Texts stand without quotes (:l), as Seq shows them; a structure is told as JSON and not in Serilog's own way, so of it only the beginning is the same.
        var different = events.Select(e => e["message"][0]).Zip(said.Messages).Where((p, i) => i % 3 == 2 ? !p.First.StartsWith("Failed {", StringComparison.Ordinal) : p.First != p.Second).ToList();
        Assert.True(different.Count == 0, string.Join('\n', different.Take(6).Select(d => $"{d.First}\n{d.Second}")));
        Assert.All(events, e => Assert.Equal(["web01"], e["host.name"]));
        Assert.Equal(["info", "error"], new[] { 0, 2 }.Select(i => events[i]["log.level"][0]));
        Assert.Contains("broken 7", events[7 * 3 + 2]["error.stack_trace"][0], StringComparison.Ordinal);
    }
}
