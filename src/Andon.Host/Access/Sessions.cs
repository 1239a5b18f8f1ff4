using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using Andon.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Andon.Host.Access;

/// <summary>
/// A cookie says who signed in; whether that still counts is asked anew at each request: a disabled person, an ended session and a role that
/// was taken away end at once, also for answers that are being streamed.
/// </summary>
sealed class Sessions(AccessFile access, TimeProvider clock)
{
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);
    const string Id = "andon:session", Turn = "andon:turn";
    const int SeenMax = 10_000;

    static readonly Finding OwnFirst = new("ACC006", "Choose a password of your own first.", "The one you signed in with was shown to an administrator; it serves for that alone.");

    readonly ConcurrentDictionary<string, Seen> seen = new();
    readonly ConcurrentDictionary<HttpContext, string> open = new();

    /// <summary>A session that was used since the start.</summary>
    public sealed record Seen(string Name, int Turn, string Address, long LastMs);

    /// <summary>Who that is from now on, in a cookie of its own.</summary>
    public static Task SignIn(HttpContext http, Account account)
    {
        var identity = new ClaimsIdentity(CookieAuthenticationDefaults.AuthenticationScheme);
        identity.AddClaim(new(ClaimTypes.Name, account.Name));
        identity.AddClaim(new(Id, RandomNumberGenerator.GetHexString(32)));
        identity.AddClaim(new(Turn, account.Turn.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var role in account.Roles) identity.AddClaim(new(ClaimTypes.Role, role));
        return http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new(identity));
    }

    public static Task Validate(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        if (context.Principal is not { } user || sessions.Standing(user) is not { } account)
        {
            context.RejectPrincipal();
            return Task.CompletedTask;
        }
        // What the cookie says of roles is as old as the cookie.
        if (!account.Roles.Order(StringComparer.Ordinal).SequenceEqual(user.FindAll(ClaimTypes.Role).Select(c => c.Value).Order(StringComparer.Ordinal)) && user.Identity is ClaimsIdentity identity)
        {
            foreach (var role in identity.FindAll(ClaimTypes.Role).ToList()) identity.RemoveClaim(role);
            foreach (var role in account.Roles) identity.AddClaim(new(ClaimTypes.Role, role));
        }
        sessions.Used(user, context.HttpContext);
        return Task.CompletedTask;
    }

    /// <summary>The account behind a cookie that still counts.</summary>
    Account? Standing(ClaimsPrincipal user) =>
        access.Find(user.Identity?.Name ?? "") is { Enabled: true } account && user.FindFirstValue(Id) is { } id && !access.IsEnded(id)
        && user.FindFirstValue(Turn) == account.Turn.ToString(System.Globalization.CultureInfo.InvariantCulture) ? account : null;

    void Used(ClaimsPrincipal user, HttpContext http)
    {
        if (seen.Count >= SeenMax) seen.Clear();
        if (user.FindFirstValue(Id) is { } id && access.Find(user.Identity?.Name ?? "") is { } account)
            seen[id] = new(account.Name, account.Turn, http.Connection.RemoteIpAddress?.ToString() ?? "?", clock.NowMs());
    }

    /// <summary>Sessions of that person that were used since the start and still count, the last used first.</summary>
    public IReadOnlyList<Seen> Of(Account account)
    {
        var oldest = clock.NowMs() - (long)Longest.TotalMilliseconds;
        return [.. seen.Where(s => s.Value.Name == account.Name && s.Value.Turn == account.Turn && s.Value.LastMs > oldest && !access.IsEnded(s.Key)).Select(s => s.Value).OrderByDescending(s => s.LastMs)];
    }

    /// <summary>Signed out: a copy of the cookie is worth nothing either.</summary>
    public void End(ClaimsPrincipal user)
    {
        var now = clock.NowMs();
        if (user.FindFirstValue(Id) is { } id) access.EndSession(id, now, now + (long)Longest.TotalMilliseconds);
    }

    /// <summary>Cuts off what is being answered to that person, so that a stream does not outlive what allowed it.</summary>
    /// <param name="by">Who asked for it: answered first, so that a stream of one's own that joins again does so with the new cookie.</param>
    public void Cut(string name, HttpContext by) => by.Response.OnCompleted(() =>
    {
        foreach (var (http, whose) in open)
            if (whose == name && http != by) http.Abort();
        return Task.CompletedTask;
    });

    public async Task Through(HttpContext http, RequestDelegate next)
    {
        if (http.User.Identity is not { IsAuthenticated: true, Name: { } name } || !http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            await next(http);
            return;
        }
        if (access.Find(name) is { OneTimeUntilMs: not null } && !http.Request.Path.StartsWithSegments("/api/session", StringComparison.Ordinal))
        {
            await AccessWiring.Answer(http, StatusCodes.Status403Forbidden, OwnFirst);
            return;
        }
        open[http] = name;
        try { await next(http); }
        finally { open.TryRemove(http, out _); }
    }
}

static class SessionsInTheWay
{
    public static void UseSessions(this IApplicationBuilder app)
    {
        var sessions = app.ApplicationServices.GetRequiredService<Sessions>();
        app.Use((http, next) => sessions.Through(http, next));
    }
}
