using System.Globalization;
using Andon.Model;
using Andon.Triage.Signals;
using YamlDotNet.RepresentationModel;

namespace Andon.Triage.Grouping;

/// <summary>
/// Who may do what looks like an attack: a vulnerability scanner, a penetration test. What they alone do stays a case, marked, under the
/// floor and counted; one alert by anybody else and it is a case like any other.
/// </summary>
internal sealed class AllowList(IReadOnlyList<AllowList.Entry> entries, IReadOnlyList<Finding> findings)
{
    /// <param name="Actors">Keys such as <c>ip:192.0.2.7</c> or <c>user:scan-svc</c>.</param>
    /// <param name="Rules">Ids or titles that it is about, a trailing <c>*</c> for anything; empty: all.</param>
    internal sealed record Entry(string Name, IReadOnlySet<string> Actors, IReadOnlyList<string> Rules, long? UntilMs, string Why);

    const string Place = "content/triage/authorised.yml";
    static readonly HashSet<string> Kinds = [.. Enum.GetNames<EntityKind>().Select(k => k.ToLowerInvariant())];

    public IReadOnlyList<Finding> Findings => findings;
    public IReadOnlyList<Entry> Entries => entries;
    public static AllowList None { get; } = new([], []);

    /// <summary>The entry that names all who act in an alert; null when anybody acts whom it does not name, or nobody does.</summary>
    public Entry? Of(Hit hit)
    {
        foreach (var entry in entries)
        {
            if (entry.UntilMs is { } until && hit.TimeMs > until) continue;
            if (entry.Rules.Count > 0 && !entry.Rules.Any(r => Fits(r, hit.RuleId) || Fits(r, hit.Title))) continue;
            if (Names(entry, hit.Entities)) return entry;
        }
        return null;
    }

    public bool Knows(Entity actor) => entries.Any(e => e.Actors.Contains(Keys.Of(actor).ToLowerInvariant()));

    static bool Names(Entry entry, IReadOnlyList<Entity> entities)
    {
        var any = false;
        foreach (var e in entities)
        {
            if (e.Role != EntityRole.Actor || e.Kind is not (EntityKind.Ip or EntityKind.Host or EntityKind.User or EntityKind.Principal)) continue;
            if (entry.Actors.Contains(Keys.Of(e).ToLowerInvariant())) any = true;
            // The system's own accounts act for whoever asked; a person or an address that is not named is somebody else.
            else if (e.Kind is EntityKind.Ip or EntityKind.Host || Linker.IsPerson(e)) return false;
        }
        return any;
    }

    static bool Fits(string pattern, string value) => pattern.EndsWith('*')
        ? value.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.OrdinalIgnoreCase) : value.Equals(pattern, StringComparison.OrdinalIgnoreCase);

    public static AllowList Load(string contentPath)
    {
        var path = Path.Combine(contentPath, "triage", "authorised.yml");
        return File.Exists(path) ? Parse(File.ReadAllText(path)) : None;
    }

    public static AllowList Parse(string yaml)
    {
        var entries = new List<Entry>();
        var findings = new List<Finding>();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            // A file of nothing but comments is an empty list.
            if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is YamlScalarNode { Value: null or "" }) return new([], []);
            if (stream.Documents[0].RootNode is not YamlSequenceNode list)
                return new([], [new("TRI440", "The allow-list is no list.", "Write a list of entries with name, actors and why.", Place)]);
            foreach (var node in list)
            {
                var at = $"{Place}:{node.Start.Line}";
                if (entries.Count >= Limits.AuthorisedMax)
                {
                    findings.Add(new("TRI441", $"Entries beyond {Limits.AuthorisedMax} are not used.", "Name networks of scanners by fewer entries, each with many actors.", at));
                    break;
                }
                if (Read(node, at, findings) is { } entry) entries.Add(entry);
            }
        }
        catch (YamlDotNet.Core.YamlException wrong)
        {
            findings.Add(new("TRI442", $"The allow-list is no YAML: {wrong.Message}", "Mend the file; until then nothing is authorised activity.", $"{Place}:{wrong.Start.Line}"));
            entries.Clear();
        }
        return new(entries, findings);
    }

    // An entry with anything wrong in it is not used: it would hide more, or other things, than its author meant.
    static Entry? Read(YamlNode node, string at, List<Finding> findings)
    {
        var known = findings.Count;
        if (node is not YamlMappingNode map)
        {
            findings.Add(new("TRI443", "An entry has no fields.", "Give it name, actors and why.", at));
            return null;
        }
        foreach (var key in map.Children.Keys.OfType<YamlScalarNode>())
            if (key.Value is not ("name" or "actors" or "rules" or "until" or "why"))
                findings.Add(new("TRI444", $"There is no field {key.Value}.", "Use name, actors, rules, until, why.", at));
        var name = Text(map, "name");
        var why = Text(map, "why");
        var actors = Words(map, "actors").Select(a => a.ToLowerInvariant()).ToHashSet();
        if (string.IsNullOrWhiteSpace(name)) findings.Add(new("TRI445", "An entry has no name.", "Name what it allows, for example Nessus in the office network.", at));
        if (string.IsNullOrWhiteSpace(why)) findings.Add(new("TRI446", "An entry does not say why.", "Say who agreed to it, and where that is written.", at));
        if (actors.Count == 0) findings.Add(new("TRI447", "An entry names nobody.", "List its actors, for example ip:192.0.2.7.", at));
        foreach (var actor in actors)
            if (actor.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon) || colon == actor.Length - 1 || !Kinds.Contains(actor[..colon]))
                findings.Add(new("TRI448", $"{actor} is no actor.", "Write kind and value, for example ip:192.0.2.7 or user:scan-svc.", at));
        long? until = null;
        if (Text(map, "until") is { } text)
        {
            if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day)) until = day.AddDays(1).ToUnixTimeMilliseconds() - 1;
            else findings.Add(new("TRI449", $"{text} is no day.", "Write it as 2026-12-31; it ends with that day, UTC.", at));
        }
        return findings.Count > known ? null : new(name ?? "", actors, Words(map, "rules"), until, why ?? "");
    }

    static string? Text(YamlMappingNode map, string key) => map.Children.TryGetValue(new YamlScalarNode(key), out var v) ? (v as YamlScalarNode)?.Value : null;

    static List<string> Words(YamlMappingNode map, string key) => !map.Children.TryGetValue(new YamlScalarNode(key), out var v) ? [] : v switch
    {
        YamlSequenceNode many => [.. many.OfType<YamlScalarNode>().Select(s => (s.Value ?? "").Trim())],
        YamlScalarNode { Value: { Length: > 0 } one } => [one.Trim()],
        _ => [],
    };
}
