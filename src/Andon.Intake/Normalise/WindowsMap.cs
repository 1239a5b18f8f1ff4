using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>What is done with an event data value on its way to its ECS name.</summary>
enum Change { Alias, Base, Dir, Ext, Domain, User, Ip, Number, Egress, Sid, Realm, Named, Hashes, Registry, Answers, Utc }

/// <param name="Field">ECS name that is filled; for hashes unused.</param>
/// <param name="Domain">Where an address goes that is a name.</param>
/// <param name="Parts">Of a thing hashed sha256, sha1, md5, imphash; of a registry path hive, key, value; of DNS answers data, type, address.</param>
sealed record Target(FieldId Field, Change Change, FieldId Domain, FieldId[] Parts);

/// <summary>ECS of one kind of Windows event: constants, and event data names with their targets.</summary>
sealed class WindowsMap
{
    public readonly List<Const> Categories = [];
    public readonly List<Const> Types = [];
    public Const? Action, Outcome;
    public bool Audited;
    /// <summary>Its Status says how it ended: 0x0 is well.</summary>
    public bool ByStatus;
    public readonly Dictionary<int, List<Target>> Targets = [];
    /// <summary>Names of its event data, for those that stand in the event's text only.</summary>
    public readonly List<(byte[] Name, FieldId Field)> Names = [];

    public void Apply(EventDraft draft, in Leaf leaf, Const egress, Const ingress)
    {
        if (!Targets.TryGetValue(leaf.Meant.Value, out var targets) || leaf.Length == 0) return;
        var value = draft.Batch.Slice(leaf.At, leaf.Length);
        if (value is [(byte)'-'] || leaf.Kind == ValueKind.Null) return;
        foreach (var target in targets)
        {
            if (target.Change < Change.Hashes && draft.Has(target.Field)) continue;
            var (at, length) = (leaf.At, leaf.Length);
            value = draft.Batch.Slice(at, length);
            switch (target.Change)
            {
                case Change.Alias: draft.AddAt(target.Field, at, length, leaf.Kind); break;
                // A session at the console comes from nowhere.
                case Change.Ip when System.Text.Ascii.EqualsIgnoreCase(value, "LOCAL"u8): break;
                case Change.Ip: draft.Address(target.Field, target.Domain, at, length); break;
                case Change.Base or Change.User:
                    var cut = target.Change == Change.Base ? value.LastIndexOfAny((byte)'\\', (byte)'/') : value.IndexOf((byte)'\\');
                    if (cut + 1 < length) draft.AddAt(target.Field, at + cut + 1, length - cut - 1, ValueKind.Text);
                    break;
                case Change.Dir or Change.Ext:
                    var last = value.LastIndexOfAny((byte)'\\', (byte)'/');
                    var dot = value.LastIndexOf((byte)'.');
                    if (target.Change == Change.Dir && last > 0) draft.AddAt(target.Field, at, last, ValueKind.Text);
                    else if (target.Change == Change.Ext && dot > last + 1 && dot + 1 < length) draft.AddAt(target.Field, at + dot + 1, length - dot - 1, ValueKind.Text);
                    break;
                // Nobody has no account; and texts for people write a name where the event has a number.
                case Change.Sid:
                    if (value.StartsWith("S-1-"u8) && !value.SequenceEqual("S-1-0-0"u8)) draft.AddAt(target.Field, at, length, ValueKind.Text);
                    break;
                // Kerberos writes the realm behind the name, and tells it besides.
                case Change.Realm:
                    var sign = value.IndexOf((byte)'@');
                    draft.AddAt(target.Field, at, sign > 0 ? sign : length, leaf.Kind);
                    break;
                case Change.Named: NamedOf(draft, target.Field, at, length); break;
                case Change.Domain:
                    var slash = value.IndexOf((byte)'\\');
                    if (slash > 0) draft.AddAt(target.Field, at, slash, ValueKind.Text);
                    break;
                case Change.Number: Number(draft, target.Field, leaf); break;
                case Change.Egress: draft.Add(target.Field, leaf.Kind == ValueKind.True || value.SequenceEqual("true"u8) || value.SequenceEqual("True"u8) ? egress : ingress); break;
                case Change.Hashes: HashesOf(draft, target, at, length); break;
                case Change.Registry: RegistryOf(draft, target.Parts, at, length); break;
                case Change.Utc: UtcOf(draft, target.Field, at, length); break;
                case Change.Answers: AnswersOf(draft, target.Parts, at, length); break;
            }
        }
    }

    // A member of a group: CN=Anna\, Example,OU=…, DOMAIN\name, or a name.
    static void NamedOf(EventDraft draft, FieldId field, int at, int length)
    {
        var value = draft.Batch.Slice(at, length);
        if (!value.StartsWith("CN="u8) && !value.StartsWith("cn="u8))
        {
            var cut = value.IndexOf((byte)'\\');
            if (cut + 1 < length) draft.AddAt(field, at + cut + 1, length - cut - 1, ValueKind.Text);
            return;
        }
        var end = 3;
        var escaped = false;
        while (end < length && value[end] != ',')
        {
            escaped |= value[end] == '\\';
            end += value[end] == '\\' ? 2 : 1;
        }
        end = Math.Min(end, length);
        if (end == 3) return;
        if (!escaped)
        {
            draft.AddAt(field, at + 3, end - 3, ValueKind.Text);
            return;
        }
        if (!draft.Keeps(field))
        {
            draft.Stamp(field);
            return;
        }
        var room = draft.Batch.Reserve(end);
        value = draft.Batch.Slice(at, length);
        var n = 0;
        for (var i = 3; i < end; i++)
        {
            if (value[i] == '\\' && i + 1 < end) i++;
            room[n++] = value[i];
        }
        draft.AddAt(field, draft.Batch.Commit(n), n, ValueKind.Text);
    }

