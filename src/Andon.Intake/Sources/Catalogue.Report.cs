using System.Globalization;
using Andon.Intake.Sources.Health;
using Andon.Intake.Sources.Silence;
using Andon.Model;
using Andon.Store.Facts;
using Calendar = Andon.Intake.Sources.Silence.Calendar;

namespace Andon.Intake.Sources;

sealed partial class Catalogue
{
    static readonly string Actor = Actors.Of(Room.Intake);
    readonly Dictionary<string, (string Subject, DateTimeOffset Ends)> certificates = new(StringComparer.Ordinal);
    long lookedMs, contractsMs;

    /// <summary>
    /// What people should know now that time is there: silences that became too long or ended, signs of windows and hours, lost numbers,
    /// contracts. Nothing is said twice: an alarm that stands, or stood at that time, is not raised again.
    /// </summary>
    public List<FactDraft> Report(long nowMs)
    {
        var drafts = new List<FactDraft>();
        lock (gate)
        {
            HeardMs = Math.Max(HeardMs, nowMs);
            foreach (var (voice, silence) in over)
                End(drafts, voice.Key, SourceAilment.Silent, voice.Watch.Rhythm.LastMs, $"It speaks again after {SourceHealth.Span((voice.Watch.Rhythm.LastMs - silence.SinceMs) / 1000.0)}.", nowMs);
            over.Clear();
            if (nowMs - lookedMs >= Limits.LookEveryMs)
            {
                lookedMs = nowMs;
                Tick(nowMs);
                foreach (var (voice, silence) in Voices.Look(nowMs)) Silent(drafts, voice, silence, nowMs);
                Certificates(drafts, nowMs);
                Strangers(drafts, nowMs);
                if (nowMs - contractsMs >= 60_000) Contracts(drafts, contractsMs = nowMs);
            }
            foreach (var (source, sign) in signs) Show(drafts, source, sign, nowMs);
            signs.Clear();
            Lost(drafts, nowMs);
        }
        return drafts;
    }

    /// <summary>Nobody listened between those times: no source was silent then.</summary>
    public void Deaf(long fromMs, long toMs)
    {
        lock (gate)
        {
            Voices.Deaf(fromMs, toMs);
            foreach (var source in byId.Values) source.Health.Volume.Skip((source.Calendar ??= CalendarOf(source)).Local(toMs));
        }
    }

    /// <summary>A listener or a sender showed a certificate.</summary>
    public void Certificate(string subject, string name, DateTimeOffset ends)
    {
        lock (gate)
            if (certificates.ContainsKey(subject) || certificates.Count < Limits.CertificatesMax) certificates[subject] = (name, ends);
    }

    /// <summary>Someone says that a silence was normal: that long is its own from now on.</summary>
    public void Forgive(string subject, long nowMs)
    {
        lock (gate)
        {
            if (Voices.Find(subject) is not { } voice) return;
            voice.Watch.Forgive(nowMs, voice.Calendar);
        }
    }

    void Tick(long nowMs)
    {
        foreach (var source in byId.Values)
        {
            if (source.Events == 0) continue;
            scratch.Clear();
            source.Health.Tick(nowMs, (source.Calendar ??= CalendarOf(source)).Local(nowMs), scratch);
            foreach (var sign in scratch) signs.Add((source, sign));
            missing.Clear();
            source.Health.Counters.Tick(nowMs, missing, ranges);
            foreach (var (counter, range, since) in missing) losses.Add(new(source, counter, range, since, nowMs));
        }
    }

    void Silent(List<FactDraft> drafts, Voice voice, Silence.Silence silence, long nowMs)
    {
        var sources = voice.Scope == SilenceScope.Source ? [voice] : voice.Sources.OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        var hosts = sources.Select(s => Find(s.Name)?.Host ?? "").Where(h => h.Length > 0).Distinct().Order(StringComparer.Ordinal).ToList();
        var gap = SourceHealth.Span((nowMs - silence.SinceMs) / 1000.0);
        var title = voice.Scope == SilenceScope.Source ? $"{NameOf(voice.Name)} is silent" : $"{Of(voice.Scope)} {voice.Name} is silent: {sources.Count} sources of {hosts.Count} hosts";
        var due = silence.Limit.ToString("0", CultureInfo.InvariantCulture);
        var evidence = silence.NotBegun
            ? $"It did not begin again after its rest: last heard at {UnixMs.ToIso(silence.SinceMs)}, {gap} ago; {due} arrivals were due since it should have begun."
            : $"Last heard at {UnixMs.ToIso(silence.SinceMs)}, {gap} ago; {due} arrivals were due since, and its own pauses are shorter at this hour of the week.";
        Raise(drafts, voice.Key, SourceAilment.Silent, silence.SinceMs, title, evidence, [.. sources.Select(s => s.Name)], hosts, nowMs);
    }

