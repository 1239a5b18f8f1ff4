using System.Net;
using System.Text.Json;
using Andon.Intake;
using Andon.Store.Query;

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

    /// <summary>Most memory of the event engine and of one search in it, searches at once, threads of one search; null leaves each to the engine.</summary>
    public int? EngineMemoryMb { get; init; }
    public int? SearchMemoryMb { get; init; }
    public int? EngineSearches { get; init; }
    public int? SearchThreads { get; init; }

    /// <summary>What searches may cost, by role.</summary>
    public IReadOnlyDictionary<string, SearchBudget> SearchBudgets { get; init; } = new Dictionary<string, SearchBudget>();

    /// <summary>Fields that are masked, and the roles that see them in clear.</summary>
    public IReadOnlyList<string> Masked { get; init; } = [];
    public IReadOnlyList<string> ClearRoles { get; init; } = ["admin"];

    /// <summary>Set by the demo: its office's own firewall, which playbooks call.</summary>
    public Uri? DemoFirewall { get; init; }

    /// <summary>Command of the engine worker, when this program is not the one to start: tests run in another.</summary>
    public IReadOnlyList<string>? EngineCommand { get; init; }

    public static readonly IPEndPoint DefaultHttp = new(IPAddress.Loopback, 8420);
    public static readonly IPEndPoint DefaultSyslog = new(IPAddress.Loopback, 5514);

    sealed record ConfigFile(string? Data, string? Http, string? Syslog, IReadOnlyList<FileInput>? Files, Uri? EventsUrl, IReadOnlyList<string>? AllowedHosts,
        IReadOnlyDictionary<string, ListenerSetting>? Listeners, EngineSetting? Engine, IReadOnlyDictionary<string, SearchSetting>? Searches, bool? TextIndex, MaskSetting? Masked);

    /// <summary>Fields that are pseudonyms to people without one of the roles.</summary>
    sealed record MaskSetting(IReadOnlyList<string> Fields, IReadOnlyList<string>? ClearRoles);

    /// <summary>Memory and threads of the event engine.</summary>
    sealed record EngineSetting(int? MemoryMb, int? SearchMemoryMb, int? Searches, int? SearchThreads);

    /// <summary>What the searches of a role may cost.</summary>
    sealed record SearchSetting(int? Seconds, int? Rows, int? MemoryMb, int? AtOnce)
    {
        public SearchBudget Budget => new(
            Positive(Seconds, "seconds") ?? SearchBudget.Standard.SecondsMax, Positive(Rows, "rows") ?? SearchBudget.Standard.RowsMax,
            Positive(MemoryMb, "memoryMb") is { } mb ? (long)mb << 20 : SearchBudget.Standard.MemoryBytesMax, Positive(AtOnce, "atOnce") ?? SearchBudget.Standard.AtOnceMax);
    }

    static int? Positive(int? value, string name) => value is null or > 0 ? value : throw new ArgumentException($"'{name}' in the configuration is above zero, or left out.");

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
            EngineMemoryMb = Positive(file?.Engine?.MemoryMb, "memoryMb"),
            SearchMemoryMb = Positive(file?.Engine?.SearchMemoryMb, "searchMemoryMb"),
            EngineSearches = Positive(file?.Engine?.Searches, "searches"),
            SearchThreads = Positive(file?.Engine?.SearchThreads, "searchThreads"),
            Masked = file?.Masked?.Fields ?? [],
            ClearRoles = file?.Masked?.ClearRoles ?? ["admin"],
            SearchBudgets = (file?.Searches ?? new Dictionary<string, SearchSetting>()).ToDictionary(s => s.Key, s => s.Value.Budget),
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
