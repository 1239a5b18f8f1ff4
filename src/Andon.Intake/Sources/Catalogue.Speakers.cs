using System.Net;
using Andon.Intake.Collect;
using Andon.Intake.Normalise;
using Andon.Intake.Sources.Health;
using Andon.Intake.Sources.Silence;
using Andon.Model;
using Andon.Store.Facts;

namespace Andon.Intake.Sources;

sealed partial class Catalogue
{
    readonly Dictionary<(string Listener, string Host), HostSpeakers> speakers = [];
    readonly List<(HostSpeakers Of, Speaker Who)> strange = [];
    long speakersMs;

    /// <summary>Who speaks for the source's host at its listener; null where records name no sender's address, or the source is named by it.</summary>
    public HostSpeakers? SpeakersOf(Source source) => speakers.GetValueOrDefault((source.Listener, source.Host));

    void Speak(Source source, in EventHead head)
    {
        if (source.SpeakersFor != head.Origin.Listener)
        {
            (source.SpeakersFor, source.Speakers) = (head.Origin.Listener, null);
            if (head.Origin.Listener is Hints.FileListener or Hints.UploadListener || source.Id == Overflow || source.Host.Length == 0 || IPAddress.TryParse(source.Host, out _)) return;
            if (!speakers.TryGetValue((source.Listener, source.Host), out var found))
            {
                if (speakers.Count >= Limits.SourcesMax) return;
                speakers[(source.Listener, source.Host)] = found = new(source.Listener, source.Host) { From = Announced(source.Listener, source.Host) };
            }
            source.Speakers = found;
        }
        source.Speakers?.Hear(head.Origin.Peer, head.ReceivedMs, source.Voice, strange);
    }

    IReadOnlyList<IPNetwork> Announced(string listener, string host) =>
        [.. byId.Values.Where(s => s.Listener == listener && s.Host == host).SelectMany(s => s.Contract?.SendsFrom ?? []).Select(t => ContractSource.Network(t)).OfType<IPNetwork>()];

    // What a contract says of where it comes from holds for the whole host, and for who was told already.
    void Agreed(Source source)
    {
        if (SpeakersOf(source) is not { } of) return;
        of.From = Announced(of.Listener, of.Host);
        foreach (var one in of.All)
            if (of.Announced(one.Peer)) of.Accept(one);
    }

    // Somebody looked and says that it is all right.
    void Judged(SourceAlarmJudged judged)
    {
        if (!judged.Normal || !judged.AlarmId.StartsWith("foreignpeer/", StringComparison.Ordinal)) return;
        foreach (var of in speakers.Values)
            foreach (var one in of.All)
                if (one.Standing == Speaking.Told && (judged.SubjectId == Voice.KeyOf(SilenceScope.Host, of.Host) || judged.SubjectId == Voice.KeyOf(SilenceScope.Relay, one.Peer))) of.Accept(one);
    }

    /// <summary>Addresses that speak beside those that always spoke for a host: one alarm for the host, or one for the address where it does so for many.</summary>
    void Strangers(List<FactDraft> drafts, long nowMs)
    {
        if (strange.Count > 0)
        {
            var looks = 0;
            var partners = new Dictionary<(string, string, string), bool>();
            var waiting = strange.ToList();
            strange.Clear();
            foreach (var of in waiting.GroupBy(s => s.Who.Peer, StringComparer.Ordinal))
            {
                // So many pairs are looked into at once; who floods waits for the next time.
                if (looks > Limits.SpeakerPairsPerLook)
                {
                    strange.AddRange(of);
                    continue;
                }
                var told = of.Where(s => s.Who.Standing == Speaking.Fresh && !Partner(s.Of, s.Who, partners, ref looks)).ToList();
                if (told.Count > 0) Told(drafts, of.Key, told, nowMs);
            }
        }
        if (nowMs - speakersMs < 60_000) return;
        speakersMs = nowMs;
        foreach (var alarm in alarms.Open)
            if (alarm.Body.Ailment == SourceAilment.ForeignPeer && !Stands(alarm.Body.SubjectId, nowMs, out var why)) End(drafts, alarm.Body.SubjectId, SourceAilment.ForeignPeer, nowMs, why, nowMs);
    }

