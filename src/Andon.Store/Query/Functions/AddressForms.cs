using System.Globalization;
using Andon.Store.Query.Ast;
using Andon.Store.Query.Compilation;

namespace Andon.Store.Query.Functions;

/// <summary>Addresses as numbers and texts, with a prefix after a slash where Kusto takes one; what is no address gives null or ''.</summary>
internal static class AddressForms
{
    public static readonly Function[] All =
    [
        new("parse_ipv4", 1, 1, "parse_ipv4('address[/bits]') → long", "The address as a number, its network's with a prefix; null where it is none.", a => Four(a, 0, null) is var f ? Number(f) : Sql.Unknown),
        new("parse_ipv4_mask", 2, 2, "parse_ipv4_mask(address, bits) → long", "The number of its network.", a => Four(a, 0, a.T(a.Long(1))) is var f ? Number(f) : Sql.Unknown),
        new("format_ipv4", 1, 2, "format_ipv4(number or address, [bits]) → string", "The address, or its network's, as text.", a => Format(a, mask: false)),
        new("format_ipv4_mask", 1, 2, "format_ipv4_mask(number or address, [bits]) → string", "The same with its prefix.", a => Format(a, mask: true)),
        new("ipv4_compare", 2, 3, "ipv4_compare(a, b, [bits]) → long", "-1, 0 or 1, by the shorter prefix of both.", a => Compare(a)),
        new("ipv4_is_match", 2, 3, "ipv4_is_match(a, b, [bits]) → bool", "Are they the same address or network, by the shorter prefix?", Match),
        new("ipv4_netmask_suffix", 1, 1, "ipv4_netmask_suffix('address/bits') → long", "Its prefix; 32 without one.", a => { var f = Four(a, 0, null); return Asked.Make($"if(isNull({f.Masked}), NULL, toInt64({f.Bits}))", KType.Long, nullable: true, 3); }),
        new("parse_ipv6", 1, 1, "parse_ipv6('address[/bits]') → string", "The address in full, IPv4 mapped; '' where it is none.", a => Full(a, null)),
        new("parse_ipv6_mask", 2, 2, "parse_ipv6_mask(address, bits) → string", "Its network's address in full.", a => Full(a, a.T(a.Long(1)))),
        new("ipv6_compare", 2, 3, "ipv6_compare(a, b, [bits]) → long", "-1, 0 or 1, by the shorter prefix of both.", a => Asked.Make(Compare6(a), KType.Long, nullable: true, 4)),
        new("ipv6_is_match", 2, 3, "ipv6_is_match(a, b, [bits]) → bool", "Are they the same address or network, by the shorter prefix?", a => Asked.MakeBool($"{Compare6(a)} = 0", nullable: true, 4)),
        new("has_ipv4", 2, 2, "has_ipv4(string, 'address') → bool", "Does the address stand there, parted from letters and digits?", a => HasAddress(a, 1)),
        new("has_any_ipv4", 2, 64, "has_any_ipv4(string, 'address', …) → bool", "Does one of the addresses stand there?", a => Any(a, HasAddress)),
        new("has_ipv4_prefix", 2, 2, "has_ipv4_prefix(string, '10.1.') → bool", "Does an address that begins so stand there?", a => HasPrefix(a, 1)),
        new("has_any_ipv4_prefix", 2, 64, "has_any_ipv4_prefix(string, '10.1.', …) → bool", "Does an address that begins with one of those stand there?", a => Any(a, HasPrefix)),
    ];

    // IPv4 as numbers -----------------------------------------------------------------------------------------

    /// <summary>Number without mask, bits of the prefix, and number of the network; each null where it is no address.</summary>
    static (string Plain, string Bits, string Masked) Four(Asked a, int i, string? bits)
    {
        var text = a.T(a.Binder.AsText(a.Of[i]));
        var plain = a.Of[i].Type.Kind == Kind.Long ? $"if({a.T(i)} BETWEEN 0 AND 4294967295, {a.T(i)}, NULL)" : $"toInt64(toUInt32(toIPv4OrNull(arrayElement(splitByChar('/', {text}), 1))))";
        var own = $"if(position({text}, '/') = 0, 32, ifNull(toInt64(toUInt8OrNull(arrayElement(splitByChar('/', {text}), 2))), 255))";
        var least = bits is null ? own : $"least({own}, {bits})";
        return (plain, least, $"if({least} BETWEEN 0 AND 32, {Mask(plain, least)}, NULL)");
    }

    static string Mask(string number, string bits) => $"bitAnd({number}, bitShiftLeft(toInt64(4294967295), toUInt8(greatest(0, least(32, 32 - {bits})))))";

    static Sql Number((string Plain, string Bits, string Masked) four) => Asked.Make($"toInt64({four.Masked})", KType.Long, nullable: true, 3);

    static Sql Format(Asked a, bool mask)
    {
        var four = Four(a, 0, a.Count == 2 ? a.T(a.Long(1)) : null);
        var text = $"IPv4NumToString(toUInt32({four.Masked}))";
        return Asked.MakeText($"ifNull({(mask ? $"concat({text}, '/', toString({four.Bits}))" : text)}, '')", 3);
    }

