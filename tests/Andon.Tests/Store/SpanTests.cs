using System.Text;
using Andon.Intake.Normalise;
using Andon.Model;
using Andon.Store.Events;
using Andon.Store.Query;
using Record = Andon.Model.Record;

namespace Andon.Tests.Store;

/// <summary>A field that is kept as a place in raw is the same field: shown, asked for, and behind a subquery.</summary>
public sealed class SpanTests
{
    static readonly long Noon = EventMaker.Noon;
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static readonly byte[][] Raws =
    [
        """{"colour":"red","note":"a \"quoted\" one","path":"C:\\Temp","n":17,"deep":{"er":"value of deep"},"list":["x","y"],"none":null}"""u8.ToArray(),
        Encoding.UTF8.GetBytes($$"""{"long":"{{new string('l', EventTables.SpanLengthMax)}}","longer":"{{new string('m', EventTables.SpanLengthMax + 1)}}","colour":"blue"}"""),
        Encoding.UTF8.GetBytes($$"""{"pad":"{{new string('p', EventTables.SpanOffsetMax)}}","far":"beyond"}"""),
        "<13>1 2026-03-02T12:00:00Z host app 1 - - plain text with colour=green"u8.ToArray(),
        [.. "{\"bad\":\""u8, 0xff, 0xfe, .. "\",\"good\":\"kept\",\"colour\":\"grey\"}"u8],
        """{"colour":"","text":"Grüße aus Köln"}"""u8.ToArray(),
    ];

    [Fact]
    public async Task Every_field_is_shown_as_it_was_read()
    {
        var store = await EngineHouse.Store();
        using var batch = await Fill(store);
        var engine = new QueryEngine(store, new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(Noon)));
        var shown = await engine.Events([.. Enumerable.Range(0, batch.Count).Select(i => batch[i].Id)], Stop);
        Assert.Equal(batch.Count, shown.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            var view = batch[i];
            foreach (var name in (string[])["colour", "note", "path", "n", "deep.er", "long", "longer", "far", "good", "text", "bad"])
            {
                var at = view.Find(view.Batch.NameOf(Encoding.UTF8.GetBytes(name)));
                if (at < 0 || view.Cells[at].Length == 0) continue;
                Assert.Equal([Encoding.UTF8.GetString(view.Value(view.Cells[at]))], shown[i].Fields[name]);
            }
        }
        var kept = await store.Query("SELECT arraySort(mapKeys(spans)), arraySort(mapKeys(bag)) FROM events WHERE id = 4096", new Dictionary<string, string>(), Andon.Store.Engine.QueryLimits.Standard, Stop);
        Assert.Contains("colour", Assert.IsType<object?[]>(kept.Rows[0][0]));
        Assert.Contains("note", Assert.IsType<object?[]>(kept.Rows[0][1]));
    }

    [Theory]
    [InlineData("Events | where colour == 'red' | count", 1)]
    [InlineData("Events | where colour in ('red', 'blue', 'grey') | count", 3)]
    [InlineData("Events | where isempty(colour) | count", 3)]
    [InlineData("Events | where n > 16 | count", 1)]
    [InlineData("Events | where note < 'b' | count", 6)] // A missing one is '', which is less.
    [InlineData("Events | where n < 18 | count", 1)]
    [InlineData("Events | where deep.er has 'deep' | count", 1)]
    [InlineData("Events | where path == 'C:\\\\Temp' | count", 1)]
    [InlineData("Events | where text contains 'köln' or far == 'beyond' | count", 2)]
    [InlineData("Events | where strlen(longer) == 4096 and strlen(['long']) == 4095 | count", 1)]
    [InlineData("Events | take 100 | where colour == 'blue' | count", 1)]
    [InlineData("union Events, Events | where colour == 'grey' | count", 2)]
    [InlineData("Events | where bag['colour'] == 'red' | count", 1)]
    [InlineData("Events | extend b = bag | where b.colour == 'red' | count", 1)]
    public async Task It_is_asked_for_by_name(string kql, int expected)
    {
        var store = await EngineHouse.Store();
        using var batch = await Fill(store);
        var answer = await new QueryEngine(store, new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(Noon))).Search(new(kql), Stop);
        Assert.Equal(expected, Convert.ToInt32(answer.Rows[0][0], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_store_with_a_text_index_gives_the_same_rows()
    {
        EngineHouse.Require();
        var plain = await EngineHouse.Store();
        var indexed = await EngineHouse.Store(textIndex: true);
        foreach (var store in (EventStore[])[plain, indexed])
            using (await Fill(store)) { }
        foreach (var test in (string[])["has 'red'", "has 'quoted'", "has 'Köln'", "has 'plain text'", "contains 'olou'", "contains 'ted\\\\'", "contains 'e aus k'", "contains 'lll'", "!has 'colour'", "hasprefix 'col'", "has_cs 'Red'", "startswith '{\"col'"])
        {
            var rows = new List<string>();
            foreach (var store in (EventStore[])[plain, indexed])
            {
                var answer = await new QueryEngine(store, new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(Noon))).Search(new($"Events | where event.original {test} | project andon.event_id | sort by andon.event_id asc"), Stop);
                rows.Add(string.Join(",", answer.Rows.Select(r => r[0])));
            }
            Assert.True(rows[0] == rows[1], $"{test}: {rows[0]} without, {rows[1]} with the index");
        }
    }

    static async Task<EventBatch> Fill(EventStore store)
    {
        var normaliser = new Normaliser(new(Path.Combine(AppContext.BaseDirectory, "content")));
        var batch = normaliser.Normalise([.. Raws.Select((raw, i) => new Record((ulong)i + 1, Noon, new("syslog", "10.0.0.1"), raw))]);
        await EventMaker.Insert(store, batch);
        return batch;
    }
}
