using System.Buffers;
using System.Collections;
using Andon.Model;

namespace Andon.Store.Records;

/// <summary>
/// Records of one read; their bytes lie in the page's own buffers. Whoever disposes the page gives the buffers back to the pool and
/// must not touch its records afterwards; who does not leaves them to the garbage collector, and all stays valid.
/// </summary>
public sealed class RecordPage : IReadOnlyList<Record>, IDisposable
{
    readonly List<byte[]> buffers = [];
    Record[] records = [];

    internal RecordPage() { }

    public int Count { get; private set; }

    public Record this[int index] => index < Count ? records[index] : throw new ArgumentOutOfRangeException(nameof(index));

    internal void Add(in Record record)
    {
        if (Count == records.Length) Grow();
        records[Count++] = record;
    }

    /// <summary>Takes over a pooled buffer that records of this page lie in.</summary>
    internal void Own(byte[] buffer) => buffers.Add(buffer);

    public IEnumerator<Record> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return records[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        Count = 0;
        foreach (var buffer in buffers) ArrayPool<byte>.Shared.Return(buffer);
        buffers.Clear();
        if (records.Length > 0) ArrayPool<Record>.Shared.Return(records, clearArray: true);
        records = [];
    }

    void Grow()
    {
        var bigger = ArrayPool<Record>.Shared.Rent(Math.Max(64, Count * 2));
        records.AsSpan(0, Count).CopyTo(bigger);
        if (records.Length > 0) ArrayPool<Record>.Shared.Return(records, clearArray: true);
        records = bigger;
    }
}
