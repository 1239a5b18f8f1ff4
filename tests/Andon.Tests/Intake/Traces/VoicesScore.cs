using Andon.Intake.Sources.Silence;

namespace Andon.Tests.Intake.Traces;

/// <summary>Many sources at once: members of a group, hosts behind a relay.</summary>
static class VoicesScore
{
    const double Minute = 60_000;
    const long Tick = 60_000;

    /// <summary>One stream of arrivals of all traces, in order.</summary>
    static List<(long Ms, int Source)> Merge(IReadOnlyList<Trace> traces, long toMs)
    {
        var all = new List<(long, int)>();
        for (var i = 0; i < traces.Count; i++)
            foreach (var t in traces[i].Times)
                if (t < toMs) all.Add((t, i));
        all.Sort();
        return all;
    }

    public sealed record Told(long Ms, SilenceScope Scope, string Name);

    /// <summary>All silences told while the traces run to <paramref name="cutMs"/> and nothing of <paramref name="cut"/> comes after it.</summary>
    public static List<Told> Run(IReadOnlyList<Trace> traces, SilenceScope parent, string parentName, double perMonth, long cutMs, Func<int, bool> cut, long untilMs, long lookFromMs)
    {
        var voices = new Voices(perMonth);
        var wider = voices.GetOrAdd(parent, parentName);
        var sources = new List<Voice>();
        foreach (var trace in traces)
        {
            var source = voices.GetOrAdd(SilenceScope.Source, trace.Source);
            sources.Add(source);
        }
        var told = new List<Told>();
        var over = new List<(Voice, Silence)>();
        var nextLook = lookFromMs;
        foreach (var (ms, i) in Merge(traces, untilMs))
        {
            if (ms >= cutMs && cut(i)) continue;
            Looks(ms);
            if (sources[i].Within.Count == 0) voices.Place(sources[i], [wider, voices.GetOrAdd(SilenceScope.Host, sources[i].Name)]);
            voices.Hear(sources[i], ms, over);
        }
        Looks(untilMs);
        return told;

        void Looks(long ms)
        {
            if (ms < nextLook) return;
            // Minutes between two arrivals of anybody count each.
            for (; nextLook <= ms; nextLook += Tick)
                foreach (var (voice, silence) in voices.Look(nextLook)) told.Add(new(nextLook, voice.Scope, voice.Name));
        }
    }
}
