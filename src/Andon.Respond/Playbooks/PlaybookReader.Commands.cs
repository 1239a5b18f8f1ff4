using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Andon.Model;
using Andon.Respond.Connectors;
using Andon.Respond.Variables;

namespace Andon.Respond.Playbooks;

// Actions: one command, one agent, for HTTP one target; what is more, or of another type, is refused by name.
sealed partial class PlaybookReader
{
    static readonly string[] OtherCommands = ["bash", "powershell", "ssh", "caldera-cmd", "openc2-http", "elastic", "jupyter", "kestrel", "sigma", "yara"];
    static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    static readonly string[] OwnHeaders = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer", "idempotency-key"];
    static readonly string[] SecretHeaders = ["authorization", "proxy-authorization", "cookie", "x-api-key"];

    Step Action(Step read, JsonObject step, string at, Dictionary<string, Variable> visible)
    {
        var agent = Defined(step["agent"], $"{at}/agent", "agent_definitions");
        if (step["agent"] is null) Error("CAX013", step, at, "The action has no agent.", "Name who or what carries it out.");
        var targets = step["targets"] is JsonArray list ? list.Select(t => Defined(t, $"{at}/targets", "target_definitions")).OfType<JsonObject>().ToList() : [];
        if (step["targets"] is { } other and not JsonArray) Error("CAX013", other, $"{at}/targets", "targets is not a list.", "Write a list of targets.");

        foreach (var property in new[] { "in_args", "out_args" })
            foreach (var name in (step[property] as JsonArray ?? []).Select(AsText))
            {
                if (name is null || !visible.TryGetValue(name, out var variable)) Error("CAX019", step[property], $"{at}/{property}", $"{property} names no variable ('{name}').", "Define it.");
                else if (property == "out_args" && variable.Constant) Error("CAX018", step[property], $"{at}/out_args", $"'{name}' is constant.", "Write to another variable.");
            }
        var written = (step["out_args"] as JsonArray ?? []).Select(AsText).OfType<string>().ToList();

        var ours = Extensions(step, at, "step_extensions");
        foreach (var (name, node) in ours ?? [])
            if (name is not ("effect" or "extract"))
                Error("CAX124", node ?? ours, $"{at}/step_extensions", $"'{name}' of Andon's step extension is not carried out by this version.", "It has effect and extract.");

        if (step["commands"] is not JsonArray { Count: > 0 } commands)
        {
            Error("CAX013", step, at, "The action has no command.", "Add one.");
            return read;
        }
        if (commands.Count > 1) Error("CAX113", commands, $"{at}/commands", "More than one command in a step is not carried out by this version.", "One step a command: each then has its own record.");
        if (commands[0] is not JsonObject command || Text(command, $"{at}/commands/0", "type") is not { } type)
        {
            Error("CAX020", commands[0], $"{at}/commands/0", "A command is a mapping with a type.", "manual or http-api.");
            return read;
        }
        var place = $"{at}/commands/0";
        foreach (var (property, node) in command)
            if (node is JsonValue && AsText(node) is { } text)
                foreach (var name in Template.Parse(text).Names.Distinct())
                    if (!visible.ContainsKey(name)) Error("CAX018", node, $"{place}/{property}", $"The variable '{name}' is not defined.", "Add it to playbook_variables.");
        var made = type switch
        {
            "manual" => Manual(command, place, agent, ours),
            "http-api" => Http(command, place, agent, targets, ours, written, visible),
            _ when OtherCommands.Contains(type) => Refused(command, place, $"Commands of type '{type}' are not carried out by this version."),
            _ => Refused(command, place, $"'{type}' is no command type that anyone here carries out."),
        };
        return read with { Command = made, Out = written };
    }

    Command? Refused(JsonObject command, string at, string message)
    {
        Error("CAX120", command, at, message, "Use manual or http-api.");
        return null;
    }

    JsonObject? Defined(JsonNode? reference, string at, string property)
    {
        if (AsText(reference) is not { } id) return null;
        if ((source.Root[property] as JsonObject)?[id] is JsonObject found) return found;
        Error("CAX021", reference, at, $"'{id}' is not in {property}.", "Define it, or mend the name.");
        return null;
    }

