using Andon.Detect.Correlate;
using Andon.Detect.RuleBook;
using Andon.Detect.Sigma.Compilation;
using Andon.Detect.Stage;
using Andon.Model;

namespace Andon.Detect.Hunt;

/// <summary>Batches of records through matcher and correlator.</summary>
/// <remarks><c>threads</c>: 0 = as many as the machine has. One works for now.</remarks>
sealed class Hunter
{
    readonly MatchStep step;
    readonly Func<IReadOnlyList<Record>, EventBatch> normalise;
    readonly long nowMs;
    ulong position = 1;

    public Hunter(RuleSet set, Func<IReadOnlyList<Record>, EventBatch> normalise, long nowMs, int threads)
    {
        this.normalise = normalise;
        this.nowMs = nowMs;
        _ = threads;
        step = new(new ActiveRules(set, _ => RuleDecision.None, _ => RuleQueue.Production), new Correlator(set));
    }

    public IEnumerable<(string File, long Record, Hit Hit)> Run(IEnumerable<(string File, ReadOnlyMemory<byte> Record)> source, Action<long> events, Action<long> bytes)
    {
        var names = new List<(string File, long Number)>();
        var records = new List<Record>();
        var size = 0L;
        string last = "";
        long number = 0;
        Origin origin = new("file", "");
        foreach (var (file, raw) in source)
        {
            if (file != last)
            {
                (last, number) = (file, 0);
                origin = new("file", file);
            }
            records.Add(new(position + (ulong)records.Count, nowMs, origin, raw));
            names.Add((file, ++number));
            size += raw.Length;
            if (records.Count < 2048 && size < 8 << 20) continue;
            foreach (var hit in Batch()) yield return hit;
        }
        if (records.Count > 0)
            foreach (var hit in Batch()) yield return hit;

        IEnumerable<(string, long, Hit)> Batch()
        {
            var first = position;
            using var batch = normalise(records).Seal();
            batch.From = first;
            batch.To = position += (ulong)records.Count;
            events(batch.Count);
            bytes(size);
            var blocks = step.Run(batch, first, nowMs);
            foreach (var block in blocks)
                foreach (var hit in block.Hits)
                {
                    if (hit.Queue == RuleQueue.Input && hit.Level != Level.Informational) continue;
                    // A window that closed late may end in an earlier batch; its record is then that batch's last known.
                    var (file, record) = hit.Event.Position >= first ? names[(int)(hit.Event.Position - first)] : names[0];
                    yield return (file, record, hit);
                }
            records.Clear();
            names.Clear();
            size = 0;
        }
    }
}
