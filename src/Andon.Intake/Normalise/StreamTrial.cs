using System.Text;
using Andon.Model;
using Andon.Store.Records;

namespace Andon.Intake.Normalise;

/// <summary>What a parser's text would change in the records that came, as the whole stream would meet it: other parsers are asked too.</summary>
/// <param name="Held">Records in the log.</param>
/// <param name="Looked">Records tried, in blocks spread evenly over the log.</param>
/// <param name="FromMs">Arrival of the first of them; <paramref name="ToMs"/> of the last.</param>
/// <param name="ReadNow">Of them, those that the parser of this name reads as things are; <paramref name="ReadThen"/> with the tried text.</param>
/// <param name="Taken">Records that it would newly read; <paramref name="Left"/> those that it would no longer.</param>
/// <param name="Changed">Records whose fields would differ, of those that it reads before or after.</param>
/// <param name="FlawedNow">Of those, the ones with findings; <paramref name="FlawedThen"/> with the tried text.</param>
/// <param name="Fields">Fields that differ, the most often first.</param>
/// <param name="Lines">An example for each kind of difference.</param>
public sealed record ParserStreamTrial(
    string? Parser, long Held, int Looked, long FromMs, long ToMs, int ReadNow, int ReadThen, int Taken, int Left, int Changed, int FlawedNow, int FlawedThen,
    IReadOnlyList<ParserFieldChange> Fields, IReadOnlyList<ParserPreviewLine> Lines, IReadOnlyList<Finding> Findings);

/// <summary>In how many records a field would be there newly, be gone, or have another value.</summary>
public sealed record ParserFieldChange(string Field, int Gained, int Lost, int Other);

/// <summary>
/// A tried text over a sample of the log instead of twenty stored lines: what a release to a hundredth of the stream would show, without
/// making any event by it. Blocks lie evenly, so a busy hour weighs as it weighs in the log.
/// </summary>
sealed class StreamTrial(string parser)
{
    // The tried parser's own name and number say nothing about what it reads.
    static readonly HashSet<string> Aside = ["andon.parser", "andon.findings"];

    readonly Dictionary<string, (int Gained, int Lost, int Other)> fields = new(StringComparer.Ordinal);
    readonly Dictionary<string, ParserPreviewLine> kinds = new(StringComparer.Ordinal);
    int looked, readNow, readThen, taken, left, changed, flawedNow, flawedThen;
    long fromMs, toMs;

    public static async ValueTask<ParserStreamTrial> Run(Normaliser normaliser, Tables tried, string parser, IRecordLog log, CancellationToken stop)
    {
        var trial = new StreamTrial(parser);
        ulong first = log.First, next = log.Next, held = next - first;
        var blocks = (int)Math.Min((ulong)Limits.TrialBlocksMax, (held + Limits.TrialBlockRecords - 1) / Limits.TrialBlockRecords);
        var at = first;
        for (var i = 0; i < blocks; i++)
        {
            at = Math.Max(at, first + held * (ulong)i / (ulong)blocks);
            var records = await log.Read(at, Limits.TrialBlockRecords, Limits.TrialBlockBytes, stop);
            using var page = records as IDisposable;
            if (records.Count == 0) continue;
            at = records[^1].Position + 1;
            trial.Take(normaliser, tried, records);
        }
        return trial.Report(log);
    }

    void Take(Normaliser normaliser, Tables tried, IReadOnlyList<Record> records)
    {
        using var was = normaliser.Normalise(records).Seal();
        using var then = normaliser.Normalise(records, tried).Seal();
        for (var i = 0; i < was.Count; i++)
        {
            if (looked++ == 0) fromMs = was[i].Head.ReceivedMs;
            toMs = was[i].Head.ReceivedMs;
            bool now = Reads(was[i]), later = Reads(then[i]);
            if (now) readNow++;
            if (later) readThen++;
            if (later && !now) taken++;
            if (now && !later) left++;
            if (now || later) Compare(was[i], then[i]);
        }
    }

    bool Reads(EventView view)
    {
        if (!view.TryGet(Ecs.AndonParser, out var name)) return false;
        var at = name.LastIndexOf((byte)'@');
        return at >= 0 && Encoding.UTF8.GetByteCount(parser) == at && Encoding.UTF8.GetString(name[..at]) == parser;
    }

    void Compare(EventView was, EventView then)
    {
        var before = Fields(was);
        var after = Fields(then);
        if (before.ContainsKey("andon.findings")) flawedNow++;
        if (after.ContainsKey("andon.findings")) flawedThen++;
        var names = new List<string>();
        foreach (var name in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            if (Aside.Contains(name)) continue;
            var had = before.GetValueOrDefault(name);
            var has = after.GetValueOrDefault(name);
            if (had is not null && has is not null && had.SequenceEqual(has, StringComparer.Ordinal)) continue;
            names.Add(name);
            if (!fields.TryGetValue(name, out var count) && fields.Count >= Limits.TrialFieldsMax) continue;
            fields[name] = had is null ? (count.Gained + 1, count.Lost, count.Other) : has is null ? (count.Gained, count.Lost + 1, count.Other) : (count.Gained, count.Lost, count.Other + 1);
        }
        if (names.Count == 0) return;
        changed++;
        if (kinds.Count >= Limits.TrialExamplesMax) return;
        var raw = Encoding.UTF8.GetString(was.Raw[..Math.Min(was.Raw.Length, Limits.SampleBytesMax)]);
        kinds.TryAdd(string.Join('\n', names), new(raw, before, after, names));
    }

    static Dictionary<string, IReadOnlyList<string>> Fields(EventView view) => new(EventJson.Fields(view), StringComparer.Ordinal) { ["@timestamp"] = [UnixMs.ToIso(view.TimeMs)] };

    ParserStreamTrial Report(IRecordLog log) => new(
        parser, (long)(log.Next - log.First), looked, fromMs, toMs, readNow, readThen, taken, left, changed, flawedNow, flawedThen,
        [.. fields.Select(f => new ParserFieldChange(f.Key, f.Value.Gained, f.Value.Lost, f.Value.Other)).OrderByDescending(f => f.Gained + f.Lost + f.Other).ThenBy(f => f.Field, StringComparer.Ordinal)],
        [.. kinds.Values], []);
}
