using Andon.Intake.Normalise;

namespace Andon.Tests.Intake;

/// <summary>A user's parser beside the shipped one of its name: which of them reads, and what the cases say of it.</summary>
public sealed class OwnParsers : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Xunit.Fact]
    public void The_shipped_parser_is_used_again_once_ones_own_is_gone()
    {
        var normaliser = new Normaliser(Lab.Content, folder.Path);
        var shipped = normaliser.TextOf("squid")!;
        File.WriteAllText(folder.File("squid.yml"), shipped.Replace("observer.type: proxy", "observer.type: web-proxy", StringComparison.Ordinal));
        normaliser.Reload();
        Assert.True(normaliser.Parsers.Single(p => p.Name == "squid").Own);
        Assert.Equal(shipped, normaliser.ShippedTextOf("squid"));
        File.Delete(folder.File("squid.yml"));
        normaliser.Reload();
        Assert.False(normaliser.Parsers.Single(p => p.Name == "squid").Own);
        Assert.All(normaliser.CasesOf("squid")!, c => Assert.True(c.Green, c.Place));
    }

    [Xunit.Theory]
    [InlineData("syslog-tcp", "<13>Mar  2 07:59:00 h nobody-knows-this: a word", "syslog.generic")]
    [InlineData("file", "a word nobody knows", "text.generic")]
    [InlineData("bulk", """{"nobody_knows":"this"}""", "json.generic")]
    [InlineData("file", "alpha=1 beta=2 gamma=3 delta=4 epsilon=5", "kv.generic")]
    [InlineData("bulk", """{"winlog":{"channel":"Security","event_id":4624,"provider_name":"Microsoft-Windows-Security-Auditing"}}""", "windows.security")]
    [InlineData("file", """192.0.2.7 - - [02/Mar/2026:07:59:00 +0000] "GET / HTTP/1.1" 200 5""", "apache.access")]
    public void What_the_program_reads_itself_stands_in_the_list_under_the_name_its_events_carry(string listener, string line, string dataset)
    {
        var fields = Lab.Parse(new(listener, "10.9.8.7"), line);
        Assert.Equal(dataset, fields["event.dataset"].Single());
        var entry = Lab.Normaliser.Fixed.Single(p => $"{p.Name}@{p.Version}" == fields["andon.parser"].Single());
        Assert.True(entry.BuiltIn && (entry.Dataset == dataset || entry.Dataset == "windows.*" && dataset.StartsWith("windows.", StringComparison.Ordinal)));
        Assert.DoesNotContain(Lab.Normaliser.Parsers, p => p.Name == entry.Name);
    }

    [Xunit.Fact]
    public void Cases_beside_a_parser_turn_red_where_a_tried_text_gives_something_else_and_say_what()
    {
        var normaliser = new Normaliser(Lab.Content, folder.Path);
        var text = normaliser.TextOf("squid")!;
        Assert.All(normaliser.Preview(text, [], Lab.Udp, TimeProvider.System).Cases, c => Assert.True(c.Green, c.Place));
        // Another version of the same result is no other result.
        Assert.All(normaliser.Preview(text.Replace("version: 1", "version: 9", StringComparison.Ordinal), [], Lab.Udp, TimeProvider.System).Cases, c => Assert.True(c.Green, c.Place));
        var tried = normaliser.Preview(text.Replace("observer.type: proxy", "observer.type: web-proxy", StringComparison.Ordinal), [], Lab.Udp, TimeProvider.System);
        var red = tried.Cases.First(c => !c.Green);
        Assert.Equal(("observer.type", "proxy", "web-proxy"), (red.Wrong.Single().Field, red.Wrong.Single().Expected.Single(), red.Wrong.Single().Given.Single()));
        Assert.Matches(@"^squid\.cases:\d+$", red.Place);
        Assert.Null(normaliser.CasesOf("no-such-parser"));
    }

    [Xunit.Fact]
    public void Cases_in_the_text_are_run_too()
    {
        var normaliser = new Normaliser(Lab.Content, folder.Path);
        const string Text = "name: door\nversion: 1\ndataset: door.log\nextract:\n  - {lines: [\"%{user.name:w} opened\"]}\ncases:\n  - raw: anna opened\n    expect: {user.name: anna}\n  - raw: berta opened\n    expect: {user.name: anna}\n";
        Assert.Equal([true, false], normaliser.Preview(Text, [], Lab.Udp, TimeProvider.System).Cases.Select(c => c.Green));
    }
}
