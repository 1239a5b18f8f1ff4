using System.Collections.Concurrent;
using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Host.Access;

/// <summary>Sign in, who am I, sign out.</summary>
static class SignIn
{
    public sealed record Credentials(string Name, string Password);
    /// <param name="MustChange">The password is a one-time one: nothing else is allowed until another is chosen.</param>
    public sealed record Session(string Name, IReadOnlyList<string> Roles, bool MustChange)
    {
        /// <summary>Names of the permissions that the roles carry, so that pages offer nothing that would be refused.</summary>
        public IReadOnlyList<string> May { get; init; } = [.. Roles.SelectMany(r => AccessWiring.Roles.GetValueOrDefault(r, [])).Distinct(StringComparer.Ordinal)];
    }

    public static void Map(IEndpointRouteBuilder api)
    {
        var session = api.MapGroup("/session").WithTags("Host");
        session.MapPost("", Handle).AllowAnonymous().WithName("SignIn");
        session.MapGet("", Who).WithName("WhoAmI");
        session.MapDelete("", (Delegate)Leave).WithName("SignOut");
    }

    static async Task<Results<Ok<Session>, JsonHttpResult<Finding>>> Handle(
        Credentials credentials, AccessFile access, SignInBrake brake, IFactLog facts, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "?";
        if (brake.Held(credentials.Name) is { } seconds)
            return TypedResults.Json(
                new Finding("ACC102", $"Too many wrong passwords for this name; wait {seconds} s.", "If you forgot it, ask an administrator for a new one."),
                statusCode: StatusCodes.Status429TooManyRequests);

        if (access.Check(credentials.Name, credentials.Password, clock.NowMs()) is not { } account)
        {
            brake.Failed(credentials.Name);
            await facts.Append(Actors.Of(Room.Host), $"address:{address}", new UserRefused(Shown(credentials.Name), address, "wrong name or password"), stop);
            return TypedResults.Json(
                new Finding("ACC101", "Name or password is wrong.", "The first password is printed where Andon was started."),
                statusCode: StatusCodes.Status401Unauthorized);
        }

        brake.Succeeded(credentials.Name);
        await Sessions.SignIn(http, account);
        await facts.Append($"user:{account.Name}", $"address:{address}", new UserSignedIn(account.Name, address), stop);
        return TypedResults.Ok(new Session(account.Name, account.Roles, account.OneTimeUntilMs is not null));
    }

    static Ok<Session> Who(ClaimsPrincipal user, AccessFile access) => TypedResults.Ok(new Session(
        user.Identity?.Name ?? "", user.FindAll(ClaimTypes.Role).Select(c => c.Value).ToList(), access.Find(user.Identity?.Name ?? "") is { OneTimeUntilMs: not null }));

    static async Task<NoContent> Leave(HttpContext http, Sessions sessions)
    {
        sessions.End(http.User);
        await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.NoContent();
    }

    // A name that nobody has may be a password typed into the wrong box.
    static string Shown(string name) => name.Length <= 2 ? "…" : $"{name[..2]}…";
}

/// <summary>Slows down guessing: after five wrong passwords a name waits, longer each time.</summary>
sealed class SignInBrake(TimeProvider clock)
{
    const int FreeTries = 5;
    const int NamesMax = 10_000;
    readonly ConcurrentDictionary<string, (int Failures, long UntilMs)> names = new();

    /// <summary>Seconds still to wait, or null.</summary>
    public int? Held(string name) =>
        names.TryGetValue(name, out var state) && state.UntilMs > clock.NowMs() ? (int)((state.UntilMs - clock.NowMs() + 999) / 1000) : null;

    public void Failed(string name)
    {
        if (names.Count >= NamesMax) names.Clear();
        names.AddOrUpdate(name, _ => (1, 0), (_, old) =>
        {
            var failures = old.Failures + 1;
            var waitSeconds = failures < FreeTries ? 0 : Math.Min(900, 1 << Math.Min(failures - FreeTries + 1, 10));
            return (failures, clock.NowMs() + (waitSeconds * 1000L));
        });
    }

    public void Succeeded(string name) => names.TryRemove(name, out _);
}
