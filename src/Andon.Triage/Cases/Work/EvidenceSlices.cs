using System.Security.Claims;
using Andon.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Andon.Triage.Cases.Work;

public sealed record CustodyView(long AtMs, string Actor, string How, string Text, long FactSeq);

public sealed record ExhibitView(
    string EvidenceId, string Name, string Kind, string Sha256, long Bytes, string Note, string Origin, string Actor, long AtMs, string? Withdrawn, bool Broken, IReadOnlyList<CustodyView> Chain);

public sealed record EvidenceView(IReadOnlyList<ExhibitView> Evidence, long BytesMax);

/// <summary>
/// Evidence: kept by its hash, handed out as bytes and never shown as a page, checked each time, never deleted. Whoever adds, reads,
/// exports or withdraws stands in its chain of custody.
/// </summary>
static class EvidenceSlices
{
    static readonly HashSet<string> Kinds = ["file", "search", "event", "playbook"];
    static readonly Finding NoFolder = new("TRI538", "This house keeps no files.", "Start it with a data folder.");

    public sealed record WithdrawAsk(string? Why);

    sealed class SizeLimit : IRequestSizeLimitMetadata
    {
        // A little more, so that what is too long is refused with a finding and not by a broken connection.
        public long? MaxRequestBodySize => Limits.EvidenceBytesMax + (1 << 20);
    }

    public static void Map(RouteGroupBuilder cases)
    {
        cases.MapGet("/{id}/evidence", (string id, TriageDesk desk) => WorkTurn.Show(id, desk, c => View(c, desk))).WithName("ShowEvidence").RequireAuthorization(Policies.Read);
        cases.MapPost("/{id}/evidence", Keep).Accepts<byte[]>("application/octet-stream").WithMetadata(new SizeLimit()).WithName("KeepEvidence").RequireAuthorization(Policies.Response);
        cases.MapGet("/{id}/evidence/{evidenceId}", Read).WithName("TakeEvidence").Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").RequireAuthorization(Policies.Response);
        cases.MapPost("/{id}/evidence/{evidenceId}/verify", Verify).WithName("VerifyEvidence").RequireAuthorization(Policies.Read);
        cases.MapPost("/{id}/evidence/{evidenceId}/withdraw", Withdraw).WithName("WithdrawEvidence").RequireAuthorization(Policies.Response);
    }

    internal static EvidenceView View(CaseState c, TriageDesk desk) => new([.. desk.State.Exhibits(c).Select(e => new ExhibitView(e.Id, e.Kept.Name, e.Kept.Kind, e.Kept.Sha256, e.Kept.Bytes, e.Kept.Note,
        e.Kept.Origin, e.Actor, e.AtMs, e.Withdrawn, e.Broken, [.. e.Chain.Select(l => new CustodyView(l.AtMs, l.Actor, l.How, l.Text, l.FactSeq))]))], Limits.EvidenceBytesMax);

