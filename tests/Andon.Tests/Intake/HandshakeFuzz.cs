using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Andon.Intake;
using Andon.Intake.Collect;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>TLS with those who do not speak it, break off or speak an old one: each is turned away and told, and a good sender gets in between and behind them.</summary>
public sealed class HandshakeFuzz : IDisposable
{
    static readonly int Rounds = Environment.GetEnvironmentVariable("ANDON_NIGHTLY") == "1" ? 3000 : 60;
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    WireRig Rig()
    {
        using (var authority = Authority.Make("Tests Authority")) authority.Give(folder, "server", "andon.test", days: 300);
        return new("syslog-tls", _ => new SyslogWire(octetCounting: true, 1 << 16), tls: r => new TlsFiles(new ListenerSettings(Certificate: folder.File("server.pem"), Key: folder.File("server.key")), "syslog-tls", TimeProvider.System, r.Findings));
    }

    static async Task Good(WireRig rig, string message)
    {
        using var socket = await rig.Connect();
        await using var tls = new SslStream(new NetworkStream(socket), false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync("andon.test");
        await tls.WriteAsync(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(message)} {message}"), Stop);
        await tls.ShutdownAsync();
    }

    /// <summary>What a client says first, taken from a real one whose server never answers.</summary>
    static async Task<byte[]> Hello()
    {
        var heard = new Heard();
        await using var tls = new SslStream(heard, false, (_, shown, _, _) => shown is not null);
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync("andon.test"));
        return heard.Bytes.ToArray();
    }

    sealed class Heard : Stream
    {
        public MemoryStream Bytes { get; } = new();
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => 0;
        public override void Write(byte[] buffer, int offset, int count) => Bytes.Write(buffer, offset, count);
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }

    [Xunit.Fact]
    public async Task Whatever_a_stranger_says_a_good_sender_gets_in()
    {
        await using var rig = Rig();
        var hello = await Hello();
        Assert.True(hello.Length > 100);
        var random = new Random(20260313);
        await Good(rig, "<13>before");
        for (var round = 0; round < Rounds; round++)
        {
            var said = (byte[])hello.Clone();
            switch (random.Next(4))
            {
                case 0: random.NextBytes(said); break;
                case 1: said = said[..random.Next(said.Length)]; break;
                case 2: said[1..3].AsSpan().Fill((byte)random.Next(256)); break;
                default:
                    for (var changes = random.Next(1, 20); changes > 0; changes--) said[random.Next(said.Length)] = (byte)random.Next(256);
                    break;
            }
            await rig.Say(said, random.Next(1, 400));
            if (round % (Rounds / 4) == 0) await Good(rig, $"<13>between {round}");
        }
        await Good(rig, "<13>after");
        for (var waited = 0; rig.Listener.Snapshot().Connections > 0 && waited < 500; waited++) await Task.Delay(20, Stop);
        Assert.Equal(0, rig.Listener.Snapshot().Connections);
        Assert.Equal(6, (await rig.Records()).Length);
        Assert.Equal("<13>after", (await rig.Records())[^1]);
        Assert.DoesNotContain(rig.Findings.All, f => f.Code == "INT022");
        Assert.Contains(rig.Findings.All, f => f.Code == "INT026");
    }

    [Xunit.Fact]
    public async Task An_old_version_is_turned_away_and_told()
    {
        await using var rig = Rig();
        using (var socket = await rig.Connect())
        {
            await using var tls = new SslStream(new NetworkStream(socket), false, (_, shown, _, _) => shown is not null);
#pragma warning disable SYSLIB0039, CA5397 // Old on purpose.
            await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync("andon.test", null, SslProtocols.Tls11, checkCertificateRevocation: false));
#pragma warning restore SYSLIB0039, CA5397
        }
        for (var waited = 0; rig.Listener.Snapshot().Refused == 0 && waited < 500; waited++) await Task.Delay(20, Stop);
        Assert.Contains(rig.Findings.All, f => f.Code == "INT026");
        await Good(rig, "<13>after");
        await rig.Log.WaitFor(1, Stop);
    }

    [Theory]
    [InlineData("other.example")]
    [InlineData("127.0.0.1")]
    [InlineData("xn--80ak6aa92e.example")]
    [InlineData("a.very.long.name.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.ccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.example")]
    public async Task Whatever_name_it_is_called_by_it_shows_the_one_certificate(string name)
    {
        await using var rig = Rig();
        using (var socket = await rig.Connect())
        {
            await using var tls = new SslStream(new NetworkStream(socket), false, (_, shown, _, _) => shown!.Subject == "CN=andon.test");
            await tls.AuthenticateAsClientAsync(name);
            await tls.WriteAsync("9 <13>named"u8.ToArray(), Stop);
            await tls.ShutdownAsync();
        }
        await rig.Log.WaitFor(1, Stop);
        Assert.Equal(["<13>named"], await rig.Records());
    }

    [Xunit.Fact]
    public void Nobody_negotiates_anew()
    {
        using (var authority = Authority.Make("Tests Authority")) authority.Give(folder, "server", "andon.test", days: 300);
        var findings = new FindingList();
        var files = new TlsFiles(new ListenerSettings(Certificate: folder.File("server.pem"), Key: folder.File("server.key")), "syslog-tls", TimeProvider.System, findings);
        files.Refresh();
        var options = files.Options();
        Assert.False(options.AllowRenegotiation);
#pragma warning disable SYSLIB0039, CA5397, CS0618 // Old on purpose.
        Assert.Equal(SslProtocols.None, options.EnabledSslProtocols & (SslProtocols.Tls | SslProtocols.Tls11 | SslProtocols.Ssl2 | SslProtocols.Ssl3));
#pragma warning restore SYSLIB0039, CA5397, CS0618
    }
}
