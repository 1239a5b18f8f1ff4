using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

#pragma warning disable CA1507 // They are senders' names; that a property here is called so is chance.

namespace Andon.Tests.Intake;

/// <summary>One Windows event, and how each kind of sender writes it: made here from what their documents and sources say, with values of our own.</summary>
/// <param name="UserData">Name of the provider's own element that holds the data; null where they are EventData.</param>
/// <param name="Expect">Fields that must come of it, whoever sends it; "" is none.</param>
/// <param name="Rule">A Sigma rule's log source and selection that it must meet.</param>
sealed record WindowsTruth(string Channel, int Code, string Provider, string Keywords, string? UserData, (string Name, string Value)[] Data, Dictionary<string, string> Expect, string Rule)
{
    public const string Host = "WS5.corp.example", Time = "2026-03-02T07:58:59.5000000Z";
    const string Xmlns = "http://schemas.microsoft.com/win/2004/08/events/event";
    const string German = "Ein Vorgang wurde ausgeführt.\r\n\r\nAntragsteller:\r\n\tSicherheits-ID:\t\tS-1-5-18\r\n\tKontoname:\t\tNIEMAND$";
    static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override string ToString() => $"{Channel}/{Code}";

    bool Security => Channel == "Security";
    bool Failed => Keywords == "0x8010000000000000";

    static string Escaped(string text) => System.Security.SecurityElement.Escape(text);

