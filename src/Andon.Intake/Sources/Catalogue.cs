using System.Text;
using Andon.Intake.Sources.Health;
using Andon.Intake.Sources.Silence;
using Andon.Intake.Sources.Usage;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Intake.Sources;

/// <summary>
/// Every source that was ever seen. That a source exists, whose it is, what was agreed and which alarms stand are facts; counts, rhythms and
/// health are sums over events and are saved together with the position up to which they hold.
/// </summary>
sealed partial class Catalogue(IRuleReach? reach = null) : IFold
{
    public const string Overflow = "overflow";

    readonly Lock gate = new();
    readonly Dictionary<byte[], Source> byId = new(Utf8Names.Instance);
    readonly Dictionary<string, SourceGroup> groups = new(StringComparer.Ordinal);
    readonly Dictionary<string, SourceMaintained> maintained = new(StringComparer.Ordinal);
    readonly List<SourceMaintained> maintenance = [];
    readonly Alarms alarms = new();
    readonly List<Loss> losses = [];
    // What was told last of each counter: records read again after a crash tell nothing twice.
    readonly Dictionary<(string SourceId, string Counter), IReadOnlyList<NumberRange>> lost = [];
    // Filled by events, made facts by the stage.
    readonly List<(Source Source, Sign Sign)> signs = [];
    readonly List<(Voice Voice, Silence.Silence Silence)> over = [];
    readonly List<Sign> scratch = [];
    readonly List<(string Counter, NumberRange Range, long SinceMs)> missing = [];
    readonly List<(NumberRange, long)> ranges = [];
    string reachVersion = "";

    readonly record struct Loss(Source Source, string Counter, NumberRange Range, long SinceMs, long ToMs);

    public ulong Position { get; private set; }
    /// <summary>Up to then everything that came is counted.</summary>
    public long HeardMs { get; private set; }
    public Voices Voices { get; } = new(Limits.FalseAlarmsPerMonth);
    public Alarms Alarms => alarms;
    public Lock Gate => gate;
    public IRuleReach? Reach => reach;
    public IReadOnlyDictionary<string, SourceGroup> Groups => groups;
    public IEnumerable<Source> Sources => byId.Values;
    public IReadOnlyList<SourceMaintained> Maintenance => maintenance;

