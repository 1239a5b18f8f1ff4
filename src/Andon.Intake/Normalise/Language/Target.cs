using Andon.Model;

namespace Andon.Intake.Normalise.Language;

enum TargetKind { Text, Number, Ip, Endpoint, Bool, Date, Mac }

/// <summary>A field that a parser fills, with the kind of value it takes. What does not fit is left out: a wrong value is worse than none.</summary>
sealed record Target(FieldId Field, TargetKind Kind, bool Many, FieldId Domain, FieldId Address)
{
    // Four sides of a connection have a name where there is no address, and keep what was written.
    static readonly string[] Sides = ["source", "destination", "client", "server"];
    static readonly HashSet<string> Lists = new(StringComparer.Ordinal)
    {
        "event.category", "event.type", "tags", "host.ip", "host.mac", "observer.ip", "observer.mac", "dns.resolved_ip", "dns.header_flags", "process.args", "process.parent.args", "user.roles", "user.target.roles", "file.attributes",
        "email.to.address", "email.from.address", "email.cc.address", "email.bcc.address", "email.reply_to.address", "related.ip", "related.user", "related.hosts", "related.hash",
        "threat.technique.id", "threat.technique.name", "threat.tactic.id", "threat.tactic.name", "threat.technique.subtechnique.id", "rule.author", "rule.reference", "x509.alternative_names", "dns.answers.data", "dns.answers.type",
        "dns.answers.name", "dns.answers.ttl", "dns.answers.class", "container.image.tag", "network.inner.vlan.id",
    };
    static readonly HashSet<string> Numbers = new(StringComparer.Ordinal)
    {
        "event.severity", "event.duration", "event.sequence", "event.risk_score", "http.response.status_code", "process.exit_code", "network.bytes", "network.packets", "log.origin.file.line", "file.size", "log.syslog.severity.code", "log.syslog.facility.code", "log.syslog.priority",
    };
    static readonly string[] NumberEnds = [".port", ".bytes", ".packets", ".pid", ".ppid", ".pgid", ".ttl", ".as.number", ".exit_code"];
    static readonly HashSet<string> Dates = new(StringComparer.Ordinal)
    {
        "event.start", "event.end", "event.created", "file.created", "file.mtime", "file.ctime", "file.accessed", "process.start", "process.end", "email.origination_timestamp", "email.delivery_timestamp",
        "tls.client.not_after", "tls.client.not_before", "tls.server.not_after", "tls.server.not_before", "x509.not_after", "x509.not_before", "threat.indicator.first_seen", "threat.indicator.last_seen",
    };

    public static Target Of(string name)
    {
        var side = Sides.FirstOrDefault(s => name.Length == s.Length + 3 && name.StartsWith(s, StringComparison.Ordinal) && name.EndsWith(".ip", StringComparison.Ordinal));
        var kind = side is not null ? TargetKind.Endpoint
            : name.EndsWith(".ip", StringComparison.Ordinal) || name == "dns.resolved_ip" ? TargetKind.Ip
            : Numbers.Contains(name) || NumberEnds.Any(e => name.EndsWith(e, StringComparison.Ordinal)) ? TargetKind.Number
            : Dates.Contains(name) ? TargetKind.Date
            : name.EndsWith(".mac", StringComparison.Ordinal) ? TargetKind.Mac : TargetKind.Text;
        var field = FieldNames.Intern(name);
        return new(field, kind, Lists.Contains(name), side is null ? field : FieldNames.Intern(side + ".domain"), side is null ? field : FieldNames.Intern(side + ".address"));
    }

    public bool Taken(EventDraft draft) => !Many && draft.Has(Field);

    /// <summary>Fills the field unless somebody did. Values that mean "none" are left out.</summary>
    public void Write(EventDraft draft, int at, int length, ValueKind kind)
    {
        if (length == 0 || kind == ValueKind.Null || Taken(draft)) return;
        var value = draft.Batch.Slice(at, length);
        if (value is [(byte)'-']) return;
        switch (Kind)
        {
            case TargetKind.Number:
                if (IsNumber(value)) draft.AddAt(Field, at, length, ValueKind.Number);
                break;
            case TargetKind.Ip:
                if (EventDraft.IsIp(value)) draft.AddAt(Field, at, length, ValueKind.Text);
                break;
            case TargetKind.Endpoint:
                // A name has no blanks; what has is a sentence.
                if (value.IndexOf((byte)' ') >= 0) return;
                if (EventDraft.IsIp(value) || !draft.Has(Domain)) draft.Address(Field, Domain, at, length);
                if (!draft.Has(Address)) draft.AddAt(Address, at, length, ValueKind.Text);
                break;
            case TargetKind.Bool:
                if (TruthOf(value) is { } truth) draft.Put(Field, truth ? "true"u8 : "false"u8, truth ? ValueKind.True : ValueKind.False);
                break;
            case TargetKind.Date:
                Date(draft, value);
                break;
            case TargetKind.Mac:
                // What has not six bytes (a card of another kind) stays as it is.
                Mapping.Mac(draft, ref at, ref length);
                draft.AddAt(Field, at, length, kind);
                break;
            default: draft.AddAt(Field, at, length, kind); break;
        }
    }

    void Date(EventDraft draft, ReadOnlySpan<byte> value)
    {
        if (!TimeFormat.TryAny(value, draft.Batch.Current.ReceivedMs, out var ms, out _, out _) || ms < -62_135_596_800_000 || ms >= 253_402_300_800_000) return;
        if (!draft.Keeps(Field))
        {
            draft.Stamp(Field);
            return;
        }
        Span<byte> iso = stackalloc byte[24];
        draft.Put(Field, iso[..TimeFormat.WriteIso(ms, iso)]);
    }

    internal static bool? TruthOf(ReadOnlySpan<byte> value) =>
        FoldedNames.Same(value, "true"u8) || FoldedNames.Same(value, "yes"u8) || FoldedNames.Same(value, "1"u8) ? true
        : FoldedNames.Same(value, "false"u8) || FoldedNames.Same(value, "no"u8) || FoldedNames.Same(value, "0"u8) ? false : null;

    internal static bool IsNumber(ReadOnlySpan<byte> value)
    {
        if (value.Length > 1 && value[0] == '-') value = value[1..];
        if (value.Length is 0 or > 19) return false;
        var dot = value.IndexOf((byte)'.');
        return value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var odd && (odd < 0 || (odd == dot && dot > 0 && dot < value.Length - 1 && value[(dot + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0));
    }
}
