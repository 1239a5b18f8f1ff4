using System.Globalization;
using System.Text.Json.Nodes;
using Andon.Model;
using Andon.Respond.Variables;

namespace Andon.Respond.Playbooks;

/// <summary>What became of a playbook file: the playbook when nothing forbids it, and all findings at once.</summary>
sealed record PlaybookLoad(string File, Playbook? Playbook, IReadOnlyList<Finding> Findings);

/// <summary>
/// Checks a playbook against the rules of CACAO 2.0 and builds it. A finding <c>CAX0nn</c> breaks rule CXnn of the standard as we read
/// it; <c>CAX1nn</c> is legal CACAO that this program does not carry out, so it refuses it by name.
/// </summary>
sealed partial class PlaybookReader
{
    readonly PlaybookSource source;
    readonly List<Finding> findings;
    readonly HashSet<string> uuids = [];

    PlaybookReader(PlaybookSource source)
    {
        this.source = source;
        findings = source.Findings;
    }

    public static PlaybookLoad Read(string file, string text)
    {
        var source = PlaybookSource.Read(file, text);
        if (source.Root.Count == 0)
        {
            if (source.Findings.Count == 0) source.Findings.Add(new("CAX001", "The playbook is empty.", "Write one, or remove the file.", file));
            return new(file, null, source.Findings);
        }
        var playbook = new PlaybookReader(source).Build();
        return new(file, source.Findings.Any(f => f.Level == FindingLevel.Error) ? null : playbook, source.Findings);
    }

    static readonly string[] Known =
    [
        "type", "spec_version", "id", "name", "description", "playbook_types", "playbook_activities", "playbook_processing_summary", "created_by",
        "created", "modified", "revoked", "valid_from", "valid_until", "derived_from", "related_to", "priority", "severity", "impact",
        "industry_sectors", "labels", "external_references", "markings", "playbook_variables", "workflow_start", "workflow_exception", "workflow",
        "playbook_extensions", "authentication_info_definitions", "agent_definitions", "target_definitions", "extension_definitions",
        "data_marking_definitions", "signatures",
    ];

    static readonly string[] Types = ["attack", "detection", "engagement", "investigation", "mitigation", "notification", "prevention", "remediation"];

    Playbook? Build()
    {
        var root = source.Root;
        Unknown(root, "", Known);
        if (Text(root, "", "type") != "playbook") Error("CAX001", root["type"] ?? root, "/type", "The type is not 'playbook'.", "Write type: playbook.");
        if (Text(root, "", "spec_version") != "cacao-2.0") Error("CAX001", root["spec_version"] ?? root, "/spec_version", "The spec_version is not 'cacao-2.0'.", "Write spec_version: cacao-2.0; older forms are not read.");
        foreach (var required in new[] { "id", "name", "created_by", "created", "modified", "workflow_start", "workflow" })
            if (root[required] is null) Error("CAX001", root, "", $"'{required}' is missing.", "It is required.");

        if (Text(root, "", "id") is { } id) Id(id, "playbook", root["id"], "/id");
        var created = Time(root, "created");
        var modified = Time(root, "modified");
        if (created > modified) Error("CAX002", root["modified"], "/modified", "modified is before created.", "modified is the version; it only grows.");
        var from = Time(root, "valid_from");
        var until = Time(root, "valid_until");
        if (until <= from) Error("CAX003", root["valid_until"], "/valid_until", "valid_until is not after valid_from.", "Give it a later time.");

        if (root["playbook_types"] is JsonArray types)
        {
            foreach (var type in types)
                if (AsText(type) is not { } word || !Types.Contains(word))
                    Error("CAX006", type, "/playbook_types", $"'{type}' is no playbook type.", $"One of {string.Join(", ", Types)}.", FindingLevel.Warning);
            if (root["playbook_activities"] is not JsonArray { Count: > 0 })
                Error("CAX006", types, "/playbook_types", "playbook_types without playbook_activities.", "Name at least one activity.", FindingLevel.Warning);
        }
        foreach (var scale in new[] { "priority", "severity", "impact" })
            if (Whole(root, "", scale) is < 0 or > 100)
                Error("CAX007", root[scale], $"/{scale}", $"{scale} is not in 0 to 100.", "0 means undefined.");

        var extensions = Extensions(root, "", "playbook_extensions");
        var variables = ReadVariables(root, "", "playbook_variables", playbookScope: true);
        var steps = Workflow(root, variables);
        Summary(root, steps);
        if (root["signatures"] is JsonArray { Count: > 0 } signatures)
            Error("CAX125", signatures, "/signatures", "Signatures are not verified by this version.", "Treat the playbook as unsigned.", FindingLevel.Warning);
        if (root["authentication_info_definitions"] is JsonObject { Count: > 0 } auth)
            Error("CAX122", auth, "/authentication_info_definitions", "This version has no secret store, so authentication_info is not carried out.", "Remove it, or make the step manual.");

        var rules = Rules(extensions);
        if (findings.Any(f => f.Level == FindingLevel.Error)) return null;
        var canonical = PlaybookText.Canonical(root);
        return new(Need(root, "id"), Need(root, "modified"), Need(root, "name"), Text(root, "", "description") ?? "", PlaybookText.Hash(canonical), canonical,
            Truth(root, "", "revoked"), from, until, rules, AsText(extensions?["domain"]) ?? "", variables,
            Need(root, "workflow_start"), Text(root, "", "workflow_exception"), steps);
    }

