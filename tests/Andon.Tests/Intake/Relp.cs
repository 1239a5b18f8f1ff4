using System.Text;
using Andon.Intake.Collect;

namespace Andon.Tests.Intake;

public sealed class Relp
{
    static string OpenFrame { get; } = Frame(1, "open", "relp_version=0\nrelp_software=tests\ncommands=syslog");
    static string Frame(int number, string command, string data) => data.Length == 0 ? $"{number} {command} 0\n" : $"{number} {command} {Encoding.UTF8.GetByteCount(data)} {data}\n";
    static WireRig Rig(Andon.Store.Records.IRecordLog? log = null, int max = 1 << 20) => new("syslog-relp", _ => new RelpWire(max), log, max);
    static async Task<string> Say(WireRig rig, string text, int piece = int.MaxValue) => Encoding.UTF8.GetString(await rig.Say(Encoding.UTF8.GetBytes(text), piece));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task Each_command_is_answered_however_the_stream_is_cut(int piece)
    {
        await using var rig = Rig();
        var answer = await Say(rig, OpenFrame + Frame(2, "syslog", "<13>größe\nzwei") + Frame(3, "syslog", "<13>drei") + Frame(4, "syslog", "") + Frame(5, "close", ""), piece);
        var opened = Frame(1, "rsp", "200 OK\nrelp_version=0\nrelp_software=andon\ncommands=syslog");
        Assert.Equal(opened + "2 rsp 6 200 OK\n3 rsp 6 200 OK\n4 rsp 6 200 OK\n5 rsp 0\n0 serverclose 0\n", answer);
        Assert.Equal(["<13>größe\nzwei", "<13>drei"], await rig.Records());
    }

    [Theory]
    [InlineData("2 syslog 5 hello\n", "2 rsp ", 0)] // Before open.
    [InlineData("GET / HTTP/1.1\r\n", "0 serverclose 0\n", 0)]
    [InlineData("OPEN2 syslog 4 hello\n", "0 serverclose 0\n", 1)]
    [InlineData("OPEN2 nonsense 2 xx\n", "2 rsp 29 500 this command is not known\n", 0)]
    [InlineData("OPEN2 syslog 9999999999 x", "0 serverclose 0\n", 0)]
    public async Task Who_does_not_keep_to_it_is_told_and_found(string session, string told, int kept)
    {
        await using var rig = Rig();
        var answer = await Say(rig, session.Replace("OPEN", OpenFrame, StringComparison.Ordinal));
        Assert.Contains(told, answer, StringComparison.Ordinal);
        Assert.Contains(rig.Findings.All, f => f.Code == "INT025");
        Assert.Equal(1, rig.Listener.Snapshot().Refused);
        Assert.InRange((await rig.Records()).Length, 0, kept);
    }

    [Xunit.Fact]
    public async Task A_frame_beyond_the_limit_is_kept_up_to_it_and_the_session_goes_on()
    {
        await using var rig = Rig(max: 50);
        var answer = await Say(rig, OpenFrame + Frame(2, "syslog", new string('a', 1000)) + Frame(3, "syslog", "b"), 33);
        Assert.EndsWith("2 rsp 6 200 OK\n3 rsp 6 200 OK\n", answer, StringComparison.Ordinal);
        Assert.Equal([new string('a', 50), "b"], await rig.Records());
        Assert.Equal(1, rig.Listener.Snapshot().Oversized);
    }

    [Xunit.Fact]
    public async Task Nothing_is_answered_before_it_is_kept()
    {
        var log = new FullLog(0);
        await using var rig = Rig(log);
        using var socket = await rig.Connect();
        await socket.SendAsync(Encoding.ASCII.GetBytes(OpenFrame));
        var buffer = new byte[1000];
        await socket.ReceiveAsync(buffer);
        await socket.SendAsync(Encoding.ASCII.GetBytes(Frame(2, "syslog", "<13>x")));
        while (rig.Listener.State.Length == 0) await Task.Delay(5);
        Assert.Equal(0, socket.Available);
        log.Room = 1;
        Assert.Equal("2 rsp 6 200 OK\n", Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
        Assert.Equal(2ul, log.Next);
    }

    [Xunit.Fact]
    public async Task Random_sessions_break_nothing()
    {
        await using var rig = Rig(max: 500);
        await rig.Fuzz(Encoding.UTF8.GetBytes(OpenFrame + Frame(2, "syslog", "<13>one") + Frame(3, "syslog", new string('x', 600)) + Frame(4, "close", "")), 300, 20260305);
        Assert.EndsWith("2 rsp 6 200 OK\n", await Say(rig, OpenFrame + Frame(2, "syslog", "<13>still here")), StringComparison.Ordinal);
    }
}
