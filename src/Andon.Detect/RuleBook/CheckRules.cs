using System.Security.Claims;
using System.Text;
using Andon.Detect.Sigma.Parsing;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Andon.Detect.RuleBook;

/// <summary>Says everything that is wrong with a rule's text, without loading it.</summary>
static class CheckRules
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/rules/check", Handle).Accepts<string>("text/plain").WithName("CheckRules").WithTags("Detect").RequireAuthorization(Policies.Read);

    static async Task<Results<Ok<RuleFindings>, BadRequest<Finding>>> Handle(HttpRequest request, RuleBook book, CancellationToken stop)
    {
        if (await Body.Read(request, Limits.RuleFileBytesMax, stop) is not { } body) return TypedResults.BadRequest(Body.TooLarge(Limits.RuleFileBytesMax));
        return TypedResults.Ok(new RuleFindings(SigmaReader.Read("text", Encoding.UTF8.GetString(body), book.Desk.Now).Findings));
    }
}

/// <summary>Takes a rule file or a zip of them into the data folder; the rules stand in the queue for imports.</summary>
static class ImportRules
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rules/import", Handle).Accepts<byte[]>("application/zip", "text/yaml").WithMetadata(new SizeLimit()).WithName("ImportRules").WithTags("Detect").RequireAuthorization(Policies.Operations);

    static async Task<Results<Ok<RuleImported>, BadRequest<Finding>>> Handle(HttpRequest request, RuleBook book, ClaimsPrincipal user, CancellationToken stop, string why = "")
    {
        if (await Body.Read(request, Limits.ImportBytesMax, stop) is not { Length: > 0 } body) return TypedResults.BadRequest(Body.TooLarge(Limits.ImportBytesMax));
        using var turn = await book.TakeTurn(stop);
        return TypedResults.Ok(await book.Import(body, zip: body.AsSpan().StartsWith("PK"u8), Actors.Of(user), why, stop));
    }

    sealed class SizeLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => Limits.ImportBytesMax;
    }
}

static class Body
{
    /// <summary>The whole body, or null when it is larger.</summary>
    public static async ValueTask<byte[]?> Read(HttpRequest request, int most, CancellationToken stop)
    {
        using var into = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = await request.Body.ReadAsync(buffer, stop)) > 0;)
        {
            if (into.Length + read > most) return null;
            into.Write(buffer, 0, read);
        }
        return into.ToArray();
    }

    public static Finding TooLarge(int most) => new("DET030", $"The body is empty or larger than {most >> 20} MiB.", "Send rules as YAML text or as a zip.");
}
