using System.Text;
using System.Text.Json;
using Andon.Intake;
using Andon.Intake.Normalise;
using Andon.Model;

namespace Andon.Tests.Intake;

/// <summary>The quick reader of JSON reads what the framework's reader reads, or leaves the record to it.</summary>
public sealed class JsonScanLaws(ITestOutputHelper output)
{
    sealed class Reader
    {
        readonly Tables tables;
        readonly JsonFormat format;
        readonly EventDraft draft;

        public Reader()
        {
            Assert.NotNull(Lab.Normaliser); // Interns the house's own names before the first batch.
            tables = new(Lab.Content.Path, user: null);
            format = tables.Json;
            draft = new(tables, FieldSelection.Everything);
        }

        public LearnedPaths Learned => draft.Leaves.Learned;

        /// <summary>The leaves in print, with the findings; null when the reader gave up.</summary>
        public string? Leaves(byte[] raw, bool quick)
        {
            using var batch = new EventBatch();
            draft.BeginBatch(batch);
            var text = draft.Begin(Lab.Record(Lab.Bulk, raw));
            var leaves = draft.Leaves;
            if (!(quick ? leaves.TryScan(text, format, draft, skip: false) : leaves.ReadAny(text, format, draft))) return null;
            var print = new StringBuilder();
            for (var i = 0; i < leaves.Count; i++)
            {
                JsonLeaves.Plain(ref leaves[i], draft);
                var leaf = leaves[i];
                print.Append(Encoding.UTF8.GetString(leaves.Path(leaf.Node))).Append('=').Append(Convert.ToHexString(batch.Slice(leaf.At, leaf.Length))).Append(leaf.Kind).Append(leaf.InArray).Append(leaf.Node.Known is null ? "\n" : " known\n");
            }
            foreach (var cell in batch[0].Cells) print.Append(Encoding.UTF8.GetString(batch[0].Value(cell))).Append('\n');
            return print.ToString();
        }
    }

    static string? Compare(Reader reader, byte[] raw)
    {
        var quick = reader.Leaves(raw, quick: true);
        if (quick is not null) Assert.True(quick == reader.Leaves(raw, quick: false), Encoding.UTF8.GetString(raw));
        return quick;
    }

    [Xunit.Fact]
    public void Edges_of_json_are_read_alike()
    {
        var reader = new Reader();
        foreach (var raw in RecordSamples.Edges()) Compare(reader, raw);
    }

    [Xunit.Fact]
    public void What_is_no_json_is_left_to_the_other_reader()
    {
        var reader = new Reader();
        var wrong = 0;
        foreach (var raw in RecordSamples.Edges().Concat(RecordSamples.MadeUp(300, seed: 5).SelectMany(r => Enumerable.Range(0, 20).Select(i => RecordSamples.Mutated(r, new Random(i))))))
        {
            try
            {
                JsonDocument.Parse(raw, new() { MaxDepth = 1000 }).Dispose();
            }
            catch (JsonException)
            {
                // Bytes that are no UTF-8 are repaired before either reader sees them.
                if (!System.Text.Unicode.Utf8.IsValid(raw)) continue;
                Assert.True(reader.Leaves(raw, quick: true) is null, Encoding.UTF8.GetString(raw));
                wrong++;
            }
        }
        Assert.True(wrong > 1000);
    }

    [Xunit.Fact]
    public void Ordinary_objects_are_read_quickly_and_alike()
    {
        var reader = new Reader();
        foreach (var raw in RecordSamples.MadeUp(5000, seed: 1)) Assert.NotNull(Compare(reader, raw));
        int read = 0, left = 0;
        foreach (var raw in RecordSamples.Shared(every: 40))
            if (Compare(reader, raw) is not null) read++;
            else left++;
        output.WriteLine($"shared records: {read} quickly, {left} left to the other reader");
    }

    [Xunit.Fact]
    public void Changed_bytes_are_read_alike()
    {
        var reader = new Reader();
        var random = new Random(20260302);
        var seeds = RecordSamples.MadeUp(300, seed: 2).Concat(RecordSamples.Edges()).Concat(RecordSamples.Shared(every: 4000)).Where(r => r.Length is > 0 and < 8000).ToArray();
        for (var round = 0; round < 60_000; round++) Compare(reader, RecordSamples.Mutated(seeds[random.Next(seeds.Length)], random));
    }

    [Xunit.Fact]
    public void A_strangers_names_do_not_grow_the_table_and_are_read_alike()
    {
        var reader = new Reader();
        for (var i = 0; i < 200; i++)
        {
            var raw = Encoding.UTF8.GetBytes("{\"stable\":1,\"same-begin\":{" + string.Join(',', Enumerable.Range(0, 40).Select(n => $"\"samebegin{i * 40 + n}sameends\":\"{n}\"")) + "}}");
            Assert.NotNull(Compare(reader, raw));
        }
        Assert.True(reader.Learned.Full);
        Assert.True(reader.Learned.Count <= Limits.PathsLearnedMax);
    }
}
