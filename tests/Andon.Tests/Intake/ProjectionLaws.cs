using System.Text;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>A batch made for a reader is the whole batch without the cells that this reader does not want.</summary>
public sealed class ProjectionLaws
{
    static readonly string[] Alone = ["source.ip", "source.domain", "destination.domain", "related.ip", "related.hosts", "andon.findings", "andon.parser", "event.outcome", "event.code", "event.category", "host.name", "log.source.id", "observer.name",
        "andon.time_assumed", "message", "process.name", "process.hash.sha1", "winlog.event_data.Image", "winlog.event_type", "winlog.event_data.AccountName", "user.name", "process.pid", "tags"];

    static List<Andon.Model.Record> Records(IEnumerable<byte[]> raws)
    {
        Origin[] origins = [Lab.Bulk, Lab.Udp, Lab.File, new("file", "/srv/x", "format=json;host=told")];
        ulong position = 0;
        return [.. raws.Select(raw => Lab.Record(origins[++position % 4], raw, position))];
    }

    static void Compare(List<Andon.Model.Record> records, IReadOnlyList<(string Name, FieldSelection Only)> selections)
    {
        foreach (var block in records.Chunk(500))
        {
            using var whole = Lab.Normaliser.Normalise(block);
            foreach (var (name, only) in selections)
            {
                using var part = Lab.Normaliser.Normalise(block, only);
                Assert.Equal(whole.Count, part.Count);
                for (var i = 0; i < whole.Count; i++)
                {
                    Assert.True(Print(whole[i], only) == Print(part[i], FieldSelection.Everything), $"{name}: {Encoding.UTF8.GetString(block[i].Raw.Span)}\nexpected {Print(whole[i], only)}\nwas {Print(part[i], FieldSelection.Everything)}");
                    Assert.Equal(whole[i].Id, part[i].Id);
                    Assert.Equal((whole[i].TimeMs, whole[i].Head.ReceivedMs, whole[i].Head.Origin), (part[i].TimeMs, part[i].Head.ReceivedMs, part[i].Head.Origin));
                    Assert.True(whole[i].Raw.SequenceEqual(part[i].Raw));
                }
            }
        }
    }

    static string Print(EventView view, FieldSelection only)
    {
        var print = new StringBuilder();
        foreach (ref readonly var cell in view.Cells)
            if (only.Wants(view.Batch, cell.Name)) print.Append(Encoding.UTF8.GetString(view.Name(cell))).Append('=').Append(cell.Kind).Append(' ').Append(Encoding.UTF8.GetString(view.Value(cell))).Append('\n');
        return print.ToString();
    }

    static (string, FieldSelection) Random(int seed, double share, bool findings)
    {
        var random = new Random(seed);
        var wanted = Enumerable.Range(0, FieldNames.Count).Select(i => new FieldId(i)).Where(id => random.NextDouble() < share && (findings || id != Ecs.AndonFindings)).ToList();
        var odd = random.Next(2) == 0;
        return ($"seed {seed}", new(wanted, odd ? name => name.Length % 3 == 0 : null));
    }

    static List<(string, FieldSelection)> Selections() =>
    [
        ("nothing", new([])), ("everything", FieldSelection.Everything), ("names of no table", new([], _ => true)),
        Random(1, 0.03, findings: false), Random(2, 0.2, findings: false), Random(3, 0.5, findings: true), Random(4, 0.9, findings: false),
        .. Alone.Select(name => (name, new FieldSelection([FieldNames.Intern(name)]))),
    ];

    [Xunit.Fact]
    public void Made_up_records() => Compare(Records(RecordSamples.MadeUp(3000, seed: 3).Concat(RecordSamples.Lines()).Concat(RecordSamples.Edges())), Selections());

    [Xunit.Fact]
    public void Each_field_alone()
    {
        var records = Records(RecordSamples.MadeUp(80, seed: 4).Concat(RecordSamples.Lines()));
        HashSet<int> held = [];
        using (var whole = Lab.Normaliser.Normalise(records))
            for (var i = 0; i < whole.Count; i++)
                foreach (ref readonly var cell in whole[i].Cells)
                    if (cell.Name.Value >= 0) held.Add(cell.Name.Value);
        // Names that none of them holds are alike (how many there are hangs on which tests ran before); some stand for all.
        var random = new Random(5);
        var absent = Enumerable.Range(0, 40).Select(_ => random.Next(FieldNames.Count)).Where(id => !held.Contains(id));
        Compare(records, [.. held.Concat(absent).Distinct().Order().Select(id => (FieldNames.Text(new(id)), new FieldSelection([new(id)])))]);
    }

    [Xunit.Fact]
    public void Hostile_records()
    {
        var random = new Random(11);
        var seeds = RecordSamples.MadeUp(300, seed: 6).Concat(RecordSamples.Lines()).Concat(RecordSamples.Edges()).ToArray();
        Compare(Records([.. HostileBytes.Bad().Select(b => b.Data.Item2), .. Enumerable.Range(0, 1500).Select(_ => RecordSamples.Mutated(seeds[random.Next(seeds.Length)], random))]), Selections());
    }

    [Xunit.Fact]
    public void Shared_records()
    {
        SharedData.Require("windows/mordor/windows");
        Compare(Records(RecordSamples.Shared(every: 211)), Selections());
    }

    [Xunit.Fact]
    public void A_name_interned_later_is_judged_by_the_rule_for_others()
    {
        var name = "projection-laws-" + Guid.NewGuid().ToString("N");
        var yes = new FieldSelection([], n => n.SequenceEqual(Encoding.UTF8.GetBytes(name)));
        var no = new FieldSelection([Ecs.Message]);
        var records = Records([Encoding.UTF8.GetBytes($$"""{"{{name}}":1,"b":2}""")]);
        for (var round = 0; round < 2; round++)
        {
            using var kept = Lab.Normaliser.Normalise(records, yes);
            using var left = Lab.Normaliser.Normalise(records, no);
            Assert.Equal([name], kept[0].Cells.ToArray().Select(c => Encoding.UTF8.GetString(kept.NameUtf8(c.Name))));
            Assert.Equal(0, left[0].Cells.Length);
            var field = FieldNames.Intern(name);
            Assert.True(round == 0 || kept[0].Find(field) == 0);
        }
    }
}
