using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>Fills <c>related.*</c>: every address, user, host and hash of the event under one name each, for pivots.</summary>
static class Related
{
    public static readonly FieldId[] Kinds = [Ecs.RelatedIp, Ecs.RelatedUser, Ecs.RelatedHosts, Ecs.RelatedHash];
    static readonly byte[] KindOf = Build();

    static byte[] Build()
    {
        string[][] names =
        [
            ["source.ip", "destination.ip", "host.ip", "client.ip", "server.ip", "dns.resolved_ip"],
            ["user.name", "user.target.name", "user.effective.name", "user.changes.name"],
            ["host.name", "source.domain", "destination.domain", "dns.question.name", "url.domain"],
            ["file.hash.sha256", "file.hash.sha1", "file.hash.md5", "process.hash.sha256", "process.hash.sha1", "process.hash.md5", "process.pe.imphash",
             "dll.hash.sha256", "dll.hash.sha1", "dll.hash.md5", "dll.pe.imphash", "file.pe.imphash"],
        ];
        var ids = names.Select(FieldNames.InternAll).ToArray();
        var kinds = new byte[ids.SelectMany(i => i).Max(i => i.Value) + 1];
        for (var kind = 0; kind < ids.Length; kind++)
            foreach (var id in ids[kind]) kinds[id.Value] = (byte)(kind + 1);
        return kinds;
    }

    public static bool Collects(FieldId field) => (uint)field.Value < (uint)KindOf.Length && KindOf[field.Value] != 0;

    public static void Fill(EventDraft draft)
    {
        var batch = draft.Batch;
        var view = batch[batch.Count - 1];
        Span<(byte Kind, int At, int Length)> found = stackalloc (byte, int, int)[Limits.RelatedPerEventMax];
        var count = 0;
        foreach (ref readonly var cell in view.Cells)
        {
            var id = cell.Name.Value;
            if ((uint)id >= (uint)KindOf.Length || KindOf[id] == 0 || cell.Length == 0) continue;
            if (count == found.Length) break;
            var value = view.Value(cell);
            if (value is [(byte)'-']) continue;
            var known = false;
            for (var i = 0; i < count && !known; i++)
                known = found[i].Kind == KindOf[id] && batch.Slice(found[i].At, found[i].Length).SequenceEqual(value);
            if (!known) found[count++] = (KindOf[id], cell.Start, cell.Length);
        }
        foreach (var (kind, at, length) in found[..count]) draft.AddAt(Kinds[kind - 1], at, length, ValueKind.Text);
    }
}
