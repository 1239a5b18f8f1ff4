using System.Text;
using System.Text.Json;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Intake.Sources;

/// <summary>
/// Every source that was ever seen. That a source exists and whose it is are facts; the counts are a sum over events and are saved together
/// with the position up to which they hold.
/// </summary>
sealed class Catalogue : IFold
{
    public const string Overflow = "overflow";

    readonly Lock gate = new();
    readonly Dictionary<byte[], Source> byId = new(Utf8Names.Instance);

    public ulong Position { get; private set; }

    public void Apply(Fact fact)
    {
        lock (gate)
        {
            switch (fact.Body)
            {
                case SourceDiscovered f:
                    GetOrAdd(f.SourceId, f.Listener, f.Host, f.Dataset);
                    break;
                case SourceOwned f when Find(f.SourceId) is { } source:
                    (source.Name, source.Owner, source.Unit) = (f.Name, f.Owner, f.Unit);
                    break;
            }
        }
    }

    /// <summary>Sources of the batch that are not in the catalogue, as facts to append before <see cref="Take"/>.</summary>
    public List<FactDraft> Discover(EventBatch batch)
    {
        var drafts = new List<FactDraft>();
        var fresh = new HashSet<byte[]>(Utf8Names.Instance);
        lock (gate)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                if (!batch[i].TryGet(Ecs.LogSourceId, out var id) || Known(id)) continue;
                var key = id.ToArray();
                if (!fresh.Add(key)) continue;
                var full = byId.Count + fresh.Count > Limits.SourcesMax;
                if (full && Known("overflow"u8)) continue;
                var text = full ? Overflow : Encoding.UTF8.GetString(key);
                if (full && drafts.Exists(d => d.Body is SourceDiscovered { SourceId: Overflow })) continue;
                var parts = text.Split(':');
                drafts.Add(new(Actors.Of(Room.Intake), $"record:{batch[i].Id.Position}", full
                    ? new SourceDiscovered(Overflow, "", "", "")
                    : new SourceDiscovered(text, parts[0], parts.Length > 1 ? parts[1] : "", parts.Length > 2 ? parts[2] : "")));
            }
        }
        return drafts;
    }

    public void Take(EventBatch batch)
    {
        lock (gate)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var view = batch[i];
                if (!view.TryGet(Ecs.LogSourceId, out var id)) continue;
                // A source beyond the limit is counted, under one name.
                if (!byId.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(id, out var source)) source = GetOrAdd(Overflow, "", "", "");
                source.Count(view.Head, view.Raw.Length);
                Findings(view, source);
            }
            Position = batch.To;
        }
    }

    static void Findings(EventView view, Source source)
    {
        var at = view.Find(Ecs.AndonFindings);
        if (at < 0)
        {
            // A program we have patterns for said something that none of them knows.
            if (view.TryGet(Ecs.AndonParser, out var parser) && parser.StartsWith("linux-auth@"u8) && view.Find(Ecs.EventAction) < 0) source.ParseFailures++;
            return;
        }
        source.ParseFailures++;
        for (; at >= 0; at = view.Find(Ecs.AndonFindings, at + 1))
        {
            var text = view.Value(view.Cells[at]);
            source.Found(Encoding.UTF8.GetString(text.Length > 6 ? text[..6] : text));
        }
    }

    public IReadOnlyList<SourceView> List(long nowMs)
    {
        lock (gate) return [.. byId.Values.Select(s => SourceView.Of(s, nowMs)).OrderByDescending(s => s.LastMs).ThenBy(s => s.SourceId, StringComparer.Ordinal)];
    }

    public (SourceView View, EventId[] Samples)? One(string id, long nowMs)
    {
        lock (gate) return Find(id) is { } source ? (SourceView.Of(source, nowMs), [.. source.Samples.Reverse().Select(s => new EventId(s))]) : null;
    }

    bool Known(ReadOnlySpan<byte> id) => byId.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(id);

    Source? Find(string id) => byId.GetValueOrDefault(Encoding.UTF8.GetBytes(id));

    Source GetOrAdd(string id, string listener, string host, string dataset)
    {
        var key = Encoding.UTF8.GetBytes(id);
        if (!byId.TryGetValue(key, out var source)) byId[key] = source = new() { Id = id, Listener = listener, Host = host, Dataset = dataset };
        return source;
    }

    // Snapshot ------------------------------------------------------------------------------------------------

    sealed record Snapshot(ulong Position, IReadOnlyList<Source> Sources);

    public byte[] Save()
    {
        lock (gate) return JsonSerializer.SerializeToUtf8Bytes(new Snapshot(Position, [.. byId.Values]));
    }

    public void Load(ReadOnlySpan<byte> json)
    {
        var saved = JsonSerializer.Deserialize<Snapshot>(json) ?? throw new JsonException("The snapshot is empty.");
        lock (gate)
        {
            Position = saved.Position;
            foreach (var source in saved.Sources)
            {
                var key = Encoding.UTF8.GetBytes(source.Id);
                if (byId.TryGetValue(key, out var now)) (source.Name, source.Owner, source.Unit) = (now.Name, now.Owner, now.Unit); // Facts say whose it is.
                byId[key] = source;
            }
        }
    }
}