    // HKLM\key\…\value
    static void RegistryOf(EventDraft draft, FieldId[] parts, int at, int length)
    {
        var value = draft.Batch.Slice(at, length);
        var (first, last) = (value.IndexOf((byte)'\\'), value.LastIndexOf((byte)'\\'));
        if (first <= 0 || !value.StartsWith("HK"u8)) return;
        Put(draft, parts[0], at, first);
        Put(draft, parts[1], at + first + 1, last - first - 1);
        Put(draft, parts[2], at + last + 1, length - last - 1);
    }

    // type:  5 name.example;::ffff:192.0.2.1;2001:db8::1;
    static void AnswersOf(EventDraft draft, FieldId[] parts, int at, int length)
    {
        foreach (var part in parts)
            if (draft.Has(part)) return;
        while (length > 0)
        {
            var value = draft.Batch.Slice(at, length);
            var end = value.IndexOf((byte)';');
            var answer = end < 0 ? value : value[..end];
            var from = at + answer.Length - answer.TrimStart((byte)' ').Length;
            answer = answer.Trim((byte)' ');
            var kind = answer.IndexOf((byte)':') >= 0 ? "AAAA"u8 : "A"u8;
            if (answer.StartsWith("type:"u8))
            {
                var number = answer[5..].TrimStart((byte)' ');
                var blank = number.IndexOf((byte)' ');
                kind = blank < 0 ? default : number[..blank].SequenceEqual("5"u8) ? "CNAME"u8 : number[..blank].SequenceEqual("2"u8) ? "NS"u8 : number[..blank].SequenceEqual("6"u8) ? "SOA"u8 : number[..blank].SequenceEqual("12"u8) ? "PTR"u8
                    : number[..blank].SequenceEqual("15"u8) ? "MX"u8 : number[..blank].SequenceEqual("16"u8) ? "TXT"u8 : number[..blank].SequenceEqual("33"u8) ? "SRV"u8 : default;
                var cut = answer.Length - (blank < 0 ? 0 : number.Length - blank - 1);
                from += cut;
                answer = answer[cut..];
            }
            else if (answer.StartsWith("::ffff:"u8) && answer.IndexOf((byte)'.') > 0)
            {
                from += 7;
                answer = answer[7..];
            }
            var n = answer.Length;
            if (n > 0 && answer is not [(byte)'-'])
            {
                var address = EventDraft.IsIp(answer);
                draft.AddAt(parts[0], from, n, ValueKind.Text);
                if (!kind.IsEmpty) draft.AddAt(parts[1], draft.Batch.Put(kind), kind.Length, ValueKind.Text);
                if (address) draft.AddAt(parts[2], from, n, ValueKind.Text);
            }
            if (end < 0) return;
            at += end + 1;
            length -= end + 1;
        }
    }

    // "2026-03-02 07:59:58.123", which is UTC by its name.
    static void UtcOf(EventDraft draft, FieldId field, int at, int length)
    {
        var value = draft.Batch.Slice(at, length);
        if (draft.Has(field) || !draft.Keeps(field) || !Times.TryIso(value, out _, out var zoned, out var used) || used != length || value[10] != ' ') return;
        var room = draft.Batch.Reserve(length + 1);
        draft.Batch.Slice(at, length).CopyTo(room);
        room[10] = (byte)'T';
        if (!zoned) room[length++] = (byte)'Z';
        draft.AddAt(field, draft.Batch.Commit(length), length, ValueKind.Text);
    }

    static void Put(EventDraft draft, FieldId field, int at, int length)
    {
        if (length > 0 && !draft.Has(field)) draft.AddAt(field, at, length, ValueKind.Text);
    }

    static void Number(EventDraft draft, FieldId field, in Leaf leaf)
    {
        var value = draft.Batch.Slice(leaf.At, leaf.Length);
        if (value.StartsWith("0x"u8) || value.StartsWith("0X"u8))
        {
            if (System.Buffers.Text.Utf8Parser.TryParse(value[2..], out long number, out var used, 'x') && used == value.Length - 2) draft.PutNumber(field, number);
        }
        else if (value.Length <= 19 && value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) draft.AddAt(field, leaf.At, leaf.Length, ValueKind.Number);
    }

    // SHA1=…,MD5=…,SHA256=…,IMPHASH=…
    static void HashesOf(EventDraft draft, Target target, int at, int length)
    {
        while (length > 0)
        {
            var value = draft.Batch.Slice(at, length);
            var comma = value.IndexOf((byte)',');
            var part = comma < 0 ? value : value[..comma];
            var equals = part.IndexOf((byte)'=');
            if (equals > 0)
            {
                var name = part[..equals];
                var which = name.SequenceEqual("SHA256"u8) ? 0 : name.SequenceEqual("SHA1"u8) ? 1 : name.SequenceEqual("MD5"u8) ? 2 : name.SequenceEqual("IMPHASH"u8) ? 3 : -1;
                if (which >= 0 && draft.Keeps(target.Parts[which]) && !draft.Has(target.Parts[which])) Lower(draft, target.Parts[which], at + equals + 1, part.Length - equals - 1);
            }
            if (comma < 0) return;
            at += comma + 1;
            length -= comma + 1;
        }
    }

    // ECS hashes are lower case, so that one pivot finds all.
    static void Lower(EventDraft draft, FieldId field, int at, int length)
    {
        var room = draft.Batch.Reserve(length);
        System.Text.Ascii.ToLower(draft.Batch.Slice(at, length), room, out var written);
        draft.AddAt(field, draft.Batch.Commit(written), written, ValueKind.Text);
    }
}
