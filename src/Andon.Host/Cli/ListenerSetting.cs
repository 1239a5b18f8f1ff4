using System.Net;
using System.Text.Json;
using Andon.Intake;

namespace Andon.Host.Cli;

/// <summary>A listener in the configuration: <c>"syslog-tls": {"at": "0.0.0.0:6514", "certificate": "server.pem", "networks": ["10.0.0.0/8"], "recordsPerSecond": 5000}</c>.</summary>
sealed record ListenerSetting(string? At, IReadOnlyList<string>? Networks, int? RecordsPerSecond, string? Certificate, string? Key, string? ClientCa, string? SharedKey, IReadOnlyList<string>? Proxies = null)
{
    static readonly string[] OnHttp = ["bulk", "hec", "otlp", "journal", "upload", "loki", "seq", "gelf-http"], OnSyslog = ["syslog-udp", "syslog-tcp"];

    public static IReadOnlyDictionary<string, ListenerSettings> Read(IReadOnlyDictionary<string, ListenerSetting>? given) =>
        given?.ToDictionary(l => l.Key, l => l.Value.Checked(l.Key)) ?? [];

    ListenerSettings Checked(string name)
    {
        if (!IntakeRoom.ListenerNames.Contains(name)) throw Wrong(name, $"there is no such listener: {string.Join(", ", IntakeRoom.ListenerNames)}");
        var shared = OnHttp.Contains(name) ? "http" : OnSyslog.Contains(name) ? "syslog" : null;
        if (shared is not null && At is not null) throw Wrong(name, $"it has no address of its own; its address is the setting '{shared}'");
        if (shared is null && At is null) throw Wrong(name, "it needs its address, 'at'");
        if (RecordsPerSecond < 0) throw Wrong(name, "recordsPerSecond is not below 0");
        if (name == "syslog-tls" && Certificate is null) throw Wrong(name, "TLS needs 'certificate', a PEM file");
        if (Certificate is not null && (shared is not null || name == "gelf-udp")) throw Wrong(name, "it does not speak TLS itself");
        if ((Key ?? ClientCa) is not null && Certificate is null) throw Wrong(name, "'key' and 'clientCa' go with 'certificate'");
        if (SharedKey is not null && name != "forward") throw Wrong(name, "'sharedKey' is for forward");
        foreach (var file in new[] { Certificate, Key, ClientCa }.OfType<string>())
            if (!File.Exists(file)) throw Wrong(name, $"the file {file} is not there");
        var (networks, proxies) = (Read(name, Networks), Read(name, Proxies));
        if (proxies.Count > 0 && name is ("syslog-udp" or "gelf-udp")) throw Wrong(name, "'proxies' are for TCP and HTTP");
        return new(At is null ? null : ServeOptions.Endpoint(At, ServeOptions.DefaultSyslog), networks, RecordsPerSecond ?? 0, Certificate, Key, ClientCa, SharedKey, proxies);
    }

    static List<IPNetwork> Read(string name, IReadOnlyList<string>? given) =>
        [.. (given ?? []).Select(text => Network(text) ?? throw Wrong(name, $"'{text}' is no network: write it like 10.0.0.0/8, or an address"))];

    static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network : IPAddress.TryParse(text, out var one) ? new(one, one.GetAddressBytes().Length * 8) : null;

    static JsonException Wrong(string name, string why) => new($"The listener '{name}' is set wrongly: {why}.");
}
