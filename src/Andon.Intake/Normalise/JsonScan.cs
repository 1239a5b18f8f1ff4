using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>
/// Flattens an ordinary JSON object in one pass. It takes only what <see cref="JsonLeaves"/>' own reader would take without a finding, and
/// gives up on all else: broken text, escaped or long names, deep nesting, more leaves than the limits allow.
/// </summary>
sealed class JsonScan(JsonLeaves leaves)
{
    readonly PathNode[] outer = new PathNode[Limits.JsonDepthMax + 1];
    readonly bool[] array = new bool[Limits.JsonDepthMax + 1];
    readonly ElementCount elements = new();

    /// <summary>All leaves of the text, those of no use among them.</summary>
    public int Seen { get; private set; }

    /// <summary>Reads the object into the leaves; with <paramref name="skip"/> without those that have no use. False when it gave up.</summary>
    public bool TryRead(Text text, JsonFormat format, EventDraft draft, bool skip)
    {
        ref var b = ref MemoryMarshal.GetReference(text.Span);
        int end = text.Length, depth = 1, arrays = 0, seen = 0;
        var budget = Limits.PathBytesPerRawByte * text.Length + Limits.PathBytesMax;
        var i = JsonText.Blank(ref b, 0, end);
        if (i >= end || Unsafe.Add(ref b, i) != '{') return false;
        var node = outer[1] = leaves.Learned.Root;
        array[1] = false;
        elements.Clear();
        elements.Open(1, isList: false);
        i = JsonText.Blank(ref b, i + 1, end);
        if (i < end && Unsafe.Add(ref b, i) == '}') goto closed;

    name:
        if (i >= end || Unsafe.Add(ref b, i) != '"') return false;
        var from = i + 1;
        i = JsonText.StringEnd(ref b, from, end, out var escaped);
        if (i < 0 || escaped) return false;
        var named = leaves.Learned.Find(outer[depth], ref b, from, i - from, end) ?? leaves.Meet(outer[depth], text, from, i - from, format, draft);
        if (named is null) return false;
        node = named;
        i = JsonText.Blank(ref b, i + 1, end);
        if (i >= end || Unsafe.Add(ref b, i) != ':') return false;
        i = JsonText.Blank(ref b, i + 1, end);

    value:
        if (i >= end) return false;
        from = i;
        escaped = false;
        ValueKind kind;
        var c = Unsafe.Add(ref b, i);
        switch (c)
        {
            case (byte)'"':
                i = JsonText.StringEnd(ref b, ++from, end, out escaped) + 1;
                kind = ValueKind.Text;
                break;
            case (byte)'{' or (byte)'[':
                if (++depth > Limits.JsonDepthMax) return false;
                outer[depth] = node;
                array[depth] = c == '[';
                if (array[depth]) arrays++;
                elements.Open(depth, array[depth]);
                i = JsonText.Blank(ref b, i + 1, end);
                if (i < end && Unsafe.Add(ref b, i) == (array[depth] ? ']' : '}')) goto closed;
                if (array[depth]) goto value;
                goto name;
            case (byte)'t': (i, kind) = (JsonText.WordEnd(ref b, i, end, "true"u8), ValueKind.True); break;
            case (byte)'f': (i, kind) = (JsonText.WordEnd(ref b, i, end, "false"u8), ValueKind.False); break;
            case (byte)'n': (i, kind) = (JsonText.WordEnd(ref b, i, end, "null"u8), ValueKind.Null); break;
            default: (i, kind) = (JsonText.NumberEnd(ref b, i, end), ValueKind.Number); break;
        }
        if (i <= 0) return false;
        budget -= node.PathLength;
        if (++seen > Limits.LeavesPerEventMax || budget < 0) return false;
        var (element, item) = elements.Value();
        if (!skip || node.Used) leaves.Add(new() { Element = element, Item = item, Node = node, At = text.At + from, Length = kind switch { ValueKind.Text => i - 1 - from, ValueKind.Null => 0, _ => i - from }, Kind = kind, InArray = arrays > 0, Escaped = escaped });

    after:
        i = JsonText.Blank(ref b, i, end);
        if (i >= end) return false;
        c = Unsafe.Add(ref b, i);
        if (c == ',')
        {
            i = JsonText.Blank(ref b, i + 1, end);
            if (!array[depth]) goto name;
            node = outer[depth];
            goto value;
        }
        if (c != (array[depth] ? ']' : '}')) return false;

    closed:
        i++;
        if (array[depth]) arrays--;
        elements.Close();
        if (--depth > 0) goto after;
        Seen = seen;
        return JsonText.Blank(ref b, i, end) == end;
    }
}
