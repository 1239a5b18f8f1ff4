namespace Andon.Intake.Sources.Silence;

/// <summary>Whose voice it is. Wider ones are judged first, for their silence explains that of all within.</summary>
public enum SilenceScope { House, Listener, Relay, Group, Host, Source }

/// <summary>A voice of arrivals under watch: one source, or all sources of a host, of a relay, of a group, of a listener, of the house.</summary>
sealed class Voice(SilenceScope scope, string name)
{
    public SilenceScope Scope => scope;
    /// <summary>Source id, host, sender's address, group or listener.</summary>
    public string Name => name;
    public string Key { get; } = KeyOf(scope, name);
    public SilenceWatch Watch { get; set; } = new();
    /// <summary>Of a source: everything that it is part of, widest first.</summary>
    public List<Voice> Within { get; } = [];
    /// <summary>Of others: the sources.</summary>
    public HashSet<Voice> Sources { get; } = [];
    /// <summary>Until then nothing is told: people are at work on it.</summary>
    public long MaintainedUntilMs { get; set; }
    public long MaintainedFromMs { get; set; }
    /// <summary>Its people's time.</summary>
    public Calendar Calendar { get; set; } = Calendar.Utc;
    long pooledMs;

    int spreadOf = -1, spread;

    /// <summary>Parts that it holds one level down: where there is but one, that one is judged.</summary>
    public bool Judged
    {
        get
        {
            if (scope is SilenceScope.Source) return true;
            if (scope is SilenceScope.Host or SilenceScope.Group) return Sources.Count > 1;
            if (spreadOf == Sources.Count) return spread > 1;
            var below = scope switch { SilenceScope.House => SilenceScope.Listener, SilenceScope.Listener => SilenceScope.Relay, _ => SilenceScope.Host };
            (spreadOf, spread) = (Sources.Count, Sources.SelectMany(s => s.Within).Where(w => w.Scope == below).Distinct().Count());
            return spread > 1;
        }
    }
    public Silence? Told => Watch.Told;

    public bool Maintained(long ms) => ms >= MaintainedFromMs && ms < MaintainedUntilMs;

    /// <summary>What is known of the pauses of its sources, for the young ones among them; looked up once an hour.</summary>
    public Rhythm Pooled(long nowMs)
    {
        if (nowMs - pooledMs < Calendar.HourMs && Watch.Rhythm.Members is not null) return Watch.Rhythm;
        pooledMs = nowMs;
        var (within, ends, starts) = (new Pauses(), new Pauses(), new Pauses());
        foreach (var source in Sources)
        {
            within.Take(source.Watch.Rhythm.Within);
            ends.Take(source.Watch.Rhythm.Ends);
            starts.Take(source.Watch.Rhythm.Starts);
        }
        Watch.Rhythm.Members = (within, ends, starts);
        return Watch.Rhythm;
    }

    public static string KeyOf(SilenceScope scope, string name) => $"{scope.ToString().ToLowerInvariant()}:{name}";
}

/// <summary>All voices: takes arrivals in, and tells which silences are new. One silence is told once: where the widest voice that fell silent stands.</summary>
sealed class Voices(double perMonth)
{
    /// <summary>A source younger than this leans on its like.</summary>
    const long YoungMs = 42 * Calendar.DayMs;
    const int LikeMin = 3;

    readonly Dictionary<string, Voice> byKey = new(StringComparer.Ordinal);
    readonly List<Voice> all = [];
    bool sorted = true;

    public IReadOnlyCollection<Voice> All => byKey.Values;
    public double PerMonth { get; set; } = perMonth;
    /// <summary>Budgets that people gave to one voice, by its key; it holds for all within.</summary>
    public Dictionary<string, double> Budgets { get; } = new(StringComparer.Ordinal);

    /// <summary>False alarms a month that this voice may make: its own budget, else that of the nearest one around it.</summary>
    public double BudgetOf(Voice voice)
    {
        if (Budgets.Count == 0) return PerMonth;
        if (Budgets.TryGetValue(voice.Key, out var own)) return own;
        for (var i = voice.Within.Count - 1; i >= 0; i--)
            if (Budgets.TryGetValue(voice.Within[i].Key, out var around)) return around;
        return PerMonth;
    }

    public Voice? Find(string key) => byKey.GetValueOrDefault(key);

    public Voice GetOrAdd(SilenceScope scope, string name)
    {
        var key = Voice.KeyOf(scope, name);
        if (byKey.TryGetValue(key, out var voice)) return voice;
        byKey[key] = voice = new(scope, name);
        all.Add(voice);
        sorted = false;
        return voice;
    }

