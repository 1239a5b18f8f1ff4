using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Andon.Model;

namespace Andon.Intake.Normalise;

/// <summary>What is done with a leaf of some path when its record has some shape.</summary>
[Flags]
enum LeafUse : byte
{
    None = 0,
    /// <summary>Its name is one of Andon's own.</summary>
    Hostile = 1,
    /// <summary>Only this batch knows its name.</summary>
    Local = 2,
    /// <summary>The event gets a cell.</summary>
    Keep = 4,
    /// <summary>No cell, but others ask whether the event has this field.</summary>
    Stamp = 8,
    /// <summary>Fields are made of its value.</summary>
    Source = 16,
    /// <summary>Its value says whether an audited act succeeded.</summary>
    Audit = 32,
    /// <summary>Value or event decide which field it is.</summary>
    Special = 64,
    /// <summary>Worked out.</summary>
    Known = 128,
}

struct LeafField
{
    public FieldId Field;
    /// <summary>Batch in which a local <see cref="Field"/> holds.</summary>
    public int Batch;
    public LeafUse Use;
    /// <summary>The event data whose meaning it has, where it has another name.</summary>
    public FieldId Twin;
    public bool HasTwin;
    /// <summary>Key under which a parser asks for it; -1 for none.</summary>
    public int Key;
}

/// <summary>A name at its place: the path of names to it, and what that means. One object serves all records once the path is learned.</summary>
sealed class PathNode
{
    public PathNode? Parent;
    public int Id;
    public ulong First, Last;
    public int NameLength;
    /// <summary>The dotted path; of a path that is not learned, where it stands in the leaves' buffer.</summary>
    public byte[] Path = [];
    public int PathStart, PathLength;
    public bool Learned;
    public KnownPath? Known;
    /// <summary>False when no shape gives its leaves a use: then they need not be read.</summary>
    public bool Used = true;
    public readonly LeafField[] In = new LeafField[(int)Shape.Count];
    LeafField[] byParser = [];

    /// <summary>What it is to the parser of that number.</summary>
    public ref LeafField Of(int parser)
    {
        if (parser >= byParser.Length) Array.Resize(ref byParser, parser + 1);
        return ref byParser[parser];
    }

    public void Forget()
    {
        In.AsSpan().Clear();
        byParser.AsSpan().Clear();
    }
}

/// <summary>
/// Paths met before, so that an ordinary leaf costs one cheap look-up. Strangers choose the names: the table is bounded, a look-up
/// probes a bounded number of places, and what finds no place is looked up the slow way.
/// </summary>
sealed class LearnedPaths
{
    const int Slots = Limits.PathsLearnedMax * 2;

    // Odd and random, so that nobody outside can choose which names meet.
    readonly ulong seedFirst = Seed(), seedLast = Seed(), seedParent = Seed();
    readonly PathNode?[] table = new PathNode?[Slots + Limits.PathProbesMax];
    int batches;

    public readonly PathNode Root = new() { Learned = true };

    static ulong Seed() => MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(8)) | 1;

    readonly List<PathNode> roots = [];

    /// <summary>Where the names of records begin that a parser of that number takes apart.</summary>
    public PathNode RootOf(int parser)
    {
        while (roots.Count <= parser) roots.Add(new() { Learned = true, Id = -2 - roots.Count });
        return roots[parser];
    }

    public int Count { get; private set; }
    /// <summary>True when something found no place since the table was begun.</summary>
    public bool Full { get; private set; }

    public void Clear()
    {
        Array.Clear(table);
        Count = 0;
        batches = 0;
        Full = false;
    }

    public void BeginBatch()
    {
        if (Full && ++batches >= Limits.PathsRenewBatches) Clear();
    }

    /// <summary>The node of the name that stands at <paramref name="at"/> in the text, or null when it is not learned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PathNode? Find(PathNode parent, ref byte text, int at, int length, int end)
    {
        var (first, last) = Ends(ref text, at, length, end);
        var slot = Slot(parent, first, last, length);
        for (var i = 0; i < Limits.PathProbesMax; i++)
        {
            var node = table[slot + i];
            if (node is null) return null;
            if (node.First != first || node.Last != last || node.NameLength != length || !ReferenceEquals(node.Parent, parent)) continue;
            if (length <= 16 || MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref text, at), length).SequenceEqual(node.Path.AsSpan(node.PathLength - length))) return node;
        }
        return null;
    }

    /// <summary>Remembers a path; null when there is no room.</summary>
    public PathNode? Learn(PathNode parent, ReadOnlySpan<byte> text, int at, int length, ReadOnlySpan<byte> path)
    {
        var (first, last) = Ends(ref MemoryMarshal.GetReference(text), at, length, text.Length);
        var slot = Slot(parent, first, last, length);
        if (Count < Limits.PathsLearnedMax)
            for (var i = 0; i < Limits.PathProbesMax; i++)
            {
                if (table[slot + i] is not null) continue;
                return table[slot + i] = new() { Id = ++Count, Parent = parent, First = first, Last = last, NameLength = length, Path = path.ToArray(), PathLength = path.Length, Learned = true };
            }
        Full = true;
        return null;
    }

    // Two words that together hold all of a name of up to sixteen bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (ulong First, ulong Last) Ends(ref byte text, int at, int length, int end)
    {
        ref var name = ref Unsafe.Add(ref text, at);
        if (length >= 8) return (Unsafe.ReadUnaligned<ulong>(ref name), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref name, length - 8)));
        if (BitConverter.IsLittleEndian && at + 8 <= end) return (Unsafe.ReadUnaligned<ulong>(ref name) & ((1UL << (length * 8)) - 1), 0);
        ulong first = 0;
        for (var i = 0; i < length; i++) first |= (ulong)Unsafe.Add(ref name, i) << (i * 8);
        return (first, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Slot(PathNode parent, ulong first, ulong last, int length)
    {
        var hash = first * seedFirst ^ ulong.RotateLeft(last * seedLast, 29) ^ (ulong)(parent.Id + 1) * seedParent + (uint)length;
        hash *= seedFirst;
        return (int)(hash >> 40) & (Slots - 1);
    }
}