    static async Task<Results<Ok<EvidenceView>, NotFound, BadRequest<TriageFindings>>> Keep(
        string id, string? name, string? kind, string? note, string? origin, HttpContext http, TriageDesk desk, EvidenceStore store, CancellationToken stop)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = Limits.EvidenceBytesMax + (1 << 20);
        lock (desk.Gate)
            if (desk.State.Surviving(id) is null) return TypedResults.NotFound();
        var findings = Check(name, kind ?? "file", note, origin, store, http.Request.ContentLength);
        if (findings.Count > 0) return TypedResults.BadRequest(new TriageFindings(findings));
        if (await store.Keep(http.Request.Body, Limits.EvidenceBytesMax, stop) is not { } kept) return TypedResults.BadRequest(new TriageFindings([TooLong]));
        if (kept.Bytes == 0) return TypedResults.BadRequest(new TriageFindings([new("TRI531", "There is nothing in it.", "Choose a file that is not empty.", "/body")]));
        return await WorkTurn.Take(id, "evidence", http.User, desk, c => c.Work.Evidence.Count >= Limits.ExhibitsMax
            ? new Finding("TRI536", $"A case has at most {Limits.ExhibitsMax} pieces of evidence.", "Put small ones into one archive.")
            : Decision.Of(new EvidenceKept(c.Id, $"{c.Id}-e{c.Work.Evidence.Count + 1}", Named(name!), kind ?? "file", kept.Sha256, kept.Bytes, (note ?? "").Trim(), (origin ?? "").Trim())),
            c => View(c, desk), stop);
    }

    static readonly Finding TooLong = new("TRI530", $"It is longer than {Limits.EvidenceBytesMax >> 20} MiB.", "Cut it, or keep its hash and place as a note.", "/body");

    internal static List<Finding> Check(string? name, string kind, string? note, string? origin, EvidenceStore store, long? length)
    {
        var findings = new List<Finding>();
        if (!store.Ready) findings.Add(NoFolder);
        if (string.IsNullOrWhiteSpace(name) || name.Length > Limits.NameMax) findings.Add(new("TRI531", "It has no name, or one that is too long.", $"Name it in up to {Limits.NameMax} characters.", "/name"));
        if (!Kinds.Contains(kind)) findings.Add(new("TRI537", $"{kind} is no kind of evidence.", "Say file, search, event or playbook.", "/kind"));
        if (note?.Length > Limits.TextMax || origin?.Length > Limits.TextMax) findings.Add(new("TRI213", "The note or origin is too long.", $"Say it in {Limits.TextMax} characters.", "/note"));
        if (length > Limits.EvidenceBytesMax) findings.Add(TooLong);
        return findings;
    }

    // A name is for people: it never becomes a path here, and shall not elsewhere.
    static string Named(string name) => new([.. name.Trim().Select(c => char.IsControl(c) || c is '/' or '\\' ? '_' : c)]);

    static async Task<Results<FileStreamHttpResult, NotFound, Conflict<Finding>>> Read(
        string id, string evidenceId, bool? export, ClaimsPrincipal user, TriageDesk desk, EvidenceStore store, CancellationToken stop)
    {
        var (exhibit, file) = await Open(id, evidenceId, export == true ? "exported" : "read", user, desk, store, stop);
        if (exhibit is null) return TypedResults.NotFound();
        if (file is null) return TypedResults.Conflict(Changed(exhibit));
        return TypedResults.File(file, "application/octet-stream", exhibit.Kept.Name);
    }

    static Finding Changed(Exhibit exhibit) =>
        new("TRI532", $"The bytes of {exhibit.Kept.Name} are gone or not those that were kept.", "Do not use them. Restore the file from a backup and check it again; its hash stands in the case.", exhibit.Id);

    static async Task<(Exhibit? Exhibit, FileStream? File)> Open(
        string id, string evidenceId, string how, ClaimsPrincipal user, TriageDesk desk, EvidenceStore store, CancellationToken stop)
    {
        Exhibit? exhibit;
        lock (desk.Gate) exhibit = desk.State.Surviving(id) is { } c ? desk.State.Exhibit(c, evidenceId) : null;
        if (exhibit is null || !store.Ready) return (null, null);
        var file = await store.Open(exhibit.Kept.Sha256, stop);
        using var turn = await desk.TakeTurn(stop);
        await desk.Append([new(Actors.Of(user), "evidence", new EvidenceRead(exhibit.CaseId, evidenceId, how, file is not null))], [], stop);
        return (exhibit, file);
    }

    static async Task<Results<Ok<EvidenceView>, NotFound, Conflict<Finding>>> Verify(
        string id, string evidenceId, ClaimsPrincipal user, TriageDesk desk, EvidenceStore store, CancellationToken stop)
    {
        var (exhibit, file) = await Open(id, evidenceId, "verified", user, desk, store, stop);
        if (exhibit is null) return TypedResults.NotFound();
        if (file is null) return TypedResults.Conflict(Changed(exhibit));
        await file.DisposeAsync();
        lock (desk.Gate) return TypedResults.Ok(View(desk.State.Surviving(id)!, desk));
    }

    static Task<Results<Ok<EvidenceView>, NotFound, BadRequest<TriageFindings>>> Withdraw(
        string id, string evidenceId, WithdrawAsk ask, ClaimsPrincipal user, TriageDesk desk, CancellationToken stop) =>
        WorkTurn.Take(id, "evidence", user, desk, c =>
            desk.State.Exhibit(c, evidenceId) is not { } exhibit ? new Finding("TRI533", $"There is no evidence {evidenceId}.", "Take an id of this case.", evidenceId)
            : exhibit.Withdrawn is not null ? new Finding("TRI534", "It is withdrawn already.", "Its chain of custody tells why.", evidenceId)
            : string.IsNullOrWhiteSpace(ask.Why) || ask.Why.Length > Limits.TextMax ? new Finding("TRI535", "Evidence is withdrawn for a reason.", "Say why it no longer counts. Its bytes stay.", "/why")
            : Decision.Of(new EvidenceWithdrawn(exhibit.CaseId, evidenceId, ask.Why.Trim())), c => View(c, desk), stop);
}
