using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>Changes that fill several fields of one value.</summary>
sealed partial class Mapping
{
    static readonly string[] UrlParts = ["original", "scheme", "domain", "port", "path", "query", "fragment", "username", "extension", "full"];
    static readonly string[] HashParts = ["md5", "sha1", "sha256", "sha512", "sha384"];

    /// <summary>Fields that such a change fills below its base name.</summary>
    public static FieldId[] FieldsOf(ChangeKind kind, string name) => kind switch
    {
        ChangeKind.Url => FieldNames.InternAll([.. UrlParts.Select(p => name + "." + p)]),
        ChangeKind.Endpoint => FieldNames.InternAll([name + ".ip", name + ".domain", name + ".port", name + ".address"]),
        ChangeKind.Account => FieldNames.InternAll([name + ".name", name + ".domain"]),
        ChangeKind.Hash or ChangeKind.Hashes => FieldNames.InternAll([.. HashParts.Select(p => name + ".hash." + p)]),
        ChangeKind.Email => FieldNames.InternAll([name.EndsWith(".address", StringComparison.Ordinal) ? name : name + ".address"]),
        ChangeKind.File => FieldNames.InternAll([name + ".path", name + ".name", name + ".directory", name + ".extension"]),
        _ => [],
    };

    void FanOut(EventDraft draft, Change change, int at, int length)
    {
        var f = change.Fields;
        var value = draft.Batch.Slice(at, length);
        switch (change.Kind)
        {
            case ChangeKind.Split:
                while (length > 0)
                {
                    value = draft.Batch.Slice(at, length);
                    var cut = value.IndexOf(change.Text);
                    var (from, n) = Trimmed(draft, at, cut < 0 ? length : cut);
                    if (target.Many || target.Kind == TargetKind.Text)
                    {
                        if (n > 0 && (target.Kind != TargetKind.Ip || EventDraft.IsIp(draft.Batch.Slice(from, n)))) Append(draft, from, n, ValueKind.Text);
                    }
                    else target.Write(draft, from, n, ValueKind.Text);
                    if (cut < 0) return;
                    at += cut + change.Text.Length;
                    length -= cut + change.Text.Length;
                }
                break;
            case ChangeKind.Endpoint: Endpoint(draft, f, at, length); break;
            case ChangeKind.Account: Account(draft, f, at, length); break;
            case ChangeKind.Url: Url(draft, f, at, length); break;
            case ChangeKind.File:
                Put(draft, f[0], at, length);
                var slash = value.LastIndexOfAny((byte)'\\', (byte)'/');
                var dot = value.LastIndexOf((byte)'.');
                Put(draft, f[1], at + slash + 1, length - slash - 1);
                if (slash > 0) Put(draft, f[2], at, slash);
                if (dot > slash + 1) Put(draft, f[3], at + dot + 1, length - dot - 1);
                break;
            case ChangeKind.Hash: HashOf(draft, f, at, length); break;
            case ChangeKind.Hashes: // SHA1=…,MD5=…
                while (length > 0)
                {
                    value = draft.Batch.Slice(at, length);
                    var comma = value.IndexOfAny((byte)',', (byte)';');
                    var part = comma < 0 ? value : value[..comma];
                    var equals = part.IndexOfAny((byte)'=', (byte)':');
                    HashOf(draft, f, at + equals + 1, part.Length - equals - 1);
                    if (comma < 0) return;
                    at += comma + 1;
                    length -= comma + 1;
                }
                break;
            case ChangeKind.Email: // "Anna <anna@x.example>, …"
                while (length > 0)
                {
                    value = draft.Batch.Slice(at, length);
                    var end = value.IndexOfAny((byte)',', (byte)';');
                    var n = end < 0 ? length : end;
                    var open = value[..n].IndexOf((byte)'<');
                    var close = open < 0 ? -1 : value[open..n].IndexOf((byte)'>');
                    var (from, count) = close > 0 ? (at + open + 1, close - 1) : Trimmed(draft, at, n);
                    if (count > 0) draft.AddAt(f[0], from, count, ValueKind.Text);
                    if (end < 0) return;
                    at += end + 1;
                    length -= end + 1;
                }
                break;
        }
    }

    static (int At, int Length) Trimmed(EventDraft draft, int at, int length)
    {
        var value = draft.Batch.Slice(at, length);
        var start = value.Length - value.TrimStart(" \t"u8).Length;
        return (at + start, value.Trim(" \t"u8).Length);
    }

    static void Put(EventDraft draft, FieldId field, int at, int length, ValueKind kind = ValueKind.Text)
    {
        if (length > 0 && !draft.Has(field)) draft.AddAt(field, at, length, kind);
    }

