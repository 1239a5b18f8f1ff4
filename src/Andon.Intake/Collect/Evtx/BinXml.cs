using System.Buffers.Binary;

namespace Andon.Intake.Collect.Evtx;

/// <summary>
/// Reads binary XML to a tree: tokens, templates (also in values), the values put into them. Every length is checked against the chunk;
/// tokens, depth, nodes and values of a record are bounded, so a template that names itself ends as well.
/// </summary>
sealed class BinXml(byte[] chunk, XmlTree tree)
{
    enum Token : byte
    {
        End = 0x00, OpenElement = 0x01, CloseOpening = 0x02, CloseEmpty = 0x03, CloseElement = 0x04, Value = 0x05, Attribute = 0x06, CData = 0x07,
        Character = 0x08, Entity = 0x09, InstructionTarget = 0x0A, InstructionData = 0x0B, Template = 0x0C, Put = 0x0D, PutOptional = 0x0E, Header = 0x0F,
    }

    readonly record struct Values(int First, int Count);
    struct Value { public ValueType Type; public int At, Length; }

    const int Broken = -1;
    const int NameHead = 8, DefinitionHead = 24;

    Value[] values = new Value[256];
    int valuesUsed, tokens;

    /// <summary>Reached a limit of what is read of a record.</summary>
    public bool Bounded { get; private set; }

    /// <summary>False when the bytes make no sense somewhere; the tree has what stands before that.</summary>
    public bool Read(int from, int to)
    {
        tree.Clear();
        (valuesUsed, tokens, Bounded) = (0, 0, false);
        return Fragment(from, to, parent: 0, default, bare: false, depth: 0) != Broken;
    }

