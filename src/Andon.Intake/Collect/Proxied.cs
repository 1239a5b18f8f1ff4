using System.Net;
using Microsoft.AspNetCore.Http;

namespace Andon.Intake.Collect;

/// <summary>
/// Who sent a request that a proxy passed on. Only what proxies that the listener's settings name have written counts: read from the end, for each adds
/// behind what it was given, up to the first address that is none of theirs. What anybody else writes there is a claim.
/// </summary>
static class Proxied
{
    const string Old = "X-Forwarded-For", New = "Forwarded";

    public enum Told { Nothing, Sender, Claim, Unclear }

    /// <summary>Does the request say that it was passed on?</summary>
    public static bool Claims(IHeaderDictionary headers) => headers.ContainsKey(Old) || headers.ContainsKey(New);

    /// <param name="trusted">Is that address one of our proxies?</param>
    public static Told Read(IHeaderDictionary headers, IPAddress? peer, Func<IPAddress, bool> trusted, out IPAddress? sender)
    {
        sender = null;
        if (!Claims(headers)) return Told.Nothing;
        if (peer is null || !trusted(peer)) return Told.Claim;
        var old = Last(Split(headers[Old].ToString(), ','), trusted, out var byOld);
        var now = Last(Split(headers[New].ToString(), ',').Select(For), trusted, out var byNew);
        // A proxy writes one of them and may pass on the other as a client made it up: where they differ, neither is believed.
        if (!old || !now || (byOld is not null && byNew is not null && !byOld.Equals(byNew))) return Told.Unclear;
        sender = byOld ?? byNew;
        return sender is null ? Told.Nothing : Told.Sender;
    }

    /// <summary>False when one stands there that is no address, before one was found that is no proxy's.</summary>
    static bool Last(IEnumerable<string> hops, Func<IPAddress, bool> trusted, out IPAddress? sender)
    {
        sender = null;
        foreach (var hop in hops.Reverse().Take(Limits.ProxyHopsMax))
        {
            if (!TryAddress(hop, out sender)) return false;
            if (!trusted(sender!)) return true;
        }
        return true; // All of them proxies: the first of them sends.
    }

    static IEnumerable<string> Split(string header, char at) => header.Split(at, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // for=192.0.2.43;proto=https, for="[2001:db8::1]:4711"
    static string For(string element)
    {
        foreach (var pair in Split(element, ';'))
            if (pair.StartsWith("for=", StringComparison.OrdinalIgnoreCase)) return pair[4..].Trim('"');
        return "";
    }

    /// <summary>An address, with a port or without; IPv6 in brackets where there is a port.</summary>
    public static bool TryAddress(string text, out IPAddress? address)
    {
        address = null;
        if (text.Length is 0 or > 64) return false;
        if (text[0] == '[') text = text[1..Math.Max(1, text.IndexOf(']'))];
        else if (text.Count(c => c == ':') == 1) text = text[..text.IndexOf(':')];
        // 1.2 and 0x7f000001 are addresses to the framework, and none to a proxy.
        if (!text.Contains(':') && text.Count(c => c == '.') != 3) return false;
        if (!IPAddress.TryParse(text, out address)) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return true;
    }
}
