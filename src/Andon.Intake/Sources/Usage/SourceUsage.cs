using System.Runtime.InteropServices;
using System.Text;
using Andon.Model;

namespace Andon.Intake.Sources.Usage;

/// <summary>One kind of event of a source: how much of it came, what it holds, and which rules look at it.</summary>
sealed class KindUse
{
    public long Events { get; set; }
    public long Bytes { get; set; }
    public long FirstMs { get; set; }
    public long LastMs { get; set; }
    /// <summary>The last event of the kind.</summary>
    public ulong Example { get; set; }
    /// <summary>Bytes of values by field, from the events that were looked into.</summary>
    public Dictionary<string, long> Fields { get; } = new(StringComparer.Ordinal);
    public long Looked { get; set; }
    /// <summary>Rules that look at it, as of <see cref="RulesVersion"/>.</summary>
    public IReadOnlyList<RuleReading> Rules { get; set; } = [];
    public string RulesVersion { get; set; } = "";
}

/// <summary>What one source sends, kind by kind.</summary>
sealed class SourceUsage
{
    public const string Others = "(other)";

    readonly Dictionary<byte[], KindUse> kinds = new(Utf8Names.Instance);

    public IEnumerable<(string Kind, KindUse Use)> Kinds => kinds.Select(k => (Encoding.UTF8.GetString(k.Key), k.Value));

    public KindUse? Find(string kind) => kinds.GetValueOrDefault(Encoding.UTF8.GetBytes(kind));

    /// <summary>What the sender calls this kind of event: its number, else what was done.</summary>
    public static ReadOnlySpan<byte> KindOf(EventView view) =>
        view.TryGet(Ecs.EventCode, out var code) && code.Length is > 0 and <= 100 ? code
        : view.TryGet(Ecs.EventAction, out var action) && action.Length is > 0 and <= 100 ? action
        : "(other)"u8;

    /// <summary>Takes an event in; <paramref name="reach"/> is asked once for each kind, until rules change.</summary>
    public void Take(EventView view, IRuleReach? reach, string version)
    {
        var name = KindOf(view);
        var lookup = kinds.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(name, out var use))
        {
            if (kinds.Count >= Limits.KindsPerSourceMax) name = "(other)"u8;
            ref var made = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, name, out _);
            use = made ??= new() { FirstMs = view.Head.ReceivedMs };
        }
        use.Events++;
        use.Bytes += view.Raw.Length;
        use.LastMs = view.Head.ReceivedMs;
        use.Example = view.Id.Value;
        if (reach is not null && use.RulesVersion != version)
        {
            use.Rules = reach.Of(view.Batch, view.Index);
            use.RulesVersion = version;
        }
        if (use.Events > 50 && use.Events % Limits.UsageLookEvery != 0) return;
        use.Looked++;
        foreach (ref readonly var cell in view.Cells)
        {
            if (cell.Length == 0) continue;
            var field = Encoding.UTF8.GetString(view.Name(cell));
            if (use.Fields.TryGetValue(field, out var bytes)) use.Fields[field] = bytes + cell.Length;
            else if (use.Fields.Count < Limits.FieldsPerKindMax) use.Fields[field] = cell.Length;
        }
    }

    public void Save(BinaryWriter to)
    {
        to.Write(kinds.Count);
        foreach (var (kind, use) in kinds)
        {
            to.Write(kind.Length);
            to.Write(kind);
            foreach (var value in new[] { use.Events, use.Bytes, use.FirstMs, use.LastMs, (long)use.Example, use.Looked }) to.Write(value);
            to.Write(use.Fields.Count);
            foreach (var (field, bytes) in use.Fields)
            {
                to.Write(field);
                to.Write(bytes);
            }
        }
    }

    public void Load(BinaryReader from)
    {
        for (var i = from.ReadInt32(); i > 0; i--)
        {
            var kind = from.ReadBytes(from.ReadInt32());
            var use = new KindUse { Events = from.ReadInt64(), Bytes = from.ReadInt64(), FirstMs = from.ReadInt64(), LastMs = from.ReadInt64(), Example = (ulong)from.ReadInt64(), Looked = from.ReadInt64() };
            for (var n = from.ReadInt32(); n > 0; n--)
            {
                var field = from.ReadString();
                use.Fields[field] = from.ReadInt64();
            }
            kinds[kind] = use;
        }
    }
}
