using System.Globalization;
using System.IO.Compression;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases.Work;

/// <param name="File">Where it lies in the archive; null when its bytes were not those that were kept.</param>
sealed record ExportedPiece(string? File, ExhibitView Evidence);

/// <summary>What an archive of evidence says of itself.</summary>
sealed record Manifest(string CaseId, int Number, string Title, string Tlp, string ExportedBy, string ExportedAt, IReadOnlyList<ExportedPiece> Pieces);

/// <summary>
/// All evidence of a case for somebody else: its bytes, checked as they are put in, a manifest with hashes and the chain of custody up to and
/// with this export, and the sums as <c>sha256sum -c</c> reads them. The export stands in the chain of each piece before the first byte leaves.
/// </summary>
static class ExportEvidence
{
    static readonly JsonSerializerOptions Written = new(FactTypes.Json) { WriteIndented = true };

    public static void Map(RouteGroupBuilder cases) => cases.MapGet("/{id}/evidence-export", Handle).WithName("ExportEvidence")
        .Produces(StatusCodes.Status200OK, contentType: "application/zip").RequireAuthorization(Policies.Response);

    static async Task<Results<FileStreamHttpResult, NotFound, Conflict<Finding>>> Handle(
        string id, ClaimsPrincipal user, TriageDesk desk, EvidenceStore store, CancellationToken stop)
    {
        List<Exhibit> pieces;
        lock (desk.Gate)
        {
            if (desk.State.Surviving(id) is not { } c) return TypedResults.NotFound();
            pieces = [.. desk.State.Exhibits(c)];
        }
        if (Refuse(store.Ready, pieces) is { } finding) return TypedResults.Conflict(finding);
        var archive = store.Passing();
        try
        {
            using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
            {
                var files = await Fill(zip, pieces, store, stop);
                using (var turn = await desk.TakeTurn(stop))
                    await desk.Append([.. pieces.Select(p => new FactDraft(Actors.Of(user), "evidence", new EvidenceRead(p.CaseId, p.Id, "exported", files[p.Id] is not null)))], [], stop);
                Manifest manifest;
                lock (desk.Gate) manifest = Tell(desk.State.Surviving(id)!, desk, files, user);
                await Put(zip, "manifest.json", JsonSerializer.Serialize(manifest, Written), stop);
                await Put(zip, "SHA256SUMS", string.Concat(manifest.Pieces.Where(p => p.File is not null).Select(p => $"{p.Evidence.Sha256}  {p.File}\n")), stop);
            }
            archive.Position = 0;
            return TypedResults.File(archive, "application/zip", $"evidence-{id}.zip");
        }
        catch
        {
            await archive.DisposeAsync();
            throw;
        }
    }

    internal static Finding? Refuse(bool ready, IReadOnlyCollection<Exhibit> pieces) =>
        !ready ? new("TRI538", "This house keeps no files.", "Start it with a data folder.")
        : pieces.Count == 0 ? new("TRI623", "There is no evidence in this case.", "Keep a file, an event or the rows of a search first.")
        : pieces.Sum(p => p.Kept.Bytes) > Limits.ExportBytesMax ? new("TRI624", $"Together they are more than {Limits.ExportBytesMax >> 20} MiB.", "Take them one by one; each has its hash.") : null;

    /// <summary>Where each piece lies in the archive; null where the bytes are gone or others.</summary>
    static async Task<Dictionary<string, string?>> Fill(ZipArchive zip, List<Exhibit> pieces, EvidenceStore store, CancellationToken stop)
    {
        var files = new Dictionary<string, string?>();
        foreach (var (i, piece) in pieces.Index())
        {
            files[piece.Id] = null;
            if (await store.Open(piece.Kept.Sha256, stop) is not { } bytes) continue;
            await using (bytes)
            {
                // Two may have one name, and a name is for people: the number before it keeps them apart.
                var entry = zip.CreateEntry(files[piece.Id] = $"evidence/{(i + 1).ToString("000", CultureInfo.InvariantCulture)}-{Safe(piece.Kept.Name)}");
                await using var into = await entry.OpenAsync(stop);
                await bytes.CopyToAsync(into, stop);
            }
        }
        return files;
    }

    static Manifest Tell(CaseState c, TriageDesk desk, Dictionary<string, string?> files, ClaimsPrincipal user) => new(c.Id, c.Number, Titles.Of(c), desk.State.Mark(c).Tlp.ToString(), Actors.Of(user),
        DateTimeOffset.FromUnixTimeMilliseconds(desk.NowMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        [.. EvidenceSlices.View(c, desk).Evidence.Where(e => files.ContainsKey(e.EvidenceId)).Select(e => new ExportedPiece(files[e.EvidenceId], e))]);

    static async Task Put(ZipArchive zip, string name, string text, CancellationToken stop)
    {
        await using var into = await zip.CreateEntry(name).OpenAsync(stop);
        await into.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
    }

    // What unpacks it may run anywhere: letters, digits and few signs are safe on all of them.
    static string Safe(string name) => new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')]).TrimStart('.') is { Length: > 0 } safe ? safe[..Math.Min(safe.Length, 100)] : "piece";
}
