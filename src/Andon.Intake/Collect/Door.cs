using System.Net;
using Andon.Model;
using Microsoft.AspNetCore.Http;

namespace Andon.Intake.Collect;

/// <summary>Turns away senders from networks that a listener does not hear: counted, and said once in a finding.</summary>
static class Door
{
    /// <summary>Who sends, as origins and findings name it.</summary>
    public static string Peer(HttpContext http) => http.Connection.RemoteIpAddress?.ToPlainString() ?? "?";

    public static async Task<bool> Refused(HttpContext http, Listener listener, IFindings findings)
    {
        if (!Refused(http.Connection.RemoteIpAddress, listener, findings)) return false;
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        await http.Response.CompleteAsync();
        return true;
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
