using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Andon.Intake.Sources;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Tests.Intake;

public sealed class SourceSlices : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    static async Task<SourceList> Sources(IntakeHouse house, Func<SourceList, bool> until)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var list = await house.Http.GetFromJsonAsync<SourceList>("/api/sources", FactTypes.Json, stop.Token) ?? throw new InvalidOperationException();
            if (until(list)) return list;
        }
    }

    static ValueTask<ulong> Send(IntakeHouse house, Origin origin, params string[] lines) =>
        house.Log.Append([.. lines.Select(l => new RecordDraft(TimeProvider.System.NowMs(), origin, Encoding.UTF8.GetBytes(l)))], CancellationToken.None);

    [Xunit.Fact]
    public async Task A_source_appears_by_itself_is_counted_and_gets_an_owner()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        await Send(house, Lab.Udp, "<38>Mar  2 07:59:58 web01 sshd[1]: Failed password for root from 203.0.113.9 port 5 ssh2", "<38>Mar  2 07:59:58 web01 sshd[1]: words nobody knows", "<13>Mar  2 07:59:58 db01 app: x");
        var list = await Sources(house, l => l.Sources.Sum(s => s.Events) == 3);
        var web = Assert.Single(list.Sources, s => s.SourceId == "syslog-udp:web01:system.auth");
        Assert.Equal((2, 1, "web01", "system.auth", "syslog-udp"), (web.Events, web.ParseFailures, web.Host, web.Dataset, web.Listener));
        Assert.Equal(2, web.PerMinute.Sum());

        using var owned = await house.Http.PostAsJsonAsync("/api/sources/owner", new SourceOwnerAsk(web.SourceId, "Web 01", "ops", "Shop"));
        Assert.True(owned.IsSuccessStatusCode);
        var detail = await house.Http.GetFromJsonAsync<SourceDetail>("/api/sources/one?id=" + Uri.EscapeDataString(web.SourceId), FactTypes.Json) ?? throw new InvalidOperationException();
        Assert.Equal(("Web 01", "ops", "Shop"), (detail.Name, detail.Owner, detail.Unit));
        Assert.Equal(["2.0", "1.0"], detail.Samples.Select(s => s.EventId));
        Assert.Equal(["root"], detail.Samples[1].Fields["user.name"]);

        using var unknown = await house.Http.PostAsJsonAsync("/api/sources/owner", new SourceOwnerAsk("no:such:source", "x", "y", "z"));
        Assert.Equal(404, (int)unknown.StatusCode);
        var facts = await house.Facts.Read(0, 100, CancellationToken.None);
        Assert.Equal(2, facts.Count(f => f.Body is SourceDiscovered));
        Assert.Equal("user:anna", Assert.Single(facts, f => f.Body is SourceOwned).Actor);
    }

    [Xunit.Fact]
    public async Task Counts_survive_a_restart_and_nothing_is_counted_twice()
    {
        var log = new Andon.Store.Records.MemoryRecordLog();
        var facts = new MemoryFactLog(TimeProvider.System);
        await using (var house = await IntakeHouse.Start(folder.Path, log, facts))
        {
            await Send(house, Lab.Udp, "<13>Mar  2 07:59:58 a app: 1", "<13>Mar  2 07:59:58 a app: 2");
            await Sources(house, l => l.Sources.Sum(s => s.Events) == 2);
        }
        await using (var house = await IntakeHouse.Start(folder.Path, log, facts))
        {
            await Send(house, Lab.Udp, "<13>Mar  2 07:59:58 a app: 3");
            var list = await Sources(house, l => l.Sources.Sum(s => s.Events) >= 3);
            Assert.Equal(3, Assert.Single(list.Sources).Events);
        }
        Assert.Single(await facts.Read(0, 100, CancellationToken.None));
    }

    [Xunit.Fact]
    public async Task Sources_beyond_the_limit_are_counted_under_one_name()
    {
        var catalogue = new Catalogue();
        long seq = 0;
        var lines = Enumerable.Range(0, Andon.Intake.Limits.SourcesMax + 500).Select(i => $"<13>Mar  2 07:59:58 h{i} app: x").ToArray();
        var discovered = 0;
        foreach (var block in lines.Chunk(2000))
        {
            using var batch = Lab.Normaliser.Normalise(Lab.Records(Lab.Udp, block));
            foreach (var draft in catalogue.Discover(batch))
            {
                discovered++;
                catalogue.Apply(new(++seq, 0, draft.Actor, draft.Cause, draft.Body));
            }
            catalogue.Take(batch);
        }
        Assert.Equal(Andon.Intake.Limits.SourcesMax + 1, discovered);
        Assert.Equal(500, catalogue.One("overflow", 0)?.View.Events);
        Assert.Equal((Lab.Udp.Peer, Andon.Intake.Limits.SourcesMax + 1), catalogue.Fullest());
        Assert.Equal(lines.Length, catalogue.List(0).Sum(s => s.Events));
        await Task.CompletedTask;
    }

    [Xunit.Fact]
    public void The_hour_of_a_source_moves_with_the_clock()
    {
        var source = new Source { Id = "x", Listener = "", Host = "", Dataset = "" };
        void At(long minute) => source.Count(new EventHead { ReceivedMs = minute * 60_000, Id = EventId.At(1, 0) }, 1);
        At(1000);
        At(1000);
        At(1001);
        At(1059);
        At(1000); // Late, still within the hour.
        Assert.Equal([3, 1], source.Hour(1059 * 60_000)[..2]);
        Assert.Equal(1, source.Hour(1059 * 60_000)[59]);
        At(1060);
        Assert.Equal(1, source.Hour(1060 * 60_000)[0]); // 1000 is out, 1001 is oldest.
        At(5000);
        Assert.Equal(1, source.Hour(5000 * 60_000).Sum());
        At(4000); // Older than the ring: counted, not drawn.
        Assert.Equal(1, source.Hour(5000 * 60_000).Sum());
        Assert.Equal(8, source.Events);
    }

    [Xunit.Fact]
    public void Snapshots_keep_counts_and_facts_keep_owners()
    {
        var first = new Catalogue();
        using var batch = Lab.Normaliser.Normalise(Lab.Records(Lab.Udp, "<13>Mar  2 07:59:58 a app: 1", "no pri"));
        batch.To = 3;
        foreach (var draft in first.Discover(batch)) first.Apply(new(1, 0, "", "", draft.Body));
        first.Take(batch);
        var saved = first.Save();
        var second = new Catalogue();
        second.Apply(new(1, 0, "", "", new SourceDiscovered("syslog-udp:a:syslog.generic", "syslog-udp", "a", "syslog.generic")));
        second.Apply(new(2, 0, "", "", new SourceOwned("syslog-udp:a:syslog.generic", "A", "ops", "Shop")));
        second.Load(saved);
        Assert.Equal(3ul, second.Position);
        Assert.Equal("ops", second.One("syslog-udp:a:syslog.generic", 0)?.View.Owner);
        Assert.Equal(1, second.One("syslog-udp:a:syslog.generic", 0)?.View.Events);
        Assert.Throws<InvalidDataException>(() => second.Load("{"u8.ToArray()));
    }

    [Xunit.Fact]
    public async Task Real_sockets_end_in_the_catalogue()
    {
        await using var house = await IntakeHouse.Start(folder.Path);
        string Address(string name) => house.Listeners.First(l => l.Name == name).Address;
        while (Address("syslog-udp").Length == 0 || Address("syslog-tcp").Length == 0) await Task.Yield();
        using (var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
            await udp.SendToAsync("<38>Mar  2 07:59:58 u1 sshd[1]: Connection closed by 10.0.0.1 port 5"u8.ToArray(), System.Net.IPEndPoint.Parse(Address("syslog-udp")));
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync(System.Net.IPEndPoint.Parse(Address("syslog-tcp")));
            await tcp.GetStream().WriteAsync("<38>Mar  2 07:59:58 t1 sshd[1]: Connection closed by 10.0.0.1 port 5\n"u8.ToArray());
        }
        var list = await Sources(house, l => l.Sources.Count == 2);
        Assert.Equal(["syslog-tcp:t1:system.auth", "syslog-udp:u1:system.auth"], list.Sources.Select(s => s.SourceId).Order());
    }
}