    // Relays that share the load speak for the same hosts in turns: who is known beside a known one elsewhere is so here.
    bool Partner(HostSpeakers of, Speaker who, Dictionary<(string, string, string), bool> found, ref int looks)
    {
        foreach (var known in of.All)
        {
            if (known.Standing != Speaking.Known) continue;
            var pair = (of.Listener, who.Peer, known.Peer);
            if (!found.TryGetValue(pair, out var partner))
            {
                looks++;
                var shared = speakers.Values.Count(h => h.Listener == of.Listener && h.Find(who.Peer) is { Standing: Speaking.Known } && h.Find(known.Peer) is { Standing: Speaking.Known });
                found[pair] = partner = shared >= Limits.PartnerHostsMin;
            }
            if (!partner) continue;
            of.Accept(who);
            return true;
        }
        return false;
    }

    void Told(List<FactDraft> drafts, string peer, List<(HostSpeakers Of, Speaker Who)> told, long nowMs)
    {
        var relay = Voice.KeyOf(SilenceScope.Relay, peer);
        var many = told.Select(t => t.Of.Host).Distinct(StringComparer.Ordinal).Count() >= Limits.PartnerHostsMin || alarms.Find(relay, SourceAilment.ForeignPeer) is not null;
        foreach (var (of, who) in told)
        {
            of.Tell(who);
            // A host that wanders is told once a week, whatever it wanders to; the rest stands on its page.
            var soon = nowMs - of.ToldMs < Limits.SpeakersTellMs && of.ToldMs > 0;
            of.ToldMs = soon ? of.ToldMs : nowMs;
            if (many || soon) continue;
            var ids = SourcesOf(of);
            Raise(drafts, Voice.KeyOf(SilenceScope.Host, of.Host), SourceAilment.ForeignPeer, who.FirstMs, $"{of.Host} now also comes from {peer}",
                $"Since {UnixMs.ToIso(of.BornMs)} {Known(of)} spoke for it over {of.Listener}. Since {UnixMs.ToIso(who.FirstMs)} {peer} does too ({who.Events} events), while {Known(of)} went on: two senders use one name. " + Advice, ids, [of.Host], nowMs);
        }
        if (!many) return;
        var hosts = told.Select(t => t.Of.Host).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Raise(drafts, relay, SourceAilment.ForeignPeer, told.Min(t => t.Who.FirstMs), $"{peer} speaks for {hosts.Count} hosts that others always spoke for",
            $"Among them {string.Join(", ", hosts.Take(10))}. Those that spoke for them before ({Known(told[0].Of)} for {told[0].Of.Host}) went on. A new relay does so, and so does a forger. " + Advice,
            [.. told.SelectMany(t => SourcesOf(t.Of)).Distinct(StringComparer.Ordinal)], hosts, nowMs);
    }

    const string Advice = "Where it is the host's own, judge the alarm normal, or name the network under sends-from in the source's contract.";

    static string Known(HostSpeakers of) => string.Join(", ", of.All.Where(s => s.Standing == Speaking.Known).OrderByDescending(s => s.Events).Take(3).Select(s => s.Peer));

    List<string> SourcesOf(HostSpeakers of) => [.. byId.Values.Where(s => s.Listener == of.Listener && s.Host == of.Host).Select(s => s.Id).Order(StringComparer.Ordinal)];

    // It stands while both speak.
    bool Stands(string subject, long nowMs, out string why)
    {
        why = "Nothing speaks beside those that are known.";
        var since = nowMs - Limits.SpeakerMovedMs;
        foreach (var of in speakers.Values)
            foreach (var one in of.All)
            {
                if (one.Standing != Speaking.Told || (subject != Voice.KeyOf(SilenceScope.Host, of.Host) && subject != Voice.KeyOf(SilenceScope.Relay, one.Peer))) continue;
                if (one.LastMs < since) why = $"{one.Peer} was not heard for {SourceHealth.Span(Limits.SpeakerMovedMs / 1000.0)}.";
                else if (of.LastKnownMs >= since) return true;
                else
                {
                    of.Moved(one);
                    why = $"Only {one.Peer} speaks for it now.";
                    return false;
                }
            }
        return false;
    }
}
