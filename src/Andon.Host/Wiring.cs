using Andon.Detect;
using Andon.Exposure;
using Andon.Host.Access;
using Andon.Host.Cli;
using Andon.Host.Facts;
using Andon.Host.Live;
using Andon.Intake;
using Andon.Intake.Normalise;
using Andon.Measure;
using Andon.Model;
using Andon.Respond;
using Andon.Store.Engine;
using Andon.Store.Events;
using Andon.Store.Facts;
using Andon.Store.Keep;
using Andon.Store.Query;
using Andon.Store.Records;
using Andon.Triage;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.FileProviders;

namespace Andon.Host;

/// <summary>The one registration page: which rooms there are and what they stand on. Only Host knows them all.</summary>
static class Wiring
{
    const long BodyBytesMax = 128L << 20;

    /// <summary>Builds the product. Logs are opened here, so that two programs on one data folder fail at once and by name.</summary>
    public static async Task<WebApplication> Build(ServeOptions options, TimeProvider clock, CancellationToken stop)
    {
        Store.Keep.Backup.BackupRestorer.Refuse(options.Data);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(options.Data);
        else Directory.CreateDirectory(options.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DurableFiles.MakeFolder(options.Data); // Its name is flushed.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // Its warning that keys lie unencrypted on disk is true of every file of the data folder, which is for the owner alone.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Listen(options.Http, IntakeRoom.ShareConnections);
        });