    void Show(List<FactDraft> drafts, Source source, Sign sign, long nowMs)
    {
        if (source.Voice is { } voice && (voice.Maintained(nowMs) || voice.Within.Exists(w => w.Maintained(nowMs)))) return;
        var subject = Voice.KeyOf(SilenceScope.Source, source.Id);
        if (sign.Ill) Raise(drafts, subject, sign.Ailment, sign.SinceMs, $"{NameOf(source.Id)}: {Words(sign.Ailment)}", Sentence(sign.Evidence), [source.Id], [source.Host], nowMs);
        else End(drafts, subject, sign.Ailment, nowMs, Sentence(sign.Evidence), nowMs);
    }

    void Lost(List<FactDraft> drafts, long nowMs)
    {
        losses.RemoveAll(l => lost.TryGetValue((l.Source.Id, l.Counter), out var told) && told.Contains(l.Range));
        foreach (var of in losses.GroupBy(l => (l.Source, l.Counter)))
        {
            var (source, counter) = of.Key;
            var count = of.Sum(l => l.Range.To - l.Range.From + 1);
            var proof = source.Card.Filtered.Length == 0;
            drafts.Add(new(Actor, "", new SourceLost(source.Id, counter, [.. of.Take(Limits.RangesPerFactMax).Select(l => l.Range)], count, of.Min(l => l.SinceMs), of.Max(l => l.ToMs), proof)) { AtMs = nowMs });
            source.LostEvents += count;
            source.LostMs = nowMs;
            if (!proof) continue;
            var first = of.First().Range;
            Raise(drafts, Voice.KeyOf(SilenceScope.Source, source.Id), SourceAilment.SequenceGap, of.Min(l => l.SinceMs), $"{NameOf(source.Id)}: {count} events were lost",
                $"{counter} goes on after a gap: {first.From} to {first.To} never came{(of.Count() > 1 ? $", and {of.Count() - 1} more ranges" : "")}; {count} numbers in all. The sender counts without leaving out, so this is loss.", [source.Id], [source.Host], nowMs);
        }
        losses.Clear();
        foreach (var alarm in alarms.Open)
            if (alarm.Body.Ailment == SourceAilment.SequenceGap && alarm.Body.SourceIds is [var id] && Find(id) is { } source && nowMs - Math.Max(source.LostMs, alarm.AtMs) > Limits.LossForgottenMs)
                End(drafts, alarm.Body.SubjectId, SourceAilment.SequenceGap, nowMs, "Nothing was missing for a day.", nowMs);
    }

    void Certificates(List<FactDraft> drafts, long nowMs)
    {
        foreach (var (subject, (name, ends)) in certificates)
        {
            var days = (ends.ToUnixTimeMilliseconds() - nowMs) / (double)Calendar.DayMs;
            if (days < Limits.CertificateDaysMin)
                Raise(drafts, subject, SourceAilment.CertificateEnding, ends.ToUnixTimeMilliseconds() - Limits.CertificateDaysMin * Calendar.DayMs,
                    $"The certificate of {name} {(days < 0 ? "has ended" : $"ends in {days:0} days")}", $"It is good until {UnixMs.ToIso(ends.ToUnixTimeMilliseconds())}; then nothing comes through it.", [.. SourcesOf(subject)], [], nowMs);
            else End(drafts, subject, SourceAilment.CertificateEnding, nowMs, $"A new one is good until {UnixMs.ToIso(ends.ToUnixTimeMilliseconds())}.", nowMs);
        }
    }

    /// <summary>Certificates of its own, or of what it comes through.</summary>
    public IEnumerable<SourceCertificate> CertificatesOf(IReadOnlySet<string> subjects) =>
        certificates.Where(c => subjects.Contains(c.Key)).Select(c => new SourceCertificate(c.Key, c.Value.Subject, c.Value.Ends.ToUnixTimeMilliseconds())).OrderBy(c => c.EndsMs);

    /// <summary>Ranges that its counter misses, as they were told last.</summary>
    public IReadOnlyList<NumberRange> RangesOf(string sourceId, string counter) => lost.GetValueOrDefault((sourceId, counter), []);

    IEnumerable<string> SourcesOf(string subject) => Voices.Find(subject)?.Sources.Select(s => s.Name).Order(StringComparer.Ordinal).ToList() ?? (IEnumerable<string>)[];

