using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Tests.Intake;

/// <summary>The program itself in a process of its own, to be killed at any moment; without an event engine, for what is asked here is the record log.</summary>
sealed class KilledHouse : IAsyncDisposable
{
    public const string Token = "token-of-the-tests", Password = "correct horse battery";

    readonly TempFolder folder = new();
    readonly Dictionary<string, Dictionary<string, object>> listeners = [];
    Process? process;
    HttpClient? http;

    public int Http { get; } = FreePort();
    public int Kills { get; private set; }
    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Http}");
    /// <summary>Port of syslog over UDP and TCP.</summary>
    public int Syslog { get; } = FreePort();
    public TempFolder Folder => folder;
    public string File(string name) => folder.File(name);
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A listener of its own port; returns that.</summary>
    public int Listen(string name, params (string Key, object Value)[] more)
    {
        var port = FreePort();
        listeners[name] = new(more.Select(m => KeyValuePair.Create(m.Key, m.Value))) { ["at"] = "127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture) };
        return port;
    }

    static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async Task Start()
    {
        var config = folder.File("config.json");
        await System.IO.File.WriteAllTextAsync(config, JsonSerializer.Serialize(new { syslog = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Syslog}"), listeners }), Stop);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "andon.dll"), "serve", "--data", folder.File("data"), "--http", Http.ToString(CultureInfo.InvariantCulture), "--config", config])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            // Nobody answers there: this house collects and does not search.
            Environment = { ["ANDON_EVENTS_URL"] = "http://127.0.0.1:9", ["ANDON_INGEST_TOKEN"] = Token, ["ANDON_ADMIN_PASSWORD"] = Password },
        };
        process = Process.Start(start) ?? throw new InvalidOperationException();
        var said = new StringBuilder();
        process.ErrorDataReceived += (_, line) => { lock (said) said.AppendLine(line.Data); };
        process.OutputDataReceived += (_, _) => { }; // Its log, which must not fill the pipe.
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var waited = Stopwatch.StartNew();
        while (!await Answers())
        {
            lock (said) Assert.False(process.HasExited || waited.Elapsed > TimeSpan.FromSeconds(60), said.ToString());
            await Task.Delay(50, Stop);
        }
    }

    // All listeners, because a client that finds its port closed may give up.
    async Task<bool> Answers()
    {
        foreach (var port in listeners.Where(l => l.Key != "gelf-udp").Select(l => int.Parse(((string)l.Value["at"]).Split(':')[1], CultureInfo.InvariantCulture)).Append(Http).Append(Syslog))
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, Stop);
            }
            catch (SocketException)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>What the house says of itself.</summary>
    public async Task<JsonElement> Says()
    {
        if (http is null)
        {
            http = new HttpClient { BaseAddress = new(Address) };
            http.DefaultRequestHeaders.Add("X-Andon", "1");
            using var entered = await http.PostAsJsonAsync("/api/session", new { name = "admin", password = Password }, Stop);
        }
        return JsonDocument.Parse(await http.GetStringAsync("/api/house", Stop)).RootElement;
    }

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        if (process is null) return;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        process = null;
        http?.Dispose();
        http = null;
        Kills++;
    }

    /// <summary>Memory that the living house has of the machine (VmRSS), in bytes.</summary>
    public long Memory => long.Parse(System.IO.File.ReadLines($"/proc/{process!.Id.ToString(CultureInfo.InvariantCulture)}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    /// <summary>How many records it says it holds; none while it is dead.</summary>
    public async Task<long> RecordsNow() => process is null ? 0 : (await Says()).GetProperty("records").GetInt64();

    /// <summary>What the record log of the dead house holds.</summary>
    public async Task<IReadOnlyList<(string Listener, string Text)>> Records()
    {
        await Kill();
        return await Read(folder.File("data/records"));
    }

    /// <summary>What the record log of the living house holds by now, read from a copy.</summary>
    public async Task<IReadOnlyList<(string Listener, string Text)>> RecordsSoFar()
    {
        using var copy = new TempFolder();
        foreach (var file in Directory.EnumerateFiles(folder.File("data/records"), "*.log")) System.IO.File.Copy(file, copy.File(Path.GetFileName(file)));
        return await Read(copy.Path);
    }

    static async Task<IReadOnlyList<(string Listener, string Text)>> Read(string records)
    {
        await using var log = DiskRecordLog.Open(records, new RecordLogOptions(), new FindingList(), TimeProvider.System);
        var all = new List<(string, string)>();
        for (var at = log.First; at < log.Next;)
        {
            var page = await log.Read(at, 10_000, 16 << 20, Stop);
            if (page.Count == 0) break;
            all.AddRange(page.Select(r => (r.Origin.Listener, Encoding.UTF8.GetString(r.Raw.Span))));
            at = page[^1].Position + 1;
        }
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        folder.Dispose();
    }
}
