namespace Andon.Intake.Collect.Evtx;

/// <summary>
/// One record as JSON. An element is its text, or an object with <c>#attributes</c>, <c>#text</c> and its elements; nothing in it is null.
/// Event data stands under its names; what has no name is the list <c>Data</c>. An element that comes again makes its member a list.
/// </summary>
sealed class RecordJson
{
    const int Buckets = 64;

    readonly byte[] chunk;
    readonly Damage damage;
    readonly XmlTree tree = new();
    readonly JsonText json = new();
    readonly BinXml xml;
    readonly ValueJson values;
    bool cut;

    public RecordJson(byte[] chunk, Damage damage)
    {
        (this.chunk, this.damage) = (chunk, damage);
        xml = new(chunk, tree);
        values = new(chunk, json, damage);
    }

    public ReadOnlyMemory<byte> Write(in RecordPlace record)
    {
        cut = false;
        if (!xml.Read(record.From, record.To)) damage.Add(xml.Bounded ? Harm.Bounds : Harm.BinXml, inRecord: true);
        json.Begin();
        // A record of which nothing can be read is still a record, with the number and the time of its header.
        if (tree[0].First == XmlTree.None || tree[tree[0].First].Kind != XmlKind.Element) Bare(record);
        else Object(0);
        if (cut) damage.Add(Harm.Bounds, inRecord: true);
        return json.Done();
    }

