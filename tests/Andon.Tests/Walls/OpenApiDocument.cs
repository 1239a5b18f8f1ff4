using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Andon.Tests.House;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Andon.Tests.Walls;

/// <summary>The console's client is made from web/openapi.json; so that file is what the house serves.</summary>
public sealed class OpenApiDocument
{
    static readonly JsonSerializerOptions Plain = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_console_is_made_from_the_document_that_is_served()
    {
        var path = Path.Combine(SharedData.RepositoryRoot, "web", "openapi.json");
        var update = Environment.GetEnvironmentVariable("UPDATE") == "1";
        Assert.SkipUnless(update || File.Exists(path), "web/openapi.json is not there; run this test with UPDATE=1 to write it.");
        await using var house = await RealHouse.WithoutEngine();
        var served = Normal((await house.Get("/openapi/v1.json")).GetRawText());
        if (update) await File.WriteAllTextAsync(path, served, TestContext.Current.CancellationToken);
        Assert.True(
            Normal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)) == served,
            "The house serves another API than web/openapi.json says. Run this test with UPDATE=1, then make the console's client from it anew.");
    }

    [Fact]
    public async Task No_two_slices_answer_at_one_place()
    {
        await using var house = await RealHouse.WithoutEngine();
        var twice = house.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(m => $"{m} /{Place(e.RoutePattern.RawText ?? "")}"))
            .GroupBy(p => p, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        Assert.True(twice.Count == 0, $"Two slices are mapped to the same method and path, so neither is ever reached: {string.Join(", ", twice)}");

        // Names of parameters do not tell places apart.
        static string Place(string pattern) => string.Join('/', pattern.Trim('/').Split('/').Select(p => p.StartsWith('{') ? "{}" : p));
    }

    /// <summary>Without the address that happened to answer, and in one way of writing.</summary>
    static string Normal(string document)
    {
        var root = JsonNode.Parse(document) as JsonObject ?? throw new InvalidDataException("The document is no object.");
        root.Remove("servers");
        return root.ToJsonString(Plain) + "\n";
    }
}
