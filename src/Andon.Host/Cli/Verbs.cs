using System.CommandLine;
using Andon.Detect.Hunt;
using Andon.Intake.Collect.Evtx;
using Andon.Intake.Normalise;
using Andon.Triage.Replay;

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
            case ["hunt", .. var rest]:
                return Stoppable(stop => Buffered(output => HuntCli.Run(rest, Wiring.Content(), new Normaliser(Wiring.Content()).Normalise, EvtxFile.Read, TimeProvider.System, output, Console.Error, terminal: !Console.IsErrorRedirected, stop)));
            case ["rules", "check", .. var rest]:
                return Buffered(output => RulesCheckCli.Run(rest, Wiring.Content(), new Normaliser(Wiring.Content()).Normalise, output, Console.Error));
            case ["triage", "replay", .. var rest]:
                return Buffered(output => TriageReplayCli.Run(rest, output, Console.Error));
        }
        return Root().Parse(args).InvokeAsync();
    }

    // Tools write many lines; the console's own writer would flush each.
    static Task<int> Buffered(Func<TextWriter, int> run)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        return Task.FromResult(run(output));
    }

    // The first Ctrl-C asks for an end with a report, the second ends.
    static async Task<int> Stoppable(Func<CancellationToken, Task<int>> run)
    {
        using var stop = new CancellationTokenSource();
        void Asked(object? sender, ConsoleCancelEventArgs asked)
        {
            asked.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
        Console.CancelKeyPress += Asked;
        try
        {
            return await run(stop.Token);
        }
        finally
        {
            Console.CancelKeyPress -= Asked;
        }
    }

    static RootCommand Root()
    {
        var root = new RootCommand("Andon: a SIEM and a SOAR in one program, for security response teams.");
        root.Subcommands.Add(ServeVerb());
        root.Subcommands.Add(Demo());
        root.Subcommands.Add(new Command("parse", "Turns records into ECS events: andon parse [--format NAME] [--json] FILE"));
        root.Subcommands.Add(new Command("hunt", "Runs rules over files, without a server: andon hunt --rules PATH... [--json] [--explain RULE] FILE... (without arguments: all options and exit codes)"));
        root.Subcommands.Add(new Command("rules", "Checks rules: andon rules check PATH... [--json]"));
        root.Subcommands.Add(Search());
        root.Subcommands.Add(Verify());
        root.Subcommands.Add(Backup());
        root.Subcommands.Add(Restore());
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

    static Command Search()
    {
        var data = new Option<string?>("--data") { Description = "Data folder of an Andon that is not running." };
        var server = new Option<string?>("--server") { Description = "Address of a running Andon; ANDON_USER (admin) and ANDON_ADMIN_PASSWORD sign in." };
        var json = new Option<bool>("--json") { Description = "Rows as JSON objects, a line each, and a summary line." };
        var explain = new Option<bool>("--explain") { Description = "Say how the query would be run, and do not run it." };
        var kql = new Argument<string>("KQL") { Description = "The query, for example: Events | where event.outcome == \"failure\" | take 10" };
        var search = new Command("search", "Runs a query.") { data, server, json, explain, kql };
        search.SetAction((given, stop) => Guarded(() => SearchVerb.Run(
            new(given.GetValue(kql) ?? "", given.GetValue(json), Explain: given.GetValue(explain)), given.GetValue(data), Address(given.GetValue(server)), stop)));
        return search;
    }

    static Command Verify()
    {
        var (data, server) = Which();
        var verify = new Command("verify", "Checks that everything stored is what was written; names the first broken place and ends with 1 if not.") { data, server };
        verify.SetAction((given, stop) => Guarded(() => KeepVerbs.Verify(given.GetValue(data), Address(given.GetValue(server)), stop)));
        return verify;
    }

    static Command Backup()
    {
        var (data, server) = Which();
        var place = new Argument<string>("DEST") { Description = "A new folder, or one with backups: what did not change since the last one is not copied again." };
        var backup = new Command("backup", "Copies everything, also while Andon runs.") { place, data, server };
        backup.SetAction((given, stop) => Guarded(() => KeepVerbs.Backup(given.GetValue(place) ?? "", given.GetValue(data), Address(given.GetValue(server)), stop)));
        return backup;
    }

    static Command Restore()
    {
        var place = new Argument<string>("SRC") { Description = "The folder with backups." };
        var data = new Option<string>("--data") { Description = "A new or empty folder.", Required = true };
        var name = new Option<string?>("--backup") { Description = "Name of the backup; otherwise the newest." };
        var restore = new Command("restore", "Puts a backup into an empty folder.") { place, data, name };
        restore.SetAction((given, stop) => Guarded(() => KeepVerbs.Restore(given.GetValue(place) ?? "", given.GetValue(name), given.GetValue(data) ?? "", stop)));
        return restore;
    }

    static (Option<string?> Data, Option<string?> Server) Which() => (
        new("--data") { Description = "Data folder of an Andon that is not running." },
        new("--server") { Description = "Address of a running Andon; ANDON_USER (admin) and ANDON_ADMIN_PASSWORD sign in." });

    static Uri? Address(string? text) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is ("http" or "https") ? address
        : throw new ArgumentException($"'{text}' is no address of a server: write it like http://127.0.0.1:8420.");

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
        catch (Exception e) when (e is IOException or ArgumentException or System.Text.Json.JsonException or UnauthorizedAccessException or InvalidDataException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"andon: {e.Message}");
            return 1;
        }
    }
}