        var services = builder.Services;
        services.Configure<JsonOptions>(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = FactTypes.Json.DefaultIgnoreCondition;
            // A number is a number, here and in the OpenAPI document: not also a string of digits.
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
            foreach (var converter in FactTypes.Json.Converters) json.SerializerOptions.Converters.Add(converter);
        });
        // What cannot be read at all is answered by the guards, with a finding.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        // Named here and not after the process, which may be another (tests, a host of many).
        services.AddOpenApi("v1", document => document.AddDocumentTransformer((d, _, _) =>
        {
            d.Info.Title = "Andon";
            return Task.CompletedTask;
        }));
        services.AddSingleton(clock);
        services.AddSingleton(Content());
        var access = services.AddAccess(options.Data);
        AddFoundations(services, options, clock);
        AddRooms(services, options, access);

        var app = builder.Build();
        app.UseFullDiskAnswer();
        app.UseGuards();
        app.UseIngestHandshake();
        UseConsole(app);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseSessions();
        app.UseMask();
        app.UseCaseGuard();
        MapRooms(app);

        var live = app.Services.GetRequiredService<LiveFeed>();
        await app.Services.GetRequiredService<IFactLog>().Attach(live, stop);
        live.GoLive();
        return app;
    }

    /// <summary>Content lies beside the program.</summary>
    public static ContentFolder Content() => new(Path.Combine(AppContext.BaseDirectory, "content"));

    public static EngineOptions Engine(ServeOptions options) => new()
    {
        DataFolder = Path.Combine(options.Data, "events"),
        ServerUrl = options.EventsUrl,
        Command = options.EngineCommand ?? EngineOptions.ThisProgram(),
        MemoryBytesMax = options.EngineMemoryMb is { } all ? (long)all << 20 : null,
        QueryMemoryBytesMax = options.SearchMemoryMb is { } one ? (long)one << 20 : 1L << 30,
        // One more than searches, so that looking at single events never waits for them.
        QueryConnections = options.EngineSearches + 1,
        QueryThreads = options.SearchThreads,
    };

    static void AddFoundations(IServiceCollection services, ServeOptions options, TimeProvider clock)
    {
        var findings = new FindingBook(clock);
        services.AddSingleton(findings).AddSingleton<IFindings>(findings);
        services.AddSingleton<IRecordLog>(_ => DiskRecordLog.Open(
            Path.Combine(options.Data, "records"), new RecordLogOptions { Readers = [EventStoreReader.Checkpoint, DetectRoom.Reader], Pack = true }, findings, clock));
        services.AddSingleton(_ => new HitLog(
            DiskRecordLog.Open(Path.Combine(options.Data, "hits"), new RecordLogOptions { Readers = [AlertsReader.Checkpoint, TriageRoom.Reader], Pack = true }, findings, clock), clock));
        services.AddSingleton<IFactLog>(_ => SqliteFactLog.Open(options.Data, findings, clock));
        services.AddSingleton(s => new Normaliser(s.GetRequiredService<ContentFolder>(), Path.Combine(options.Data, "parsers")));
        services.AddSingleton(s => new EventFeed(s.GetRequiredService<IRecordLog>(), s.GetRequiredService<Normaliser>().Normalise));
        services.AddEventStore(
            Engine(options),
            new EventStoreOptions { EventPlanFile = Path.Combine(options.Data, "event-plan.json"), TextIndex = options.TextIndex });

        services.AddSingleton<LiveFeed>();
        services.AddSingleton<Func<EngineView>>(s => () =>
        {
            var engine = s.GetRequiredService<EngineSupervisor>().State;
            return new(engine.Condition.ToString().ToLowerInvariant(), engine.Note);
        });
        services.AddSingleton<Func<IReadOnlyList<ListenerState>>>(s => () => IntakeRoom.Listeners(s));
        services.AddSingleton<HouseBook>();
        services.AddHostedService<FindingWriter>();
    }

    static void AddRooms(IServiceCollection services, ServeOptions options, AccessFile access)
    {
        var search = new QueryOptions { Folder = options.Data, Budgets = options.SearchBudgets, Masked = options.Masked, ClearRoles = options.ClearRoles };
        services.AddQuery(options.EngineSearches is { } atOnce ? search with { AtOnceMax = atOnce } : search);
        services.AddKeep(new(options.Data, Engine(options)));
        services.AddExposure(new());
        services.AddMeasure(new());
        services.AddDetect(new(options.Data) { Approvers = () => [.. access.Accounts.Where(a => a.Enabled && a.Roles.Any(r => AccessWiring.Roles[r].Contains(Policies.Operations))).Select(a => a.Name)] });
        services.AddTriage(new() { DataFolder = options.Data, Responders = () => access.Holders(Policies.Response) });
        services.AddRespond(new() { PlaybookFolder = Path.Combine(options.Data, "playbooks"), AllowedHosts = options.AllowedHosts, AllowLoopback = options.DemoFirewall is not null });
        // Listeners last: what they take in must find its stages running.
        services.AddIntake(new IntakeOptions
        {
            SyslogUdp = options.Syslog,
            SyslogTcp = options.Syslog,
            Listeners = options.Listeners,
            Files = options.Files,
            TokenName = access.TokenName,
            DataFolder = options.Data,
        });
    }

    static void MapRooms(WebApplication app)
    {
        var api = app.MapGroup("/api").RequireAuthorization().AddEndpointFilterFactory(WholeBody.Asked);
        SignIn.Map(api);
        ManageAccess.Map(api);
        ManagePeople.Map(api);
        ReadFacts.Map(api);
        LiveFeed.Map(api);
        HouseBook.Map(api);
        Readiness.Map(app);
        api.MapIntake();
        api.MapDetect();
        api.MapQuery();
        api.MapKeep();
        api.MapExposure();
        api.MapTriage();
        api.MapRespond();
        api.MapMeasure();
        app.MapIngest();
        app.MapOpenApi().RequireAuthorization(Policies.Read);
    }

    /// <summary>Serves the built console; any path that is no file and no API is a page of it.</summary>
    static void UseConsole(WebApplication app)
    {
        var folder = Environment.GetEnvironmentVariable("ANDON_CONSOLE") is { Length: > 0 } given ? given : Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (!Directory.Exists(folder)) return;
        var files = new PhysicalFileProvider(Path.GetFullPath(folder));
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = context => context.Context.Response.Headers.CacheControl =
                context.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache",
        });
        app.MapFallbackToFile("{*path:nonfile}", "index.html", new StaticFileOptions { FileProvider = files }).AllowAnonymous();
        // Ids of sources and names of parsers hold dots; their pages are no files.
        foreach (var page in new[] { "/sources/{*path}", "/parsers/{*path}" })
            app.MapFallbackToFile(page, "index.html", new StaticFileOptions { FileProvider = files }).AllowAnonymous();
    }
}
