using System.Text;
using System.Text.Json;
using Andon.Intake;
using Andon.Intake.Collect.Uploads;
using Andon.Intake.Normalise;

namespace Andon.Tests.Intake;

/// <summary>What a file can do without end: a line that is followed, a name in a first row.</summary>
public sealed class EndlessFiles
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task A_followed_line_without_end_is_kept_to_its_bound_and_the_next_is_whole()
    {
        using var folder = new TempFolder();
        var file = folder.File("endless.log");
        await using (var write = File.Create(file))
        {
            write.Write("first\n"u8);
            var much = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
            for (var i = 0; i < 5; i++) write.Write(much);
        }
        await using var house = await IntakeHouse.Start(folder.Path, files: [new(file, Tail: true, Host: "web01")]);
        await house.Log.WaitFor(1, Stop);
        // Its end comes later; nothing of it is held meanwhile beyond one frame.
        await File.AppendAllTextAsync(file, "the end\nnext\n", Stop);
        for (var waited = 0; waited < 1000 && !(await Lines(house)).Contains("next"); waited++) await Task.Delay(10, Stop);
        var kept = await house.Log.Read(1, 100, 64 << 20, Stop);
        Assert.Equal("first", Encoding.UTF8.GetString(kept[0].Raw.Span));
        Assert.Equal("next", Encoding.UTF8.GetString(kept[^1].Raw.Span));
        Assert.All(kept, r => Assert.InRange(r.Raw.Length, 1, Limits.FrameBytesMax));
        Assert.Contains(kept, r => r.Origin.Hint.Contains(Hints.Oversized, StringComparison.Ordinal) && r.Raw.Length == Limits.FrameBytesMax);
        Assert.True(house.Listeners.Single(l => l.Name == Hints.FileListener).Oversized >= 1);
    }

    static async Task<List<string>> Lines(IntakeHouse house) => house.Log.Next == 1 ? [] : [.. (await house.Log.Read(1, 100, 64 << 20, Stop)).Select(r => Encoding.UTF8.GetString(r.Raw.Span))];

    [Xunit.Fact]
    public void A_name_of_a_first_row_is_bounded_because_it_stands_in_every_record()
    {
        var csv = $"{new string('a', 100_000)},{new string('é', 5000)},c\n" + string.Concat(Enumerable.Repeat("1,2,3\n", 500));
        var rows = UploadRows.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), 1 << 20).ToList();
        Assert.Equal(500, rows.Count);
        foreach (var row in rows)
        {
            var names = JsonDocument.Parse(row.Raw).RootElement.EnumerateObject().ToList();
            Assert.Equal(["1", "2", "3"], names.Select(n => n.Value.GetString()));
            Assert.All(names, n => Assert.InRange(Encoding.UTF8.GetByteCount(n.Name), 1, Limits.PathBytesMax));
            Assert.DoesNotContain('\uFFFD', names[1].Name); // Not cut inside a letter.
        }
        Assert.InRange(rows.Sum(r => (long)r.Raw.Length), 1, 500 * 3 * (Limits.PathBytesMax + 20L));
    }

    [Xunit.Fact]
    public void A_first_row_of_very_many_names_is_bounded_by_its_row()
    {
        var csv = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"n{i}")) + "\n1,2\n";
        var row = Assert.Single(UploadRows.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)), 1 << 20));
        Assert.Equal("""{"n0":"1","n1":"2"}""", Encoding.UTF8.GetString(row.Raw.Span));
    }
}
