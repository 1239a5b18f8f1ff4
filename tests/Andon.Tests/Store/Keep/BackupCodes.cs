using System.Security.Claims;
using Andon.Model;
using Andon.Store.Keep.Backup;
using Andon.Store.Keep.Slices;
using Andon.Store.Records;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Andon.Tests.Store.Keep;

/// <summary>Each refusal of a backup is met, by its code. What a backup that is whole refuses stands in <see cref="BackupTests"/>.</summary>
public sealed class BackupCodes : IDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Whatever_is_in_the_way_of_a_backup_is_named()
    {
        await using var house = await KeepHouse.Open(folder.At("data"));
        await house.Append(300);
        await house.Settled();
        var taker = house.TakerWith(_ => Task.CompletedTask);

        // Events on a server: their files are not here.
        var away = new BackupTaker(house.Options with { Engine = house.Options.Engine with { ServerUrl = new("http://127.0.0.1:1/") } }, house.Turn, house.Records, house.Hits, house.Facts, house.Store, house.Clock);
        Assert.Equal("BAK008", (await Refused(() => away.Take(folder.At("place"), "user:anna", Stop))).Code);

        // A reader that does not come to a pause.
        await house.Store.Writing.WaitAsync(Stop);
        var hasty = new BackupTaker(house.Options, house.Turn, house.Records, house.Hits, house.Facts, house.Store, house.Clock) { Patience = TimeSpan.FromMilliseconds(50) };
        Assert.Equal("BAK010", (await Refused(() => hasty.Take(folder.At("place"), "user:anna", Stop))).Code);
        house.Store.Writing.Release();

        var anna = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "anna")], "test"));
        Assert.Equal("BAK014", Assert.IsType<BadRequest<Finding>>((await BackupSlice.Handle(new("relative"), taker, anna, Stop)).Result).Value!.Code);
        await File.WriteAllTextAsync(folder.At("a-file"), "", Stop);
        Assert.Equal("BAK015", Assert.IsType<BadRequest<Finding>>((await BackupSlice.Handle(new(Path.Combine(folder.At("a-file"), "below")), taker, anna, Stop)).Result).Value!.Code);

        // What was refused held nothing up: the next one is whole.
        var report = Assert.IsType<Ok<BackupReport>>((await BackupSlice.Handle(new(folder.At("place")), taker, anna, Stop)).Result).Value!;
        Assert.Equal(300, report.Events);

        // Manifests that say another format, or other rows than their parts hold.
        var place = folder.At("place");
        var manifest = Manifest.Read(place, report.Name);
        (manifest with { Name = "30000101T000000Z", Format = Manifest.FormatNow + 1 }).Write(place);
        Assert.Equal("BAK005", (await Refused(() => BackupTests.Restore(place, folder.At("newer")))).Code);
        (manifest with { Name = "30000102T000000Z", Tables = [.. manifest.Tables.Select(t => t with { Rows = t.Rows + 1 })] }).Write(place);
        Assert.Equal("BAK013", (await Refused(() => BackupTests.Restore(place, folder.At("other")))).Code);
    }

    [Fact]
    public void A_file_that_becomes_shorter_while_it_is_copied_ends_the_backup()
    {
        var place = BackupPlace.Begin(folder.At("place"), TimeProvider.System);
        var file = folder.At("shrinking");
        File.WriteAllText(file, "ten bytes!");
        var refused = Assert.Throws<BackupRefusedException>(() => place.Add("shrinking", file, unchanging: false, length: 20));
        Assert.Equal("BAK006", refused.Finding.Code);
    }

    static async Task<Finding> Refused(Func<Task> act) => (await Assert.ThrowsAsync<BackupRefusedException>(act)).Finding;
}
