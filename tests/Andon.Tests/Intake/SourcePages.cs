using System.Text.Json;
using Andon.Intake.Sources;
using Andon.Intake.Sources.Quality;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>The list of sources, narrowed, sorted and cut into pages by the server.</summary>
public sealed class SourcePages
{
    const long Now = 1_900_000_000_000;
    static readonly SourceFilter All = new("", "", "", "", "", "", "", "");

    static Catalogue Known(params (string Host, int Records)[] hosts)
    {
        var catalogue = new Catalogue();
        long seq = 0;
        foreach (var (host, records) in hosts)
        {
            using var batch = Lab.Normaliser.Normalise(Lab.Records(Lab.Udp, [.. Enumerable.Repeat($"<13>Mar  2 07:59:58 {host} app: x", records)]));
            foreach (var draft in catalogue.Discover(batch)) catalogue.Apply(new(++seq, 0, draft.Actor, draft.Cause, draft.Body));
            catalogue.Take(batch);
        }
        return catalogue;
    }

    static string IdOf(Catalogue catalogue, string host) => catalogue.Sources.Single(s => s.Host == host).Id;

    static void Say(Catalogue catalogue, string host, Func<SourceCard, SourceCard> change)
    {
        var before = catalogue.Sources.Single(s => s.Host == host).Card;
        catalogue.Apply(new(100, 0, "user:anna", "", new SourceDescribed(IdOf(catalogue, host), before, change(before), "")));
    }

    static string Hosts(Catalogue catalogue, SourceFilter wish, string sort = "name", bool desc = false, int skip = 0, int take = 100) =>
        string.Join(' ', PageSources.Find(catalogue, wish, sort, desc, skip, take, Now).Sources.Select(s => s.Host));

    [Xunit.Fact]
    public void Pages_follow_each_other_without_gap_or_repeat_whatever_the_order()
    {
        var catalogue = Known([.. Enumerable.Range(0, 25).Select(i => ($"h{i:00}", 1 + i % 3))]);
        foreach (var sort in SourceOrder.Names)
            foreach (var desc in (bool[])[false, true])
            {
                var pages = Enumerable.Range(0, 4).Select(p => PageSources.Find(catalogue, All, sort, desc, p * 7, 7, Now)).ToList();
                Assert.All(pages, p => Assert.Equal(25, p.Total));
                Assert.Equal([7, 7, 7, 4], pages.Select(p => p.Sources.Count));
                Assert.Equal(25, pages.SelectMany(p => p.Sources).Select(s => s.SourceId).Distinct().Count());
            }
        Assert.Equal([3L, 3, 3, 3, 3, 3, 3, 3, 2], PageSources.Find(catalogue, All, "events", desc: true, 0, 9, Now).Sources.Select(s => s.Events));
        Assert.Equal("h24 h23", Hosts(catalogue, All, desc: true, take: 2));
    }

    [Xunit.Fact]
    public void What_is_asked_narrows_together()
    {
        var catalogue = Known(("web01", 1), ("web02", 1), ("db01", 1));
        Say(catalogue, "web01", c => c with { Name = "shop-prod-web-app-01", Owner = "Anna", Unit = "Shop", Tags = ["linux"], Confirmed = true });
        Say(catalogue, "db01", c => c with { Name = "The database", Filtered = "debug" });
        string With(Func<SourceFilter, SourceFilter> of) => Hosts(catalogue, of(All));
        Assert.Equal("web01 web02", With(f => f with { Words = "WEB" }).Split(' ').Order(StringComparer.Ordinal).Aggregate((a, b) => $"{a} {b}"));
        Assert.Equal("web01", With(f => f with { Words = "web anna" }));
        Assert.Equal("web01", With(f => f with { Words = "linux" }));
        Assert.Equal("web01", With(f => f with { Owner = "Anna", Unit = "Shop", Tag = "linux" }));
        Assert.Equal("web02", With(f => f with { Owner = SourceFilter.Nobody, Words = "web" }));
        Assert.Equal("db01", With(f => f with { Unit = SourceFilter.None, Has = "filtered" }));
        Assert.Equal("db01", With(f => f with { Has = "naming" }));
        Assert.Equal("web02", With(f => f with { Has = "unnamed" }));
        Assert.Equal("", With(f => f with { Dataset = "none.such" }));
        Assert.Equal(0, PageSources.Find(catalogue, All with { Health = "ailing" }, "name", desc: false, 0, 10, Now).Total);
    }

    [Xunit.Fact]
    public void An_alarm_makes_a_source_ail_and_comes_first()
    {
        var catalogue = Known(("a", 2), ("b", 1));
        var id = IdOf(catalogue, "b");
        catalogue.Apply(new(50, 0, "room:intake", "", new SourceAlarmed("x", "source:" + id, SourceAilment.Silent, 1, "b is silent", "", Level.Medium, [id], 1, ["b"], SourceBlindness.None)));
        Assert.Equal("b a", Hosts(catalogue, All, "health"));
        Assert.Equal("b", Hosts(catalogue, All with { Health = "ailing" }));
        Assert.Equal("b", Hosts(catalogue, All with { Health = "silent" }));
        Assert.Equal("a", Hosts(catalogue, All with { Health = "well" }));
        Assert.Equal("", Hosts(catalogue, All with { Health = "late" }));
    }

    [Xunit.Fact]
    public void Every_wrong_part_of_the_question_is_told()
    {
        Assert.Empty(PageSources.Refuse(All, "last", 0, 200));
        Assert.Equal(["INT241", "INT242", "INT243", "INT244"], PageSources.Refuse(All with { Has = "money", Health = "fine" }, "colour", -1, 201).Select(f => f.Code));
        // Names of ailments are those that facts and answers have.
        Assert.All(Enum.GetValues<SourceAilment>(), a => Assert.Empty(PageSources.Refuse(All with { Health = JsonSerializer.Serialize(a, FactTypes.Json).Trim('"') }, "name", 0, 1)));
    }

    [Xunit.Fact]
    public void A_page_of_a_large_estate_is_small()
    {
        var catalogue = Known([.. Enumerable.Range(0, 9000).Select(i => ($"srv{i:00000}", 1))]);
        var page = JsonSerializer.SerializeToUtf8Bytes(PageSources.Find(catalogue, All, "health", desc: false, 0, Andon.Intake.Limits.SourcesPerPageMax, Now), FactTypes.Json);
        Assert.InRange(page.Length, 1, 300_000);
    }

    [Xunit.Fact]
    public void Days_kept_are_those_of_the_oldest_event_and_late_only_where_there_was_something_to_keep()
    {
        const long Day = 86_400_000;
        var catalogue = Known(("a", 1), ("b", 1));
        var (a, b) = (IdOf(catalogue, "a"), IdOf(catalogue, "b"));
        catalogue.Sources.Single(s => s.Id == a).FirstMs = Now - 100 * Day;
        catalogue.Sources.Single(s => s.Id == b).FirstMs = Now - 2 * Day;
        var rows = QualityBoard.Together(catalogue, [new(a, Now - 10 * Day, 30), new(b, Now - 2 * Day, 30), new("gone", Now - 90 * Day, null)], "unit", Now);
        // a has ten of thirty days; b is two days old and has both.
        Assert.Equal([new KeptRow("", 10, 30, 1), new KeptRow(QualityFigures.Nobody, 10, 30, 1)], rows);
        Assert.Equal(new KeptRow("", 2, null, 0), QualityBoard.Together(catalogue, [new(b, Now - 2 * Day, null)], "dataset", Now)[0]);
    }
}
