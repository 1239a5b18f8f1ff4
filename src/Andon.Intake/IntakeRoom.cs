using Andon.Intake.Collect;
using Andon.Intake.Collect.Uploads;
using Andon.Intake.Normalise;
using Andon.Intake.Sources;
using Andon.Intake.Sources.Quality;
using Andon.Intake.Sources.Settings;
using Andon.Intake.Sources.Usage;
using Andon.Model;
using Andon.Store.Facts;
using Andon.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Andon.Intake;

/// <summary>The Intake room: collects telemetry into the record log, makes events of records, and keeps the catalogue of sources.</summary>
public static class IntakeRoom
{
    /// <summary>Names of the listeners, as settings, the console and the origin of records write them.</summary>
    public static IReadOnlyList<string> ListenerNames { get; } =
        ["syslog-udp", "syslog-tcp", "syslog-tls", "syslog-relp", "bulk", "hec", "otlp", "journal", "upload", "loki", "seq", "gelf-http", "gelf-udp", "gelf-tcp", "forward", "lumberjack"];

    /// <summary>Registers <see cref="Normaliser"/> (unless Host did), the listeners that the options name, and the source catalogue.</summary>
    public static IServiceCollection AddIntake(this IServiceCollection services, IntakeOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(s => new Normaliser(s.GetRequiredService<ContentFolder>()));
        services.AddSingleton<Listeners>();
        services.AddSingleton(s => DoorRoom.OfThisProgram(s.GetRequiredService<IFindings>()));
        services.AddSingleton(s => new Catalogue(s.GetService<IRuleReach>()));
        services.AddSingleton<QualityDays>();
        services.AddSingleton<IHostedService, SourceStage>();
        services.AddSingleton(s => new Bulk(options, NewListener(s, "bulk"), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        services.AddSingleton(s => new Otlp(options, NewListener(s, "otlp"), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        services.AddSingleton(s => new Hec(options, NewListener(s, "hec"), s.GetRequiredService<IRecordLog>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        services.AddSingleton(s => new Journal(options, NewListener(s, "journal"), new(s.GetRequiredService<IRecordLog>(), "journal"), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        services.AddSingleton(s => new Loki(options, NewListener(s, "loki"), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        services.AddSingleton(s => new Seq(options, NewListener(s, "seq"), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        services.AddSingleton(s => new GelfHttp(options, NewListener(s, "gelf-http"), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        services.AddSingleton(s => new TakeUpload(options, NewListener(s, Hints.UploadListener), s.GetRequiredService<IFactLog>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        if (options.SyslogUdp is { } udp) Add(s => new UdpDoor(udp, NewListener(s, "syslog-udp"), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        if (options.SyslogTcp is { } tcp) Add(s => Tcp(s, "syslog-tcp", tcp, new SyslogWire(options.OctetCounting, Limits.FrameBytesMax)));
        if (At("syslog-tls") is { } tls) Add(s => Tcp(s, "syslog-tls", tls, new SyslogWire(options.OctetCounting, Limits.FrameBytesMax)));
        if (At("syslog-relp") is { } relp) Add(s => Tcp(s, "syslog-relp", relp, new RelpWire(Limits.FrameBytesMax)));
        if (At("gelf-tcp") is { } gelf) Add(s => Tcp(s, "gelf-tcp", gelf, new GelfWire(Limits.FrameBytesMax)));
        if (At("lumberjack") is { } beats) Add(s => Tcp(s, "lumberjack", beats, new LumberjackWire(Limits.EventBytesMax), Limits.LumberjackBytesMax));
        if (At("forward") is { } forward)
            Add(s => Tcp(s, "forward", forward, new ForwardWire(new(s.GetRequiredService<IRecordLog>(), "forward"), options.Listeners["forward"].SharedKey, s.GetRequiredService<IFindings>()), Limits.ForwardBytesMax));
        if (At("gelf-udp") is { } chunks)
            Add(s =>
            {
                var listener = NewListener(s, "gelf-udp");
                return new UdpDoor(chunks, listener, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>(), new GelfChunks(listener, s.GetRequiredService<IFindings>()));
            });
        services.AddSingleton(s =>
        {
            var marks = new FileMarks(options.DataFolder);
            marks.Load(s.GetRequiredService<IFindings>());
            return marks;
        });
        foreach (var file in options.Files)
            services.AddSingleton<IHostedService>(s => new FileReader(file, s.GetRequiredService<FileMarks>(), NewListener(s, Hints.FileListener), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>()));
        return services;

        // Not AddHostedService: that keeps one of a type.
        void Add(Func<IServiceProvider, IHostedService> make) => services.AddSingleton(make);
        System.Net.IPEndPoint? At(string name) => options.Listeners.GetValueOrDefault(name)?.At;
    }

    /// <summary>Maps the slices of the source catalogue; for the group <c>/api</c>.</summary>
    public static void MapIntake(this IEndpointRouteBuilder api)
    {
        ListSources.Map(api);
        PageSources.Map(api);
        ShowSource.Map(api);
        OwnSource.Map(api);
        DescribeSource.Map(api);
        ContractSource.Map(api);
        GroupSources.Map(api);
        MaintainSource.Map(api);
        SourceAlarms.Map(api);
        BaselineSources.Map(api);
        SourceBoard.Map(api);
        SourceSettings.Map(api);
        SampleSource.Map(api);
        ContractText.Map(api);
        QualityBoard.Map(api);
        ShowUsage.Map(api);
        FilterSource.Map(api);
        ListParsers.Map(api);
        PreviewParser.Map(api);
        TryOnStream.Map(api);
        SaveParser.Map(api);
        TakeUpload.Map(api);
    }

    /// <summary>Maps <c>/_bulk</c>, <c>/{index}/_bulk</c> with the Elasticsearch handshake, Splunk's <c>/services/collector</c>, <c>/v1/logs</c>, Loki's push, Seq's ingestion and <c>/gelf</c> at the root. They check their own token.</summary>
    public static void MapIngest(this IEndpointRouteBuilder root)
    {
        var bulk = root.ServiceProvider.GetRequiredService<Bulk>();
        foreach (var path in new[] { "/_bulk", "/{index}/_bulk" })
            root.MapMethods(path, ["POST", "PUT"], http =>
            {
                Handshake.Mark(http);
                return bulk.Handle(http);
            }).Open();
        Handshake.Map(root);
        root.ServiceProvider.GetRequiredService<Hec>().Map(root);
        root.ServiceProvider.GetRequiredService<Otlp>().Map(root);
        root.ServiceProvider.GetRequiredService<Journal>().Map(root);
        root.ServiceProvider.GetRequiredService<Loki>().Map(root);
        root.ServiceProvider.GetRequiredService<Seq>().Map(root);
        root.ServiceProvider.GetRequiredService<GelfHttp>().Map(root);
        root.ServiceProvider.GetRequiredService<TakeUpload>().MapToken(root);
    }

    /// <summary>Answers <c>GET /</c> and <c>HEAD /</c> of ingest clients, which ask there for the version; browsers pass on to the console. Before static files.</summary>
    public static IApplicationBuilder UseIngestHandshake(this IApplicationBuilder app) =>
        app.Use((http, next) => Handshake.IsRootCall(http.Request) ? Handshake.Root(http) : next(http));

    /// <summary>Shares the connections of an HTTP address out by sender: a quarter of the files that this program may hold open, half of them for one.</summary>
    public static void ShareConnections(this ListenOptions http)
    {
        var shares = new HttpShares(Math.Min(Limits.ConnectionsMax, DoorRoom.OpenFilesMax() / 4), http.ApplicationServices.GetService<IFindings>);
        // In the clear there is no other; and what floods the second one with resets and continuations has nothing to flood.
        http.Protocols = HttpProtocols.Http1;
        http.Use(next => connection => shares.Serve(connection, next));
    }

    /// <summary>Paths below <c>/api</c> that clients use: they carry a token, and not the header of people's requests.</summary>
    public static bool IsClientsOwn(string? path) => path is Loki.OldPath or Seq.RawPath;

    /// <summary>How each listener does.</summary>
    public static IReadOnlyList<ListenerState> Listeners(IServiceProvider services) => services.GetRequiredService<Listeners>().Snapshot();

    static TcpDoor Tcp(IServiceProvider s, string name, System.Net.IPEndPoint at, IWire wire, int frameBytesMax = Limits.FrameBytesMax)
    {
        var (clock, findings) = (s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IFindings>());
        var settings = s.GetRequiredService<IntakeOptions>().Listeners.GetValueOrDefault(name);
        var tls = settings?.Certificate is null ? null : new TlsFiles(settings, name, clock, findings, s.GetRequiredService<Catalogue>().Certificate);
        return new(at, wire, TcpBudget.Default with { FrameBytesMax = frameBytesMax }, tls, NewListener(s, name), clock, findings, s.GetRequiredService<ILogger<TcpDoor>>(), s.GetRequiredService<DoorRoom>());
    }

    static Listener NewListener(IServiceProvider services, string name) =>
        services.GetRequiredService<Listeners>().Add(new(name, services.GetRequiredService<IRecordLog>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<IntakeOptions>().Listeners.GetValueOrDefault(name)));
}