    IReadOnlyList<string> Rules(JsonObject? ours)
    {
        if (ours is null) return [];
        foreach (var (name, _) in ours)
            if (name is not ("rules" or "domain")) Error("CAX026", ours, "/playbook_extensions", $"'{name}' is unknown in Andon's playbook extension.", "It has rules and domain.");
        if (ours["rules"] is null) return [];
        if (ours["rules"] is not JsonArray list || list.Any(r => AsText(r) is null or ""))
        {
            Error("CAX024", ours["rules"], "/playbook_extensions/rules", "rules is not a list of rule ids.", "Write each id as text.");
            return [];
        }
        return [.. list.Select(r => AsText(r) ?? "").Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    void Summary(JsonObject root, IReadOnlyDictionary<string, Step> steps)
    {
        if (root["playbook_processing_summary"] is not JsonObject summary) return;
        void Agree(string flag, bool holds)
        {
            if (summary[flag] is not null && Truth(summary, "/playbook_processing_summary", flag) != holds)
                Error("CAX008", summary[flag], $"/playbook_processing_summary/{flag}", $"{flag} does not agree with the content.", $"It should be {(holds ? "true" : "false")}.", FindingLevel.Warning);
        }
        Agree("if_logic", steps.Values.Any(s => s.Kind == StepKind.If));
        Agree("manual_playbook", steps.Values.Any(s => s.Command is ManualCommand));
        Agree("extensions", root["extension_definitions"] is JsonObject { Count: > 0 });
        Agree("digital_signatures", root["signatures"] is JsonArray { Count: > 0 });
        Agree("data_markings", root["markings"] is JsonArray { Count: > 0 });
    }

    IReadOnlyDictionary<string, Variable> ReadVariables(JsonObject holder, string at, string property, bool playbookScope)
    {
        var read = new Dictionary<string, Variable>();
        if (holder[property] is not { } node) return read;
        if (node is not JsonObject members)
        {
            Error("CAX018", node, $"{at}/{property}", $"{property} is not a mapping.", "Name each variable: __name__: { type: string }.");
            return read;
        }
        foreach (var (name, member) in members)
        {
            var place = $"{at}/{property}/{name}";
            if (!VariableTypes.NameIsLegal(name)) Error("CAX018", member, place, $"'{name}' is no variable name.", "Two underscores, a letter, letters, digits or underscores, two underscores: __like_this__.");
            if (member is not JsonObject one)
            {
                Error("CAX018", member, place, "A variable is a mapping.", "Give it a type.");
                continue;
            }
            Unknown(one, place, ["type", "description", "value", "constant", "external"]);
            var type = Text(one, place, "type");
            if (type is null) Error("CAX018", one, place, $"The variable '{name}' has no type.", "For example type: string.");
            else if (!VariableTypes.Known.Contains(type)) Error("CAX018", one["type"], $"{place}/type", $"The type '{type}' is not known; any text will fit it.", $"Known: {string.Join(", ", VariableTypes.Known)}.", FindingLevel.Warning);
            var value = one["value"] switch { null => null, JsonObject dictionary => PlaybookText.Canonical(dictionary), var v => AsText(v) ?? v.ToJsonString() };
            if (value is not null && VariableTypes.Refuse(type ?? "string", value) is { } wrong) Error("CAX018", one["value"], $"{place}/value", $"The value of '{name}' {wrong}.", "Mend the value or the type.");
            var (constant, external) = (Truth(one, place, "constant"), Truth(one, place, "external"));
            if (external && !playbookScope) Error("CAX018", one["external"], $"{place}/external", "Only a variable of the playbook can be external.", "Move it to playbook_variables.");
            read[name] = new(name, type ?? "string", value, constant, external, Text(one, place, "description") ?? "");
        }
        return read;
    }

    /// <summary>Our extension of a holder, when it has one; checks the names of all.</summary>
    JsonObject? Extensions(JsonObject holder, string at, string property)
    {
        if (holder[property] is not { } node) return null;
        if (node is not JsonObject members)
        {
            Error("CAX024", node, $"{at}/{property}", "Extensions are a mapping by extension definition.", "See the README of the playbook folder.");
            return null;
        }
        foreach (var (name, member) in members)
        {
            Id(name, "extension-definition", member, $"{at}/{property}", remember: false);
            if (source.Root["extension_definitions"] is not JsonObject definitions || !definitions.ContainsKey(name))
                Error("CAX024", member, $"{at}/{property}", $"The extension '{name}' is not defined.", "Add it to extension_definitions.");
        }
        return members[ShortForm.ExtensionId] as JsonObject;
    }

    long? Time(JsonObject holder, string property)
    {
        if (Text(holder, "", property) is not { } text) return null;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time.ToUnixTimeMilliseconds();
        Error("CAX002", holder[property], $"/{property}", $"'{text}' is no time of the form 2026-03-02T08:00:00.000Z.", "UTC, exactly three digits of fraction, Z.");
        return null;
    }

    void Id(string id, string type, JsonNode? node, string at, bool remember = true)
    {
        var dashes = id.IndexOf("--", StringComparison.Ordinal);
        if (dashes < 0 || id[..dashes] != type || !Guid.TryParseExact(id[(dashes + 2)..], "D", out var uuid))
        {
            Error("CAX004", node, at, $"'{id}' is no id of the form {type}--UUID.", "In YAML a short name without -- is enough for steps, agents and targets.");
            return;
        }
        if (remember && !uuids.Add(uuid.ToString("D"))) Error("CAX004", node, at, $"The UUID of '{id}' is used twice.", "Each part has a UUID of its own.");
    }

    void Unknown(JsonObject holder, string at, IReadOnlyCollection<string> known)
    {
        foreach (var (name, node) in holder)
            if (!known.Contains(name)) Error("CAX026", node ?? holder, $"{at}/{name}", $"'{name}' is not a property here.", "Remove it, or put it into an extension.");
    }

    string? Text(JsonObject holder, string at, string property)
    {
        if (holder[property] is not { } node) return null;
        if (AsText(node) is { } text) return text;
        Error("CAX001", node, $"{at}/{property}", $"'{property}' is not text.", "Write it as text.");
        return null;
    }

    long? Whole(JsonObject holder, string at, string property)
    {
        if (holder[property] is not { } node) return null;
        if (node is JsonValue value && value.TryGetValue<long>(out var number)) return number;
        if (node is JsonValue real && real.TryGetValue<int>(out var small)) return small;
        Error("CAX001", node, $"{at}/{property}", $"'{property}' is not a whole number.", "Write it as a number.");
        return null;
    }

    bool Truth(JsonObject holder, string at, string property)
    {
        if (holder[property] is not { } node) return false;
        if (node is JsonValue value && value.TryGetValue<bool>(out var truth)) return truth;
        Error("CAX001", node, $"{at}/{property}", $"'{property}' is neither true nor false.", "Write true or false.");
        return false;
    }

    static string Need(JsonObject holder, string property) => AsText(holder[property]) ?? throw new InvalidOperationException($"'{property}' passed the check and is not there.");

    static string? AsText(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    void Error(string code, JsonNode? node, string pointer, string message, string hint, FindingLevel level = FindingLevel.Error) =>
        findings.Add(new(code, message, hint, source.Place(node, pointer), level));
}