    // 10.0.0.1:443, [2001:db8::1]:443, name:443, 10.0.0.1/443, 10.0.0.1#443, or without a port.
    static void Endpoint(EventDraft draft, FieldId[] f, int at, int length)
    {
        var value = draft.Batch.Slice(at, length);
        if (value.IndexOf((byte)' ') >= 0 || draft.Has(f[0])) return;
        int hostAt = at, hostLength = length, portLength = 0;
        if (value[0] == '[' && value.IndexOf((byte)']') is > 1 and var close)
        {
            (hostAt, hostLength) = (at + 1, close - 1);
            if (close + 1 < length && value[close + 1] == ':') portLength = length - close - 2;
        }
        else if (!EventDraft.IsIp(value))
        {
            var cut = value.LastIndexOfAny((byte)':', (byte)'/', (byte)'#');
            if (cut > 0)
            {
                hostLength = cut;
                portLength = length - cut - 1;
            }
        }
        if (portLength is > 0 and < 6 && value[^portLength..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) Put(draft, f[2], at + length - portLength, portLength, ValueKind.Number);
        else if (portLength > 0 && value[^portLength..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 && hostAt == at) hostLength = length; // Not a port: part of the name.
        if (hostLength <= 0) return;
        if (EventDraft.IsIp(draft.Batch.Slice(hostAt, hostLength)) || !draft.Has(f[1])) draft.Address(f[0], f[1], hostAt, hostLength);
        Put(draft, f[3], hostAt, hostLength);
    }

    // DOMAIN\name; name@domain stays whole as the name, which is how it signs in, and its domain is told besides.
    static void Account(EventDraft draft, FieldId[] f, int at, int length)
    {
        var value = draft.Batch.Slice(at, length);
        var slash = value.IndexOf((byte)'\\');
        if (slash >= 0)
        {
            var name = slash + 1;
            while (name < length && value[name] == '\\') name++;
            Put(draft, f[0], at + name, length - name);
            Put(draft, f[1], at, slash);
            return;
        }
        Put(draft, f[0], at, length);
        var sign = value.LastIndexOf((byte)'@');
        if (sign > 0) Put(draft, f[1], at + sign + 1, length - sign - 1);
    }

    static void HashOf(EventDraft draft, FieldId[] f, int at, int length)
    {
        var which = length switch { 32 => 0, 40 => 1, 64 => 2, 128 => 3, 96 => 4, _ => -1 };
        if (which < 0) return;
        foreach (var b in draft.Batch.Slice(at, length))
            if (!char.IsAsciiHexDigit((char)b)) return;
        if (draft.Has(f[which])) return;
        Cased(draft, upper: false, ref at, length);
        draft.AddAt(f[which], at, length, ValueKind.Text);
    }

    // A scheme names its port.
    static void DefaultPort(EventDraft draft, FieldId field, ReadOnlySpan<byte> scheme)
    {
        if (FoldedNames.Same(scheme, "https"u8)) draft.Put(field, "443"u8, ValueKind.Number);
        else if (FoldedNames.Same(scheme, "http"u8)) draft.Put(field, "80"u8, ValueKind.Number);
        else if (FoldedNames.Same(scheme, "ftp"u8)) draft.Put(field, "21"u8, ValueKind.Number);
    }

    // scheme://user@domain:port/path?query#fragment; or a path alone, or a domain and a path.
    void Url(EventDraft draft, FieldId[] f, int at, int length)
    {
        var value = draft.Batch.Slice(at, length);
        Put(draft, f[0], at, length);
        var i = 0;
        var scheme = value.IndexOf("://"u8);
        if (scheme > 0 && scheme < 20)
        {
            Put(draft, f[1], at, scheme);
            Put(draft, f[9], at, length);
            i = scheme + 3;
        }
        if (i > 0 || value[0] != '/')
        {
            var end = value[i..].IndexOfAny((byte)'/', (byte)'?', (byte)'#');
            var host = end < 0 ? value.Length - i : end;
            var user = value.Slice(i, host).LastIndexOf((byte)'@');
            if (user >= 0)
            {
                var colon = value.Slice(i, user).IndexOf((byte)':');
                Put(draft, f[7], at + i, colon < 0 ? user : colon);
                i += user + 1;
                host -= user + 1;
            }
            var name = value.Slice(i, host);
            var port = name.LastIndexOf((byte)':');
            if (port >= 0 && port + 1 < name.Length && name[(port + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && (name[0] == '[' ? name[port - 1] == ']' : name[..port].IndexOf((byte)':') < 0))
            {
                Put(draft, f[3], at + i + port + 1, host - port - 1, ValueKind.Number);
                Put(draft, f[2], at + i, port);
            }
            else if (name.IndexOf((byte)' ') < 0) Put(draft, f[2], at + i, host);
            i += host;
        }
        if (scheme > 0 && !draft.Has(f[3])) DefaultPort(draft, f[3], value[..scheme]);
        value = draft.Batch.Slice(at, length);
        var hash = value[i..].IndexOf((byte)'#');
        if (hash >= 0) Put(draft, f[6], at + i + hash + 1, length - i - hash - 1);
        var stop = hash < 0 ? length : i + hash;
        var query = value[i..stop].IndexOf((byte)'?');
        if (query >= 0) Put(draft, f[5], at + i + query + 1, stop - i - query - 1);
        var pathEnd = query < 0 ? stop : i + query;
        Put(draft, f[4], at + i, pathEnd - i);
        var path = value[i..pathEnd];
        var dot = path.LastIndexOf((byte)'.');
        if (dot > path.LastIndexOf((byte)'/') && dot >= 0 && path.Length - dot - 1 is > 0 and < 6) Put(draft, f[8], at + i + dot + 1, path.Length - dot - 1);
    }
}
