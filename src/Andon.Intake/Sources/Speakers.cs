using System.Net;
using Andon.Intake.Sources.Silence;

namespace Andon.Intake.Sources;

/// <summary>How an address stands to a host that it speaks for.</summary>
enum Speaking
{
    /// <summary>It always did, or people said that it may.</summary>
    Known,
    /// <summary>It began when others were known; one who takes over after them is no wonder.</summary>
    Fresh,
    /// <summary>It speaks beside those that are known, and that was told.</summary>
    Told,
}

/// <summary>An address that speaks for a host.</summary>
sealed class Speaker
{
    public required string Peer { get; init; }
    public required long FirstMs { get; init; }
    public long LastMs { get; set; }
    public long Events { get; set; }
    public Speaking Standing { get; set; }
    /// <summary>It waits to be told.</summary>
    public bool Waits { get; set; }
}

/// <summary>
/// Who speaks for one host at one listener. Whoever can send can write any host's name; what he cannot do is silence the host itself. So a newcomer is
/// strange when those that always spoke go on beside him; an address that follows another, as after a move, is not.
/// </summary>
sealed class HostSpeakers(string listener, string host)
{
    Speaker? last;
    int fresh;

    public string Listener => listener;
    public string Host => host;
    public List<Speaker> All { get; } = [];
    public long BornMs { get; set; }
    public long ToldMs { get; set; }
    /// <summary>More addresses speak for it than are kept: a newcomer among them is nobody's news.</summary>
    public bool Many { get; set; }
    /// <summary>Networks that its contracts say it comes from.</summary>
    public IReadOnlyList<IPNetwork> From { get; set; } = [];

    /// <summary>An event came; those that became strange by it are put to <paramref name="strange"/>.</summary>
    /// <param name="voice">Tells whether people work on it: what changes then is theirs.</param>
    public void Hear(string peer, long nowMs, Voice? voice, List<(HostSpeakers Of, Speaker Who)> strange)
    {
        var speaker = last is not null && (ReferenceEquals(last.Peer, peer) || last.Peer == peer) ? last : Find(peer) ?? Meet(peer, nowMs, voice);
        if (speaker is null) return;
        last = speaker;
        (speaker.LastMs, speaker.Events) = (Math.Max(speaker.LastMs, nowMs), speaker.Events + 1);
        if (fresh == 0) return;
        if (speaker.Standing == Speaking.Known) Beside(speaker, nowMs, strange);
        else if (nowMs - LastKnownMs >= Limits.SpeakerMovedMs) Moved(speaker);
    }

    public Speaker? Find(string peer) => All.Find(s => s.Peer == peer);

    public long LastKnownMs => All.Where(s => s.Standing == Speaking.Known).Select(s => s.LastMs).DefaultIfEmpty().Max();

    /// <summary>People or the way it comes say that it may.</summary>
    public void Accept(Speaker speaker)
    {
        if (speaker.Standing == Speaking.Fresh) fresh--;
        (speaker.Standing, speaker.Waits) = (Speaking.Known, false);
    }

    /// <summary>It was told, or stands aside while something else of its host is told.</summary>
    public void Tell(Speaker speaker)
    {
        if (speaker.Standing == Speaking.Fresh) fresh--;
        (speaker.Standing, speaker.Waits) = (Speaking.Told, false);
    }

    /// <summary>The known ones are silent for so long that this one took their place; should they come back they are the new ones.</summary>
    public void Moved(Speaker to)
    {
        Accept(to);
        All.RemoveAll(s => s != to && (s.Standing == Speaking.Known || s.LastMs < to.FirstMs));
        fresh = All.Count(s => s.Standing == Speaking.Fresh);
    }

    Speaker? Meet(string peer, long nowMs, Voice? voice)
    {
        if (BornMs == 0) BornMs = nowMs;
        if (All.Count >= Limits.SpeakersPerHostMax && !MakeRoom())
        {
            Many = true;
            return null;
        }
        var expected = voice is not null && (voice.Maintained(nowMs) || voice.Within.Exists(w => w.Maintained(nowMs)));
        var known = expected || nowMs - BornMs < Limits.SpeakersLearnMs || Many || Announced(peer);
        var speaker = new Speaker { Peer = peer, FirstMs = nowMs, Standing = known ? Speaking.Known : Speaking.Fresh };
        if (!known) fresh++;
        All.Add(speaker);
        return speaker;
    }

    // Who was met last and never told makes room first: made-up addresses push out each other, and nobody who is known.
    bool MakeRoom()
    {
        var least = All.FindLast(s => s.Standing == Speaking.Fresh && !s.Waits) ?? All.Find(s => s.Standing == Speaking.Told);
        if (least is null) return false;
        if (least.Standing == Speaking.Fresh) fresh--;
        if (last == least) last = null;
        return All.Remove(least);
    }

    void Beside(Speaker known, long nowMs, List<(HostSpeakers, Speaker)> strange)
    {
        foreach (var other in All)
        {
            if (other.Standing != Speaking.Fresh || other.Waits || other.FirstMs < known.FirstMs || nowMs - other.FirstMs < Limits.SpeakersApartMs) continue;
            other.Waits = true;
            strange.Add((this, other));
        }
    }

    public bool Announced(string peer)
    {
        if (From.Count == 0 || !IPAddress.TryParse(peer, out var address)) return false;
        foreach (var network in From)
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)) return true;
        return false;
    }

    public void Save(BinaryWriter to)
    {
        to.Write(listener);
        to.Write(host);
        to.Write(BornMs);
        to.Write(ToldMs);
        to.Write(Many);
        to.Write(All.Count);
        foreach (var s in All)
        {
            to.Write(s.Peer);
            to.Write(s.FirstMs);
            to.Write(s.LastMs);
            to.Write(s.Events);
            to.Write((byte)s.Standing);
        }
    }

    public static HostSpeakers Load(BinaryReader from)
    {
        var host = new HostSpeakers(from.ReadString(), from.ReadString()) { BornMs = from.ReadInt64(), ToldMs = from.ReadInt64(), Many = from.ReadBoolean() };
        for (var i = from.ReadInt32(); i > 0; i--)
            host.All.Add(new() { Peer = from.ReadString(), FirstMs = from.ReadInt64(), LastMs = from.ReadInt64(), Events = from.ReadInt64(), Standing = (Speaking)from.ReadByte() });
        host.fresh = host.All.Count(s => s.Standing == Speaking.Fresh);
        return host;
    }
}
