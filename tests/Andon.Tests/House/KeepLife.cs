using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Andon.Tests.Store;

namespace Andon.Tests.House;

/// <summary>Backup, check and restore as an operator does them: by the command line, on a program that is killed in the middle.</summary>
[Collection(RealHouses.Name)]
public sealed class KeepLife : IDisposable
{
    const string Password = "correct horse battery", Token = "token-of-the-tests";
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly TestFolder folder = new();
    readonly int port = FreePort();
    Process? serving;

    string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    public void Dispose()
    {
        if (serving is { HasExited: false }) serving.Kill();
        serving?.Dispose();
        folder.Dispose();
    }

    static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    static ProcessStartInfo Andon(params string[] arguments) => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "andon.dll"), .. arguments])
    {
        RedirectStandardError = true, RedirectStandardOutput = true, Environment = { ["ANDON_ADMIN_PASSWORD"] = Password, ["ANDON_INGEST_TOKEN"] = Token },
    };

    static async Task<(int Code, string Said)> Run(params string[] arguments)
    {
        using var process = Process.Start(Andon(arguments)) ?? throw new InvalidOperationException();
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var error = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, await output + await error);
    }

    async Task Serve()
    {
        var config = folder.At("config.json");
        await File.WriteAllTextAsync(config, """{ "syslog": "0", "engine": { "memoryMb": 2048, "searches": 3 }, "searches": { "manager": { "seconds": 5 } } }""", Stop);
        serving = Process.Start(Andon("serve", "--data", folder.At("data"), "--http", port.ToString(CultureInfo.InvariantCulture), "--config", config)) ?? throw new InvalidOperationException();
        var said = new StringBuilder();
        serving.ErrorDataReceived += (_, line) => { lock (said) said.AppendLine(line.Data); };
        serving.OutputDataReceived += (_, _) => { };
        serving.BeginErrorReadLine();
        serving.BeginOutputReadLine();
        using var http = new HttpClient();
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try { if ((await http.GetAsync(new Uri(Address + "/healthz"), Stop)).StatusCode == HttpStatusCode.OK) return; }
            catch (HttpRequestException) { }
            lock (said) Assert.False(serving.HasExited || watch.Elapsed > TimeSpan.FromSeconds(90), said.ToString());
            await Task.Delay(100, Stop);
        }
    }

    async Task Kill()
    {
        if (serving is null) return;
        serving.Kill();
        await serving.WaitForExitAsync(Stop);
        serving.Dispose();
        serving = null;
    }

    async Task<int> Send(int from, int count, string time = "")
    {
        var body = string.Concat(Enumerable.Range(from, count).Select(n => $"{{\"create\":{{\"_index\":\"house\"}}}}\n{{{time}\"message\":\"kept\",\"peer\":{{\"number\":{n}}}}}\n"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address + "/_bulk")) { Content = new StringContent(body, Encoding.UTF8, "application/x-ndjson"), Headers = { Authorization = new AuthenticationHeaderValue("ApiKey", Token) } };
        using var answer = await http.SendAsync(request, Stop);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("items").EnumerateArray().Count(i => i.GetProperty("create").GetProperty("status").GetInt32() == 201);
    }

    async Task<HttpClient> Admin()
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = true }) { BaseAddress = new(Address) };
        client.DefaultRequestHeaders.Add("X-Andon", "1");
        await RealHouse.Json(await client.PostAsJsonAsync("/api/session", new { name = "admin", password = Password }, Stop));
        return client;
    }

    /// <summary>Asks for something long and kills the program while it is at it.</summary>
    async Task KilledAt(string path, object ask, TimeSpan after)
    {
        using (var admin = await Admin())
        {
            var asked = admin.PostAsJsonAsync(path, ask, Stop);
            await Task.Delay(after, Stop);
            await Kill();
            try { (await asked).Dispose(); }
            catch (HttpRequestException) { } // Nobody answers any more.
        }
        await Serve();
    }

    [Xunit.Fact]
    public async Task Killed_in_the_middle_of_a_deletion_and_of_reading_anew_it_goes_on_and_everything_holds()
    {
        EngineHouse.Require();
        await Serve();
        // Three old days that must go, and one that stays.
        var now = DateTimeOffset.UtcNow;
        for (var day = 1; day <= 3; day++)
            Assert.Equal(3000, await Send(day * 10_000, 3000, $"\"@timestamp\":\"{now.AddDays(-day).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\","));
        Assert.Equal(3000, await Send(0, 3000));
        await Counted(12_000);

        for (var kill = 0; kill < 2; kill++)
            await KilledAt("/api/keep/reparse", new { fromMs = 0, toMs = now.AddDays(1).ToUnixTimeMilliseconds(), why = "a better parser" }, TimeSpan.FromMilliseconds(150 + 250 * kill));
        using (var admin = await Admin())
            await RealHouse.Until(async () => (await RealHouse.Json(await admin.GetAsync("/api/keep/reparse", Stop))).GetProperty("state").GetString() == "idle", "everything was read anew");
        await Counted(12_000);
        Assert.Equal(0, (await Run("verify", "--server", Address)).Code);

        using (var admin = await Admin())
            await RealHouse.Json(await admin.PostAsJsonAsync("/api/keep/classes", new { classId = "default", terms = new { order = 9, bytesMax = 1, sources = Array.Empty<string>(), datasets = Array.Empty<string>(), types = Array.Empty<string>(), contract = "none" }, why = "a test" }, Stop));
        for (var kill = 0; kill < 2; kill++) await KilledAt("/api/keep/retention/run", new { }, TimeSpan.FromMilliseconds(60 + 120 * kill));
        using (var admin = await Admin())
        {
            await RealHouse.Json(await admin.PostAsJsonAsync("/api/keep/retention/run", new { }, Stop));
            var deletions = (await RealHouse.Json(await admin.GetAsync("/api/keep/retention", Stop))).GetProperty("deletions").EnumerateArray().ToList();
            Assert.True(deletions.Count >= 3);
            Assert.All(deletions, d => Assert.Equal(0, d.GetProperty("proof").GetProperty("left").GetInt64()));
        }
        await Counted(3000);
        await Kill();
        var verified = await Run("verify", "--data", folder.At("data"));
        Assert.True(verified.Code == 0, verified.Said);
    }

    static async Task<long> Count(params string[] where)
    {
        var (code, said) = await Run(["search", .. where, "--json", "Events | where message == 'kept' | summarize n = count(), d = dcount(['peer.number'])"]);
        Assert.True(code == 0, said);
        return JsonDocument.Parse(said.Split('\n')[0]).RootElement.GetProperty("n").GetInt64();
    }

    async Task Counted(long expected)
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            var count = await Count("--server", Address);
            if (count == expected) return;
            Assert.True(count < expected && watch.Elapsed < TimeSpan.FromSeconds(60), $"{count} of {expected}");
        }
    }

    [Xunit.Fact]
    public async Task A_backup_killed_in_the_middle_leaves_the_source_clean_and_a_finished_one_comes_back_whole()
    {
        EngineHouse.Require();
        await Serve();
        var sent = await Send(0, 3000);
        Assert.Equal(3000, sent);
        await Counted(3000);
        Assert.Equal(0, (await Run("verify", "--server", Address)).Code);
        var taken = await Run("backup", folder.At("good"), "--server", Address);
        Assert.True(taken.Code == 0, taken.Said);
        Assert.Contains("3000 events", taken.Said, StringComparison.Ordinal);
        // On a folder in use by another program.
        Assert.Equal(1, (await Run("verify", "--data", folder.At("data"))).Code);

        var cut = "";
        for (var attempt = 0; cut.Length == 0; attempt++)
        {
            Assert.True(attempt < 6, "Each backup was finished before the kill.");
            sent += await Send(sent, 2000);
            var place = folder.At(string.Create(CultureInfo.InvariantCulture, $"cut-{attempt}"));
            var backup = Run("backup", place, "--server", Address);
            while (!backup.IsCompleted && !(Directory.Exists(place) && Directory.GetFiles(place, "*.unfinished").Length > 0)) await Task.Delay(2, Stop);
            await Task.Delay(20 * attempt, Stop);
            await Kill();
            Assert.True((await backup).Code is 0 or 1);
            if (Directory.GetFiles(place, "*.unfinished").Length > 0) cut = place;
            else await Serve();
        }
        var verified = await Run("verify", "--data", folder.At("data"));
        Assert.True(verified.Code == 0, verified.Said);
        var name = Path.GetFileNameWithoutExtension(Directory.GetFiles(cut, "*.unfinished").Single());
        var refused = await Run("restore", cut, "--data", folder.At("never"));
        Assert.Equal(1, refused.Code);
        Assert.Contains($"BAK003 The backup {name}", refused.Said, StringComparison.Ordinal);

        // The source goes on and has everything that was acknowledged.
        await Serve();
        await Counted(sent);
        Assert.Equal(0, (await Run("verify", "--server", Address)).Code);
        await Kill();

        var restored = await Run("restore", folder.At("good"), "--data", folder.At("back"));
        Assert.True(restored.Code == 0, restored.Said);
        Assert.Equal(3000, await Count("--data", folder.At("back")));
        var whole = await Run("verify", "--data", folder.At("back"));
        Assert.True(whole.Code == 0, whole.Said);
        Assert.Equal(1, (await Run("restore", folder.At("good"), "--data", folder.At("back"))).Code); // Not over anything.

        // One flipped byte in the raw records.
        var segment = Directory.GetFiles(folder.At("back/records"), "*.log").Single();
        var bytes = await File.ReadAllBytesAsync(segment, Stop);
        bytes[bytes.Length / 2] ^= 4;
        await File.WriteAllBytesAsync(segment, bytes, Stop);
        var broken = await Run("verify", "--data", folder.At("back"));
        Assert.Equal(1, broken.Code);
        Assert.Contains("The first broken place: records:", broken.Said, StringComparison.Ordinal);
    }
}
