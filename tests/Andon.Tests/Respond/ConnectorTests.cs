using System.Net;
using Andon.Respond.Connectors;

namespace Andon.Tests.Respond;

/// <summary>S3: a playbook cannot be made to call what is not on the list.</summary>
public sealed class ConnectorTests
{
    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://localhost/")]
    [InlineData("http://127.1/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://[::127.0.0.1]/")]
    [InlineData("http://0.0.0.0/")]
    [InlineData("http://[::]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[fd00::1]/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://172.16.0.1/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://224.0.0.1/")]
    [InlineData("http://255.255.255.255/")]
    [InlineData("http://8.8.8.8/")]
    [InlineData("http://other.example/")]
    [InlineData("http://target.example.evil.example/")]
    [InlineData("http://nottarget.example/")]
    [InlineData("http://user@target.example/")]
    [InlineData("ftp://target.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://target.example/")]
    public void A_url_that_is_not_listed_is_refused(string url) =>
        Assert.NotNull(new AddressGuard(["target.example"], allowLoopback: false).Refuse(new Uri(url)));

    [Theory]
    [InlineData("https://target.example/x")]
    [InlineData("https://TARGET.example./x")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://[2001:db8:1::7]/")]
    public void A_listed_one_is_let_through(string url) =>
        Assert.Null(new AddressGuard(["target.example", "10.1.2.0/24", "2001:db8:1::/48"], allowLoopback: false).Refuse(new Uri(url)));

    [Fact]
    public void An_empty_list_lets_nothing_through_but_loopback_when_asked()
    {
        Assert.NotNull(new AddressGuard([], allowLoopback: false).Refuse(new Uri("http://example.org/")));
        Assert.NotNull(new AddressGuard([], allowLoopback: true).Refuse(new Uri("http://example.org/")));
        Assert.Null(new AddressGuard([], allowLoopback: true).Refuse(new Uri("http://127.0.0.1:8080/")));
        Assert.NotNull(new AddressGuard([], allowLoopback: true).Refuse(new Uri("http://169.254.169.254/")));
    }

    static async Task<CallAnswer> Call(FakeTarget target, IReadOnlyList<string> listed, bool allowLoopback, Func<string, IPAddress[]> dns, string host = "target.example", TimeSpan? limit = null)
    {
        var connector = new HttpConnector(new AddressGuard(listed, allowLoopback), (h, _) => ValueTask.FromResult(dns(h)), TimeProvider.System);
        return await connector.Call(new("POST", new Uri($"http://{host}:{target.Port}/x"), [], "{}"), "key-1", limit ?? TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.5")]
    [InlineData("fd00::1")]
    public async Task A_listed_name_that_resolves_inwards_is_not_called(string inner)
    {
        await using var target = new FakeTarget();
        var answer = await Call(target, ["target.example"], allowLoopback: false, _ => [IPAddress.Parse("93.184.216.34"), IPAddress.Parse(inner)]);
        Assert.Equal(CallEnd.Failed, answer.End);
        Assert.StartsWith("Not sent", answer.Text);
        Assert.Empty(target.Calls);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_the_checked_address_is_called()
    {
        await using var target = new FakeTarget();
        var asked = 0;
        var answer = await Call(target, ["target.example"], allowLoopback: true, _ => ++asked == 1 ? [IPAddress.Loopback] : [IPAddress.Parse("10.0.0.1")]);
        Assert.Equal(CallEnd.Done, answer.End);
        Assert.Equal(1, asked);
        var call = Assert.Single(target.Calls);
        Assert.Equal("key-1", call.Key);
        Assert.Contains($"Host: target.example:{target.Port}", call.Head);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var target = new FakeTarget { Answer = _ => FakeTarget.Ok("", "302 Found", "Location: http://169.254.169.254/\r\n") };
        var answer = await Call(target, ["target.example"], allowLoopback: true, _ => [IPAddress.Loopback]);
        Assert.Equal(CallEnd.Failed, answer.End);
        Assert.Equal(302, answer.Status);
        Assert.Single(target.Calls);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut()
    {
        await using var target = new FakeTarget { Answer = _ => FakeTarget.Ok(new string('x', 3 << 20)) };
        var answer = await Call(target, ["target.example"], allowLoopback: true, _ => [IPAddress.Loopback]);
        Assert.Equal(CallEnd.Done, answer.End);
        Assert.Equal(1 << 20, answer.Body.Length);
        Assert.Contains("cut", answer.Text);
    }

    [Fact]
    public async Task A_broken_connection_is_unknown_and_a_refused_one_is_failed()
    {
        await using var target = new FakeTarget { Answer = _ => null };
        Assert.Equal(CallEnd.Unknown, (await Call(target, [], allowLoopback: true, _ => [IPAddress.Loopback], "localhost")).End);
        Assert.Single(target.Calls); // the platform's own client would have sent it four times
        var closed = new FakeTarget();
        await closed.DisposeAsync();
        Assert.Equal(CallEnd.Failed, (await Call(closed, [], allowLoopback: true, _ => [IPAddress.Loopback], "localhost")).End);
    }

    [Fact]
    public async Task A_target_that_never_answers_is_timed_out()
    {
        using var hold = new ManualResetEventSlim();
        await using var target = new FakeTarget { Answer = _ => { hold.Wait(TimeSpan.FromSeconds(30)); return null; } };
        var answer = await Call(target, [], allowLoopback: true, _ => [IPAddress.Loopback], "localhost", TimeSpan.FromMilliseconds(200));
        hold.Set();
        Assert.Equal(CallEnd.TimedOut, answer.End);
        Assert.Contains("ACTION_TIMEOUT", answer.Text);
    }
}
