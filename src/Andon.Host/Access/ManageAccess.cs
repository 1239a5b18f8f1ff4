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
    public sealed record UserView(string Name, IReadOnlyList<string> Roles, bool Enabled);
    public sealed record UsersView(IReadOnlyList<UserView> Users, IReadOnlyList<string> Roles, IReadOnlyList<string> Tokens);
    /// <param name="Token">Shown this once; only its hash is kept.</param>
    public sealed record TokenMade(string Name, string Token);

    public const int PasswordCharsMin = 12;

    public static void Map(IEndpointRouteBuilder api)
    {
        var access = api.MapGroup("").WithTags("Host");
        access.MapGet("/users", List).RequireAuthorization(Policies.Admin).WithName("ListUsers");
        access.MapPost("/users", SetUser).RequireAuthorization(Policies.Admin).WithName("SetUser");
        access.MapPost("/tokens", MakeToken).RequireAuthorization(Policies.Admin).WithName("MakeToken");
        access.MapPost("/session/password", ChangePassword).WithName("ChangePassword");
    }

    static Ok<UsersView> List(AccessFile access) => TypedResults.Ok(new UsersView(
        access.Accounts.Select(a => new UserView(a.Name, a.Roles, a.Enabled)).ToList(), [.. AccessWiring.Roles.Keys.Order(StringComparer.Ordinal)], access.TokenNames));

    static async Task<Results<Ok<UserView>, BadRequest<Finding>>> SetUser(AskUser ask, AccessFile access, IFactLog facts, ClaimsPrincipal user, CancellationToken stop)
    {
        if (RefuseName(ask.Name) is { } name) return TypedResults.BadRequest(name);
        if (RefusePassword(ask.Password) is { } password) return TypedResults.BadRequest(password);
        if (ask.Roles.Count == 0 || ask.Roles.FirstOrDefault(r => !AccessWiring.Roles.ContainsKey(r)) is not null)
            return TypedResults.BadRequest(new Finding("ACC203", "A user needs at least one role, and each must be known.", $"Roles: {string.Join(", ", AccessWiring.Roles.Keys)}.", "/roles"));
        access.SetAccount(ask.Name, ask.Password, ask.Roles);
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

    static Results<NoContent, BadRequest<Finding>> ChangePassword(AskPassword ask, AccessFile access, SignInBrake brake, ClaimsPrincipal user)
    {
        var name = user.Identity?.Name ?? "";
        if (brake.Held(name) is not null || access.Check(name, ask.Old) is not { } account)
        {
            brake.Failed(name);
            return TypedResults.BadRequest(new Finding("ACC204", "The old password is wrong.", "Type the one you signed in with.", "/old"));
        }
        if (RefusePassword(ask.New) is { } finding) return TypedResults.BadRequest(finding with { Place = "/new" });
        access.SetAccount(name, ask.New, account.Roles);
        return TypedResults.NoContent();
    }

    // Pure, so the rules are tested without a host.
    internal static Finding? RefuseName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? null
            : new("ACC201", "A name has 1 to 64 letters, digits, dots, dashes or underscores.", "Choose another one.", "/name");

    internal static Finding? RefusePassword(string password) =>
        password.Length is >= PasswordCharsMin and <= 1024
            ? null
            : new("ACC202", $"A password has at least {PasswordCharsMin} characters.", "A few words in a row are easy to remember.", "/password");
}