    string DataXml(bool namespaced)
    {
        var ns = namespaced ? $" xmlns=\"{Xmlns}\"" : "";
        return UserData is null
            ? $"<EventData{ns}>{string.Concat(Data.Select(d => $"<Data Name=\"{d.Name}\">{Escaped(d.Value)}</Data>"))}</EventData>"
            : $"<UserData{ns}><{UserData} xmlns=\"http://vendor.example\">{string.Concat(Data.Select(d => $"<{d.Name}>{Escaped(d.Value)}</{d.Name}>"))}</{UserData}></UserData>";
    }

    string Xml(bool rendered) =>
        $"<Event xmlns='{Xmlns}'><System><Provider Name='{Provider}' Guid='{{54849625-5478-4994-a5ba-3e3b0328c30d}}'/><EventID Qualifiers='0'>{Code}</EventID><Version>1</Version><Level>0</Level><Task>12544</Task><Opcode>0</Opcode>"
        + $"<Keywords>{Keywords}</Keywords><TimeCreated SystemTime='{Time}'/><EventRecordID>77</EventRecordID><Correlation/><Channel>{Channel}</Channel><Computer>{Host}</Computer><Security/></System>{DataXml(namespaced: false)}"
        + (rendered ? $"<RenderingInfo Culture='de-DE'><Message>{Escaped(German)}</Message><Level>Informationen</Level><Task>Anmelden</Task><Keywords><Keyword>Überwachung</Keyword></Keywords></RenderingInfo>" : "") + "</Event>";

    JsonObject Named(Func<string, string>? name = null, Func<string, string>? value = null)
    {
        var made = new JsonObject();
        foreach (var d in Data) made[name?.Invoke(d.Name) ?? d.Name] = value?.Invoke(d.Value) ?? d.Value;
        return made;
    }

    JsonObject Inner(JsonObject data) => new() { [UserData is null ? "EventData" : "UserData"] = UserData is null ? data : new JsonObject { [UserData] = data } };

    static JsonObject With(JsonObject into, params JsonObject[] more)
    {
        foreach (var one in more)
            foreach (var (key, value) in one.ToList())
            {
                one.Remove(key);
                into.TryAdd(key, value); // A flat object's own names stay: the envelope's Channel is not the data's.
            }
        return into;
    }

    static string Text(JsonNode json) => json.ToJsonString(Relaxed);

    JsonObject Winlog() => With(new()
    {
        ["channel"] = Channel, ["event_id"] = Code.ToString(CultureInfo.InvariantCulture), ["provider_name"] = Provider, ["computer_name"] = Host, ["record_id"] = 77, ["opcode"] = "Info",
        ["keywords"] = Security ? new JsonArray(Failed ? "Audit Failure" : "Audit Success") : null,
    }, new JsonObject { [UserData is null ? "event_data" : "user_data"] = Named() });

    string Winlogbeat(bool dotted, bool agent)
    {
        var json = new JsonObject { ["@timestamp"] = "2026-03-02T07:58:59.500Z", ["message"] = German, ["event"] = new JsonObject { ["code"] = Code.ToString(CultureInfo.InvariantCulture), ["provider"] = Provider, ["kind"] = "event" }, ["host"] = new JsonObject { ["name"] = Host }, ["winlog"] = Winlog() };
        if (agent) json = With(json, new JsonObject { ["data_stream"] = new JsonObject { ["dataset"] = "windows.forwarded", ["namespace"] = "default", ["type"] = "logs" }, ["agent"] = new JsonObject { ["id"] = "a1", ["type"] = "filebeat", ["version"] = "8.15.0" }, ["ecs"] = new JsonObject { ["version"] = "8.0.0" }, ["input"] = new JsonObject { ["type"] = "winlog" } });
        if (!dotted) return Text(json);
        var flat = new JsonObject();
        Flatten(json, "", flat);
        return Text(flat);
    }

    static void Flatten(JsonObject from, string before, JsonObject into)
    {
        foreach (var (key, value) in from)
            if (value is JsonObject inner) Flatten(inner, before + key + ".", into);
            else into[before + key] = value?.DeepClone();
    }

    string Nxlog(string mark)
    {
        var json = With(new()
        {
            ["EventTime"] = "2026-03-02T07:58:59.500000+00:00", ["Hostname"] = Host, ["Keywords"] = Keywords, ["EventType"] = Security ? Failed ? "AUDIT_FAILURE" : "AUDIT_SUCCESS" : "INFO", ["SeverityValue"] = 2, ["Severity"] = "INFO",
            ["EventID"] = Code, ["SourceName"] = Provider, ["Version"] = 1, ["Task"] = 12544, ["RecordNumber"] = 77, ["Channel"] = Channel, ["Message"] = German, ["SourceModuleName"] = "in", ["SourceModuleType"] = "im_msvistalog",
        }, Named());
        if (mark.Length == 0) return Text(json);
        var gelf = new JsonObject { ["version"] = "1.1", ["host"] = Host, ["short_message"] = German[..20], ["full_message"] = German, ["timestamp"] = 1772438339.5 };
        foreach (var (key, value) in json) gelf["_" + key] = value?.DeepClone();
        return Text(gelf);
    }

    JsonObject Wazuh()
    {
        static string Small(string name) => char.ToLowerInvariant(name[0]) + name[1..];
        // Its agent leaves out what is empty or a dash, and doubles backslashes.
        var data = new JsonObject();
        foreach (var d in Data.Where(d => d.Value is not ("" or "-"))) data[Small(d.Name)] = d.Value.Replace("\\", @"\\", StringComparison.Ordinal);
        return new()
        {
            ["win"] = new JsonObject
            {
                ["system"] = new JsonObject { ["providerName"] = Provider, ["eventID"] = Code.ToString(CultureInfo.InvariantCulture), ["version"] = "1", ["level"] = "0", ["task"] = "12544", ["keywords"] = Keywords, ["systemTime"] = Time, ["eventRecordID"] = "77", ["channel"] = Channel, ["computer"] = Host, ["severityValue"] = Security ? Failed ? "AUDIT_FAILURE" : "AUDIT_SUCCESS" : "INFORMATION", ["message"] = "\"" + German + "\"" },
                [UserData is null ? "eventdata" : Small(UserData)] = data,
            },
        };
    }

    string Azure(bool table)
    {
        var json = new JsonObject { ["TenantId"] = "t", ["TimeGenerated"] = "2026-03-02T07:58:59.5Z", ["Computer"] = Host, ["EventID"] = Code };
        return Text(table
            ? With(json, new JsonObject { ["Source"] = Provider, ["EventLog"] = Channel, ["EventLevel"] = 4, ["EventLevelName"] = "Information", ["RenderedDescription"] = German, ["UserName"] = "N/A", ["ParameterXml"] = "<Param>x</Param>", ["Type"] = "Event", ["EventData"] = $"<DataItem type=\"System.XmlData\" time=\"{Time}\" sourceHealthServiceId=\"x\">{DataXml(namespaced: true)}</DataItem>" })
            : With(json, new JsonObject { ["Channel"] = Channel, ["Provider"] = Provider, ["EventLevel"] = 0, ["EventLevelName"] = "LogAlways", ["EventRecordId"] = "77", ["Keywords"] = Keywords, ["Task"] = 12544, ["Type"] = "WindowsEvent", ["EventData"] = Named() }));
    }

    JsonObject Otel(bool list)
    {
        JsonNode data = list ? new JsonObject { ["data"] = new JsonArray([.. Data.Select(d => new JsonObject { [d.Name] = d.Value })]) } : Named();
        return new() { ["event_id"] = new JsonObject { ["qualifiers"] = 0, ["id"] = Code }, ["provider"] = new JsonObject { ["name"] = Provider, ["guid"] = "", ["event_source"] = "" }, ["system_time"] = Time, ["computer"] = Host, ["channel"] = Channel, ["record_id"] = 77, ["level"] = "Information", ["message"] = German, ["task"] = "Anmelden", ["opcode"] = "Info", ["keywords"] = new JsonArray(Security ? Failed ? "Audit Failure" : "Audit Success" : "0x0"), [UserData is null ? "event_data" : "user_data"] = data };
    }

    JsonObject Envelope(Func<string, JsonNode, JsonObject> attribute, JsonNode code) => With(new() { ["EventID"] = code, ["Version"] = 1, ["Level"] = 0, ["Task"] = 12544, ["Keywords"] = Keywords, ["EventRecordID"] = 77, ["Channel"] = Channel, ["Computer"] = Host },
        attribute("Provider", new JsonObject { ["Name"] = Provider }), attribute("TimeCreated", new JsonObject { ["SystemTime"] = Time }));

    /// <summary>Each way in which it may come, with its name.</summary>
    public IEnumerable<(string Sender, Andon.Model.Origin Origin, string Raw)> Shapes()
    {
        static JsonObject Nested(string name, JsonNode attributes) => new() { [name] = new JsonObject { ["#attributes"] = attributes } };
        static JsonObject Apart(string name, JsonNode attributes) => new() { [name + "_attributes"] = attributes };
        static JsonObject Bare(string name, JsonNode attributes) => new() { [name] = attributes };
        static JsonObject Signed(string name, JsonNode attributes)
        {
            var made = new JsonObject();
            foreach (var (key, value) in (JsonObject)attributes) made["@" + key] = value?.DeepClone();
            return new() { [name] = made };
        }
        var hec = new Andon.Model.Origin("hec", "10.9.8.7", "token");
        yield return ("event log", Lab.Bulk, Text(new JsonObject { ["Event"] = With(new() { ["System"] = Envelope(Nested, new JsonObject { ["#attributes"] = new JsonObject { ["Qualifiers"] = 0 }, ["#text"] = Code }) }, Inner(Named())) }));
        yield return ("xml", Lab.Bulk, Xml(rendered: false));
        yield return ("xml, rendered", Lab.Bulk, Xml(rendered: true));
        yield return ("xml behind a header", Lab.Udp, $"<14>1 2026-03-02T07:59:00Z {Host} nxlog - - - " + Xml(rendered: true));
        yield return ("Splunk, xml", hec, Text(new JsonObject { ["time"] = 1772438339.5, ["host"] = "WS5", ["sourcetype"] = "XmlWinEventLog", ["source"] = $"XmlWinEventLog:{Channel}", ["event"] = Xml(rendered: true) }));
        yield return ("evtx_dump, attributes apart", Lab.File, Text(new JsonObject { ["Event_attributes"] = new JsonObject { ["xmlns"] = Xmlns }, ["Event"] = With(new() { ["System"] = Envelope(Apart, Code) }, Inner(Named())) }));
        if (UserData is null)
            yield return ("xmltodict", Lab.File, Text(new JsonObject { ["Event"] = new JsonObject { ["@xmlns"] = Xmlns, ["System"] = Envelope(Signed, new JsonObject { ["@Qualifiers"] = "0", ["#text"] = Code.ToString(CultureInfo.InvariantCulture) }), ["EventData"] = new JsonObject { ["Data"] = new JsonArray([.. Data.Select(d => new JsonObject { ["@Name"] = d.Name, ["#text"] = d.Value })]) } } }));
        yield return ("Velociraptor", Lab.File, Text(With(new() { ["System"] = With(new JsonObject { ["TimeCreated"] = new JsonObject { ["SystemTime"] = 1772438339.5 } }, Envelope(Bare, new JsonObject { ["Value"] = Code })), ["Message"] = German }, Inner(Named()))));
        yield return ("OpenWEC", Lab.File, Text(With(new() { ["System"] = With(new JsonObject { ["TimeCreated"] = Time }, Envelope(Bare, Code)), ["OpenWEC"] = new JsonObject { ["IpAddress"] = "192.0.2.9", ["Principal"] = "ws5$@CORP" } }, Inner(Named()))));
        yield return ("Winlogbeat", Lab.Bulk, Winlogbeat(dotted: false, agent: false));
        yield return ("Winlogbeat, dotted", Lab.Bulk, Winlogbeat(dotted: true, agent: false));
        yield return ("Elastic Agent", new("bulk", "10.9.8.7", "logs-windows.forwarded-default"), Winlogbeat(dotted: false, agent: true));
        yield return ("Winlogbeat 6", Lab.Bulk, Text(new JsonObject { ["@timestamp"] = "2026-03-02T07:58:59.500Z", ["event_id"] = Code, ["log_name"] = Channel, ["computer_name"] = Host, ["source_name"] = Provider, ["record_number"] = "77", ["keywords"] = Security ? new JsonArray(Failed ? "Audit Failure" : "Audit Success") : null, ["message"] = German, [UserData is null ? "event_data" : "user_data"] = Named() }));
        yield return ("NXLog", Lab.Bulk, Nxlog(""));
        yield return ("NXLog as GELF", new("gelf-tcp", "10.9.8.7"), Nxlog("_"));
        yield return ("Splunk, NXLog's object", hec, Text(new JsonObject { ["time"] = 1772438339.5, ["host"] = "WS5", ["event"] = JsonNode.Parse(Nxlog("")) }));
        yield return ("Fluent Bit, data", Lab.Bulk, Text(With(new() { ["ProviderName"] = Provider, ["EventID"] = Code, ["Version"] = 1, ["Level"] = 0, ["Task"] = 12544, ["Keywords"] = Keywords, ["TimeCreated"] = "2026-03-02 08:58:59.5 +0100", ["EventRecordID"] = 77, ["Channel"] = Channel, ["Computer"] = Host, ["Message"] = German }, Inner(Named()))));
        yield return ("Fluent Bit, xml", Lab.Bulk, Text(new JsonObject { ["System"] = Xml(rendered: false), ["Message"] = German, ["StringInserts"] = new JsonArray("a", "b") }));
        yield return ("Wazuh's agent", Lab.Bulk, Text(Wazuh()));
        yield return ("Wazuh's manager", Lab.File, Text(With(new() { ["timestamp"] = "2026-03-02T07:59:04.000+0000", ["rule"] = new JsonObject { ["level"] = 3 }, ["agent"] = new JsonObject { ["id"] = "004" }, ["manager"] = new JsonObject { ["name"] = "wazuh" }, ["decoder"] = new JsonObject { ["name"] = "windows_eventchannel" }, ["location"] = "EventChannel" }, new JsonObject { ["data"] = Wazuh() })));
        if (UserData is null) yield return ("Azure, WindowsEvent", Lab.Bulk, Azure(table: false));
        if (!Security) yield return ("Azure, Event", Lab.Bulk, Azure(table: true));
        if (Security) yield return ("Azure, SecurityEvent", Lab.Bulk, Text(With(new() { ["TimeGenerated"] = "2026-03-02T07:58:59.5Z", ["Computer"] = Host, ["EventSourceName"] = Provider, ["Channel"] = Channel, ["Level"] = Failed ? "16" : "8", ["EventID"] = Code, ["Activity"] = $"{Code} - An account did something.", ["Type"] = "SecurityEvent" }, Named())));
        yield return ("OpenTelemetry", new("otlp", "10.9.8.7"), Text(new JsonObject { ["@timestamp"] = "2026-03-02T07:58:59.500000000Z", ["body"] = Otel(list: false), ["resource"] = new JsonObject { ["attributes"] = new JsonObject { ["service.name"] = "collector" } } }));
        if (UserData is null) yield return ("OpenTelemetry, list", new("otlp", "10.9.8.7"), Text(new JsonObject { ["@timestamp"] = "2026-03-02T07:58:59.500000000Z", ["body"] = Otel(list: true) }));
        yield return ("OpenTelemetry, by itself", hec, Text(new JsonObject { ["time"] = 1772438339.5, ["event"] = Otel(list: false) }));
        yield return ("OpenTelemetry, raw", new("otlp", "10.9.8.7"), Text(new JsonObject { ["@timestamp"] = "2026-03-02T07:59:04.000000000Z", ["message"] = Xml(rendered: true) }));
        yield return ("Vector", Lab.Bulk, Text(With(new() { ["timestamp"] = Time, ["message"] = German, ["host"] = Host, ["event_id"] = Code, ["record_id"] = 77, ["level"] = "Information", ["level_value"] = 0, ["channel"] = Channel, ["provider_name"] = Provider, ["computer"] = Host, ["keywords"] = unchecked((long)ulong.Parse(Keywords[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)) }, new JsonObject { [UserData is null ? "event_data" : "user_data"] = Named() })));
        yield return ("EvtxECmd", Lab.File, Text(new JsonObject
        {
            ["PayloadData1"] = "Target: somebody", ["UserName"] = "derived", ["MapDescription"] = "An event", ["ChunkNumber"] = 0, ["Computer"] = Host, ["Channel"] = Channel, ["Provider"] = Provider, ["EventId"] = Code, ["EventRecordId"] = "77", ["Level"] = "LogAlways",
            ["Keywords"] = Security ? Failed ? "Audit failure" : "Audit success" : "0x0", ["SourceFile"] = @"C:\x.evtx", ["TimeCreated"] = "2026-03-02T07:58:59.5000000+00:00", ["RecordNumber"] = 77,
            ["Payload"] = UserData is null ? Text(new JsonObject { ["EventData"] = new JsonObject { ["Data"] = new JsonArray([.. Data.Select(d => new JsonObject { ["@Name"] = d.Name, ["#text"] = d.Value })]) } }) : Text(Inner(Named())),
        }));
    }
}
