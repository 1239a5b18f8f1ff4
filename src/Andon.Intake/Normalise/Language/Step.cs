using System.Runtime.InteropServices;
using Andon.Model;

namespace Andon.Intake.Normalise.Language;

/// <summary>One way to take a text apart. It fills pieces and fields, or says that the text has not this form.</summary>
abstract class Step
{
    /// <summary>Key of the text it works on; -1 is the message.</summary>
    public int Of { get; init; } = -1;
    /// <summary>Where it stands in its parser.</summary>
    public Place At { get; init; }
    public Condition When { get; init; } = Condition.Always;
    /// <summary>A text that has not this form is no finding.</summary>
    public bool Optional { get; init; }

    public abstract bool Run(Text text, EventDraft draft, Parser parser);

    /// <summary>A pair that the record names itself: a piece where the parser asks for it, and a field under the parser's namespace. False when the event is full.</summary>
    protected static bool Pair(EventDraft draft, Parser parser, Text text, int keyAt, int keyLength, in Piece value)
    {
        foreach (var prefix in parser.Strip)
            if (keyLength > prefix.Length && text.Span.Slice(keyAt, keyLength).StartsWith(prefix))
            {
                (keyAt, keyLength) = (keyAt + prefix.Length, keyLength - prefix.Length);
                break;
            }
        var learned = draft.Leaves.Learned;
        var root = learned.RootOf(parser.Number);
        var node = learned.Find(root, ref MemoryMarshal.GetReference(text.Span), keyAt, keyLength, text.Length);
        if (node is null)
        {
            var name = text.Span.Slice(keyAt, keyLength);
            node = learned.Learn(root, text.Span, keyAt, keyLength, name);
            if (node is null) return Unlearned(draft, parser, name, value);
            parser.Judge(ref node.In[0], name, draft);
        }
        ref var field = ref node.In[0];
        if (field.Key >= 0 && !draft.Pieces.Put(field.Key, value)) return Full(draft);
        if ((field.Use & LeafUse.Hostile) != 0) draft.Flawed(Flaw.HostileName);
        if ((field.Use & (LeafUse.Keep | LeafUse.Stamp)) == 0) return draft.CountData();
        if ((field.Use & LeafUse.Local) != 0 && field.Batch != draft.BatchNumber)
        {
            field.Field = parser.NameOf(draft, node.Path);
            field.Batch = draft.BatchNumber;
        }
        return draft.AddData(field.Field, value.At, value.Length, value.Kind);
    }

    static bool Unlearned(EventDraft draft, Parser parser, ReadOnlySpan<byte> name, in Piece value)
    {
        LeafField field = default;
        parser.Judge(ref field, name, draft);
        if (field.Key >= 0 && !draft.Pieces.Put(field.Key, value)) return Full(draft);
        if ((field.Use & LeafUse.Hostile) != 0) draft.Flawed(Flaw.HostileName);
        if ((field.Use & (LeafUse.Keep | LeafUse.Stamp)) == 0) return draft.CountData();
        return draft.AddData((field.Use & LeafUse.Local) != 0 ? parser.NameOf(draft, name) : field.Field, value.At, value.Length, value.Kind);
    }

    static bool Full(EventDraft draft)
    {
        draft.Flawed(Flaw.JsonLeaves);
        return false;
    }

    /// <summary>The value as a piece, with escapes written out when there are any: a backslash makes the byte after it stand for itself.</summary>
    protected static Piece Unescaped(EventDraft draft, Text value, bool escaped)
    {
        if (!escaped) return new(value.At, value.Length, ValueKind.Text);
        var room = draft.Batch.Reserve(value.Length);
        var n = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length && value[i + 1] is (byte)'"' or (byte)'\\' or (byte)'=' or (byte)'|' or (byte)'\'' or (byte)']') i++;
            else if (value[i] == '\\' && i + 1 < value.Length && value[i + 1] is (byte)'n' or (byte)'r')
            {
                room[n++] = value[++i] == 'n' ? (byte)'\n' : (byte)'\r';
                continue;
            }
            room[n++] = value[i];
        }
        return new(draft.Batch.Commit(n), n, ValueKind.Text);
    }
}
