using Andon.Model;
using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Replay;

/// <summary>Assets for a replay: YAML files that map a key to a host with <c>hostname</c>, <c>ipv4_addresses</c>, <c>ipv6_addresses</c>, <c>groups</c>; <c>criticality</c> where it is given, else 1.</summary>
internal static class AssetFolder
{
    public static IEnumerable<AssetStated> Read(string folder, List<Finding> findings)
    {
        var assets = new List<AssetStated>();
        foreach (var file in Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f) is ".yaml" or ".yml").Order(StringComparer.Ordinal))
        {
            try
            {
                var stream = new YamlStream();
                using var text = File.OpenText(file);
                stream.Load(text);
                if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is not YamlMappingNode hosts) continue;
                foreach (var (key, node) in hosts.Children)
                    if (key is YamlScalarNode { Value: { } name } && node is YamlMappingNode host) assets.Add(Asset(Path.GetFileNameWithoutExtension(file), name, host));
            }
            catch (YamlDotNet.Core.YamlException wrong)
            {
                findings.Add(new("TRI604", $"The asset file is no YAML: {wrong.Message}", "Mend it or take it out of the folder.", $"{file}:{wrong.Start.Line}"));
            }
        }
        return assets;
    }

    static AssetStated Asset(string network, string name, YamlMappingNode host)
    {
        var groups = Words(host, "groups");
        var criticality = double.TryParse(Text(host, "criticality"), System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : 1;
        return new($"{network}/{name}", name.ToLowerInvariant(), [.. Words(host, "ipv4_addresses"), .. Words(host, "ipv6_addresses")],
            groups.Contains("internet") ? "internet" : groups.Contains("dmz") ? "dmz" : "lan", criticality, "", "", groups.Contains("internet"), CrownJewel: false);
    }

    static List<string> Words(YamlMappingNode host, string key) =>
        host.Children.TryGetValue(new YamlScalarNode(key), out var v) && v is YamlSequenceNode list ? [.. list.OfType<YamlScalarNode>().Select(s => s.Value ?? "")] : [];

    static string? Text(YamlMappingNode host, string key) => host.Children.TryGetValue(new YamlScalarNode(key), out var v) ? (v as YamlScalarNode)?.Value : null;
}
