using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Andon.Model;
using Andon.Triage.Cases.Work;

namespace Andon.Tests.Casework;

public sealed class EvidenceTests
{
    [Fact]
    public async Task Evidence_is_hashed_as_it_comes_given_out_as_bytes_only_and_every_hand_is_written_down()
    {
        await using var house = await WorkHouse.Open();
        var id = await house.Report("Odd file");
        var bytes = Encoding.UTF8.GetBytes("<script>alert(1)</script>");
        var kept = (await house.Keep(id, "../../page\u0007.html", bytes)).GetProperty("evidence")[0];
        var sha = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.Equal(sha, kept.GetProperty("sha256").GetString());
        Assert.Equal(".._.._page_.html", kept.GetProperty("name").GetString());
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(house.Data.FullName, "evidence", sha[..2], sha)));

        using var answer = await house.Person("ben").GetAsync($"/api/cases/{id}/evidence/{kept.GetProperty("evidenceId").GetString()}");
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
        var chain = (await house.Get($"/api/cases/{id}/evidence")).GetProperty("evidence")[0].GetProperty("chain");
        Assert.Equal(["user:anna kept", "user:ben read"], chain.EnumerateArray().Select(l => $"{l.GetProperty("actor").GetString()} {l.GetProperty("how").GetString()}"));
    }

    [Fact]
    public async Task An_export_holds_the_bytes_their_sums_and_the_chain_with_itself_in_it()
    {
        await using var house = await WorkHouse.Open();
        var id = await house.Report("Odd files");
        Assert.Equal("TRI623", (await WorkHouse.Json(await house.Anna.GetAsync($"/api/cases/{id}/evidence-export"), HttpStatusCode.Conflict)).GetProperty("code").GetString());
        await house.Keep(id, "../run me.sh", [1, 2, 3]);
        await house.Keep(id, "../run me.sh", [4, 5]);
        var gone = (await house.Keep(id, "gone.bin", [6])).GetProperty("evidence")[2].GetProperty("sha256").GetString()!;
        File.Delete(Path.Combine(house.Data.FullName, "evidence", gone[..2], gone));

        using var answer = await house.Person("ben").GetAsync($"/api/cases/{id}/evidence-export");
        Assert.Equal("application/zip", answer.Content.Headers.ContentType?.MediaType);
        using var zip = new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync()));
        Assert.Equal(["evidence/001-_run_me.sh", "evidence/002-_run_me.sh", "manifest.json", "SHA256SUMS"], zip.Entries.Select(e => e.FullName));
        string Text(string name) => new StreamReader(zip.GetEntry(name)!.Open()).ReadToEnd();
        foreach (var line in Text("SHA256SUMS").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Equal(line[..64], Convert.ToHexStringLower(SHA256.HashData(zip.GetEntry(line[66..])!.Open())));
        var manifest = JsonDocument.Parse(Text("manifest.json")).RootElement;
        Assert.Equal((id, "user:ben"), (manifest.GetProperty("caseId").GetString(), manifest.GetProperty("exportedBy").GetString()));
        var pieces = manifest.GetProperty("pieces").EnumerateArray().ToList();
        Assert.Equal([true, true, false], pieces.Select(p => p.TryGetProperty("file", out _)));
        Assert.All(pieces, p => Assert.Equal("user:ben exported", p.GetProperty("evidence").GetProperty("chain").EnumerateArray().Select(l => $"{l.GetProperty("actor").GetString()} {l.GetProperty("how").GetString()}").Last()));
        Assert.True(pieces[2].GetProperty("evidence").GetProperty("broken").GetBoolean());
        Assert.Empty(Directory.GetFiles(Path.Combine(house.Data.FullName, "evidence", "coming")));
    }

    [Fact]
    public void Techniques_have_names_and_what_is_wrong_with_them_is_said_at_once()
    {
        var shipped = TechniqueNames.Load(Path.Combine(SharedData.RepositoryRoot, "content"));
        Assert.Empty(shipped.Findings);
        Assert.Equal(("PowerShell", ""), (shipped.Of("t1059.001"), shipped.Of("T9999")));
        Assert.All(shipped.Entries, e => Assert.NotEmpty(e.Tactics));
        var wrong = TechniqueNames.Parse("T1: {name: a}\nT1059: text\nT1003: {name: OS Credential Dumping, tactics: [credential-access]}\n");
        Assert.Equal(["TRI622", "TRI622"], wrong.Findings.Select(f => f.Code));
        Assert.Equal(["T1003"], wrong.Entries.Select(e => e.Id));
        Assert.Equal("TRI621", Assert.Single(TechniqueNames.Parse("- a").Findings).Code);
    }

    /// <summary>Every technique that a shipped rule names has its name.</summary>
    [Fact]
    public void No_rule_of_ours_names_a_technique_that_has_no_name()
    {
        var content = Path.Combine(SharedData.RepositoryRoot, "content");
        var names = TechniqueNames.Load(content);
        var ids = Directory.EnumerateFiles(content, "*.yml", SearchOption.AllDirectories).SelectMany(f => Regex.Matches(File.ReadAllText(f), @"\battack\.(t[0-9]{4}(\.[0-9]{3})?)\b")).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(ids);
        Assert.DoesNotContain(ids, id => names.Of(id).Length == 0);
    }

    [Fact]
    public async Task A_file_that_changed_or_is_gone_is_refused_and_the_case_says_so()
    {
        await using var house = await WorkHouse.Open();
        var id = await house.Report("Odd file");
        var kept = (await house.Keep(id, "a.bin", [1, 2, 3])).GetProperty("evidence")[0];
        var (sha, evidence) = (kept.GetProperty("sha256").GetString()!, kept.GetProperty("evidenceId").GetString());
        var place = Path.Combine(house.Data.FullName, "evidence", sha[..2], sha);
        await File.WriteAllBytesAsync(place, [1, 2, 4]);
        Assert.Equal("TRI532", (await WorkHouse.Json(await house.Anna.GetAsync($"/api/cases/{id}/evidence/{evidence}"), HttpStatusCode.Conflict)).GetProperty("code").GetString());
        var shown = (await house.Get($"/api/cases/{id}/evidence")).GetProperty("evidence")[0];
        Assert.True(shown.GetProperty("broken").GetBoolean());
        Assert.False(Assert.IsType<EvidenceRead>((await house.Facts.ReadSubject(id, 100, default)).Last(f => f.Body is EvidenceRead).Body).Intact);
        File.Delete(place);
        Assert.Equal("TRI532", (await WorkHouse.Json(await house.Anna.PostAsync($"/api/cases/{id}/evidence/{evidence}/verify", null), HttpStatusCode.Conflict)).GetProperty("code").GetString());

        // The right bytes again: kept anew under the same hash, both pieces are whole.
        await house.Keep(id, "b.bin", [1, 2, 3]);
        var mended = await WorkHouse.Json(await house.Anna.PostAsync($"/api/cases/{id}/evidence/{evidence}/verify", null));
        Assert.All(mended.GetProperty("evidence").EnumerateArray(), e => Assert.False(e.GetProperty("broken").GetBoolean()));
    }

    [Fact]
    public async Task Evidence_is_withdrawn_with_a_reason_and_its_bytes_stay()
    {
        await using var house = await WorkHouse.Open();
        var id = await house.Report("Odd file");
        var kept = (await house.Keep(id, "a.bin", [9])).GetProperty("evidence")[0].GetProperty("evidenceId").GetString();
        Assert.Equal(["TRI535"], await house.Codes($"/api/cases/{id}/evidence/{kept}/withdraw", new { why = "" }));
        await house.Post($"/api/cases/{id}/evidence/{kept}/withdraw", new { why = "of another machine" });
        Assert.Equal(["TRI534"], await house.Codes($"/api/cases/{id}/evidence/{kept}/withdraw", new { why = "again" }));
        using var still = await house.Anna.GetAsync($"/api/cases/{id}/evidence/{kept}");
        Assert.Equal([9], await still.Content.ReadAsByteArrayAsync());
        using var delete = await house.Anna.DeleteAsync($"/api/cases/{id}/evidence/{kept}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, delete.StatusCode);
        Assert.Equal(["TRI531"], (await house.Keep(id, "", [1], HttpStatusCode.BadRequest)).GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()));
        Assert.Equal(["TRI531"], (await house.Keep(id, "empty", [], HttpStatusCode.BadRequest)).GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Of_what_is_longer_than_the_limit_nothing_stays()
    {
        var folder = Directory.CreateTempSubdirectory("andon-evidence");
        try
        {
            var store = new EvidenceStore(folder.FullName);
            Assert.Null(await store.Keep(new MemoryStream(new byte[1001]), 1000, default));
            Assert.Empty(Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories));
            Assert.Equal(1000, (await store.Keep(new MemoryStream(new byte[1000]), 1000, default))?.Bytes);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
