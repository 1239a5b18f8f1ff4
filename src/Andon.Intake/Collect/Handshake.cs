using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Andon.Intake.Collect;

/// <summary>The answers that Elasticsearch clients and Beats ask for before they send: version, licence, and empty answers to their set-up calls.</summary>
static class Handshake
{
    const string Version = """{"name":"andon","cluster_name":"andon","cluster_uuid":"andon","version":{"number":"8.17.0","build_flavor":"default","build_type":"docker","lucene_version":"9.12.0","minimum_wire_compatibility_version":"7.17.0","minimum_index_compatibility_version":"7.0.0"},"tagline":"You Know, for Search"}""";
    const string License = """{"license":{"status":"active","uid":"andon","type":"basic","mode":"basic","issue_date_in_millis":0,"start_date_in_millis":0}}""";
    const string Health = """{"cluster_name":"andon","status":"green","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"active_primary_shards":0,"active_shards":0}""";

    static readonly string[] Empty = ["/_ilm/{**rest}", "/_index_template/{**rest}", "/_component_template/{**rest}", "/_template/{**rest}", "/_ingest/{**rest}", "/_nodes/{**rest}", "/_nodes", "/_logstash/{**rest}", "/_data_stream/{**rest}", "/_xpack"];

    /// <summary>True for a request to the root that an ingest client makes: browsers ask for HTML.</summary>
    public static bool IsRootCall(HttpRequest request) =>
        request.Path == "/" && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static Task Root(HttpContext http) => Write(http, Version);

    public static void Map(IEndpointRouteBuilder root)
    {
        root.Map("/_license", http => Write(http, License)).Open();
        root.Map("/_cluster/health/{**rest}", http => Write(http, Health)).Open();
        foreach (var path in Empty) root.Map(path, http => Write(http, "{}")).Open();
    }

    /// <summary>Clients of a version ask for its media type and check that it comes back.</summary>
    public static string ContentType(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        var at = accept.IndexOf("compatible-with=", StringComparison.Ordinal);
        return at >= 0 && at + 16 < accept.Length && char.IsAsciiDigit(accept[at + 16]) ? $"application/vnd.elasticsearch+json;compatible-with={accept[at + 16]}" : "application/json";
    }

    static async Task Write(HttpContext http, string json)
    {
        Mark(http);
        http.Response.ContentType = ContentType(http.Request);
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.WriteAsync(json);
    }

    /// <summary>Clients refuse to speak to anything that does not say this.</summary>
    public static void Mark(HttpContext http) => http.Response.Headers["X-Elastic-Product"] = "Elasticsearch";

    /// <summary>These routes have no person behind them: they need no session, or check their token themselves.</summary>
    public static void Open(this IEndpointConventionBuilder route) => route.AllowAnonymous().ExcludeFromDescription();
}
