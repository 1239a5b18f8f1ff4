using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Host.Access;

/// <summary>Users with their roles, ingest tokens, one's own password. What is secret is shown once or never.</summary>
static class ManageAccess
{
    public sealed record AskUser(string Name, string Password, IReadOnlyList<string> Roles);
    public sealed record AskToken(string Name);
    public sealed record AskPassword(string Old, string New);
    /// <param name="Sessions">How many sessions were used since the start and still count.</param>
    /// <param name="OneTimeUntilMs">Until when the one-time password that an administrator gave serves; null when the person chose one.</param>
    public sealed record UserView(string Name, IReadOnlyList<string> Roles, bool Enabled, int Sessions = 0, long? LastMs = null, string? LastAddress = null, long? OneTimeUntilMs = null);
    public sealed record RoleView(string Name, IReadOnlyList<string> May);
    public sealed record UsersView(IReadOnlyList<UserView> Users, IReadOnlyList<RoleView> Roles, IReadOnlyList<string> Tokens);
    /// <param name="Token">Shown this once; only its hash is kept.</param>
    public sealed record TokenMade(string Name, string Token);

    public const int PasswordCharsMin = 12;

    public static void Map(IEndpointRouteBuilder api)
    {
        var access = api.MapGroup("").WithTags("Host");
        access.MapGet("/users", List).RequireAuthorization(Policies.Admin).WithName("ListUsers");
        access.MapPost("/users", SetUser).RequireAuthorization(Policies.Admin).WithName("SetUser");
        access.MapPost("/tokens", MakeToken).RequireAuthorization(Policies.Admin).WithName("MakeToken");
        access.MapDelete("/tokens/{name}", RemoveToken).RequireAuthorization(Policies.Admin).WithName("RemoveToken");
        access.MapPost("/session/password", ChangePassword).WithName("ChangePassword");
    }

    static Ok<UsersView> List(AccessFile access, Sessions sessions) => TypedResults.Ok(new UsersView(
        [.. access.Accounts.OrderBy(a => a.Name, StringComparer.Ordinal).Select(a => Show(a, sessions))],
        [.. AccessWiring.Roles.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => new RoleView(r.Key, r.Value))], access.TokenNames));

    internal static UserView Show(Account account, Sessions sessions)
    {
        var open = account.Enabled ? sessions.Of(account) : [];
        return new(account.Name, account.Roles, account.Enabled, open.Count, open.Count > 0 ? open[0].LastMs : null, open.Count > 0 ? open[0].Address : null, account.OneTimeUntilMs);
    }

    static async Task<Results<Ok<UserView>, BadRequest<Finding>>> SetUser(
        AskUser ask, AccessFile access, Sessions sessions, IFactLog facts, ClaimsPrincipal user, HttpContext http, CancellationToken stop)
    {
        if (RefuseName(ask.Name) is { } name) return TypedResults.BadRequest(name);
        if (RefusePassword(ask.Password) is { } password) return TypedResults.BadRequest(password);
        if (RefuseRoles(ask.Roles) is { } roles) return TypedResults.BadRequest(roles);
        var self = ask.Name == user.Identity?.Name;
        if (self && access.Find(ask.Name) is { } own && !own.Roles.Order(StringComparer.Ordinal).SequenceEqual(ask.Roles.Order(StringComparer.Ordinal))) return TypedResults.BadRequest(OwnRoles);
        access.SetAccount(ask.Name, ask.Password, ask.Roles);
        // A password that another set ends what was open under the old one.
        if (!self && access.Change(ask.Name, a => a with { Turn = a.Turn + 1 }) is not null) sessions.Cut(ask.Name, http);
        await facts.Append(Actors.Of(user), "set by hand", new UserStated(ask.Name, ask.Roles, Enabled: true), stop);
        return TypedResults.Ok(new UserView(ask.Name, ask.Roles, Enabled: true));
    }

    static async Task<Results<Ok<TokenMade>, BadRequest<Finding>>> MakeToken(AskToken ask, AccessFile access, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        if (RefuseName(ask.Name) is { } finding) return TypedResults.BadRequest(finding);
        var token = AccessFile.NewSecret();
        access.SetToken(ask.Name, token);
        await facts.Append(Actors.Of(user), "made by hand", new TokenStated(ask.Name), stop);
        return TypedResults.Ok(new TokenMade(ask.Name, token));
    }

    static async Task<Results<NoContent, NotFound>> RemoveToken(string name, AccessFile access, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        if (!access.RemoveToken(name)) return TypedResults.NotFound();
        await facts.Append(Actors.Of(user), "taken back by hand", new TokenRemoved(name), stop);
        return TypedResults.NoContent();
    }

    static async Task<Results<NoContent, BadRequest<Finding>>> ChangePassword(
        AskPassword ask, AccessFile access, SignInBrake brake, Sessions sessions, IFactLog facts, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        var name = http.User.Identity?.Name ?? "";
        if (brake.Held(name) is not null || access.Check(name, ask.Old, clock.NowMs()) is not { } account)
        {
            brake.Failed(name);
            return TypedResults.BadRequest(new Finding("ACC204", "The old password is wrong.", "Type the one you signed in with.", "/old"));
        }
        if (RefusePassword(ask.New) is { } finding) return TypedResults.BadRequest(finding with { Place = "/new" });
        if (ask.New == ask.Old) return TypedResults.BadRequest(new Finding("ACC208", "The new password is the old one.", "Choose another.", "/new"));
        access.SetAccount(name, ask.New, account.Roles);
        // Whoever else knows the old one may be signed in: all other sessions end, this one goes on in a new cookie.
        if (access.Change(name, a => a with { Turn = a.Turn + 1 }) is { } changed) await Sessions.SignIn(http, changed);
        sessions.Cut(name, http);
        await facts.Append($"user:{name}", "chosen by its owner", new UserPasswordSet(name, OneTime: false), stop);
        return TypedResults.NoContent();
    }

    internal static readonly Finding OwnRoles = new("ACC206", "Nobody changes their own roles or disables themselves.", "Ask another administrator, so that somebody else has seen it.", "/roles");

    // Pure, so the rules are tested without a host.
    internal static Finding? RefuseName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? null
            : new("ACC201", "A name has 1 to 64 letters, digits, dots, dashes or underscores.", "Choose another one.", "/name");

    internal static Finding? RefuseRoles(IReadOnlyList<string> roles) =>
        roles.Count > 0 && roles.All(AccessWiring.Roles.ContainsKey)
            ? null
            : new("ACC203", "A user needs at least one role, and each must be known.", $"Roles: {string.Join(", ", AccessWiring.Roles.Keys)}.", "/roles");

    internal static Finding? RefusePassword(string password) =>
        password.Length is >= PasswordCharsMin and <= 1024
            ? null
            : new("ACC202", $"A password has at least {PasswordCharsMin} characters.", "A few words in a row are easy to remember.", "/password");
}
