using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Andon.Model;
using Andon.Store.Engine;
using Andon.Store.Events;

namespace Andon.Tests.Store;

/// <summary>The worker's refusals, its end, its protocol as a stranger sees it.</summary>
public sealed class EngineWorkerTests
{
    static readonly Dictionary<string, string> None = [];
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static async Task<Finding> RefusalOf(EngineOptions options, string code)
    {
        var findings = new FindingList();
        using var engine = new EngineSupervisor(options, findings, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<EngineSupervisor>.Instance);
        await engine.StartAsync(Stop);
        var began = Stopwatch.GetTimestamp();
        while (findings.All.Count == 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(1), "No finding came.");
            await Task.Delay(20, Stop);
        }
        Assert.NotEqual(EngineCondition.Ready, engine.State.Condition);
        var store = new EventStore(engine, new(), TimeProvider.System);
        Assert.Equal(EngineException.NotReady, (await Assert.ThrowsAsync<EngineException>(async () => await store.Query("SELECT 1", None, QueryLimits.Standard, Stop))).Code);
        await engine.StopAsync(Stop);
        var finding = findings.All[0];
        Assert.Equal(code, finding.Code);
        Assert.NotEmpty(finding.Hint);
        return finding;
    }

    [Fact]
    public async Task A_library_of_another_hash_is_not_loaded()
    {
        EngineHouse.Require();
        using var folder = new TempFolder();
        var wrong = Path.Combine(folder.Path, "libchdb.so");
        await File.WriteAllTextAsync(wrong, "not the engine", Stop);
        var finding = await RefusalOf(EngineHouse.Options(folder.Path) with { Library = wrong }, "ENG003");
        Assert.Contains(EngineLibrary.Sha256, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_library_is_named()
    {
        EngineHouse.Require();
        using var folder = new TempFolder();
        var finding = await RefusalOf(EngineHouse.Options(folder.Path) with { Library = "/nowhere/libchdb.so" }, "ENG002");
        Assert.Contains("npm ci", finding.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verdict_is_remembered_for_exactly_that_file()
    {
        EngineHouse.Require();
        using var folder = new TempFolder();
        var verdict = Path.Combine(folder.Path, "verdict");
        var library = EngineLibrary.Find(null);
        Assert.Null(EngineLibrary.Check(library, verdict));
        var remembered = await File.ReadAllTextAsync(verdict, Stop);
        Assert.Contains($"size={new FileInfo(library!).Length}", remembered, StringComparison.Ordinal);
        Assert.Null(EngineLibrary.Check(library, verdict));
        // Another file with the same verdict beside it is checked by its own bytes.
        var other = Path.Combine(folder.Path, "libchdb.so");
        await File.WriteAllTextAsync(other, "x", Stop);
        Assert.Equal("ENG003", EngineLibrary.Check(other, verdict)?.Code);
    }

    [Fact]
    public async Task A_folder_that_another_worker_holds_is_refused_with_the_reason()
    {
        EngineHouse.Require();
        using var folder = new TempFolder();
        var options = EngineHouse.Options(folder.Path);
        using var first = await EngineHouse.Start(options, new FindingList());
        var finding = await RefusalOf(options, "ENG006");
        Assert.Contains("already running", finding.Place, StringComparison.Ordinal);
        var store = new EventStore(first, new(), TimeProvider.System);
        await store.EnsureSchema(Stop);
        Assert.Equal(1L, (await store.Query("SELECT 1", None, QueryLimits.Standard, Stop)).Rows[0][0]); // The first is undisturbed.
        await first.StopAsync(Stop);
    }

    [Fact]
    public async Task A_long_data_path_still_gets_a_socket()
    {
        EngineHouse.Require();
        Assert.Equal("ENG007", EngineWorker.SocketFault("/" + new string('s', 120))?.Code);
        using var folder = new TempFolder();
        var deep = Path.Combine(folder.Path, new string('d', 110));
        using var engine = await EngineHouse.Start(EngineHouse.Options(deep), new FindingList());
        var store = new EventStore(engine, new(), TimeProvider.System);
        await store.EnsureSchema(Stop);
        Assert.Equal(0UL, await store.Number("SELECT count() FROM events", Stop));
        await engine.StopAsync(Stop);
    }

    [Fact]
    public async Task The_worker_ends_when_its_parent_is_gone_and_its_files_are_the_owners_only()
    {
        EngineHouse.Require();
        using var folder = new TempFolder();
        var options = EngineHouse.Options(folder.Path);
        var socket = Path.Combine(folder.Path, "s");
        using var worker = Worker(options, socket);
        Assert.StartsWith(EngineWorker.ReadyMark, await Ready(worker), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(options.DataFolder));
        }
        worker.StandardInput.Close(); // What a dead parent's pipe does.
        await worker.WaitForExitAsync(Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.Equal(0, worker.ExitCode);
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public async Task A_stranger_and_an_unknown_parameter_are_refused_and_a_broken_body_commits_nothing()
    {
        EngineHouse.Require();
        using var folder = new TempFolder();
        var socket = Path.Combine(folder.Path, "s");
        using var worker = Worker(EngineHouse.Options(folder.Path), socket);
        await Ready(worker);
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = async (_, stop) => new NetworkStream(await Connect(socket, stop), ownsSocket: true) }) { BaseAddress = new("http://x/") };

        Assert.Equal("Ok.\n", await http.GetStringAsync(new Uri("ping", UriKind.Relative), Stop));
        Assert.Equal(("516", HttpStatusCode.Forbidden), await Ask("", "SELECT 1"));
        http.DefaultRequestHeaders.Add("X-ClickHouse-Key", "wrong");
        Assert.Equal(("516", HttpStatusCode.Forbidden), await Ask("", "SELECT 1"));
        http.DefaultRequestHeaders.Remove("X-ClickHouse-Key");
        http.DefaultRequestHeaders.Add("X-ClickHouse-Key", "key");
        Assert.Equal((null, HttpStatusCode.OK), await Ask("", "SELECT 1"));
        Assert.Equal(("115", HttpStatusCode.BadRequest), await Ask("?max_thread=1", "SELECT 1"));
        Assert.Equal(("115", HttpStatusCode.BadRequest), await Ask("?readonly=0", "SELECT 1"));
        Assert.Equal(("36", HttpStatusCode.BadRequest), await Ask("?max_execution_time=1%2C+readonly%3D0", "SELECT 1"));
        Assert.Equal("164", (await Ask("", "SELECT 1 SETTINGS readonly = 0")).Code);
        Assert.Equal((null, HttpStatusCode.OK), await Ask("", "CREATE TABLE default.t (a String) ENGINE = MergeTree ORDER BY a"));

        // The length promises more than is sent: half a batch must not be committed.
        byte[] rows = [1, 2, 1, (byte)'a', 6, .. "String"u8, 1, (byte)'x', 1, (byte)'y'];
        for (var sent = 1; sent < rows.Length; sent += 3)
        {
            using var raw = await Connect(socket, Stop);
            await raw.SendAsync(Encoding.ASCII.GetBytes($"POST /?query=INSERT+INTO+t+FORMAT+Native HTTP/1.1\r\nHost: x\r\nX-ClickHouse-Key: key\r\nContent-Length: {rows.Length}\r\n\r\n"), Stop);
            await raw.SendAsync(rows.AsMemory(0, sent), Stop);
            raw.Shutdown(SocketShutdown.Both);
        }
        using (var whole = new ByteArrayContent(rows))
        using (var answer = await http.PostAsync(new Uri("?query=INSERT+INTO+t+FORMAT+Native", UriKind.Relative), whole, Stop))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("2\n", await http.GetStringAsync(new Uri("?query=SELECT+count()+FROM+t", UriKind.Relative), Stop));
        worker.StandardInput.Close();
        await worker.WaitForExitAsync(Stop);

        async Task<(string? Code, HttpStatusCode Status)> Ask(string url, string sql)
        {
            using var content = new StringContent(sql);
            using var answer = await http.PostAsync(new Uri(url, UriKind.Relative), content, Stop);
            return (answer.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var codes) ? codes.First() : null, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Who_goes_away_frees_the_engine()
    {
        EngineHouse.Require();
        var store = await EngineHouse.Store();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var asked = Enumerable.Range(0, 2).Select(i => store.Query($"SELECT sum(cityHash64(number, {i})) FROM numbers(100000000000)", None, new(TimeMsMax: 120_000), impatient.Token).AsTask()).ToList();
        await Until(async () => await Running() >= 1);
        await impatient.CancelAsync();
        foreach (var one in asked) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await Until(async () => await Running() == 0);

        async Task<long> Running() => (long)await store.Number("SELECT count() FROM system.processes WHERE query LIKE 'SELECT sum(cityHash64(number, %'", Stop);

        async Task Until(Func<Task<bool>> reached)
        {
            var began = Stopwatch.GetTimestamp();
            while (!await reached())
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "Never came.");
                await Task.Delay(20, Stop);
            }
        }
    }

    [Fact]
    public async Task A_server_at_an_address_is_the_same_client()
    {
        EngineHouse.Require();
        using var folder = new TempFolder();
        var socket = Path.Combine(folder.Path, "s");
        using var worker = Worker(EngineHouse.Options(folder.Path), socket);
        await Ready(worker);
        // The worker has no port; a relay makes it look like a server.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var relay = Relay(listener, socket, ended.Token);
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var options = EngineHouse.Options(folder.Path) with { ServerUrl = new($"http://127.0.0.1:{port}/"), ServerKey = "key", Library = "/nowhere" };
        Assert.Null(options.Refusal());
        using var engine = await EngineHouse.Start(options, new FindingList());
        Assert.Null(engine.WorkerId);
        var store = new EventStore(engine, new("over_tcp"), TimeProvider.System);
        await store.EnsureSchema(Stop);
        using var batch = EventMaker.One(EventMaker.Utf8("raw"), EventMaker.Noon);
        await EventMaker.Insert(store, batch);
        Assert.Equal(1UL, await store.Number("SELECT count() FROM events", Stop));
        await engine.StopAsync(Stop);
        await ended.CancelAsync();
        await relay;
        worker.StandardInput.Close();
        await worker.WaitForExitAsync(Stop);
    }

    static async Task Relay(TcpListener listener, string socket, CancellationToken stop)
    {
        var all = new List<Task>();
        try
        {
            while (true)
            {
                var from = await listener.AcceptSocketAsync(stop);
                all.Add(Both(new NetworkStream(from, ownsSocket: true), new NetworkStream(await Connect(socket, stop), ownsSocket: true)));
            }
        }
        catch (OperationCanceledException) { }
        await Task.WhenAll(all);

        async Task Both(NetworkStream one, NetworkStream other)
        {
            await using (one)
            await using (other)
            {
                try { await Task.WhenAny(one.CopyToAsync(other, stop), other.CopyToAsync(one, stop)); }
                catch (OperationCanceledException) { }
            }
        }
    }

    [Theory]
    [InlineData("SELECT 1", null)]
    [InlineData("SELECT 'file(1)'", null)]
    [InlineData("SELECT `url` FROM t -- url(", null)]
    [InlineData("SELECT '\\'' , file ('/etc/passwd')", "file")]
    [InlineData("SELECT 1 FROM/**/url/**/('http://x')", "url")]
    [InlineData("SELECT * FROM `s3`('x')", "s3")]
    [InlineData("SELECT '''', FILE('x')", "FILE")]
    public void Functions_that_leave_the_store_are_seen(string sql, string? expected) => Assert.Equal(expected, SqlGuard.Forbidden(sql));

    static async Task<Socket> Connect(string socket, CancellationToken stop)
    {
        var to = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await to.ConnectAsync(new UnixDomainSocketEndPoint(socket), stop);
        return to;
    }

    static Process Worker(EngineOptions options, string socket)
    {
        var start = new ProcessStartInfo(options.Command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in options.Command.Skip(1).Concat(["--path", options.DataFolder, "--socket", socket])) start.ArgumentList.Add(argument);
        var worker = Process.Start(start)!;
        worker.StandardInput.WriteLine("key");
        return worker;
    }

    static async Task<string> Ready(Process worker) => await worker.StandardOutput.ReadLineAsync(Stop).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Stop) ?? "";
}
