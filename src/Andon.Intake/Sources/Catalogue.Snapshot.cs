using System.Text;
using System.Text.Json;
using Andon.Intake.Sources.Silence;

namespace Andon.Intake.Sources;

sealed partial class Catalogue
{
    const int Format = 4;

    sealed record Counts(ulong Position, long HeardMs, IReadOnlyList<Source> Sources);

    public byte[] Save()
    {
        using var memory = new MemoryStream();
        using var to = new BinaryWriter(memory);
        lock (gate)
        {
            to.Write(Format);
            var counts = JsonSerializer.SerializeToUtf8Bytes(new Counts(Position, HeardMs, [.. byId.Values]));
            to.Write(counts.Length);
            to.Write(counts);
            to.Write(byId.Count);
            foreach (var source in byId.Values)
            {
                to.Write(source.Id);
                source.Health.Save(to);
                source.Usage.Save(to);
            }
            to.Write(Voices.All.Count);
            foreach (var voice in Voices.All)
            {
                to.Write((byte)voice.Scope);
                to.Write(voice.Name);
                voice.Watch.Rhythm.Save(to);
            }
            to.Write(speakers.Count);
            foreach (var host in speakers.Values) host.Save(to);
        }
        to.Flush();
        return memory.ToArray();
    }

    /// <summary>Takes a snapshot in; facts were folded before. All or nothing.</summary>
    /// <exception cref="InvalidDataException">It is none, or of another version.</exception>
    public void Load(byte[] snapshot)
    {
        try
        {
            using var from = new BinaryReader(new MemoryStream(snapshot));
            if (from.ReadInt32() != Format) throw new InvalidDataException("It was written by another version.");
            var counts = JsonSerializer.Deserialize<Counts>(from.ReadBytes(from.ReadInt32())) ?? throw new InvalidDataException("It is empty.");
            var sources = counts.Sources.ToDictionary(s => s.Id);
            for (var i = from.ReadInt32(); i > 0; i--)
            {
                var source = sources[from.ReadString()];
                source.Health.Load(from);
                source.Usage.Load(from);
            }
            var rhythms = new List<(SilenceScope Scope, string Name, Rhythm Rhythm)>();
            for (var i = from.ReadInt32(); i > 0; i--) rhythms.Add(((SilenceScope)from.ReadByte(), from.ReadString(), Rhythm.Load(from)));
            var spoke = new List<HostSpeakers>();
            // A snapshot from before they were known ends here.
            if (from.BaseStream.Position < from.BaseStream.Length)
                for (var i = from.ReadInt32(); i > 0; i--) spoke.Add(HostSpeakers.Load(from));
            lock (gate)
            {
                Take(counts, sources.Values, rhythms);
                foreach (var host in spoke)
                {
                    speakers[(host.Listener, host.Host)] = host;
                    host.From = Announced(host.Listener, host.Host);
                }
            }
        }
        catch (Exception e) when (e is JsonException or EndOfStreamException or KeyNotFoundException or FormatException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    void Take(Counts counts, IEnumerable<Source> sources, IEnumerable<(SilenceScope Scope, string Name, Rhythm Rhythm)> rhythms)
    {
        (Position, HeardMs) = (counts.Position, counts.HeardMs);
        foreach (var (scope, name, rhythm) in rhythms) Voices.GetOrAdd(scope, name).Watch = new() { Rhythm = rhythm };
        foreach (var source in sources)
        {
            var key = Encoding.UTF8.GetBytes(source.Id);
            // Facts say whose it is.
            if (byId.TryGetValue(key, out var now)) (source.Card, source.Contract, source.Signals, source.Cases) = (now.Card, now.Contract, now.Signals, now.Cases);
            byId[key] = source;
            if (source.Relay.Length > 0) Place(source, new(source.Listener, source.Relay));
            source.Origin = null;
        }
        foreach (var alarm in alarms.Open)
            if (alarm.Body.Ailment == Model.SourceAilment.Silent) Voices.Find(alarm.Body.SubjectId)?.Watch.Tell(new(alarm.Body.SinceMs, alarm.AtMs, 0, NotBegun: false));
    }
}
