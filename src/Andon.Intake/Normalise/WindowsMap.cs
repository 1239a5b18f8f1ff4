using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>What is done with an event data value on its way to its ECS name.</summary>
enum Change { Alias, Base, Domain, User, Ip, Number, Hashes, Egress }

/// <param name="Field">ECS name that is filled; for hashes unused.</param>
/// <param name="Domain">Where an address goes that is a name.</param>
/// <param name="Hashes">sha256, sha1, md5, imphash of the thing hashed.</param>
sealed record Target(FieldId Field, Change Change, FieldId Domain, FieldId[] Hashes);

/// <summary>ECS of one kind of Windows event: constants, and event data names with their targets.</summary>
sealed class WindowsMap
{
    public readonly List<Const> Categories = [];
    public readonly List<Const> Types = [];
    public Const? Action, Outcome;
    public bool Audited;
    public readonly Dictionary<int, List<Target>> Targets = [];

    public void Apply(EventDraft draft, in Leaf leaf, Const egress, Const ingress)
    {
        if (!Targets.TryGetValue(leaf.Field.Value, out var targets) || leaf.Length == 0) return;
        var value = draft.Batch.Slice(leaf.At, leaf.Length);
        if (value is [(byte)'-'] || leaf.Kind == ValueKind.Null) return;
        foreach (var target in targets)
        {
            if (target.Change != Change.Hashes && draft.Has(target.Field)) continue;
            var (at, length) = (leaf.At, leaf.Length);
            value = draft.Batch.Slice(at, length);
            switch (target.Change)
            {
                case Change.Alias: draft.AddAt(target.Field, at, length, leaf.Kind); break;
                case Change.Ip: draft.Address(target.Field, target.Domain, at, length); break;
                case Change.Base or Change.User:
                    var cut = target.Change == Change.Base ? value.LastIndexOfAny((byte)'\\', (byte)'/') : value.IndexOf((byte)'\\');
                    if (cut + 1 < length) draft.AddAt(target.Field, at + cut + 1, length - cut - 1, ValueKind.Text);
                    break;
                case Change.Domain:
                    var slash = value.IndexOf((byte)'\\');
                    if (slash > 0) draft.AddAt(target.Field, at, slash, ValueKind.Text);
                    break;
                case Change.Number: Number(draft, target.Field, leaf); break;
                case Change.Egress: draft.Add(target.Field, leaf.Kind == ValueKind.True || value.SequenceEqual("true"u8) || value.SequenceEqual("True"u8) ? egress : ingress); break;
                case Change.Hashes: HashesOf(draft, target, at, length); break;
            }
        }
    }

    static void Number(EventDraft draft, FieldId field, in Leaf leaf)
    {
        var value = draft.Batch.Slice(leaf.At, leaf.Length);
        if (value.StartsWith("0x"u8) || value.StartsWith("0X"u8))
        {
            if (System.Buffers.Text.Utf8Parser.TryParse(value[2..], out long number, out var used, 'x') && used == value.Length - 2) draft.PutNumber(field, number);
        }
        else if (value.Length <= 19 && value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) draft.AddAt(field, leaf.At, leaf.Length, ValueKind.Number);
    }

    // SHA1=…,MD5=…,SHA256=…,IMPHASH=…
    static void HashesOf(EventDraft draft, Target target, int at, int length)
    {
        while (length > 0)
        {
            var value = draft.Batch.Slice(at, length);
            var comma = value.IndexOf((byte)',');
            var part = comma < 0 ? value : value[..comma];
            var equals = part.IndexOf((byte)'=');
            if (equals > 0)
            {
                var name = part[..equals];
                var which = name.SequenceEqual("SHA256"u8) ? 0 : name.SequenceEqual("SHA1"u8) ? 1 : name.SequenceEqual("MD5"u8) ? 2 : name.SequenceEqual("IMPHASH"u8) ? 3 : -1;
                if (which >= 0 && draft.Keeps(target.Hashes[which]) && !draft.Has(target.Hashes[which])) Lower(draft, target.Hashes[which], at + equals + 1, part.Length - equals - 1);
            }
            if (comma < 0) return;
            at += comma + 1;
            length -= comma + 1;
        }
    }

    // ECS hashes are lower case, so that one pivot finds all.
    static void Lower(EventDraft draft, FieldId field, int at, int length)
    {
        var room = draft.Batch.Reserve(length);
        System.Text.Ascii.ToLower(draft.Batch.Slice(at, length), room, out var written);
        draft.AddAt(field, draft.Batch.Commit(written), written, ValueKind.Text);
    }
}
