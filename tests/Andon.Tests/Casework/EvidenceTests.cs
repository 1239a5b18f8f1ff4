using System.Net;
using System.Security.Cryptography;
using System.Text;
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
