using System.Runtime.InteropServices;
using Andon.Model;

namespace Andon.Intake.Sources.Health;

/// <summary>Numbers that a sender counts, as seen: what is missing for good, and what began anew.</summary>
sealed class NumberTrack
{
    /// <summary>RFC 5424: after the largest number a counter goes on with 1.</summary>
    const long WrapAt = 2_147_483_647;

    long highest = -1, at;
    readonly List<(long From, long To, long SinceMs)> open = [];

    public long Restarts { get; private set; }
    public long Missing { get; private set; }

    /// <summary>Takes a number in. Ranges that stay missing although enough came after them go into <paramref name="lost"/>.</summary>
    public void See(long number, long nowMs, List<(NumberRange Range, long SinceMs)> lost)
    {
        if (highest < 0) highest = number;
        else if (number > highest + 1)
        {
            // A jump out of all proportion is another counter, not a loss.
            if (number - highest > Limits.CounterJumpMax) Restart(number);
            else
            {
                if (open.Count == Limits.OpenGapsMax) Settle(0, lost);
                open.Add((highest + 1, number - 1, nowMs));
                highest = number;
            }
        }
        else if (number == highest + 1) highest = number;
        else if (!Fill(number) && highest - number > Limits.ReorderNumbers) Restart(number);
        at = nowMs;
        for (var i = open.Count - 1; i >= 0; i--)
            if (nowMs - open[i].SinceMs > Limits.ReorderMs || highest - open[i].To > Limits.ReorderNumbers) Settle(i, lost);
    }

    /// <summary>Time passes without a number.</summary>
    public void Tick(long nowMs, List<(NumberRange Range, long SinceMs)> lost)
    {
        for (var i = open.Count - 1; i >= 0; i--)
            if (nowMs - open[i].SinceMs > Limits.ReorderMs) Settle(i, lost);
    }

    // After a restart it counts from the number seen; one that wrapped goes on.
    void Restart(long number)
    {
        if (!(highest == WrapAt && number == 1)) Restarts++;
        open.Clear();
        highest = number;
    }

    bool Fill(long number)
    {
        for (var i = 0; i < open.Count; i++)
        {
            var (from, to, since) = open[i];
            if (number < from || number > to) continue;
            open.RemoveAt(i);
            if (number > from) open.Insert(i, (from, number - 1, since));
            if (number < to) open.Add((number + 1, to, since));
            return true;
        }
        return false;
    }

    void Settle(int index, List<(NumberRange, long)> lost)
    {
        var (from, to, since) = open[index];
        open.RemoveAt(index);
        Missing += to - from + 1;
        lost.Add((new(from, to), since));
    }

    public void Save(BinaryWriter to)
    {
        to.Write(highest);
        to.Write(at);
        to.Write(Restarts);
        to.Write(Missing);
        to.Write(open.Count);
        foreach (var gap in open)
        {
            to.Write(gap.From);
            to.Write(gap.To);
            to.Write(gap.SinceMs);
        }
    }

    public static NumberTrack Load(BinaryReader from)
    {
        var track = new NumberTrack { highest = from.ReadInt64(), at = from.ReadInt64(), Restarts = from.ReadInt64(), Missing = from.ReadInt64() };
        for (var i = from.ReadInt32(); i > 0; i--) track.open.Add((from.ReadInt64(), from.ReadInt64(), from.ReadInt64()));
        return track;
    }
}

/// <summary>The counters of one source: syslog's sequenceId, auditd's serial, EventRecordID of each channel.</summary>
sealed class Counters
{
    static readonly FieldId SequenceId = FieldNames.Intern("log.syslog.structured_data.meta.sequenceId");

    readonly Dictionary<string, NumberTrack> tracks = new(StringComparer.Ordinal);
    long cleared;

    public IReadOnlyDictionary<string, NumberTrack> Tracks => tracks;
    /// <summary>Event logs that someone emptied.</summary>
    public long Cleared => cleared;

    /// <summary>Finds the number that the sender gave this event, if it counts.</summary>
    public static bool TryRead(EventView view, out ReadOnlySpan<byte> channel, out Kind kind, out long number)
    {
        channel = default;
        kind = Kind.None;
        number = 0;
        if (view.TryGet(Ecs.WinlogRecordId, out var record) && Number(record, out number))
        {
            kind = Kind.Windows;
            view.TryGet(Ecs.WinlogChannel, out channel);
            return true;
        }
        if (view.TryGet(SequenceId, out var sequence) && Number(sequence, out number))
        {
            kind = Kind.Syslog;
            return true;
        }
        // type=SYSCALL msg=audit(1700000000.123:4711): …
        var raw = view.Raw;
        var at = raw.IndexOf("msg=audit("u8);
        if (at < 0) return false;
        var rest = raw[(at + 10)..];
        var colon = rest.IndexOf((byte)':');
        if (colon is < 1 or > 24) return false;
        rest = rest[(colon + 1)..];
        var close = rest.IndexOf((byte)')');
        if (close < 1 || !Number(rest[..close], out number)) return false;
        kind = Kind.Audit;
        return true;
    }

    public enum Kind : byte { None, Syslog, Audit, Windows }

    public void See(Kind kind, ReadOnlySpan<byte> channel, long number, long nowMs, List<(string Counter, NumberRange Range, long SinceMs)> lost, List<(NumberRange, long)> scratch)
    {
        var name = kind switch { Kind.Syslog => "syslog sequenceId", Kind.Audit => "auditd serial", _ => "EventRecordID " + System.Text.Encoding.UTF8.GetString(channel) };
        ref var track = ref CollectionsMarshal.GetValueRefOrAddDefault(tracks, name, out var known);
        if (!known && tracks.Count > Limits.CountersPerSourceMax)
        {
            tracks.Remove(name);
            return;
        }
        track ??= new();
        scratch.Clear();
        track.See(number, nowMs, scratch);
        foreach (var (range, since) in scratch) lost.Add((name, range, since));
    }

    public void Clear() => cleared++;

    public void Tick(long nowMs, List<(string Counter, NumberRange Range, long SinceMs)> lost, List<(NumberRange, long)> scratch)
    {
        foreach (var (name, track) in tracks)
        {
            scratch.Clear();
            track.Tick(nowMs, scratch);
            foreach (var (range, since) in scratch) lost.Add((name, range, since));
        }
    }

    static bool Number(ReadOnlySpan<byte> text, out long number) =>
        System.Buffers.Text.Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && number >= 0;

    public void Save(BinaryWriter to)
    {
        to.Write(cleared);
        to.Write(tracks.Count);
        foreach (var (name, track) in tracks)
        {
            to.Write(name);
            track.Save(to);
        }
    }

    public void Load(BinaryReader from)
    {
        cleared = from.ReadInt64();
        for (var i = from.ReadInt32(); i > 0; i--) tracks[from.ReadString()] = NumberTrack.Load(from);
    }
}
