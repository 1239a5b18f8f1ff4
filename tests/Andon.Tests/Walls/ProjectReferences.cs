using System.Xml.Linq;

namespace Andon.Tests.Walls;

public sealed class ProjectReferences
{
    static readonly string[] Rooms = ["Intake", "Detect", "Exposure", "Triage", "Respond", "Measure"];

    static IReadOnlyList<string> ReferencesOf(string project) =>
        XDocument.Load(Path.Combine(SharedData.RepositoryRoot, "src", $"Andon.{project}", $"Andon.{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension((string?)r.Attribute("Include") ?? "").Replace("Andon.", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();

    [Fact]
    public void Model_stands_on_nothing() => Assert.Empty(ReferencesOf("Model"));

    [Fact]
    public void Model_needs_no_package() =>
        Assert.DoesNotContain("PackageReference", File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "src/Andon.Model/Andon.Model.csproj")), StringComparison.Ordinal);

    [Fact]
    public void Store_knows_only_Model() => Assert.Equal(["Model"], ReferencesOf("Store"));

    [Fact]
    public void A_room_knows_Model_and_Store_and_no_other_room()
    {
        // Law 1: rooms meet through records, events and facts. A reference from room to room would let feedback travel as a call,
        // which no replay and no audit would ever see.
        foreach (var room in Rooms)
            Assert.True(ReferencesOf(room).SequenceEqual(["Model", "Store"]), $"Andon.{room} references {string.Join(", ", ReferencesOf(room))}: only Model and Store are allowed (law 1).");
    }

    [Fact]
    public void Every_project_under_src_is_one_of_the_house() =>
        Assert.Equal(
            ((string[])[.. Rooms, "Model", "Store", "Host"]).Select(r => $"Andon.{r}").Order(StringComparer.Ordinal),
            Directory.GetDirectories(Path.Combine(SharedData.RepositoryRoot, "src")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal));
}
