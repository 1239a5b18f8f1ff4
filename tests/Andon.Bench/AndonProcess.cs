using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Andon.Bench;

/// <summary>A real `andon serve` on loopback ports and a data folder of its own, started and killed as an operator's bad day would.</summary>
sealed class AndonProcess : IDisposable
{
    public const string Token = "bench-ingest-token-0001";
    const string Password = "bench-password-0001";

    readonly string data;
    readonly string root;
    Process? process;

    public AndonProcess(string root, string data, int http, int syslog)
    {
        (this.root, this.data, HttpPort, SyslogPort) = (root, data, http, syslog);
        Client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), PooledConnectionLifetime = TimeSpan.FromSeconds(30) })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{http}"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        Client.DefaultRequestHeaders.Add("X-Andon", "1");
    }

    public int HttpPort { get; }
    public int SyslogPort { get; }
    public HttpClient Client { get; }
    public int Id => process?.Id ?? 0;

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            ArgumentList =
            {
                Path.Combine(root, "src/Andon.Host/bin/Release/net10.0/andon.dll"), "serve", "--data", data,
                "--http", HttpPort.ToString(CultureInfo.InvariantCulture), "--syslog", SyslogPort.ToString(CultureInfo.InvariantCulture),
            },
            Environment =
            {
                ["ANDON_INGEST_TOKEN"] = Token,
                ["ANDON_ADMIN_PASSWORD"] = Password,
                ["ANDON_ENGINE_LIBRARY"] = Environment.GetEnvironmentVariable("ANDON_ENGINE_LIBRARY") ?? Path.Combine(root, "engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"),
            },
        };
        process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    readonly Queue<string> said = new();

    void Keep(string? line)
    {
        if (line is null) return;
        lock (said)
        {
            said.Enqueue(line);
            if (said.Count > 60) said.Dequeue();
        }
    }

    /// <summary>Waits until `/healthz` answers 200; returns how long it took.</summary>
    public async Task<TimeSpan> Ready(TimeSpan within)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < within)
        {
            if (process is { HasExited: true }) throw new InvalidOperationException($"The program ended with {process.ExitCode}:\n{Said()}");
            try
            {
                using var answer = await Client.GetAsync(new Uri("/healthz", UriKind.Relative));
                if (answer.IsSuccessStatusCode) return watch.Elapsed;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(50);
        }
        throw new TimeoutException($"Not ready within {within.TotalSeconds} s:\n{Said()}");
    }

    public string Said() { lock (said) return string.Join('\n', said); }

    public async Task SignIn()
    {
        using var answer = await Client.PostAsJsonAsync(new Uri("/api/session", UriKind.Relative), new { name = "admin", password = Password });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Asks; while the engine starts again (503, it may have been killed a moment ago) it asks once more, for a minute.</summary>
    public async Task<JsonNode> Search(string kql)
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            using var answer = await Client.PostAsJsonAsync(new Uri("/api/search", UriKind.Relative), new { kql, limit = 10_000 });
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode) return JsonNode.Parse(text)!;
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || watch.Elapsed > TimeSpan.FromMinutes(1)) throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
            await Task.Delay(500);
        }
    }

    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await Client.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    /// <summary>The engine worker: the one child of the main process.</summary>
    public int EngineId()
    {
        if (process is null) return 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && ParentOf(id) == process.Id) return id;
        return 0;
    }

    static int ParentOf(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Resident memory in bytes.</summary>
    public static long MemoryOf(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        if (process is null) return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public void Dispose()
    {
        if (process is { HasExited: false }) process.Kill();
        process?.Dispose();
        Client.Dispose();
    }
}