    /// <summary>Says what a source is part of, widest first; what it was part of before no longer counts it.</summary>
    public void Place(Voice source, IEnumerable<Voice> within)
    {
        foreach (var old in source.Within) old.Sources.Remove(source);
        source.Within.Clear();
        foreach (var voice in within.OrderBy(s => s.Scope))
        {
            source.Within.Add(voice);
            voice.Sources.Add(source);
        }
    }

    /// <summary>Takes an arrival in. What ended by it goes into <paramref name="over"/>.</summary>
    public void Hear(Voice source, long ms, List<(Voice Voice, Silence Silence)> over)
    {
        foreach (var voice in source.Within)
            if (ms - voice.Watch.Rhythm.LastMs >= Rhythm.BeatMs || voice.Told is not null) HearOne(voice, ms, over);
        if (ms - source.Watch.Rhythm.LastMs >= Rhythm.BeatMs || source.Told is not null) HearOne(source, ms, over);
    }

    void HearOne(Voice voice, long ms, List<(Voice, Silence)> over)
    {
        var told = voice.Told;
        // Everybody within was cut off meanwhile; their own pauses they were not.
        if (told is { } silence && voice.Scope != SilenceScope.Source && voice.Watch.Silent)
            foreach (var source in voice.Sources) source.Watch.Rhythm.Absent(silence.SinceMs, ms);
        if (voice.MaintainedUntilMs > voice.Watch.Rhythm.LastMs) voice.Watch.Rhythm.Absent(Math.Max(voice.MaintainedFromMs, voice.Watch.Rhythm.LastMs), Math.Min(ms, voice.MaintainedUntilMs));
        if (voice.Watch.Hear(ms, voice.Calendar, Like(voice, ms)) && told is { } ended) over.Add((voice, ended));
    }

    /// <summary>Looks at the clock: silences that are told from now on.</summary>
    public List<(Voice Voice, Silence Silence)> Look(long nowMs)
    {
        if (!sorted)
        {
            all.Sort((a, b) => a.Scope != b.Scope ? a.Scope.CompareTo(b.Scope) : string.CompareOrdinal(a.Name, b.Name));
            sorted = true;
        }
        var fresh = new List<(Voice, Silence)>();
        foreach (var voice in all)
        {
            if (!voice.Judged || voice.Told is not null || nowMs - voice.Watch.Rhythm.LastMs < Limits.SilenceMsMin) continue;
            if (voice.Maintained(nowMs) || Explained(voice, nowMs)) continue;
            if (voice.Watch.Look(nowMs, voice.Calendar, Like(voice, nowMs), BudgetOf(voice)) is { } silence) fresh.Add((voice, silence));
        }
        return fresh;
    }

    /// <summary>Is its silence that of a wider voice: one that is told, is being maintained, or has not spoken since either and will tell itself?</summary>
    bool Explained(Voice voice, long nowMs)
    {
        if (voice.Scope == SilenceScope.Source)
        {
            foreach (var wider in voice.Within) if (Covers(wider, voice, nowMs)) return true;
            return false;
        }
        // All of it lies within the wider one, so it is enough to look at one of its sources.
        foreach (var source in voice.Sources)
        {
            foreach (var wider in source.Within)
                if (wider.Scope < voice.Scope && wider.Sources.Count > voice.Sources.Count && wider.Told is not null && wider.Sources.IsSupersetOf(voice.Sources)) return true;
            break;
        }
        return false;
    }

    bool Covers(Voice wider, Voice source, long nowMs)
    {
        if (wider.Maintained(nowMs)) return true;
        if (!wider.Judged) return false;
        if (wider.Told is not null) return true;
        if (wider.Watch.Rhythm.LastMs > source.Watch.Rhythm.LastMs + Rhythm.BeatMs) return false;
        // It was the last voice there; the wider voice is told soon, if that is a silence of all.
        return wider.Watch.Rhythm.Due(wider.Calendar, null, BudgetOf(wider), nowMs + 2 * (nowMs - source.Watch.Rhythm.LastMs)) is not null;
    }

    Rhythm? Like(Voice voice, long nowMs)
    {
        if (voice.Scope != SilenceScope.Source || nowMs - voice.Watch.Rhythm.FirstMs > YoungMs) return null;
        // The nearest kin: a group that people made, then those that come the same way.
        for (var i = voice.Within.Count - 1; i >= 0; i--)
            if (voice.Within[i] is { Scope: SilenceScope.Group or SilenceScope.Relay or SilenceScope.Listener } kin && kin.Sources.Count > LikeMin && nowMs - kin.Watch.Rhythm.FirstMs > YoungMs) return kin.Pooled(nowMs);
        return null;
    }

    public Rhythm? LikeOf(Voice voice, long nowMs) => Like(voice, nowMs);

    /// <summary>Nobody listened between those times.</summary>
    public void Deaf(long fromMs, long toMs)
    {
        foreach (var voice in all) voice.Watch.Rhythm.Absent(fromMs, toMs);
    }
}
