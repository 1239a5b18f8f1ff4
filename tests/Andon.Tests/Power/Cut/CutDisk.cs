namespace Andon.Tests.Power.Cut;

/// <summary>How much a disk keeps of what was not flushed.</summary>
enum CutMode
{
    /// <summary>POSIX and no more: a file's bytes and its name are kept each only by a flush of their own, and nothing has an order.</summary>
    Strict,
    /// <summary>As journalling file systems do it: names are changed in order, and any flush takes all names before it along.</summary>
    Ordered,
}

/// <summary>
/// The disk as the journal says it became, entry by entry: of each file and each folder what is flushed, and what is not. After a cut the
/// flushed stands; of the rest chance decides, by its seed: nothing, all, a beginning, any part; writes torn at sectors; a length without its bytes.
/// </summary>
sealed class CutDisk
{
    const int SectorBytes = 512, PageBytes = 4096;

    sealed class Node
    {
        public bool Folder;
        public string? Target;
        public byte[] Bytes = [];
        public readonly List<Change> Waiting = [];
        public Dictionary<string, Node> Entries = [];
        public readonly List<Naming> Names = [];
        /// <summary>How the running program sees it.</summary>
        public readonly Dictionary<string, Node> Live = [];
    }

    /// <param name="Cut">Null for a write; else the new length.</param>
    sealed record Change(long Number, long At, ReadOnlyMemory<byte> Bytes, long? Cut)
    {
        /// <summary>A flush of it failed: a later one that succeeds says nothing of it.</summary>
        public bool Doomed { get; set; }
    }

    /// <summary>Names taken out of and put into folders, all or none.</summary>
    sealed record Naming(long Number, IReadOnlyList<(Node Folder, string Name, Node? To)> Steps)
    {
        public bool Done { get; set; }
    }

    readonly CutMode mode;
    readonly Node root = new() { Folder = true };
    readonly Dictionary<ulong, Node> byNumber = [];
    readonly Dictionary<ulong, long> begun = [];
    readonly List<Naming> namings = [];
    long number;
    bool loaded = true;

    public CutDisk(CutMode mode) => this.mode = mode;

    public void Apply(IEnumerable<CutEntry> entries)
    {
        foreach (var entry in entries) Apply(entry);
    }

    void Apply(in CutEntry e)
    {
        number++;
        switch (e.Kind)
        {
            case 'N': (loaded, byNumber[e.A]) = (false, root); break;
            case 'B': FlushAll(number); loaded = true; break;
            case 'M': Name(new() { Folder = true }, e.A, e.Text); break;
            case 'Y': Name(new() { Target = System.Text.Encoding.UTF8.GetString(e.Rest.Span) }, e.A, e.Text); break;
            case 'O':
                if ((e.B & 1) != 0) Name(new(), e.A, e.Text);
                else if (Find(e.Text) is { Folder: false } known) byNumber[e.A] = known;
                if ((e.B & 2) != 0 && byNumber.TryGetValue(e.A, out var emptied)) emptied.Waiting.Add(new(number, 0, default, 0));
                break;
            case 'W': if (byNumber.TryGetValue(e.A, out var written)) written.Waiting.Add(new(number, (long)e.B, e.Rest, null)); break;
            case 'T': if (byNumber.TryGetValue(e.A, out var cut)) cut.Waiting.Add(new(number, 0, default, (long)e.B)); break;
            case 'f' or 's': begun[e.B] = number; break;
            case 'g': if (byNumber.TryGetValue(e.A, out var failed)) foreach (var change in failed.Waiting) change.Doomed = true; break;
            case 'F': if (byNumber.TryGetValue(e.A, out var flushed) && begun.Remove(e.B, out var before)) Flush(flushed, before); break;
            case 'S': if (begun.Remove(e.B, out var all)) FlushAll(all); break;
            case 'U' or 'K': Do([(Parent(e.Text), Leaf(e.Text), null)]); break;
            case 'L': if (Find(e.Text) is { } linked) { var to = Text(e); Do([(Parent(to), Leaf(to), linked)]); } break;
            case 'R':
                if (Find(e.Text) is { } moved)
                {
                    var to = Text(e);
                    Do([(Parent(e.Text), Leaf(e.Text), null), (Parent(to), Leaf(to), moved)]);
                }
                break;
            case 'X':
                if (Find(e.Text) is { } one && Find(Text(e)) is { } other) Do([(Parent(e.Text), Leaf(e.Text), other), (Parent(Text(e)), Leaf(Text(e)), one)]);
                break;
            default: throw new InvalidDataException($"The journal has an entry of kind {e.Kind}.");
        }
    }