    public void Apply(Fact fact)
    {
        lock (gate)
        {
            alarms.Apply(fact);
            ApplySetting(fact);
            switch (fact.Body)
            {
                case SourceDiscovered f:
                    GetOrAdd(f.SourceId, f.Listener, f.Host, f.Dataset);
                    break;
                case SourceOwned f when Find(f.SourceId) is { } source:
                    source.Card = source.Card with { Name = f.Name, Owner = f.Owner, Unit = f.Unit };
                    source.Placed = false;
                    break;
                case SourceDescribed f when Find(f.SourceId) is { } source:
                    source.Card = f.After;
                    (source.Calendar, source.Placed) = (null, false);
                    break;
                case SignalOpened f when Find(f.SourceId) is { } source:
                    source.Signals++;
                    break;
                case SourceLost f:
                    lost[(f.SourceId, f.Counter)] = f.Ranges;
                    break;
                case SourceContracted f when Find(f.SourceId) is { } source:
                    source.Contract = f.After;
                    Agreed(source);
                    break;
                case SourceAlarmJudged f:
                    Judged(f);
                    break;
                case SourceGrouped f:
                    if (f.After is null) groups.Remove(f.GroupId);
                    else groups[f.GroupId] = f.After;
                    foreach (var source in byId.Values) source.Placed = false;
                    break;
                case SourceMaintained f:
                    maintained[f.SubjectId] = f;
                    maintenance.Add(f);
                    if (maintenance.Count > Limits.PastAlarmsKept) maintenance.RemoveAt(0);
                    if (Voices.Find(f.SubjectId) is { } voice) (voice.MaintainedFromMs, voice.MaintainedUntilMs) = (f.FromMs, f.ToMs);
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

    /// <summary>The sender's address behind most sources, and how many they are.</summary>
    public (string Relay, int Sources) Fullest()
    {
        lock (gate) return byId.Values.GroupBy(s => s.Relay, StringComparer.Ordinal).Select(g => (g.Key, g.Count())).DefaultIfEmpty(("", 0)).MaxBy(g => g.Item2);
    }

    /// <summary>Counts a batch. What it shows of health waits for <see cref="Report"/>.</summary>
    public void Take(EventBatch batch)
    {
        lock (gate)
        {
            if (reach is not null) reachVersion = reach.Version;
            for (var i = 0; i < batch.Count; i++)
            {
                var view = batch[i];
                if (!view.TryGet(Ecs.LogSourceId, out var id)) continue;
                // A source beyond the limit is counted, under one name.
                if (!byId.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(id, out var source)) source = GetOrAdd(Overflow, "", "", "");
                Take(view, source);
            }
            Position = batch.To;
        }
    }

    void Take(EventView view, Source source)
    {
        ref readonly var head = ref view.Head;
        if (head.ReceivedMs > HeardMs) HeardMs = head.ReceivedMs;
        source.Count(head, view.Raw.Length);
        var failed = Findings(view, source);
        if (!ReferenceEquals(source.Origin, head.Origin) || !source.Placed) Place(source, head.Origin);

        scratch.Clear();
        var calendar = source.Calendar ??= CalendarOf(source);
        source.Health.Take(view, failed, calendar.Local(head.ReceivedMs), scratch);
        foreach (var sign in scratch) signs.Add((source, sign));
        if (Counters.TryRead(view, out var channel, out var kind, out var number))
        {
            missing.Clear();
            source.Health.Counters.See(kind, channel, number, head.ReceivedMs, missing, ranges);
            foreach (var (counter, range, since) in missing) losses.Add(new(source, counter, range, since, head.ReceivedMs));
            if (kind == Counters.Kind.Windows && view.TryGet(Ecs.EventCode, out var code) && code is [(byte)'1', (byte)'1', (byte)'0', (byte)'2']) source.Health.Counters.Clear();
        }
        source.Usage.Take(view, reach, reachVersion);
        if (source.Contract is { } contract) Broken(view, source, contract);
        Speak(source, head);
        if (source.Voice is { } voice) Voices.Hear(voice, head.ReceivedMs, over);
    }

    static bool Findings(EventView view, Source source)
    {
        var at = view.Find(Ecs.AndonFindings);
        if (at < 0)
        {
            // A program we have patterns for said something that none of them knows.
            if (!view.TryGet(Ecs.AndonParser, out var parser) || !parser.StartsWith("linux-auth@"u8) || view.Find(Ecs.EventAction) >= 0) return false;
            source.ParseFailures++;
            return true;
        }
        source.ParseFailures++;
        for (; at >= 0; at = view.Find(Ecs.AndonFindings, at + 1))
        {
            var text = view.Value(view.Cells[at]);
            source.Found(Encoding.UTF8.GetString(text.Length > 6 ? text[..6] : text));
        }
        return true;
    }

    // What it is part of: a dead relay must be told once, not for each of its hosts.
    void Place(Source source, Origin origin)
    {
        source.Origin = origin;
        if (source.Placed && source.Relay == origin.Peer) return;
        (source.Relay, source.Placed) = (origin.Peer, true);
        if (source.Id == Overflow) return;
        source.Voice ??= Voices.GetOrAdd(SilenceScope.Source, source.Id);
        source.Voice.Calendar = source.Calendar ??= CalendarOf(source);
        List<Voice> within =
        [
            Voices.GetOrAdd(SilenceScope.House, "house"), Voices.GetOrAdd(SilenceScope.Listener, source.Listener),
            Voices.GetOrAdd(SilenceScope.Relay, source.Relay), Voices.GetOrAdd(SilenceScope.Host, source.Host),
        ];
        foreach (var (id, group) in groups)
            if (Grouping.Holds(group, source)) within.Add(Voices.GetOrAdd(SilenceScope.Group, id));
        Voices.Place(source.Voice, within);
        foreach (var wider in within) wider.Calendar = CalendarOf(wider);
        foreach (var voice in within.Append(source.Voice))
            if (maintained.TryGetValue(voice.Key, out var m)) (voice.MaintainedFromMs, voice.MaintainedUntilMs) = (m.FromMs, m.ToMs);
    }

    /// <summary>A zone by its name, or UTC.</summary>
    public static Calendar CalendarOf(string zone, IReadOnlySet<DateOnly>? daysOff = null) =>
        zone.Length > 0 && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? new(found, daysOff) : daysOff is null ? Calendar.Utc : new(TimeZoneInfo.Utc, daysOff);

    public IReadOnlyList<SourceView> List(long nowMs)
    {
        lock (gate)
        {
            var names = Naming.Counts(byId.Values);
            var ill = SourceView.AilmentsBySubject(this);
            return [.. byId.Values.Select(s => SourceView.Of(s, nowMs, this, ill) with { Naming = Naming.Code(s.Card.Name, names) }).OrderByDescending(s => s.LastMs).ThenBy(s => s.SourceId, StringComparer.Ordinal)];
        }
    }

    public (SourceView View, EventId[] Samples)? One(string id, long nowMs)
    {
        lock (gate) return Find(id) is { } source ? (SourceView.Of(source, nowMs, this), [.. source.Samples.Reverse().Select(s => new EventId(s))]) : null;
    }

    bool Known(ReadOnlySpan<byte> id) => byId.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(id);

    /// <summary>The caller holds <see cref="Gate"/>.</summary>
    public Source? Find(string id) => byId.GetValueOrDefault(Encoding.UTF8.GetBytes(id));

    Source GetOrAdd(string id, string listener, string host, string dataset)
    {
        var key = Encoding.UTF8.GetBytes(id);
        if (!byId.TryGetValue(key, out var source)) byId[key] = source = new() { Id = id, Listener = listener, Host = host, Dataset = dataset };
        return source;
    }
}
