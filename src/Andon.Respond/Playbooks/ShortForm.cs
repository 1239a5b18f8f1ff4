using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Andon.Respond.Playbooks;

/// <summary>
/// What YAML authors may write shorter, expanded to plain CACAO: names for ids (the id is made from the playbook's id and the name,
/// so it stays the same as long as both do), and <c>andon:</c> for our extension.
/// </summary>
static class ShortForm
{
    /// <summary>Andon's one extension definition: rules, domain (playbook); effect, extract (step).</summary>
    public const string ExtensionId = "extension-definition--7d3f1c52-9a4e-4b7e-8c21-5e0a6f2b9d14";

    static readonly string[] Dictionaries = ["workflow", "agent_definitions", "target_definitions"];
    static readonly string[] References = ["on_completion", "on_success", "on_failure", "on_true", "on_false", "agent"];

    public static void Expand(PlaybookSource source)
    {
        var root = source.Root;
        var seed = Text(root["id"]) ?? "";
        var ids = new Dictionary<string, string>();
        foreach (var dictionary in Dictionaries)
            if (root[dictionary] is JsonObject members)
                Rename(members, seed, ids);

        Refer(source, root, "workflow_start", ids);
        Refer(source, root, "workflow_exception", ids);
        var used = Extend(root, "playbook_extensions");
        if (root["workflow"] is JsonObject workflow)
        {
            foreach (var (_, node) in workflow)
            {
                if (node is not JsonObject step) continue;
                foreach (var reference in References) Refer(source, step, reference, ids);
                if (step["targets"] is JsonArray targets)
                    for (var i = 0; i < targets.Count; i++)
                        if (Text(targets[i]) is { } name && ids.TryGetValue(name, out var id)) targets[i] = JsonValue.Create(id);
                used |= Extend(step, "step_extensions");
            }
        }
        if (used) Define(root);
    }

    /// <summary>A UUID of the name-based kind (version 5), in a namespace of our own.</summary>
    public static Guid NameId(string seed, string name)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"andon playbook\n{seed}\n{name}")).AsSpan(0, 16);
        hash[6] = (byte)(hash[6] & 0x0f | 0x50);
        hash[8] = (byte)(hash[8] & 0x3f | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    static void Rename(JsonObject members, string seed, Dictionary<string, string> ids)
    {
        var all = members.ToList();
        members.Clear();
        foreach (var (name, node) in all)
        {
            var id = name;
            if (!name.Contains("--", StringComparison.Ordinal) && node is JsonObject step && Text(step["type"]) is { } type)
                ids[name] = id = $"{type}--{NameId(seed, name)}";
            members[id] = node;
        }
    }

    static void Refer(PlaybookSource source, JsonObject holder, string property, Dictionary<string, string> ids)
    {
        if (holder[property] is not { } node || Text(node) is not { } name || !ids.TryGetValue(name, out var id)) return;
        var value = JsonValue.Create(id);
        source.CopyLine(node, value);
        holder[property] = value;
    }

    static bool Extend(JsonObject holder, string property)
    {
        if (holder["andon"] is not JsonObject ours) return false;
        holder.Remove("andon");
        if (holder[property] is not JsonObject extensions) holder[property] = extensions = [];
        extensions[ExtensionId] = ours;
        return true;
    }

    static void Define(JsonObject root)
    {
        if (root["extension_definitions"] is not JsonObject definitions) root["extension_definitions"] = definitions = [];
        if (definitions.ContainsKey(ExtensionId)) return;
        definitions[ExtensionId] = new JsonObject
        {
            ["type"] = "extension-definition",
            ["name"] = "Andon",
            ["description"] = "Rule binding, domain, effect class and extraction. A playbook without it is still valid and still runs.",
            ["created_by"] = "identity--2b0d4a61-7c35-4e6f-9f0a-6d1c8b7a5e42",
            ["schema"] = "content/playbooks/README.md",
            ["version"] = "1.0.0",
        };
    }

    static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
