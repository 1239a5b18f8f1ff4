namespace Andon.Model;

/// <summary>How the event store keeps a field.</summary>
public enum FieldType { Keyword, Text, Ip, Long, Date, Boolean }

/// <summary>One entry of the field catalogue.</summary>
/// <param name="Name">ECS name, dotted (ECS 9.x), or Andon's own under <c>andon.</c></param>
/// <param name="Column">True when the event store gives it a column of its own; the rest lives in the bag.</param>
/// <param name="Many">True where ECS has an array.</param>
public sealed record EcsField(FieldId Id, string Name, FieldType Type, bool Column, bool Many, string Meaning)
{
    /// <summary>Column name in the event store: dots become underscores, <c>@timestamp</c> becomes <c>timestamp</c>.</summary>
    public string ColumnName { get; } = Name.TrimStart('@').Replace('.', '_');
}

/// <summary>
/// The ECS fields that Andon's own code names, and which of them have columns. Source: Elastic Common Schema 9.x field reference.
/// Other names are legal too and are kept in the bag.
/// </summary>
public static class Ecs
{
    static readonly List<EcsField> All = [];

    public static readonly FieldId Timestamp = Column("@timestamp", FieldType.Date, "Time of the event.");
    public static readonly FieldId EventIngested = Column("event.ingested", FieldType.Date, "Time of arrival.");
    public static readonly FieldId EventOriginal = Column("event.original", FieldType.Text, "The record's raw bytes.");
    public static readonly FieldId AndonEventId = Column("andon.event_id", FieldType.Keyword, "Record position and number.");
    public static readonly FieldId LogSourceId = Column("log.source.id", FieldType.Keyword, "Key of the source in the catalogue.");
    public static readonly FieldId EventDataset = Column("event.dataset", FieldType.Keyword, "What kind of log, for example system.auth or windows.security.");
    public static readonly FieldId EventModule = Column("event.module", FieldType.Keyword, "Product family, for example system, windows, nginx.");
    public static readonly FieldId EventProvider = Column("event.provider", FieldType.Keyword, "What wrote the event, for example a Windows provider.");
    public static readonly FieldId EventCode = Column("event.code", FieldType.Keyword, "The sender's number for this kind of event.");
    public static readonly FieldId EventCategory = Column("event.category", FieldType.Keyword, "ECS category.", many: true);
    public static readonly FieldId EventType = Column("event.type", FieldType.Keyword, "ECS type.", many: true);
    public static readonly FieldId EventAction = Column("event.action", FieldType.Keyword, "What was done.");
    public static readonly FieldId EventOutcome = Column("event.outcome", FieldType.Keyword, "success, failure or unknown.");
    public static readonly FieldId EventKind = Plain("event.kind", FieldType.Keyword, "ECS kind.");
    public static readonly FieldId EventSeverity = Column("event.severity", FieldType.Long, "The sender's severity.");
    public static readonly FieldId EventReason = Plain("event.reason", FieldType.Keyword, "Why it happened, as the sender says.");
    public static readonly FieldId Message = Plain("message", FieldType.Text, "The text for people.");
    public static readonly FieldId Tags = Plain("tags", FieldType.Keyword, "Tags.", many: true);
    public static readonly FieldId AndonParser = Column("andon.parser", FieldType.Keyword, "Parser and its version.");
    public static readonly FieldId AndonFindings = Column("andon.findings", FieldType.Keyword, "What was wrong with the record.", many: true);

    public static readonly FieldId HostName = Column("host.name", FieldType.Keyword, "Host the event is about.");
    public static readonly FieldId HostIp = Plain("host.ip", FieldType.Ip, "Addresses of that host.", many: true);
    public static readonly FieldId ObserverName = Plain("observer.name", FieldType.Keyword, "Device that saw the event.");
    public static readonly FieldId ObserverVendor = Plain("observer.vendor", FieldType.Keyword, "Its vendor.");
    public static readonly FieldId ObserverProduct = Plain("observer.product", FieldType.Keyword, "Its product.");

    public static readonly FieldId UserName = Column("user.name", FieldType.Keyword, "User who acts.");
    public static readonly FieldId UserId = Plain("user.id", FieldType.Keyword, "SID, uid.");
    public static readonly FieldId UserDomain = Plain("user.domain", FieldType.Keyword, "Domain of that user.");
    public static readonly FieldId UserTargetName = Column("user.target.name", FieldType.Keyword, "User acted upon.");
    public static readonly FieldId UserEffectiveName = Plain("user.effective.name", FieldType.Keyword, "User whose rights are used (sudo).");
    public static readonly FieldId GroupName = Plain("group.name", FieldType.Keyword, "Group.");

    public static readonly FieldId SourceIp = Column("source.ip", FieldType.Ip, "Address of the sender.");
    public static readonly FieldId SourcePort = Column("source.port", FieldType.Long, "Its port.");
    public static readonly FieldId SourceDomain = Plain("source.domain", FieldType.Keyword, "Its name.");
    public static readonly FieldId SourceBytes = Plain("source.bytes", FieldType.Long, "Bytes from source.");
    public static readonly FieldId DestinationIp = Column("destination.ip", FieldType.Ip, "Address of the receiver.");
    public static readonly FieldId DestinationPort = Column("destination.port", FieldType.Long, "Its port.");
    public static readonly FieldId DestinationDomain = Plain("destination.domain", FieldType.Keyword, "Its name.");
    public static readonly FieldId NetworkTransport = Plain("network.transport", FieldType.Keyword, "tcp, udp.");
    public static readonly FieldId NetworkProtocol = Plain("network.protocol", FieldType.Keyword, "ssh, dns, http.");
    public static readonly FieldId NetworkDirection = Plain("network.direction", FieldType.Keyword, "ingress, egress.");