    Command? Manual(JsonObject command, string at, JsonObject? agent, JsonObject? ours)
    {
        Unknown(command, at, ["type", "command", "command_b64", "description", "version", "playbook_activity", "external_references"]);
        if (ours is { Count: > 0 }) Error("CAX024", ours, at, "effect and extract are for machines; a manual step has neither.", "A person's answer goes to out_args.");
        var text = Text(command, at, "command") ?? Decoded(command, at, "command_b64");
        if (text is not null) return new ManualCommand(text, AsText(agent?["name"]) ?? "");
        Error("CAX020", command, at, "A manual command needs command or command_b64.", "Say what the person is to do.");
        return null;
    }

    Command? Http(
        JsonObject command, string at, JsonObject? agent, List<JsonObject> targets, JsonObject? ours, List<string> written, Dictionary<string, Variable> visible)
    {
        Unknown(command, at, ["type", "command", "headers", "content", "content_b64", "description", "version", "playbook_activity", "external_references"]);
        if (targets.Count > 1) Error("CAX113", command, at, "More than one target in a step is not carried out by this version.", "One step a target.");
        var target = targets.FirstOrDefault() ?? (AsText(agent?["type"]) == "http-api" ? agent : null);
        var address = target is null ? null : Address(target, at);
        if (target is null) Error("CAX021", command, at, "An http-api command needs a target with an address.", "Give the step one target of type http-api.");

        var line = (Text(command, at, "command") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var good = line is [var m, ['/', ..], "HTTP/1.1" or "HTTP/1.0" or "HTTP/2"] && Methods.Contains(m) && line[1].All(c => c is > ' ' and < '\x7f');
        if (!good) Error("CAX020", command["command"], $"{at}/command", "The command is no HTTP start line.", $"METHOD /path HTTP/1.1, where METHOD is one of {string.Join(", ", Methods)}.");

        var headers = Headers(command, at, visible);
        var body = Text(command, at, "content") ?? Decoded(command, at, "content_b64");
        var contentType = headers.FirstOrDefault(h => h.Key.Equals("content-type", StringComparison.OrdinalIgnoreCase)).Value;
        if (body is not null && HttpRendering.RefuseBody(contentType, body) is { } wrongBody)
            Error("CAX020", command, $"{at}/content", wrongBody, "Set Content-Type to application/json, application/x-www-form-urlencoded, application/xml or text/plain.");

        var method = good ? line[0] : "GET";
        var (effect, probe) = ReadEffect(ours, at, method, visible);
        var extract = new Dictionary<string, string>();
        foreach (var (name, pointer) in ours?["extract"] as JsonObject ?? [])
        {
            if (!written.Contains(name)) Error("CAX019", pointer, $"{at}/extract", $"'{name}' is extracted and not in out_args.", "Add it to out_args.");
            if (AsText(pointer) is not ("" or ['/', ..])) Error("CAX024", pointer, $"{at}/extract", "The place is no JSON pointer.", "For example /result/ticket.");
            else extract[name] = AsText(pointer) ?? "";
        }
        return address is null ? null : new HttpCommand(method, good ? line[1] : "/", address, headers, body, effect, probe, extract);
    }

    (Effect, string?) ReadEffect(JsonObject? ours, string at, string method, Dictionary<string, Variable> visible)
    {
        // PUT says what shall be, so doing it twice is doing it once; POST, PATCH and DELETE may not be.
        var usual = method switch { "GET" or "HEAD" => Effect.Pure, "PUT" => Effect.Keyed, _ => Effect.Once };
        if (ours?["effect"] is not { } node) return (usual, null);
        if (node is not JsonObject effect)
        {
            Error("CAX024", node, $"{at}/effect", "effect is not a mapping.", "effect: { class: keyed }.");
            return (usual, null);
        }
        Unknown(effect, $"{at}/effect", ["class", "probe"]);
        var probe = AsText(effect["probe"]);
        var read = AsText(effect["class"]) switch { "pure" => Effect.Pure, "keyed" => Effect.Keyed, "probe" => Effect.Probe, "once" => Effect.Once, _ => (Effect?)null };
        if (read is null) Error("CAX024", effect, $"{at}/effect/class", "The effect class is unknown.", "pure, keyed, probe or once.");
        if (read == Effect.Probe && probe is not ['/', ..]) Error("CAX024", effect, $"{at}/effect/probe", "The class probe needs a request target to ask.", "probe: /tickets/__case_id__:value");
        foreach (var name in Template.Parse(probe ?? "").Names)
            if (!visible.ContainsKey(name)) Error("CAX018", effect, $"{at}/effect/probe", $"The variable '{name}' is not defined.", "Add it to playbook_variables.");
        return (read ?? usual, probe);
    }

    List<KeyValuePair<string, string>> Headers(JsonObject command, string at, Dictionary<string, Variable> visible)
    {
        var read = new List<KeyValuePair<string, string>>();
        foreach (var (name, node) in command["headers"] as JsonObject ?? [])
        {
            if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))) Error("CAX020", node, $"{at}/headers", $"'{name}' is no header name.", "Letters, digits and hyphens.");
            if (OwnHeaders.Contains(name.ToLowerInvariant())) Error("CAX020", node, $"{at}/headers/{name}", $"'{name}' is set by the connector.", "Remove it.");
            foreach (var value in node is JsonArray many ? many.ToList() : [node])
            {
                if (AsText(value) is not { } text)
                {
                    Error("CAX020", value, $"{at}/headers/{name}", "A header's value is text.", "Write a list of texts.");
                    continue;
                }
                foreach (var unknown in Template.Parse(text).Names.Where(n => !visible.ContainsKey(n)))
                    Error("CAX018", value, $"{at}/headers/{name}", $"The variable '{unknown}' is not defined.", "Add it to playbook_variables.");
                if (SecretHeaders.Contains(name.ToLowerInvariant()))
                    Error("CAX022", value, $"{at}/headers/{name}", "A secret stands in the playbook as plain text.", "It is masked in facts, and whoever reads the playbook reads it.", FindingLevel.Warning);
                read.Add(new(name, text));
            }
        }
        return read;
    }

    HttpAddress? Address(JsonObject target, string at)
    {
        var address = target["address"] as JsonObject;
        var entry = new[] { "url", "dname", "ipv4", "ipv6" }.Select(k => (Kind: k, Value: AsText((address?[k] as JsonArray)?.FirstOrDefault()))).FirstOrDefault(e => e.Value is not null);
        if (target["authentication_info"] is { } auth) Error("CAX122", auth, at, "This version has no secret store, so authentication_info is not carried out.", "Remove it, or make the step manual.");
        if (entry.Value is null || address?.Sum(k => (k.Value as JsonArray)?.Count ?? 0) != 1)
        {
            Error("CAX021", target, at, "The target needs exactly one address: url, dname, ipv4 or ipv6.", "address: { url: [ 'https://host' ] }.");
            return null;
        }
        var port = AsText(target["port"]) ?? "";
        if (port.Length > 0 && !(port.All(char.IsAsciiDigit) && int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) is > 0 and < 65536))
            Error("CAX021", target["port"], at, "The port is not 1 to 65535.", "Mend it.");
        if (entry.Kind != "url") return new(port == "443" ? "https" : "http", entry.Kind == "ipv6" ? $"[{entry.Value}]" : entry.Value, port, "");
        if (Uri.TryCreate(entry.Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0)
            return new(url.Scheme, url.IdnHost.Contains(':', StringComparison.Ordinal) ? $"[{url.IdnHost}]" : url.IdnHost, url.IsDefaultPort ? port : url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), url.AbsolutePath.TrimEnd('/'));
        Error("CAX021", target, at, $"'{entry.Value}' is no http or https URL without user, query and fragment.", "For example https://edr.example.org.");
        return null;
    }

    string? Decoded(JsonObject holder, string at, string property)
    {
        if (Text(holder, at, property) is not { } text) return null;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(text));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            Error("CAX020", holder[property], $"{at}/{property}", $"{property} is no UTF-8 text in base64.", "Encode it again.");
            return null;
        }
    }
}