    void Bare(in RecordPlace record)
    {
        json.Raw("{\"Event\":{\"System\":{\"EventRecordID\":"u8);
        json.Raw(System.Text.Encoding.ASCII.GetBytes(record.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        json.Raw(",\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\""u8);
        values.FileTime(record.FileTime);
        json.Raw("\"}}}}}"u8);
    }

    ReadOnlySpan<byte> NameOf(in XmlNode node) => chunk.AsSpan(node.At + 8, Math.Min(2 * BitConverter.ToUInt16(chunk, node.At + 6), 2 * Limits.EvtxNameCharsMax));

    ReadOnlySpan<byte> Key(in XmlNode node) => chunk.AsSpan(node.KeyAt, node.KeyLength);

    // "Data" with a name stands under that name.
    int NameAttribute(int element)
    {
        if (!ValueJson.Chars(NameOf(tree[element])).SequenceEqual("Data")) return XmlTree.None;
        for (var i = tree[element].First; i >= 0; i = tree[i].Next)
        {
            ref var node = ref tree[i];
            if (node.Kind != XmlKind.Attribute || !ValueJson.Chars(NameOf(node)).SequenceEqual("Name")) continue;
            return node.First >= 0 && node.First == node.Last && tree[node.First] is { Kind: XmlKind.Value, Type: ValueType.Text, Length: > 1 } ? i : XmlTree.None;
        }
        return XmlTree.None;
    }

    void Object(int element)
    {
        json.Raw((byte)'{');
        var some = Attributes(element);
        if (HasText(element))
        {
            if (some) json.Raw((byte)',');
            json.Raw("\"#text\":"u8);
            some = true;
            Scalar(element, bracket: true);
        }
        Link(element);
        for (var i = tree[element].First; i >= 0; i = tree[i].Next)
        {
            if (tree[i].Kind != XmlKind.Element || tree[i].Later) continue;
            if (some) json.Raw((byte)',');
            some = true;
            Quoted(Key(tree[i]));
            json.Raw((byte)':');
            var list = tree[i].Same >= 0 || ValueJson.Chars(Key(tree[i])).SequenceEqual("Data");
            if (!list) Element(i, bracket: true);
            else List(i);
        }
        json.Raw((byte)'}');
    }

    void List(int first)
    {
        json.Raw((byte)'[');
        for (var i = first; i >= 0; i = tree[i].Same)
        {
            if (i != first) json.Raw((byte)',');
            var before = json.Length;
            Element(i, bracket: false);
            // An empty array among others would leave two commas.
            if (json.Length == before) json.Raw("null"u8);
        }
        json.Raw((byte)']');
    }

    // Gives each child its key, and ties children of one key together.
    void Link(int element)
    {
        Span<int> heads = stackalloc int[Buckets];
        heads.Fill(XmlTree.None);
        for (var i = tree[element].First; i >= 0; i = tree[i].Next)
        {
            ref var node = ref tree[i];
            if (node.Kind != XmlKind.Element) continue;
            node.Named = NameAttribute(i);
            if (node.Named >= 0)
            {
                ref var name = ref tree[tree[node.Named].First];
                (node.KeyAt, node.KeyLength) = (name.At, Math.Min(ValueJson.Trimmed(chunk.AsSpan(name.At, name.Length)).Length, 2 * Limits.EvtxNameCharsMax));
            }
            else (node.KeyAt, node.KeyLength) = (node.At + 8, NameOf(node).Length);
            var hash = node.KeyLength + (node.KeyLength > 1 ? chunk[node.KeyAt] + 7 * chunk[node.KeyAt + node.KeyLength - 2] : 0);
            ref var head = ref heads[hash % Buckets];
            var same = head;
            while (same >= 0 && !Key(tree[same]).SequenceEqual(Key(node))) same = tree[same].Bucket;
            if (same < 0)
            {
                (node.Bucket, head, node.Tail) = (head, i, i);
                continue;
            }
            node.Later = true;
            tree[tree[same].Tail].Same = i;
            tree[same].Tail = i;
        }
    }

    void Element(int element, bool bracket)
    {
        for (var i = tree[element].First; i >= 0; i = tree[i].Next)
            if (tree[i].Kind == XmlKind.Element || tree[i].Kind == XmlKind.Attribute && HasText(i) && i != tree[element].Named)
            {
                Object(element);
                return;
            }
        Scalar(element, bracket);
    }

    bool Attributes(int element)
    {
        var some = false;
        var named = tree[element].Named;
        for (var i = tree[element].First; i >= 0; i = tree[i].Next)
        {
            if (tree[i].Kind != XmlKind.Attribute || i == named || !HasText(i)) continue;
            json.Raw(some ? ","u8 : "\"#attributes\":{"u8);
            some = true;
            Quoted(NameOf(tree[i]));
            json.Raw((byte)':');
            Scalar(i, bracket: true);
        }
        if (some) json.Raw((byte)'}');
        return some;
    }

    bool HasText(int owner)
    {
        for (var i = tree[owner].First; i >= 0; i = tree[i].Next)
            if (tree[i].Kind is not (XmlKind.Element or XmlKind.Attribute) && tree[i] is not { Kind: XmlKind.Value, Type: ValueType.Null }) return true;
        return false;
    }

    // All text of an element or attribute: one value keeps its kind, several are one text.
    void Scalar(int owner, bool bracket)
    {
        int only = XmlTree.None, count = 0;
        for (var i = tree[owner].First; i >= 0; i = tree[i].Next)
        {
            if (tree[i].Kind is XmlKind.Element or XmlKind.Attribute) continue;
            only = i;
            count++;
        }
        if (count == 0)
        {
            json.Raw("null"u8);
            return;
        }
        if (count == 1 && tree[only].Kind == XmlKind.Value && Fits(tree[only]))
        {
            var array = bracket && ValueJson.IsArray(tree[only]);
            if (array) json.Raw((byte)'[');
            values.Write(tree[only]);
            if (array) json.Raw((byte)']');
            return;
        }
        json.Raw((byte)'"');
        for (var i = tree[owner].First; i >= 0; i = tree[i].Next)
            if (tree[i].Kind is not (XmlKind.Element or XmlKind.Attribute) && Fits(tree[i])) Piece(tree[i]);
        json.Raw((byte)'"');
    }

    bool Fits(in XmlNode node)
    {
        if (json.Length + node.Length <= Limits.EvtxJsonBytesMax) return true;
        cut = true;
        return false;
    }

    void Piece(in XmlNode node)
    {
        switch (node.Kind)
        {
            case XmlKind.Value: values.WriteInText(node); break;
            case XmlKind.Character: json.Text(ValueJson.Chars(chunk.AsSpan(node.At, 2))); break;
            default:
                var name = ValueJson.Chars(NameOf(node));
                var known = name switch { "amp" => "&", "lt" => "<", "gt" => ">", "quot" => "\"", "apos" => "'", _ => null };
                if (known is null) json.Raw((byte)'&');
                json.Text(known ?? name);
                if (known is null) json.Raw((byte)';');
                break;
        }
    }

    void Quoted(ReadOnlySpan<byte> utf16)
    {
        json.Raw((byte)'"');
        json.Text(ValueJson.Chars(utf16));
        json.Raw((byte)'"');
    }
}
