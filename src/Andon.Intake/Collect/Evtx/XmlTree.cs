namespace Andon.Intake.Collect.Evtx;

enum XmlKind : byte { Element, Attribute, Value, Entity, Character }

/// <summary>A part of a record's XML; names and values are places in the chunk, nothing is copied.</summary>
struct XmlNode
{
    public XmlKind Kind;
    public ValueType Type;
    public byte Depth;
    /// <summary>A child of the same parent before this one has this one's key.</summary>
    public bool Later;
    public int At, Length;
    public int Parent, First, Last, Next;
    /// <summary>Set while JSON is written: the attribute that names the element, its key, and the children that share it.</summary>
    public int Named, KeyAt, KeyLength, Bucket, Same, Tail;
}

/// <summary>One record's XML, used again for each record. Node 0 is the root above the elements.</summary>
sealed class XmlTree
{
    public const int None = -1;

    XmlNode[] nodes = new XmlNode[256];
    public int Count { get; private set; }
    public ref XmlNode this[int index] => ref nodes[index];

    public void Clear()
    {
        Count = 1;
        nodes[0] = new() { First = None, Last = None, Next = None, Parent = None, Named = None };
    }

    /// <summary>The new node's number, or None when the record has too many or they lie too deep.</summary>
    public int Add(XmlKind kind, int parent, int at, int length, ValueType type = ValueType.Null)
    {
        var depth = nodes[parent].Depth + 1;
        if (Count == Limits.EvtxNodesMax || depth > Limits.EvtxDepthMax) return None;
        if (Count == nodes.Length) Array.Resize(ref nodes, nodes.Length * 2);
        nodes[Count] = new() { Kind = kind, Type = type, Depth = (byte)depth, At = at, Length = length, Parent = parent, First = None, Last = None, Next = None, Same = None, Named = None };
        ref var above = ref nodes[parent];
        if (above.Last == None) above.First = Count;
        else nodes[above.Last].Next = Count;
        above.Last = Count;
        return Count++;
    }
}
