using System.Security.Claims;
using Andon.Model;
using Andon.Store.Facts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Host.Access;

/// <summary>What an administrator does with people: adds one, gives roles, gives a new one-time password, disables, ends sessions. Each is a fact.</summary>
static class ManagePeople
{
    public sealed record AskPerson(string Name, IReadOnlyList<string> Roles);
    public sealed record AskRoles(IReadOnlyList<string> Roles);
    public sealed record AskEnabled(bool Enabled);
    /// <param name="Password">Shown this once. It serves to choose one's own, until then.</param>
    public sealed record OneTime(string Name, string Password, long UntilMs);

    /// <summary>Long enough for a weekend, short enough that a note left on a desk is worth nothing.</summary>
    const int OneTimeDays = 3;

    public static void Map(IEndpointRouteBuilder api)
    {
        var people = api.MapGroup("/users").WithTags("Host").RequireAuthorization(Policies.Admin);
        people.MapPost("/add", Add).WithName("AddPerson");
        people.MapPost("/{name}/roles", GiveRoles).WithName("GiveRoles");
        people.MapPost("/{name}/enabled", Enable).WithName("EnablePerson");
        people.MapPost("/{name}/password", Renew).WithName("RenewPassword");
        people.MapDelete("/{name}/sessions", EndSessions).WithName("EndSessions");
    }

    static async Task<Results<Ok<OneTime>, BadRequest<Finding>, Conflict<Finding>>> Add(
        AskPerson ask, AccessFile access, IFactLog facts, TimeProvider clock, ClaimsPrincipal user, CancellationToken stop)
    {
        if (ManageAccess.RefuseName(ask.Name) is { } name) return TypedResults.BadRequest(name);
        if (ManageAccess.RefuseRoles(ask.Roles) is { } roles) return TypedResults.BadRequest(roles);
        var (password, until) = (AccessFile.NewSecret(), Until(clock));
        if (!access.TryAdd(ask.Name, password, ask.Roles, until))
            return TypedResults.Conflict(new Finding("ACC205", "There is somebody of that name.", "Choose another name, or give that person a new one-time password.", "/name"));
        await facts.Append(Actors.Of(user), "added by hand", new UserStated(ask.Name, ask.Roles, Enabled: true), stop);
        await facts.Append(Actors.Of(user), "added by hand", new UserPasswordSet(ask.Name, OneTime: true), stop);
        return TypedResults.Ok(new OneTime(ask.Name, password, until));
    }

    static async Task<Results<Ok<ManageAccess.UserView>, BadRequest<Finding>, NotFound, Conflict<Finding>>> GiveRoles(
        string name, AskRoles ask, AccessFile access, Sessions sessions, IFactLog facts, HttpContext http, CancellationToken stop)
    {
        if (access.Find(name) is null) return TypedResults.NotFound();
        if (ManageAccess.RefuseRoles(ask.Roles) is { } roles) return TypedResults.BadRequest(roles);
        if (name == http.User.Identity?.Name) return TypedResults.Conflict(ManageAccess.OwnRoles);
        if (access.Change(name, a => a with { Roles = [.. ask.Roles.Distinct(StringComparer.Ordinal)] }) is not { } changed) return TypedResults.Conflict(NobodyLeft);
        // Streams begun under the old roles are asked for anew under the new ones.
        sessions.Cut(name, http);
        await facts.Append(Actors.Of(http.User), "set by hand", new UserStated(name, changed.Roles, changed.Enabled), stop);
        return TypedResults.Ok(ManageAccess.Show(changed, sessions));
    }

    static async Task<Results<Ok<ManageAccess.UserView>, NotFound, Conflict<Finding>>> Enable(
        string name, AskEnabled ask, AccessFile access, Sessions sessions, IFactLog facts, HttpContext http, CancellationToken stop)
    {
        if (access.Find(name) is null) return TypedResults.NotFound();
        if (name == http.User.Identity?.Name) return TypedResults.Conflict(ManageAccess.OwnRoles);
        if (access.Change(name, a => a with { Enabled = ask.Enabled, Turn = a.Turn + (a.Enabled && !ask.Enabled ? 1 : 0) }) is not { } changed) return TypedResults.Conflict(NobodyLeft);
        if (!ask.Enabled) sessions.Cut(name, http);
        await facts.Append(Actors.Of(http.User), ask.Enabled ? "enabled by hand" : "disabled by hand", new UserStated(name, changed.Roles, changed.Enabled), stop);
        return TypedResults.Ok(ManageAccess.Show(changed, sessions));
    }

    static async Task<Results<Ok<OneTime>, NotFound, Conflict<Finding>>> Renew(
        string name, AccessFile access, Sessions sessions, IFactLog facts, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        if (access.Find(name) is not { } account) return TypedResults.NotFound();
        if (name == http.User.Identity?.Name) return TypedResults.Conflict(OwnPassword);
        var (password, until) = (AccessFile.NewSecret(), Until(clock));
        access.SetAccount(name, password, account.Roles, until);
        access.Change(name, a => a with { Turn = a.Turn + 1, Enabled = account.Enabled });
        sessions.Cut(name, http);
        await facts.Append(Actors.Of(http.User), "set by hand", new UserPasswordSet(name, OneTime: true), stop);
        return TypedResults.Ok(new OneTime(name, password, until));
    }

    static async Task<Results<NoContent, NotFound>> EndSessions(string name, AccessFile access, Sessions sessions, IFactLog facts, HttpContext http, CancellationToken stop)
    {
        if (access.Change(name, a => a with { Turn = a.Turn + 1 }) is not { } changed) return TypedResults.NotFound();
        // One's own other sessions end too; the one that asked goes on.
        if (name == http.User.Identity?.Name) await Sessions.SignIn(http, changed);
        sessions.Cut(name, http);
        await facts.Append(Actors.Of(http.User), "ended by hand", new UserSessionsEnded(name, "by hand"), stop);
        return TypedResults.NoContent();
    }

    static long Until(TimeProvider clock) => clock.NowMs() + (long)TimeSpan.FromDays(OneTimeDays).TotalMilliseconds;

    static readonly Finding NobodyLeft = new("ACC207", "Nobody would be left who may administer.", "Make somebody else an administrator first.", "/roles");
    static readonly Finding OwnPassword = new("ACC209", "One's own password is chosen, not given.", "Use the menu behind your initials.", "/name");
}
