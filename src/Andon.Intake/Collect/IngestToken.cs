using System.Text;
using Microsoft.AspNetCore.Http;

namespace Andon.Intake.Collect;

enum TokenState { Missing, NoScheme, Unknown, Known }

/// <summary>The ingest token of a request, in the ways that clients send one.</summary>
static class IngestToken
{
    /// <summary>The token's name, and when there is none, why.</summary>
    public static (TokenState State, string Name) Of(HttpRequest request, Func<string, string?> tokenName)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0) return (TokenState.Missing, "");
        var blank = header.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0) return (TokenState.NoScheme, "");
        var secret = header[(blank + 1)..].Trim();
        switch (header[..blank].ToUpperInvariant())
        {
            case "BEARER" or "SPLUNK": return Named(tokenName(secret));
            // Elasticsearch sends base64 of id:key; a plain token is taken too.
            case "APIKEY": return Named(tokenName(secret) ?? Password(secret, tokenName));
            case "BASIC": return Named(Password(secret, tokenName));
            default: return (TokenState.NoScheme, "");
        }
    }

    public static (TokenState State, string Name) Named(string? name) => name is null ? (TokenState.Unknown, "") : (TokenState.Known, name);

    static string? Password(string base64, Func<string, string?> tokenName)
    {
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : tokenName(text[(colon + 1)..]);
    }
}
