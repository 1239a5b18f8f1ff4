using System.Text.Json.Serialization;
using Andon.Intake.Sources.Health;
using Andon.Intake.Sources.Silence;
using Andon.Intake.Sources.Usage;
using Andon.Model;

namespace Andon.Intake.Sources;

/// <summary>One source: what it is, who owns it, and what came from it. Guarded by the catalogue.</summary>
sealed class Source
{
    public const int Minutes = 60;

    public required string Id { get; init; }
    public required string Listener { get; init; }
    public required string Host { get; init; }
    public required string Dataset { get; init; }
    /// <summary>What people say about it; facts hold it.</summary>
    [JsonIgnore] public SourceCard Card { get; set; } = SourceCard.Empty;
    [JsonIgnore] public SourceContract? Contract { get; set; }
    [JsonIgnore] public SourceHealth Health { get; } = new();
    [JsonIgnore] public SourceUsage Usage { get; } = new();
    [JsonIgnore] public Voice? Voice { get; set; }
    /// <summary>Who speaks for its host, and the listener for which that was looked up.</summary>
    [JsonIgnore] public HostSpeakers? Speakers { get; set; }
    [JsonIgnore] public string SpeakersFor { get; set; } = "";
    /// <summary>Where its last record came from.</summary>
    [JsonIgnore] public Origin? Origin { get; set; }
    [JsonIgnore] public Calendar? Calendar { get; set; }
    /// <summary>Its place among groups and relays is up to date.</summary>
    [JsonIgnore] public bool Placed { get; set; }
    public List<NeverSeen> NeverCame { get; init; } = [];
    /// <summary>Events proven lost, or filtered away by its sender.</summary>
    public long LostEvents { get; set; }
    public long LostMs { get; set; }
    /// <summary>Signals that came from it: what it was good for.</summary>
    [JsonIgnore] public long Signals { get; set; }
    /// <summary>The last cases that its signals joined, newest first.</summary>
    [JsonIgnore] public List<string> Cases { get; set; } = [];

    /// <summary>Mean of its life, at least of an hour.</summary>
    public double BytesPerDay(long nowMs) => Bytes * (double)Silence.Calendar.DayMs / Math.Max(nowMs - FirstMs, Silence.Calendar.HourMs);

    /// <summary>Address of the relay, or the path of the file, that its last record came by.</summary>
    public string Relay { get; set; } = "";
    public long FirstMs { get; set; }
    public long LastMs { get; set; }
    public long Events { get; set; }
    public long Bytes { get; set; }
    public long ParseFailures { get; set; }
    /// <summary>Events by minute of arrival, at minute modulo 60; <see cref="LastMinute"/> says which hour it is.</summary>
    public int[] PerMinute { get; init; } = new int[Minutes];
    public long LastMinute { get; set; }
    public Dictionary<string, long> Findings { get; init; } = [];
    /// <summary>The last events, oldest first; their records stand in the record log.</summary>
    public Queue<ulong> Samples { get; init; } = new();

    public void Count(in EventHead head, int bytes)
    {
        if (FirstMs == 0 || head.ReceivedMs < FirstMs) FirstMs = head.ReceivedMs;
        if (head.ReceivedMs > LastMs) LastMs = head.ReceivedMs;
        Events++;
        Bytes += bytes;
        var minute = head.ReceivedMs / 60_000;
        for (; LastMinute < minute; LastMinute++)
        {
            if (minute - LastMinute >= Minutes)
            {
                Array.Clear(PerMinute);
                LastMinute = minute;
                break;
            }
            PerMinute[(LastMinute + 1) % Minutes] = 0;
        }
        if (LastMinute - minute < Minutes) PerMinute[minute % Minutes]++;
        Samples.Enqueue(head.Id.Value);
        if (Samples.Count > Limits.SamplesKept) Samples.Dequeue();
    }

    /// <summary>The 60 minutes up to that time, oldest first.</summary>
    public int[] Hour(long nowMs)
    {
        var hour = new int[Minutes];
        var now = nowMs / 60_000;
        for (var i = 0; i < Minutes; i++)
        {
            var minute = now - (Minutes - 1) + i;
            if (minute <= LastMinute && LastMinute - minute < Minutes) hour[i] = PerMinute[minute % Minutes];
        }
        return hour;
    }

    /// <summary>Events of the last five minutes.</summary>
    public int LastFive(long nowMs)
    {
        var (sum, now) = (0, nowMs / 60_000);
        for (var minute = now - 4; minute <= now; minute++)
            if (minute <= LastMinute && LastMinute - minute < Minutes) sum += PerMinute[minute % Minutes];
        return sum;
    }

    public void Never(string what, long ms, EventId example)
    {
        var seen = NeverCame.Find(n => n.What == what);
        if (seen is null) NeverCame.Add(seen = new() { What = what, FirstMs = ms });
        seen.Count++;
        (seen.LastMs, seen.Example) = (ms, example.ToString());
    }

    public void Found(string code)
    {
        if (Findings.TryGetValue(code, out var count)) Findings[code] = count + 1;
        else if (Findings.Count < Limits.FindingCodesPerSourceMax) Findings[code] = 1;
    }
}
