using System.Xml.Linq;
using Andon.Detect.RuleBook;
using Andon.Host.Access;
using Andon.Model;

namespace Andon.Tests.Power;

/// <summary>Files of other rooms that a power cut left empty or half.</summary>
public sealed class OtherRooms : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("andon-power-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Xunit.Fact]
    public void A_key_of_sessions_that_cannot_be_read_is_set_aside_and_people_can_sign_in()
    {
        var findings = new FindingList();
        var keys = new KeyFiles(folder, () => findings);
        keys.StoreElement(new XElement("key", new XAttribute("id", "1")), "key-1");
        File.WriteAllText(Path.Combine(folder, "key-2.xml"), "");
        File.WriteAllBytes(Path.Combine(folder, "key-3.xml"), new byte[100]);
        Assert.Equal("1", Assert.Single(keys.GetAllElements()).Attribute("id")?.Value);
        Assert.Equal(2, findings.All.Count(f => f.Code == "STO303" && f.Place.Length > 0));
        Assert.Single(keys.GetAllElements());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "key-1.xml")));
    }

    [Xunit.Fact]
    public void A_text_of_a_rule_that_is_only_a_name_is_written_again()
    {
        const string Text = "title: a rule\n";
        var texts = new RuleTexts(folder);
        var version = RuleTexts.VersionOf(Text);
        texts.Keep(version, Text, ours: false);
        texts.Flush();
        File.WriteAllText(Directory.GetFiles(folder, "*.yml", SearchOption.AllDirectories).Single(), "");
        Assert.Null(texts.Read(version));
        texts.Keep(version, Text, ours: true);
        Assert.Equal(Text, texts.Read(version));
    }
}
