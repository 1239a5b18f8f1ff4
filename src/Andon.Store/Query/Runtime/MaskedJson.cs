using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Andon.Model;

namespace Andon.Store.Query;

/// <summary>
/// An answer as someone behind a mask may read it. Entities and fields become the pseudonyms that a search shows; every other text is withheld,
/// because nobody knows what people and programs wrote into it, unless its name says that it is a word of the program's own (an id, a kind, a
/// state, who of the house did it) or the route serves what authors wrote (<paramref name="authored"/>: rules, playbooks, settings).
/// </summary>
sealed partial class MaskedJson(Mask mask, bool authored)
{
    public const string Withheld = "masked";

    /// <summary>Names of the program's own words. What is not here and ends in no Id is withheld: a new page shows too little, never too much.</summary>
    static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "id", "type", "kind", "lane", "state", "level", "class", "how", "condition", "conditions", "queue", "role", "step", "tlp", "pap", "verdict", "ailment", "ailments", "until", "status", "outcome",
        "domain", "domains", "allDomains", "unit", "zone", "skill", "work",
        "code", "hint", "version", "day", "category", "product", "service", "logSource", "tactic", "tactics", "technique", "techniques", "tags", "references", "license", "modified", "yaml", "file",
        "controlsFailed", "earliestMissedStage", "discovery", "mergedIn", "relatedTo", "recurrenceOf", "contributing", "event", "rules", "ruleIds", "effect", "template", "sha256", "mark", "field", "line",
        "dataset", "listener", "reading", "window", "threshold", "authorised", "share", "stages", "playbook", "clock", "severity",
    };

    /// <summary>People of the house, not of its events; <c>user:anna</c> there is who did it.</summary>
    static readonly HashSet<string> OfTheHouse = new(StringComparer.Ordinal)
    {
        "actor", "by", "owner", "askedBy", "doneBy", "verifiedBy", "acceptedBy", "approvers", "author", "readBy", "people", "person",
    };

    public JsonNode? Over(JsonNode? node) => Node(node, "");

    JsonNode? Node(JsonNode? node, string name) => node switch
    {
        JsonObject o => Object(o, name),
        JsonArray a => new JsonArray([.. a.Select(item => Node(item, name))]),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => Text(v.GetValue<string>(), name),
        null => null,
        _ => node.DeepClone(),
    };

    JsonObject Object(JsonObject from, string name)
    {
        var to = new JsonObject();
        var kind = KindOf(from);
        // {"field": "user.name", "values": […]}: what stands beside the name is of that field.
        var field = Named(from, "field") ?? Named(from, "name");
        var covered = field is not null && mask.Covers(field);
        foreach (var (key, value) in from)
        {
            JsonNode? made;
            if (mask.Covers(key)) made = Every(value, mask.Pseudonym, field: key);
            else if (name == "fields") made = Field(value, key);
            else if (kind is { } of && key is "value" or "text") made = mask.Covers(of) ? Every(value, v => mask.Pseudonym(of, v)) : value?.DeepClone();
            else if (covered && key is not ("field" or "name" or "type" or "kind")) made = Every(value, mask.Pseudonym, field: field);
            else if (key == "addresses" && (mask.Covers("host.ip") || mask.Covers("source.ip"))) made = Every(value, mask.AddressPseudonym);
            else if (key is "host" or "hosts" && mask.Covers("host.name")) made = Every(value, mask.Pseudonym);
            else if (key is "raw" or "message" or "original" or "sample" or "samples" && !IsFinding(from)) made = Every(value, _ => "");
            else if (IsFinding(from) && key is "message" or "place") made = Every(value, Scrubbed);
            else if (key == "title" && RuleOf(from) is { } rule) made = OthersWords(rule) ? Every(value, _ => Withheld) : value?.DeepClone();
            else if (key is "title" or "titleOfRules" && ByRules(from) is { } byRules) made = byRules;
            else if (key == "name" && from.ContainsKey("id")) made = value?.DeepClone();
            else made = Node(value, key);
            to[Key(key)] = made;
        }
        return to;
    }

    /// <summary>The signal of a report by hand has the report's title, that of a source the source's, which names hosts.</summary>
    bool OthersWords(string rule) => rule == "manual" || rule.StartsWith("source.", StringComparison.Ordinal) && mask.Covers(EntityKind.Host);

    /// <summary>A case is called by the rules that made it; where there are none, its title stays withheld (0049).</summary>
    static string? ByRules(JsonObject of) =>
        of.ContainsKey("caseId") && of.ContainsKey("number") && of["titleOfRules"] is JsonValue v && v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>() : null;

    static string? RuleOf(JsonObject of) => of["ruleId"] is JsonValue v && v.GetValueKind() == JsonValueKind.String && !of.ContainsKey("caseId") ? v.GetValue<string>() : null;

    static string? Named(JsonObject of, string key) => of[key] is JsonValue v && v.GetValueKind() == JsonValueKind.String && v.GetValue<string>().Contains('.', StringComparison.Ordinal) ? v.GetValue<string>() : null;

    static bool IsFinding(JsonObject of) => of.ContainsKey("code") && of.ContainsKey("hint");

    static EntityKind? KindOf(JsonObject of) =>
        of.ContainsKey("value") || of.ContainsKey("text")
            ? (of["kind"] ?? of["type"]) is JsonValue v && v.GetValueKind() == JsonValueKind.String && Enum.TryParse<EntityKind>(v.GetValue<string>(), ignoreCase: true, out var kind) ? kind : null
            : null;

    /// <summary>A field of an event or alert by its name; names that the catalogue does not have are what people gave.</summary>
    JsonNode? Field(JsonNode? value, string name) =>
        mask.Covers(name) ? Every(value, mask.Pseudonym, field: name)
        : name is "message" or "event.original" || !name.Contains('.', StringComparison.Ordinal) ? Every(value, _ => Withheld)
        : value?.DeepClone();

    JsonNode? Every(JsonNode? node, Func<string, string> change, string? field = null)
    {
        var address = field is not null && (field.EndsWith(".ip", StringComparison.Ordinal) || field == "related.ip");
        return node switch
        {
            JsonObject o => new JsonObject(o.Select(p => new KeyValuePair<string, JsonNode?>(p.Key, Every(p.Value, change, field)))),
            JsonArray a => new JsonArray([.. a.Select(item => Every(item, change, field))]),
            JsonValue v when v.GetValueKind() == JsonValueKind.String => address ? mask.AddressPseudonym(v.GetValue<string>()) : change(v.GetValue<string>()),
            null => null,
            _ => node.DeepClone(),
        };
    }

    string Key(string key) => Entity(key) is { } entity ? entity : key;

    string Text(string text, string name)
    {
        if (OfTheHouse.Contains(name)) return text;
        if (Entity(text) is { } entity) return entity;
        if (authored) return Scrubbed(text);
        return Words.Contains(name) || name.EndsWith("Id", StringComparison.Ordinal) || name.EndsWith("Ids", StringComparison.Ordinal) || text.Length == 0 ? text : Withheld;
    }

    /// <summary>kind:value, as alerts, signals and links name a thing; null for what is no entity.</summary>
    string? Entity(string text)
    {
        if (EntityPattern().Match(text) is not { Success: true } found || !Enum.TryParse<EntityKind>(found.Groups["kind"].ValueSpan, ignoreCase: true, out var kind)) return null;
        var value = found.Groups["value"].Value;
        return mask.Covers(kind) ? $"{found.Groups["before"].Value}{found.Groups["kind"].Value}:{mask.Pseudonym(kind, value)}" : value.Contains(' ', StringComparison.Ordinal) ? null : text;
    }

    /// <summary>A sentence of the program's own or of an author, without the things it names.</summary>
    string Scrubbed(string text) => text.Contains(':', StringComparison.Ordinal)
        ? NamedPattern().Replace(text, m => Enum.TryParse<EntityKind>(m.Groups["kind"].ValueSpan, ignoreCase: true, out var kind) && mask.Covers(kind) ? $"{m.Groups["kind"].Value}:{mask.Pseudonym(kind, m.Groups["value"].Value)}" : m.Value)
        : text;

    [GeneratedRegex(@"^(?<before>(e:)?)(?<kind>[A-Za-z]{2,13}):(?<value>.+)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex EntityPattern();

    [GeneratedRegex(@"\b(?<kind>(user|principal|host|ip|hash|domain|url)):(?<value>[^\s,;“”""']+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex NamedPattern();
}
