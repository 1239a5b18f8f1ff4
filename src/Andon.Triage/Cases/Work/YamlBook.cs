using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Cases.Work;

/// <summary>Reads the room's small settings files: words, lists of words, spans like <c>30m</c>.</summary>
internal static class YamlBook
{
    public static YamlNode? Load(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Count > 0 ? stream.Documents[0].RootNode : null;
    }

    public static string Text(this YamlMappingNode entry, string key) =>
        entry.Children.TryGetValue(new YamlScalarNode(key), out var v) && v is YamlScalarNode { Value: { } text } ? text.Trim() : "";

    public static bool Has(this YamlMappingNode entry, string key) => entry.Children.ContainsKey(new YamlScalarNode(key));

    public static YamlMappingNode? Map(this YamlMappingNode entry, string key) => entry.Children.TryGetValue(new YamlScalarNode(key), out var v) ? v as YamlMappingNode : null;

    public static IEnumerable<YamlNode> List(this YamlMappingNode entry, string key) =>
        entry.Children.TryGetValue(new YamlScalarNode(key), out var v) && v is YamlSequenceNode list ? list : [];

    public static IReadOnlyList<string> Words(this YamlMappingNode entry, string key) => !entry.Children.TryGetValue(new YamlScalarNode(key), out var v) ? [] : v switch
    {
        YamlSequenceNode many => [.. many.OfType<YamlScalarNode>().Select(s => (s.Value ?? "").Trim().ToLowerInvariant()).Where(s => s.Length > 0)],
        YamlScalarNode { Value: { Length: > 0 } one } => [one.Trim().ToLowerInvariant()],
        _ => [],
    };

    /// <summary><c>45s</c>, <c>30m</c>, <c>4h</c>, <c>2d</c>; null for anything else.</summary>
    public static long? Span(string text)
    {
        var unit = text.Length < 2 ? 0 : text[^1] switch { 's' => Limits.Second, 'm' => Limits.Minute, 'h' => Limits.Hour, 'd' => Limits.Day, _ => 0 };
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n * unit : null;
    }

    /// <summary>A trailing <c>*</c> stands for anything.</summary>
    public static bool Fits(this IReadOnlyList<string> patterns, string value)
    {
        foreach (var pattern in patterns)
            if (pattern.EndsWith('*') ? value.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.OrdinalIgnoreCase) : value.Equals(pattern, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
