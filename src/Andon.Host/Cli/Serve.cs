using System.Globalization;
using Andon.Host.Access;
using Andon.Model;

namespace Andon.Host.Cli;

/// <summary>`andon serve`: runs the product until it is told to stop.</summary>
static class Serve
{
    public static async Task<int> Run(ServeOptions options, CancellationToken stop)
    {
        if (Wiring.Engine(options).Refusal() is { } refusal)
        {
            Say($"andon: {refusal}");
            return 1;
        }
        await using var app = await Wiring.Build(options, TimeProvider.System, stop);
        var password = FirstAccess(app.Services.GetRequiredService<AccessFile>());
        await app.StartAsync(stop);
        Say($"Andon {Live.HouseBook.Version}: console on http://{options.Http}, syslog on {options.Syslog} (UDP and TCP), data in {options.Data}");
        if (password is not null) Say($"first sign-in: name admin, password {password} (shown once; POST /api/session/password changes it)");
        await app.WaitForShutdownAsync(stop);
        return 0;
    }

    /// <summary>Takes password and token from the environment, or makes a first password. Returns the password to print, if any.</summary>
    public static string? FirstAccess(AccessFile access)
    {
        if (Environment.GetEnvironmentVariable("ANDON_INGEST_TOKEN") is { Length: > 0 } token) access.SetToken("environment", token);
        if (Environment.GetEnvironmentVariable("ANDON_ADMIN_PASSWORD") is { Length: > 0 } given)
        {
            access.SetAccount("admin", given, ["admin"]);
            return null;
        }
        if (access.HasAccounts) return null;
        var made = AccessFile.NewSecret();
        access.SetAccount("admin", made, ["admin"]);
        return made;
    }

    public static void Say(FormattableString line) => Console.Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
