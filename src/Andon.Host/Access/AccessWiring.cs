using System.Security.Claims;
using Andon.Intake;
using Andon.Model;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Andon.Host.Access;

/// <summary>Who may what: roles and the permissions they carry, cookies, and the guards in front of every request.</summary>
static class AccessWiring
{
    /// <summary>Role to permissions. Operations and Response are apart on purpose (Response observes and validates, Operations changes systems).</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Roles = new Dictionary<string, string[]>
    {
        ["admin"] = [Policies.Read, Policies.Cases, Policies.Response, Policies.Operations, Policies.Lead, Policies.Admin],
        ["analyst"] = [Policies.Read, Policies.Cases, Policies.Response],
        ["champion"] = [Policies.Read, Policies.Cases, Policies.Response, Policies.Operations, Policies.Lead],
        // Operations see the requests made to them, not the cases behind these.
        ["operations"] = [Policies.Read, Policies.Operations],
        ["manager"] = [Policies.Read, Policies.Cases, Policies.Lead],
    };

    public static AccessFile AddAccess(this IServiceCollection services, string dataFolder)
    {
        var access = AccessFile.Open(dataFolder);
        services.AddSingleton(access);
        services.AddSingleton<SignInBrake>();
        services.AddSingleton<Sessions>();
        services.AddDataProtection().SetApplicationName("andon");
        services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>((keys, s) => keys.XmlRepository = new KeyFiles(Path.Combine(dataFolder, "keys"), s.GetRequiredService<IFindings>));
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "andon";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = Sessions.Longest;
            cookie.SlidingExpiration = true;
            cookie.Events.OnValidatePrincipal = Sessions.Validate;
            cookie.Events.OnRedirectToLogin = context => Answer(context.HttpContext, StatusCodes.Status401Unauthorized, NotSignedIn);
            cookie.Events.OnRedirectToAccessDenied = context => Answer(context.HttpContext, StatusCodes.Status403Forbidden, NotAllowed);
        });
        var policies = services.AddAuthorizationBuilder();
        foreach (var policy in new[] { Policies.Read, Policies.Cases, Policies.Response, Policies.Operations, Policies.Lead, Policies.Admin })
            policies.AddPolicy(policy, p => p.RequireAuthenticatedUser().RequireAssertion(c =>
                c.User.FindAll(ClaimTypes.Role).Any(r => Roles.TryGetValue(r.Value, out var may) && may.Contains(policy))));
        return access;
    }

    static readonly Finding NotSignedIn = new("ACC001", "You are not signed in.", "Sign in and try again.");
    static readonly Finding NotAllowed = new("ACC002", "Your role does not allow this.", "Ask an administrator, or someone who holds the role.");
    static readonly Finding NoHeader = new("ACC003", "This request lacks the X-Andon header.", "Send X-Andon: 1 with every request that changes something.");

    const int PlaceMax = 100;

    /// <summary>Headers for every answer, and the guard against requests forged by other sites.</summary>
    public static void UseGuards(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; " +
            "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";

        var reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (!reads && http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && !http.Request.Headers.ContainsKey("X-Andon") && !IntakeRoom.IsClientsOwn(http.Request.Path))
        {
            await Answer(http, StatusCodes.Status400BadRequest, NoHeader);
            return;
        }
        if (http.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)) headers.CacheControl = "no-store";
        try
        {
            await next(http);
        }
        catch (BadHttpRequestException wrong) when (!http.Response.HasStarted)
        {
            var place = wrong.InnerException is System.Text.Json.JsonException { Path: { } path } ? path : "";
            await Answer(http, wrong.StatusCode, new("ACC005", wrong.StatusCode == StatusCodes.Status413PayloadTooLarge ? "It is too long." : "What was sent cannot be read.",
                "Send what the route asks for, JSON unless it says otherwise; its description is at /openapi/v1.json.", place.Length > PlaceMax ? place[..PlaceMax] : place));
        }
    });

    internal static Task Answer(HttpContext http, int status, Finding finding)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(finding, FactTypes.Json, http.RequestAborted);
    }
}
