using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Andon.Exposure.Assets;
using Andon.Exposure.Vulnerabilities;
using Andon.Exposure.Windows;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Andon.Exposure.Slices;

/// <param name="Accepted">Rows taken in.</param>
/// <param name="Facts">Facts written: what changed, and windows that it opened or closed.</param>
public sealed record ExposureTaken(int Accepted, int Facts, IReadOnlyList<Finding> Findings);

public sealed record WindowView(
    string WindowId, string AssetId, string AssetName, string Cve, string Package, bool Kev, long OpenedMs, long? ClosedMs, double ExposedMinutes, string Why, string Unit, string Owner);

public sealed record WindowsView(IReadOnlyList<WindowView> Windows, int Open, int Closed);

public sealed record AssetView(
    string AssetId, string Name, IReadOnlyList<string> Addresses, string Zone, double Criticality, string Owner, string Unit, bool Reachable, bool CrownJewel,
    int Vulnerabilities, int OpenWindows);

public sealed record AssetsView(IReadOnlyList<AssetView> Assets);

/// <summary>Uploads, windows and assets.</summary>
static class ExposureSlices
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/exposure/inventory", Inventory).RequireAuthorization(Policies.Operations).WithName("UploadInventory").WithTags("exposure").Accepts<string>("text/csv").WithMetadata(Size);
        api.MapPost("/exposure/kev", KevList).RequireAuthorization(Policies.Operations).WithName("UploadKev").WithTags("exposure").Accepts<JsonElement>("application/json").WithMetadata(Size);
        api.MapPost("/exposure/scan", ScanReport).RequireAuthorization(Policies.Operations).WithName("UploadScan").WithTags("exposure").Accepts<JsonElement>("application/json").WithMetadata(Size);
        api.MapGet("/exposure/windows", WindowList).RequireAuthorization(Policies.Read).WithName("GetWindows").WithTags("exposure");
        api.MapGet("/exposure/assets", AssetList).RequireAuthorization(Policies.Read).WithName("GetAssets").WithTags("exposure");
    }

    static readonly Upload Size = new();

    /// <summary>Scanner reports are large; the bound is ours and not the server's.</summary>
    sealed class Upload : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => Limits.UploadBytesMax + 1;
    }

    static async Task<Results<Ok<ExposureTaken>, BadRequest<ExposureTaken>>> Inventory(HttpRequest request, Books books, ClaimsPrincipal user, CancellationToken stop)
    {
        // CsvHelper reads from memory: it would block the server's thread on the network.
        using var body = await Body(request, stop);
        if (body is null) return Answer(0, 0, [new("EXP035", $"The inventory is larger than {Limits.UploadBytesMax} bytes.", "Split it.")]);
        using var reader = new StreamReader(body, Encoding.UTF8);
        var read = InventoryCsv.Read(reader);
        var written = await books.Take(scene => InventoryCsv.Changes(scene, read.Rows), Actors.Of(user), "inventory", stop);
        return Answer(read.Rows.Count, written, read.Findings);
    }

    static async Task<Results<Ok<ExposureTaken>, BadRequest<ExposureTaken>>> KevList(HttpRequest request, Books books, ClaimsPrincipal user, CancellationToken stop)
    {
        using var json = await Json(request, stop);
        if (json is null) return NoJson();
        var read = Kev.Read(json.RootElement);
        var written = await books.Take(scene => Kev.Changes(scene, read.Rows), Actors.Of(user), "kev", stop);
        return Answer(read.Rows.Count, written, read.Findings);
    }

    static async Task<Results<Ok<ExposureTaken>, BadRequest<ExposureTaken>>> ScanReport(string asset, HttpRequest request, Books books, World world, ClaimsPrincipal user, CancellationToken stop)
    {
        if (asset.Length is 0 or > Limits.TextCharsMax) return Answer(0, 0, [new("EXP032", "The scan names no asset.", "Add ?asset=ID, the asset_id of the inventory.")]);
        using var json = await Json(request, stop);
        if (json is null) return NoJson();
        var read = Scan.Read(json.RootElement);
        if (read.Scanner is not { } scanner) return Answer(0, 0, read.Findings);
        var written = await books.Take(scene => Scan.Changes(scene, asset, scanner, read.Rows), Actors.Of(user), $"scan:{scanner}", stop);
        IReadOnlyList<Finding> findings = world.Asset(asset) is not null ? read.Findings
            : [.. read.Findings, new("EXP033", $"The inventory does not know the asset '{asset}', so its reach is unknown and no window opens.", "Add it to the inventory.", asset, FindingLevel.Warning)];
        return Answer(read.Rows.Count, written, findings);
    }

    static Ok<WindowsView> WindowList(World world, TimeProvider clock)
    {
        var now = clock.NowMs();
        var all = world.Windows();
        var scene = world.Look();
        WindowView View(WindowRow w)
        {
            var asset = scene.Assets.GetValueOrDefault(w.Key.AssetId);
            return new(w.WindowId, w.Key.AssetId, asset?.Name ?? w.Key.AssetId, w.Key.Cve, w.Key.Package, w.Kev, w.OpenedMs, w.ClosedMs,
                Math.Round(((w.ClosedMs ?? now) - w.OpenedMs) / 60_000.0, 1), w.Why, asset?.Unit ?? "", asset?.Owner ?? "");
        }
        var open = all.Where(w => w.ClosedMs is null).OrderByDescending(w => w.Kev).ThenByDescending(w => scene.Assets.GetValueOrDefault(w.Key.AssetId)?.Criticality ?? 1).ThenBy(w => w.OpenedMs).ThenBy(w => w.WindowId, StringComparer.Ordinal).ToList();
        var closed = all.Where(w => w.ClosedMs is not null).OrderByDescending(w => w.ClosedMs).ThenBy(w => w.WindowId, StringComparer.Ordinal).ToList();
        return TypedResults.Ok(new WindowsView([.. open.Select(View), .. closed.Take(Limits.ClosedWindowsShownMax).Select(View)], open.Count, closed.Count));
    }

    static Ok<AssetsView> AssetList(World world)
    {
        var scene = world.Look();
        var vulnerabilities = scene.Vulnerabilities.Keys.Select(k => (k.AssetId, k.Cve, k.Package)).Distinct().CountBy(k => k.AssetId).ToDictionary();
        var windows = scene.Open.Keys.CountBy(k => k.AssetId).ToDictionary();
        return TypedResults.Ok(new AssetsView([.. scene.Assets.Values.OrderByDescending(a => a.Criticality).ThenBy(a => a.Name, StringComparer.Ordinal).Select(a => new AssetView(
            a.AssetId, a.Name, a.Addresses, a.Zone, a.Criticality, a.Owner, a.Unit, a.Reachable, a.CrownJewel,
            vulnerabilities.GetValueOrDefault(a.AssetId), windows.GetValueOrDefault(a.AssetId)))]));
    }

    static Results<Ok<ExposureTaken>, BadRequest<ExposureTaken>> Answer(int accepted, int written, IReadOnlyList<Finding> findings)
    {
        var taken = new ExposureTaken(accepted, written, findings);
        // Nothing good in it and something wrong: the upload as a whole is refused.
        return accepted == 0 && findings.Any(f => f.Level == FindingLevel.Error) ? TypedResults.BadRequest(taken) : TypedResults.Ok(taken);
    }

    static BadRequest<ExposureTaken> NoJson() =>
        TypedResults.BadRequest(new ExposureTaken(0, 0, [new("EXP034", "The body is no JSON, or larger than the limit.", $"At most {Limits.UploadBytesMax} bytes.")]));

    static async Task<JsonDocument?> Json(HttpRequest request, CancellationToken stop)
    {
        using var body = await Body(request, stop);
        if (body is null) return null;
        try
        {
            return JsonDocument.Parse(body, new() { MaxDepth = 64 });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Null when it is larger than the limit: half a report would close windows that are open.
    static async Task<MemoryStream?> Body(HttpRequest request, CancellationToken stop)
    {
        var kept = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, stop)) > 0)
        {
            kept.Write(buffer, 0, read);
            if (kept.Length <= Limits.UploadBytesMax) continue;
            await kept.DisposeAsync();
            return null;
        }
        kept.Position = 0;
        return kept;
    }
}