    public static readonly FieldId ProcessName = Column("process.name", FieldType.Keyword, "Name of the program.");
    public static readonly FieldId ProcessExecutable = Column("process.executable", FieldType.Keyword, "Its path.");
    public static readonly FieldId ProcessPid = Column("process.pid", FieldType.Long, "Its number.");
    public static readonly FieldId ProcessEntityId = Plain("process.entity_id", FieldType.Keyword, "Process GUID.");
    public static readonly FieldId ProcessCommandLine = Column("process.command_line", FieldType.Text, "Its command line.");
    public static readonly FieldId ProcessWorkingDirectory = Plain("process.working_directory", FieldType.Keyword, "Its folder.");
    public static readonly FieldId ProcessParentName = Column("process.parent.name", FieldType.Keyword, "Parent's name.");
    public static readonly FieldId ProcessParentExecutable = Column("process.parent.executable", FieldType.Keyword, "Parent's path.");
    public static readonly FieldId ProcessParentCommandLine = Plain("process.parent.command_line", FieldType.Text, "Parent's command line.");
    public static readonly FieldId ProcessParentPid = Plain("process.parent.pid", FieldType.Long, "Parent's number.");

    public static readonly FieldId FilePath = Column("file.path", FieldType.Keyword, "File acted on.");
    public static readonly FieldId FileName = Plain("file.name", FieldType.Keyword, "Its name.");
    public static readonly FieldId FileHashSha256 = Column("file.hash.sha256", FieldType.Keyword, "Its SHA-256.");
    public static readonly FieldId RegistryPath = Column("registry.path", FieldType.Keyword, "Registry key or value.");
    public static readonly FieldId RegistryDataStrings = Plain("registry.data.strings", FieldType.Keyword, "Value written.");
    public static readonly FieldId DllPath = Plain("dll.path", FieldType.Keyword, "Library loaded.");
    public static readonly FieldId ServiceName = Plain("service.name", FieldType.Keyword, "Service.");

    public static readonly FieldId DnsQuestionName = Column("dns.question.name", FieldType.Keyword, "Name asked for.");
    public static readonly FieldId UrlOriginal = Column("url.original", FieldType.Text, "URL as sent.");
    public static readonly FieldId UrlPath = Plain("url.path", FieldType.Keyword, "Its path.");
    public static readonly FieldId UrlQuery = Plain("url.query", FieldType.Keyword, "Its query.");
    public static readonly FieldId UrlDomain = Plain("url.domain", FieldType.Keyword, "Its host.");
    public static readonly FieldId HttpRequestMethod = Column("http.request.method", FieldType.Keyword, "Method.");
    public static readonly FieldId HttpRequestReferrer = Plain("http.request.referrer", FieldType.Keyword, "Referrer.");
    public static readonly FieldId HttpResponseStatusCode = Column("http.response.status_code", FieldType.Long, "Status.");
    public static readonly FieldId HttpResponseBodyBytes = Plain("http.response.body.bytes", FieldType.Long, "Bytes sent.");
    public static readonly FieldId UserAgentOriginal = Column("user_agent.original", FieldType.Text, "User agent.");
    public static readonly FieldId RuleName = Column("rule.name", FieldType.Keyword, "The sender's own rule.");
    public static readonly FieldId RuleId = Plain("rule.id", FieldType.Keyword, "Its id.");

    public static readonly FieldId LogSyslogFacility = Plain("log.syslog.facility.code", FieldType.Long, "RFC 5424 facility.");
    public static readonly FieldId LogSyslogSeverity = Plain("log.syslog.severity.code", FieldType.Long, "RFC 5424 severity.");
    public static readonly FieldId LogSyslogAppname = Plain("log.syslog.appname", FieldType.Keyword, "Program in the header.");
    public static readonly FieldId LogSyslogMsgid = Plain("log.syslog.msgid", FieldType.Keyword, "MSGID.");

    public static readonly FieldId RelatedIp = Column("related.ip", FieldType.Keyword, "Every address in the event.", many: true);
    public static readonly FieldId RelatedUser = Column("related.user", FieldType.Keyword, "Every user in the event.", many: true);
    public static readonly FieldId RelatedHosts = Column("related.hosts", FieldType.Keyword, "Every host in the event.", many: true);
    public static readonly FieldId RelatedHash = Column("related.hash", FieldType.Keyword, "Every hash in the event.", many: true);

    public static readonly FieldId WinlogChannel = Column("winlog.channel", FieldType.Keyword, "Windows channel.");
    public static readonly FieldId WinlogRecordId = Plain("winlog.record_id", FieldType.Long, "EventRecordID.");
    public static readonly FieldId WinlogProviderName = Plain("winlog.provider_name", FieldType.Keyword, "Windows provider.");
    public static readonly FieldId WinlogComputerName = Plain("winlog.computer_name", FieldType.Keyword, "Windows computer.");
    public static readonly FieldId WinlogLogonId = Plain("winlog.logon.id", FieldType.Keyword, "Logon session.");

    public static IReadOnlyList<EcsField> Fields => All;
    public static EcsField? Field(string name) => All.Find(f => f.Name == name);

    static FieldId Column(string name, FieldType type, string meaning, bool many = false) => Put(name, type, column: true, many, meaning);
    static FieldId Plain(string name, FieldType type, string meaning, bool many = false) => Put(name, type, column: false, many, meaning);

    static FieldId Put(string name, FieldType type, bool column, bool many, string meaning)
    {
        var id = FieldNames.Intern(name);
        All.Add(new(id, name, type, column, many, meaning));
        return id;
    }
}
