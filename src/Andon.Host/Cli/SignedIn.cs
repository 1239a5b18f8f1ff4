using System.Net;

namespace Andon.Host.Cli;

/// <summary>A client of a running Andon, signed in by ANDON_USER (admin) and ANDON_ADMIN_PASSWORD.</summary>
static class SignedIn
{
    public static async Task<HttpClient> To(Uri server, CancellationToken stop)
    {
        var password = Environment.GetEnvironmentVariable("ANDON_ADMIN_PASSWORD");
        if (string.IsNullOrEmpty(password)) throw new ArgumentException("Set ANDON_ADMIN_PASSWORD (and ANDON_USER for another name) to sign in to the server.");
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() })
        {
            BaseAddress = server.AbsoluteUri.EndsWith('/') ? server : new Uri($"{server.AbsoluteUri}/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        try
        {
            client.DefaultRequestHeaders.Add("X-Andon", "1");
            using var answer = await client.PostAsJsonAsync("api/session", new { name = Environment.GetEnvironmentVariable("ANDON_USER") ?? "admin", password }, stop);
            if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"{server} refused the sign-in ({(int)answer.StatusCode}).");
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
