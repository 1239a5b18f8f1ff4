using System.CommandLine;
using Andon.Intake.Normalise;

namespace Andon.Host.Cli;

/// <summary>The command line: a contract that scripts rely on (docs and `andon --help`).</summary>
static class Verbs
{
    public static Task<int> Run(string[] args)
    {
        // These verbs belong to rooms, which read their own arguments.
        switch (args)
        {
            case ["parse", .. var rest]:
                return Task.FromResult(ParseCli.Run(rest, Wiring.Content(), TimeProvider.System, Console.OpenStandardOutput(), Console.Error));
        }
        return Root().Parse(args).InvokeAsync();
    }

    static RootCommand Root()
    {
        var root = new RootCommand("Andon: a SIEM and a SOAR in one program, for security response teams.");
        root.Subcommands.Add(ServeVerb());
        root.Subcommands.Add(Demo());
        root.Subcommands.Add(new Command("parse", "Turns records into ECS events: andon parse [--format NAME] [--json] FILE"));
        root.Subcommands.Add(new Command("hunt", "Runs rules over files, without a server: andon hunt --rules PATH... [--json] FILE..."));
        root.Subcommands.Add(new Command("rules", "Checks rules: andon rules check PATH... [--json]"));
        root.Subcommands.Add(new Command("search", "Runs a query: andon search [--data DIR | --server URL] [--json] 'KQL'"));
        root.Subcommands.Add(new Command("triage", "Replays foreign alerts: andon triage replay --alerts FILE.csv [--assets DIR] [--json] [--assignments OUT.csv]"));
        return root;
    }

    static Command ServeVerb()
    {
        var data = new Option<string?>("--data") { Description = "The one data folder." };
        var config = new Option<string?>("--config") { Description = "A JSON file with data, http, syslog, files, eventsUrl, allowedHosts." };
        var http = new Option<string?>("--http") { Description = "Address and port of console, API and HTTP ingest (default 127.0.0.1:8420)." };
        var syslog = new Option<string?>("--syslog") { Description = "Address and port of syslog over UDP and TCP (default 127.0.0.1:5514)." };
        var serve = new Command("serve", "Runs the product.") { data, config, http, syslog };
        serve.SetAction((given, stop) => Guarded(() => Serve.Run(
            ServeOptions.Read(given.GetValue(data), given.GetValue(config), given.GetValue(http), given.GetValue(syslog)), stop)));
        return serve;
    }

    static Command Demo()
    {
        var data = new Option<string?>("--data") { Description = "A fresh folder to keep the demo's data in; otherwise it is removed at the end." };
        var http = new Option<string?>("--http") { Description = "Address and port of the console (default 127.0.0.1:8420)." };
        var syslog = new Option<string?>("--syslog") { Description = "Address and port of syslog (default 127.0.0.1:5514)." };
        var demo = new Command("demo", "Starts everything on a fresh data folder and feeds it an office with an intrusion.") { data, http, syslog };
        demo.SetAction((given, stop) => Guarded(() => DemoVerb.Run(given.GetValue(data), given.GetValue(http), given.GetValue(syslog), stop)));
        return demo;
    }

    /// <summary>What an operator can mend is one sentence, not a stack.</summary>
    static async Task<int> Guarded(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (Exception e) when (e is IOException or ArgumentException or System.Text.Json.JsonException or UnauthorizedAccessException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"andon: {e.Message}");
            return 1;
        }
    }
}