    static string Text(in CutEntry e) => System.Text.Encoding.UTF8.GetString(e.Rest.Span);
    static string Leaf(string path) => path[(path.LastIndexOf('/') + 1)..];
    Node Parent(string path) => path.LastIndexOf('/') is > 0 and var at ? Find(path[..at]) ?? new() { Folder = true } : root;

    Node? Find(string path, int links = 8)
    {
        var at = root;
        var parts = path.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (!at.Live.TryGetValue(parts[i], out var next)) return null;
            if (next.Target is { } target && i + 1 < parts.Length)
            {
                // Within the folder, as the engine makes them.
                var whole = target.StartsWith('/') ? null : Path.GetFullPath("/" + string.Join('/', parts[..i]) + "/" + target)[1..];
                if (whole is null || links == 0) return null;
                return Find(whole + "/" + string.Join('/', parts[(i + 1)..]), links - 1);
            }
            at = next;
        }
        return at;
    }

    void Name(Node made, ulong id, string path)
    {
        byNumber[id] = made;
        Do([(Parent(path), Leaf(path), made)]);
    }

    void Do(IReadOnlyList<(Node Folder, string Name, Node? To)> steps)
    {
        var naming = new Naming(number, steps);
        namings.Add(naming);
        foreach (var (folder, name, to) in steps)
        {
            if (to is null) folder.Live.Remove(name);
            else folder.Live[name] = to;
            folder.Names.Add(naming);
        }
    }

    static void Stand(Naming naming)
    {
        if (naming.Done) return;
        naming.Done = true;
        foreach (var (folder, name, to) in naming.Steps)
        {
            if (to is null) folder.Entries.Remove(name);
            else folder.Entries[name] = to;
        }
    }

    void Flush(Node node, long before)
    {
        if (node.Waiting.Exists(c => c.Doomed)) Reconsider(node, before);
        foreach (var change in node.Waiting.Where(c => c.Number < before && !c.Doomed)) node.Bytes = With(node.Bytes, change);
        node.Waiting.RemoveAll(c => c.Number < before && !c.Doomed);
        // A move is kept by its new folder's flush.
        if (node.Folder)
            foreach (var naming in node.Names.Where(n => n.Number < before && n.Steps[^1].Folder == node)) Stand(naming);
        if (mode == CutMode.Ordered) StandAll(before);
        node.Names.RemoveAll(n => n.Done);
    }

    /// <summary>
    /// After a failed flush the pages count as clean: a later flush passes over them, unless something newer is written into the same page or cuts it off.
    /// A length that failed is overtaken by any newer one.
    /// </summary>
    static void Reconsider(Node node, long before)
    {
        var flushed = node.Waiting.Where(c => c.Number < before && !c.Doomed).ToList();
        var kept = new List<Change>();
        foreach (var change in node.Waiting)
        {
            if (!change.Doomed || flushed.Count == 0)
            {
                kept.Add(change);
                continue;
            }
            if (change.Cut is not null) continue;
            foreach (var piece in Pieces(change, PageBytes))
            {
                if (flushed.Exists(f => f.Number > change.Number && f.Cut <= piece.At)) continue;
                var again = flushed.Exists(f => f.Number > change.Number && f.Cut is null && f.At / PageBytes <= piece.At / PageBytes && (f.At + f.Bytes.Length - 1) / PageBytes >= piece.At / PageBytes);
                kept.Add(piece with { Doomed = !again });
            }
        }
        node.Waiting.Clear();
        node.Waiting.AddRange(kept);
    }

    static IEnumerable<Change> Pieces(Change change, int size)
    {
        for (long at = change.At, end = change.At + change.Bytes.Length; at < end;)
        {
            var next = Math.Min(end, (at / size + 1) * size);
            yield return change with { At = at, Bytes = change.Bytes[(int)(at - change.At)..(int)(next - change.At)] };
            at = next;
        }
    }

    void StandAll(long before)
    {
        foreach (var naming in namings.TakeWhile(n => n.Number < before)) Stand(naming);
        namings.RemoveAll(n => n.Done);
    }

    void FlushAll(long before)
    {
        foreach (var node in byNumber.Values.Distinct().ToList()) Flush(node, before);
        StandAll(before);
    }

    static byte[] With(byte[] bytes, Change change)
    {
        if (change.Cut is { } length)
        {
            Array.Resize(ref bytes, (int)length);
            return bytes;
        }
        if (bytes.Length < change.At + change.Bytes.Length) Array.Resize(ref bytes, (int)(change.At + change.Bytes.Length));
        change.Bytes.CopyTo(bytes.AsMemory((int)change.At));
        return bytes;
    }

    /// <summary>Cuts the power and writes what the disk then holds into an empty folder. Without dice it keeps what was flushed and not a byte more.</summary>
    public void Cut(Random? dice, string folder)
    {
        if (!loaded) throw new InvalidOperationException("The cut lies in the list of what was there before.");
        var open = namings.Where(n => !n.Done).ToList();
        // Folders have their own luck, or all of them one.
        var fate = dice?.Next(4) ?? 0;
        var upTo = dice?.Next(open.Count + 1) ?? 0;
        for (var i = 0; i < open.Count; i++)
            if (mode == CutMode.Ordered ? i < upTo : fate switch { 0 => false, 1 => true, 2 => i < upTo, _ => dice!.Next(2) == 0 }) Stand(open[i]);
        var made = new Dictionary<Node, byte[]>();
        Put(root, folder, dice, made);
    }

    void Put(Node node, string path, Random? dice, Dictionary<Node, byte[]> made)
    {
        Directory.CreateDirectory(path);
        foreach (var (name, entry) in node.Entries.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            var place = Path.Combine(path, name);
            if (entry.Folder) Put(entry, place, dice, made);
            else if (entry.Target is { } target) File.CreateSymbolicLink(place, target);
            else
            {
                if (!made.TryGetValue(entry, out var bytes)) made[entry] = bytes = Settle(entry, dice);
                File.WriteAllBytes(place, bytes);
            }
        }
    }

    byte[] Settle(Node node, Random? dice)
    {
        var bytes = node.Bytes;
        if (node.Waiting.Count == 0 || dice is null) return bytes;
        var whole = node.Waiting.Aggregate((byte[])bytes.Clone(), With);
        var fate = dice.Next(6);
        var upTo = dice.Next(node.Waiting.Count + 1);
        byte[] kept = fate switch
        {
            0 => bytes,
            1 => whole,
            2 => Beginning((byte[])bytes.Clone(), node.Waiting, upTo, dice),
            3 => Parts((byte[])bytes.Clone(), node.Waiting, dice),
            4 => Grown(Parts((byte[])bytes.Clone(), node.Waiting, dice), whole.Length),
            _ => Grown((byte[])bytes.Clone(), whole.Length),
        };
        return kept;
    }

    static byte[] Beginning(byte[] bytes, List<Change> waiting, int count, Random dice)
    {
        for (var i = 0; i < count; i++) bytes = With(bytes, waiting[i]);
        if (count == waiting.Count || waiting[count].Cut is not null) return bytes;
        // The one in hand is torn at a sector's border.
        var torn = waiting[count];
        var end = Math.Min(torn.At + torn.Bytes.Length, (torn.At / SectorBytes + dice.Next(torn.Bytes.Length / SectorBytes + 2)) * SectorBytes);
        return end <= torn.At ? bytes : With(bytes, torn with { Bytes = torn.Bytes[..(int)(end - torn.At)] });
    }

    static byte[] Parts(byte[] bytes, List<Change> waiting, Random dice)
    {
        var some = dice.Next(1, 10);
        foreach (var change in waiting)
        {
            if (change.Cut is not null)
            {
                if (dice.Next(10) < some) bytes = With(bytes, change);
                continue;
            }
            foreach (var piece in Pieces(change, SectorBytes))
                if (dice.Next(10) < some) bytes = With(bytes, piece);
        }
        return bytes;
    }

    static byte[] Grown(byte[] bytes, int length)
    {
        if (bytes.Length < length) Array.Resize(ref bytes, length);
        return bytes;
    }
}