    static string Compared(Asked a)
    {
        var given = a.Count == 3 ? a.T(a.Long(2)) : "32";
        var (x, y) = (Four(a, 0, null), Four(a, 1, null));
        var bits = $"least({x.Bits}, {y.Bits}, {given})";
        // An address with a wrong prefix is none; so are both sides checked by their own.
        return $"if(isNull({x.Masked}) OR isNull({y.Masked}) OR {given} NOT BETWEEN 0 AND 32, NULL, toInt64(sign({Mask(x.Plain, bits)} - {Mask(y.Plain, bits)})))";
    }

    static Sql Compare(Asked a) => Asked.Make(Compared(a), KType.Long, nullable: true, 4);

    // A column of addresses against a constant is a range, which an index can serve.
    static Sql Match(Asked a) => a.Count == 2 && a.Of[0].Type.Kind == Kind.Ip && a.Of[1].ConstantText is not null ? AddressFunctions.InRange(a, System.Net.Sockets.AddressFamily.InterNetwork)
        : Asked.MakeBool($"{Compared(a)} = 0", nullable: true, 4);

    // IPv6 ----------------------------------------------------------------------------------------------------

    static (string Ip, string Bits) Six(Asked a, int i)
    {
        var text = a.T(a.Binder.AsText(a.Of[i]));
        var address = $"arrayElement(splitByChar('/', {text}), 1)";
        var own = $"ifNull(toInt64(toUInt8OrNull(arrayElement(splitByChar('/', {text}), 2))), 255)";
        // A prefix of an IPv4 address counts from its own first bit.
        return (SqlText.IpOf(address), $"if(position({text}, '/') = 0, 128, {own} + if(position({address}, ':') = 0, 96, 0))");
    }

    static string Mask6(string ip, string bits) => $"if({bits} BETWEEN 0 AND 128, tupleElement(IPv6CIDRToRange({ip}, toUInt8(greatest(0, least(128, {bits})))), 1), NULL)";

    static Sql Full(Asked a, string? given)
    {
        var six = Six(a, 0);
        var bits = given is null ? six.Bits : $"least({six.Bits}, {given})";
        var full = $@"substring(replaceRegexpAll(lower(hex({Mask6($"assumeNotNull({six.Ip})", bits)})), '(.{{4}})', '\\1:'), 1, 39)";
        return Asked.MakeText($"if(isNull({six.Ip}), '', ifNull({full}, ''))", 4);
    }

    static string Compare6(Asked a)
    {
        var (x, y) = (Six(a, 0), Six(a, 1));
        var bits = a.Count == 3 ? $"least({x.Bits}, {y.Bits}, {a.T(a.Long(2))})" : $"least({x.Bits}, {y.Bits})";
        var (p, q) = (Mask6($"assumeNotNull({x.Ip})", bits), Mask6($"assumeNotNull({y.Ip})", bits));
        return $"if(isNull({x.Ip}) OR isNull({y.Ip}), NULL, toInt64(multiIf({p} < {q}, -1, {p} > {q}, 1, isNull({p}) OR isNull({q}), NULL, 0)))";
    }

    // Addresses within text -----------------------------------------------------------------------------------

    static Sql Any(Asked a, Func<Asked, int, Sql> one)
    {
        if (a.Count == 2 && a.Of[1] is { IsConstant: true, Value: string[] many })
            a = a with { Of = [a.Of[0], .. many.Select(Sql.String)], Call = a.Call with { Arguments = [a.Call.Arguments[0], .. many.Select(_ => a.Call.Arguments[1])] } };
        var tests = Enumerable.Range(1, a.Count - 1).Select(i => one(a, i)).ToList();
        if (tests.Any(t => t.Type.Kind == Kind.Unknown)) return Sql.Unknown;
        return tests.Count == 0 ? Sql.Bool(false) : Asked.MakeBool(string.Join(" OR ", tests.Select(a.T)), cost: 4);
    }

    static Sql HasAddress(Asked a, int i)
    {
        if (a.ConstantText(i, "The address") is not { } address) return Sql.Unknown;
        // An address is terms with dots between them, so the terms' index serves this too.
        return Binder.Canonical(address)?.StartsWith("::ffff:", StringComparison.Ordinal) == true && address.Contains('.', StringComparison.Ordinal) ? a.Binder.Has(a.At(0), a.Of[0], address) : Sql.Bool(false);
    }

    static Sql HasPrefix(Asked a, int i)
    {
        if (a.ConstantText(i, "The prefix") is not { } prefix) return Sql.Unknown;
        var parts = prefix.TrimEnd('.').Split('.');
        if (!parts.All(p => byte.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _)) || parts.Length > 4) return Sql.Bool(false);
        if (parts.Length == 4) return prefix.EndsWith('.') ? Sql.Bool(false) : HasAddress(a, i);
        if (!prefix.EndsWith('.')) return a.Fault(i, "The prefix of an address ends in a dot.", "'192.168.'");
        const string Number = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
        var rest = string.Join(@"\.", Enumerable.Repeat(Number, 4 - parts.Length));
        var pattern = a.Binder.Parameters.String(Terms.Pattern(prefix, fromEdge: true, toEdge: false) + rest + "(?:$|" + Terms.Separator + ")");
        return Asked.MakeBool($"match({a.T(a.Binder.AsText(a.Of[0]))}, {pattern})", cost: Math.Max(a.Of[0].Cost, 1) + 4);
    }
}
