using System.Net;
using Andon.Model;
using Microsoft.AspNetCore.Http;

namespace Andon.Intake.Collect;

/// <summary>Turns away senders from networks that a listener does not hear: counted, and said once in a finding.</summary>
static class Door
{
    /// <summary>Who sends, as origins and findings name it.</summary>
    public static string Peer(HttpContext http) => http.Connection.RemoteIpAddress?.ToPlainString() ?? "?";

    /// <summary>Every request to a listener passes here first: whom it is from is settled, then whether the listener hears it.</summary>
    public static async Task<bool> Refused(HttpContext http, Listener listener, IFindings findings)
    {
        Settle(http, listener, findings);
        if (!Refused(http.Connection.RemoteIpAddress, listener, findings)) return false;
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        await http.Response.CompleteAsync();
        return true;
    }

    // From here on the connection's address is the sender's: shares, networks, sources and findings go by it.
    static void Settle(HttpContext http, Listener listener, IFindings findings)
    {
        if (!Proxied.Claims(http.Request.Headers)) return;
        var peer = http.Connection.RemoteIpAddress;
        switch (Proxied.Read(http.Request.Headers, peer, a => listener.Trusts(a), out var sender))
        {
            case Proxied.Told.Sender:
                http.Connection.RemoteIpAddress = sender;
                break;
            case Proxied.Told.Claim:
                listener.Claimed();
                findings.Raise("intake", new("INT296", $"{listener.Name}: {peer?.ToPlainString() ?? "?"} says that it passes on requests of others, and is no proxy of the settings: its word is left out, and it counts as the sender.",
                    "Where it is your proxy, name its address in the listener's 'proxies'; else look for who sends.", listener.Name, FindingLevel.Note));
                break;
            case Proxied.Told.Unclear:
                listener.Claimed();
                findings.Raise("intake", new("INT297", $"{listener.Name}: the proxy {peer?.ToPlainString() ?? "?"} passes on a request whose sender is no address, or that X-Forwarded-For and Forwarded name differently: the proxy counts as the sender.",
                    "Let the proxy remove from what it is sent the header that it does not write itself.", listener.Name, FindingLevel.Warning));
                break;
        }
    }

    public static bool Refused(IPAddress? address, Listener listener, IFindings findings)
    {
        if (listener.Allows(address)) return false;
        listener.Refused();
        Said(address, listener, findings);
        return true;
    }

    public static void Said(IPAddress? address, Listener listener, IFindings findings) =>
        findings.Raise("intake", new("INT023", $"{listener.Name} was called from {address?.ToPlainString() ?? "?"}, a network it does not hear.", "Add the network to the listener's settings, or look for who sends.", listener.Name, FindingLevel.Warning));
}