    int U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(chunk.AsSpan(at));
    uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(at));

    int Bound()
    {
        Bounded = true;
        return Broken;
    }

    // Returns where it ended, or Broken. "Bare" elements, those in a value, have no dependency number.
    int Fragment(int at, int to, int parent, Values given, bool bare, int depth)
    {
        if (depth > Limits.EvtxDepthMax) return Bound();
        int current = parent, attribute = XmlTree.None;
        while (at >= 0 && at < to)
        {
            if (++tokens > Limits.EvtxTokensMax) return Bound();
            // 0x40 says that more follows, which the next token says too.
            var token = chunk[at++];
            switch ((Token)(token & ~0x40))
            {
                case Token.End:
                    return current == parent ? at : Broken;
                case Token.OpenElement:
                    (at, current) = Open(at, to, current, hasAttributes: (token & 0x40) != 0, bare);
                    attribute = XmlTree.None;
                    break;
                case Token.CloseOpening:
                    attribute = XmlTree.None;
                    break;
                case Token.CloseEmpty or Token.CloseElement:
                    if (current == parent) return Broken;
                    current = tree[current].Parent;
                    attribute = XmlTree.None;
                    break;
                case Token.Attribute:
                    at = Name(at, to, out var name);
                    if (at == Broken || current == parent) return Broken;
                    attribute = tree.Add(XmlKind.Attribute, current, name, 0);
                    if (attribute == XmlTree.None) return Bound();
                    break;
                case Token.Value:
                    at = Literal(at, to, attribute < 0 ? current : attribute);
                    break;
                case Token.CData:
                    at = Text(at, to, attribute < 0 ? current : attribute);
                    break;
                case Token.Character:
                    if (at + 2 > to) return Broken;
                    if (tree.Add(XmlKind.Character, attribute < 0 ? current : attribute, at, 2) < 0) return Bound();
                    at += 2;
                    break;
                case Token.Entity:
                    at = Name(at, to, out var entity);
                    if (at != Broken && tree.Add(XmlKind.Entity, attribute < 0 ? current : attribute, entity, 0) < 0) return Bound();
                    break;
                case Token.InstructionTarget:
                    at = Name(at, to, out _);
                    break;
                case Token.InstructionData:
                    at = at + 2 <= to && at + 2 + 2 * U16(at) <= to ? at + 2 + 2 * U16(at) : Broken;
                    break;
                case Token.Template:
                    at = Template(at, to, current, depth);
                    break;
                case Token.Put or Token.PutOptional:
                    if (at + 3 > to) return Broken;
                    if (!Put(U16(at), attribute < 0 ? current : attribute, inAttribute: attribute >= 0, given, depth)) return Broken;
                    at += 3;
                    break;
                case Token.Header:
                    at += 3;
                    break;
                default:
                    return Broken;
            }
        }
        return at < 0 || at > to || current != parent ? Broken : at;
    }

    (int At, int Element) Open(int at, int to, int parent, bool hasAttributes, bool bare)
    {
        // A few writers leave the dependency number out where it belongs, or put it where it does not: then the name tells.
        var after = Opened(at + (bare ? 0 : 2), to, out var name);
        if (after == Broken) after = Opened(at + (bare ? 2 : 0), to, out name);
        if (after == Broken) return (Broken, parent);
        if (hasAttributes) after += 4;
        var element = tree.Add(XmlKind.Element, parent, name, 0);
        return element == XmlTree.None ? (Bound(), parent) : (after, element);
    }

    int Opened(int at, int to, out int name)
    {
        name = 0;
        return at + 8 <= to && U32(at) <= EvtxFile.ChunkBytes ? Name(at + 4, to, out name) : Broken;
    }

    // A name stands where it is first used, and later uses point there.
    int Name(int at, int to, out int name)
    {
        name = 0;
        if (at + 4 > to) return Broken;
        var offset = U32(at);
        at += 4;
        if (offset < 128 || offset + NameHead > EvtxFile.ChunkBytes) return Broken;
        var length = 2 * U16((int)offset + 6);
        if (offset + NameHead + length > EvtxFile.ChunkBytes) return Broken;
        name = (int)offset;
        if (offset == at) at += NameHead + length + 2;
        return at <= to ? at : Broken;
    }

    int Literal(int at, int to, int owner)
    {
        if (at + 1 > to) return Broken;
        var type = (ValueType)chunk[at++];
        if (type is ValueType.Text) return Text(at, to, owner);
        var length = type.Bytes();
        if (length == 0 && type != ValueType.Null || at + length > to) return Broken;
        return tree.Add(XmlKind.Value, owner, at, length, type) < 0 ? Bound() : at + length;
    }

    int Text(int at, int to, int owner)
    {
        if (at + 2 > to) return Broken;
        var length = 2 * U16(at);
        at += 2;
        if (at + length > to) return Broken;
        return tree.Add(XmlKind.Value, owner, at, length, ValueType.Text) < 0 ? Bound() : at + length;
    }

    int Template(int at, int to, int parent, int depth)
    {
        if (at + 9 > to) return Broken;
        var offset = U32(at + 5);
        at += 9;
        if (offset < 128 || offset + DefinitionHead > EvtxFile.ChunkBytes) return Broken;
        var definition = (int)offset;
        var size = U32(definition + 20);
        if (definition + DefinitionHead + (long)size > EvtxFile.ChunkBytes) return Broken;
        if (definition == at) at += DefinitionHead + (int)size;
        if (at + 4 > to) return Broken;
        var count = U32(at);
        at += 4;
        if (count > Limits.EvtxValuesMax - valuesUsed) return Bound();
        var from = at + 4 * (int)count;
        if (from > to) return Broken;
        var given = new Values(valuesUsed, (int)count);
        valuesUsed += given.Count;
        if (valuesUsed > values.Length) Array.Resize(ref values, Math.Max(valuesUsed, values.Length * 2));
        var whole = true;
        for (var i = 0; i < given.Count; i++)
        {
            var length = U16(at + 4 * i);
            // A record that breaks off in its values keeps those before.
            whole &= from + length <= to;
            values[given.First + i] = whole ? new() { Type = (ValueType)chunk[at + 4 * i + 2], At = from, Length = length } : default;
            from += length;
        }
        var end = Fragment(definition + DefinitionHead, definition + DefinitionHead + (int)size, parent, given, bare: false, depth + 1);
        return whole && end != Broken ? from : Broken;
    }

    bool Put(int number, int owner, bool inAttribute, Values given, int depth)
    {
        if (number >= given.Count) return true;
        var value = values[given.First + number];
        if (value.Type == ValueType.BinXml && !inAttribute) return Fragment(value.At, value.At + value.Length, owner, default, bare: true, depth + 1) != Broken;
        if (value.Type == ValueType.Null) return true;
        if (tree.Add(XmlKind.Value, owner, value.At, value.Length, value.Type) >= 0) return true;
        Bounded = true;
        return false;
    }
}