    void Raise(List<FactDraft> drafts, string subject, SourceAilment ailment, long sinceMs, string title, string evidence, IReadOnlyList<string> sources, IReadOnlyList<string> hosts, long nowMs)
    {
        if (!alarms.IsNews(subject, ailment, sinceMs) || drafts.Exists(d => d.Body is SourceAlarmed a && a.SubjectId == subject && a.Ailment == ailment)) return;
        var blind = ailment is SourceAilment.Silent or SourceAilment.FormatChanged or SourceAilment.ParseFailures or SourceAilment.VolumeLow or SourceAilment.CertificateEnding or SourceAilment.MustMissing
            ? BlindnessOf(sources, nowMs) : SourceBlindness.None;
        var level = ailment is SourceAilment.Silent or SourceAilment.SequenceGap or SourceAilment.ForeignPeer ? blind.Wholly > 0 || sources.Count > 1 ? Level.High : Level.Medium : blind.Wholly > 0 ? Level.Medium : Level.Low;
        drafts.Add(new(Actor, "", new SourceAlarmed($"{ailment.ToString().ToLowerInvariant()}/{subject}/{sinceMs}", subject, ailment, sinceMs, title, evidence, level,
            [.. sources.Take(Limits.AlarmSourcesMax)], sources.Count, [.. hosts.Take(Limits.AlarmSourcesMax)], blind)) { AtMs = nowMs });
    }

    void End(List<FactDraft> drafts, string subject, SourceAilment ailment, long untilMs, string evidence, long nowMs)
    {
        if (alarms.Find(subject, ailment) is not { } alarm || drafts.Exists(d => d.Body is SourceRecovered r && r.AlarmId == alarm.Body.AlarmId)) return;
        drafts.Add(new(Actor, $"fact:{alarm.Seq}", new SourceRecovered(alarm.Body.AlarmId, subject, ailment, alarm.Body.SinceMs, untilMs, evidence)) { AtMs = nowMs });
    }

    /// <summary>Rules in force that look at what these sources send, those among them that have nothing else to look at, and who could stand in.</summary>
    public SourceBlindness BlindnessOf(IReadOnlyList<string> sourceIds, long nowMs)
    {
        if (reach is null) return SourceBlindness.None;
        var blind = sourceIds.Select(Find).OfType<Source>().ToHashSet();
        var rules = new Dictionary<string, RuleReading>();
        foreach (var rule in blind.SelectMany(RulesOf))
            if (rule is { Enabled: true, Queue: not RuleQueue.Input }) rules.TryAdd(rule.RuleId, rule);
        if (rules.Count == 0) return SourceBlindness.None;
        var elsewhere = new HashSet<string>();
        var standIns = new List<(Source Source, int Rules, bool SameHost)>();
        var hosts = blind.Select(s => s.Host).ToHashSet();
        foreach (var other in byId.Values)
        {
            if (blind.Contains(other) || nowMs - other.LastMs > Calendar.DayMs || other.Voice is { Told: not null }) continue;
            var shared = RulesOf(other).Where(r => rules.ContainsKey(r.RuleId)).Select(r => r.RuleId).Distinct().ToList();
            elsewhere.UnionWith(shared);
            if (shared.Count > 0) standIns.Add((other, shared.Count, hosts.Contains(other.Host)));
        }
        return new(
            [.. rules.Values.OrderByDescending(r => r.Level).ThenBy(r => r.RuleId, StringComparer.Ordinal).Take(Limits.AlarmRulesMax).Select(r => r.RuleId)], rules.Count, rules.Keys.Count(r => !elsewhere.Contains(r)),
            [.. rules.Values.SelectMany(r => r.Techniques).Distinct().Order(StringComparer.Ordinal)],
            [.. standIns.OrderByDescending(s => s.SameHost).ThenByDescending(s => s.Rules).ThenBy(s => s.Source.Id, StringComparer.Ordinal).Take(5).Select(s => new SourceStandIn(s.Source.Id, s.Rules))]);
    }

    public static IEnumerable<RuleReading> RulesOf(Source source) => source.Usage.Kinds.SelectMany(k => k.Use.Rules);

    string NameOf(string sourceId) => Find(sourceId) is { Card.Name: { Length: > 0 } name } ? name : sourceId;

    static string Of(SilenceScope scope) => scope switch { SilenceScope.House => "The whole", SilenceScope.Listener => "Listener", SilenceScope.Relay => "Relay", SilenceScope.Group => "Group", _ => "Host" };

    internal static string Words(SourceAilment ailment) => ailment switch
    {
        SourceAilment.Silent => "is silent", SourceAilment.Late => "comes late", SourceAilment.VolumeLow => "sends far less than usual", SourceAilment.VolumeHigh => "sends far more than usual",
        SourceAilment.ParseFailures => "can no longer be read", SourceAilment.FormatChanged => "changed its format", SourceAilment.ClockSkew => "its clock is wrong", SourceAilment.Duplicates => "sends events twice",
        SourceAilment.SequenceGap => "events were lost", SourceAilment.CertificateEnding => "its certificate ends", SourceAilment.MustMissing => "does not send what it must",
        SourceAilment.ForeignPeer => "another sender speaks for it", SourceAilment.NeverArrived => "sends what it must never send", _ => "nobody knows this sender",
    };

    static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..] + (text.EndsWith('.') ? "" : ".");
}
