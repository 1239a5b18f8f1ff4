using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Andon.Tests.Power.Cut;

/// <summary>The program itself on a folder, watched by the layer or not; with its event engine or without.</summary>
sealed class CutHouse(string data, string work, bool engine) : IAsyncDisposable
{
    public const string Token = "token-of-the-tests", Password = "correct horse battery";

    readonly Queue<string> said = new();
    Process? process;

    public int Http { get; } = FreePort();
    public int Relp { get; } = FreePort();
    public int Lumberjack { get; } = FreePort();
    readonly int syslog = FreePort();
    public string Followed { get; } = Path.Combine(work, "followed.log");
    public string Data => data;
    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Http}"));
    public string Said { get { lock (said) return string.Join('\n', said); } }
    public bool Ended => process is null or { HasExited: true };

    static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts it and waits until it takes records in (and searches them, with its engine). Nothing is done to the folder by hand.</summary>
    public async Task Start(IReadOnlyDictionary<string, string>? watch = null)
    {
        var config = Path.Combine(work, "config.json");
        object At(int port) => new { at = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}") };
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(new
        {
            syslog = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{syslog}"),
            listeners = new Dictionary<string, object> { ["syslog-relp"] = At(Relp), ["lumberjack"] = At(Lumberjack) },
            files = new[] { Followed },
        }));
        if (!File.Exists(Followed)) await File.WriteAllTextAsync(Followed, "");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "andon.dll"), "serve", "--data", data, "--http", Http.ToString(CultureInfo.InvariantCulture), "--config", config])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["ANDON_INGEST_TOKEN"] = Token, ["ANDON_ADMIN_PASSWORD"] = Password },
        };
        // Nobody answers there: such a house collects and does not search.
        if (!engine) start.Environment["ANDON_EVENTS_URL"] = "http://127.0.0.1:9";
        foreach (var (name, value) in watch ?? new Dictionary<string, string>()) start.Environment[name] = value;
        process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var waited = Stopwatch.StartNew();
        while (!await Answers())
        {
            if (process.HasExited || waited.Elapsed > TimeSpan.FromMinutes(2)) throw new InvalidOperationException($"The program does not start by itself on {data} ({(process.HasExited ? $"it ended with {process.ExitCode}" : "it does not answer")}):\n{Said}");
            await Task.Delay(30);
        }
    }

    void Keep(string? line)
    {
        if (line is null || line.StartsWith("         ", StringComparison.Ordinal)) return; // Stacks.
        lock (said)
        {
            said.Enqueue(line);
            if (said.Count > 30) said.Dequeue();
        }
    }

    async Task<bool> Answers()
    {
        try
        {
            using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
            using var answer = await client.GetAsync(new Uri("/healthz", UriKind.Relative));
            if (engine && !answer.IsSuccessStatusCode) return false;
            foreach (var port in (int[])[Relp, Lumberjack])
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port);
            }
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            return false;
        }
    }

    public HttpClient Sender()
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(20) };
        client.DefaultRequestHeaders.Add("Authorization", "Splunk " + Token);
        return client;
    }

    /// <summary>A person who signed in.</summary>
    public async Task<HttpClient> Person()
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Add("X-Andon", "1");
        using var entered = await client.PostAsJsonAsync("/api/session", new { name = "admin", password = Password });
        entered.EnsureSuccessStatusCode();
        return client;
    }

    public async Task<JsonArray> Search(HttpClient person, string kql)
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            using var answer = await person.PostAsJsonAsync("/api/search", new { kql, limit = 10_000 });
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode) return JsonNode.Parse(text)!["rows"]!.AsArray();
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || watch.Elapsed > TimeSpan.FromMinutes(1)) throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
            await Task.Delay(300);
        }
    }

    /// <summary>kill -9; the engine's worker goes with it.</summary>
    public async Task Kill()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync() => await Kill();
}
