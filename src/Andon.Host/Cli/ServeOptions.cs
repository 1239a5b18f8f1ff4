using System.Net;
using System.Text.Json;
using Andon.Intake;

namespace Andon.Host.Cli;

/// <summary>What `andon serve` was told: by the command line, then the configuration file, then the environment, then defaults.</summary>
/// <param name="Data">The one data folder.</param>
/// <param name="Http">Console, API and HTTP ingest.</param>
/// <param name="Syslog">Syslog over UDP and TCP.</param>
/// <param name="Files">Files to follow.</param>
/// <param name="EventsUrl">A ClickHouse server to use instead of the engine worker.</param>
/// <param name="AllowedHosts">Hosts that playbooks' http-api steps may call, as <c>host:port</c>.</param>
sealed record ServeOptions(
    string Data, IPEndPoint Http, IPEndPoint Syslog, IReadOnlyList<FileInput> Files, Uri? EventsUrl, IReadOnlyList<string> AllowedHosts)
{
    /// <summary>Further listeners, and limits of all, by name.</summary>
    public IReadOnlyDictionary<string, ListenerSettings> Listeners { get; init; } = new Dictionary<string, ListenerSettings>();

    /// <summary>Index every term of the raw records by row: rare words ten times as quick, for twice the disk.</summary>
    public bool TextIndex { get; init; }

    /// <summary>Set by the demo: its office's own firewall, which playbooks call.</summary>
    public Uri? DemoFirewall { get; init; }

    /// <summary>Command of the engine worker, when this program is not the one to start: tests run in another.</summary>
    public IReadOnlyList<string>? EngineCommand { get; init; }

    public static readonly IPEndPoint DefaultHttp = new(IPAddress.Loopback, 8420);
    public static readonly IPEndPoint DefaultSyslog = new(IPAddress.Loopback, 5514);

    sealed record ConfigFile(string? Data, string? Http, string? Syslog, IReadOnlyList<FileInput>? Files, Uri? EventsUrl, IReadOnlyList<string>? AllowedHosts,
        IReadOnlyDictionary<string, ListenerSetting>? Listeners, bool? TextIndex);

    // A misspelt setting must not pass as "not set".
    static readonly JsonSerializerOptions ConfigJson = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        Converters = { new FileSetting() },
    };

    public static ServeOptions Read(string? data, string? config, string? http, string? syslog)
    {
        var file = config is null ? null : JsonSerializer.Deserialize<ConfigFile>(
            File.ReadAllBytes(config),
            ConfigJson);
        return new(
            Path.GetFullPath(data ?? file?.Data ?? Environment.GetEnvironmentVariable("ANDON_DATA") ?? DefaultData()),
            Endpoint(http ?? file?.Http, DefaultHttp),
            Endpoint(syslog ?? file?.Syslog, DefaultSyslog),
            file?.Files ?? [],
            file?.EventsUrl ?? (Environment.GetEnvironmentVariable("ANDON_EVENTS_URL") is { Length: > 0 } url ? new Uri(url) : null),
            file?.AllowedHosts ?? [])
        {
            Listeners = ListenerSetting.Read(file?.Listeners),
            TextIndex = file?.TextIndex ?? false,
        };
    }

    static string DefaultData() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "andon");

    internal static IPEndPoint Endpoint(string? text, IPEndPoint otherwise)
    {
        if (text is null) return otherwise;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue)
            return new(IPAddress.Loopback, port);
        return IPEndPoint.TryParse(text, out var endpoint)
            ? endpoint
            : throw new ArgumentException($"'{text}' is no address: write ADDRESS:PORT, for example 0.0.0.0:8420, or a port for 127.0.0.1.");
    }
}
